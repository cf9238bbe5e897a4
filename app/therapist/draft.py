"""Edits to a draft program, each one a new draft. What may be published is `hep.prescribing`'s to say.

An edit that a record refuses (a 21st set, an empty week) leaves the draft as it was: the screen simply stops there.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hep.ids import new_id
from hep.library import prescribe
from hep.prescribing import Draft
from hep.problems import Refused
from hep.records import (
    Dose,
    Exercise,
    Goal,
    Intent,
    Laterality,
    Load,
    LoadUnit,
    Override,
    Prescription,
    ProgramVersion,
    Schedule,
)

DOSE_STEPS = {"sets": 1, "reps": 1, "hold_s": 5, "duration_s": 30, "rest_s": 15}
"""How far one tap moves a figure of the dose (counts, or seconds)."""

LOAD_STEPS = {LoadUnit.KG: Decimal("0.5"), LoadUnit.LB: Decimal(1)}


def blank(episode_id: str, today: date, now: datetime) -> Draft:
    """A first program with nothing in it, in force from today."""
    return Draft(
        program_id=new_id(now),
        episode_id=episode_id,
        base_version=0,
        reason="",
        effective_on=today,
        goals=(),
        prescriptions=(),
    )


def rebase(draft: Draft, current: ProgramVersion) -> Draft:
    """The same draft, made to follow `current`: publishing it replaces what the other therapist published."""
    return replace(draft, base_version=current.version, effective_on=max(draft.effective_on, current.effective_on))


def add(draft: Draft, exercise: Exercise, now: datetime) -> Draft:
    """With one more exercise at the library's dose; a single goal is linked at once."""
    goal_id = draft.goals[0].id if len(draft.goals) == 1 else None
    prescription = prescribe(exercise, prescription_id=new_id(now), from_on=draft.effective_on, goal_id=goal_id)
    return replace(draft, prescriptions=(*draft.prescriptions, prescription))


def remove(draft: Draft, prescription_id: str) -> Draft:
    """Without that exercise."""
    return replace(draft, prescriptions=tuple(p for p in draft.prescriptions if p.id != prescription_id))


def swap(draft: Draft, prescription_id: str, exercise: Exercise, now: datetime) -> Draft:
    """With that exercise in the place of another one, at its usual dose; schedule, goal and side stay where they fit.

    It is a new prescription: what was logged stays with the exercise it was logged for.
    """
    goes = next(p for p in draft.prescriptions if p.id == prescription_id)
    comes = prescribe(
        exercise,
        prescription_id=new_id(now),
        from_on=draft.effective_on,
        side=goes.side if exercise.laterality is Laterality.UNILATERAL else None,
        goal_id=goes.goal_id,
        schedule=replace(goes.schedule, from_on=max(goes.schedule.from_on, draft.effective_on)),
    )
    comes = replace(comes, minimum_set=goes.minimum_set)
    return replace(draft, prescriptions=tuple(comes if p is goes else p for p in draft.prescriptions))


def move_up(draft: Draft, prescription_id: str) -> Draft:
    """With that exercise one place earlier in the session."""
    rows = list(draft.prescriptions)
    at = next((n for n, row in enumerate(rows) if row.id == prescription_id), 0)
    if at > 0:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    return replace(draft, prescriptions=tuple(rows))


def change(draft: Draft, prescription_id: str, **fields: Any) -> Draft:
    """With those fields of one prescription set: side, goal_id, note, minimum_set, progression, spacing_override …"""
    return _edit(draft, prescription_id, lambda p: replace(p, **fields))


def flip(draft: Draft, prescription_id: str, field: str) -> Draft:
    """With a yes turned to no, or the reverse: minimum_set, amber_may_progress, spacing_override, two_for_two."""

    def edit(p: Prescription) -> Prescription:
        fields: dict[str, Any] = {field: not getattr(p, field)}
        return replace(p, **fields)

    return _edit(draft, prescription_id, edit)


def change_schedule(draft: Draft, prescription_id: str, **fields: Any) -> Draft:
    """With those fields of one prescription's schedule set."""
    return _edit(draft, prescription_id, lambda p: replace(p, schedule=replace(p.schedule, **fields)))


def change_dose(draft: Draft, prescription_id: str, **fields: Any) -> Draft:
    """With those fields of one prescription's dose set."""
    return _edit(draft, prescription_id, lambda p: replace(p, dose=replace(p.dose, **fields)))


def step_dose(draft: Draft, prescription_id: str, field: str, direction: int) -> Draft:
    """With one figure of the dose a step up (+1) or down (-1); a rep range moves along with its reps."""
    return _edit(draft, prescription_id, lambda p: replace(p, dose=stepped(p.dose, field, direction)))


def stepped(dose: Dose, field: str, direction: int) -> Dose:
    """The dose with one figure moved a step; the dose itself where a record would refuse the new figure."""
    value: Any = (getattr(dose, field) or 0) + direction * DOSE_STEPS[field]
    fields: dict[str, Any] = {field: value}
    try:
        if field == "reps" and dose.reps_min is not None and dose.reps_max is not None:
            return replace(dose, reps=value, reps_min=min(dose.reps_min, value), reps_max=max(dose.reps_max, value))
        return replace(dose, **fields)
    except Refused:
        return dose


ENVELOPE_STEPS = {"reps_max": 1, "load_step_percent": 1, "hold_max_s": 5, "duration_max_s": 30}
"""How far one tap moves a limit of progression; a limit that was the rule's own starts at today's dose."""

