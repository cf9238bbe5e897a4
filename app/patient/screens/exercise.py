"""How to do one exercise: at most two taps from Today, and one from the set under way. It needs no network."""

from dataclasses import replace

import flet as ft

from app.parts import (
    AppButton,
    Card,
    Heading,
    IconAction,
    Line,
    MovingPicture,
    Notice,
    Page,
    SidePill,
    Text,
    shown,
)
from app.parts.about import AboutNames, Section, how_sections, ladder_section, why_section
from app.patient.doing import Doing
from app.patient.draft import Phase, SetDraft
from app.patient.screens.frame import Inner, Trouble, width
from app.patient.views.exercise import ExerciseView, exercise_view, view_of
from app.patient.views.session import ItemView
from app.strings import words
from app.theme import Color, Space, Style

_NAMES = AboutNames(
    how_to=words.how_to,
    careful=words.careful,
    why=words.why,
    ladder=words.ladder,
    easier=words.easier,
    harder=words.harder,
)
_PICTURE = 300
"""Height in logical pixels: nearly as wide as a phone."""


@ft.component
def ExerciseScreen(model: Doing, prescription_id: str) -> ft.Control:
    """The exercise, or a word that it is no longer part of the program."""
    view = exercise_view(model.here, prescription_id)
    if view is None:
        back = AppButton(words.back_to_today, lambda _: model.go("/"), key="to-today")
        return Trouble(words.gone_title, words.gone_help, ft.Icons.INFO_OUTLINE, back, width(model))
    stop = AppButton(
        words.stop_link,
        lambda _: model.go(f"/stop/{prescription_id}"),
        key="stop",
        kind="outline",
        size="normal",
        icon=ft.Icons.FRONT_HAND_OUTLINED,
    )
    return Inner(model, view.name, _body(view), bottom=stop, key=f"exercise-{prescription_id}")


def HelpScreen(model: Doing, item: ItemView, set_draft: SetDraft) -> ft.Control:
    """The same over a set under way, whose count and timer stand still meanwhile."""
    view = view_of(model.here, item.prescription)

    def back(_: object = None) -> None:
        set_draft(lambda draft: replace(draft, phase=Phase.WORK))

    head = ft.Row(
        [
            IconAction(ft.Icons.ARROW_BACK, words.back_to_set, back, key="back-to-set", color=Color.ON),
            ft.Container(Heading(view.name, Style.TITLE), expand=True),
        ],
        spacing=Space.XS,
    )
    close = AppButton(words.back_to_set, back, key="close-help", kind="tonal")
    return Page(_body(view), head=head, bottom=close, width=width(model), key="help")


def _body(view: ExerciseView) -> list[ft.Control]:
    exercise = view.prescription.exercise
    body: list[ft.Control] = [
        MovingPicture(
            shown(exercise, view.prescription.side),
            words.picture_of(view.name),
            words.picture_motion,
            height=_PICTURE,
            over=SidePill(view.side) if view.side else None,
        )
    ]
    if view.locked:
        body.append(Notice(words.locked, "error", ft.Icons.LOCK_OUTLINE, key="locked"))
    if view.stepped:
        body.append(Notice(words.stepped_back, "info", ft.Icons.TRENDING_DOWN, detail=view.stepped, key="stepped"))
    decided = Text(words.ladder_help, Style.SMALL, Color.MUTED)
    ladder = ladder_section(exercise, _NAMES, [decided] if exercise.easier or exercise.harder else [])
    note = [Section(words.from_therapist, (Text(view.note),))] if view.note else []
    sections = [_dose(view), *how_sections(exercise, _NAMES), *note, why_section(exercise, _NAMES, view.goal)]
    return body + [
        Card(Heading(section.title, Style.SUB, 2), *section.content, spacing=Space.S) for section in sections + ladder
    ]


def _dose(view: ExerciseView) -> Section:
    said = [(ft.Icons.FITNESS_CENTER_OUTLINED, view.dose), (ft.Icons.EVENT_OUTLINED, view.schedule)]
    if view.equipment:
        said.append((ft.Icons.BACKPACK_OUTLINED, f"{words.needs}: {view.equipment}"))
    return Section(words.your_dose, tuple(Line(icon, text, Style.BODY, Color.ON) for icon, text in said))
