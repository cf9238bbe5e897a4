"""The builder: library on the left, the draft on the right, each scrolling; publishing only when nothing is missing."""

import flet as ft

from app import strings_clinic as words
from app.parts import Heading, IconAction, Line
from app.theme import Color, Space, Style
from app.therapist.builder_state import BuilderState
from app.therapist.parts.builder_rows import DraftRow
from app.therapist.parts.checklist import Checklist, Meter, Reason
from app.therapist.parts.desk import DeskButton, Muted, act, column, flow, grow, keyed, lines, row
from app.therapist.parts.goals import Goals
from app.therapist.parts.library_list import LibraryList
from app.therapist.parts.library_page import LibraryPage
from app.therapist.parts.review import Published, Review, Stale
from app.therapist.parts.states import Trouble
from app.therapist.state import Desk

LEFT_WIDTH = 400


@ft.component
def BuilderScreen(desk: Desk, state: BuilderState, wide: bool) -> ft.Control:
    """Editing, looking it over, two versions side by side, or published."""
    parts: list[ft.Control] = [Trouble(state.problem)] if state.problem else []
    if state.published:
        back = DeskButton(words.INVITE_NEXT, desk.close_builder, key="done", kind="filled")
        parts += [Published(state.published), flow(back)]
    elif state.stale:
        parts.append(Stale(state, state.stale, wide))
    elif state.reviewing:
        parts.append(Review(state))
    elif wide:
        return column(_head(desk, state, wide), *parts, grow(Editing(state, wide)), spacing=Space.L, expand=True)
    else:
        parts.append(Editing(state, wide))
    scrolling = _scrolling(*parts, shows=state.looked_at)
    return column(_head(desk, state, wide), scrolling, spacing=Space.L, expand=True)


def _scrolling(*parts: ft.Control, shows: str | None = None) -> ft.Control:
    """What shows another exercise begins at its top."""
    return column(*parts, spacing=Space.L, scroll=ft.ScrollMode.AUTO, expand=True, key=f"scroll-{shows}")


@ft.component
def Editing(state: BuilderState, wide: bool) -> ft.Control:
    """The library and the draft."""
    gaps = state.gaps()
    draft = column(
        Meter(state),
        Goals(state),
        *(keyed(p.id, DraftRow, state, p, gaps) for p in state.draft.prescriptions),
        Reason(state, gaps),
        Checklist(state, gaps),
        spacing=10,
    )
    looked_at = state.known(state.looked_at)
    if wide:
        left = LibraryPage(state, looked_at) if looked_at else LibraryList(state)
        library = ft.Container(_scrolling(left, shows=state.looked_at), width=LEFT_WIDTH)
        return row(library, _scrolling(draft), spacing=Space.L, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
    if looked_at:
        return LibraryPage(state, looked_at)
    return column(draft, LibraryList(state), spacing=Space.L)


def _head(desk: Desk, state: BuilderState, wide: bool) -> ft.Control:
    profile = state.patient.profile
    number = state.next_version().version if state.published is None else state.published.version
    close = IconAction(ft.Icons.CLOSE, words.BUILDER_CLOSE, desk.close_builder, key="close-builder", color=Color.ON)
    kept = f" {words.DRAFT_KEPT}" if state.published is None else ""
    about = f"{profile.problem}. {words.at_home(profile.equipment)}.{kept}"
    who = lines(Heading(words.version_of(profile.name, number)), Muted(about, Style.SMALL))
    actions = [] if state.published or state.stale or state.reviewing else _publish(state)
    if wide:
        return row(close, grow(who), *actions)
    return column(
        row(close, grow(who), spacing=Space.XS, vertical_alignment=ft.CrossAxisAlignment.START), flow(*actions)
    )


def _publish(state: BuilderState) -> list[ft.Control]:
    """How much is missing, and the button; the words stay when nothing is, so that no line comes or goes."""
    count = len(state.gaps())
    icon, ink = (ft.Icons.ERROR_OUTLINE, Color.ERROR) if count else (ft.Icons.CHECK_CIRCLE_OUTLINE, Color.PRIMARY)
    said = Line(icon, words.missing(count), Style.LABEL, ink)
    said.tight = True
    said.controls[1].expand = False
    publish = DeskButton(
        words.PUBLISH,
        act(state.review),
        key="publish",
        kind="filled",
        icon=ft.Icons.SEND,
        disabled=bool(count) or not state.changed(),
    )
    return [said, publish]
