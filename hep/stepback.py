"""One step back after a red session: at once, on the phone, offline, as an overlay and never as a version.

Ends with the next green session or with a new dose from the therapist. Refuses to change the exercise: an easier
rung is only proposed (see `progression`).
"""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import Enum

from hep.days import local_on
from hep.history import History
from hep.loads import Equipment, step_down
from hep.pain import PainState, PainVerdict, pain_of
from hep.records import Dose, Mode, Prescription, ProgressionRule
from hep.sessions import Bout, bouts

LOAD_BACK_PERCENT = 10
"""The load goes down by this, rounded down. Source: ours."""

SECONDS_BACK_PERCENT = 20
"""Hold and time go down by this, rounded down to whole seconds. Source: ours."""

SHORTEST_S = {Mode.REPS: 2, Mode.HOLD: 5, Mode.DURATION: 15}
"""No hold or time is cut below this. Source: ours."""

RED_WINDOW = timedelta(days=7)
"""Two reds of one prescription within this hold its progress and raise a flag. Source: ours."""


class Rest(Enum):
    """Nothing is left to take: the exercise rests."""

    REST = "rest"


REST = Rest.REST

Judged = tuple[Bout, PainVerdict]


def overlay(
    history: History, prescription: Prescription, now: datetime, *, loads: Equipment | None = None
) -> Dose | Rest | None:
    """The dose of the next session instead of the prescribed one; REST when it rests, None when nothing is overlaid.

    One step for each red since the last green session (a morning counts once a date), since the prescription's own
    dose last changed.
    """
    dose = prescription.dose
    for _ in range(red_count(reds_since_green(history, prescription, now))):
        lighter = step_back(prescription, dose, loads)
        if lighter is None:
            return REST
        dose = lighter
    return None if dose is prescription.dose else dose


def reds_since_green(history: History, prescription: Prescription, now: datetime) -> tuple[Judged, ...]:
    """The red bouts after the last green one, newest first."""
    reds: list[Judged] = []
    for bout in reversed(bouts(history, prescription, since_version=prescription.dose_since_version)):
        verdict = pain_of(history, prescription.exercise, bout.sets, now)
        if verdict.state is PainState.GREEN:
            break
        if verdict.state is PainState.RED:
            reds.append((bout, verdict))
    return tuple(reds)


def recent_reds(history: History, prescription: Prescription, now: datetime) -> tuple[Judged, ...]:
    """The red bouts of the last seven days (today included), whatever the dose was, newest first."""
    since = local_on(now, history.zone) - RED_WINDOW
    judged = (
        (bout, pain_of(history, prescription.exercise, bout.sets, now))
        for bout in reversed(bouts(history, prescription))
        if bout.on > since
    )
    return tuple((bout, verdict) for bout, verdict in judged if verdict.state is PainState.RED)


def two_reds(history: History, prescription: Prescription, now: datetime) -> tuple[str, ...]:
    """The rows behind two reds in seven days, for a flag (no lock); empty when there are fewer."""
    key = ("two_reds", prescription.id, prescription.exercise.id, now)
    return history.once(key, lambda: _two_reds(history, prescription, now))


def _two_reds(history: History, prescription: Prescription, now: datetime) -> tuple[str, ...]:
    reds = recent_reds(history, prescription, now)
    return tuple(row for _, verdict in reds for row in verdict.row_ids) if red_count(reds) > 1 else ()


def red_count(reds: tuple[Judged, ...]) -> int:
    """How many reds these are: one bad morning after two sessions of a date is one."""
    during: Counter[date] = Counter()
    for bout, verdict in reds:
        during[bout.on] += verdict.reason in ("own_sign", "peak_over_ceiling")
    return sum(max(count, 1) for count in during.values())


def step_back(prescription: Prescription, dose: Dose, loads: Equipment | None) -> Dose | None:
    """One step back: load, else reps to their least (or seconds − 20%), else one set fewer; None: nothing left."""
    lighter = step_down(dose.load, LOAD_BACK_PERCENT, loads) if dose.load is not None else None
    if lighter is not None:
        return replace(dose, load=lighter)
    shorter = _less_work(prescription, dose)
    if shorter is not None:
        return shorter
    return replace(dose, sets=dose.sets - 1) if dose.sets > 1 else None


def _less_work(prescription: Prescription, dose: Dose) -> Dose | None:
    mode = prescription.exercise.mode
    held = mode is Mode.HOLD or prescription.progression is ProgressionRule.HOLD
    if mode is Mode.DURATION:
        seconds = _cut(dose.duration_s, mode)
        return replace(dose, duration_s=seconds) if seconds else None
    if held and dose.hold_s is not None:
        seconds = _cut(dose.hold_s, mode)
        return replace(dose, hold_s=seconds) if seconds else None
    if dose.reps is not None and dose.reps_min is not None and dose.reps > dose.reps_min:
        return replace(dose, reps=dose.reps_min)
    return None


def _cut(seconds: int | None, mode: Mode) -> int | None:
    shorter = (seconds or 0) * (100 - SECONDS_BACK_PERCENT) // 100
    return shorter if shorter >= SHORTEST_S[mode] else None
