"""Which address a screen has, and which screen an address means. An address holds a patient's opaque id, no more."""

import re
from dataclasses import dataclass
from enum import StrEnum

HOME = "/clinic"
_PATIENT = re.compile(rf"{HOME}/patient/(?P<id>[A-Za-z0-9-]{{1,64}})(?P<edit>/edit)?")


class Place(StrEnum):
    """The screens."""

    SIGN_IN = "sign_in"
    CASELOAD = "caseload"
    ADD_PATIENT = "add_patient"
    OWN = "own"
    CHANNELS = "channels"
    PATIENT = "patient"
    BUILDER = "builder"


@dataclass(frozen=True, slots=True)
class Address:
    """A screen that has an address; `patient_id` for the two screens of a patient."""

    place: Place
    patient_id: str = ""

    def route(self) -> str:
        """The path of the screen."""
        if self.place is Place.ADD_PATIENT:
            return f"{HOME}/add"
        if self.place is Place.OWN:
            return f"{HOME}/exercises"
        if self.place is Place.CHANNELS:
            return f"{HOME}/reminders"
        if self.patient_id:
            return f"{HOME}/patient/{self.patient_id}" + ("/edit" if self.place is Place.BUILDER else "")
        return HOME


def address_of(route: str) -> Address:
    """The screen of a path; an unknown one is the caseload."""
    path = route.split("?")[0].split("#")[0].rstrip("/")
    if path == f"{HOME}/add":
        return Address(Place.ADD_PATIENT)
    if path == f"{HOME}/exercises":
        return Address(Place.OWN)
    if path == f"{HOME}/reminders":
        return Address(Place.CHANNELS)
    found = _PATIENT.fullmatch(path)
    if found is None:
        return Address(Place.CASELOAD)
    return Address(Place.BUILDER if found["edit"] else Place.PATIENT, found["id"])
