"""A patient's phones, as the clinic sees them and cuts them off."""

from typing import Annotated

from fastapi import APIRouter

from hep.access import Action
from server import devices
from server.api.deps import Caller, Database, Id, Now, needs, reach
from server.api.errors import may
from server.api.me import Devices
from server.database import reading, writing

router = APIRouter(prefix="/patients/{patient_id}/devices", tags=["devices"])


@router.get("", responses=may("not_found"))
def devices_of(patient_id: Id, engine: Database, caller: Annotated[Caller, needs(Action.DEVICES_MANAGE)]) -> Devices:
    """The patient's phones, newest first."""
    with reading(engine) as session:
        patient = reach(session, caller, Action.DEVICES_MANAGE, patient_id)
        return Devices(devices=devices.listed(session, patient_id=patient.id))


@router.post("/{device_id}/revoke", responses=may("not_found"))
def cut_off(
    patient_id: Id, device_id: Id, engine: Database, now: Now, caller: Annotated[Caller, needs(Action.DEVICES_MANAGE)]
) -> dict[str, str]:
    """Refuse this phone everything from now on, except handing in what it holds for 72 hours."""
    with writing(engine) as session:
        patient = reach(session, caller, Action.DEVICES_MANAGE, patient_id)
        devices.revoke(session, device_id, caller.actor, now, patient_id=patient.id)
    return {}
