"""Puts a backup into an empty database, of either kind, in one transaction: all of it or nothing.

The file is read to its end before anything is written. Phones are told to begin anew, so that they offer again what
the lost server had confirmed after the backup was taken.
"""

from datetime import datetime
from pathlib import Path
from secrets import randbelow
from typing import Any

from pyrage.x25519 import Identity
from sqlalchemy import Engine, insert, inspect, table, update
from sqlalchemy import select as columns
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from server import audit, migrate
from server.database import writing
from server.problems import CannotDo, Declined
from server.tables.care import PatientSync
from server.tables.people import Clinic, Invitation, Patient
from server.vault import contents
from server.vault.backup import current_revision
from server.vault.contents import Contents
from server.vault.lines import Shape

_ROWS_AT_ONCE = 500

LONGEST_JUMP = 1 << 20
"""By how much a restore raises the epoch at most. At random, so that restoring the same backup twice gives two."""


def put_back(engine: Engine, path: Path, identities: tuple[Identity, ...], now: datetime) -> Contents:
    """Restore. Raises `CannotDo`, with the database as it was."""
    promised = contents.read(path, identities)
    if not migrate.knows(promised.beginning.revision):
        raise CannotDo(f"{path} was taken by a newer version of Stepwise: restore it with that version.")
    try:
        with writing(engine) as session:
            _make_shape(session, promised.beginning.revision)
            found = _fill(session, path, identities)
            if found.digest != promised.digest:
                raise CannotDo(f"{path} changed while it was restored. Try again with a copy that nobody touches.")
            migrate.upgrade_within(session.connection())
            _begin_anew(session, found, now)
    except Declined as declined:
        raise CannotDo(f"The database could not take the backup and is as it was: {declined.sentence}") from None
    except DBAPIError as error:
        raise CannotDo(f"The database refused the backup and is as it was ({type(error.orig).__name__}).") from None
    return found


def _make_shape(session: Session, revision: str) -> None:
    """Give the database the shape its rows had. Raises `CannotDo` unless it is empty."""
    names = set(inspect(session.connection()).get_table_names()) - {"alembic_version"}
    for name in sorted(names):
        if session.connection().execute(columns(1).select_from(table(name)).limit(1)).first() is not None:
            raise CannotDo("The database is not empty, and a restore never mixes or replaces. Name a new, empty one.")
    if names and current_revision(session) != revision:
        raise CannotDo("The database was made by another version of Stepwise. Name a new one, without any tables.")
    migrate.upgrade_within(session.connection(), revision)


def _fill(session: Session, path: Path, identities: tuple[Identity, ...]) -> Contents:
    inserts = _Inserts(session)
    found = contents.read(path, identities, inserts.take)
    inserts.flush()
    return found


class _Inserts:
    """Rows on their way into the database, some hundred at a time."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection()
        self._shape: Shape | None = None
        self._rows: list[dict[str, Any]] = []

    def take(self, shape: Shape, row: dict[str, Any]) -> None:
        if shape is not self._shape or len(self._rows) == _ROWS_AT_ONCE:
            self.flush()
        self._shape = shape
        self._rows.append(row)

    def flush(self) -> None:
        if self._shape is not None and self._rows:
            self._connection.execute(insert(self._shape.target()), self._rows)
        self._rows = []


def _begin_anew(session: Session, found: Contents, now: datetime) -> None:
    """A new generation of every patient's change log, no open invitation, and a note in every clinic's audit log.

    An invitation that is open in the backup may have been used since, and is good for one use only.
    """
    counted = select(PatientSync.patient_id)
    for patient in session.exec(select(Patient).where(col(Patient.id).not_in(counted))).all():
        session.add(PatientSync(patient_id=patient.id, clinic_id=patient.clinic_id))
    session.flush()
    jump = 1 + randbelow(LONGEST_JUMP)
    session.connection().execute(update(PatientSync).values(epoch=col(PatientSync.epoch) + jump))
    still_open = col(Invitation.redeemed_at).is_(None), col(Invitation.revoked_at).is_(None)
    session.connection().execute(update(Invitation).where(*still_open).values(revoked_at=now))
    for clinic_id in session.exec(select(Clinic.id)).all():
        actor = audit.Actor(clinic_id=clinic_id, role="system")
        audit.record(session, actor, "backup.restore", now, resource="backup", resource_id=found.digest)
