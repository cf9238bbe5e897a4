"""How each progression rule advances a dose that is ready: one change at a time, and only as a proposal.

A rung is only ever proposed, so that hand support is never removed remotely. Refuses to look at safety: `progression`
asks that first. Source of the rules: ours (clinical-rules, progression) unless a constant names another.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from hep.adherence import adherence, percent
from hep.history import History
from hep.loads import Equipment, Step, first_load, smallest_step_up, step_up
from hep.pain import PainState, pain_of
from hep.phrases import date_text, load_text
from hep.readiness import Evidence, Readiness, pain_words, readiness, shortfalls
from hep.records import Dose, Load, LoadUnit, Mode, Prescription, ProgressionRule
from hep.sessions import Bout
from hep.verdicts import Verdict, VerdictKind, What

SESSIONS_IN_A_ROW = 2
"""Consecutive sessions that support progress. Source: 2-for-2, Graves and Baechle [18], secondary, unverified."""

REPS_STEP = 2
"""Repetitions added at a time. Source: ours."""

HOLD_STEP_S = 5
"""Seconds added to a hold. Source: ours."""

HOLD_MAX_S = {"stretch": 30, "strength": 45}
"""Type of exercise → the longest hold unless the prescription says so; other types stay as prescribed. Source: ours."""

TIME_SESSIONS, TIME_STEP_PERCENT, TIME_ROUND_S, TIME_STEP_MAX_S = 3, 10, 15, 300
"""Timed work: sessions in a row, step, rounding up, longest step. Source: ours."""

TIME_REST = timedelta(days=7)
"""Timed work grows at most once in this span. Source: ours."""

ROM_DAYS, ROM_DOSE = 14, Fraction(80, 100)
"""Range of motion: the days looked at, and the share of the dose they need (inclusive). Source: ours."""

OTAGO_SETS, OTAGO_REPS, OTAGO_FIRST_REPS = 2, 10, 8
"""Otago strength: one set of 8 to 10, two sets of 10, the next weight at one set of 8. Source: [78–80], secondary."""

BALANCE_DAYS = 3
"""Otago balance: different days on which the target is met. Source: ours (rule f)."""

_WEIGHTS = frozenset({"dumbbell", "ankle_weight", "weight"})


@dataclass(frozen=True, slots=True)
class Case:
    """One prescription under judgment."""

    history: History
    prescription: Prescription
    now: datetime
    today: date
    loads: Equipment | None
    recent: tuple[Bout, ...]

    def ready(self, needed: int, *, balance: bool = False) -> Readiness:
        """What the last `needed` sessions say."""
        bands = self.loads.bands if self.loads else ()
        return readiness(
            self.history,
            self.prescription,
            self.recent,
            self.now,
            self.today,
            needed=needed,
            bands=bands,
            balance=balance,
        )

    def hold(self, *blockers: Evidence, reasons: tuple[Evidence, ...] = ()) -> Verdict:
        """Stay as it is, and why."""
        return Verdict(kind=VerdictKind.HOLD, what=None, old=self.prescription.dose, reasons=reasons, blockers=blockers)

    def advance(self, what: What, reasons: tuple[Evidence, ...], new: Dose | None) -> Verdict:
        """Propose `new`."""
        return Verdict(kind=VerdictKind.ADVANCE, what=what, old=self.prescription.dose, new=new, reasons=reasons)

    def rung_or_top(self, reasons: tuple[Evidence, ...]) -> Verdict:
        """The next rung if the ladder has one, else hold."""
        harder = self.prescription.exercise.harder_ids
        if harder:
            return replace(self.advance(What.RUNG, reasons, None), next_exercise_id=harder[0])
        top = Evidence("top_of_exercise", "This is the top of this exercise.")
        return self.hold(top, reasons=reasons)


def _double(case: Case) -> Verdict:
    ready = case.ready(SESSIONS_IN_A_ROW)
    dose = case.prescription.dose
    if ready.blockers:
        return case.hold(*ready.blockers, reasons=ready.reasons)
    if dose.reps is not None and dose.reps_max is not None and dose.reps < dose.reps_max:
        more = replace(dose, reps=min(dose.reps + REPS_STEP, dose.reps_max))
        return case.advance(What.REPS, ready.reasons, more)
    return _more_load(case, ready.reasons, lambda load: replace(dose, load=load, reps=dose.reps_min or dose.reps))


def _otago_strength(case: Case) -> Verdict:
    """One set of 8 to 10 → two sets of 10 → the next weight at one set of 8."""
    ready = case.ready(SESSIONS_IN_A_ROW, balance=True)
    dose = case.prescription.dose
    if ready.blockers:
        return case.hold(*ready.blockers, reasons=ready.reasons)
    if dose.sets < OTAGO_SETS:
        return case.advance(What.SETS, ready.reasons, replace(dose, sets=OTAGO_SETS, reps=OTAGO_REPS))
    if (dose.reps or 0) < OTAGO_REPS:
        return case.advance(What.REPS, ready.reasons, replace(dose, reps=OTAGO_REPS))
    return _more_load(case, ready.reasons, lambda load: replace(dose, sets=1, reps=OTAGO_FIRST_REPS, load=load))


def _more_load(case: Case, reasons: tuple[Evidence, ...], dosed: Callable[[Load], Dose]) -> Verdict:
    """The next load step; without one the next rung, else the top."""
    p = case.prescription
    if not p.exercise.loadable:
        return case.rung_or_top(reasons)
    unknown = _unknown_band(case)
    if unknown is not None:
        return case.hold(unknown, reasons=reasons)
    step = _load_step(case)
    if step is None:
        return case.rung_or_top(reasons)
    if step.exceptional:
        text = f"{load_text(step.load)} is more than 10% above {load_text(p.dose.load)}: the smallest step there is."
        reasons = (*reasons, Evidence("smallest_step", text))
    return case.advance(What.LOAD, reasons, dosed(step.load))


def _unknown_band(case: Case) -> Evidence | None:
    """Why the next color cannot be told: the program names none, or the clinic's list does not hold it."""
    p = case.prescription
    if p.dose.load is None and any("band" in item for item in p.exercise.equipment):
        return Evidence("band_unnamed", "The program names no band: name its color to get the next one proposed.")
    color = p.dose.load.band if p.dose.load else None
    if color is not None and (case.loads is None or color not in case.loads.bands):
        return Evidence("band_unknown", "The clinic's list of bands does not hold this color.")
    return None


