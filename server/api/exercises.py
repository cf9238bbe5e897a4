"""The clinic's own exercises beside the shared library."""

from typing import Annotated

from fastapi import APIRouter

from hep.access import Action
from hep.own import OwnDraft, OwnExercise
from hep.own_wire import OwnExercises, Retire
from server import audit, exercises
from server.api.answer import JsonAnswer, json_answer
from server.api.body import Body
from server.api.deps import Caller, Database, Id, Now, needs
from server.api.errors import DOSE, may
from server.database import reading, writing

router = APIRouter(prefix="/library/own", tags=["library"])


@router.get("", response_model=OwnExercises)
def listed(engine: Database, caller: Annotated[Caller, needs(Action.EXERCISES_READ)]) -> JsonAnswer:
    """What the clinic made itself."""
    with reading(engine) as session:
        return json_answer(OwnExercises(exercises=exercises.listed(session, caller.clinic_id)))


@router.post(
    "",
    response_model=OwnExercise,
    responses=may("stale_exercise", "exercise_incomplete", "library_full", *DOSE),
)
def save(
    draft: Body[OwnDraft], engine: Database, now: Now, caller: Annotated[Caller, needs(Action.EXERCISES_WRITE)]
) -> JsonAnswer:
    """Make an exercise, or its next version. What was prescribed stays as it was prescribed."""
    with writing(engine) as session:
        saved = exercises.save(session, caller.clinic_id, caller.person_name, draft, now)
        audit.record(session, caller.actor, "exercise.save", now, resource="exercise", resource_id=saved.exercise.id)
    return json_answer(saved)


@router.post("/{exercise_id}/retire", response_model=OwnExercise, responses=may("not_found"))
def retire(
    exercise_id: Id,
    wanted: Body[Retire],
    engine: Database,
    now: Now,
    caller: Annotated[Caller, needs(Action.EXERCISES_WRITE)],
) -> JsonAnswer:
    """Offer an exercise no longer, or again."""
    with writing(engine) as session:
        done = exercises.retire(session, caller.clinic_id, exercise_id, wanted.retired, now)
        what = "exercise.retire" if wanted.retired else "exercise.offer"
        audit.record(session, caller.actor, what, now, resource="exercise", resource_id=exercise_id)
    return json_answer(done)
