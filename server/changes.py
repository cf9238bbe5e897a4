"""A patient's change log: the counter, and which of the clinic's records were announced under which number.

Facts need no line of their own: they carry their number, never change and are never taken back.

Whoever writes to a patient's record holds the counter's row from the start of the transaction: writers of one patient
wait for each other, so derived rows never miss a fact, and numbers are committed in their order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, bindparam, delete, insert, update
from sqlalchemy import select as columns
from sqlmodel import Session, col

from hep.wire import Op, ServerKind
from server.tables.care import Change, PatientSync

_OF_PATIENT = col(PatientSync.patient_id) == bindparam("of", type_=String)
_HELD = (
    columns(
        col(PatientSync.patient_id),
        col(PatientSync.clinic_id),
        col(PatientSync.seq),
        col(PatientSync.epoch),
        col(PatientSync.floor),
        col(PatientSync.settle_at),
        col(PatientSync.touched),
    )
    .where(_OF_PATIENT)
    .with_for_update()
)
_KEEP = update(PatientSync).where(_OF_PATIENT)


@dataclass(slots=True)
class Counter:
    """A patient's counter (see `PatientSync`) while a transaction holds it: change it, and `keep` it."""

    patient_id: str
    clinic_id: str
    seq: int = 0
    epoch: int = 1
    floor: int = 0
    settle_at: datetime | None = None
    touched: str | None = None


def hold(session: Session, patient_id: str, clinic_id: str) -> Counter:
    """The patient's counter, locked until the transaction ends; made on first use."""
    found = session.connection().execute(_HELD, {"of": patient_id}).one_or_none()
    if found is not None:
        return Counter(*found)
    session.add(PatientSync(patient_id=patient_id, clinic_id=clinic_id))
    session.flush()
    return Counter(patient_id, clinic_id)


def keep(session: Session, counter: Counter) -> None:
    """Write what became of the counter."""
    values = {"seq": counter.seq, "floor": counter.floor, "settle_at": counter.settle_at, "touched": counter.touched}
    session.connection().execute(_KEEP, {"of": counter.patient_id, **values})


def announce(session: Session, counter: Counter, kind: ServerKind, entity_ids: Sequence[str]) -> None:
    """Give records of the clinic new numbers; an older number of the same record disappears from the log."""
    if not entity_ids:
        return
    session.exec(
        delete(Change).where(
            col(Change.patient_id) == counter.patient_id,
            col(Change.kind) == kind.value,
            col(Change.entity_id).in_(entity_ids),
        )
    )
    lines = [
        {
            "patient_id": counter.patient_id,
            "clinic_id": counter.clinic_id,
            "seq": counter.seq + n,
            "kind": kind.value,
            "entity_id": entity_id,
            "op": Op.PUT.value,
        }
        for n, entity_id in enumerate(entity_ids, 1)
    ]
    session.connection().execute(insert(Change), lines)
    counter.seq += len(lines)
    keep(session, counter)
