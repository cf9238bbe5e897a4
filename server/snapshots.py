"""Holds the exercises of a draft against the library: what keeps a patient safe is never taken from a client.

Names, cues and doses may differ from the library's; what precautions, pain, progress and locks are judged by may not.
"""

from collections.abc import Iterable
from typing import Any

from hep.prescribing import Draft, Gap
from hep.records import Exercise, ProgramVersion
from server import library

EXERCISE_CHANGED = "exercise_changed"


def changed_exercises(draft: Draft, base: ProgramVersion | None) -> Iterable[Gap]:
    """A gap for each exercise that is neither the library's nor as the base version (None: none) has it already."""
    in_force = {(p.id, *_judged_by(p.exercise)) for p in base.prescriptions} if base else set()
    for p in draft.prescriptions:
        judged_by, row = _judged_by(p.exercise), library.exercises().get(p.exercise.id)
        if (p.id, *judged_by) not in in_force and (row is None or judged_by != _judged_by(row)):
            text = f"{p.exercise.name}: differs from the library's exercise. Remove it and add it again."
            yield Gap(prescription_id=p.id, code=EXERCISE_CHANGED, sentence=text)


def _judged_by(exercise: Exercise) -> tuple[Any, ...]:
    """What the rules read of an exercise."""
    return (
        exercise.id,
        frozenset(exercise.flags),
        exercise.laterality,
        exercise.mode,
        exercise.pain_rule,
        exercise.progression,
        exercise.family,
        exercise.loaded,
        exercise.loadable,
    )
