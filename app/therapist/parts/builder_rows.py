"""One exercise of the draft: dose, side, goal, what is wrong with it, and its details when open."""

from collections.abc import Sequence
from functools import partial

import flet as ft

from app import strings_clinic as words
from app.parts import Card, IconAction, Line, Picture, Text, shown
from app.parts.hooks import use_latest
from app.theme import Color, LookContext, Size, Space, Style
from app.therapist import draft as edit
from app.therapist.builder_state import BuilderState
from app.therapist.parts.builder_details import Details
from app.therapist.parts.desk import (
    Chip,
    DeskButton,
    Field,
    Muted,
    Option,
    Picker,
    act,
    column,
    flow,
    grow,
    keyed,
    lines,
    row,
)
from app.therapist.parts.stepper import dose_steppers
from hep.precautions import open_findings
from hep.prescribing import PRECAUTION, Gap, schedule_text, session_minutes
from hep.records import Laterality, Prescription, Severity, Side

_GOAL, _GOAL_WIDE = 260, 410
"""Widths of the goal picker in logical pixels; a goal of a daily activity takes about 50 letters."""


@ft.component
def DraftRow(state: BuilderState, prescription: Prescription, gaps: Sequence[Gap]) -> ft.Control:
    """The row; gaps stand in words beside what they concern."""
    mine = [gap for gap in gaps if gap.prescription_id == prescription.id]
    codes = {gap.code for gap in mine}
    step = partial(state.apply, edit.step_dose, prescription.id)
    opened = state.open == prescription.id
    wide = ft.use_context(LookContext).wide
    parts: list[ft.Control] = [
        _head(state, prescription, wide),
        flow(*dose_steppers(prescription.dose, prescription.exercise, step, key=f"dose-{prescription.id}")),
        flow(
            *_side(state, prescription, "side_missing" in codes),
            _goal(state, prescription, "goal_missing" in codes, wide),
            spacing=Space.M,
        ),
        *(_gap(gap) for gap in mine if gap.code != PRECAUTION),
        *_precautions(state, prescription),
    ]
    if opened:
        parts.append(Details(state, prescription))
    return Card(*parts, padding=14, spacing=10, key=prescription.id)


def _head(state: BuilderState, prescription: Prescription, wide: bool) -> ft.Control:
    exercise, short = prescription.exercise, prescription.minimum_set
    about = f"{words.about_minutes(session_minutes((prescription,)))}, {schedule_text(prescription.schedule)}"
    star = IconAction(
        ft.Icons.STAR if short else ft.Icons.STAR_BORDER,
        f"{words.SHORT_VERSION}: {exercise.name}",
        act(state.apply, edit.flip, prescription.id, "minimum_set"),
        key=f"short-{prescription.id}",
        color=Color.PRIMARY if short else Color.MUTED,
    )
    up = IconAction(
        ft.Icons.ARROW_UPWARD,
        f"{words.MOVE_UP}: {exercise.name}",
        act(state.apply, edit.move_up, prescription.id),
        key=f"up-{prescription.id}",
    )
    look = IconAction(
        ft.Icons.INFO_OUTLINE,
        words.look_at(exercise.name),
        act(state.look_at, exercise.id, prescription.id),
        key=f"look-at-{prescription.id}",
    )
    details = IconAction(
        ft.Icons.EXPAND_LESS if state.open == prescription.id else ft.Icons.TUNE,
        f"{words.DETAILS}: {exercise.name}",
        act(state.unfold, prescription.id),
        key=f"details-{prescription.id}",
    )
    remove = IconAction(
        ft.Icons.DELETE_OUTLINE,
        f"{words.REMOVE}: {exercise.name}",
        act(state.apply, edit.remove, prescription.id),
        key=f"remove-{prescription.id}",
    )
    said = lines(Text(exercise.name, Style.LABEL), Muted(f"{about}, {words.IN_SHORT}" if short else about))
    actions = row(look, star, up, details, remove, spacing=Space.S, tight=True)
    picture = Picture(shown(exercise, prescription.side), exercise.name, Size.TARGET, Size.TARGET)
    if wide:
        return row(picture, grow(said), actions, spacing=Space.S)
    return column(row(picture, grow(said), spacing=Space.S), actions, spacing=Space.XS)


def _side(state: BuilderState, prescription: Prescription, missing: bool) -> list[ft.Control]:
    if prescription.exercise.laterality is not Laterality.UNILATERAL:
        return []
    chips = [
        Chip(
            words.SIDES[side.value],
            prescription.side is side,
            act(state.apply, edit.change, prescription.id, side=side),
            key=f"side-{side.value}-{prescription.id}",
            name=f"{words.SIDE} {words.SIDES[side.value].lower()}: {prescription.exercise.name}",
        )
        for side in Side
    ]
    label = Text(words.SIDE, Style.SMALL_STRONG, Color.ERROR if missing else Color.MUTED)
    frame = ft.Container(
        row(*chips, spacing=4, tight=True),
        border=ft.Border.all(2, Color.ERROR) if missing else None,
        border_radius=18,
        padding=2,
        key=f"sides-{prescription.id}",
    )
    return [row(label, frame, spacing=Space.S, tight=True)]


def _goal(state: BuilderState, prescription: Prescription, missing: bool, wide: bool) -> ft.Control:
    options = [Option(goal.id, goal.text) for goal in state.draft.goals]
    picker = Picker(
        words.GOAL,
        options,
        prescription.goal_id,
        lambda goal_id: state.apply(edit.change, prescription.id, goal_id=goal_id),
        key=f"goal-{prescription.id}",
        empty=words.CHOOSE_GOAL,
        missing=missing,
        width=_GOAL_WIDE if wide else _GOAL,
    )
    label = Text(words.GOAL, Style.SMALL_STRONG, Color.ERROR if missing else Color.MUTED)
    return row(label, picker, spacing=Space.S, tight=True)


def _gap(gap: Gap) -> ft.Control:
    return Line(ft.Icons.ERROR_OUTLINE, gap.sentence, Style.SMALL_STRONG, Color.ERROR)


def _precautions(state: BuilderState, prescription: Prescription) -> list[ft.Control]:
    found = open_findings(prescription, state.patient.profile.flags)
    return [
        keyed(finding.flag, Precaution, state, prescription.id, finding.flag, finding.text)
        for finding in found
        if finding.severity is Severity.WARN
    ]


@ft.component
def Precaution(state: BuilderState, prescription_id: str, flag: str, said: str) -> ft.Control:
    """A warning, and accepting it for this patient in writing."""
    reason, tried = use_latest(""), use_latest(False)

    def accept() -> None:
        tried.put(True)
        if reason.value.strip():
            state.apply(edit.accept_warning, prescription_id, flag, reason.value.strip())

    key = f"{prescription_id}-{flag}"
    missing = words.REASON_NEEDED if tried.value and not reason.value.strip() else None
    return column(
        Line(ft.Icons.WARNING_AMBER_ROUNDED, said, Style.SMALL_STRONG, Color.CAUTION),
        flow(
            Field(words.ACCEPT_WARNING, reason.value, reason.put, key=f"why-{key}", width=360, error=missing),
            DeskButton(words.ACCEPT_WARNING_DO, accept, key=f"accept-{key}", kind="tonal"),
        ),
    )
