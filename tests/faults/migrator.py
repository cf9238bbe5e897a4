"""Processes that die in mid-migration, of the server and of the phone: by SIGKILL, at the statement they are told."""

import os
import signal
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from app import storefile
from server.database import open_database
from server.migrate import upgrade

LATER = (
    *storefile.MIGRATIONS,
    "ALTER TABLE outbox ADD color TEXT; UPDATE outbox SET color = 'blue'; CREATE INDEX by_color ON outbox (color)",
    "CREATE TABLE note (id TEXT PRIMARY KEY); INSERT INTO note SELECT id FROM outbox",
)
"""The phone's steps as they are, and two more as later versions of the app may bring."""


class Fuse:
    """Burns down by one at each statement and then kills the process; one that never ends counts only."""

    def __init__(self, length: int | None) -> None:
        self.burnt, self._length = 0, length

    def burn(self, *_statement: Any) -> None:
        self.burnt += 1
        if self.burnt == self._length:
            os.kill(os.getpid(), signal.SIGKILL)


def migrate_server(url: str, length: int | None) -> int:
    """Bring the server's database up to date, dying at that statement. Returns how many there were."""
    fuse, engine = Fuse(length), open_database(url)
    event.listen(engine, "before_cursor_execute", fuse.burn)
    _upgrade(engine)
    return fuse.burnt


def _upgrade(engine: Engine) -> None:
    try:
        upgrade(engine)
    finally:
        engine.dispose()


def migrate_phone(
    folder: Path, now: datetime, length: int | None, migrations: Sequence[str] = LATER, journal_mode: str = "WAL"
) -> int:
    """Open the phone's file with the app of these steps, dying at that statement. Returns how many there were."""
    fuse, connect = Fuse(length), sqlite3.connect
    storefile.sqlite3.connect = partial(_watched, connect, fuse)  # type: ignore[assignment]
    try:
        connection, repair = storefile.open_file(folder, journal_mode, now, migrations)
        connection.close()
        assert repair is None
    finally:
        storefile.sqlite3.connect = connect  # type: ignore[assignment]
    return fuse.burnt


def _watched(connect: Callable[..., sqlite3.Connection], fuse: Fuse, *given: Any, **more: Any) -> sqlite3.Connection:
    connection = connect(*given, **more)
    connection.set_trace_callback(fuse.burn)
    return connection
