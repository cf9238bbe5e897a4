"""A clinic's own exercises and their photos. Versions are only ever added, and a photo is known by what it holds.

None of it is of a patient: what was prescribed is a snapshot in the program's version.
"""

from datetime import datetime

from sqlalchemy import LargeBinary, Text
from sqlmodel import Field, SQLModel

from server.tables.columns import Instant


class OwnExerciseHead(SQLModel, table=True):
    """An own exercise and the number of its newest version; a change moves it on by compare-and-set.

    Ids are the clinic's own: a file of one clinic's exercises may be taken in by another.
    """

    __tablename__ = "own_exercise"

    clinic_id: str = Field(primary_key=True, foreign_key="clinic.id", max_length=64)
    id: str = Field(primary_key=True, max_length=80)
    version: int
    retired_at: datetime | None = Field(default=None, sa_type=Instant)


class OwnExerciseVersion(SQLModel, table=True):
    """One version as it was saved; `body` is the dumped `Exercise`, `photo` repeats what it names."""

    __tablename__ = "own_exercise_version"

    clinic_id: str = Field(primary_key=True, foreign_key="clinic.id", max_length=64)
    exercise_id: str = Field(primary_key=True, max_length=80)
    version: int = Field(primary_key=True)
    author_name: str = Field(max_length=200)
    saved_at: datetime = Field(sa_type=Instant)
    photo: str | None = Field(default=None, max_length=64)
    body: str = Field(sa_type=Text)


class Photo(SQLModel, table=True):
    """A picture a clinic uploaded, as the server drew it anew: WebP, by the SHA-256 of its bytes."""

    __tablename__ = "photo"

    clinic_id: str = Field(primary_key=True, foreign_key="clinic.id", max_length=64)
    sha256: str = Field(primary_key=True, max_length=64)
    added_at: datetime = Field(sa_type=Instant)
    content: bytes = Field(sa_type=LargeBinary)
