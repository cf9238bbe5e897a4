"""The database: how to open it, and the only two ways to use it, `writing` and `reading`.

SQLite runs in WAL with `synchronous=FULL`: what was acknowledged survives a crash. A write takes the write lock at
its beginning, so that nothing it read can change under it; a read never waits for a writer. Parameters of a statement
and values of a row never reach an error text or a log.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from server import audit, histories
from server.problems import Declined
from server.turns import Turns

BUSY_MS = 5000
"""How long a write waits for another one before it answers `busy`."""

_TURN = "turn"
"""The execution option of a SQLite engine that holds the lock its writers take turns by."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_MS}",
    "cache_size=-65536",
)
_FULL_SQLITE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
_BUSY_SQLITE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_FULL_POSTGRES = {"53100"}
_BUSY_POSTGRES = {"40001", "40P01", "53300", "55P03", "57P01", "57P03"}
_BAD_VALUE = "22"
"""The class of PostgreSQL's errors about a value that cannot be read or does not fit."""


def open_database(url: str) -> Engine:
    """An engine for a `sqlite:///…` or `postgresql…` address. Opens no connection yet; close with `dispose`."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        engine = create_engine(
            address,
            hide_parameters=True,
            connect_args={"check_same_thread": False},
            execution_options={histories.OPTION: histories.Histories(), _TURN: Turns()},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        connect_args={"options": f"-c lock_timeout={BUSY_MS} -c timezone=UTC"},
        execution_options={histories.OPTION: histories.Histories()},
    )
    event.listen(engine, "handle_error", _hide_values)
    return engine


def _hide_values(context: ExceptionContext) -> None:
    """Keep the first sentence of a PostgreSQL error: its details quote the row. That of a bad value is quoting too."""
    original: Any = context.original_exception
    state = getattr(original, "sqlstate", None)
    if state is None:
        return
    original.args = ("" if state.startswith(_BAD_VALUE) else original.diag.message_primary,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(original).__name__}) {original}",)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One write transaction: committed when the block ends, with the audit entries it recorded, or not at all.

    Raises `Declined` with `busy` or `storage_full` when the database cannot take it now.
    """
    with _translated(), _in_turn(engine), Session(_for_writing(engine), expire_on_commit=False) as session:
        session.connection()
        yield session
        audit.append_recorded(session)
        session.commit()
        histories.committed(session)


@lru_cache(maxsize=4)
def _for_writing(engine: Engine) -> Engine:
    return engine.execution_options(write=True)


@contextmanager
def _in_turn(engine: Engine) -> Iterator[None]:
    """This process's writers of a SQLite file wait in a queue: SQLite itself lets them race, and some lose for long."""
    turn: Turns | None = engine.get_execution_options().get(_TURN)
    if turn is None:
        yield
        return
    if not turn.take(BUSY_MS / 1000):
        raise Declined("busy", retry_after=1)
    try:
        yield
    finally:
        turn.give_back()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One read transaction: all of the block sees the same state. Nothing it changes is kept. Raises as `writing`."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with _translated(), Session(engine, expire_on_commit=False) as session:
        session.connection()
        yield session


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        code = _problem(error)
        if code is None:
            raise
        raise Declined(code, retry_after=1 if code == "busy" else None) from None


def _problem(error: DBAPIError) -> str | None:
    if isinstance(error.orig, sqlite3.Error):
        number = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        return "storage_full" if number in _FULL_SQLITE else "busy" if number in _BUSY_SQLITE else None
    state = getattr(error.orig, "sqlstate", None)
    if state in _FULL_POSTGRES:
        return "storage_full"
    unreachable = isinstance(error, OperationalError) and state is None
    return "busy" if state in _BUSY_POSTGRES or unreachable else None
