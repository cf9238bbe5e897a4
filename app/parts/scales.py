"""The two questions after a set: eleven tiles for pain, four for effort. One tap each, numbers with words."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from app.parts.controls import Choice
from app.parts.text import Text
from app.theme import Color, Space, Style, pain_color

EFFORT_TILES = (6, 8, 9, 10)
"""Easy, good, hard, limit (decisions 3)."""


def PainScale(
    chosen: int | None,
    on_choose: Callable[[int], Any],
    words: Sequence[str],
    big: bool = False,
    key: str = "pain",
) -> ft.Column:
    """Tiles 0–10: 0 wide, three rows of three, 10 wide. `words` are the eleven names of the numbers.

    `big`: at large text the words in the small tiles are a size smaller, so that none is cut.
    """
    style = Style.TINY if big else Style.SMALL_STRONG

    def tile(pain: int) -> ft.Control:
        return _pain_tile(
            pain, words[pain], pain == chosen, lambda _=None, n=pain: on_choose(n), f"{key}-{pain}", style
        )

    rows = [(0,), (1, 2, 3), (4, 5, 6), (7, 8, 9), (10,)]
    return ft.Column([ft.Row([tile(n) for n in row], spacing=Space.S) for row in rows], spacing=Space.S)


def _pain_tile(pain: int, word: str, chosen: bool, on_click: Callable[..., Any], key: str, style: Style) -> ft.Control:
    ink = Color.ON_PRIMARY if chosen else Color.ON_PAIN
    number: list[ft.Control] = [Text(str(pain), Style.HEAD, ink)]
    if chosen:
        number.append(ft.Icon(ft.Icons.CHECK_CIRCLE, size=20, color=ink))
    if pain in (0, 10):
        words = ft.Container(Text(word, Style.SMALL_STRONG, ink), expand=True, expand_loose=True)
        content: ft.Control = ft.Row(
            [number[0], words, *number[1:]], spacing=Space.M, alignment=ft.MainAxisAlignment.CENTER, tight=True
        )
        return Choice(content, on_click, key=key, chosen=chosen, ground=pain_color(pain), pad=16, line=Color.HAIRLINE)
    content = ft.Column(
        [
            ft.Row(number, spacing=Space.XS, alignment=ft.MainAxisAlignment.CENTER, tight=True),
            Text(word, style, ink, text_align=ft.TextAlign.CENTER),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return Choice(content, on_click, key=key, chosen=chosen, ground=pain_color(pain), pad=13, line=Color.HAIRLINE)


def EffortRow(
    chosen: int | None,
    on_choose: Callable[[int], Any],
    words: Sequence[tuple[str, str]],
    big: bool = False,
    key: str = "effort",
) -> ft.Control:
    """Four tiles, from easy to limit; `words` are (name, repetitions left) of each. At large text two and two."""
    tiles = [
        _effort_tile(effort, names, effort == chosen, lambda _=None, n=effort: on_choose(n), f"{key}-{effort}")
        for effort, names in zip(EFFORT_TILES, words, strict=True)
    ]
    if not big:
        return ft.Row(tiles, spacing=Space.S)
    return ft.Column([ft.Row(tiles[:2], spacing=Space.S), ft.Row(tiles[2:], spacing=Space.S)], spacing=Space.S)


def _effort_tile(
    effort: int, names: tuple[str, str], chosen: bool, on_click: Callable[..., Any], key: str
) -> ft.Control:
    content = ft.Column(
        [
            Text(names[0], Style.LABEL, Color.ON_PRIMARY if chosen else Color.ON),
            Text(
                names[1],
                Style.SMALL,
                Color.ON_PRIMARY if chosen else Color.MUTED,
                text_align=ft.TextAlign.CENTER,
            ),
        ],
        spacing=2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return Choice(content, on_click, key=key, chosen=chosen, pad=16)
