"""Days at a glance: what happened, told by shape, icon and words, never by color alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import flet as ft
import flet.canvas as cv

from app.parts.text import Text
from app.theme import Color, Size, Space, Style


class Mark(StrEnum):
    """What a day shows."""

    DONE = "done"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    REST = "rest"
    PAUSED = "paused"
    TODAY = "today"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a strip: its mark, number, column head and the sentence a screen reader hears."""

    mark: Mark
    number: str
    weekday: str
    spoken: str
    today: bool = False


def StateDot(mark: Mark, size: int = Size.DAY, number: str = "") -> ft.Control:
    """The picture of a mark at `size`; decoration, its place carries the words."""
    part = size / Size.DAY
    if mark is Mark.UNKNOWN:
        return _dashed(size, part)
    if mark in (Mark.TODAY, Mark.AHEAD):
        return _numbered(size, number, ring=mark is Mark.TODAY)
    ground, ink, icon, line, radius = _DOTS[mark]
    inside = (
        ft.Icon(icon, size=22 * part, color=ink)
        if icon is not None
        else ft.Container(width=7 * part, height=7 * part, border_radius=9, bgcolor=Color.OUTLINE)
    )
    return ft.Container(
        inside,
        width=size,
        height=size,
        alignment=ft.Alignment.CENTER,
        bgcolor=ground,
        border=ft.Border.all(1.5, line) if line else None,
        border_radius=radius * size,
    )


_DOTS: dict[Mark, tuple[str | None, str, ft.IconData | None, str | None, float]] = {
    Mark.DONE: (Color.PRIMARY, Color.ON_PRIMARY, ft.Icons.CHECK, None, 0.5),
    Mark.PARTIAL: (Color.PRIMARY_CONTAINER, Color.ON_PRIMARY_CONTAINER, ft.Icons.CONTRAST, Color.PRIMARY, 0.5),
    Mark.SKIPPED: (Color.CAUTION_CONTAINER, Color.ON_CAUTION_CONTAINER, ft.Icons.REMOVE, Color.CAUTION, 0.27),
    Mark.REST: (None, Color.OUTLINE, None, None, 0.5),
    Mark.PAUSED: (Color.CONTAINER, Color.MUTED, ft.Icons.PAUSE, None, 0.5),
}


def _dashed(size: int, part: float) -> ft.Control:
    paint = ft.Paint(color=Color.OUTLINE, stroke_width=1.8, style=ft.PaintingStyle.STROKE, stroke_dash_pattern=[4, 4])
    circle = cv.Canvas([cv.Circle(size / 2, size / 2, size / 2 - 1.5, paint=paint)], width=size, height=size)
    mark = ft.Icon(ft.Icons.QUESTION_MARK, size=18 * part, color=Color.MUTED)
    return ft.Stack(
        [circle, ft.Container(mark, width=size, height=size, alignment=ft.Alignment.CENTER)], width=size, height=size
    )


def _numbered(size: int, number: str, ring: bool) -> ft.Control:
    return ft.Container(
        ft.Text(
            number,
            color=Color.PRIMARY if ring else Color.MUTED,
            style=ft.TextStyle(size=size * 0.42, font_family="RobotoMedium", height=1.1, letter_spacing=0),
        ),
        width=size,
        height=size,
        alignment=ft.Alignment.CENTER,
        border=ft.Border.all(2.5, Color.PRIMARY) if ring else None,
        bgcolor=Color.PRIMARY_CONTAINER if ring else None,
        border_radius=size / 2,
    )


def WeekStrip(days: Sequence[Day], big: bool = False) -> ft.Row:
    """Seven days in a row, each with its spoken sentence. `big`: as large as seven columns allow."""
    return ft.Row(
        [_column(day, 19 if big else 14) for day in days], alignment=ft.MainAxisAlignment.SPACE_BETWEEN, spacing=0
    )


def _column(day: Day, size: int) -> ft.Control:
    ink = Color.PRIMARY if day.today else Color.MUTED
    name = ft.Text(
        day.weekday, color=ink, style=ft.TextStyle(size=size, font_family="RobotoMedium", height=1.4, letter_spacing=0)
    )
    return ft.Semantics(
        label=day.spoken,
        exclude_semantics=True,
        content=ft.Column(
            [name, StateDot(day.mark, number=day.number)],
            spacing=6,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
    )


def CalendarGrid(weeks: Sequence[tuple[str, Sequence[Day]]], heads: Sequence[str], big: bool = False) -> ft.Column:
    """Weeks under each other: (label of the week, its seven days); `heads` are the weekday names.

    `big`: the labels are as large as their column allows.
    """
    names = [_cell(Text(name, Style.TINY, Color.MUTED)) for name in heads]
    head: list[ft.Control] = [ft.Container(width=52), *names]
    rows: list[ft.Control] = [ft.Row(head, spacing=0, alignment=ft.MainAxisAlignment.SPACE_BETWEEN)]
    for label, days in weeks:
        cells = [
            ft.Semantics(
                label=d.spoken, exclude_semantics=True, content=_cell(StateDot(d.mark, Size.DAY_SMALL, d.number))
            )
            for d in days
        ]
        start = ft.Container(_fixed(label, 16 if big else 12), width=52)
        rows.append(ft.Row([start, *cells], spacing=0, alignment=ft.MainAxisAlignment.SPACE_BETWEEN))
    return ft.Column(rows, spacing=7)


def _fixed(label: str, size: int) -> ft.Text:
    return ft.Text(
        label, color=Color.MUTED, style=ft.TextStyle(size=size, font_family="RobotoMedium", letter_spacing=0)
    )


def _cell(content: ft.Control) -> ft.Container:
    return ft.Container(content, width=Size.DAY_SMALL + 4, alignment=ft.Alignment.CENTER)


def Legend(entries: Sequence[tuple[Mark, str]]) -> ft.Row:
    """What the marks mean, in words."""
    return ft.Row(
        [
            ft.Row([StateDot(mark, 18), Text(word, Style.SMALL, Color.MUTED)], spacing=6, tight=True)
            for mark, word in entries
        ],
        wrap=True,
        spacing=Space.M,
        run_spacing=6,
    )
