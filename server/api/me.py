"""The person who is calling, and their own devices."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter

from hep.access import Action, Role
from hep.views import DeviceView
from server import devices
from server.api.deps import Caller, Database, Id, Now, needs
from server.api.errors import may
from server.database import reading, writing
from server.tables.people import Clinic

router = APIRouter(prefix="/me", tags=["me"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who is signed in, where, and how far: `scope` is `full` or `quarantine`."""

    role: str
    person_id: str
    name: str
    clinic_name: str
    device_id: str
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """A person's devices, newest first."""

    devices: tuple[DeviceView, ...]


@router.get("")
def me(engine: Database, caller: Annotated[Caller, needs(Action.OWN_SESSION)]) -> Me:
    """Who is signed in on this device."""
    with reading(engine) as session:
        clinic = session.get_one(Clinic, caller.clinic_id)
    return Me(
        role=caller.role.value,
        person_id=caller.person_id,
        name=caller.person_name,
        clinic_name=clinic.name,
        device_id=caller.device_id,
        scope=caller.scope,
    )


@router.get("/devices")
def my_devices(engine: Database, caller: Annotated[Caller, needs(Action.OWN_DEVICES)]) -> Devices:
    """The caller's devices."""
    with reading(engine) as session:
        return Devices(devices=devices.listed(session, **_owner(caller)))


@router.post("/devices/{device_id}/revoke", responses=may("not_found"))
def revoke_mine(
    device_id: Id, engine: Database, now: Now, caller: Annotated[Caller, needs(Action.OWN_DEVICES)]
) -> dict[str, str]:
    """Cut off one of the caller's devices, this one included."""
    with writing(engine) as session:
        devices.revoke(session, device_id, caller.actor, now, **_owner(caller))
    return {}


def _owner(caller: Caller) -> dict[str, str | None]:
    if caller.role is Role.PATIENT:
        return {"patient_id": caller.person_id, "staff_id": None}
    return {"patient_id": None, "staff_id": caller.person_id}
