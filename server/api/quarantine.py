"""What revoked phones still sent, and what becomes of it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter

from hep.access import Action
from hep.wire import RowResult
from server import audit, quarantine
from server.api.answer import JsonAnswer, json_answer
from server.api.body import Body
from server.api.deps import Caller, Database, Id, Now, needs, reach
from server.api.errors import may
from server.database import reading, writing
from server.quarantine import BatchView

router = APIRouter(prefix="/patients/{patient_id}/quarantine", tags=["quarantine"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """A patient's batches, newest first."""

    batches: tuple[BatchView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The reason for a decision, 1 to 500 characters."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The verdict on each row of a batch that was let in."""

    results: tuple[RowResult, ...]


@router.get("", response_model=Batches, responses=may("not_found"))
def listed(
    patient_id: Id, engine: Database, now: Now, caller: Annotated[Caller, needs(Action.QUARANTINE_DECIDE)]
) -> JsonAnswer:
    """What waits, and what was decided before."""
    with reading(engine) as session:
        patient = reach(session, caller, Action.QUARANTINE_DECIDE, patient_id)
        found = Batches(batches=quarantine.batches(session, patient.id))
    with writing(engine) as session:
        audit.record(session, caller.actor, "quarantine.read", now, resource="quarantine", patient_id=patient.id)
    return json_answer(found)


@router.post(
    "/{batch_id}/release",
    response_model=Released,
    responses=may("not_found", "already_decided", "text_invalid"),
)
def release(
    patient_id: Id,
    batch_id: Id,
    why: Body[Why],
    engine: Database,
    now: Now,
    caller: Annotated[Caller, needs(Action.QUARANTINE_DECIDE)],
) -> JsonAnswer:
    """Let a batch in, as if it had come in time."""
    with writing(engine) as session:
        patient = reach(session, caller, Action.QUARANTINE_DECIDE, patient_id)
        done = quarantine.release(session, patient, batch_id, caller.person_id, why.reason, now)
        audit.record(
            session,
            caller.actor,
            "quarantine.release",
            now,
            resource="quarantine",
            resource_id=batch_id,
            patient_id=patient.id,
        )
    return json_answer(Released(results=done.results))


@router.post("/{batch_id}/discard", responses=may("not_found", "already_decided", "text_invalid"))
def discard(
    patient_id: Id,
    batch_id: Id,
    why: Body[Why],
    engine: Database,
    now: Now,
    caller: Annotated[Caller, needs(Action.QUARANTINE_DECIDE)],
) -> dict[str, str]:
    """Throw a batch out; it stays on record."""
    with writing(engine) as session:
        patient = reach(session, caller, Action.QUARANTINE_DECIDE, patient_id)
        quarantine.discard(session, patient, batch_id, caller.person_id, why.reason, now)
        audit.record(
            session,
            caller.actor,
            "quarantine.discard",
            now,
            resource="quarantine",
            resource_id=batch_id,
            patient_id=patient.id,
        )
    return {}
