"""Reads a patient's record the way the rules want it: versions, facts and the history they make together."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import String, bindparam, case, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from hep import days
from hep.course import Course
from hep.facts import Correction, Kind, Retraction
from hep.history import History, Stored
from hep.records import ProgramState, ProgramVersion
from server import histories, stored
from server.changes import Counter
from server.histories import Basis, Record
from server.rows import KINDS, fact_of
from server.tables.care import Fact, ProgramHead, ProgramVersionRow, Pulled
from server.tables.people import Patient

RECENT = timedelta(days=42)
"""How far back the rules look when facts arrive: two fortnights of trend, three weeks of pain, and some."""

LASTING = (Kind.ACKNOWLEDGEMENT, Kind.RED_FLAG, Kind.PREFERENCE, Kind.PAUSE)
"""Kinds that matter however old they are."""


_PATIENT = bindparam("patient_id", type_=String)
_HEADS = select(ProgramHead).where(col(ProgramHead.patient_id) == _PATIENT)
_VERSIONS = (
    columns(col(ProgramVersionRow.body))
    .where(col(ProgramVersionRow.patient_id) == _PATIENT)
    .order_by(col(ProgramVersionRow.program_id), col(ProgramVersionRow.version))
)
_PUBLISHED = columns(
    col(ProgramVersionRow.program_id), col(ProgramVersionRow.version), col(ProgramVersionRow.published_at)
).where(col(ProgramVersionRow.patient_id) == _PATIENT)
_PULLED = select(Pulled.program_id, Pulled.version, Pulled.pulled_at).where(col(Pulled.patient_id) == _PATIENT)

Pulls = tuple[tuple[int, datetime], ...]
"""(version, instant a phone first had it) of one program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A patient's record at `now`.

    `versions` are all of the program in use, ascending, and `history` is judged by them, unlogged slots by what the
    phones had pulled; `course` is the same under every program the patient ever had, for what was due on a date.
    `corrected` are the ids that corrections name.
    """

    patient: Patient
    now: datetime
    today: date
    head: ProgramHead | None
    versions: tuple[ProgramVersion, ...]
    history: History
    course: History
    corrected: frozenset[str] = frozenset()

    @property
    def current(self) -> ProgramVersion | None:
        """The newest version, None without a program."""
        return self.versions[-1] if self.versions else None


def open_chart(session: Session, patient: Patient, now: datetime, back: timedelta = RECENT) -> Chart:
    """The patient's record with the facts of the last `back` and those that last."""
    program = _program(session, patient.id)
    since = days.local_on(now, patient.zone) - back
    return _chart(patient, now, program, _read(session, patient, program, since))


def open_newest(session: Session, patient: Patient, sync: Counter, now: datetime) -> Chart:
    """As `open_chart`, under the counter that the caller holds: reads only the facts that came since the last time."""
    program = _program(session, patient.id)
    since = days.local_on(now, patient.zone) - RECENT
    basis = Basis(epoch=sync.epoch, since=since, zone=patient.zone, versions=program.versions, pulled=program.pulled)
    known = histories.of_session(session).find(patient.id, basis)
    record = None if known is None else _brought_up(session, patient, since, *known)
    if record is None:
        record = _read(session, patient, program, since)
    histories.keep_after_commit(session, patient.id, basis, sync.seq, record)
    return _chart(patient, now, program, record)


def _brought_up(session: Session, patient: Patient, since: date, seq: int, before: Record) -> Record | None:
    """What was read at counter `seq`, with the facts that came since; None when they change what was there."""
    later = stored_since(session, patient.id, since, after=seq)
    if not before.can_take(later):
        return None
    return replace(before, history=before.history.extended(later)) if later else before


@dataclass(frozen=True, slots=True)
class _Program:
    """The program in use, and the versions of those before it with what was pulled of them."""

    head: ProgramHead | None
    versions: tuple[ProgramVersion, ...]
    pulled: Pulls | None
    others: tuple[tuple[tuple[ProgramVersion, ...], Pulls | None], ...]

    def course(self, history: History) -> History:
        """The history of the program in use, under all of them."""
        if not self.others:
            return history
        return Course.under_all((history, *(history.under(versions, pulled) for versions, pulled in self.others)))


