"""The caseload's small pictures: fourteen days as bars, morning pain as a line, and the 2 × 2 of the pattern.

Shape tells the state, never color alone, and each picture carries its content in words.
"""

from collections.abc import Callable, Sequence
from itertools import groupby

import flet as ft
import flet.canvas as cv

from app import strings_clinic as words
from app.theme import Color
from hep.views import DayMark, PainPoint

WIDTH, HEIGHT, STEP = 142, 30, 10
SPARK_WIDTH, SPARK_HEIGHT = 76, 32

_KINDS = {
    "done": "done",
    "partial": "partial",
    "skipped": "skipped",
    "unknown": "unknown",
    "not_logged": "unknown",
    "upcoming": "upcoming",
}


def fill(color: str) -> ft.Paint:
    """A filled shape's paint."""
    return ft.Paint(color=color)


def stroke(color: str, width: float, dash: list[float] | None = None) -> ft.Paint:
    """An outline's paint."""
    return ft.Paint(
        color=color,
        stroke_width=width,
        style=ft.PaintingStyle.STROKE,
        stroke_cap=ft.StrokeCap.BUTT if dash else ft.StrokeCap.ROUND,
        stroke_join=ft.StrokeJoin.ROUND,
        stroke_dash_pattern=dash,
    )


def kind_of(state: str) -> str:
    """How a day's state is drawn: done, partial, skipped, unknown, upcoming or rest."""
    return _KINDS.get(state, "rest")


def _done(x: float) -> list[cv.Shape]:
    return [cv.Rect(x, 4, 7, 24, border_radius=2.5, paint=fill(Color.PRIMARY))]


def _partial(x: float) -> list[cv.Shape]:
    return [
        cv.Rect(x + 0.75, 4.75, 5.5, 22.5, border_radius=2.5, paint=stroke(Color.PRIMARY, 1.5)),
        cv.Rect(x, 16, 7, 12, border_radius=2.5, paint=fill(Color.PRIMARY)),
    ]


def _skipped(x: float) -> list[cv.Shape]:
    box = (x + 0.75, 16, 5.5, 11.5)
    return [
        cv.Rect(*box, border_radius=2, paint=fill(Color.CAUTION_CONTAINER)),
        cv.Rect(*box, border_radius=2, paint=stroke(Color.CAUTION, 1.5)),
    ]


def _unknown(x: float) -> list[cv.Shape]:
    return [cv.Rect(x + 0.75, 4.5, 5.5, 23, border_radius=2.5, paint=stroke(Color.OUTLINE, 1.2, [2.5, 2.5]))]


def _upcoming(x: float) -> list[cv.Shape]:
    return [cv.Circle(x + 3.5, 25, 2.6, paint=stroke(Color.OUTLINE, 1.2))]


def _rest(x: float) -> list[cv.Shape]:
    return [cv.Circle(x + 3.5, 26, 1.6, paint=fill(Color.OUTLINE))]


_DRAW: dict[str, Callable[[float], list[cv.Shape]]] = {
    "done": _done,
    "partial": _partial,
    "skipped": _skipped,
    "unknown": _unknown,
    "upcoming": _upcoming,
    "rest": _rest,
}


def strip(days: Sequence[DayMark]) -> ft.Control:
    """The last days, oldest first: full bar done, half full partly, short box skipped, dashed not known, dot rest."""
    shapes = [shape for n, day in enumerate(days) for shape in _DRAW[kind_of(day.state)](n * STEP + 1)]
    label = words.strip_label(days, kind_of)
    return ft.Semantics(label=label, image=True, content=cv.Canvas(shapes, width=WIDTH, height=HEIGHT))


def legend_mark(kind: str) -> ft.Control:
    """One bar of the strip, for a legend that says the word beside it."""
    return cv.Canvas(_DRAW[kind](1), width=9, height=HEIGHT)


def spark(points: Sequence[PainPoint]) -> ft.Control:
    """Morning pain on a fixed 0–10 scale; a missing answer leaves a gap."""
    values = [point.morning for point in points]
    across = max(len(values) - 1, 1)

    def at(n: int, pain: int) -> tuple[float, float]:
        return 4 + n * (SPARK_WIDTH - 12) / across, SPARK_HEIGHT - 4 - pain / 10 * (SPARK_HEIGHT - 8)

    shapes: list[cv.Shape] = [
        cv.Line(0, SPARK_HEIGHT - 1, SPARK_WIDTH, SPARK_HEIGHT - 1, paint=stroke(Color.HAIRLINE, 1))
    ]
    for run in runs(values):
        first, *rest = (at(n, pain) for n, pain in run)
        path: list[cv.Path.PathElement] = [cv.Path.MoveTo(*first), *(cv.Path.LineTo(*point) for point in rest)]
        shapes.append(cv.Path(path, paint=stroke(Color.CLAY, 2.2)))
        shapes.append(cv.Circle(*at(*run[-1]), 1.6, paint=fill(Color.CLAY)))
    given = [(n, pain) for n, pain in enumerate(values) if pain is not None]
    if given:
        shapes.append(cv.Circle(*at(*given[-1]), 3.6, paint=fill(Color.CLAY)))
    label = words.spark_label([pain for _, pain in given])
    return ft.Semantics(label=label, image=True, content=cv.Canvas(shapes, width=SPARK_WIDTH, height=SPARK_HEIGHT))


def runs(values: Sequence[int | None]) -> list[list[tuple[int, int]]]:
    """The stretches of (position, value) without a gap in them."""
    numbered = [(n, value) for n, value in enumerate(values)]
    return [
        [(n, value) for n, value in group if value is not None]
        for given, group in groupby(numbered, key=lambda pair: pair[1] is not None)
        if given
    ]


_QUADRANT = {"keep_going": (0, 0), "change_plan": (0, 1), "consider_discharge": (1, 0), "barriers_first": (1, 1)}


def quadrant(pattern: str) -> ft.Control:
    """A 2 × 2 map: left column doing it, top row improving. Its words stand beside it."""
    chosen = _QUADRANT.get(pattern)
    cells: list[cv.Shape] = [
        cv.Rect(x * 13, y * 13, 11, 11, border_radius=3, paint=fill(Color.BLUE if (x, y) == chosen else Color.HIGH))
        for x in (0, 1)
        for y in (0, 1)
    ]
    return cv.Canvas(cells, width=24, height=24)
