"""Who needs somebody today."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from hep.access import Action
from hep.views import Caseload
from server import audit, caseload
from server.api.deps import Caller, Database, Now, Truth, needs
from server.database import reading, writing

router = APIRouter(tags=["caseload"])


@router.get("/caseload", response_model=Caseload)
def read(
    engine: Database,
    now: Now,
    caller: Annotated[Caller, needs(Action.CASELOAD_READ)],
    mine: Annotated[Truth, Query()] = False,
) -> Response:
    """The clinic's patients, most in need first; `mine`: the caller's own only."""
    with reading(engine) as session:
        waiting = len(caseload.stale(session, now, caller.clinic_id))
    while waiting:
        with writing(engine) as session:
            waiting = caseload.refresh_stale(session, now, caller.clinic_id)
    with reading(engine) as session:
        body = caseload.read(session, caller.clinic_id, now, caller.person_id if mine else None)
    with writing(engine) as session:
        audit.record(session, caller.actor, "caseload.read", now, resource="caseload")
    return Response(body, media_type="application/json")