def _load_step(case: Case) -> Step | None:
    p = case.prescription
    load = p.dose.load
    if load is None or (load.unit is not LoadUnit.BAND and not load.amount):
        return first_load(case.loads, weight_at_hand=bool(_WEIGHTS & set(p.exercise.equipment)))
    if p.progression is ProgressionRule.OTAGO_STRENGTH:
        return smallest_step_up(load, case.loads)
    return step_up(load, p.dose.load_step_percent, case.loads)


def _hold(case: Case) -> Verdict:
    ready = case.ready(SESSIONS_IN_A_ROW)
    p = case.prescription
    if ready.blockers:
        return case.hold(*ready.blockers, reasons=ready.reasons)
    timed = p.exercise.mode is Mode.DURATION
    seconds = (p.dose.duration_s if timed else p.dose.hold_s) or 0
    own = p.dose.duration_max_s or p.dose.hold_max_s if timed else p.dose.hold_max_s
    top = own or HOLD_MAX_S.get(p.exercise.type, seconds)
    if seconds < top:
        longer = min(seconds + HOLD_STEP_S, top)
        new = replace(p.dose, duration_s=longer) if timed else replace(p.dose, hold_s=longer)
        return case.advance(What.TIME if timed else What.HOLD, ready.reasons, new)
    if p.exercise.type == "strength":
        return case.rung_or_top(ready.reasons)
    return case.hold(Evidence("at_ceiling", "The hold is as long as it needs to be."), reasons=ready.reasons)


