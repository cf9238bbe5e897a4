"""What the desk needs beside the shared parts: layout, filter chips, pickers, fields, in the therapist's density."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from inspect import iscoroutinefunction
from typing import Any

import flet as ft

from app.parts import AppButton, Text, TypedField
from app.strings_clinic import becomes
from app.theme import Color, Radius, Size, Space, Style

Handler = Callable[..., Any]


class Tone(Enum):
    """The tint of a pill or an icon box: ground, ink."""

    PLAIN = (Color.CONTAINER, Color.ON)
    GOOD = (Color.PRIMARY_CONTAINER, Color.ON_PRIMARY_CONTAINER)
    INFO = (Color.BLUE_CONTAINER, Color.ON_BLUE_CONTAINER)
    CAUTION = (Color.CAUTION_CONTAINER, Color.ON_CAUTION_CONTAINER)
    ERROR = (Color.ERROR_CONTAINER, Color.ON_ERROR_CONTAINER)


def act(call: Callable[..., Any], *args: Any, **fields: Any) -> Callable[[], Any]:
    """A handler that makes one call with these arguments. Flet hands its event to any callable that could take one."""
    if iscoroutinefunction(call):

        async def later() -> None:
            await call(*args, **fields)

        return later

    def now() -> None:
        call(*args, **fields)

    return now


def row(*controls: ft.Control, spacing: float = Space.M, **more: Any) -> ft.Row:
    """Side by side, centered on one line."""
    more.setdefault("vertical_alignment", ft.CrossAxisAlignment.CENTER)
    return ft.Row(list(controls), spacing=spacing, **more)


def flow(*controls: ft.Control, spacing: float = Space.S, **more: Any) -> ft.Row:
    """Side by side, on as many lines as it takes."""
    return row(*controls, spacing=spacing, run_spacing=spacing, wrap=True, **more)


def column(*controls: ft.Control, spacing: float = Space.S, **more: Any) -> ft.Column:
    """One below the other, each as wide as the column."""
    more.setdefault("horizontal_alignment", ft.CrossAxisAlignment.STRETCH)
    return ft.Column(list(controls), spacing=spacing, **more)


def lines(*controls: ft.Control, spacing: float = 0, **more: Any) -> ft.Column:
    """Short lines of text below one another."""
    return column(*controls, spacing=spacing, horizontal_alignment=ft.CrossAxisAlignment.START, **more)


def grow(content: ft.Control, **more: Any) -> ft.Container:
    """Takes the room that is left in a row."""
    return ft.Container(content, expand=True, **more)


def side_by_side(wide: bool, left: ft.Control, right: ft.Control, left_width: float) -> ft.Control:
    """Two columns where there is room; else one, the right one first, because it is what is to be decided."""
    if not wide:
        return column(right, left, spacing=Space.L)
    return row(
        ft.Container(left, width=left_width),
        grow(right),
        spacing=Space.L,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def keyed(key: str, part: Callable[..., ft.Control], *args: Any) -> ft.Control:
    """A component with a key, which Flet takes beside the component's own arguments."""
    return part(*args, key=key)


def Muted(value: str, style: Style = Style.DESK_SMALL, **more: Any) -> ft.Text:
    """Words that stand back."""
    return Text(value, style, Color.MUTED, **more)


def DeskButton(
    label: str, on_click: Handler, *, key: str, kind: str = "tonal", name: str | None = None, **more: Any
) -> ft.FilledButton:
    """A button as wide as its words. `name`: what a screen reader says where several share a label."""
    button = AppButton(label, on_click, key=key, kind=kind, size="normal", fill=False, **more)
    if name is not None and isinstance(button.content, ft.Row):
        words = next(part for part in button.content.controls if isinstance(part, ft.Text))
        words.semantics_label = name
    return button


