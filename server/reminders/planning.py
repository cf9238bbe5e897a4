"""Keeps a patient's plan of reminders: the next days as `hep.reminding` wants them now, each known by its key.

Worked out with everything else that follows from the facts, and so after every program, setting, pause and log, and
every night. What was taken from the plan is never planned again; what is no longer wanted leaves it. For somebody who
has no address nothing is planned.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, delete, func, type_coerce, update
from sqlalchemy import select as columns
from sqlmodel import Session, SQLModel, col

from hep.facts import Preference
from hep.history import History, Stored
from hep.ids import new_id
from hep.reminding import Due, Purpose, Reminding, plan
from server.bulk import insert_many
from server.chart import Chart
from server.tables.care import PatientSync
from server.tables.columns import Instant
from server.tables.reminding import Outbox, Reminder, ReminderAddress

log = logging.getLogger("stepwise.reminders")

ACCIDENTS = (ArithmeticError, AttributeError, AssertionError, LookupError, TypeError, ValueError)
"""What a mistake in the rules may raise."""

PLANNED, TAKEN, DROPPED = "planned", "taken", "dropped"
"""States of a reminder."""

USABLE = "ok"
"""The state of an address that messages are sent to."""

NOT_SENT_TO = ("calendar",)
"""Kinds of address that are fetched and never sent to."""

_REMINDERS = SQLModel.metadata.tables["reminder"]
_PATIENT = bindparam("of", type_=String)
_ADDRESS = (
    columns(col(ReminderAddress.id))
    .where(
        col(ReminderAddress.patient_id) == _PATIENT,
        col(ReminderAddress.state) == USABLE,
        col(ReminderAddress.kind).not_in(NOT_SENT_TO),
    )
    .limit(1)
)


def _of_messages(instant: Any) -> Any:
    """The earliest such instant of a reminder's messages that went out or wait to; none when all were given up."""
    least = (
        columns(func.min(instant))
        .where(col(Outbox.reminder_id) == col(Reminder.id), col(Outbox.state).in_(("waiting", "sent", "opened")))
        .scalar_subquery()
    )
    return type_coerce(least, Instant())


_STORED = columns(
    col(Reminder.id),
    col(Reminder.on_date),
    col(Reminder.slot),
    col(Reminder.purpose),
    col(Reminder.due_at),
    col(Reminder.until_at),
    col(Reminder.state),
    _of_messages(col(Outbox.sent_at)).label("sent_at"),
    _of_messages(func.coalesce(col(Outbox.sent_at), col(Outbox.not_before))).label("out_at"),
).where(col(Reminder.patient_id) == _PATIENT, col(Reminder.on_date) >= bindparam("first"))
_MOVE = update(Reminder).where(col(Reminder.id) == bindparam("of", type_=String), col(Reminder.state) == PLANNED)

Key = tuple[date, int, str]


def wake(session: Session, patient_id: str, now: datetime) -> None:
    """Have the patient's plan worked out within seconds: an address came, or went."""
    session.connection().execute(
        update(PatientSync).where(col(PatientSync.patient_id) == patient_id).values(settle_at=now)
    )


def replan(session: Session, chart: Chart, locked: Iterable[str | None]) -> None:
    """Bring the stored plan to what is wanted now, under the counter that the caller holds.

    `locked`: families on hold after a stop sign. After an accident in the rules the plan stays as it was.
    """
    if session.connection().execute(_ADDRESS, {"of": chart.patient.id}).first() is None:
        _forget(session, col(Reminder.patient_id) == chart.patient.id)
        return
    try:
        with session.begin_nested():
            _replan(session, chart, locked)
    except ACCIDENTS as error:
        log.error("planning reminders failed with %s", type(error).__name__)


def _replan(session: Session, chart: Chart, locked: Iterable[str | None]) -> None:
    stored = lately(session, chart.patient.id, chart.today)
    out = [sent_due(row) for row in stored if row.out_at is not None]
    found = plan(chart.course, zone_of(chart), reminding_of(chart.history), chart.now, sent=out, locked=locked)
    wanted = {_key(due): due for due in found}
    known = {(row.on_date, row.slot, row.purpose): row for row in stored}
    _add(session, chart, [due for key, due in wanted.items() if key not in known])
    _move(session, wanted, known)
    gone = [row.id for key, row in known.items() if key not in wanted and row.due_at > chart.now]
    if gone:
        _forget(session, col(Reminder.id).in_(gone))


def lately(session: Session, patient_id: str, today: date) -> Sequence[Any]:
    """The patient's reminders from the day before yesterday on.

    With the instants at which each was sent (`sent_at`), and was or is to be (`out_at`).
    """
    since = today - timedelta(days=2)
    return session.connection().execute(_STORED, {"of": patient_id, "first": since}).all()


def sent_due(row: Any) -> Due:
    """A reminder that went out, at the instant it did."""
    return replace(due_of(row), at=row.out_at)


def reminding_of(history: History) -> Reminding:
    """What the patient chose, by their newest settings."""
    return chosen(history.rows)


def chosen(rows: Iterable[Stored]) -> Reminding:
    """The choices in effective rows, in their order."""
    facts = (row.fact for row in rows)
    return Reminding.of({fact.name: fact.value for fact in facts if isinstance(fact, Preference)})


def zone_of(chart: Chart) -> str:
    """Where the phone was when it last wrote anything; the zone the clinic noted, until then.

    What a phone dates after today is not asked.
    """
    written = [(row.fact.at, row.fact.zone) for row in chart.history.rows if row.fact.at <= chart.now]
    return max(written, default=(chart.now, chart.patient.zone))[1]


def _key(due: Due) -> Key:
    return (due.on, due.slot, due.purpose.value)


def due_of(row: Any) -> Due:
    """The reminder in a stored row."""
    return Due(on=row.on_date, slot=row.slot, purpose=Purpose(row.purpose), at=row.due_at, until=row.until_at)


def _add(session: Session, chart: Chart, fresh: Sequence[Due]) -> None:
    if not fresh:
        return
    rows = [
        {
            "id": new_id(chart.now),
            "on_date": due.on,
            "slot": due.slot,
            "purpose": due.purpose.value,
            "due_at": due.at,
            "until_at": due.until,
        }
        for due in fresh
    ]
    shared = {
        "clinic_id": chart.patient.clinic_id,
        "patient_id": chart.patient.id,
        "state": PLANNED,
        "code": None,
    }
    insert_many(session.connection(), _REMINDERS, rows, shared)


def _move(session: Session, wanted: Mapping[Key, Due], known: Mapping[Key, Any]) -> None:
    """Give what is still planned its new instants."""
    moved = [
        {"of": row.id, "due_at": wanted[key].at, "until_at": wanted[key].until}
        for key, row in known.items()
        if key in wanted and row.state == PLANNED and (row.due_at, row.until_at) != (wanted[key].at, wanted[key].until)
    ]
    if moved:
        session.connection().execute(_MOVE, moved)


def _forget(session: Session, which: Any) -> None:
    session.connection().execute(delete(Reminder).where(which, col(Reminder.state) == PLANNED))
