"""The states every screen shares: loading, failed, and the banner over something that is no longer fresh."""

from collections.abc import Callable
from typing import Any

import flet as ft

from app import strings_clinic as words
from app.api import ApiError, Offline
from app.parts import Card, Notice, Text
from app.theme import Color, Radius, Size, Space, Style
from app.therapist.parts.desk import DeskButton, Muted, column, flow, lines


def Skeleton(rows: int) -> ft.Control:
    """Gray bars where rows will be, named once for a screen reader."""
    bars = [ft.Container(height=Size.TARGET, border_radius=Radius.CHIP, bgcolor=Color.LOW) for _ in range(rows)]
    return ft.Semantics(label=words.LOADING, live_region=True, content=Card(*bars, Muted(words.LOADING)))


def Failed(problem: ApiError, again: Callable[..., Any]) -> ft.Control:
    """Nothing could be shown: what happened, and trying again."""
    return Card(Trouble(problem), flow(DeskButton(words.TRY_AGAIN, again, key="again", icon=ft.Icons.REFRESH)))


def Trouble(problem: ApiError) -> ft.Control:
    """A refusal in words. Being offline is a caution, not an error."""
    if isinstance(problem, Offline):
        return Notice(problem.sentence, "caution", ft.Icons.CLOUD_OFF)
    return Notice(problem.sentence, "error")


def Banner(problem: ApiError, again: Callable[..., Any]) -> ft.Control:
    """What is below is the last that came; a newer one did not."""
    kind, icon = ("caution", ft.Icons.CLOUD_OFF) if isinstance(problem, Offline) else ("error", ft.Icons.ERROR_OUTLINE)
    button = flow(DeskButton(words.RELOAD, again, key="reload", kind="outline", icon=ft.Icons.REFRESH))
    return Notice(problem.sentence, kind, icon, detail=words.LAST_KNOWN, action=button)


def Empty(title: str, help_text: str, icon: ft.IconData, *actions: ft.Control) -> ft.Control:
    """What will appear here, and the first step."""
    return Card(
        column(
            ft.Icon(icon, size=40, color=Color.PRIMARY),
            lines(Text(title, Style.TITLE), Muted(help_text, Style.SMALL), spacing=Space.XS),
            flow(*actions),
            spacing=Space.M,
            horizontal_alignment=ft.CrossAxisAlignment.START,
        )
    )
