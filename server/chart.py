"""Reads a patient's record the way the rules want it: versions, facts and the history they make together."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import case, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from hep import days
from hep.facts import Correction, Kind
from hep.history import History, Stored
from hep.records import ProgramState, ProgramVersion
from server import stored
from server.rows import KINDS, fact_of
from server.tables.care import Fact, ProgramHead, ProgramVersionRow, Pulled
from server.tables.people import Patient

RECENT = timedelta(days=42)
"""How far back the rules look when facts arrive: two fortnights of trend, three weeks of pain, and some."""

LASTING = (Kind.ACKNOWLEDGEMENT, Kind.RED_FLAG, Kind.PREFERENCE, Kind.PAUSE)
"""Kinds that matter however old they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A patient's record at `now`.

    `versions` are all of the program, ascending; `history` judges unlogged slots by what the phones had pulled;
    `corrected` are the ids that corrections name.
    """

    patient: Patient
    now: datetime
    today: date
    head: ProgramHead | None
    versions: tuple[ProgramVersion, ...]
    history: History
    corrected: frozenset[str] = frozenset()

    @property
    def current(self) -> ProgramVersion | None:
        """The newest version, None without a program."""
        return self.versions[-1] if self.versions else None


def open_chart(session: Session, patient: Patient, now: datetime, back: timedelta = RECENT) -> Chart:
    """The patient's record with the facts of the last `back` and those that last."""
    today = days.local_on(now, patient.zone)
    head = active_program(session, patient.id)
    every = versions_of(session, patient.id)
    versions = tuple(v for v in every if head is not None and v.program_id == head.id)
    rows = stored_since(session, patient.id, today - back)
    history = History.of(versions, rows, patient.zone, pulled=pulled_by(session, patient.id, head))
    corrected = frozenset(row.fact.target_id for row in rows if isinstance(row.fact, Correction))
    return Chart(
        patient=patient, now=now, today=today, head=head, versions=versions, history=history, corrected=corrected
    )


def active_program(session: Session, patient_id: str) -> ProgramHead | None:
    """The program in use: the active one, else the one that ended last, else None."""
    heads = session.exec(select(ProgramHead).where(ProgramHead.patient_id == patient_id)).all()
    ordered = sorted(heads, key=lambda head: (head.state == ProgramState.ACTIVE.value, head.id))
    return ordered[-1] if ordered else None


def versions_of(session: Session, patient_id: str) -> tuple[ProgramVersion, ...]:
    """All versions of all programs of the patient, ascending within each program."""
    query = (
        select(ProgramVersionRow.body)
        .where(ProgramVersionRow.patient_id == patient_id)
        .order_by(col(ProgramVersionRow.program_id), col(ProgramVersionRow.version))
    )
    return tuple(read_version(body) for body in session.exec(query))


@lru_cache(maxsize=4096)
def read_version(body: str) -> ProgramVersion:
    """The version in a stored body; versions never change, so each is read once."""
    return stored.load(ProgramVersion, body)


def stored_since(session: Session, patient_id: str, since: date) -> list[Stored]:
    """The patient's facts from the local date `since` (inclusive) on, and older ones of kinds that last.

    Only messages carry `received_at`: nothing else is judged by it, and reading an instant for each row takes long.
    """
    received_at = case((col(Fact.kind) == Kind.MESSAGE.value, col(Fact.received_at)))
    query = (
        columns(col(Fact.id), col(Fact.kind), col(Fact.body), col(Fact.seq), received_at)
        .where(
            col(Fact.patient_id) == patient_id,
            or_(col(Fact.local_on) >= since, col(Fact.kind).in_([kind.value for kind in LASTING])),
        )
        .order_by(col(Fact.seq))
    )
    return [
        Stored(row_id, kind, fact_of(kind, body), seq, received)
        for row_id, name, body, seq, received in session.connection().execute(query)
        for kind in (KINDS[name],)
    ]


def pulled_by(session: Session, patient_id: str, head: ProgramHead | None) -> tuple[tuple[int, datetime], ...] | None:
    """(version, instant a phone first had it) of the program; None when no phone ever pulled it."""
    if head is None:
        return None
    query = select(Pulled.version, Pulled.pulled_at).where(
        Pulled.patient_id == patient_id, Pulled.program_id == head.id
    )
    return tuple(session.exec(query).all()) or None
