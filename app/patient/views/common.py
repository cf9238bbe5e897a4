"""Sentences about a prescription that several screens share."""

from app.strings import words
from hep.phrases import dose_text, load_text
from hep.records import Dose, Load, Prescription
from hep.sessions import sides


def side_of(prescription: Prescription) -> str:
    """The side in words; nothing for an exercise of both sides at once."""
    if prescription.side is None or sides(prescription) == (None,):
        return ""
    return words.side[prescription.side]


def dose_line(prescription: Prescription, dose: Dose | None = None) -> str:
    """`3 × 10 · Right side · 3 lb · rest 60 s`; `dose` replaces the prescribed one."""
    real = dose or prescription.dose
    parts = [dose_text(real, prescription.exercise.mode), side_of(prescription), load_line(real.load)]
    if real.rest_s:
        parts.append(words.rest(real.rest_s))
    return " · ".join(part for part in parts if part)


def load_line(load: Load | None) -> str:
    """The load, or nothing."""
    return load_text(load) if load is not None else ""
