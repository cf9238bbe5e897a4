"""What pain means for the next session: the pain-monitoring model as a table, evaluated in order, first fit wins.

Pain during loading may not pass 5 of 10 and must have settled by the following morning [20,21, secondary]; bands
[22] and every other number here: ours, unverified until a clinician reviews the rule set. Refuses to diagnose: a
verdict says what happens to the dose, never what is wrong.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from hep.days import ROLLOVER, local_on, window_end, zone
from hep.facts import CheckIn, RedFlag, SetLog, Sign
from hep.history import Entry, History, Stored, effective, worked_on
from hep.records import Clearance, Exercise, PainRule

CEILINGS: dict[PainRule, int] = {
    PainRule.STANDARD: 5,
    PainRule.TENDON: 5,
    PainRule.CENTRALIZE: 5,
    PainRule.NERVE: 5,
    PainRule.VESTIBULAR: 5,
    PainRule.STRETCH: 3,
    PainRule.PAIN_FREE: 2,
    PainRule.NONE: 10,
}
"""The highest pain (inclusive) that is no stop. 5: Silbernagel 2007 [20,21], secondary, unverified; others ours."""

GREEN_LIMITS: dict[int, int] = {5: 3, 3: 2, 2: 1, 10: 10}
"""Ceiling → the highest peak (inclusive) that is still green. Source: ours, after the 0–3 / 4–5 / 6–10 bands [22]."""

AFTER_COUNTS_AT_CEILING = 5
"""The session's pain after counts in the peak for rules with this ceiling. Source: ours."""

OWN_SIGNS: dict[PainRule, Sign] = {
    PainRule.CENTRALIZE: Sign.MOVING_DOWN,
    PainRule.NERVE: Sign.TINGLING_LASTS,
    PainRule.VESTIBULAR: Sign.DIZZINESS_STAYS,
}
"""The sign that is red whatever the number. Source: ours."""

MORNING_RISE_RED = 2
"""A morning this much above the baseline (inclusive) is red. Source: ours."""

MORNING_HIGH = 6
"""A morning from here on (inclusive) is never green. Source: ours."""

BASELINE_LOW = 5
"""Such a morning is red while the baseline is at most this (inclusive) or unknown. Source: ours."""

BASELINE_DAYS = 14
"""The baseline is the median of the morning answers of this many days before today. Source: ours."""

BASELINE_ANSWERS = 3
"""With fewer answers there is no baseline yet. Source: ours."""

WEEKLY_RISE = 1
"""A weekly mean of morning pain rises when it goes up by at least this. Source: (g), unverified."""

STIFFNESS_RISE = Fraction(5, 4)
"""Tendon: weekly mean stiffness rises when it goes up by at least a quarter. Source: ours."""

MORNING_CARD_FROM_HOUR = 8
"""Local hour from which the morning question is offered, until the 03:00 rollover. Source: ours."""

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


class PainState(StrEnum):
    """The six states of the table, in its order."""

    RED = "red"
    PENDING = "pending"
    UNANSWERED = "unanswered"
    AMBER_UP = "amber_up"
    AMBER = "amber"
    NO_BASELINE = "no_baseline"
    GREEN = "green"


@dataclass(frozen=True, slots=True, kw_only=True)
class PainVerdict:
    """The state of a session's pain and what it rests on; `state` None: nothing was given, progress holds.

    `reason` codes: own_sign, peak_over_ceiling, morning_rose, morning_high, not_given, morning_pending,
    morning_unanswered, morning_above_baseline, peak_over_green, no_baseline, within_limits, not_pain_limited.
    """

    state: PainState | None
    reason: str
    ceiling: int
    peak: int | None = None
    morning: int | None = None
    baseline: Fraction | None = None
    row_ids: tuple[str, ...] = ()


def ceiling(rule: PainRule) -> int:
    """The highest pain of 10 (inclusive) that does not stop an exercise of this rule."""
    return CEILINGS[rule]


def stops(rule: PainRule, pain: int) -> bool:
    """Whether this pain ends the set: it is above the ceiling (5 of 10 is not a stop for standard, 6 is)."""
    return pain > CEILINGS[rule]


def morning_answer(history: History, about_on: date) -> Entry[CheckIn] | None:
    """The answer given in time about a date: on the day after it. Of several the worst counts."""
    answers = [e for e in history.check_ins.get(about_on, ()) if e.fact.on == about_on + _DAY]
    return max(answers, key=lambda e: e.fact.pain, default=None)


