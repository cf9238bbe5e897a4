"""Looks at messages once more just before they leave: are they still wanted, may they go there, is it time?

All of a batch are looked at together. When nothing that a phone sent waits to be worked out, and the plan was not made
anew since the reminder was due, the plan that held it is the answer; otherwise the rules are asked again.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, bindparam, func, type_coerce
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from hep.facts import Kind
from hep.history import Stored, effective
from hep.reminding import Due, Purpose, Reminding, opens, still_wanted
from server import flags, stored
from server.bulk import as_texts, given_texts
from server.chart import open_chart
from server.reminders.collecting import superseded
from server.reminders.planning import ACCIDENTS, USABLE, chosen, due_of, lately, reminding_of, sent_due, zone_of
from server.reminders.port import Address, Message
from server.rows import KINDS, fact_of
from server.tables.care import Fact, PatientSummary, PatientSync
from server.tables.columns import Instant
from server.tables.people import Device, Patient
from server.tables.reminding import Outbox, Reminder, ReminderAddress

log = logging.getLogger("stepwise.reminders")

PROMPT = timedelta(minutes=3)
"""A message that leaves so soon after its reminder was due lies outside quiet hours, as planned."""

LATELY = timedelta(minutes=50)
"""When another message went out so shortly before, the rules are asked whether there is room for this one."""


@dataclass(frozen=True, slots=True)
class Drop:
    """The message is not to be sent, ever; `code` says why."""

    code: str


@dataclass(frozen=True, slots=True)
class Hold:
    """The message is to wait until this instant."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Unclear:
    """The rules could not be asked at `now`: a mistake in them, or in what is stored."""

    now: datetime


@dataclass(frozen=True, slots=True)
class Go:
    """The message is to be sent now."""

    address: Address
    message: Message


Verdict = Drop | Hold | Unclear | Go


@lru_cache(maxsize=4)
def _circumstances(dialect: Dialect) -> Any:
    """Each message with its address, the device of that, its reminder, and when the patient's plan was last made."""
    other: Any = aliased(Outbox)
    last = (
        columns(func.max(other.sent_at))
        .where(other.patient_id == col(Outbox.patient_id), other.due_at > bindparam("lately", type_=Instant()))
        .scalar_subquery()
    )
    return (
        columns(
            col(Outbox.id),
            col(ReminderAddress.id).label("address_id"),
            col(ReminderAddress.state).label("address_state"),
            col(ReminderAddress.address),
            col(ReminderAddress.device_id),
            col(Device.id).label("known_device"),
            col(Device.revoked_at),
            col(Reminder.id).label("planned_id"),
            superseded(Reminder, bindparam("now", type_=Instant())).label("superseded"),
            col(PatientSync.settle_at),
            col(PatientSummary.computed_at),
            type_coerce(last, Instant()).label("last_sent_at"),
        )
        .select_from(Outbox)
        .outerjoin(ReminderAddress, col(ReminderAddress.id) == col(Outbox.address_id))
        .outerjoin(Device, col(Device.id) == col(ReminderAddress.device_id))
        .outerjoin(Reminder, col(Reminder.id) == col(Outbox.reminder_id))
        .outerjoin(PatientSync, col(PatientSync.patient_id) == col(Outbox.patient_id))
        .outerjoin(PatientSummary, col(PatientSummary.patient_id) == col(Outbox.patient_id))
        .where(col(Outbox.id).in_(columns(given_texts(dialect).c.value)))
    )


@lru_cache(maxsize=4)
def _choices(dialect: Dialect) -> Any:
    kinds = [kind.value for kind in (Kind.PREFERENCE, Kind.CORRECTION, Kind.RETRACTION)]
    return columns(col(Fact.patient_id), col(Fact.id), col(Fact.kind), col(Fact.body), col(Fact.seq)).where(
        col(Fact.patient_id).in_(columns(given_texts(dialect).c.value)), col(Fact.kind).in_(kinds)
    )


