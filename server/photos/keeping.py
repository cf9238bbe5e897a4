"""Keeps developed photos in the database, by clinic and by the SHA-256 of what they hold.

They lie beside everything else, so that a backup and a restore have no second place to forget, and an exercise and its
photo are saved together or not at all.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from server.problems import Declined
from server.tables.care import ProgramVersionRow
from server.tables.exercises import OwnExerciseVersion, Photo

MOST = 400
"""Photos a clinic may hold (inclusive): what a file of all of them can carry."""

UNUSED_FOR = timedelta(days=1)
"""A photo that no exercise names is forgotten after that, when the next one comes."""


def add(session: Session, clinic_id: str, content: bytes, now: datetime) -> str:
    """Keep a developed photo. Returns its SHA-256; the same photo twice is one. Raises `Declined` (`library_full`)."""
    sha256 = hashlib.sha256(content).hexdigest()
    if session.get(Photo, (clinic_id, sha256)) is None:
        _forget_unused(session, clinic_id, now)
        if session.exec(select(func.count()).where(col(Photo.clinic_id) == clinic_id)).one() >= MOST:
            raise Declined("library_full")
        session.add(Photo(clinic_id=clinic_id, sha256=sha256, added_at=now, content=content))
        session.flush()
    return sha256


def holds(session: Session, clinic_id: str, sha256: str) -> bool:
    """Whether the clinic holds that photo."""
    return session.get(Photo, (clinic_id, sha256)) is not None


def named(session: Session, clinic_id: str, wanted: Iterable[str | None]) -> dict[str, bytes]:
    """The photos of the clinic that are wanted, by their SHA-256; None is nobody's."""
    found = (session.get(Photo, (clinic_id, sha256)) for sha256 in wanted if sha256 is not None)
    return {photo.sha256: photo.content for photo in found if photo is not None}


def of_clinic(session: Session, clinic_id: str, sha256: str) -> bytes:
    """A photo of the clinic. Raises `Declined` (`not_found`)."""
    photo = session.get(Photo, (clinic_id, sha256))
    if photo is None:
        raise Declined("not_found")
    return photo.content


def of_patient(session: Session, clinic_id: str, patient_id: str, sha256: str) -> bytes:
    """A photo of the clinic that a version of this patient's programs holds. Raises `Declined` (`not_found`)."""
    named = col(ProgramVersionRow.body).contains(f'"photo":"{sha256}"', autoescape=True)
    query = select(ProgramVersionRow.program_id).where(ProgramVersionRow.patient_id == patient_id, named)
    if session.exec(query.limit(1)).first() is None:
        raise Declined("not_found")
    return of_clinic(session, clinic_id, sha256)


def _forget_unused(session: Session, clinic_id: str, now: datetime) -> None:
    used = select(OwnExerciseVersion.photo).where(
        OwnExerciseVersion.clinic_id == clinic_id, col(OwnExerciseVersion.photo).is_not(None)
    )
    unused = delete(Photo).where(
        col(Photo.clinic_id) == clinic_id, col(Photo.added_at) < now - UNUSED_FOR, col(Photo.sha256).not_in(used)
    )
    session.connection().execute(unused)
