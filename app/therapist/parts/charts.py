"""The charts of a patient's page: sessions per week as counted bars, pain on a fixed 0–10 axis. Gaps stay gaps.

Each has its content in words; the same rows stand in a table one tap away. flet_charts is imported with the first
chart, because it is not needed for the first screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import flet as ft
import flet.canvas as cv

from app import strings_clinic as words
from app.parts import Text
from app.theme import Color, Style
from app.therapist.parts.desk import Muted, flow, lines, row
from app.therapist.parts.strip import fill, runs, stroke
from app.therapist.parts.when import day
from hep.views import LoadPoint, PainPoint, WeekPoint

if TYPE_CHECKING:
    import flet_charts as fc  # type: ignore[import-untyped]

BAR_WIDTH, BAR_HEIGHT = 44, 120
CHART_HEIGHT = 150
DAY_LABELS = 5
"""How many dates stand under a chart at the most."""


def week_bars(weeks: Sequence[WeekPoint]) -> ft.Control:
    """One bar a week: done full, partly half, skipped outlined with a cut, not known dashed; numbers below."""
    most = max((_total(week) for week in weeks), default=1) or 1
    bars = [
        lines(
            cv.Canvas(_bar(week, BAR_HEIGHT / most), width=BAR_WIDTH, height=BAR_HEIGHT),
            Text(words.done_of(week.done, week.due), Style.DESK_SMALL_STRONG),
            Muted(day(week.week_start), Style.TINY),
        )
        for week in weeks
    ]
    for bar in bars:
        bar.horizontal_alignment = ft.CrossAxisAlignment.CENTER
    label = words.weeks_label([(day(week.week_start), week.done, week.due) for week in weeks])
    picture = ft.Row(
        list(bars), alignment=ft.MainAxisAlignment.SPACE_AROUND, scroll=ft.ScrollMode.AUTO, auto_scroll=True
    )
    return ft.Semantics(label=label, image=True, exclude_semantics=True, content=picture)


def _total(week: WeekPoint) -> int:
    return max(week.due, week.done + week.partial + week.skipped + week.unknown + week.not_logged)


def _bar(week: WeekPoint, unit: float) -> list[cv.Shape]:
    shapes: list[cv.Shape] = [cv.Line(0, BAR_HEIGHT - 0.5, BAR_WIDTH, BAR_HEIGHT - 0.5, paint=stroke(Color.OUTLINE, 1))]
    top = float(BAR_HEIGHT)
    parts = (
        (week.done, _full),
        (week.partial, _half),
        (week.skipped, _cut),
        (week.unknown + week.not_logged, _dashed),
    )
    for count, draw in parts:
        if count:
            height = count * unit
            top -= height
            shapes += draw(top + 1, height - 2)
    return shapes


def _full(y: float, height: float) -> list[cv.Shape]:
    return [cv.Rect(0, y, BAR_WIDTH, height, border_radius=4, paint=fill(Color.PRIMARY))]


def _half(y: float, height: float) -> list[cv.Shape]:
    return [
        cv.Rect(0, y, BAR_WIDTH / 2, height, border_radius=4, paint=fill(Color.PRIMARY)),
        cv.Rect(1, y, BAR_WIDTH - 2, height, border_radius=4, paint=stroke(Color.PRIMARY, 1.5)),
    ]


def _cut(y: float, height: float) -> list[cv.Shape]:
    middle, center = y + height / 2, BAR_WIDTH / 2
    return [
        cv.Rect(1, y, BAR_WIDTH - 2, height, border_radius=4, paint=fill(Color.CAUTION_CONTAINER)),
        cv.Rect(1, y, BAR_WIDTH - 2, height, border_radius=4, paint=stroke(Color.CAUTION, 1.5)),
        cv.Line(center - 6, middle, center + 6, middle, paint=stroke(Color.ON_CAUTION_CONTAINER, 2)),
    ]


def _dashed(y: float, height: float) -> list[cv.Shape]:
    return [cv.Rect(1, y, BAR_WIDTH - 2, height, border_radius=4, paint=stroke(Color.OUTLINE, 1.5, [4, 3]))]


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value a date, None = not given. `dashed` lines have square points, solid ones round points."""

    name: str
    values: tuple[int | None, ...]
    color: str
    dashed: bool = False


