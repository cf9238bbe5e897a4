"""A patient's invitations, as the clinic makes and withdraws them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter

from hep.access import Action
from hep.views import InvitationView
from server import invitations
from server.api.deps import Caller, Config, Database, Id, KeysOf, Now, needs, reach
from server.api.errors import may
from server.database import reading, writing
from server.invitations import Made

router = APIRouter(prefix="/patients/{patient_id}/invitations", tags=["invitations"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitations:
    """A patient's invitations, newest first."""

    invitations: tuple[InvitationView, ...]


@router.get("", responses=may("not_found"))
def invitations_of(
    patient_id: Id, engine: Database, now: Now, caller: Annotated[Caller, needs(Action.INVITE)]
) -> Invitations:
    """What was made so far, without the secrets."""
    with reading(engine) as session:
        patient = reach(session, caller, Action.INVITE, patient_id)
        return Invitations(invitations=invitations.listed(session, patient, now))


@router.post("", status_code=201, responses=may("not_found"))
def invite(
    patient_id: Id,
    engine: Database,
    keys: KeysOf,
    config: Config,
    now: Now,
    caller: Annotated[Caller, needs(Action.INVITE)],
) -> Made:
    """A new invitation; its secret is shown this once."""
    with writing(engine) as session:
        patient = reach(session, caller, Action.INVITE, patient_id)
        return invitations.make(session, keys, patient, caller.actor, now, config.origin)


@router.post("/{invitation_id}/revoke", responses=may("not_found"))
def withdraw(
    patient_id: Id, invitation_id: Id, engine: Database, now: Now, caller: Annotated[Caller, needs(Action.INVITE)]
) -> dict[str, str]:
    """Withdraw an invitation that nobody used yet."""
    with writing(engine) as session:
        patient = reach(session, caller, Action.INVITE, patient_id)
        invitations.revoke(session, patient, invitation_id, caller.actor, now)
    return {}
