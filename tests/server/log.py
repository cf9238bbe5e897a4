"""What the database holds of pushes: a patient's whole change log, and who waits for what follows from it."""

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from server.database import reading
from server.tables.care import Change, Fact, PatientSync


def numbers(session: Session, patient_id: str) -> list[int]:
    """Every number of the log, ascending."""
    records = session.exec(select(Change.seq).where(Change.patient_id == patient_id)).all()
    facts = session.exec(select(Fact.seq).where(Fact.patient_id == patient_id)).all()
    return sorted((*records, *facts))


def waiting(engine: Engine) -> int:
    """How many patients' facts are not settled."""
    unsettled = select(func.count()).select_from(PatientSync).where(col(PatientSync.settle_at).is_not(None))
    with reading(engine) as session:
        return session.exec(unsettled).one()
