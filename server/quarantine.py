"""What a revoked phone still had to say: kept apart as it came, until a therapist lets it in or throws it out.

Nothing in here counts, is shown beside other facts, or is pulled by anyone.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from hep.access import Role
from hep.ids import new_id
from hep.problems import check_text
from hep.wire import PushRequest, RowResult, Status
from server import changes, ledger
from server.problems import Declined
from server.rows import id_of
from server.tables.care import Quarantine
from server.tables.people import Patient

DEEPEST = 100
"""Levels of nesting of a row that is kept; no app sends more than a few, and reading it again must not fail."""

HELD, RELEASED, DISCARDED = "held", "released", "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """One batch as the therapist sees it. `state`: held, released, discarded; `kinds` counts rows by kind."""

    id: str
    device_id: str
    row_count: int
    kinds: dict[str, int]
    sent_at: datetime
    received_at: datetime
    state: str
    decided_at: datetime | None = None
    reason: str | None = None


def hold(session: Session, sender: ledger.Sender, request: PushRequest) -> ledger.Admitted:
    """Keep a batch. Its rows count as accepted for the phone; sent again, as duplicates; malformed ones as rejected."""
    sync = changes.hold(session, sender.patient_id, sender.clinic_id)
    kept = [None if _too_deep(row) else row for row in request.rows]
    text = json.dumps(kept)
    digest = hashlib.sha256(text.encode()).hexdigest()
    same = select(Quarantine.id).where(Quarantine.device_id == sender.device_id, Quarantine.rows_hash == digest)
    seen = session.exec(same).first() is not None
    status = Status.DUPLICATE if seen else Status.ACCEPTED
    if not seen and request.rows:
        session.add(
            Quarantine(
                id=new_id(sender.received_at),
                clinic_id=sender.clinic_id,
                patient_id=sender.patient_id,
                device_id=sender.device_id,
                rows_hash=digest,
                row_count=len(request.rows),
                rows=text,
                sent_at=sender.sent_at,
                received_at=sender.received_at,
            )
        )
        session.flush()
    results = tuple(_verdict(row, status) for row in kept)
    return ledger.Admitted(results=results, high=sync.seq, epoch=sync.epoch, added=0)


def _verdict(raw: object, status: Status) -> RowResult:
    if isinstance(raw, dict) and isinstance(raw.get("id"), str):
        return RowResult(id=id_of(raw), status=status)
    return RowResult(
        id="", status=Status.REJECTED, code="row_malformed", sentence="An entry is not of the expected form."
    )


def _too_deep(value: object, levels: int = DEEPEST) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_too_deep(item, levels - 1) for item in inner)


def batches(session: Session, patient_id: str) -> tuple[BatchView, ...]:
    """The patient's batches, newest first."""
    query = (
        select(Quarantine)
        .where(Quarantine.patient_id == patient_id)
        .order_by(col(Quarantine.received_at).desc(), col(Quarantine.id).desc())
        .limit(200)
    )
    return tuple(_view(batch) for batch in session.exec(query))


def release(session: Session, patient: Patient, batch_id: str, by: str, reason: str, now: datetime) -> ledger.Admitted:
    """Admit a held batch as if it had come in time. Raises `Declined` (`not_found`, `already_decided`)."""
    changes.hold(session, patient.id, patient.clinic_id)
    batch = _decide(session, patient, batch_id, RELEASED, by, reason, now)
    sender = ledger.Sender(
        patient_id=patient.id,
        clinic_id=patient.clinic_id,
        device_id=batch.device_id,
        role=Role.PATIENT,
        sent_at=batch.sent_at,
        received_at=batch.received_at,
        now=now,
    )
    return ledger.admit(session, sender, json.loads(batch.rows))


def discard(session: Session, patient: Patient, batch_id: str, by: str, reason: str, now: datetime) -> None:
    """Throw a held batch out: it stays on record, and never counts. Raises as `release`."""
    changes.hold(session, patient.id, patient.clinic_id)
    _decide(session, patient, batch_id, DISCARDED, by, reason, now)


def _decide(
    session: Session, patient: Patient, batch_id: str, state: str, by: str, reason: str, now: datetime
) -> Quarantine:
    check_text("reason", reason, 500)
    batch = session.get(Quarantine, batch_id)
    if batch is None or batch.patient_id != patient.id:
        raise Declined("not_found")
    if batch.state != HELD:
        raise Declined("already_decided")
    batch.state, batch.decided_by, batch.decided_at, batch.reason = state, by, now, reason
    session.add(batch)
    session.flush()
    return batch


def _view(batch: Quarantine) -> BatchView:
    kinds: dict[str, int] = {}
    for row in json.loads(batch.rows):
        kind = row.get("kind") if isinstance(row, dict) else None
        name = kind if isinstance(kind, str) and len(kind) <= 24 else "unknown"
        kinds[name] = kinds.get(name, 0) + 1
    return BatchView(
        id=batch.id,
        device_id=batch.device_id,
        row_count=batch.row_count,
        kinds=kinds,
        sent_at=batch.sent_at,
        received_at=batch.received_at,
        state=batch.state,
        decided_at=batch.decided_at,
        reason=batch.reason,
    )
