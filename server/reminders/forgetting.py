"""Lets go of reminders and messages that are long over: what became of them is shown for a while and not for ever."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete
from sqlmodel import col

from server.database import writing
from server.tables.reminding import Outbox, Reminder

KEEP = timedelta(days=60)
"""After they were due. When an address was last reached is kept with the address. Source: ours."""


def forget(engine: Engine, now: datetime) -> int:
    """Delete them. Returns how many messages that were. Raises `Declined`."""
    with writing(engine) as session:
        connection = session.connection()
        gone = connection.execute(delete(Outbox).where(col(Outbox.due_at) < now - KEEP)).rowcount
        connection.execute(delete(Reminder).where(col(Reminder.due_at) < now - KEEP))
    return gone
