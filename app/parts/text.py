"""Words on the screen: one function a text, named styles and colors only, nothing the bundled fonts cannot draw."""

import unicodedata
from typing import Any

import flet as ft

from app.theme import Color, Style, slot

_MARKS = frozenset("\u00a0–—‘’“”„…•÷×·°½¼¾²³±≤≥€£¥©®™«»¿¡ªº")
_RANGES = ((0x20, 0x24F), (0x370, 0x3FF), (0x400, 0x52F), (0x1E00, 0x1EFF))


def readable(text: str) -> str:
    """Typed text as the bundled fonts can draw it: anything else becomes one `·` per run.

    A missing glyph makes the web client ask for fonts that are not there, for ever (measured), so every text a
    person typed passes through here. The stored text is not changed.
    """
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        if _drawable(char):
            kept.append(char)
        elif not kept or kept[-1] != "·":
            kept.append("·")
    return "".join(kept)


def _drawable(char: str) -> bool:
    if char == "\n" or char in _MARKS:
        return True
    return char.isprintable() and any(low <= ord(char) <= high for low, high in _RANGES)


def Text(value: str, style: Style = Style.BODY, color: str = Color.ON, **more: Any) -> ft.Text:
    """A text in a style of the scale and a color token."""
    return ft.Text(readable(value), theme_style=slot(style), color=color, **more)


def Heading(value: str, style: Style = Style.HEAD, level: int = 1, **more: Any) -> ft.Semantics:
    """A text that a screen reader finds as a heading of `level` (1 once a screen)."""
    return ft.Semantics(header=True, heading_level=level, content=Text(value, style, **more))
