"""The way back: what an older app makes of a store that a newer one has migrated, and the copies kept for that.

For ever, in every version: the tables `outbox`, `record` and `meta` with the columns named here, the order of `n`, and
`PRAGMA user_version` as the number of steps taken. A step may add columns, tables and indexes, never take these away;
then what was entered with the newer app is carried back whole, word for word, whatever else that app had stored.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

CAME_UP = "came_up_with"
"""Key in `meta`: the version of the file with which the app last came up to its first screen."""

SET_ASIDE = "stepwise-damaged-{}"
"""Name of a damaged file, without its ending."""

_COPY = "stepwise-v{}.db"
_OUTBOX = "n, kind, id, body, state, code, sentence, acked_at"
_RECORD = "kind, id, body, seq"


class StoreTooNew(Exception):
    """The file was written by a newer version of the app that no longer keeps its entries where we find them."""

    def __init__(self) -> None:
        super().__init__("This app is older than the entries on this device. Connect, close it and open it again.")


def keep_copy(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Copy the file at `path`, which is at `version`, before it becomes another one."""
    with closing(sqlite3.connect(path.with_name(_COPY.format(version)))) as copy:
        connection.backup(copy)


def drop_files_beside(connection: sqlite3.Connection) -> None:
    """Delete the copies and the damaged files beside the connection's file, if it has one."""
    _drop(connection, _COPY.format("*"))
    _drop(connection, f"{SET_ASIDE.format('*')}.db*")


def drop_copies_once_proved(connection: sqlite3.Connection, version: int) -> None:
    """Delete the copies once the app has come up, in an earlier start, with the file as it is now."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (CAME_UP,)).fetchone()
    if row == (str(version),):
        _drop(connection, _COPY.format("*"))


def _drop(connection: sqlite3.Connection, names: str) -> None:
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    if path:
        for beside in Path(path).parent.glob(names):
            beside.unlink()


def go_back(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    """Turn the newer app's file into one of ours: its queue and values, over the records of the copy kept before.

    Without a usable copy the records are fetched anew. The newer file is copied first, and replaced in one transaction.
    Raises `StoreTooNew`, nothing changed, when the queue is not where we find it.
    """
    newer = connection.execute("PRAGMA user_version").fetchone()[0]
    try:
        outbox = connection.execute(f"SELECT {_OUTBOX} FROM outbox ORDER BY n").fetchall()  # noqa: S608
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
    except sqlite3.OperationalError as error:
        raise StoreTooNew from error
    keep_copy(connection, path, newer)
    records, cursor = _records_before(path.with_name(_COPY.format(len(migrations))), len(migrations), meta)
    meta = {key: value for key, value in {**meta, "cursor": cursor, CAME_UP: None}.items() if value is not None}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as ours:
        for step in migrations:
            ours.executescript(step)
        ours.executemany(f"INSERT INTO outbox ({_OUTBOX}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", outbox)  # noqa: S608
        ours.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        ours.executemany(f"INSERT INTO record ({_RECORD}) VALUES (?, ?, ?, ?)", records)  # noqa: S608
        _show_what_was_sent_since(ours)
        ours.execute("DELETE FROM sqlite_sequence")
        ours.execute("INSERT INTO sqlite_sequence VALUES ('outbox', ?)", last or (0,))
        ours.execute(f"PRAGMA user_version={len(migrations)}")
        ours.backup(connection)


def _records_before(copy: Path, version: int, meta: dict[str, str]) -> tuple[list[Any], str | None]:
    """The records of the copy and their cursor; none when they are another's, damaged, or wiped since."""
    if not copy.exists() or "cursor" not in meta:
        return [], None
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(copy)) as kept:
        known = dict(kept.execute("SELECT key, value FROM meta").fetchall())
        is_sound = kept.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
        is_ours = kept.execute("PRAGMA user_version").fetchone() == (version,)
        if is_sound and is_ours and known.get("owner") == meta.get("owner"):
            return kept.execute(f"SELECT {_RECORD} FROM record").fetchall(), known.get("cursor")  # noqa: S608
    return [], None


def _show_what_was_sent_since(ours: sqlite3.Connection) -> None:
    """What the clinic confirmed to the newer app stands among the records, as if it had confirmed it to us."""
    ours.execute(
        "INSERT INTO record SELECT kind, id, body, (SELECT coalesce(max(seq), 0) FROM record) FROM outbox "
        "WHERE state = 'sent' ON CONFLICT (kind, id) DO NOTHING"
    )
