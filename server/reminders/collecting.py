"""Takes what is due from the plan into the outbox: each reminder once, one message for each of its addresses.

In one short transaction for some hundreds. Several servers do this beside each other: on PostgreSQL they skip what
another holds, on SQLite they take turns, and the outbox knows each reminder, address and instant only once.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Engine, String, bindparam, exists, update
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col

from server.bulk import as_texts, given_texts, insert_many
from server.database import writing
from server.reminders.planning import DROPPED, NOT_SENT_TO, PLANNED, TAKEN, USABLE
from server.tables.columns import Instant
from server.tables.people import Device
from server.tables.reminding import Reminder, ReminderAddress

BATCH = 500
"""Reminders taken in one transaction."""

SPREAD = timedelta(seconds=20)
"""Messages due at one instant leave within so long, each at its own moment. Source: ours."""

_OUTBOX = SQLModel.metadata.tables["outbox"]
_NOW = bindparam("now", type_=Instant())


def superseded(reminder: Any, now: Any) -> Any:
    """Whether a later reminder of the same patient, date and slot is due too: then that one speaks for both.

    Those of a whole day (slot 0) say different things.
    """
    later: Any = aliased(Reminder)
    return exists(
        columns(later.id).where(
            later.patient_id == reminder.patient_id,
            later.on_date == reminder.on_date,
            later.slot == reminder.slot,
            later.slot > 0,
            later.due_at > reminder.due_at,
            later.due_at <= now,
            later.until_at > now,
            later.state != DROPPED,
        )
    )


_DUE = (
    columns(
        col(Reminder.id),
        col(Reminder.clinic_id),
        col(Reminder.patient_id),
        col(Reminder.purpose),
        col(Reminder.due_at),
        col(Reminder.until_at),
        superseded(Reminder, _NOW).label("superseded"),
    )
    .where(col(Reminder.state) == PLANNED, col(Reminder.due_at) <= _NOW)
    .order_by(col(Reminder.due_at))
    .limit(BATCH)
    .with_for_update(skip_locked=True, of=Reminder)
)


@lru_cache(maxsize=4)
def _addresses(dialect: Dialect) -> Any:
    """Where the given patients can be reached: nothing that a revoked device brought along."""
    return (
        columns(col(ReminderAddress.patient_id), col(ReminderAddress.id), col(ReminderAddress.kind))
        .outerjoin(Device, col(Device.id) == col(ReminderAddress.device_id))
        .where(
            col(ReminderAddress.patient_id).in_(columns(given_texts(dialect).c.value)),
            col(ReminderAddress.state) == USABLE,
            col(ReminderAddress.kind).not_in(NOT_SENT_TO),
            col(Device.revoked_at).is_(None),
        )
    )


@lru_cache(maxsize=4)
def _settle(dialect: Dialect) -> Any:
    given = columns(given_texts(dialect).c.value)
    return (
        update(Reminder)
        .where(col(Reminder.id).in_(given))
        .values(state=bindparam("state", type_=String), code=bindparam("code", type_=String))
    )


def collect(engine: Engine, clock: Callable[[], datetime]) -> int:
    """Take all that is due. Returns the number of reminders taken or dropped. Raises `Declined`."""
    done = 0
    while True:
        with writing(engine) as session:
            taken = _collect(session, clock())
        done += taken
        if taken < BATCH:
            return done


def _collect(session: Session, now: datetime) -> int:
    due = session.connection().execute(_DUE, {"now": now}).all()
    if not due:
        return 0
    wanted, dropped = _sorted(due, now)
    addresses = _reached(session, wanted)
    messages = [_message(row, *address) for row in wanted for address in addresses.get(row.patient_id, ())]
    if messages:
        shared = {"owner": None, "tries": 0, "state": "waiting", "code": None, "sent_at": None, "opened_at": None}
        insert_many(session.connection(), _OUTBOX, messages, shared, unless_there=True)
    dropped["no_address"] = [row.id for row in wanted if row.patient_id not in addresses]
    _mark(session, [row.id for row in wanted if row.patient_id in addresses], TAKEN, None)
    for code, ids in dropped.items():
        _mark(session, ids, DROPPED, code)
    return len(due)


def _sorted(due: Sequence[Any], now: datetime) -> tuple[list[Any], dict[str, list[str]]]:
    """What is to be sent, and what is not, by reason: of what an outage held up, only the newest of each slot."""
    wanted: list[Any] = []
    dropped: dict[str, list[str]] = defaultdict(list)
    for row in due:
        if row.until_at <= now:
            dropped["late"].append(row.id)
        elif row.superseded:
            dropped["superseded"].append(row.id)
        else:
            wanted.append(row)
    return wanted, dropped


def _reached(session: Session, wanted: Sequence[Any]) -> dict[str, list[tuple[str, str]]]:
    """Patient → (address id, kind) of each that can be used."""
    connection = session.connection()
    texts = {"texts": as_texts({row.patient_id for row in wanted})}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for patient_id, address_id, kind in connection.execute(_addresses(connection.dialect), texts):
        found[patient_id].append((address_id, kind))
    return found


def _message(row: Any, address_id: str, kind: str) -> dict[str, Any]:
    message_id = secrets.token_hex(16)
    return {
        "id": message_id,
        "clinic_id": row.clinic_id,
        "patient_id": row.patient_id,
        "reminder_id": row.id,
        "address_id": address_id,
        "kind": kind,
        "purpose": row.purpose,
        "due_at": row.due_at,
        "until_at": row.until_at,
        "not_before": row.due_at + SPREAD * (int(message_id[:4], 16) / 0x10000),
    }


def _mark(session: Session, ids: Sequence[str], state: str, code: str | None) -> None:
    if ids:
        connection = session.connection()
        connection.execute(_settle(connection.dialect), {"texts": as_texts(ids), "state": state, "code": code})
