"""The file under the store: opened, checked, migrated with a copy kept, or set aside and rescued when damaged.

It never deletes a damaged file, which goes with all that came from the clinic (`Store.purge`). One that a newer version
of the app has written is first brought back to ours.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.storeback import SET_ASIDE, drop_copies_once_proved, go_back, keep_copy

NAME = "stepwise.db"

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE record (
        kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (kind, id)
    ) WITHOUT ROWID;
    CREATE TABLE outbox (
        n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'shelved')),
        code TEXT, sentence TEXT, acked_at TEXT
    );
    CREATE INDEX outbox_by_state ON outbox (state, n);
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    """,
)
"""The step at index n leads from `user_version` n to n + 1. A step, once released, is never edited.

What a step may change is bound by `app.storeback`.
"""


@dataclass(frozen=True, slots=True)
class Repair:
    """What happened to a damaged file: it was kept as `kept_as`; `rescued` entries not yet sent were saved from it."""

    kept_as: str
    rescued: int

    def __str__(self) -> str:
        """What to tell the person; names no content."""
        saved = {0: "No unsent entry could be read.", 1: "1 unsent entry was saved."}.get(
            self.rescued, f"{self.rescued} unsent entries were saved."
        )
        return f"The data on this device was damaged and is fetched again from your clinic. {saved}"


@dataclass(frozen=True, slots=True)
class _Rescued:
    outbox: tuple[tuple[object, ...], ...] = ()
    meta: tuple[tuple[object, ...], ...] = ()


def open_file(
    folder: Path, journal_mode: str, now: datetime, migrations: Sequence[str] = MIGRATIONS
) -> tuple[sqlite3.Connection, Repair | None]:
    """Open or make the store's file in `folder`; a damaged one is set aside first, its queue rescued.

    Raises `StoreTooNew`, and `sqlite3.Error` when the folder cannot be written.
    """
    path = folder / NAME
    repair = None
    rescued = _Rescued()
    if path.exists() and not _sound(path):
        kept = _set_aside(path, now)
        rescued = _rescue(kept)
        repair = Repair(kept.name, sum(1 for row in rescued.outbox if row[4] == "pending"))
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        _configure(connection, journal_mode)
        _migrate(connection, path, migrations)
        _refill(connection, rescued)
    except BaseException:
        connection.close()
        raise
    return connection, repair


def _configure(connection: sqlite3.Connection, journal_mode: str) -> None:
    connection.execute(f"PRAGMA journal_mode={'WAL' if journal_mode == 'WAL' else 'MEMORY'}")
    if journal_mode == "WAL":
        connection.execute("PRAGMA synchronous=FULL")


def _sound(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as connection:
            return [row[0] for row in connection.execute("PRAGMA quick_check(1)")] == ["ok"]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False


def _set_aside(path: Path, now: datetime) -> Path:
    stem = SET_ASIDE.format(f"{now:%Y%m%dT%H%M%SZ}")
    kept = path.with_name(f"{stem}.db")
    count = 1
    while kept.exists():
        count += 1
        kept = path.with_name(f"{stem}-{count}.db")
    for suffix in ("-wal", "-shm", ""):
        source = path.with_name(path.name + suffix)
        if source.exists():
            source.rename(kept.with_name(kept.name + suffix))
    return kept


def _rescue(kept: Path) -> _Rescued:
    with closing(sqlite3.connect(kept)) as connection:
        columns = "n, kind, id, body, state, code, sentence, acked_at"
        outbox = _salvage(connection, f"SELECT {columns} FROM outbox ORDER BY n", _whole_row)  # noqa: S608
        meta = _salvage(connection, "SELECT key, value FROM meta ORDER BY key", _whole_pair)
    return _Rescued(outbox, meta)


def _salvage(
    connection: sqlite3.Connection, query: str, whole: Callable[[tuple[object, ...]], bool]
) -> tuple[tuple[object, ...], ...]:
    """Every readable row: forward up to the damage, then backward up to it."""
    found: dict[object, tuple[object, ...]] = {}
    for direction in ("ASC", "DESC"):
        with suppress(sqlite3.Error):
            for row in connection.execute(f"{query} {direction}"):
                if whole(row):
                    found[row[0]] = row
    return tuple(found.values())


def _whole_row(row: tuple[object, ...]) -> bool:
    n, kind, id_, body, state, *_ = row
    if not (isinstance(n, int) and isinstance(kind, str) and isinstance(id_, str) and isinstance(body, str)):
        return False
    if state not in ("pending", "sent", "shelved"):
        return False
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


def _whole_pair(row: tuple[object, ...]) -> bool:
    return all(isinstance(value, str) for value in row)


def _refill(connection: sqlite3.Connection, rescued: _Rescued) -> None:
    """Put the queue back, and the sign-in; the cursor stays away, so that everything else is fetched anew."""
    if not rescued.outbox and not rescued.meta:
        return
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rescued.outbox)
    connection.executemany("INSERT OR IGNORE INTO meta VALUES (?, ?)", rescued.meta)
    connection.execute("DELETE FROM meta WHERE key = 'cursor'")
    connection.execute("COMMIT")


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(migrations):
        go_back(connection, path, migrations)
    elif version == len(migrations):
        drop_copies_once_proved(connection, version)
    elif version:
        keep_copy(connection, path, version)
    for step in range(version, len(migrations)):
        try:
            connection.executescript(f"BEGIN IMMEDIATE;\n{migrations[step]};\nPRAGMA user_version={step + 1};\nCOMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
