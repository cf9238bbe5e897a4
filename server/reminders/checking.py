"""Looks at a message once more just before it leaves: is it still wanted, may it go there, is it time?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from hep.reminding import Due, Purpose, Reminding, opens, still_wanted
from server import flags, stored
from server.chart import Chart, open_chart
from server.reminders.collecting import superseded
from server.reminders.planning import USABLE, due_of, lately, reminding_of, sent_due, zone_of
from server.reminders.port import Address, Message
from server.tables.people import Device, Patient
from server.tables.reminding import Reminder, ReminderAddress


@dataclass(frozen=True, slots=True)
class Drop:
    """The message is not to be sent, ever; `code` says why."""

    code: str


@dataclass(frozen=True, slots=True)
class Hold:
    """The message is to wait until this instant."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Go:
    """The message is to be sent now."""

    address: Address
    message: Message


def check(session: Session, post: Any, now: datetime) -> Drop | Hold | Go:
    """The verdict on a row of the outbox."""
    if post.until_at <= now:
        return Drop("late")
    row = session.get(ReminderAddress, post.address_id)
    if row is None or row.state != USABLE:
        return Drop("address_gone")
    if _revoked(session, row):
        return Drop("revoked")
    patient = session.get(Patient, post.patient_id)
    if patient is None:
        return Drop("patient_gone")
    chart = open_chart(session, patient, now)
    reminding = reminding_of(chart.history)
    return _wanted(session, post, chart, reminding) or Go(_address(row), _message(post, reminding.language, now))


def _revoked(session: Session, row: ReminderAddress) -> bool:
    """Whether the address ended with its device."""
    device = session.get(Device, row.device_id) if row.device_id is not None else None
    return row.device_id is not None and (device is None or device.revoked_at is not None)


def _wanted(session: Session, post: Any, chart: Chart, reminding: Reminding) -> Drop | Hold | None:
    """Why it is not to be sent now; None when it is. What somebody asked for is always wanted."""
    if post.reminder_id is None:
        return None
    if post.kind in reminding.channels_off:
        return Drop("channel_off")
    superseding = select(superseded(Reminder, chart.now)).where(Reminder.id == post.reminder_id)
    if session.exec(superseding).one_or_none() is not False:
        return Drop("superseded")
    recent = lately(session, chart.patient.id, chart.today)
    mine = next((row for row in recent if row.id == post.reminder_id), None)
    if mine is None:
        return Drop("not_wanted")
    at = still_wanted(
        chart.course,
        zone_of(chart),
        reminding,
        due_of(mine),
        chart.now,
        sent=_before(recent, mine, chart.now),
        locked=flags.locked(flags.of_patient(session, chart.patient.id)),
    )
    if at is None or at >= post.until_at:
        return Drop("not_wanted" if at is None else "late")
    return Hold(at) if at > chart.now else None


def _before(recent: Iterable[Any], mine: Any, now: datetime) -> list[Due]:
    """What went out, and what was due earlier than this and is on its way: of several, the first goes first."""
    out = [row for row in recent if row.out_at is not None and row.id != mine.id]
    return [sent_due(row) for row in out if row.sent_at is not None or row.due_at < mine.due_at]


def _address(row: ReminderAddress) -> Address:
    data: Mapping[str, Any] = stored.parse(row.address)
    return Address(id=row.id, clinic_id=row.clinic_id, kind=row.kind, data=data)


def _message(post: Any, language: str, now: datetime) -> Message:
    return Message(
        id=post.id,
        sentence=post.purpose,
        language=language,
        path=opens(Purpose(post.purpose)),
        ttl_s=max(0, int((post.until_at - now).total_seconds())),
    )
