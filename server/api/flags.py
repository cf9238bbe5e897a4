"""Clearing a flag."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter

from hep.access import Action
from server import audit, flags, upkeep
from server.api.body import Body
from server.api.deps import Caller, Database, Id, Now, needs, reach
from server.api.errors import may
from server.database import writing

router = APIRouter(prefix="/patients/{patient_id}/flags", tags=["flags"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearRequest:
    """What was found or arranged, in the therapist's words: 1 to 500 characters."""

    note: str


@router.post("/{flag_id}/clear", responses=may("not_found", "text_invalid"))
def clear(
    patient_id: Id,
    flag_id: Id,
    wanted: Body[ClearRequest],
    engine: Database,
    now: Now,
    caller: Annotated[Caller, needs(Action.FLAG_CLEAR)],
) -> dict[str, str]:
    """Close a flag; a stop rule's lock opens with it."""
    with writing(engine) as session:
        patient = reach(session, caller, Action.FLAG_CLEAR, patient_id)
        flags.clear(session, patient, flag_id, caller.person_name, wanted.note, now)
        upkeep.refresh(session, patient, now)
        audit.record(
            session, caller.actor, "flag.clear", now, resource="flag", resource_id=flag_id, patient_id=patient.id
        )
    return {}
