"""A patient's whole change log as the database holds it: the clinic's records and the facts, each with its number."""

from sqlmodel import Session, select

from server.tables.care import Change, Fact


def numbers(session: Session, patient_id: str) -> list[int]:
    """Every number of the log, ascending."""
    records = session.exec(select(Change.seq).where(Change.patient_id == patient_id)).all()
    facts = session.exec(select(Fact.seq).where(Fact.patient_id == patient_id)).all()
    return sorted((*records, *facts))
