"""Publishing a program version."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter

from hep.access import Action
from hep.prescribing import Change, Draft
from hep.records import ProgramVersion
from server import audit, programs
from server.api.answer import JsonAnswer, json_answer
from server.api.body import Body
from server.api.deps import Caller, Database, Id, Now, needs, reach
from server.api.errors import PROGRAM, may
from server.database import writing

router = APIRouter(prefix="/patients/{patient_id}/programs", tags=["programs"])


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReply:
    """The new version and what it changes."""

    program: ProgramVersion
    changes: tuple[Change, ...]


@router.post(
    "",
    response_model=PublishReply,
    status_code=201,
    responses=may("not_found", "stale_base", "not_publishable", *PROGRAM),
)
def publish(
    patient_id: Id,
    draft: Body[Draft],
    engine: Database,
    now: Now,
    caller: Annotated[Caller, needs(Action.PROGRAM_PUBLISH)],
) -> JsonAnswer:
    """Make the draft the next version of the program."""
    with writing(engine) as session:
        patient = reach(session, caller, Action.PROGRAM_PUBLISH, patient_id)
        author = programs.Author(id=caller.person_id, name=caller.person_name)
        done = programs.publish(session, patient, author, draft, now)
        audit.record(
            session,
            caller.actor,
            "program.publish",
            now,
            resource="program",
            resource_id=done.program.id,
            patient_id=patient.id,
        )
    return json_answer(PublishReply(program=done.program, changes=done.changes), status=201)
