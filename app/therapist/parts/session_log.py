"""What the patient logged, session by session, down to the set rows, with how it came to be recorded."""

from typing import Any

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, Text
from app.theme import Color, Radius, Style
from app.therapist.parts.desk import DeskButton, Muted, act, column, flow, grow, lines, row
from app.therapist.parts.tables import Table
from app.therapist.parts.when import day
from hep.views import ExerciseDone, PatientDetail, SessionView

FIRST = 5
_STATE_ICONS = {
    "done": ft.Icons.CHECK_CIRCLE,
    "partial": ft.Icons.INCOMPLETE_CIRCLE,
    "skipped": ft.Icons.REMOVE_CIRCLE_OUTLINE,
    "unknown": ft.Icons.HELP_OUTLINE,
    "not_logged": ft.Icons.RADIO_BUTTON_UNCHECKED,
}


@ft.component
def SessionLog(detail: PatientDetail) -> ft.Control:
    """The newest sessions, each opening to its rows."""
    opened, set_opened = ft.use_state("")
    everything, set_everything = ft.use_state(False)
    shown = detail.sessions if everything else detail.sessions[:FIRST]
    parts: list[ft.Control] = [Heading(words.RECENT, Style.TITLE, 2)]
    if not shown:
        parts.append(Muted(words.NOTHING_LOGGED, Style.SMALL))
    parts += [
        Session(session, session.session_id == opened, act(_toggle, set_opened, session.session_id))
        for session in shown
    ]
    if len(detail.sessions) > FIRST:
        label = words.SHOW_FEWER if everything else words.SHOW_MORE.format(count=len(detail.sessions))
        more = DeskButton(label, lambda: set_everything(lambda last: not last), key="all-sessions", kind="text")
        parts.append(flow(more))
    return Card(*parts, padding=18, spacing=8)


def _toggle(set_opened: Any, session_id: str) -> None:
    set_opened(lambda last: "" if last == session_id else session_id)


@ft.component
def Session(session: SessionView, opened: bool, toggle: Any) -> ft.Control:
    """One session: a line, and its exercises when open."""
    how = words.PROVENANCE.get(session.provenance or "", words.NOT_ENDED)
    by = f", {session.caregiver}" if session.caregiver else ""
    line = row(
        ft.Icon(_STATE_ICONS.get(session.state, ft.Icons.CIRCLE_OUTLINED), size=22, color=Color.PRIMARY),
        grow(
            lines(
                Text(f"{day(session.on)}, {words.STATE_WORDS.get(session.state, session.state).lower()}", Style.LABEL),
                Muted(f"{how}{by}, {words.pain_after(session.pain_after)}"),
            )
        ),
        ft.Icon(ft.Icons.EXPAND_LESS if opened else ft.Icons.EXPAND_MORE, size=24, color=Color.MUTED),
    )
    head = ft.Container(
        line, padding=8, border_radius=Radius.PILL, ink=True, on_click=toggle, key=f"session-{session.session_id}"
    )
    spoken = ft.MergeSemantics(content=ft.Semantics(expanded=opened, content=head))
    return column(spoken, *([_exercise(done) for done in session.exercises] if opened else []))


def _exercise(done: ExerciseDone) -> ft.Control:
    name = flow(Text(done.name, Style.SMALL_STRONG), Muted(done.planned_text))
    parts: list[ft.Control] = [name]
    if done.skip_reason:
        parts.append(Muted(f"{words.STATE_WORDS['skipped']}: {words.plain(done.skip_reason).lower()}"))
    if done.sets:
        rows = [
            (
                str(log.index),
                words.SIDES[log.side.value] if log.side else words.NOT_GIVEN,
                log.text + (f" ({words.CORRECTED})" if log.corrected else ""),
                words.NOT_GIVEN if log.pain is None else str(log.pain),
                words.NOT_GIVEN if log.effort is None else str(log.effort),
            )
            for log in done.sets
        ]
        parts.append(Table(words.SET_COLUMNS, rows))
    return ft.Container(column(*parts, spacing=4), padding=ft.Padding.only(left=40, bottom=8))