def baseline(history: History, today: date) -> Fraction | None:
    """The median of the morning answers given in the 14 days before `today` (exclusive), None with fewer than 3."""
    return history.once(("baseline", today), lambda: _baseline(history, today))


def _baseline(history: History, today: date) -> Fraction | None:
    days = (today - timedelta(days=n) for n in range(1, BASELINE_DAYS + 1))
    answers = [answer.fact.pain for day in days if (answer := morning_answer(history, day - _DAY)) is not None]
    return _median(answers) if len(answers) >= BASELINE_ANSWERS else None


def _median(values: list[int]) -> Fraction:
    ordered, middle = sorted(values), len(values) // 2
    return Fraction(ordered[middle] + ordered[~middle], 2)


def session_pain(history: History, prescription_id: str, session_id: str, now: datetime) -> PainVerdict:
    """The verdict on one prescription's sets of one session. Without any set: state None, reason `not_given`.

    The exercise is that of the version the sets name, else of the newest version that has the prescription.
    """
    entries = [e for e in history.sets_by_prescription.get(prescription_id, ()) if e.fact.session_id == session_id]
    exercise = _exercise(history, prescription_id, entries)
    if exercise is None or not entries:
        return PainVerdict(state=None, reason="not_given", ceiling=CEILINGS[PainRule.STANDARD])
    return pain_of(history, exercise, entries, now)


def _exercise(history: History, prescription_id: str, entries: Iterable[Entry[SetLog]]) -> Exercise | None:
    named = [history.numbered(entry.fact.version) for entry in entries]
    for version in (*named, *reversed(history.versions)):
        found = version.prescription(prescription_id) if version else None
        if found is not None:
            return found.exercise
    return None


def pain_of(history: History, exercise: Exercise, entries: Iterable[Entry[SetLog]], now: datetime) -> PainVerdict:
    """The verdict on sets of one exercise that belong together (not empty), as it stands at `now`."""
    sets = tuple(entries)
    rows = tuple(entry.id for entry in sets)
    key = ("pain", exercise.id, exercise.pain_rule, exercise.loaded, rows, now)
    return history.once(key, lambda: _pain_of(history, exercise, sets, now))


def _pain_of(history: History, exercise: Exercise, sets: tuple[Entry[SetLog], ...], now: datetime) -> PainVerdict:
    rule, on = exercise.pain_rule, worked_on(sets[0].fact)
    top = CEILINGS[rule]
    after = _after(history, sets) if top == AFTER_COUNTS_AT_CEILING else []
    answer = morning_answer(history, on) if exercise.loaded else None
    given = [e.fact.pain for e in sets if e.fact.pain is not None] + [pain for _, pain in after]
    facts = _Facts(
        rule=rule,
        ceiling=top,
        loaded=exercise.loaded,
        peak=max(given, default=None),
        sign=any(OWN_SIGNS.get(rule) in e.fact.signs for e in sets),
        morning=answer.fact.pain if answer else None,
        baseline=baseline(history, on + _DAY) if exercise.loaded else None,
        morning_over=now >= window_end(on + _DAY, history.zone),
    )
    state, reason = _judge(facts)
    ids = [e.id for e in sets] + [row_id for row_id, _ in after] + ([answer.id] if answer else [])
    return PainVerdict(
        state=state,
        reason=reason,
        ceiling=top,
        peak=facts.peak,
        morning=facts.morning,
        baseline=facts.baseline,
        row_ids=tuple(ids),
    )


