"""Processes that die in the middle of a backup or a restore, at the statement they are told."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import event

from server.database import open_database
from server.vault import backup, key, restore
from tests.faults.migrator import Fuse


def take_backup(url: str, file: Path, own: Path, now: datetime, length: int | None) -> int:
    """Back up, dying at that statement. Returns how many there were."""
    fuse, engine = Fuse(length), open_database(url)
    event.listen(engine, "before_cursor_execute", fuse.burn)
    backup.take(engine, file, key.load(own), now)
    engine.dispose()
    return fuse.burnt


def put_back(url: str, file: Path, own: Path, now: datetime, length: int | None) -> int:
    """Restore, dying at that statement. Returns how many there were."""
    fuse, engine = Fuse(length), open_database(url)
    event.listen(engine, "before_cursor_execute", fuse.burn)
    restore.put_back(engine, file, key.load(own).identities, now)
    engine.dispose()
    return fuse.burnt