def _program(session: Session, patient_id: str) -> _Program:
    head, versions, pulled = active_program(session, patient_id), defaultdict(list), pulled_by(session, patient_id)
    for version in versions_of(session, patient_id):
        versions[version.program_id].append(version)
    own = tuple(versions.pop(head.id, ())) if head is not None else ()
    others = tuple((tuple(each), pulled.get(program_id)) for program_id, each in versions.items())
    return _Program(head, own, pulled.get(head.id) if head is not None else None, others)


def _read(session: Session, patient: Patient, program: _Program, since: date) -> Record:
    rows = stored_since(session, patient.id, since)
    return Record(
        history=History.of(program.versions, rows, patient.zone, pulled=program.pulled),
        targets=frozenset(row.fact.target_id for row in rows if isinstance(row.fact, Correction | Retraction)),
        corrected=frozenset(row.fact.target_id for row in rows if isinstance(row.fact, Correction)),
    )


def _chart(patient: Patient, now: datetime, program: _Program, record: Record) -> Chart:
    return Chart(
        patient=patient,
        now=now,
        today=days.local_on(now, patient.zone),
        head=program.head,
        versions=program.versions,
        history=record.history,
        course=program.course(record.history),
        corrected=record.corrected,
    )


def active_program(session: Session, patient_id: str) -> ProgramHead | None:
    """The program in use: the active one, else the one that ended last, else None."""
    heads = session.exec(_HEADS, params={"patient_id": patient_id}).all()
    active = next((head for head in heads if head.state == ProgramState.ACTIVE.value), None)
    if active is not None or len(heads) < 2:
        return active or next(iter(heads), None)
    rows = session.connection().execute(_PUBLISHED, {"patient_id": patient_id})
    published = {(program_id, version): at for program_id, version, at in rows}
    return max(heads, key=lambda head: published[head.id, head.version])


def versions_of(session: Session, patient_id: str) -> tuple[ProgramVersion, ...]:
    """All versions of all programs of the patient, ascending within each program."""
    found = session.connection().execute(_VERSIONS, {"patient_id": patient_id})
    return tuple(read_version(body) for body in found.scalars())


@lru_cache(maxsize=4096)
def read_version(body: str) -> ProgramVersion:
    """The version in a stored body; versions never change, so each is read once."""
    return stored.load(ProgramVersion, body)


def stored_since(session: Session, patient_id: str, since: date, after: int = 0) -> list[Stored]:
    """The patient's facts from the local date `since` (inclusive) on, and older ones of kinds that last.

    Of these, those with a number above `after`.

    Only messages carry `received_at`: nothing else is judged by it, and reading an instant for each row takes long.
    """
    received_at = case((col(Fact.kind) == Kind.MESSAGE.value, col(Fact.received_at)))
    query = (
        columns(col(Fact.id), col(Fact.kind), col(Fact.body), col(Fact.seq), received_at)
        .where(
            col(Fact.patient_id) == patient_id,
            col(Fact.seq) > after,
            or_(col(Fact.local_on) >= since, col(Fact.kind).in_([kind.value for kind in LASTING])),
        )
        .order_by(col(Fact.seq))
    )
    return [
        Stored(row_id, kind, fact_of(kind, body), seq, received)
        for row_id, name, body, seq, received in session.connection().execute(query)
        for kind in (KINDS[name],)
    ]


def pulled_by(session: Session, patient_id: str) -> dict[str, Pulls]:
    """What phones have of each program; none of which no phone ever pulled a version."""
    found: dict[str, Pulls] = {}
    for program_id, version, at in session.exec(_PULLED, params={"patient_id": patient_id}):
        found[program_id] = (*found.get(program_id, ()), (version, at))
    return found
