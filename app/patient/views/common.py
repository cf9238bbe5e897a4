"""Sentences about a prescription that several screens share."""

from app.strings import words
from hep.phrases import HOLD_WORTH_SAYING_S, load_text
from hep.records import Dose, Load, Mode, Prescription, ProgressionRule
from hep.sessions import sides


def side_of(prescription: Prescription) -> str:
    """The side in words; nothing for an exercise of both sides at once."""
    if prescription.side is None or sides(prescription) == (None,):
        return ""
    return words.side[prescription.side]


def dose_line(prescription: Prescription, dose: Dose | None = None) -> str:
    """`3 sets of 10 · Right side · 3 lb`; `dose` replaces the prescribed one."""
    real = dose or prescription.dose
    parts = (amount(prescription, real), side_of(prescription), load_line(real.load))
    return " · ".join(part for part in parts if part)


def dose_and_rest(prescription: Prescription, dose: Dose | None = None) -> str:
    """The same with the rest between sets: `3 sets of 10 · Right side · rest 60 sec`."""
    rest_s = (dose or prescription.dose).rest_s
    line = dose_line(prescription, dose)
    return f"{line} · {words.rest(rest_s)}" if rest_s else line


def amount(prescription: Prescription, dose: Dose | None = None) -> str:
    """Sets and work in full words: `3 sets of 10`, `2 sets, hold 30 sec`, `5 min`; `dose` replaces the prescribed."""
    real, mode = dose or prescription.dose, prescription.exercise.mode
    if mode is Mode.DURATION and real.duration_s is not None:
        time = words.time(real.duration_s)
        return time if real.sets == 1 else words.sets_of(real.sets, time)
    reps = "" if real.reps is None or (mode is Mode.HOLD and real.reps == 1) else str(real.reps)
    if real.hold_s is not None and (mode is Mode.HOLD or _holds(prescription, real.hold_s)):
        return words.sets_held(real.sets, reps, real.hold_s)
    return words.sets_of(real.sets, reps) if reps else words.plural(real.sets, "set", "sets")


def _holds(prescription: Prescription, hold_s: int) -> bool:
    """Whether a hold within a repetition is worth saying; a shorter one is tempo."""
    return prescription.progression is ProgressionRule.HOLD or hold_s >= HOLD_WORTH_SAYING_S


def load_line(load: Load | None) -> str:
    """The load, or nothing."""
    return load_text(load) if load is not None else ""
