"""One line of the caseload per patient: why they need somebody now, in one code and in words, ready to read.

Written whenever facts or programs change and once a day, since adherence moves with the date alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import orjson
from sqlalchemy import func, update
from sqlmodel import Session, col, select

from hep import codec, days
from hep.adherence import Adherence, adherence, day_state, trend
from hep.facts import CheckIn, ItemSkip, Message, SessionEnd, SetLog
from hep.history import History
from hep.records import ProgramState
from hep.schedule import due_items
from hep.views import CaseloadRow, DayMark, PainPoint
from server import flags, proposals, wording
from server.chart import Chart
from server.tables.care import Flag, PatientSummary, Proposal
from server.tables.people import Device, Staff

SPAN = timedelta(days=14)
SILENT_DAYS = 5
"""So many days without a log while something was due. Source: ours."""

LOW_PERCENT, FALL_PERCENT = 50, 20
"""Session adherence below the first, or down by the second in points within 14 days. Source: ours."""

UNOPENED_AFTER = timedelta(days=3)
MESSAGE_FRESH = timedelta(days=3)
DOING_PERCENT = 70
"""From this session adherence on a patient is "doing it" (clinical-rules i)."""

IMPROVED_BY = 1
"""Points of mean morning pain within three weeks that count as improving. Source: ours, unverified."""

_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a patient stands where they do; `code` is stable."""

    code: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Case:
    """What reasons are found in."""

    chart: Chart
    flags: Sequence[Flag]
    proposals: Sequence[Proposal]
    adherence: Adherence

    @property
    def history(self) -> History:
        return self.chart.history

    @property
    def active(self) -> bool:
        """Whether a program is in use: one that ended asks for nothing, whatever the phone still believes."""
        return self.chart.current is not None and self.chart.current.state is ProgramState.ACTIVE


def write(session: Session, chart: Chart) -> None:
    """Work out the patient's line and store it."""
    patient, row = chart.patient, _row(session, _case(session, chart))
    session.merge(
        PatientSummary(
            patient_id=patient.id,
            clinic_id=patient.clinic_id,
            as_of=chart.today,
            computed_at=chart.now,
            stale_at=days.window_end(chart.today, patient.zone),
            therapist_id=patient.therapist_id,
            rank=_rank(row.why),
            row=_text(row),
        )
    )
    session.flush()


def line(session: Session, chart: Chart) -> str:
    """The patient's line as it would be stored."""
    return _text(_row(session, _case(session, chart)))


def _case(session: Session, chart: Chart) -> _Case:
    raised = flags.of_patient(session, chart.patient.id)
    waiting = [row for row in proposals.of_patient(session, chart.patient.id) if row.state == proposals.State.OPEN]
    done = adherence(chart.history, chart.today - SPAN + timedelta(days=1), chart.today, chart.now)
    return _Case(chart, [flag for flag in raised if flag.cleared_at is None], waiting, done)


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


def _row(session: Session, case: _Case) -> CaseloadRow:
    chart, patient = case.chart, case.chart.patient
    current = chart.current
    reason = _reason(case)
    pattern = _pattern(case)
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


def acknowledged(chart: Chart) -> int | None:
    """The newest version the patient has seen, None if none."""
    seen = [
        entry.fact.version
        for entry in chart.history.acknowledgements
        if chart.head is not None and entry.fact.program_id == chart.head.id
    ]
    return max(seen, default=None)


def _mornings(chart: Chart) -> tuple[PainPoint, ...]:
    dates = [chart.today - timedelta(days=n) for n in reversed(range(SPAN.days + 1))]
    return tuple(PainPoint(on=on, morning=_morning(chart.history, on)) for on in dates[:-1])


def _morning(history: History, on: date) -> int | None:
    return max((entry.fact.pain for entry in history.check_ins.get(on, ())), default=None)


def _last_seen(session: Session, patient_id: str) -> datetime | None:
    return session.exec(select(func.max(Device.last_seen_at)).where(Device.patient_id == patient_id)).one()


def _reason(case: _Case) -> Reason:
    for find in _FINDERS:
        reason = find(case)
        if reason is not None:
            return reason
    return Reason("on_track", "On track", case.adherence.formula)


def _stop_rule(case: _Case) -> Reason | None:
    return _by_flag(case, flags.RED_FLAG, "stop_rule")


def _rising(case: _Case) -> Reason | None:
    return _by_flag(case, flags.RISING, flags.RISING)


def _reds(case: _Case) -> Reason | None:
    return _by_flag(case, flags.RED_TWICE, flags.RED_TWICE)


def _unsure(case: _Case) -> Reason | None:
    return _by_flag(case, flags.UNSURE_HOW, flags.UNSURE_HOW)


