"""The clinic's card as a phone knows it, and its stop signs: the clinic's own words, read from its row."""

from hep.records import ClinicCard, StopSign
from server import stored
from server.tables.people import Clinic


def card_of(clinic: Clinic) -> ClinicCard:
    """What a phone knows of its clinic. Raises `Unreadable`."""
    return ClinicCard(
        id=clinic.id,
        name=clinic.name,
        phone=clinic.phone,
        emergency_number=clinic.emergency_number,
        emergency_text=clinic.emergency_text,
        clinic_text=clinic.clinic_text,
        stop_signs=stop_signs_of(clinic),
        band_order=tuple(clinic.band_order),
    )


def stop_signs_of(clinic: Clinic) -> tuple[StopSign, ...]:
    """The rows of the clinic's stop screen. Raises `Unreadable`."""
    return stored.read(tuple[StopSign, ...], clinic.stop_signs)
