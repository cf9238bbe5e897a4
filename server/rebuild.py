"""Holds daily sums and caseload lines against the facts they were derived from, and works them out anew on request.

Late, corrected and withdrawn facts can make nothing drift that this does not find. Facts themselves are held against
the digests they were stored with.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from server import changes, flags, proposals, rollups, settling, summary
from server.chart import Chart, open_chart
from server.database import reading, writing
from server.rows import digest_of
from server.tables.care import DayRollup, Fact, Flag, PatientSummary, Proposal
from server.tables.people import Patient

EVERYTHING = timedelta(days=36_500)

_MOVING = frozenset({"last_seen_at"})
"""Fields of a line that move without a fact."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something derived that the facts do not bear out. `what` names the date and column, or the line's field.

    Or an entry that is no longer what a phone sent: that is not `mendable`.
    """

    patient_id: str
    what: str
    mendable: bool = True


def rebuild(engine: Engine, now: datetime, *, check: bool = False) -> tuple[Difference, ...]:
    """Compare every patient's sums and line with the facts, and unless `check` write them anew, a patient at a time.

    What waits to be worked out is settled before, in both cases. Returns what differed. Meant for a quiet hour: it
    reads every fact.
    """
    settling.refresh(engine, lambda: now)
    with reading(engine) as session:
        patient_ids = session.exec(select(Patient.id).order_by(col(Patient.id))).all()
    found: list[Difference] = []
    for patient_id in patient_ids:
        with reading(engine) if check else writing(engine) as session:
            found += _rebuild(session, patient_id, now, check=check)
    return tuple(found)


def _rebuild(session: Session, patient_id: str, now: datetime, *, check: bool) -> list[Difference]:
    patient = session.get_one(Patient, patient_id)
    if not check:
        changes.hold(session, patient.id, patient.clinic_id)
    chart = open_chart(session, patient, now, back=EVERYTHING)
    dates = _dates(session, chart)
    found = [*_altered(session, patient_id), *_sum_differences(session, chart, dates)]
    found += _line_differences(session, patient)
    if not check:
        rollups.recompute(session, chart, dates)
        summary.write(session, open_chart(session, patient, now), *_judged(session, patient))
    return found


def _judged(session: Session, patient: Patient) -> tuple[Sequence[Flag], Sequence[Proposal]]:
    return flags.of_patient(session, patient.id), proposals.of_patient(session, patient.id)


def _line(session: Session, patient: Patient, at: datetime) -> str:
    return summary.line(session, open_chart(session, patient, at), *_judged(session, patient))


def _dates(session: Session, chart: Chart) -> set[date]:
    patient_id = chart.patient.id
    of_facts = session.exec(select(col(Fact.local_on)).where(Fact.patient_id == patient_id).distinct())
    of_sums = session.exec(select(col(DayRollup.local_on)).where(DayRollup.patient_id == patient_id))
    return {on for on in (*of_facts, *of_sums) if on <= chart.today}


def _altered(session: Session, patient_id: str) -> Iterator[Difference]:
    query = select(Fact.id, Fact.kind, Fact.body, Fact.body_hash).where(Fact.patient_id == patient_id)
    for row_id, kind, body, digest in session.exec(query.order_by(col(Fact.seq))):
        if digest_of(kind, body.encode()) != digest:
            yield Difference(patient_id, f"entry {row_id}", mendable=False)


def _sum_differences(session: Session, chart: Chart, dates: set[date]) -> Iterator[Difference]:
    patient_id = chart.patient.id
    stored = {row.local_on: row for row in session.exec(select(DayRollup).where(DayRollup.patient_id == patient_id))}
    for on in sorted(dates):
        row = stored.get(on)
        for column, value in rollups.sums(chart.course, on).items():
            if row is None or getattr(row, column) != value:
                yield Difference(patient_id, f"{on.isoformat()} {column}")


def _line_differences(session: Session, patient: Patient) -> Iterator[Difference]:
    stored = session.get(PatientSummary, patient.id)
    if stored is None:
        yield Difference(patient.id, "line")
        return
    line: dict[str, Any] = orjson.loads(stored.row)
    worked_out = orjson.loads(_line(session, patient, stored.computed_at))
    for name, value in worked_out.items():
        if name not in _MOVING and line.get(name) != value:
            yield Difference(patient.id, name)
