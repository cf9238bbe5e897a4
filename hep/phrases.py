"""A prescription in words: the one sentence a record, a screen and a print-out share, built from structured fields.

Nothing here is free text and nothing is judged. Typography: × between sets and reps (never the letter), no arrow.
"""

import re
from datetime import date
from decimal import Decimal

from hep.records import Dose, Laterality, Load, LoadUnit, Mode, Prescription, ProgressionRule, Schedule, Side

HOLD_WORTH_SAYING_S = 3
"""Seconds: a shorter hold per repetition is tempo and stays out of the sentence. Source: ours."""

MINUTES_FROM_S = 120
"""Seconds: from here on a time is told in minutes. Source: ours."""

_POSITIONS = {
    "sitting": "seated",
    "standing": "standing",
    "supine": "supine",
    "prone": "prone",
    "side_lying": "side-lying",
    "quadruped": "hands-and-knees",
    "kneeling": "kneeling",
    "long_sitting": "long-sitting",
}
_POSTURE = re.compile(
    r"\b(sit|sits|seated|sitting|stand|stands|standing|supine|prone|lying|kneeling|walk|walking|plank)\b", re.IGNORECASE
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ALL_DAYS = 7
_WORKDAYS = (1, 2, 3, 4, 5)


def sentence(prescription: Prescription) -> str:
    """The prescribed line, such as "seated shoulder external rotation, right, 3 × 12, 3 lb, band".

    Position (unless the name tells it), name, side in words, dose, load, equipment.
    """
    return ", ".join((name_text(prescription), how_text(prescription)))


def under_name_text(prescription: Prescription) -> str:
    """The prescribed line where the name stands above it: "seated, right, 3 × 12, 3 lb, band"."""
    name = _lower_first(prescription.exercise.name)
    position = name_text(prescription).removesuffix(name).strip()
    return ", ".join(part for part in (position, how_text(prescription)) if part)


def how_text(prescription: Prescription) -> str:
    """Side in words, dose, load, equipment: "right, 3 × 12, 3 lb, band"."""
    exercise, dose = prescription.exercise, prescription.dose
    parts = [side_text(prescription), dose_text(prescription)]
    if dose.load is not None:
        parts.append(load_text(dose.load))
    named_band = dose.load is not None and dose.load.unit is LoadUnit.BAND
    parts += [item.replace("_", " ") for item in exercise.equipment if not (named_band and "band" in item)]
    return ", ".join(part for part in parts if part)


def name_text(prescription: Prescription) -> str:
    """The exercise's name in running text, led by its position where the name does not tell it."""
    name = _lower_first(prescription.exercise.name)
    position = _POSITIONS.get(prescription.exercise.position, prescription.exercise.position.replace("_", " "))
    if not position or _POSTURE.search(name) or name.startswith(position):
        return name
    return f"{position} {name}"


def side_text(prescription: Prescription) -> str:
    """The side in words: left, right, each side, alternating sides, or nothing for a bilateral exercise."""
    laterality = prescription.exercise.laterality
    if laterality is Laterality.ALTERNATING:
        return "alternating sides"
    if laterality is Laterality.BILATERAL or prescription.side is None:
        return ""
    return "each side" if prescription.side is Side.BOTH else prescription.side.value


def dose_text(subject: Prescription | Dose, mode: Mode | None = None) -> str:
    """Sets and work: "3 × 12", "2 × 10, 5 s hold", "3 × 30 s hold", "5 min", "2 × 60 s". No load, no side.

    For a bare dose give the `mode`; without it the dose's own fields tell: seconds of work, a hold, or reps.
    """
    if isinstance(subject, Prescription):
        always = subject.progression is ProgressionRule.HOLD
        return _dose_words(subject.dose, subject.exercise.mode, always)
    return _dose_words(subject, mode or _mode_of(subject), always=False)


def _dose_words(dose: Dose, mode: Mode, always: bool) -> str:
    if mode is Mode.DURATION and dose.duration_s is not None:
        time = seconds_text(dose.duration_s)
        return time if dose.sets == 1 else f"{dose.sets} × {time}"
    if mode is Mode.HOLD and dose.hold_s is not None:
        each = "" if dose.reps in (None, 1) else f"{dose.reps} × "
        return f"{dose.sets} × {each}{seconds_text(dose.hold_s)} hold"
    if dose.reps is None:
        return f"{dose.sets} sets" if dose.sets > 1 else "1 set"
    held = dose.hold_s is not None and (always or dose.hold_s >= HOLD_WORTH_SAYING_S)
    return f"{dose.sets} × {dose.reps}" + (f", {dose.hold_s} s hold" if held else "")


def _mode_of(dose: Dose) -> Mode:
    if dose.duration_s is not None:
        return Mode.DURATION
    return Mode.HOLD if dose.hold_s is not None and dose.reps in (None, 1) else Mode.REPS


def seconds_text(seconds: int) -> str:
    """Seconds as people say them: "60 s", "5 min", "2 min 30 s"."""
    if seconds < MINUTES_FROM_S:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def load_text(load: Load | None) -> str:
    """A load in the unit it was prescribed in: "3 lb", "1.5 kg", "red band"; "no load" for None."""
    if load is None:
        return "no load"
    if load.unit is LoadUnit.BAND:
        band = load.band or ""
        return band if band.lower().endswith("band") else f"{band} band"
    return f"{number_text(load.amount or Decimal(0))} {load.unit.value}"


def number_text(number: Decimal) -> str:
    """A decimal without trailing zeros or exponent."""
    return format(number.normalize(), "f")


def schedule_text(schedule: Schedule) -> str:
    """How often: "twice a day", "Mon, Wed and Fri", "3 times a week on days you choose"."""
    if schedule.per_week is not None:
        times = "once" if schedule.per_week == 1 else f"{schedule.per_week} times"
        return f"{times} a week on days you choose"
    often = {1: "", 2: "twice a day", 3: "three times a day"}.get(
        schedule.times_per_day, f"{schedule.times_per_day} times a day"
    )
    days = weekdays_text(schedule.weekdays)
    return ", ".join(part for part in (often, days) if part)


def weekdays_text(weekdays: tuple[int, ...]) -> str:
    """ISO weekdays in words: "every day", "Mon to Fri", "Mon, Wed and Fri"."""
    chosen = tuple(sorted(weekdays))
    if len(chosen) == _ALL_DAYS:
        return "every day"
    if chosen == _WORKDAYS:
        return "Mon to Fri"
    names = [_DAYS[day - 1] for day in chosen]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def date_text(on: date) -> str:
    """A date without its year, such as "Nov 22"."""
    return f"{on:%b} {on.day}"


def _lower_first(name: str) -> str:
    first = name.split(" ", 1)[0]
    keeps = len(first) == 1 or first[1:2].isupper() or first in _PROPER
    return name if keeps else name[:1].lower() + name[1:]


_PROPER = ("Brandt-Daroff", "Prone Y")
