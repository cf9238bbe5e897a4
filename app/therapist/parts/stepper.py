"""Figures of a dose with a minus and a plus, for the builder and for modifying a proposal."""

from collections.abc import Callable
from functools import partial

import flet as ft

from app import strings_clinic as words
from app.parts import IconAction, Text
from app.theme import Color, Radius, Style
from app.therapist.parts.desk import act, row
from hep.records import Dose, Exercise, Mode


def Stepper(name: str, said: str, step: Callable[[int], None], *, key: str) -> ft.Control:
    """Minus, the figure in words, plus. `name` says what is counted, `step` gets -1 or +1."""
    return ft.Container(
        row(
            IconAction(ft.Icons.REMOVE, words.less(name), act(step, -1), key=f"{key}-less", icon_size=20),
            ft.Container(Text(said, Style.SMALL_STRONG, text_align=ft.TextAlign.CENTER), key=f"{key}-value"),
            IconAction(ft.Icons.ADD, words.more(name), act(step, 1), key=f"{key}-more", icon_size=20),
            spacing=0,
            tight=True,
        ),
        border=ft.Border.all(1, Color.OUTLINE),
        border_radius=Radius.CHIP,
        bgcolor=Color.CARD,
    )


_FIELDS = {
    Mode.REPS: ("sets", "reps", "hold_s", "rest_s"),
    Mode.HOLD: ("sets", "reps", "hold_s", "rest_s"),
    Mode.DURATION: ("sets", "duration_s", "rest_s"),
}


def dose_steppers(dose: Dose, exercise: Exercise, step: Callable[[str, int], None], *, key: str) -> list[ft.Control]:
    """The figures that count for the exercise; a hold within a repetition only where the dose has one."""
    mode = exercise.mode
    fields = [f for f in _FIELDS[mode] if f != "hold_s" or mode is Mode.HOLD or dose.hold_s]
    return [
        Stepper(
            f"{words.DOSE_NAMES[field]}, {exercise.name}",
            words.dose_figure(field, getattr(dose, field)),
            partial(step, field),
            key=f"{key}-{field}",
        )
        for field in fields
        if field != "reps" or mode is Mode.REPS or (dose.reps or 1) > 1
    ]
