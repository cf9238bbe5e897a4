"""What the player shows above the set: the moving picture, the dose, the cues, and the sets with what is done."""

from collections.abc import Callable

import flet as ft

from app.parts import Cues, Heading, IconAction, Line, MovingPicture, Notice, Pill, SetRow, SidePill, Text, shown
from app.patient.doing import Doing
from app.patient.draft import Draft
from app.patient.views.common import amount, load_line, side_of
from app.patient.views.room import MOST_SET_BOXES
from app.patient.views.session import ItemView, Step
from app.strings import words
from app.theme import Color, Space, Style
from hep.records import Mode


def guide(
    model: Doing, item: ItemView, step: Step, draft: Draft, on_help: Callable[[], None], height: float
) -> list[ft.Control]:
    """From the picture, which is so high, to the sets; `on_help` opens the whole page of the exercise."""
    exercise, prescription = item.prescription.exercise, item.prescription
    side = words.side[step.side] if step.side else side_of(prescription)
    picture = MovingPicture(
        shown(exercise, step.side or prescription.side),
        words.picture_of(exercise.name),
        words.picture_motion,
        height=height,
        over=SidePill(side) if side and not model.look.big else None,
        corner=_help(on_help),
    )
    guide: list[ft.Control] = [picture, _title(model, item, side)]
    if item.stepped:
        full = words.prescribed_instead(amount(prescription))
        guide.append(Notice(words.stepped_back, "info", ft.Icons.TRENDING_DOWN, detail=full, key="stepped"))
    if draft.pain is not None:
        guide.append(Notice(words.pain_noted(draft.pain), "info", key="pain-noted"))
    guide.append(Cues(exercise.cues[:3]))
    if exercise.precaution:
        guide.append(Line(ft.Icons.HEALTH_AND_SAFETY_OUTLINED, exercise.precaution))
    guide.append(_sets(item, step, model.look.big))
    return guide


def _help(on_help: Callable[[], None]) -> ft.Control:
    return IconAction(
        ft.Icons.HELP_OUTLINE,
        words.how_do_i,
        lambda _: on_help(),
        key="how-to",
        color=Color.ON_PRIMARY_CONTAINER,
        ground=Color.PRIMARY_CONTAINER,
    )


def _title(model: Doing, item: ItemView, side: str) -> ft.Control:
    exercise, prescription = item.prescription.exercise, item.prescription
    pills: list[ft.Control] = [SidePill(side)] if side and model.look.big else []
    pills.append(Pill(amount(prescription, item.dose), style=Style.LABEL))
    if item.dose is not None and item.dose.load is not None:
        pills.append(Pill(load_line(item.dose.load), ft.Icons.FITNESS_CENTER, style=Style.LABEL))
    if model.look.big or len(pills) > 1 or exercise.mode is not Mode.REPS:
        return ft.Column([Heading(exercise.name), ft.Row([*pills], wrap=True)], spacing=Space.S)
    return ft.Row([ft.Container(Heading(exercise.name), expand=True), *pills], spacing=Space.S)


def _sets(item: ItemView, step: Step, big: bool) -> ft.Control:
    """The sets with what is done; many of them, or large text, in words only."""
    steps, now = item.steps, item.steps.index(step)
    two_sides = len({each.side for each in steps}) > 1
    labels = [words.set_name(each.number, each == step, each.side if two_sides else None) for each in steps]
    if big or len(steps) > MOST_SET_BOXES:
        return Text(words.set_of(labels[now], len(steps)), Style.LABEL)
    left = set(item.steps_left)
    return SetRow(
        [
            (label, label if each in left else words.set_done(each.number, each.side if two_sides else None))
            for label, each in zip(labels, steps, strict=True)
        ],
        now,
    )
