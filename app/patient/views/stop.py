"""What the stop screen says: the clinic's signs and texts, by group and by what the patient trains."""

from dataclasses import dataclass

from app.patient.snapshot import Snapshot
from hep.records import ClinicCard, Prescription, StopSign

EMERGENCY, SAME_DAY, SOON = "emergency", "same_day", "soon"


@dataclass(frozen=True, slots=True)
class StopView:
    """The signs to look for, emergency first, and whom to call."""

    clinic: ClinicCard | None
    emergency: tuple[StopSign, ...]
    same_day: tuple[StopSign, ...]
    soon: tuple[StopSign, ...]
    prescription: Prescription | None


def stop_view(snapshot: Snapshot, prescription_id: str | None) -> StopView:
    """The signs of all regions, and those of the exercise's region (of every trained region without one)."""
    version = snapshot.version
    prescription = version.prescription(prescription_id) if version and prescription_id else None
    if prescription is not None:
        regions = {prescription.exercise.region}
    else:
        regions = {p.exercise.region for p in version.prescriptions} if version else set()
    clinic = snapshot.clinic
    signs = [s for s in clinic.stop_signs if not s.regions or regions & set(s.regions)] if clinic else []
    groups = {group: tuple(s for s in signs if s.group == group) for group in (EMERGENCY, SAME_DAY, SOON)}
    return StopView(clinic, groups[EMERGENCY], groups[SAME_DAY], groups[SOON], prescription)


def locks(sign: StopSign, prescription: Prescription | None) -> str | None:
    """The family a sign puts on hold: None, the whole program, for an emergency or without an exercise."""
    return None if sign.group == EMERGENCY or prescription is None else prescription.exercise.family
