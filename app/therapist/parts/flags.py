"""Flags: what should be looked at, with its evidence. Clearing one needs a note, because it may unlock exercises."""

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, Text
from app.parts.hooks import use_latest
from app.theme import Style
from app.therapist.parts.desk import DeskButton, Field, IconBox, Muted, Tone, column, flow, grow, keyed, lines, row
from app.therapist.parts.when import moment
from app.therapist.patient_state import PatientState
from app.therapist.state import Desk
from hep.views import FlagView, PatientDetail


@ft.component
def Flags(desk: Desk, state: PatientState, detail: PatientDetail) -> ft.Control:
    """Open flags, locking ones first; nothing at all when there are none."""
    waiting = [flag for flag in detail.flags if flag.cleared_at is None]
    if not waiting:
        return ft.Container(visible=False)
    waiting.sort(key=lambda flag: not flag.locks)
    return Card(
        Heading(words.FLAGS, Style.TITLE, 2), *(keyed(flag.id, Flag, desk, state, flag) for flag in waiting), padding=18
    )


@ft.component
def Flag(desk: Desk, state: PatientState, flag: FlagView) -> ft.Control:
    """One flag with its evidence, and clearing it."""
    opened, set_opened = ft.use_state(False)
    note, tried = use_latest(""), use_latest(False)

    async def clear() -> None:
        tried.put(True)
        if note.value.strip() and not state.acting:
            await state.clear_flag(flag.id, note.value.strip())

    icon = IconBox(ft.Icons.LOCK_OUTLINE, Tone.ERROR) if flag.locks else IconBox(ft.Icons.FLAG_OUTLINED, Tone.CAUTION)
    said = [Text(flag.text, Style.LABEL), Muted(flag.detail), Muted(moment(flag.raised_at, desk.now(), desk.zone))]
    if flag.locks:
        said.append(Text(words.LOCKED, Style.SMALL_STRONG))
    open_button = DeskButton(
        words.CLEAR,
        lambda: set_opened(True),
        key=f"clear-{flag.id}",
        kind="outline",
        name=f"{words.CLEAR}: {flag.text}",
    )
    head = row(icon, grow(lines(*said)), *([] if opened else [open_button]))
    if not opened:
        return head
    field = Field(
        words.CLEAR_NOTE,
        note.value,
        note.put,
        key="clear-note",
        error=words.REASON_NEEDED if tried.value and not note.value.strip() else None,
    )
    send = DeskButton(
        words.CLEAR_DO if flag.locks else words.CLEAR, clear, key="send-clear", kind="tonal", disabled=state.acting
    )
    cancel = DeskButton(words.CANCEL, lambda: set_opened(False), key="cancel-clear", kind="text")
    return column(head, field, flow(send, cancel))
