"""Takes a patient into care: the person, the episode, the change log and the first line of the caseload."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from hep import days
from hep.ids import new_id
from hep.problems import check, check_text
from hep.records import Profile
from hep.wire import ServerKind
from server import changes, upkeep
from server.tables.care import Episode
from server.tables.people import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatient:
    """What a therapist enters. `time_budget_min` is minutes per session, 5 to 240."""

    name: str
    birth_date: date
    zone: str
    flags: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    time_budget_min: int | None = None
    problem: str
    region: str = ""

    def __post_init__(self) -> None:
        check_text("name", self.name, 120)
        check_text("problem", self.problem, 200)
        check(len(self.region) <= 80, "text_invalid", "Write a region of at most 80 characters.")
        check(1900 <= self.birth_date.year <= 2100, "birth_date_invalid", "Check the birth date.")
        short = all(0 < len(word) <= 60 for word in (*self.flags, *self.equipment))
        check(short and len(self.flags) + len(self.equipment) <= 100, "invalid", "Check flags and equipment.")
        budget = self.time_budget_min
        check(budget is None or 5 <= budget <= 240, "time_budget_invalid", "A session lasts 5 to 240 minutes.")
        days.zone(self.zone)


def take_in(session: Session, clinic_id: str, therapist_id: str, new: NewPatient, now: datetime) -> tuple[str, str]:
    """Store the patient and their episode. Returns (patient id, episode id). Raises `Refused` for a birth to come."""
    today = days.local_on(now, new.zone)
    check(new.birth_date <= today, "birth_date_invalid", "Check the birth date.")
    patient = Patient(
        id=new_id(now),
        clinic_id=clinic_id,
        therapist_id=therapist_id,
        name=new.name.strip(),
        birth_date=new.birth_date,
        zone=new.zone,
        flags=list(new.flags),
        equipment=list(new.equipment),
        time_budget_min=new.time_budget_min,
        problem=new.problem.strip(),
        region=new.region.strip(),
        created_at=now,
    )
    session.add(patient)
    session.flush()
    episode = Episode(
        id=new_id(now),
        clinic_id=clinic_id,
        patient_id=patient.id,
        problem=patient.problem,
        region=patient.region,
        started_on=today,
    )
    session.add(episode)
    sync = changes.hold(session, patient.id, clinic_id)
    changes.announce(session, sync, ServerKind.PROFILE, [patient.id])
    changes.announce(session, sync, ServerKind.CLINIC, [clinic_id])
    upkeep.refresh(session, patient, now)
    return patient.id, episode.id


def profile_of(patient: Patient) -> Profile:
    """The patient as the phone may know them."""
    return Profile(
        id=patient.id,
        name=patient.name,
        zone=patient.zone,
        flags=tuple(patient.flags),
        equipment=tuple(patient.equipment),
        time_budget_min=patient.time_budget_min,
        problem=patient.problem,
        region=patient.region,
        next_visit_at=patient.next_visit_at,
    )
