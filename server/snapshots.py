"""Holds the exercises of a draft against the library: what keeps a patient safe is never taken from a client.

Names, cues and doses may differ from the library's; what precautions, pain, progress and locks are judged by may not,
nor the picture.
"""

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session

from hep.own import is_own
from hep.prescribing import Draft, Gap
from hep.records import Exercise, ProgramVersion
from server import exercises, library

EXERCISE_CHANGED = "exercise_changed"


def changed_exercises(session: Session, clinic_id: str, draft: Draft, base: ProgramVersion | None) -> Iterable[Gap]:
    """A gap for each exercise that is neither the library's nor as the base version (None: none) has it already.

    The library is the shared one and what the clinic offers of its own; a retired exercise only as a rung that the
    base version's ladders name.
    """
    in_force = {(p.id, *_judged_by(p.exercise)) for p in base.prescriptions} if base else set()
    rungs = {rung for p in base.prescriptions for rung in _ladder(p.exercise)} if base else set()
    for p in draft.prescriptions:
        judged_by, row = _judged_by(p.exercise), _known(session, clinic_id, p.exercise.id, rungs)
        if (p.id, *judged_by) not in in_force and (row is None or judged_by != _judged_by(row)):
            text = f"{p.exercise.name}: differs from the library's exercise. Remove it and add it again."
            yield Gap(prescription_id=p.id, code=EXERCISE_CHANGED, sentence=text)


def _known(session: Session, clinic_id: str, exercise_id: str, rungs: set[str]) -> Exercise | None:
    if not is_own(exercise_id):
        return library.exercises().get(exercise_id)
    found = exercises.newest(session, clinic_id, exercise_id)
    return None if found is None or (found.retired and exercise_id not in rungs) else found.exercise


def _ladder(exercise: Exercise) -> tuple[str, ...]:
    return (*exercise.easier_ids, *exercise.harder_ids)


def _judged_by(exercise: Exercise) -> tuple[Any, ...]:
    """What the rules read of an exercise, and which pictures stand for it."""
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
        exercise.photo,
        exercise.drawing,
    )
