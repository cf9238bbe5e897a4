"""The clinic's caseload: one read of the summaries, most in need first.

Lines are kept as text and handed on as they are; a line whose day is over, or that new facts have overtaken, is
worked out again before it is read.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from sqlalchemy import union
from sqlmodel import Session, col, select

from server import upkeep, wording
from server.tables.care import PatientSummary, PatientSync
from server.tables.people import Patient

BATCH = 3
"""Lines worked out again in one transaction, so that nobody waits long for the database."""


def stale(
    session: Session, now: datetime, clinic_id: str | None = None, *, quiet: timedelta = timedelta(0)
) -> Sequence[str]:
    """Patients (of one clinic, or of all) whose line no longer holds, at most BATCH.

    `quiet`: those are left out whose facts came within so long.
    """
    over = select(PatientSummary.patient_id).where(col(PatientSummary.stale_at) <= now)
    overtaken = select(PatientSync.patient_id).where(col(PatientSync.settle_at) <= now - quiet)
    if clinic_id is not None:
        over = over.where(PatientSummary.clinic_id == clinic_id)
        overtaken = overtaken.where(PatientSync.clinic_id == clinic_id)
    return session.connection().execute(union(over, overtaken).limit(BATCH)).scalars().all()


def refresh_stale(
    session: Session, now: datetime, clinic_id: str | None = None, *, quiet: timedelta = timedelta(0)
) -> int:
    """Work out up to BATCH stale lines. Returns how many; call again until it is none."""
    patient_ids = stale(session, now, clinic_id, quiet=quiet)
    for patient_id in patient_ids:
        upkeep.settle(session, session.get_one(Patient, patient_id), now)
    return len(patient_ids)


def read(session: Session, clinic_id: str, now: datetime, therapist_id: str | None = None) -> bytes:
    """The `Caseload` as JSON: of the clinic, or of one therapist's own patients."""
    query = select(PatientSummary.row).where(PatientSummary.clinic_id == clinic_id)
    if therapist_id is not None:
        query = query.where(PatientSummary.therapist_id == therapist_id)
    rows = session.exec(query.order_by(col(PatientSummary.rank), col(PatientSummary.patient_id)))
    return orjson.dumps(
        {
            "as_of": now.isoformat().replace("+00:00", "Z"),
            "order_text": wording.ORDER,
            "rows": [orjson.Fragment(row) for row in rows],
        }
    )
