"""What things stand on: cards, notices, pills, and the page they lie in."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from app.parts.text import Text
from app.theme import Color, Radius, Size, Space, Style

_NOTICE: dict[str, tuple[str, str, ft.IconData]] = {
    "caution": (Color.CAUTION_CONTAINER, Color.ON_CAUTION_CONTAINER, ft.Icons.WARNING_AMBER_OUTLINED),
    "error": (Color.ERROR_CONTAINER, Color.ON_ERROR_CONTAINER, ft.Icons.ERROR_OUTLINE),
    "info": (Color.BLUE_CONTAINER, Color.ON_BLUE_CONTAINER, ft.Icons.INFO_OUTLINE),
    "good": (Color.PRIMARY_CONTAINER, Color.ON_PRIMARY_CONTAINER, ft.Icons.CHECK_CIRCLE_OUTLINE),
}


def Card(
    *content: ft.Control, padding: int = Space.L, spacing: int = Space.M, border: str = Color.HAIRLINE, **more: Any
) -> ft.Container:
    """A card holding a column of controls, as wide as its place."""
    return ft.Container(
        content=ft.Column(list(content), spacing=spacing, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=padding,
        border_radius=Radius.CARD,
        bgcolor=Color.CARD,
        border=ft.Border.all(1, border),
        shadow=ft.BoxShadow(
            blur_radius=20, offset=ft.Offset(0, 6), color=ft.Colors.with_opacity(0.08, ft.Colors.SHADOW)
        ),
        **more,
    )


def TapCard(content: ft.Control, on_click: Callable[..., Any], key: str, padding: int = Space.M) -> ft.Container:
    """A card that is one big button; its texts are its name."""
    return ft.Container(
        content=content,
        key=key,
        padding=padding,
        border_radius=Radius.CARD,
        bgcolor=Color.CARD,
        border=ft.Border.all(1, Color.HAIRLINE),
        ink=True,
        on_click=on_click,
    )


def Notice(
    sentence: str,
    kind: str = "caution",
    icon: ft.IconData | None = None,
    detail: str = "",
    action: ft.Control | None = None,
    key: str | None = None,
) -> ft.Semantics:
    """An icon and a sentence that a screen reader announces. Kinds: caution, error, info, good."""
    ground, ink, usual = _NOTICE[kind]
    words: list[ft.Control] = [Text(sentence, Style.SMALL_STRONG, ink)]
    if detail:
        words.append(Text(detail, Style.SMALL, ink))
    if action is not None:
        words.append(action)
    body = ft.Row(
        [ft.Icon(icon or usual, size=Size.ICON, color=ink), ft.Column(words, spacing=Space.XS, expand=True)],
        spacing=Space.M,
    )
    return ft.Semantics(
        key=key,
        container=True,
        live_region=True,
        content=ft.Container(body, bgcolor=ground, border_radius=Radius.CHIP, padding=Space.M),
    )


def Pill(
    label: str,
    icon: ft.IconData | None = None,
    ground: str = Color.CONTAINER,
    ink: str = Color.ON,
    style: Style = Style.SMALL_STRONG,
) -> ft.Container:
    """A short fact in a rounded box; not tappable."""
    parts: list[ft.Control] = [ft.Icon(icon, size=18, color=ink)] if icon is not None else []
    return ft.Container(
        content=ft.Row([*parts, Text(label, style, ink)], spacing=6, tight=True),
        bgcolor=ground,
        border_radius=Radius.PILL,
        padding=ft.Padding.symmetric(vertical=6, horizontal=Space.M),
    )


def IconTile(
    icon: ft.IconData, ground: str = Color.PRIMARY_CONTAINER, ink: str = Color.ON_PRIMARY_CONTAINER
) -> ft.Container:
    """A tinted square with an icon, decoration at the start of a row."""
    return ft.Container(
        ft.Icon(icon, size=Size.ICON, color=ink),
        bgcolor=ground,
        border_radius=Radius.CHIP,
        width=Size.TARGET,
        height=Size.TARGET,
        alignment=ft.Alignment.CENTER,
    )


def Line(icon: ft.IconData, sentence: str, style: Style = Style.SMALL, ink: str = Color.MUTED) -> ft.Row:
    """An icon and a sentence that may wrap."""
    return ft.Row(
        [ft.Icon(icon, color=ink), ft.Container(Text(sentence, style, ink), expand=True)],
        spacing=10,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def Page(
    body: Sequence[ft.Control],
    *,
    head: ft.Control | None = None,
    bottom: ft.Control | None = None,
    bar: ft.Control | None = None,
    width: int | None = None,
    spacing: int = Space.L,
    key: str = "page",
) -> ft.SafeArea:
    """A screen: fixed head, scrolling body, fixed bottom, navigation bar. `width` centers a column of that width."""
    column = ft.Column(list(body), spacing=spacing, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    inside = ft.Padding.only(left=Space.PAGE, right=Space.PAGE, top=Space.M, bottom=Space.XXL)
    rows: list[ft.Control] = []
    if head is not None:
        rows.append(_centered(ft.Container(head, padding=ft.Padding.only(left=8, right=12, top=8, bottom=4)), width))
    rows.append(
        ft.Column(
            [_centered(ft.Container(column, padding=inside), width)],
            key=f"{key}-scroll",
            expand=True,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    )
    if bottom is not None:
        foot = ft.Padding.only(left=Space.PAGE, right=Space.PAGE, top=Space.M, bottom=Space.L)
        rows.append(_centered(ft.Container(bottom, padding=foot), width))
    if bar is not None:
        rows.append(bar)
    return ft.SafeArea(
        key=f"page-{key}",
        expand=True,
        content=ft.Column(rows, spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
    )


def _centered(box: ft.Container, width: int | None) -> ft.Control:
    if width is None:
        return box
    box.width = width
    return ft.Row([box], alignment=ft.MainAxisAlignment.CENTER)
