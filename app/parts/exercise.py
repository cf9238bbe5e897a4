"""What an exercise looks like while it is read and done."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import flet as ft
import flet.canvas as cv

from app.parts.controls import IconAction
from app.parts.picture import Picture, Shown
from app.parts.surfaces import Card, TapCard
from app.parts.text import Text
from app.theme import Color, Radius, Size, Space, Style


def ExerciseCard(
    name: str,
    dose: str,
    what: Shown,
    on_click: Callable[..., Any],
    *,
    key: str,
    change: str = "",
    locked: str = "",
    done: str = "",
    skipped: str = "",
    big: bool = False,
) -> ft.Container:
    """Thumbnail, name, dose, and lines for a change, a lock, what is done or left out. The whole card is the button."""
    lines: list[ft.Control] = [Text(name, Style.SUB), Text(dose, Style.SMALL, Color.MUTED)]
    for icon, words, ink in (
        (ft.Icons.TRENDING_UP, change, Color.PRIMARY),
        (ft.Icons.CHECK_CIRCLE, done, Color.PRIMARY),
        (ft.Icons.REMOVE, skipped, Color.MUTED),
        (ft.Icons.LOCK_OUTLINE, locked, Color.ERROR),
    ):
        if words:
            label = ft.Container(Text(words, Style.SMALL_STRONG, ink), expand=True)
            lines.append(ft.Row([ft.Icon(icon, color=ink), label], spacing=Space.XS))
    info = ft.Column(lines, spacing=2, expand=not big)
    if big:
        body: ft.Control = ft.Column(
            [Picture(what, "", height=150), info],
            spacing=Space.M,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    else:
        chevron = ft.Icon(ft.Icons.CHEVRON_RIGHT, size=Size.ICON, color=Color.MUTED)
        body = ft.Row([Picture(what, "", Size.THUMB, Size.THUMB), info, chevron], spacing=14)
    return TapCard(body, on_click, key, padding=10)


def Segments(total: int, done: int) -> ft.Row:
    """A bar of `total` parts of which `done` are filled; the words stand beside it."""
    return ft.Row(
        [
            ft.Container(height=6, border_radius=3, expand=True, bgcolor=Color.PRIMARY if n < done else Color.HIGH)
            for n in range(total)
        ],
        spacing=6,
    )


def Cues(cues: Sequence[str]) -> ft.Column:
    """Numbered instructions."""
    return ft.Column(
        [
            ft.MergeSemantics(
                content=ft.Row(
                    [
                        ft.Container(
                            Text(str(n), Style.SMALL_STRONG, Color.ON_PRIMARY_CONTAINER),
                            border_radius=Radius.PILL,
                            bgcolor=Color.PRIMARY_CONTAINER,
                            padding=ft.Padding.symmetric(horizontal=9, vertical=3),
                        ),
                        ft.Container(Text(cue), expand=True),
                    ],
                    spacing=10,
                    vertical_alignment=ft.CrossAxisAlignment.START,
                )
            )
            for n, cue in enumerate(cues, 1)
        ],
        spacing=6,
    )


def SetRow(labels: Sequence[tuple[str, str]], now: int) -> ft.Control:
    """The sets of an exercise as (words, spoken words): those before `now` are done, `now` is next, the rest wait."""
    boxes: list[ft.Control] = [
        ft.Semantics(label=spoken, exclude_semantics=True, expand=True, content=_set_box(label, n, now))
        for n, (label, spoken) in enumerate(labels)
    ]
    return ft.Row(boxes, spacing=Space.S)


def _set_box(label: str, place: int, now: int) -> ft.Control:
    if place < now:
        ground, ink, border = Color.PRIMARY, Color.ON_PRIMARY, None
    elif place == now:
        ground, ink, border = Color.PRIMARY_CONTAINER, Color.ON_PRIMARY_CONTAINER, ft.Border.all(2, Color.PRIMARY)
    else:
        ground, ink, border = Color.CLEAR, Color.MUTED, ft.Border.all(1, Color.OUTLINE)
    inside: list[ft.Control] = [Text(label, Style.SMALL_STRONG, ink, no_wrap=True)]
    if place < now:
        inside.insert(0, ft.Icon(ft.Icons.CHECK, size=18, color=ink))
    return ft.Container(
        ft.Row(inside, spacing=6, alignment=ft.MainAxisAlignment.CENTER, tight=True),
        bgcolor=ground,
        border=border,
        border_radius=14,
        padding=ft.Padding.symmetric(vertical=10, horizontal=4),
        alignment=ft.Alignment.CENTER,
    )


def RepCounter(
    value: int, under: str, on_change: Callable[[int], Any], names: tuple[str, str], spoken: str
) -> ft.Container:
    """Big minus and plus around a number; `names` are those of the two buttons, `spoken` the number in words."""

    def step(by: int, key: str, icon: ft.IconData, name: str) -> ft.Control:
        return IconAction(
            icon,
            name,
            lambda _=None: on_change(by),
            key=key,
            box=Size.COUNTER,
            color=Color.ON_PRIMARY_CONTAINER,
            ground=Color.PRIMARY_CONTAINER,
            icon_size=28,
        )

    number = ft.Semantics(
        label=spoken,
        exclude_semantics=True,
        live_region=True,
        content=ft.Column(
            [Text(str(value), Style.COUNT), Text(under, Style.SMALL, Color.MUTED, text_align=ft.TextAlign.CENTER)],
            spacing=0,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
    )
    row = ft.Row(
        [
            step(-1, "count-less", ft.Icons.REMOVE, names[0]),
            ft.Container(number, expand=True, alignment=ft.Alignment.CENTER),
            step(1, "count-more", ft.Icons.ADD, names[1]),
        ],
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return Card(row, padding=Space.M)


def HoldRing(left: int, total: int, under: str, spoken: str, size: float = Size.RING) -> ft.Control:
    """A ring that empties with the seconds, the number inside, `size` pixels wide. It speaks one sentence."""
    width = 14
    box = size - width
    full = 2 * math.pi * (left / total if total else 0)

    def arc(start: float, sweep: float, color: str) -> cv.Arc:
        paint = ft.Paint(color=color, stroke_width=width, style=ft.PaintingStyle.STROKE, stroke_cap=ft.StrokeCap.ROUND)
        return cv.Arc(width / 2, width / 2, box, box, start, sweep, paint=paint)

    arcs: list[cv.Shape] = [arc(0, 2 * math.pi, Color.HIGH)]
    if left:
        arcs.append(arc(-math.pi / 2, full, Color.PRIMARY))
    number = ft.Column(
        [
            Text(str(left), Style.COUNT),
            ft.Container(Text(under, Style.SMALL, Color.MUTED, text_align=ft.TextAlign.CENTER), width=size * 0.7),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    middle = ft.Container(number, width=size, height=size, alignment=ft.Alignment.CENTER)
    ring = ft.Stack([cv.Canvas(arcs, width=size, height=size), middle], width=size, height=size)
    return ft.Row(
        [ft.Semantics(label=spoken, exclude_semantics=True, content=ring)], alignment=ft.MainAxisAlignment.CENTER
    )


def SidePill(words: str) -> ft.Container:
    """The side, in words, on its own tint."""
    return ft.Container(
        ft.Row(
            [
                ft.Icon(ft.Icons.ACCESSIBILITY_NEW, color=Color.ON_CLAY_CONTAINER),
                Text(words, Style.SMALL_STRONG, Color.ON_CLAY_CONTAINER),
            ],
            spacing=6,
            tight=True,
        ),
        bgcolor=Color.CLAY_CONTAINER,
        border_radius=Radius.PILL,
        padding=ft.Padding.symmetric(vertical=6, horizontal=10),
    )
