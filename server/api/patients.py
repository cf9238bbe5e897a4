"""Taking a patient into care, and the patient's page."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter

from hep.access import Action
from hep.views import PatientDetail
from server import audit, detail, patients, upkeep
from server.api.answer import JsonAnswer, json_answer
from server.api.body import Body
from server.api.deps import Caller, Database, Id, Now, needs, reach
from server.api.errors import may
from server.database import reading, writing
from server.patients import NewPatient

router = APIRouter(prefix="/patients", tags=["patients"])


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """The new patient and their episode of care."""

    id: str
    episode_id: str


@router.post(
    "",
    response_model=TakenIn,
    status_code=201,
    responses=may("text_invalid", "birth_date_invalid", "time_budget_invalid", "zone_unknown"),
)
def take_in(
    new: Body[NewPatient], engine: Database, now: Now, caller: Annotated[Caller, needs(Action.PATIENT_WRITE)]
) -> JsonAnswer:
    """A new patient of the caller's."""
    with writing(engine) as session:
        patient_id, episode_id = patients.take_in(session, caller.clinic_id, caller.person_id, new, now)
        audit.record(
            session,
            caller.actor,
            "patient.create",
            now,
            resource="patient",
            resource_id=patient_id,
            patient_id=patient_id,
        )
    return json_answer(TakenIn(id=patient_id, episode_id=episode_id), status=201)


@router.get("/{patient_id}", response_model=PatientDetail, responses=may("not_found"))
def page(
    patient_id: Id, engine: Database, now: Now, caller: Annotated[Caller, needs(Action.RECORD_READ)]
) -> JsonAnswer:
    """Everything the patient's page shows."""
    with reading(engine) as session:
        waits = upkeep.waits(session, reach(session, caller, Action.RECORD_READ, patient_id).id, now)
    if waits:
        with writing(engine) as session:
            upkeep.settle(session, reach(session, caller, Action.RECORD_READ, patient_id), now)
    with reading(engine) as session:
        patient = reach(session, caller, Action.RECORD_READ, patient_id)
        found = detail.read(session, patient, now)
    with writing(engine) as session:
        audit.record(session, caller.actor, "patient.read", now, resource="patient", patient_id=patient.id)
    return json_answer(found)
