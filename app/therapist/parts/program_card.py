"""The program as a version has it: exercises in sentences, what they are for, who has seen it, what it changed."""

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, IconAction, Line, Picture, Text, shown
from app.parts.hooks import use_value
from app.theme import Color, Size, Space, Style
from app.therapist.parts.about import about
from app.therapist.parts.desk import (
    Arrow,
    DeskButton,
    Muted,
    Option,
    Picker,
    Rule,
    Tag,
    Tone,
    act,
    column,
    flow,
    grow,
    keyed,
    lines,
    row,
)
from app.therapist.parts.when import day, moment
from app.therapist.patient_state import PatientState
from app.therapist.state import Desk
from hep.phrases import schedule_text, under_name_text
from hep.records import Prescription
from hep.views import ChangeView, PatientDetail, VersionView

_ICONS = {
    "added": ft.Icons.ADD_CIRCLE_OUTLINE,
    "removed": ft.Icons.REMOVE_CIRCLE_OUTLINE,
    "changed": ft.Icons.EDIT_OUTLINED,
}


@ft.component
def ProgramCard(desk: Desk, state: PatientState, detail: PatientDetail) -> ft.Control:
    """The version looked at, or the way to a first one."""
    shown = state.shown()
    if shown is None:
        build = DeskButton(words.BUILD_PROGRAM, act(desk.open_builder, detail), key="build", kind="tonal")
        return Card(Heading(words.NO_PROGRAM_YET, Style.TITLE, 2), Muted(words.NO_PROGRAM_HELP), flow(build))
    marks = {change.prescription_id: change.kind for change in shown.changes}
    goals = {goal.id: goal.text for goal in shown.version.goals}
    return Card(
        _head(state, detail, shown),
        _seen(desk, shown),
        *(keyed(p.id, Prescribed, p, marks.get(p.id), goals.get(p.goal_id or "")) for p in shown.version.prescriptions),
        Rule(),
        _difference(shown),
        padding=18,
    )


def _head(state: PatientState, detail: PatientDetail, shown: VersionView) -> ft.Control:
    options = [
        Option(str(v.version.version), f"{words.VERSION} {v.version.version}, {day(v.version.effective_on)}")
        for v in detail.versions
    ]
    picker = Picker(
        words.VERSION,
        options,
        str(shown.version.version),
        lambda chosen: state.look_at(int(chosen)),
        key="version",
        empty="",
        icon=ft.Icons.HISTORY,
    )
    return flow(Heading(words.PROGRAM, Style.TITLE, 2), picker, alignment=ft.MainAxisAlignment.SPACE_BETWEEN)


def _seen(desk: Desk, shown: VersionView) -> ft.Control:
    since = Muted(words.in_force(day(shown.version.effective_on)))
    if shown.acknowledged_at is None:
        return flow(since, Tag(words.NOT_OPENED_YET, Tone.CAUTION, ft.Icons.MARK_EMAIL_UNREAD_OUTLINED))
    at = moment(shown.acknowledged_at, desk.now(), desk.zone)
    return flow(since, Tag(words.acknowledged(at), Tone.GOOD, ft.Icons.DONE))


@ft.component
def Prescribed(prescription: Prescription, mark: str | None, goal: str | None) -> ft.Control:
    """One exercise as it is prescribed, and in full when asked for."""
    opened, set_opened = use_value(False)
    exercise = prescription.exercise
    name = [Text(exercise.name, Style.LABEL)]
    tags = [Tag(words.ADDED if mark == "added" else words.CHANGED, Tone.GOOD)] if mark else []
    if prescription.minimum_set:
        tags.append(Tag(words.IN_SHORT, icon=ft.Icons.STAR))
    dose, often = words.capital(under_name_text(prescription)), words.capital(schedule_text(prescription.schedule))
    said = [Text(dose, Style.SMALL), Muted(often)]
    if goal:
        said.append(Muted(words.goal(goal)))
    if prescription.note:
        said.append(Muted(prescription.note))
    look = IconAction(
        ft.Icons.EXPAND_LESS if opened else ft.Icons.INFO_OUTLINE,
        words.look_at(exercise.name),
        act(set_opened, not opened),
        key=f"look-at-{prescription.id}",
    )
    head = row(
        Picture(shown(exercise, prescription.side), exercise.name, Size.THUMB_SMALL, Size.THUMB_SMALL),
        grow(lines(flow(*name, *tags), *said)),
        look,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    return column(head, *(about(exercise, prescription.side) if opened else ()), spacing=Space.M)


def _difference(shown: VersionView) -> ft.Control:
    version = shown.version
    return column(
        Heading(words.changed_from(version.version), Style.LABEL, 3),
        *(ChangeLine(change) for change in shown.changes),
        Muted(words.reason_by(version.reason, version.author_name)),
        spacing=Space.S,
    )


def ChangeLine(change: ChangeView) -> ft.Control:
    """One change: its icon, the name, and before and after with an arrow drawn between them."""
    if change.kind == "changed":
        said: ft.Control = flow(Text(change.name), Arrow(change.before, change.after), spacing=Space.S)
        return row(ft.Icon(_ICONS["changed"], size=20, color=Color.PRIMARY), grow(said), spacing=10)
    word = words.CHANGE_ICON_WORDS[change.kind]
    ink = Color.PRIMARY if change.kind == "added" else Color.CLAY
    return Line(_ICONS[change.kind], f"{change.name} {word}", Style.SMALL, ink)
