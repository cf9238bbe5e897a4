"""The exercise library: reads its rows and turns one into a prescription with the library's starting dose.

Refuses to guess: a row that lacks a field is an error of the data, found by its test, never filled in here. Side and
goal stay open in `prescribe` until the therapist names them; `prescribing.gaps` lists what is missing.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from hep import codec
from hep.records import (
    Dose,
    Exercise,
    ExerciseFlag,
    Mode,
    Prescription,
    ProgressionRule,
    Schedule,
    Severity,
    Side,
)

LEAST_CUES = 2
"""Cues without which an exercise, the library's or a clinic's own, cannot be done from its words (inclusive)."""

_WEEKDAYS: dict[int, tuple[int, ...]] = {
    1: (1,),
    2: (1, 4),
    3: (1, 3, 5),
    4: (1, 2, 4, 5),
    5: (1, 2, 3, 4, 5),
    6: (1, 2, 3, 4, 5, 6),
    7: (1, 2, 3, 4, 5, 6, 7),
}
"""Days a week → ISO weekdays with the most rest between them. Source: ours."""

_MEASURES: dict[Mode, tuple[str, frozenset[str], str]] = {
    Mode.REPS: ("reps", frozenset({"duration_s"}), "Counted sets need their repetitions, and no seconds of work."),
    Mode.HOLD: ("hold_s", frozenset({"duration_s"}), "Held sets need the seconds of a hold, and no seconds of work."),
    Mode.DURATION: (
        "duration_s",
        frozenset({"reps", "hold_s", "reps_min", "reps_max"}),
        "Timed sets need their seconds of work, and neither repetitions nor holds.",
    ),
}
"""How a set is measured → the figure it needs, those it has no use for, and the sentence that says so."""

_DOSE_FIELDS = ("reps", "hold_s", "duration_s", "reps_min", "reps_max", "hold_max_s", "duration_max_s")


def exercises_from(data: Mapping[str, Any]) -> dict[str, Exercise]:
    """Every exercise of `assets/exercises/library.json` (already parsed), by id, in the file's order.

    Raises `Refused` for a value outside its range and `KeyError` for a missing field.
    """
    return {row["id"]: exercise_from(row) for row in data["exercises"]}


def exercise_from(row: Mapping[str, Any]) -> Exercise:
    """One exercise from its row. Raises as `exercises_from` does."""
    dose = row["dose"]
    return codec.load(
        Exercise,
        {
            **row,
            "laterality": row["side"],
            "dose": _dose(dose),
            "times_per_day": dose["times_per_day"],
            "days_per_week": dose["days_per_week"],
            "flags": [codec.dump(flag) for flag in _flags(row)],
        },
    )


def unused_figures(mode: Mode) -> frozenset[str]:
    """The fields of a dose that sets measured this way must leave empty."""
    return _MEASURES[mode][1]


def dose_faults(exercise: Exercise) -> tuple[str, ...]:
    """What keeps an exercise's dose from being one to begin with, a sentence each; empty when it is complete."""
    dose, mode = exercise.dose, exercise.mode
    needed, unused, sentence = _MEASURES[mode]
    found = []
    if getattr(dose, needed) is None or any(getattr(dose, field) is not None for field in unused):
        found.append(sentence)
    if not (1 <= exercise.times_per_day <= 8 and 1 <= exercise.days_per_week <= 7):
        found.append("Choose 1 to 8 times a day on 1 to 7 days a week.")
    low, high = dose.reps_min, dose.reps_max
    if (low or high) and not (low and high and dose.reps and low <= dose.reps <= high):
        found.append("The repetitions must lie within the fewest and the most.")
    if exercise.progression is ProgressionRule.DOUBLE and mode is Mode.REPS and not (low and high):
        found.append("Reps, then load needs the fewest and the most repetitions.")
    return tuple(found)


def starting_schedule(exercise: Exercise, from_on: date) -> Schedule:
    """The library's frequency as a dated schedule from `from_on` (inclusive), open-ended."""
    return Schedule(from_on=from_on, times_per_day=exercise.times_per_day, weekdays=_WEEKDAYS[exercise.days_per_week])


def prescribe(
    exercise: Exercise,
    *,
    prescription_id: str,
    from_on: date,
    side: Side | None = None,
    goal_id: str | None = None,
    dose: Dose | None = None,
    schedule: Schedule | None = None,
    note: str = "",
) -> Prescription:
    """A prescription of `exercise` with the library's dose, schedule and progression rule unless given.

    `from_on` is the first day (inclusive, patient-local). A unilateral exercise needs its `side` before publishing.
    """
    return Prescription(
        id=prescription_id,
        exercise=exercise,
        side=side,
        dose=dose or exercise.dose,
        schedule=schedule or starting_schedule(exercise, from_on),
        goal_id=goal_id,
        note=note,
        progression=exercise.progression,
    )


def _dose(row: Mapping[str, Any]) -> dict[str, Any]:
    """The dose without the file's zeros, which mean "does not apply"."""
    given = {name: row.get(name) or None for name in _DOSE_FIELDS}
    return {"sets": row["sets"], "rest_s": row["rest_s"], **given}


def _flags(row: Mapping[str, Any]) -> list[ExerciseFlag]:
    return [ExerciseFlag(flag=flag, severity=Severity(row["severity"][flag])) for flag in row["flags"]]