def check_all(session: Session, posts: Sequence[Any], now: datetime) -> list[tuple[Any, Verdict]]:
    """The verdict on each of these rows of the outbox, in their order. Never raises for what one of them holds."""
    connection = session.connection()
    given = {"texts": as_texts(post.id for post in posts), "now": now, "lately": now - 3 * LATELY}
    around = {row.id: row for row in connection.execute(_circumstances(connection.dialect), given)}
    choices = _chosen_rows(session, {post.patient_id for post in posts})
    return [(post, _check(session, post, around[post.id], choices[post.patient_id], now)) for post in posts]


def _chosen_rows(session: Session, patient_ids: set[str]) -> Mapping[str, Sequence[Any]]:
    """Each patient's settings, and what may amend them, as stored."""
    connection = session.connection()
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(_choices(connection.dialect), {"texts": as_texts(patient_ids)}):
        rows[row.patient_id].append(row)
    return rows


def _reminding(rows: Sequence[Any]) -> Reminding:
    stored_rows = (Stored(row.id, KINDS[row.kind], fact_of(KINDS[row.kind], row.body), row.seq) for row in rows)
    return chosen(effective(stored_rows))


def _check(session: Session, post: Any, around: Any, choices: Sequence[Any], now: datetime) -> Verdict:
    try:
        reminding = _reminding(choices)
        return (
            _barred(post, around, now)
            or _unwanted(session, post, around, reminding, now)
            or Go(_address(post, around), _message(post, reminding.language, now))
        )
    except ACCIDENTS as error:
        log.error("a reminder could not be looked at: %s", type(error).__name__)
        return Unclear(now)


def _barred(post: Any, around: Any, now: datetime) -> Drop | None:
    """Why nothing may go there any more, whatever it is."""
    if post.until_at <= now:
        return Drop("late")
    if around.address_state != USABLE:
        return Drop("address_gone")
    if around.device_id is not None and (around.known_device is None or around.revoked_at is not None):
        return Drop("revoked")
    return None


def _unwanted(session: Session, post: Any, around: Any, reminding: Reminding, now: datetime) -> Drop | Hold | None:
    """Why it is not to be sent now; None when it is. What somebody asked for is always wanted."""
    if post.reminder_id is None:
        return None
    if post.kind in reminding.channels_off:
        return Drop("channel_off")
    if around.superseded or around.planned_id is None:
        return Drop("superseded" if around.superseded else "not_wanted")
    return None if _as_planned(post, around, now) else _asked_again(session, post, now)


def _as_planned(post: Any, around: Any, now: datetime) -> bool:
    """Whether nothing happened since the plan was made that could change it."""
    return (
        around.settle_at is None
        and around.computed_at is not None
        and around.computed_at <= post.due_at
        and now - post.due_at <= PROMPT
        and (around.last_sent_at is None or post.due_at - around.last_sent_at >= LATELY)
    )


def _asked_again(session: Session, post: Any, now: datetime) -> Drop | Hold | None:
    """What the rules say now."""
    patient = session.get(Patient, post.patient_id)
    if patient is None:
        return Drop("patient_gone")
    chart = open_chart(session, patient, now)
    recent = lately(session, patient.id, chart.today)
    mine = next((row for row in recent if row.id == post.reminder_id), None)
    if mine is None:
        return Drop("late")
    at = still_wanted(
        chart.course,
        zone_of(chart),
        reminding_of(chart.history),
        due_of(mine),
        now,
        sent=_before(recent, mine),
        locked=flags.locked(flags.of_patient(session, patient.id)),
    )
    if at is None or at >= post.until_at:
        return Drop("not_wanted" if at is None else "late")
    return Hold(at) if at > now else None


def _before(recent: Iterable[Any], mine: Any) -> list[Due]:
    """What went out, and what was due earlier than this and is on its way: of several, the first goes first."""
    out = [row for row in recent if row.out_at is not None and row.id != mine.id]
    return [sent_due(row) for row in out if row.sent_at is not None or row.due_at < mine.due_at]


def _address(post: Any, around: Any) -> Address:
    return Address(id=post.address_id, clinic_id=post.clinic_id, kind=post.kind, data=stored.parse(around.address))


def _message(post: Any, language: str, now: datetime) -> Message:
    return Message(
        id=post.id,
        sentence=post.purpose,
        language=language,
        path=opens(Purpose(post.purpose)),
        ttl_s=max(0, int((post.until_at - now).total_seconds())),
    )
