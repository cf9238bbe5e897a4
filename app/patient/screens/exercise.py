"""How to do one exercise: at most two taps from Today."""

import flet as ft

from app.parts import AppButton, Card, Cues, Heading, Line, MovingPicture, Notice, SidePill, Text, shown
from app.patient.doing import Doing
from app.patient.screens.frame import Inner, Trouble, width
from app.patient.views.exercise import ExerciseView, exercise_view
from app.strings import words
from app.theme import Color, Space, Style

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


def _body(view: ExerciseView) -> list[ft.Control]:
    picture = MovingPicture(
        shown(view.prescription.exercise, view.prescription.side),
        words.picture_of(view.name),
        words.picture_motion,
        height=_PICTURE,
        over=SidePill(view.side) if view.side else None,
    )
    body: list[ft.Control] = [picture]
    if view.locked:
        body.append(Notice(words.locked, "error", ft.Icons.LOCK_OUTLINE, key="locked"))
    if view.stepped:
        body.append(Notice(words.stepped_back, "info", ft.Icons.TRENDING_DOWN, detail=view.stepped, key="stepped"))
    body.append(
        Card(
            Heading(words.your_dose, Style.SUB, 2),
            Line(ft.Icons.FITNESS_CENTER_OUTLINED, view.dose, Style.BODY, Color.ON),
            Line(ft.Icons.EVENT_OUTLINED, view.schedule, Style.BODY, Color.ON),
            *(
                [Line(ft.Icons.BACKPACK_OUTLINED, f"{words.needs}: {view.equipment}", Style.BODY, Color.ON)]
                if view.equipment
                else []
            ),
            spacing=Space.S,
        )
    )
    body.append(Card(Heading(words.how_to, Style.SUB, 2), Cues(view.cues)))
    body.append(
        Card(
            Heading(words.careful, Style.SUB, 2),
            Line(ft.Icons.HEALTH_AND_SAFETY_OUTLINED, view.precaution, Style.BODY, Color.ON),
        )
    )
    if view.note:
        body.append(Card(Heading(words.from_therapist, Style.SUB, 2), Text(view.note)))
    body.append(Card(Heading(words.why, Style.SUB, 2), Line(ft.Icons.FLAG_OUTLINED, view.why, Style.BODY, Color.ON)))
    return body