def pain_chart(points: Sequence[PainPoint]) -> ft.Control:
    """Worst pain during exercise and the next morning's answer, 0–10."""
    during = Series(words.DURING, tuple(p.during for p in points), Color.CLAY)
    morning = Series(words.MORNING, tuple(p.morning for p in points), Color.BLUE, dashed=True)
    given = [[v for v in series.values if v is not None] for series in (during, morning)]
    label = words.pain_label(day(points[0].on), day(points[-1].on), given[0], given[1])
    return ft.Semantics(
        label=label, image=True, content=_line_chart((during, morning), [p.on for p in points], 10, (0, 5, 10))
    )


def load_chart(points: Sequence[LoadPoint]) -> ft.Control:
    """The best set of each date."""
    amounts = Series(words.LOAD_COLUMNS[1], tuple(p.amount for p in points), Color.PRIMARY)
    top = max((p.amount for p in points), default=0) + 2
    label = words.amounts_label([(day(p.on), p.amount, p.load_text) for p in points])
    return ft.Semantics(
        label=label, image=True, content=_line_chart((amounts,), [p.on for p in points], top, (0, top // 2, top))
    )


def pain_legend() -> ft.Control:
    """Which line is which, by its dash and marker."""
    solid = cv.Canvas(
        [cv.Line(0, 8, 22, 8, paint=stroke(Color.CLAY, 2.5)), cv.Circle(11, 8, 4, paint=fill(Color.CLAY))],
        width=22,
        height=16,
    )
    dashed = cv.Canvas(
        [cv.Line(0, 8, 22, 8, paint=stroke(Color.BLUE, 2.5, [6, 4])), cv.Rect(8, 5, 7, 7, paint=fill(Color.BLUE))],
        width=22,
        height=16,
    )
    return flow(
        row(solid, Muted(words.DURING), spacing=6, tight=True), row(dashed, Muted(words.MORNING), spacing=6, tight=True)
    )


def _line_chart(series: Sequence[Series], dates: Sequence[date], top: int, marks: Sequence[int]) -> ft.Control:
    import flet_charts as fc

    start = dates[0]
    xs = [(on - start).days for on in dates]
    every = max(1, -(-len(dates) // DAY_LABELS))
    labels = [
        fc.ChartAxisLabel(value=xs[n], label=Muted(day(dates[n]), Style.TINY)) for n in range(0, len(dates), every)
    ]
    chart: ft.Control = fc.LineChart(
        data_series=[line for one in series for line in _lines_of(one, xs)],
        height=CHART_HEIGHT,
        min_y=0,
        max_y=top,
        min_x=-0.5,
        max_x=xs[-1] + max(0.5, xs[-1] / 40),
        interactive=False,
        horizontal_grid_lines=fc.ChartGridLines(interval=max(1, top // 2), color=Color.HAIRLINE, width=1),
        border=ft.Border(bottom=ft.BorderSide(1, Color.OUTLINE)),
        left_axis=fc.ChartAxis(
            labels=[fc.ChartAxisLabel(value=m, label=Muted(str(m), Style.TINY)) for m in marks],
            label_size=26,
            label_spacing=1,
        ),
        bottom_axis=fc.ChartAxis(labels=labels, label_size=24, label_spacing=1),
    )
    return chart


def _lines_of(series: Series, xs: Sequence[int]) -> "list[fc.LineChartData]":
    import flet_charts as fc

    point = (
        fc.ChartSquarePoint(color=series.color, size=7)
        if series.dashed
        else fc.ChartCirclePoint(color=series.color, radius=4)
    )
    return [
        fc.LineChartData(
            points=[fc.LineChartDataPoint(xs[n], value) for n, value in run],
            color=series.color,
            stroke_width=2 if series.dashed else 2.5,
            dash_pattern=[6, 5] if series.dashed else None,
            rounded_stroke_cap=True,
            curved=False,
            point=point,
        )
        for run in runs(series.values)
    ]
