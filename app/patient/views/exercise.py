"""What the page of one exercise says."""

from dataclasses import dataclass

from app.patient.snapshot import Snapshot
from app.patient.views.common import amount, dose_and_rest, side_of
from app.strings import words
from hep.phrases import schedule_text
from hep.progression import overlay
from hep.records import Dose, Prescription


@dataclass(frozen=True, slots=True)
class ExerciseView:
    """One exercise: how, how much, how careful, and why."""

    prescription: Prescription
    name: str
    side: str
    dose: str
    schedule: str
    note: str
    goal: str
    equipment: str
    stepped: str
    locked: bool


def exercise_view(snapshot: Snapshot, prescription_id: str) -> ExerciseView | None:
    """The exercise in the version in force, None when it is not part of it."""
    version = snapshot.version
    prescription = version.prescription(prescription_id) if version else None
    if version is None or prescription is None:
        return None
    return view_of(snapshot, prescription)


def view_of(snapshot: Snapshot, prescription: Prescription) -> ExerciseView:
    """The exercise as it is prescribed in a version."""
    goals = snapshot.version.goals if snapshot.version else ()
    goal = next((g for g in goals if g.id == prescription.goal_id), None)
    before = overlay(snapshot.history, prescription, snapshot.now)
    stepped = isinstance(before, Dose)
    return ExerciseView(
        prescription=prescription,
        name=prescription.exercise.name,
        side=side_of(prescription),
        dose=dose_and_rest(prescription, before if isinstance(before, Dose) else None),
        schedule=schedule_text(prescription.schedule),
        note=prescription.note,
        goal=goal.text if goal else words.no_goal,
        equipment=", ".join(item.replace("_", " ") for item in prescription.exercise.equipment),
        stepped=words.prescribed_instead(amount(prescription)) if stepped else "",
        locked=snapshot.is_locked(prescription),
    )
