"""Brakes on guessing: failures in a row per account and per address, kept in the database so that every process
counts together.

A try is counted as a failure before it is examined and taken back when it succeeds, so that a thousand at once are
not let through together. Nothing is locked for good: the wait doubles up to 15 minutes and an hour of quiet clears it.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, text, update
from sqlmodel import Session, col, select

from server.security import Keys
from server.tables.columns import Instant
from server.tables.people import SignInAttempt

ACCOUNT_TRIES = 5
ADDRESS_TRIES = 20
"""A whole clinic may share one address, so that an address gets more tries than an account."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)


def account_key(keys: Keys, email: str) -> str:
    """The key under which an account's failures are counted."""
    return keys.lookup("account", email)


def address_key(keys: Keys, address: str) -> str:
    """The key under which an address's failures are counted."""
    return keys.lookup("address", address)


def begin(session: Session, key: str, tries: int, now: datetime) -> int | None:
    """Count a try. Returns None when it may go on, else the seconds to wait; a refused try is not counted."""
    _make_row(session, key, now)
    row = session.exec(select(SignInAttempt).where(SignInAttempt.key == key).with_for_update()).one()
    session.refresh(row)
    if now - row.last_at >= FORGOTTEN_AFTER:
        row.failures = 0
    left = min(row.last_at, now) + wait_after(row.failures, tries) - now
    if left > timedelta(0):
        return int(left.total_seconds()) + 1
    row.failures, row.last_at = row.failures + 1, now
    session.add(row)
    session.flush()
    return None


def wait_after(failures: int, tries: int) -> timedelta:
    """How long to wait after so many failures in a row: nothing below `tries`, then doubling to 15 minutes."""
    if failures < tries:
        return timedelta(0)
    doublings = min(failures - tries, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))


def forget(session: Session, key: str) -> None:
    """Start afresh: the account's owner got in."""
    session.connection().execute(delete(SignInAttempt).where(col(SignInAttempt.key) == key))


def take_back(session: Session, key: str) -> None:
    """Take the counted try back, and only this one: it was no failure."""
    counted = update(SignInAttempt).where(col(SignInAttempt.key) == key, col(SignInAttempt.failures) > 0)
    session.connection().execute(counted.values(failures=col(SignInAttempt.failures) - 1))


def _make_row(session: Session, key: str, now: datetime) -> None:
    connection = session.connection()
    connection.execute(delete(SignInAttempt).where(col(SignInAttempt.last_at) < now - 24 * FORGOTTEN_AFTER))
    fresh = text("INSERT INTO sign_in_attempt (key, failures, last_at) VALUES (:key, 0, :at) ON CONFLICT DO NOTHING")
    connection.execute(fresh.bindparams(bindparam("at", type_=Instant)), {"key": key, "at": now})