def Chip(
    label: str, selected: bool, on_click: Handler, *, key: str, icon: ft.IconData | None = None, name: str | None = None
) -> ft.Control:
    """A choice that is on or off: a check, a border and a tint say so, and a screen reader hears it."""
    ink = Color.ON_PRIMARY_CONTAINER if selected else Color.ON
    shown = ft.Icons.CHECK if selected else icon
    parts: list[ft.Control] = [ft.Icon(shown, size=18, color=ink)] if shown else []
    parts.append(Text(label, Style.SMALL_STRONG, ink, semantics_label=name))
    button = ft.FilledButton(
        content=row(*parts, spacing=6, tight=True),
        on_click=on_click,
        key=key,
        style=ft.ButtonStyle(
            bgcolor=Color.PRIMARY_CONTAINER if selected else Color.CARD,
            elevation=0,
            shadow_color=Color.CLEAR,
            shape=ft.RoundedRectangleBorder(radius=Radius.CHIP),
            side=ft.BorderSide(1, Color.PRIMARY if selected else Color.OUTLINE),
            padding=ft.Padding.symmetric(horizontal=14, vertical=(Size.TARGET - 20) // 2),
        ),
    )
    return ft.MergeSemantics(content=ft.Semantics(selected=selected, content=button))


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a picker."""

    value: str
    label: str


def Picker(
    name: str,
    options: Sequence[Option],
    value: str | None,
    on_choose: Callable[[str], Any],
    *,
    key: str,
    empty: str,
    missing: bool = False,
    icon: ft.IconData | None = None,
    width: float | None = None,
) -> ft.Control:
    """A choice from a menu, name and value read together. `missing`: a thick red border beside words that say so."""
    chosen = next((option.label for option in options if option.value == value), empty)
    ink = Color.ERROR if missing else Color.ON
    words = Text(chosen, Style.SMALL_STRONG, ink, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS)
    words.semantics_label = f"{name}: {chosen}"
    held: ft.Control = grow(words) if width else words
    parts: list[ft.Control] = [ft.Icon(icon, size=18, color=Color.MUTED)] if icon else []
    box = ft.Container(
        row(*parts, held, ft.Icon(ft.Icons.EXPAND_MORE, size=20, color=ink), spacing=6, tight=width is None),
        width=width,
        padding=ft.Padding.symmetric(horizontal=14, vertical=(Size.TARGET - 22) // 2),
        border_radius=Radius.CHIP,
        border=ft.Border.all(2 if missing else 1, Color.ERROR if missing else Color.OUTLINE),
        bgcolor=Color.CARD,
    )
    items = [_item(option, option.value == value, on_choose, key) for option in options]
    return ft.PopupMenuButton(content=box, items=items, tooltip="", key=key, bgcolor=Color.CARD)


def _item(option: Option, checked: bool, on_choose: Callable[[str], Any], key: str) -> ft.PopupMenuItem:
    def choose() -> None:
        on_choose(option.value)

    return ft.PopupMenuItem(
        content=Text(option.label, Style.SMALL),
        checked=checked,
        height=Size.TARGET,
        on_click=choose,
        key=f"{key}-{option.value}",
    )


def Field(
    label: str,
    value: str,
    on_change: Callable[[str], Any],
    *,
    key: str,
    error: str | None = None,
    needed: bool = False,
    **more: Any,
) -> ft.Control:
    """A text field with its name; `on_change` gets the words. `needed`: a thick red border beside words that say so."""
    side = ft.BorderSide(2, Color.ERROR) if needed else ft.BorderSide(1, Color.OUTLINE)
    return TypedField(
        value,
        on_change,
        key=key,
        label=label,
        error=error,
        border={
            ft.ControlState.FOCUSED: ft.OutlineInputBorder(
                border_radius=Radius.CHIP, side=ft.BorderSide(2, Color.PRIMARY)
            ),
            ft.ControlState.ERROR: ft.OutlineInputBorder(border_radius=Radius.CHIP, side=ft.BorderSide(2, Color.ERROR)),
            ft.ControlState.DEFAULT: ft.OutlineInputBorder(border_radius=Radius.CHIP, side=side),
        },
        filled=True,
        fill_color=Color.CARD,
        **more,
    )


def Tag(words: str, tone: Tone = Tone.PLAIN, icon: ft.IconData | None = None) -> ft.Container:
    """A few small words on a tint; not tappable."""
    ground, ink = tone.value
    parts: list[ft.Control] = [ft.Icon(icon, size=16, color=ink)] if icon else []
    return ft.Container(
        row(*parts, Text(words, Style.DESK_SMALL_STRONG, ink), spacing=6, tight=True),
        bgcolor=ground,
        border_radius=Radius.PILL,
        padding=ft.Padding.symmetric(horizontal=10, vertical=5),
    )


def IconBox(icon: ft.IconData, tone: Tone) -> ft.Control:
    """An icon on a tint, 38 pixels square; its words stand beside it."""
    ground, ink = tone.value
    return ft.Container(
        ft.Icon(icon, size=22, color=ink),
        width=38,
        height=38,
        border_radius=13,
        bgcolor=ground,
        alignment=ft.Alignment.CENTER,
    )


def Arrow(before: str, after: str, style: Style = Style.SMALL_STRONG) -> ft.Control:
    """Before, an arrow, after; read as one sentence."""
    return ft.Semantics(
        label=becomes(before, after),
        exclude_semantics=True,
        content=flow(
            Text(before, style, Color.MUTED),
            ft.Icon(ft.Icons.ARROW_FORWARD, size=18, color=Color.PRIMARY),
            Text(after, style),
            spacing=6,
        ),
    )


def Rule() -> ft.Control:
    """A hairline."""
    return ft.Divider(height=1, thickness=1, color=Color.HAIRLINE)
