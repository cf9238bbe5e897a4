"""The form of a new patient: what was typed, and what of it cannot be used yet, field by field, in words."""

from dataclasses import dataclass
from datetime import date

from app import strings_clinic as words
from app.therapist.clinic import NewPatient
from app.therapist.typed import date_of
from hep.days import zone
from hep.problems import Refused

OLDEST_YEARS = 120
"""A birth date further back is a slip of the keyboard. Source: ours."""

LONGEST_BUDGET_MIN = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What was typed, as it was typed."""

    name: str = ""
    birth: str = ""
    zone: str = ""
    problem: str = ""
    region: str | None = None
    flags: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    budget: str = ""


def mistakes(form: Form, today: date) -> dict[str, str]:
    """Field → what to do about it; empty when the form can be sent."""
    checks = {
        "name": (bool(form.name.strip()) and len(form.name) <= 120, words.NAME_NEEDED),
        "birth": (_plausible(date_of(form.birth), today), words.BIRTH_NEEDED),
        "zone": (_known(form.zone), words.ZONE_NEEDED),
        "problem": (bool(form.problem.strip()), words.PROBLEM_NEEDED),
        "region": (form.region is not None, words.REGION_NEEDED),
        "budget": (not form.budget.strip() or _minutes(form.budget) is not None, words.BUDGET_WRONG),
    }
    return {field: sentence for field, (fits, sentence) in checks.items() if not fits}


def patient_of(form: Form) -> NewPatient:
    """The form as a record. Ask `mistakes` first: raises ValueError for a form that has some."""
    birth_date = date_of(form.birth)
    if birth_date is None or form.region is None:
        raise ValueError("the form has mistakes")
    return NewPatient(
        name=form.name.strip(),
        birth_date=birth_date,
        zone=form.zone.strip(),
        problem=form.problem.strip(),
        region=form.region,
        flags=form.flags,
        equipment=form.equipment,
        time_budget_min=_minutes(form.budget),
    )


def toggled(chosen: tuple[str, ...], value: str) -> tuple[str, ...]:
    """With `value` added, or taken away where it was."""
    return tuple(v for v in chosen if v != value) if value in chosen else (*chosen, value)


def _plausible(birth_date: date | None, today: date) -> bool:
    return birth_date is not None and 0 <= today.year - birth_date.year <= OLDEST_YEARS and birth_date <= today


def _known(name: str) -> bool:
    try:
        zone(name.strip())
    except Refused:
        return False
    return True


def _minutes(typed: str) -> int | None:
    typed = typed.strip()
    return int(typed) if typed.isdecimal() and 1 <= int(typed) <= LONGEST_BUDGET_MIN else None
