"""What a program asks of a patient: minutes a session, minutes a week, and too little rest for one tissue.

Estimates, shown as estimates. Refuses to refuse: all of it is advice in the builder.
"""

from collections.abc import Iterable
from itertools import combinations_with_replacement

from hep.records import Exercise, Laterality, Mode, Prescription, ProgramVersion, Side

SECONDS_PER_REP = 3
"""Seconds a repetition takes besides its hold. Source: ours, an estimate."""

SETTLING_S = 30
"""Seconds to get into position for one exercise. Source: ours, an estimate."""

REST_DAYS_HEAVY = 2
"""Days between loaded sessions of one family for eccentric or late-stage work (48 h). Source: ours (rule j)."""

HEAVY_STAGE = 3
_WEEK = 7


def prescription_seconds(prescription: Prescription) -> int:
    """Seconds one session of this exercise takes, both sides and rests included."""
    exercise, dose = prescription.exercise, prescription.dose
    if exercise.mode is Mode.DURATION:
        work = dose.duration_s or 0
    else:
        hold = dose.hold_s or 0
        per_rep = hold if exercise.mode is Mode.HOLD else SECONDS_PER_REP + hold
        work = (dose.reps or 1) * per_rep
    sides = 2 if prescription.side is Side.BOTH or exercise.laterality is Laterality.ALTERNATING else 1
    return SETTLING_S + dose.sets * work * sides + (dose.sets - 1) * dose.rest_s


def session_minutes(prescriptions: Iterable[Prescription]) -> int:
    """Minutes, rounded up, of a session that holds all of `prescriptions`; 0 for none."""
    return _minutes(sum(prescription_seconds(p) for p in prescriptions))


def weekly_minutes(version: ProgramVersion) -> int:
    """Minutes, rounded up, that a full week of this version asks for."""
    return prescribed_weekly_minutes(version.prescriptions)


def prescribed_weekly_minutes(prescriptions: Iterable[Prescription]) -> int:
    """Minutes a week, rounded up, of prescriptions that are not published yet."""
    return _minutes(sum(prescription_seconds(p) * sessions_a_week(p) for p in prescriptions))


def sessions_a_week(prescription: Prescription) -> int:
    """How many planned items a full week holds."""
    schedule = prescription.schedule
    return schedule.per_week or schedule.times_per_day * len(schedule.weekdays)


def crowded_pairs(prescriptions: Iterable[Prescription]) -> tuple[tuple[Prescription, Prescription], ...]:
    """Pairs (or one with itself) that load one family too soon again: under 24 h, or under 48 h for heavy work.

    Exercises of one session do not crowd each other. A pair is left out when either carries `spacing_override`.
    Floating schedules crowd only when they cannot be spread. Source: ours (rule j).
    """
    loaded = [p for p in prescriptions if p.exercise.loaded]
    return tuple(
        (a, b)
        for a, b in combinations_with_replacement(loaded, 2)
        if a.exercise.family == b.exercise.family and not (a.spacing_override or b.spacing_override) and _crowded(a, b)
    )


def is_heavy(exercise: Exercise) -> bool:
    """Late-stage or eccentric loaded work, which rests 48 h. Source: ours (stage 3, or named eccentric)."""
    names = (exercise.name, *exercise.synonyms)
    return exercise.loaded and (exercise.stage >= HEAVY_STAGE or any("eccentric" in n.lower() for n in names))


def _crowded(a: Prescription, b: Prescription) -> bool:
    if a is b and a.schedule.times_per_day > 1:
        return True
    if not (is_heavy(a.exercise) or is_heavy(b.exercise)):
        return False
    if a.schedule.per_week is not None or b.schedule.per_week is not None:
        return a is b and (a.schedule.per_week or 0) * REST_DAYS_HEAVY > _WEEK
    return any((day - other) % _WEEK in (1, _WEEK - 1) for day in a.schedule.weekdays for other in b.schedule.weekdays)


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)
