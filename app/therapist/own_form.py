"""The form of a clinic's own exercise: what was typed, what was chosen, and what of it cannot be used yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app import strings_clinic as words
from hep.ids import new_id
from hep.library import unused_figures
from hep.own import PREFIX, faults, is_own
from hep.problems import Refused
from hep.records import (
    Dose,
    Exercise,
    ExerciseFlag,
    Laterality,
    Mode,
    PainRule,
    ProgressionRule,
    Review,
    Severity,
)

TEXTS = ("name", "precaution", "why")
LINES = ("cues", "synonyms")
FIGURES = ("sets", "reps", "hold_s", "duration_s", "rest_s", "reps_min", "reps_max")
OFTEN = ("times_per_day", "days_per_week")
LONGEST_FIGURE = 4

_FIELD_OF = {"easier_ids": "ladder", "harder_ids": "ladder", "easier": "ladder", "harder": "ladder"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnForm:
    """`typed` holds the text fields as they were typed; `chosen` everything else, as an exercise. `lent`: the
    drawing it came with.
    """

    chosen: Exercise
    typed: Mapping[str, str]
    base_version: int = 0
    lent: str | None = None

    def with_typed(self, field: str, text: str) -> "OwnForm":
        """With another text in a field."""
        return replace(self, typed={**self.typed, field: text})

    def with_chosen(self, **fields: Any) -> "OwnForm":
        """With other choices."""
        return replace(self, chosen=replace(self.chosen, **fields))


def form_of(exercise: Exercise, base_version: int) -> OwnForm:
    """The form that shows an exercise; `base_version` is what `OwnDraft` says of it."""
    typed = {field: getattr(exercise, field) for field in TEXTS}
    typed |= {field: "\n".join(getattr(exercise, field)) for field in LINES}
    typed |= {field: _figure(getattr(exercise.dose, field)) for field in FIGURES}
    typed |= {field: _figure(getattr(exercise, field)) for field in OFTEN}
    return OwnForm(chosen=exercise, typed=typed, base_version=base_version, lent=exercise.drawing)


def blank(region: str, now: datetime) -> OwnForm:
    """The form of a new exercise, with nothing that says what it is."""
    return form_of(
        Exercise(
            id=_fresh(now),
            name="",
            region=region,
            type="strength",
            position="standing",
            laterality=Laterality.BILATERAL,
            mode=Mode.REPS,
            dose=Dose(sets=2, reps=10, rest_s=30),
            times_per_day=1,
            days_per_week=7,
            equipment=(),
            easier=(),
            harder=(),
            easier_ids=(),
            harder_ids=(),
            cues=(),
            precaution="",
            progression=ProgressionRule.NONE,
            pain_rule=PainRule.STANDARD,
            flags=(),
            loadable=False,
            loaded=False,
            family="",
            stage=1,
            synonyms=(),
        ),
        0,
    )


def copy_of(exercise: Exercise, now: datetime) -> OwnForm:
    """A new exercise that begins as another one. No review comes along, and a library row lends its drawing."""
    copied = replace(
        exercise,
        id=_fresh(now),
        name=words.copied(exercise.name),
        review=Review(),
        drawing=exercise.drawing or (None if is_own(exercise.id) else exercise.id),
    )
    return form_of(copied, 0)


def figures_of(form: OwnForm) -> tuple[str, ...]:
    """The figures that a dose measured as chosen has; what was typed into others is kept, and not used."""
    unused = unused_figures(form.chosen.mode)
    return tuple(field for field in FIGURES if field not in unused)


def exercise_of(form: OwnForm) -> Exercise:
    """The exercise. Raises `Refused` for a figure that no dose can hold."""
    typed = form.typed
    figures: dict[str, Any] = dict.fromkeys(FIGURES) | {field: _number(typed[field]) for field in figures_of(form)}
    dose = replace(form.chosen.dose, **(figures | {"sets": figures["sets"] or 0, "rest_s": figures["rest_s"] or 0}))
    written: dict[str, Any] = {field: _number(typed[field]) or 0 for field in OFTEN}
    written |= {field: " ".join(typed[field].split()) for field in TEXTS}
    written |= {field: tuple(filter(None, map(str.strip, typed[field].splitlines()))) for field in LINES}
    return replace(form.chosen, dose=dose, **written)


def mistakes(form: OwnForm, shared: Mapping[str, Exercise], own: Mapping[str, Exercise]) -> dict[str, str]:
    """Field → what to do about it; empty when the exercise can be saved."""
    odd = [field for field in (*figures_of(form), *OFTEN) if not _readable(form.typed[field])]
    if odd:
        return dict.fromkeys(odd, words.FIGURE_WRONG)
    try:
        exercise = exercise_of(form)
    except Refused as refused:
        return {"dose": refused.sentence}
    found: dict[str, str] = {}
    for fault in faults(exercise, shared, own):
        found.setdefault(_FIELD_OF.get(fault.field, fault.field), fault.sentence)
    return found


def next_flag(flags: tuple[ExerciseFlag, ...], flag: str) -> tuple[ExerciseFlag, ...]:
    """A precaution one tap further: not there, warns, blocks, not there again."""
    held = next((each for each in flags if each.flag == flag), None)
    others = tuple(each for each in flags if each.flag != flag)
    if held is None:
        return (*flags, ExerciseFlag(flag=flag))
    return (*others, ExerciseFlag(flag=flag, severity=Severity.BLOCK)) if held.severity is Severity.WARN else others


def _fresh(now: datetime) -> str:
    return f"{PREFIX}{new_id(now)}"


def _figure(value: int | None) -> str:
    return "" if value is None else str(value)


def _readable(typed: str) -> bool:
    return not typed.strip() or _number(typed) is not None


def _number(typed: str) -> int | None:
    typed = typed.strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_FIGURE else None