_GROWS = {"reps_max": "reps", "hold_max_s": "hold_s", "duration_max_s": "duration_s"}


def step_envelope(draft: Draft, prescription_id: str, field: str, direction: int) -> Draft:
    """With one limit of progression a step up or down, never below today's dose."""

    def edit(p: Prescription) -> Prescription:
        today = getattr(p.dose, _GROWS[field]) if field in _GROWS else None
        value = (getattr(p.dose, field) or today or 0) + direction * ENVELOPE_STEPS[field]
        fields: dict[str, Any] = {field: max(value, today or 0)}
        return replace(p, dose=replace(p.dose, **fields))

    return _edit(draft, prescription_id, edit)


def step_load(draft: Draft, prescription_id: str, direction: int) -> Draft:
    """With the weight a step up or down, in the unit it is prescribed in; below the first step there is no load."""

    def edit(p: Prescription) -> Prescription:
        unit = p.dose.load.unit if p.dose.load else LoadUnit.LB
        if unit is LoadUnit.BAND:
            return p
        amount = (p.dose.load.amount if p.dose.load else None) or Decimal(0)
        amount += direction * LOAD_STEPS[unit]
        return replace(p, dose=replace(p.dose, load=Load(unit=unit, amount=amount) if amount > 0 else None))

    return _edit(draft, prescription_id, edit)


def first_load(kind: str) -> Load | None:
    """The load a kind begins with: none, 1 lb, 0.5 kg, or a yellow band."""
    if kind == "none":
        return None
    unit = LoadUnit(kind)
    return Load(unit=unit, band="yellow") if unit is LoadUnit.BAND else Load(unit=unit, amount=LOAD_STEPS[unit])


def set_load(draft: Draft, prescription_id: str, load: Load | None) -> Draft:
    """With that load, or none."""
    return change_dose(draft, prescription_id, load=load)


def toggle_weekday(draft: Draft, prescription_id: str, weekday: int) -> Draft:
    """With an ISO weekday (1–7) added or taken away; the last one stays."""

    def edit(p: Prescription) -> Prescription:
        days = set(p.schedule.weekdays) ^ {weekday}
        return replace(p, schedule=replace(p.schedule, weekdays=tuple(sorted(days)), per_week=None))

    return _edit(draft, prescription_id, edit)


def step_schedule(draft: Draft, prescription_id: str, field: str, direction: int) -> Draft:
    """With `times_per_day` or `per_week` one up or down."""

    def edit(p: Prescription) -> Prescription:
        fields: dict[str, Any] = {field: (getattr(p.schedule, field) or 0) + direction}
        return replace(p, schedule=replace(p.schedule, **fields))

    return _edit(draft, prescription_id, edit)


def set_rhythm(draft: Draft, prescription_id: str, rhythm: str) -> Draft:
    """With one of three rhythms: `daily`, `weekdays` (Mon, Wed, Fri to begin with), `per_week` (three times)."""
    kinds: dict[str, dict[str, Any]] = {
        "daily": {"weekdays": (1, 2, 3, 4, 5, 6, 7), "per_week": None},
        "weekdays": {"weekdays": (1, 3, 5), "per_week": None},
        "per_week": {"weekdays": (1, 2, 3, 4, 5, 6, 7), "per_week": 3, "times_per_day": 1},
    }
    return change_schedule(draft, prescription_id, **kinds[rhythm])


def rhythm_of(schedule: Schedule) -> str:
    """Which of the three rhythms a schedule has."""
    if schedule.per_week is not None:
        return "per_week"
    return "daily" if len(schedule.weekdays) == 7 else "weekdays"


def accept_warning(draft: Draft, prescription_id: str, flag: str, reason: str) -> Draft:
    """With a precaution's warning accepted for this patient, and why. Raises `Refused` for a blank reason."""
    override = Override(flag=flag, reason=reason)
    rows = tuple(
        replace(p, overrides=(*(o for o in p.overrides if o.flag != flag), override)) if p.id == prescription_id else p
        for p in draft.prescriptions
    )
    return replace(draft, prescriptions=rows)


def add_goal(
    draft: Draft,
    now: datetime,
    text: str,
    intent: Intent,
    *,
    measure: str = "",
    unit: str = "",
    baseline: Decimal | None = None,
    target: Decimal | None = None,
    target_on: date | None = None,
) -> Draft:
    """With one more goal; the first one is linked to every exercise that has none. Raises `Refused` for no text."""
    goal = Goal(
        id=new_id(now),
        text=text.strip(),
        intent=intent,
        measure=measure.strip() or None,
        unit=unit.strip() or None,
        baseline=baseline,
        target=target,
        target_on=target_on,
    )
    rows = draft.prescriptions
    if not draft.goals:
        rows = tuple(replace(p, goal_id=goal.id) if p.goal_id is None else p for p in rows)
    return replace(draft, goals=(*draft.goals, goal), prescriptions=rows)


def remove_goal(draft: Draft, goal_id: str) -> Draft:
    """Without that goal; exercises that served it have none again."""
    rows = tuple(replace(p, goal_id=None) if p.goal_id == goal_id else p for p in draft.prescriptions)
    return replace(draft, goals=tuple(g for g in draft.goals if g.id != goal_id), prescriptions=rows)


def _edit(draft: Draft, prescription_id: str, edit: Callable[[Prescription], Prescription]) -> Draft:
    try:
        rows = tuple(edit(p) if p.id == prescription_id else p for p in draft.prescriptions)
    except Refused:
        return draft
    return replace(draft, prescriptions=rows)
