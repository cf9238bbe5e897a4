"""Why a patient needs somebody now: the first that fits of a short list, in the order of need, in a code and in words.

Looks at what was worked out already (facts, flags, proposals) and decides nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from hep.adherence import Sessions, trend
from hep.facts import CheckIn, ItemSkip, Message, SessionEnd, SetLog
from hep.history import History
from hep.plateau import Standstill, standstill
from hep.records import ProgramState
from hep.schedule import due_items
from server import flags, proposals, wording
from server.chart import Chart
from server.tables.care import Flag, Proposal

SILENT_DAYS = 5
"""So many days without a log while something was due. Source: ours."""

LOW_PERCENT, FALL_PERCENT = 50, 20
"""Session adherence below the first, or down by the second in points within 14 days. Source: ours."""

UNOPENED_AFTER = timedelta(days=3)
MESSAGE_FRESH = timedelta(days=3)

ENOUGH = 3
"""With fewer sessions due, or fewer answers in a week, nothing is said of them. Source: ours."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a patient stands where they do; `code` is stable."""

    code: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What reasons are found in: the record, the flags not cleared, the proposals open, the last 14 days' sessions."""

    chart: Chart
    flags: Sequence[Flag]
    proposals: Sequence[Proposal]
    adherence: Sessions

    @property
    def history(self) -> History:
        return self.chart.history

    @property
    def active(self) -> bool:
        """Whether a program is in use: one that ended asks for nothing, whatever the phone still believes."""
        return self.chart.current is not None and self.chart.current.state is ProgramState.ACTIVE


def acknowledged(chart: Chart) -> int | None:
    """The newest version the patient has seen, None if none."""
    seen = [
        entry.fact.version
        for entry in chart.history.acknowledgements
        if chart.head is not None and entry.fact.program_id == chart.head.id
    ]
    return max(seen, default=None)


def reason_of(case: Case) -> Reason:
    """The most pressing reason."""
    for find in _FINDERS:
        reason = find(case)
        if reason is not None:
            return reason
    return Reason("on_track", "On track", case.adherence.formula)


def _stop_rule(case: Case) -> Reason | None:
    return _by_flag(case, flags.RED_FLAG, "stop_rule")


def _rising(case: Case) -> Reason | None:
    return _by_flag(case, flags.RISING, flags.RISING)


def _reds(case: Case) -> Reason | None:
    return _by_flag(case, flags.RED_TWICE, flags.RED_TWICE)


def _unsure(case: Case) -> Reason | None:
    return _by_flag(case, flags.UNSURE_HOW, flags.UNSURE_HOW)


def _by_flag(case: Case, kind: str, code: str) -> Reason | None:
    flag = next((flag for flag in case.flags if flag.kind == kind), None)
    return None if flag is None else Reason(code, *wording.flag_text(kind, flags.evidence_of(flag)))


def _proposals(case: Case) -> Reason | None:
    if not case.proposals:
        return None
    first = case.proposals[-1]
    prescription = case.chart.current.prescription(first.prescription_id) if case.chart.current else None
    name = prescription.exercise.name if prescription else ""
    text = wording.count(len(case.proposals), "proposal waits for you", "proposals wait for you")
    return Reason("proposal", text, f"{name}: {wording.step_words(proposals.verdict_of(first))}")


def _silence(case: Case) -> Reason | None:
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
    lapse = _lapsed(case)
    return Reason("nothing_logged", f"Nothing logged for {silent} days", lapse.detail if lapse else "Reason not known")


def _lapsed(case: Case) -> Reason | None:
    return _by_flag(case, flags.LAPSED, flags.LAPSED)


def _low(case: Case) -> Reason | None:
    rate = case.adherence.rate
    if case.active and rate is not None and case.adherence.due >= ENOUGH and rate * 100 < LOW_PERCENT:
        return Reason("adherence_low", "Fewer than half of the sessions done", case.adherence.formula)
    return None


def _falling(case: Case) -> Reason | None:
    change = trend(case.history, case.chart.today, case.chart.now) if case.active else None
    if change is not None and change * 100 <= -FALL_PERCENT:
        return Reason("adherence_falling", "Doing less than before", case.adherence.formula)
    return None


def _stalled(case: Case) -> Reason | None:
    """Three weeks without progress in which too little was done: what is in the way comes first."""
    found = standstill(case.history, case.chart.today, case.chart.now)
    if found is None or found.kind is not Standstill.BARRIERS:
        return None
    return Reason("adherence_low", "No progress for 3 weeks, sessions missed", found.adherence.formula)


def _plateau(case: Case) -> Reason | None:
    return _by_flag(case, flags.PLATEAU, flags.PLATEAU)


def _message(case: Case) -> Reason | None:
    since = case.chart.now - MESSAGE_FRESH
    fresh = [
        row
        for row in case.history.rows
        if isinstance(row.fact, Message) and row.received_at is not None and row.received_at >= since
    ]
    return Reason("message", wording.count(len(fresh), "new message", "new messages")) if fresh else None


def _no_program(case: Case) -> Reason | None:
    current = case.chart.current
    if current is None:
        return Reason("program_missing", "No program yet", "Prescribe the first exercises")
    seen = acknowledged(case.chart) or 0
    waited = case.chart.now - current.published_at
    if current.state is ProgramState.ACTIVE and seen < current.version and waited >= UNOPENED_AFTER:
        return Reason("program_unopened", "New program not opened", f"Version {current.version}")
    return None


_FINDERS: tuple[Callable[[Case], Reason | None], ...] = (
    _stop_rule,
    _rising,
    _reds,
    _proposals,
    _silence,
    _lapsed,
    _unsure,
    _low,
    _falling,
    _stalled,
    _plateau,
    _message,
    _no_program,
)
GROUPS = {
    "stop_rule": "today",
    flags.RISING: "today",
    flags.RED_TWICE: "today",
    "proposal": "today",
    "nothing_logged": "this_week",
    flags.LAPSED: "this_week",
    flags.UNSURE_HOW: "this_week",
    "adherence_low": "this_week",
    "adherence_falling": "this_week",
    flags.PLATEAU: "this_week",
    "message": "this_week",
    "program_missing": "this_week",
    "program_unopened": "this_week",
    "on_track": "on_track",
}
"""Reason → group, in the order of need."""