def _time(case: Case) -> Verdict:
    ready = case.ready(TIME_SESSIONS)
    dose = case.prescription.dose
    changed_on = _dose_changed_on(case)
    if changed_on is not None and case.today - changed_on < TIME_REST:
        early = Evidence("changed_this_week", f"The time changed on {date_text(changed_on)}: once a week at most.")
        return case.hold(*ready.blockers, early, reasons=ready.reasons)
    if ready.blockers:
        return case.hold(*ready.blockers, reasons=ready.reasons)
    seconds = dose.duration_s or 0
    top = dose.duration_max_s
    longer = longer_time(seconds) if top is None else min(longer_time(seconds), top)
    if longer <= seconds:
        return case.hold(Evidence("at_ceiling", "The time is at its ceiling."), reasons=ready.reasons)
    return case.advance(What.TIME, ready.reasons, replace(dose, duration_s=longer))


def longer_time(seconds: int) -> int:
    """Seconds + 10%, rounded up to the next 15 s, at most 5 min more (and at most two hours)."""
    raised = -(-seconds * (100 + TIME_STEP_PERCENT) // (100 * TIME_ROUND_S)) * TIME_ROUND_S
    return min(raised, seconds + TIME_STEP_MAX_S, 7200)


def _dose_changed_on(case: Case) -> date | None:
    """When a version last changed this prescription's dose; None for the dose it began with."""
    p = case.prescription
    changed = case.history.numbered(p.dose_since_version)
    before = case.history.numbered(p.dose_since_version - 1)
    if changed is None or before is None or before.prescription(p.id) is None:
        return None
    return changed.effective_on


def _rom(case: Case) -> Verdict:
    """After 14 days with at least 80% of the dose, all green: next rung, or stop? Never an automatic change."""
    p = case.prescription
    start = case.today - timedelta(days=ROM_DAYS)
    since = case.history.numbered(p.dose_since_version)
    if since is None or max(since.effective_on, p.schedule.from_on) > start:
        return case.hold(Evidence("too_early", f"Fewer than {ROM_DAYS} days with this dose."))
    share = adherence(case.history, start, case.today - timedelta(days=1), case.now).dose.get(p.id, Fraction(0))
    done = Evidence("dose_share", f"{percent(share)}% of the dose in {ROM_DAYS} days.")
    if share < ROM_DOSE:
        return case.hold(replace(done, code="dose_low"))
    judged = [(b, pain_of(case.history, p.exercise, b.sets, case.now)) for b in case.recent if b.on >= start]
    blockers = [
        Evidence(f"pain_{verdict.state or 'missing'}", f"{date_text(bout.on)}: {pain_words(verdict)}", verdict.row_ids)
        for bout, verdict in judged
        if verdict.state is not PainState.GREEN
    ]
    if blockers:
        return case.hold(*blockers, reasons=(done,))
    rows = tuple(row for bout, _ in judged for row in bout.row_ids)
    harder = p.exercise.harder_ids
    verdict = case.advance(What.RUNG, (replace(done, row_ids=rows),), None)
    return replace(verdict, next_exercise_id=harder[0] if harder else None)


def _otago_balance(case: Case) -> Verdict:
    """The target met on 3 different days without loss of balance: the next rung, as a proposal only."""
    by_day: dict[date, Bout] = {}
    for bout in case.recent:
        met = not shortfalls(case.prescription, bout)
        if met or bout.on not in by_day:
            by_day[bout.on] = bout
    ready = replace(case, recent=tuple(by_day.values())).ready(BALANCE_DAYS, balance=True)
    if ready.blockers:
        return case.hold(*ready.blockers, reasons=ready.reasons)
    return case.rung_or_top(ready.reasons)


RULES: dict[ProgressionRule, Callable[[Case], Verdict]] = {
    ProgressionRule.DOUBLE: _double,
    ProgressionRule.HOLD: _hold,
    ProgressionRule.TIME: _time,
    ProgressionRule.ROM: _rom,
    ProgressionRule.OTAGO_STRENGTH: _otago_strength,
    ProgressionRule.OTAGO_BALANCE: _otago_balance,
}
