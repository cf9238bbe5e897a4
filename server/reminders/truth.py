"""What became of a patient's reminders, as it is: handed over, opened, given up, or never tried. Only reads, but one.

`sent` means that a channel took the message; that somebody saw it is known only when a phone says so.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, union_all, update
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from hep.reaching import AddressView, ReachView, SentView
from server.reminders.outbox import DEAD, OPENED, WAITING
from server.reminders.planning import DROPPED, PLANNED
from server.tables.reminding import Outbox, Reminder, ReminderAddress

SHOWN = 20
"""The last messages that are shown."""

_NOT_TAKEN = or_(
    col(Outbox.state) == DEAD,
    and_(col(Outbox.state) == WAITING, col(Outbox.code).is_not(None)),
)
_NEVER_LEFT = ("late", "no_address")


def recent(session: Session, patient_id: str, shown: int = SHOWN) -> tuple[SentView, ...]:
    """The patient's last messages, newest first."""
    rows = session.exec(
        select(Outbox).where(Outbox.patient_id == patient_id).order_by(col(Outbox.due_at).desc()).limit(shown)
    )
    return tuple(
        SentView(
            at=row.due_at,
            kind=row.kind,
            purpose=row.purpose,
            state=row.state,
            code=row.code,
            sent_at=row.sent_at,
            opened_at=row.opened_at,
        )
        for row in rows
    )


def opened(session: Session, patient_id: str, message_id: str, now: datetime) -> bool:
    """Note that a phone says the patient opened a message; the first time counts. False for a message not theirs."""
    row = session.get(Outbox, message_id)
    if row is None or row.patient_id != patient_id:
        return False
    if row.opened_at is None:
        whose = (col(Outbox.id) == message_id, col(Outbox.opened_at).is_(None))
        session.connection().execute(update(Outbox).where(*whose).values(state=OPENED, opened_at=now))
    return True


def reach(session: Session, patient_id: str, addresses: Sequence[AddressView] = ()) -> ReachView:
    """Whether reminders reach the patient: what was last taken and opened, and since when nothing was."""
    of_messages = columns(func.max(col(Outbox.sent_at)), func.max(col(Outbox.opened_at))).where(
        col(Outbox.patient_id) == patient_id
    )
    sent_at, opened_at = session.connection().execute(of_messages).one()
    known = select(ReminderAddress.last_ok_at).where(
        ReminderAddress.patient_id == patient_id, col(ReminderAddress.last_ok_at).is_not(None)
    )
    taken = [at for at in (sent_at, *session.exec(known)) if at is not None]
    last_sent_at = max(taken, default=None)
    return ReachView(
        addresses=tuple(addresses),
        last_sent_at=last_sent_at,
        last_opened_at=opened_at,
        unreached_since=_unreached_since(session, patient_id, last_sent_at),
        planned=_planned(session, patient_id),
    )


def sent_since(session: Session, patient_id: str, since: datetime) -> bool:
    """Whether a channel took anything for the patient from that instant on."""
    taken = select(Outbox.id).where(Outbox.patient_id == patient_id, col(Outbox.sent_at) >= since).limit(1)
    return session.exec(taken).first() is not None


def _unreached_since(session: Session, patient_id: str, last_sent_at: datetime | None) -> datetime | None:
    """When the first message was due that no channel took, or that could not even be tried, since one was."""
    given_up: Any = columns(col(Outbox.due_at).label("at")).where(col(Outbox.patient_id) == patient_id, _NOT_TAKEN)
    never_left: Any = columns(col(Reminder.due_at).label("at")).where(
        col(Reminder.patient_id) == patient_id,
        col(Reminder.state) == DROPPED,
        col(Reminder.code).in_(_NEVER_LEFT),
    )
    found = union_all(given_up, never_left).subquery()
    first = columns(func.min(found.c.at))
    if last_sent_at is not None:
        first = first.where(found.c.at > last_sent_at)
    at: datetime | None = session.connection().execute(first).scalar_one()
    return at


def _planned(session: Session, patient_id: str) -> bool:
    waiting = select(Reminder.id).where(Reminder.patient_id == patient_id, Reminder.state == PLANNED).limit(1)
    return session.exec(waiting).first() is not None
