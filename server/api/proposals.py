"""Deciding a proposal."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter

from hep.access import Action
from hep.records import ProgramVersion
from hep.views import ProposalView
from server import audit, decisions, detail, programs
from server.api.answer import JsonAnswer, json_answer
from server.api.body import Body
from server.api.deps import Caller, Database, Id, Now, needs, reach
from server.api.errors import DOSE, may
from server.database import writing
from server.decisions import Decision

router = APIRouter(prefix="/patients/{patient_id}/proposals", tags=["proposals"])


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReply:
    """The proposal as decided, and the version that came of it (None when declined)."""

    proposal: ProposalView
    program: ProgramVersion | None


@router.post(
    "/{proposal_id}/decision",
    response_model=DecisionReply,
    responses=may("not_found", "already_decided", "proposal_outdated", "not_publishable", *DOSE),
)
def decide(
    patient_id: Id,
    proposal_id: Id,
    decision: Body[Decision],
    engine: Database,
    now: Now,
    caller: Annotated[Caller, needs(Action.PROPOSAL_DECIDE)],
) -> JsonAnswer:
    """Accept, modify or decline."""
    with writing(engine) as session:
        patient = reach(session, caller, Action.PROPOSAL_DECIDE, patient_id)
        author = programs.Author(id=caller.person_id, name=caller.person_name)
        row, version = decisions.decide(session, patient, author, proposal_id, decision, now)
        audit.record(
            session,
            caller.actor,
            f"proposal.{decision.decision.value}",
            now,
            resource="proposal",
            resource_id=proposal_id,
            patient_id=patient.id,
        )
        view = detail.proposal_view(session, row)
    return json_answer(DecisionReply(proposal=view, program=version))
