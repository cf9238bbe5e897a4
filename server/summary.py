"""One line of the caseload per patient: why they need somebody now, in one code and in words, ready to read.

Written whenever facts or programs change and once a day, since adherence moves with the date alone.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import orjson
from sqlalchemy import String, bindparam, func, insert, update
from sqlmodel import Session, col, select

from hep import codec, days
from hep.adherence import day_state, sessions
from hep.history import History
from hep.views import CaseloadRow, DayMark, PainPoint
from server import proposals, wording
from server.chart import Chart
from server.patterns import pattern_of, worst_morning
from server.reasons import GROUPS, Case, acknowledged, reason_of
from server.tables.care import Flag, PatientSummary, Proposal
from server.tables.people import Device, Staff

SPAN = timedelta(days=14)

_UPDATE = update(PatientSummary).where(col(PatientSummary.patient_id) == bindparam("of", type_=String))
_LAST_SEEN = select(func.max(Device.last_seen_at)).where(
    col(Device.patient_id) == bindparam("patient_id", type_=String)
)


def write(session: Session, chart: Chart, raised: Sequence[Flag], proposed: Sequence[Proposal]) -> None:
    """Work out the patient's line from the record and all their flags and proposals (newest first), and store it."""
    patient, row = chart.patient, _row(session, _case(chart, raised, proposed))
    values = {
        "clinic_id": patient.clinic_id,
        "as_of": chart.today,
        "computed_at": chart.now,
        "stale_at": days.window_end(chart.today, patient.zone),
        "therapist_id": patient.therapist_id,
        "rank": _rank(row.why),
        "row": _text(row),
    }
    connection = session.connection()
    if not connection.execute(_UPDATE, {"of": patient.id, **values}).rowcount:
        connection.execute(insert(PatientSummary), {"patient_id": patient.id, **values})


def line(session: Session, chart: Chart, raised: Sequence[Flag], proposed: Sequence[Proposal]) -> str:
    """The patient's line as it would be stored."""
    return _text(_row(session, _case(chart, raised, proposed)))


def _case(chart: Chart, raised: Sequence[Flag], proposed: Sequence[Proposal]) -> Case:
    waiting = [row for row in proposed if row.state == proposals.State.OPEN]
    done = sessions(chart.history, chart.today - SPAN + timedelta(days=1), chart.today, chart.now)
    return Case(chart, [flag for flag in raised if flag.cleared_at is None], waiting, done)


def _text(row: CaseloadRow) -> str:
    return orjson.dumps(codec.dump(row)).decode()


def mark_stale(session: Session, patient_id: str, at: datetime) -> None:
    """Have the line worked out again at the first read from `at` on."""
    session.connection().execute(
        update(PatientSummary).where(col(PatientSummary.patient_id) == patient_id).values(stale_at=at)
    )


def age_on(birth: date, on: date) -> int:
    """Full years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def marks(history: History, today: date, now: datetime, span: int) -> tuple[DayMark, ...]:
    """The last `span` local dates, today last."""
    dates = (today - timedelta(days=n) for n in reversed(range(span)))
    return tuple(DayMark(on=on, state=day_state(history, on, now).value) for on in dates)


def _row(session: Session, case: Case) -> CaseloadRow:
    chart, patient = case.chart, case.chart.patient
    current = chart.current
    reason = reason_of(case)
    pattern = pattern_of(chart, case.adherence)
    locked = any(flag.locks for flag in case.flags)
    words = wording.ON_HOLD if locked else wording.PATTERNS.get(pattern or "", wording.NO_PATTERN)
    therapist = session.get(Staff, patient.therapist_id)
    return CaseloadRow(
        patient_id=patient.id,
        name=patient.name,
        age=age_on(patient.birth_date, chart.today),
        problem=patient.problem,
        therapist_id=patient.therapist_id,
        therapist_name=therapist.name if therapist else "",
        group=GROUPS[reason.code],
        why=reason.code,
        why_text=reason.text,
        why_detail=reason.detail,
        pattern=None if locked else pattern,
        pattern_text=words[0],
        pattern_detail=words[1],
        days=marks(chart.history, chart.today, chart.now, SPAN.days),
        morning_pain=_mornings(chart),
        rate_text=case.adherence.formula,
        program_version=current.version if current else None,
        acknowledged_version=acknowledged(chart),
        open_proposals=len(case.proposals),
        locked=locked,
        last_seen_at=_last_seen(session, patient.id),
    )


def _mornings(chart: Chart) -> tuple[PainPoint, ...]:
    dates = [chart.today - timedelta(days=n) for n in reversed(range(SPAN.days + 1))]
    return tuple(PainPoint(on=on, morning=worst_morning(chart.history, on)) for on in dates[:-1])


def _last_seen(session: Session, patient_id: str) -> datetime | None:
    return session.exec(_LAST_SEEN, params={"patient_id": patient_id}).one()


def _rank(code: str) -> int:
    return list(GROUPS).index(code)
