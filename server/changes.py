"""A patient's change log: the counter, and which of the clinic's records were announced under which number.

Facts need no line of their own: they carry their number, never change and are never taken back.

Whoever writes to a patient's record holds the counter's row from the start of the transaction: writers of one patient
wait for each other, so derived rows never miss a fact, and numbers are committed in their order.
"""

from collections.abc import Sequence

from sqlalchemy import String, bindparam, delete, insert
from sqlmodel import Session, col, select

from hep.wire import Op, ServerKind
from server.tables.care import Change, PatientSync

_HELD = (
    select(PatientSync).where(col(PatientSync.patient_id) == bindparam("patient_id", type_=String)).with_for_update()
)


def hold(session: Session, patient_id: str, clinic_id: str) -> PatientSync:
    """The patient's counter, locked until the transaction ends; made on first use."""
    found = session.exec(_HELD, params={"patient_id": patient_id}).one_or_none()
    if found is None:
        found = PatientSync(patient_id=patient_id, clinic_id=clinic_id)
        session.add(found)
        session.flush()
    return found


def announce(session: Session, sync: PatientSync, kind: ServerKind, entity_ids: Sequence[str]) -> None:
    """Give records of the clinic new numbers; an older number of the same record disappears from the log."""
    session.exec(
        delete(Change).where(
            col(Change.patient_id) == sync.patient_id,
            col(Change.kind) == kind.value,
            col(Change.entity_id).in_(entity_ids),
        )
    )
    _append(session, sync, [(kind.value, entity_id) for entity_id in entity_ids])


def _append(session: Session, sync: PatientSync, entities: Sequence[tuple[str, str]]) -> None:
    if not entities:
        return
    lines = [
        {
            "patient_id": sync.patient_id,
            "clinic_id": sync.clinic_id,
            "seq": sync.seq + n,
            "kind": kind,
            "entity_id": entity_id,
            "op": Op.PUT.value,
        }
        for n, (kind, entity_id) in enumerate(entities, 1)
    ]
    session.connection().execute(insert(Change), lines)
    sync.seq += len(lines)
    session.add(sync)
    session.flush()
