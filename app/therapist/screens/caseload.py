"""The caseload: who needs the therapist today, and why, in words before pictures."""

from collections.abc import Sequence

import flet as ft

from app import strings_clinic as words
from app.parts import Heading, Line, Text
from app.theme import Color, Radius, Space, Style
from app.therapist.caseload_state import GROUPS, CaseloadState, Show
from app.therapist.parts.desk import Chip, DeskButton, Field, Muted, act, column, flow, grow, row
from app.therapist.parts.rows import PatientLine, cell
from app.therapist.parts.states import Banner, Empty, Failed, Skeleton
from app.therapist.parts.strip import legend_mark
from app.therapist.state import Desk
from hep.views import CaseloadRow


@ft.component
def CaseloadScreen(desk: Desk, wide: bool) -> ft.Control:
    """The whole screen in its four states."""
    state = desk.caseload
    return column(Head(desk, state, wide), Body(desk, state, wide), spacing=14)


@ft.component
def Head(desk: Desk, state: CaseloadState, wide: bool) -> ft.Control:
    """How many, the search, and adding a patient."""
    title = column(Heading(words.CASELOAD), spacing=2)
    if state.list.value:
        title.controls.append(Muted(words.counts(state.count(Show.ALL), state.needing_today()), Style.SMALL))
    find = Field(
        words.FIND_PATIENT,
        state.words,
        state.search,
        key="find",
        prefix_icon=ft.Icons.SEARCH,
        width=260 if wide else None,
    )
    add = DeskButton(
        words.ADD_PATIENT, desk.open_add_patient, key="add-patient", kind="filled", icon=ft.Icons.PERSON_ADD_ALT
    )
    if wide:
        return row(grow(title), find, add)
    return column(title, find, flow(add), spacing=Space.M)


@ft.component
def Body(desk: Desk, state: CaseloadState, wide: bool) -> ft.Control:
    """Loading, failed, empty, or the list."""
    problem = state.list.problem
    if state.list.value is None:
        return Failed(problem, state.load) if problem else Skeleton(6)
    if not state.list.value.rows:
        return Empty(words.NO_PATIENTS, words.NO_PATIENTS_HELP, ft.Icons.GROUPS_OUTLINED)
    parts: list[ft.Control] = [Banner(problem, state.load)] if problem else []
    return column(
        *parts,
        Filters(state),
        Groups(desk, state, wide),
        Line(ft.Icons.FUNCTIONS, state.list.value.order_text, Style.DESK_SMALL),
        spacing=14,
    )


@ft.component
def Filters(state: CaseloadState) -> ft.Control:
    """The three filters with their counts, and the legend of the strips."""
    chips = [
        Chip(
            f"{words.SHOW[show]} {state.count(show)}",
            state.show is show,
            act(state.choose, show),
            key=f"show-{show}",
        )
        for show in Show
    ]
    legend = [row(legend_mark(kind), Muted(said), spacing=5, tight=True) for kind, said in words.LEGEND.items()]
    return flow(flow(*chips), flow(*legend, spacing=14), alignment=ft.MainAxisAlignment.SPACE_BETWEEN, spacing=Space.M)


@ft.component
def Groups(desk: Desk, state: CaseloadState, wide: bool) -> ft.Control:
    """Today and this week open, on track closed until asked for."""
    if state.nothing_found():
        return Empty(
            words.NOTHING_FOUND,
            "",
            ft.Icons.SEARCH_OFF,
            DeskButton(words.SHOW_ALL, state.clear, key="show-everyone"),
        )
    urgent = [Group(desk, state, group, wide) for group in GROUPS[:2] if state.rows(group)]
    head: list[ft.Control] = [_column_heads()] if wide and urgent else []
    return ft.Container(
        column(*head, *urgent, OnTrack(desk, state, wide), spacing=0),
        bgcolor=Color.CARD,
        border_radius=Radius.CARD,
        border=ft.Border.all(1, Color.HAIRLINE),
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )


def _column_heads() -> ft.Control:
    heads = (cell(Text(title, Style.DESK_SMALL_STRONG, Color.MUTED), n) for n, title in enumerate(words.COLUMNS))
    return ft.Container(row(*heads, spacing=10), padding=ft.Padding.only(left=16, right=12, top=10, bottom=8))


@ft.component
def Group(desk: Desk, state: CaseloadState, group: str, wide: bool) -> ft.Control:
    """One group: its heading with the count, and its patients."""
    rows = state.rows(group)
    head = ft.Container(
        row(Heading(words.GROUP[group], Style.LABEL, 2), Muted(str(len(rows))), spacing=8),
        bgcolor=Color.LOW,
        padding=ft.Padding.symmetric(horizontal=16, vertical=8),
    )
    return column(head, *_lines(desk, rows, wide), spacing=0)


@ft.component
def OnTrack(desk: Desk, state: CaseloadState, wide: bool) -> ft.Control:
    """The group that needs nothing: one line, and its patients when asked for."""
    rows = state.rows(GROUPS[2])
    opened = state.on_track_open
    line = row(
        ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE, size=20, color=Color.PRIMARY),
        grow(flow(Text(words.on_track(len(rows)), Style.LABEL), Muted(words.ON_TRACK_HINT))),
        ft.Icon(ft.Icons.EXPAND_LESS if opened else ft.Icons.EXPAND_MORE, size=24, color=Color.MUTED),
        spacing=10,
    )
    head = ft.Container(
        line,
        padding=ft.Padding.symmetric(horizontal=16, vertical=12),
        ink=True,
        on_click=state.fold_on_track,
        key="on-track",
    )
    spoken = ft.MergeSemantics(content=ft.Semantics(expanded=opened, content=head))
    return column(spoken, *(_lines(desk, rows, wide) if opened else ()), spacing=0)


def _lines(desk: Desk, rows: Sequence[CaseloadRow], wide: bool) -> list[ft.Control]:
    now = desk.now()
    return [PatientLine(patient, wide, now, desk.zone, desk.open_patient, key=patient.patient_id) for patient in rows]
