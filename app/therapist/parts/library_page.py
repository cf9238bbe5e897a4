"""One exercise in full in the builder: opened from the list, from a row of the draft, or from a ladder."""

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, IconAction, Picture, Text, shown
from app.theme import Color, Size, Style
from app.therapist.builder_state import BuilderState
from app.therapist.parts.about import about
from app.therapist.parts.desk import DeskButton, Muted, act, column, flow, grow, lines, row
from app.therapist.parts.library_list import blocked
from hep.phrases import dose_text
from hep.records import Exercise


@ft.component
def LibraryPage(state: BuilderState, exercise: Exercise) -> ft.Control:
    """The exercise with what can be done with it here."""
    prescription = next((p for p in state.draft.prescriptions if p.exercise.id == exercise.id), None)
    back = IconAction(
        ft.Icons.ARROW_BACK, words.BACK_TO_LIBRARY, act(state.look_at, None), key="back-to-library", color=Color.ON
    )
    dose = f"{words.USUAL_DOSE}: {dose_text(exercise.dose, exercise.mode)}"
    side = prescription.side if prescription else None
    return Card(
        row(back, grow(Heading(exercise.name, Style.DESK_TITLE, 2)), spacing=4),
        *about(exercise, side, _rungs(state, exercise)),
        Muted(dose, Style.SMALL),
        *_actions(state, exercise, f"take-{exercise.id}"),
        padding=16,
        key=f"about-{exercise.id}",
    )


def _rungs(state: BuilderState, exercise: Exercise) -> list[ft.Control]:
    steps = [(words.EASIER, id_) for id_ in exercise.easier_ids] + [(words.HARDER, id_) for id_ in exercise.harder_ids]
    known = [(step, other) for step, id_ in steps if (other := state.known(id_)) is not None]
    return [_rung(state, step, other) for step, other in known]


def _rung(state: BuilderState, step: str, exercise: Exercise) -> ft.Control:
    look = IconAction(
        ft.Icons.INFO_OUTLINE,
        words.look_at(exercise.name),
        act(state.look_at, exercise.id, state.in_place_of),
        key=f"rung-{exercise.id}",
    )
    picture = Picture(shown(exercise), exercise.name, Size.THUMB_SMALL, Size.THUMB_SMALL)
    return column(
        row(picture, grow(lines(Text(exercise.name, Style.LABEL), Muted(step))), look),
        *_actions(state, exercise, f"rung-take-{exercise.id}"),
        spacing=4,
    )


def _actions(state: BuilderState, exercise: Exercise, key: str) -> list[ft.Control]:
    """Adding it, or putting it in the place of the row it was opened from; else why neither can be done."""
    if any(p.exercise.id == exercise.id for p in state.draft.prescriptions):
        return [Muted(words.ADDED_ALREADY)]
    block = blocked(exercise, state)
    if block:
        return [Text(f"{words.BLOCKED}: {block}", Style.DESK_SMALL, Color.ERROR)]
    buttons = [
        DeskButton(words.ADD_IT, act(state.add, exercise), key=f"{key}-add", name=words.add_exercise(exercise.name))
    ]
    if state.in_place_of is not None:
        instead = DeskButton(
            words.USE_INSTEAD, act(state.swap, exercise), key=f"{key}-swap", name=words.use_instead(exercise.name)
        )
        buttons.insert(0, instead)
    return [flow(*buttons)]
