"""Keeps the engine's proposals in step with the facts: opens, keeps and supersedes them.

At most one is open for a prescription and its dose. Nothing here changes a program: `decisions` does, on a
therapist's word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import orjson
from sqlalchemy import String, bindparam
from sqlmodel import Session, col, select

from hep import codec
from hep.history import worked_on
from hep.ids import new_id
from hep.progression import Equipment, Evidence, Verdict, VerdictKind, assess
from hep.records import Prescription, ProgramState, ProgramVersion
from server import flags, stored
from server.chart import Chart
from server.tables.care import Flag, Proposal
from server.tables.people import Clinic

__all__ = ["Assessed", "Evidence", "State", "VerdictKind", "assess_all", "of_patient", "review", "verdict_of"]

DECLINE_RESTS = timedelta(days=7)
"""The same proposal is not made again for this long after it was declined. Source: ours."""


_OF_PATIENT = (
    select(Proposal)
    .where(col(Proposal.patient_id) == bindparam("patient_id", type_=String))
    .order_by(col(Proposal.created_at).desc(), col(Proposal.id).desc())
)

_PENDING, _AMBER = "pain_pending", "pain_amber"


class State(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    MODIFIED = "modified"
    DECLINED = "declined"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the rules say of one prescription now."""

    prescription: Prescription
    verdict: Verdict


def assess_all(session: Session, chart: Chart, raised: Sequence[Flag]) -> tuple[Assessed, ...]:
    """The verdict on every prescription of the program in use. `raised`: the patient's flags; some lock."""
    current = chart.current
    if current is None or current.state is not ProgramState.ACTIVE:
        return ()
    clinic = session.get(Clinic, chart.patient.clinic_id)
    loads = Equipment.of(chart.patient.equipment, clinic.band_order if clinic else ())
    locked = flags.locked(raised)
    return tuple(
        Assessed(p, assess(chart.history, p, chart.now, loads=loads, locked=locked)) for p in current.prescriptions
    )


def review(session: Session, chart: Chart, raised: Sequence[Flag]) -> Sequence[Proposal]:
    """Open, keep or supersede proposals by what the facts now say. Returns every proposal of the patient."""
    rows = of_patient(session, chart.patient.id)
    assessed = {_key(each.prescription): each for each in assess_all(session, chart, raised)}
    wanted = {key: each for key, each in assessed.items() if each.verdict.kind is not VerdictKind.HOLD}
    for row in rows:
        if row.state == State.OPEN and _still_stands(session, chart, row, assessed.get(row.open_key or "")):
            wanted.pop(row.open_key or "", None)
    session.flush()
    opened = [
        _open(session, chart, chart.current, each)
        for each in wanted.values()
        if chart.current is not None and not _rests(rows, each, chart.now)
    ]
    session.flush()
    return (*opened, *rows)


def of_patient(session: Session, patient_id: str) -> Sequence[Proposal]:
    """Every proposal of the patient, newest first."""
    return session.exec(_OF_PATIENT, params={"patient_id": patient_id}).all()


def verdict_of(row: Proposal) -> Verdict:
    """The verdict a proposal was made from. Raises `Unreadable`."""
    return stored.load(Verdict, row.verdict)


def _key(prescription: Prescription) -> str:
    return f"{prescription.id}:{prescription.dose_since_version}"


def _dump(verdict: Verdict) -> str:
    return orjson.dumps(codec.dump(verdict)).decode()


def _core(verdict: Verdict) -> tuple[object, ...]:
    return (verdict.kind, verdict.what, verdict.new, verdict.next_exercise_id)


def _still_stands(session: Session, chart: Chart, row: Proposal, now_says: Assessed | None) -> bool:
    """Keep an open proposal, brought up to date, or supersede it; another step is another proposal."""
    proposed, verdict = verdict_of(row), None if now_says is None else now_says.verdict
    if now_says is not None and verdict is not None and _only_waits(chart, now_says):
        verdict = replace(proposed, blockers=verdict.blockers)
    stands = verdict is not None and _core(verdict) == _core(proposed)
    if stands and verdict is not None:
        row.verdict = _dump(verdict)
    else:
        row.state, row.open_key, row.decided_at = State.SUPERSEDED.value, None, chart.now
    session.add(row)
    return stands


def _only_waits(chart: Chart, each: Assessed) -> bool:
    """Whether nothing is missing but the next-morning answer of the newest session, which may still come."""
    if each.verdict.kind is not VerdictKind.HOLD:
        return False
    awaited = [blocker for blocker in each.verdict.blockers if blocker.code == _PENDING]
    allowed = {_PENDING, _AMBER} if each.prescription.amber_may_progress else {_PENDING}
    rows = {row for blocker in awaited for row in blocker.row_ids}
    logged = chart.history.sets_by_prescription.get(each.prescription.id, ())
    dates = {worked_on(entry.fact) for entry in logged if entry.id in rows}
    return len(dates) == 1 and {blocker.code for blocker in each.verdict.blockers} <= allowed


def _rests(rows: Sequence[Proposal], each: Assessed, now: datetime) -> bool:
    return any(
        row.state == State.DECLINED
        and row.prescription_id == each.prescription.id
        and row.dose_since_version == each.prescription.dose_since_version
        and row.decided_at is not None
        and now - row.decided_at < DECLINE_RESTS
        and _core(verdict_of(row)) == _core(each.verdict)
        for row in rows
    )


def _open(session: Session, chart: Chart, current: ProgramVersion, each: Assessed) -> Proposal:
    row = Proposal(
        id=new_id(chart.now),
        clinic_id=chart.patient.clinic_id,
        patient_id=chart.patient.id,
        program_id=current.program_id,
        prescription_id=each.prescription.id,
        base_version=current.version,
        dose_since_version=each.prescription.dose_since_version,
        open_key=_key(each.prescription),
        rule_set=each.verdict.rule_set,
        verdict=_dump(each.verdict),
        created_at=chart.now,
    )
    session.add(row)
    return row
