"""Takes a backup while the server works: every row of one moment, encrypted on its way to the file, read back at once.

The file appears under its name only when it has been read back whole. It never changes or migrates the database, and
writes to it only that a backup was taken.
"""

import hashlib
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp

from alembic.runtime.migration import MigrationContext
from pyrage.x25519 import Identity
from sqlalchemy import Engine, Table
from sqlmodel import Session, SQLModel, select

from server import audit, migrate
from server.database import reading, writing
from server.problems import CannotDo, Declined
from server.tables.people import Clinic
from server.vault import contents, sealed
from server.vault.contents import Contents
from server.vault.key import Key
from server.vault.lines import Beginning, Shape, beginning_line, end_line, row_line, table_line

_ROWS_AT_ONCE = 500


def take(engine: Engine, path: Path, key: Key, now: datetime) -> Contents:
    """Write the backup of this moment to a new file, and into each clinic's audit log that it was taken.

    Raises `CannotDo`; nothing is left under that name then.
    """
    if path.exists():
        raise CannotDo(f"{path} is there already. A backup is never replaced: give another name.")
    try:
        taken = _written(engine, path, key, now)
    except OSError as error:
        raise CannotDo(
            f"The backup cannot be written to {path} ({error.strerror}). Nothing was kept; free space or name another "
            "place."
        ) from None
    _record(engine, taken, now)
    return taken


def _written(engine: Engine, path: Path, key: Key, now: datetime) -> Contents:
    handle, name = mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    part = Path(name)
    checker = Identity.generate()
    try:
        with os.fdopen(handle, "wb") as file:
            lines = _Lines(engine, now)
            with closing(iter(lines)) as pieces:
                sealed.seal(pieces, file, (*key.recipients, checker.to_public()))
            file.flush()
            os.fsync(file.fileno())
        found = _read_back(part, key.identities or (checker,), lines)
        part.rename(path)
        _fsync_folder(path.parent)
        return found
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _read_back(part: Path, identities: Sequence[Identity], lines: "_Lines") -> Contents:
    with suppress(CannotDo):
        found = contents.read(part, identities)
        if (found.rows, found.digest) == (lines.rows, lines.digest):
            return found
    raise CannotDo(f"The backup in {part.parent} reads back otherwise than it was written: check the disk.")


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Lines:
    """The lines of a backup, from one read transaction; `rows` and `digest` are known when all were given."""

    def __init__(self, engine: Engine, now: datetime) -> None:
        self._engine, self._now = engine, now
        self._hash = hashlib.sha256()
        self.rows: dict[str, int] = {}
        self.digest = ""

    def __iter__(self) -> Generator[bytes]:
        with reading(self._engine) as session:
            revision = current_revision(session)
            if revision is None or revision != migrate.newest():
                raise CannotDo(_OTHER_SHAPE)
            yield self._noted(beginning_line(Beginning(self._now, revision)))
            for table in SQLModel.metadata.sorted_tables:
                shape = Shape.of(table)
                self.rows[shape.name] = 0
                yield self._noted(table_line(shape))
                yield from self._rows_of(session, table, shape.name)
        self.digest = self._hash.hexdigest()
        yield end_line(self.rows, self.digest)

    def _rows_of(self, session: Session, table: Table, name: str) -> Iterator[bytes]:
        """In the order of the key, so that a chain can be walked as it comes."""
        query = table.select().order_by(*table.primary_key)
        with session.connection().execute(query, execution_options={"yield_per": _ROWS_AT_ONCE}) as found:
            for rows in found.partitions():
                self.rows[name] += len(rows)
                yield self._noted(b"".join(row_line(tuple(row)) for row in rows))

    def _noted(self, line: bytes) -> bytes:
        self._hash.update(line)
        return line


_OTHER_SHAPE = (
    "The database does not have the shape of this version of Stepwise. Take the backup with the version that runs it; "
    "an empty database needs none."
)


def current_revision(session: Session) -> str | None:
    """The shape the database has; None when it has none yet."""
    return MigrationContext.configure(session.connection()).get_current_revision()


def _record(engine: Engine, taken: Contents, now: datetime) -> None:
    try:
        with writing(engine) as session:
            for clinic_id in session.exec(select(Clinic.id)).all():
                actor = audit.Actor(clinic_id=clinic_id, role="system")
                audit.record(session, actor, "backup.take", now, resource="backup", resource_id=taken.digest)
    except Declined as declined:
        raise CannotDo(
            f"The backup is written and whole, but the audit log could not take a note of it ({declined.code})."
        ) from None