def _after(history: History, sets: Iterable[Entry[SetLog]]) -> list[tuple[str, int]]:
    sessions = dict.fromkeys(e.fact.session_id for e in sets if e.fact.session_id is not None)
    ends = [end for sid in sessions for end in history.ends_by_session.get(sid, ())]
    return [(end.id, end.fact.pain_after) for end in ends if end.fact.pain_after is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What the table looks at."""

    rule: PainRule
    ceiling: int
    loaded: bool
    peak: int | None
    sign: bool
    morning: int | None
    baseline: Fraction | None
    morning_over: bool


def _judge(facts: _Facts) -> tuple[PainState | None, str]:
    """The table, row by row. Red by a sign or a morning needs no number given during the session."""
    if facts.rule is PainRule.NONE:
        return PainState.GREEN, "not_pain_limited"
    red = _red(facts)
    if red is not None:
        return PainState.RED, red
    if facts.peak is None:
        return None, "not_given"
    if facts.loaded:
        waiting = _morning_rows(facts)
        if waiting is not None:
            return waiting
    if facts.peak > GREEN_LIMITS[facts.ceiling]:
        return PainState.AMBER, "peak_over_green"
    if facts.loaded and facts.baseline is None:
        return PainState.NO_BASELINE, "no_baseline"
    return PainState.GREEN, "within_limits"


def _red(facts: _Facts) -> str | None:
    if facts.sign:
        return "own_sign"
    if facts.peak is not None and facts.peak > facts.ceiling:
        return "peak_over_ceiling"
    if facts.morning is None:
        return None
    usual = facts.baseline
    if usual is not None and facts.morning >= usual + MORNING_RISE_RED:
        return "morning_rose"
    if facts.morning >= MORNING_HIGH and (usual is None or usual <= BASELINE_LOW):
        return "morning_high"
    return None


def _morning_rows(facts: _Facts) -> tuple[PainState, str] | None:
    if facts.morning is None:
        over = facts.morning_over
        return (PainState.UNANSWERED, "morning_unanswered") if over else (PainState.PENDING, "morning_pending")
    if facts.baseline is not None and facts.morning > facts.baseline:
        return PainState.AMBER_UP, "morning_above_baseline"
    return (PainState.AMBER_UP, "morning_high") if facts.morning >= MORNING_HIGH else None


def weekly_rising(history: History, today: date, *, stiffness: bool = False) -> bool:
    """Whether the weekly mean of morning pain went up by at least 1 in two successive weeks.

    Weeks are the three spans of seven days that end today; each needs an answer. `stiffness`: also true when mean
    stiffness minutes went up by a quarter in both (asked for `tendon` exercises).
    """
    return history.once(("rising", today, stiffness), lambda: _weekly_rising(history, today, stiffness))


def _weekly_rising(history: History, today: date, stiffness: bool) -> bool:
    pain, stiff = [], []
    for weeks_ago in (2, 1, 0):
        answers = _answers(history, today - weeks_ago * _WEEK)
        pain.append(_mean([a.pain for a in answers]))
        stiff.append(_mean([a.stiffness_min for a in answers if a.stiffness_min is not None]))
    rising = _rose(pain, lambda before, after: after - before >= WEEKLY_RISE)
    return rising or (stiffness and _rose(stiff, lambda before, after: 0 < before * STIFFNESS_RISE <= after))


def _answers(history: History, last: date) -> list[CheckIn]:
    """The answers of the seven days that end on `last` (inclusive)."""
    found = (morning_answer(history, last - timedelta(days=n + 1)) for n in range(7))
    return [answer.fact for answer in found if answer is not None]


def _mean(values: list[int]) -> Fraction | None:
    return Fraction(sum(values), len(values)) if values else None


def _rose(weeks: list[Fraction | None], up: Callable[[Fraction, Fraction], bool]) -> bool:
    first, second, third = weeks
    return first is not None and second is not None and third is not None and up(first, second) and up(second, third)


def morning_due(history: History, now: datetime) -> date | None:
    """The date the morning question asks about at `now`: yesterday, after any session, once, 08:00–03:00 local."""
    yesterday = local_on(now, history.zone) - _DAY
    asked = bool(history.check_ins.get(yesterday))
    if asked or not history.sets_by_date.get(yesterday) or not _card_open(now, zone(history.zone)):
        return None
    return yesterday


def _card_open(now: datetime, local: ZoneInfo) -> bool:
    hour = now.astimezone(local).hour
    return hour >= MORNING_CARD_FROM_HOUR or hour < ROLLOVER // timedelta(hours=1)


def locked_families(rows: Iterable[Stored], clearances: Iterable[Clearance]) -> frozenset[str | None]:
    """The exercise families that red flags lock; None among them: the whole program.

    Only a therapist's clearance of that very flag opens a lock; nothing clears by itself.
    """
    cleared = {clearance.red_flag_id for clearance in clearances}
    return frozenset(
        row.fact.family for row in effective(rows) if isinstance(row.fact, RedFlag) and row.id not in cleared
    )
