"""The last look before publishing: what changes and the exact sentences; or both sides when someone was faster."""

from collections.abc import Sequence

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, Line, Notice, Text
from app.theme import Color, Style
from app.therapist.builder_state import BuilderState
from app.therapist.parts.desk import Arrow, DeskButton, Muted, column, flow, grow, lines, row
from hep.phrases import schedule_text, sentence
from hep.prescribing import Change, ChangeKind
from hep.records import Goal, Prescription, ProgramVersion

_ICONS = {
    ChangeKind.ADDED: (ft.Icons.ADD_CIRCLE_OUTLINE, Color.PRIMARY),
    ChangeKind.REMOVED: (ft.Icons.REMOVE_CIRCLE_OUTLINE, Color.CLAY),
    ChangeKind.CHANGED: (ft.Icons.EDIT_OUTLINED, Color.PRIMARY),
}


@ft.component
def Review(state: BuilderState) -> ft.Control:
    """What publishing would change, and the program as sentences."""
    version = state.next_version()
    publish = DeskButton(
        words.PUBLISHING if state.publishing else words.PUBLISH_VERSION.format(version=version.version),
        state.publish,
        key="publish-now",
        kind="filled",
        icon=ft.Icons.SEND,
        disabled=state.publishing or bool(state.gaps()),
    )
    back = DeskButton(words.BACK_TO_EDIT, state.back_to_edit, key="back-to-edit", kind="outline")
    return column(
        Card(
            Heading(words.WHAT_CHANGES, Style.DESK_TITLE, 2),
            *Changes(state.changes()),
            Muted(words.reason_by(version.reason, ""), Style.SMALL),
            padding=18,
        ),
        Card(
            Heading(words.WHOLE_PROGRAM, Style.DESK_TITLE, 2),
            *_sentences(version.prescriptions, version.goals),
            padding=18,
        ),
        flow(publish, back),
        spacing=16,
    )


def Changes(changes: Sequence[Change]) -> list[ft.Control]:
    """One line a change, an arrow drawn between before and after."""
    if not changes:
        return [Muted(words.NO_CHANGES, Style.SMALL)]
    return [_change(change) for change in changes]


def _change(change: Change) -> ft.Control:
    icon, ink = _ICONS[change.kind]
    if change.kind is ChangeKind.CHANGED:
        said: ft.Control = lines(
            Text(change.name, Style.SMALL_STRONG), Arrow(change.before or "", change.after or "", Style.SMALL)
        )
    else:
        word = words.CHANGE_ICON_WORDS[change.kind.value]
        said = lines(
            Text(f"{change.name} {word}", Style.SMALL_STRONG), Muted(change.after or change.before or "", Style.SMALL)
        )
    return row(ft.Icon(icon, size=20, color=ink), grow(said), vertical_alignment=ft.CrossAxisAlignment.START)


def _sentences(prescriptions: Sequence[Prescription], goals: Sequence[Goal]) -> list[ft.Control]:
    texts = {goal.id: goal.text for goal in goals}
    return [
        lines(
            Text(words.capital(sentence(p)), Style.SMALL_STRONG),
            Muted(f"{words.capital(schedule_text(p.schedule))}. {words.goal(texts.get(p.goal_id or '', ''))}"),
        )
        for p in prescriptions
    ]


@ft.component
def Stale(state: BuilderState, theirs: ProgramVersion, wide: bool) -> ft.Control:
    """Both sides against the version this draft began from, and the choice between them."""
    left = Card(
        Heading(words.THEIRS.format(author=theirs.author_name), Style.DESK_TITLE, 2),
        *Changes(state.their_changes()),
        Muted(words.reason_by(theirs.reason, ""), Style.SMALL),
        *_sentences(theirs.prescriptions, theirs.goals),
        padding=18,
    )
    right = Card(
        Heading(words.YOURS, Style.DESK_TITLE, 2),
        *Changes(state.changes()),
        Muted(words.reason_by(state.draft.reason, ""), Style.SMALL),
        *_sentences(state.draft.prescriptions, state.draft.goals),
        padding=18,
    )
    both = (
        row(grow(left), grow(right), vertical_alignment=ft.CrossAxisAlignment.START)
        if wide
        else column(left, right, spacing=16)
    )
    return column(
        Notice(words.STALE_TITLE.format(version=theirs.version), "caution", detail=words.STALE_HELP, key="stale"),
        both,
        flow(
            DeskButton(words.TAKE_MINE, state.take_mine, key="take-mine", kind="outline"),
            DeskButton(words.TAKE_THEIRS, state.take_theirs, key="take-theirs", kind="text"),
        ),
        spacing=16,
    )


def Published(version: ProgramVersion) -> ft.Control:
    """It is done, and what happens next."""
    return Card(
        Heading(words.PUBLISHED.format(version=version.version), Style.TITLE, 2),
        Line(ft.Icons.CHECK_CIRCLE_OUTLINE, words.PUBLISHED_HELP, Style.SMALL, Color.PRIMARY),
        padding=18,
    )
