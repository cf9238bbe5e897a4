"""The cards about reminders on other screens: one hint, one question after days without an entry. Both come once."""

import flet as ft

from app.parts import AppButton, Card, Choice, Heading, Text
from app.patient.doing import Doing
from app.patient.views.reminders import HINT, asks_why, hints
from app.strings import words
from app.theme import Color, Space, Style
from hep.reminding.choices import YES


def hint(model: Doing) -> list[ft.Control]:
    """That there are reminders, after the first finished session."""
    if not hints(model.here):
        return []

    def look() -> None:
        model.set_choice(HINT, YES)
        model.go("/reminders")

    return [
        Card(
            Heading(words.hint_title, Style.SUB, 2),
            Text(words.hint_help, Style.SMALL, Color.MUTED),
            AppButton(words.hint_look, lambda _: look(), key="hint-look", kind="tonal", size="normal"),
            AppButton(
                words.not_now, lambda _: model.set_choice(HINT, YES), key="hint-close", kind="text", size="normal"
            ),
        )
    ]


def why(model: Doing) -> list[ft.Control]:
    """What got in the way, after four days without an entry; the answer is a message to the clinic."""
    days = asks_why(model.here)
    if not days:
        return []
    tiles = [
        Choice(
            Text(label, Style.SMALL_STRONG, text_align=ft.TextAlign.CENTER),
            lambda _, reason=reason: model.say_why(days, reason),
            key=f"why-{reason.value}",
            chosen=False,
            pad=14,
        )
        for reason, label in words.skip_reasons.items()
    ]
    per_row = 1 if model.look.big else 2
    rows = [ft.Row(tiles[n : n + per_row], spacing=Space.S) for n in range(0, len(tiles), per_row)]
    return [
        Card(
            Heading(words.barrier_title, Style.SUB, 2),
            Text(words.barrier_help, Style.SMALL, Color.MUTED),
            *rows,
            AppButton(
                words.barrier_close, lambda _: model.say_why(days, None), key="why-close", kind="text", size="normal"
            ),
        )
    ]
