"""What can be tapped: named, focusable, at least 48 px, one filled button a screen."""

from collections.abc import Callable
from typing import Any

import flet as ft

from app.parts.surfaces import TapCard
from app.parts.text import Text
from app.theme import Color, Radius, Size, Space, Style

Handler = Callable[..., Any] | None

_KINDS: dict[str, tuple[str, str, str | None]] = {
    "filled": (Color.PRIMARY, Color.ON_PRIMARY, None),
    "tonal": (Color.PRIMARY_CONTAINER, Color.ON_PRIMARY_CONTAINER, None),
    "outline": (Color.CLEAR, Color.PRIMARY, Color.OUTLINE),
    "text": (Color.CLEAR, Color.PRIMARY, None),
    "plain": (Color.CONTAINER, Color.ON, None),
    "stop": (Color.ERROR_CONTAINER, Color.ON_ERROR_CONTAINER, Color.ERROR),
    "danger": (Color.ERROR, Color.ON_ERROR, None),
    "hero": (Color.HERO_BUTTON, Color.ON_HERO_BUTTON, None),
    "hero_text": (Color.CLEAR, Color.ON_HERO, None),
}
_SIZES: dict[str, tuple[Style, int, int]] = {
    "primary": (Style.SUB, (Size.PRIMARY - 24) // 2, Radius.BUTTON),
    "emergency": (Style.SUB, (Size.EMERGENCY - 24) // 2, Radius.BUTTON),
    "normal": (Style.LABEL, (Size.TARGET - 20) // 2, Radius.CHIP),
    "desk": (Style.SMALL_STRONG, (Size.TARGET - 20) // 2, Radius.CHIP),
}


def AppButton(
    label: str,
    on_click: Handler = None,
    *,
    key: str,
    kind: str = "filled",
    size: str = "primary",
    icon: ft.IconData | None = None,
    icon_last: bool = False,
    fill: bool = True,
    disabled: bool = False,
    expand: bool | int | None = None,
    **more: Any,
) -> ft.FilledButton:
    """A button. Kinds: filled, tonal, outline, text, plain, stop, danger, hero, hero_text; sizes: primary, emergency,
    normal, desk. `fill`: it stands in a place of known width and its words may wrap; else it is as wide as its words.
    A disabled button needs its reason in words beside it.
    """
    ground, ink, line = _KINDS[kind]
    style, pad, radius = _SIZES[size]
    if disabled:
        ground, ink, line = Color.HIGH, Color.MUTED, None
    words: ft.Control = Text(label, style, ink, text_align=ft.TextAlign.CENTER)
    if fill:
        words = ft.Container(words, expand=True, expand_loose=True)
    parts = [ft.Icon(icon, color=ink), words] if icon is not None else [words]
    return ft.FilledButton(
        key=key,
        content=ft.Row(
            parts[::-1] if icon_last else parts, spacing=Space.S, alignment=ft.MainAxisAlignment.CENTER, tight=True
        ),
        on_click=on_click,
        disabled=disabled,
        expand=expand,
        style=ft.ButtonStyle(
            bgcolor=ground,
            color=ink,
            elevation=0,
            shadow_color=Color.CLEAR,
            shape=ft.RoundedRectangleBorder(radius=radius),
            side=ft.BorderSide(1.5, line) if line else None,
            padding=ft.Padding.symmetric(horizontal=Space.M, vertical=pad),
        ),
        **more,
    )


def IconAction(
    icon: ft.IconData,
    name: str,
    on_click: Handler,
    *,
    key: str,
    box: int = Size.TARGET,
    color: str = Color.MUTED,
    ground: str | None = None,
    icon_size: int = Size.ICON,
    disabled: bool = False,
) -> ft.MergeSemantics:
    """A button of an icon alone; `name` is its tooltip and its accessible name."""
    return ft.MergeSemantics(
        content=ft.IconButton(
            key=key,
            icon=icon,
            icon_color=color,
            icon_size=icon_size,
            tooltip=name,
            width=box,
            height=box,
            on_click=on_click,
            disabled=disabled,
            style=ft.ButtonStyle(
                bgcolor=ground, padding=0, shape=ft.RoundedRectangleBorder(radius=box * 0.34), elevation=0
            ),
        )
    )


def Choice(
    content: ft.Control,
    on_click: Handler,
    *,
    key: str,
    chosen: bool,
    ground: str = Color.CARD,
    pad: int = Space.S,
    line: str = Color.OUTLINE,
    expand: bool | int | None = True,
    soft: bool = False,
) -> ft.Control:
    """A tile that can be chosen: the chosen one is primary (`soft`: tonal), has a border, and is spoken as chosen."""
    taken = Color.PRIMARY_CONTAINER if soft else Color.PRIMARY
    button = ft.FilledButton(
        key=key,
        content=content,
        on_click=on_click,
        expand=None if chosen else expand,
        style=ft.ButtonStyle(
            bgcolor=taken if chosen else ground,
            elevation=0,
            shadow_color=Color.CLEAR,
            shape=ft.RoundedRectangleBorder(radius=Radius.BUTTON),
            side=ft.BorderSide(2 if soft else 3, Color.PRIMARY if soft else Color.ON_PRIMARY_CONTAINER)
            if chosen
            else ft.BorderSide(1, line),
            padding=ft.Padding.symmetric(horizontal=Space.XS, vertical=pad),
        ),
    )
    if not chosen:
        return button
    return ft.MergeSemantics(expand=expand, content=ft.Semantics(selected=True, content=button))


def SettingRow(icon: ft.IconData, title: str, help_text: str, right: ft.Control | None = None) -> ft.Control:
    """A setting: icon, title, help, and a switch or value that shares its name."""
    return ft.MergeSemantics(content=_setting(icon, title, help_text, right))


def LinkCard(icon: ft.IconData, title: str, help_text: str, on_click: Callable[..., Any], key: str) -> ft.Control:
    """A card that leads to another screen."""
    arrow = ft.Icon(ft.Icons.CHEVRON_RIGHT, color=Color.MUTED)
    return TapCard(_setting(icon, title, help_text, arrow), on_click, key)


def _setting(icon: ft.IconData, title: str, help_text: str, right: ft.Control | None) -> ft.Control:
    words = ft.Column(
        [Text(title, Style.BODY_STRONG), Text(help_text, Style.SMALL, Color.MUTED)], spacing=0, expand=True
    )
    row = ft.Row([ft.Icon(icon, size=Size.ICON, color=Color.PRIMARY), words, *([right] if right else [])], spacing=14)
    return ft.Container(row, padding=ft.Padding.symmetric(vertical=10))