def _by_flag(case: _Case, kind: str, code: str) -> Reason | None:
    flag = next((flag for flag in case.flags if flag.kind == kind), None)
    return None if flag is None else Reason(code, *wording.flag_text(kind, orjson.loads(flag.evidence)))


def _proposals(case: _Case) -> Reason | None:
    if not case.proposals:
        return None
    first = case.proposals[-1]
    prescription = case.chart.current.prescription(first.prescription_id) if case.chart.current else None
    name = prescription.exercise.name if prescription else ""
    text = wording.count(len(case.proposals), "proposal waits for you", "proposals wait for you")
    return Reason("proposal", text, f"{name}: {wording.step_words(proposals.verdict_of(first))}")


def _silence(case: _Case) -> Reason | None:
    chart = case.chart
    if not case.active or case.history.paused_on(chart.today):
        return None
    start = chart.versions[0].effective_on - timedelta(days=1)
    logged = [
        row.fact.on
        for row in case.history.rows
        if isinstance(row.fact, SetLog | ItemSkip | SessionEnd | CheckIn) and row.fact.on <= chart.today
    ]
    last = max(logged, default=max(start, chart.today - timedelta(days=42)))
    silent = (chart.today - last).days
    missed = any(due_items(case.history, last + timedelta(days=n)) for n in range(1, silent))
    if silent < SILENT_DAYS or not missed:
        return None
    return Reason("nothing_logged", f"Nothing logged for {silent} days", "Reason not known")


def _low(case: _Case) -> Reason | None:
    rate = case.adherence.rate
    if case.active and rate is not None and case.adherence.due >= _ANSWERS and rate * 100 < LOW_PERCENT:
        return Reason("adherence_low", "Fewer than half of the sessions done", case.adherence.formula)
    return None


def _falling(case: _Case) -> Reason | None:
    change = trend(case.history, case.chart.today, case.chart.now) if case.active else None
    if change is not None and change * 100 <= -FALL_PERCENT:
        return Reason("adherence_falling", "Doing less than before", case.adherence.formula)
    return None


def _message(case: _Case) -> Reason | None:
    since = case.chart.now - MESSAGE_FRESH
    fresh = [
        row
        for row in case.history.rows
        if isinstance(row.fact, Message) and row.received_at is not None and row.received_at >= since
    ]
    return Reason("message", wording.count(len(fresh), "new message", "new messages")) if fresh else None


def _no_program(case: _Case) -> Reason | None:
    current = case.chart.current
    if current is None:
        return Reason("program_missing", "No program yet", "Prescribe the first exercises")
    seen = acknowledged(case.chart) or 0
    waited = case.chart.now - current.published_at
    if current.state is ProgramState.ACTIVE and seen < current.version and waited >= UNOPENED_AFTER:
        return Reason("program_unopened", "New program not opened", f"Version {current.version}")
    return None


_FINDERS: tuple[Callable[[_Case], Reason | None], ...] = (
    _stop_rule,
    _rising,
    _reds,
    _proposals,
    _silence,
    _unsure,
    _low,
    _falling,
    _message,
    _no_program,
)
GROUPS = {
    "stop_rule": "today",
    flags.RISING: "today",
    flags.RED_TWICE: "today",
    "proposal": "today",
    "nothing_logged": "this_week",
    flags.UNSURE_HOW: "this_week",
    "adherence_low": "this_week",
    "adherence_falling": "this_week",
    "message": "this_week",
    "program_missing": "this_week",
    "program_unopened": "this_week",
    "on_track": "on_track",
}
"""Reason → group, in the order of need."""


def _rank(code: str) -> int:
    return list(GROUPS).index(code)


def _pattern(case: _Case) -> str | None:
    """The quadrant of doing it × improving; None with too little to tell."""
    better = _improving(case.chart)
    rate = case.adherence.rate
    if better is None or rate is None or case.adherence.due < _ANSWERS:
        return None
    if rate * 100 >= DOING_PERCENT:
        return "keep_going" if better else "change_plan"
    return "consider_discharge" if better else "barriers_first"


def _improving(chart: Chart) -> bool | None:
    """Mean morning pain of the last 7 days against the 7 days two weeks before; None with too few answers."""
    now, then = _week_of_answers(chart, 1), _week_of_answers(chart, 15)
    if len(now) < _ANSWERS or len(then) < _ANSWERS:
        return None
    fell = sum(then) / len(then) - sum(now) / len(now)
    return fell >= IMPROVED_BY or max(now) <= 1


def _week_of_answers(chart: Chart, back: int) -> list[int]:
    dates = (chart.today - timedelta(days=n) for n in range(back, back + 7))
    return [pain for on in dates if (pain := _morning(chart.history, on)) is not None]
