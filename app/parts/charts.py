"""Charts. Pain is drawn on a fixed axis 0–10; series differ by marker and dash, not by color alone."""

from collections.abc import Callable, Sequence

import flet as ft
import flet_charts as fc  # type: ignore[import-untyped]

from app.parts.text import Text
from app.theme import Color, Space, Style


def PainChart(
    during: Sequence[tuple[int, int]],
    morning: Sequence[tuple[int, int]],
    days: int,
    labels: Sequence[tuple[int, str]],
    spoken: str,
    names: tuple[str, str],
    say: Callable[[int], str],
    big: bool = False,
) -> ft.Control:
    """Two series of (day, pain); `days` is the last day, `labels` stand below their days, `names` in the legend.

    `say`: a pain in words, shown at the point that is touched.

    `big`: the numbers at the axes are as large as four dates side by side allow.
    """
    size = 16 if big else 12
    circle = fc.ChartCirclePoint(color=Color.CLAY, radius=4, stroke_color=Color.CARD, stroke_width=2)
    square = fc.ChartSquarePoint(color=Color.BLUE, size=7, stroke_color=Color.CARD, stroke_width=1)
    chart = fc.LineChart(
        data_series=[
            _series(during, say, Color.CLAY, circle, None),
            _series(morning, say, Color.BLUE, square, [6, 5]),
        ],
        height=190,
        min_y=0,
        max_y=10.5,
        min_x=-1,
        max_x=days + 1,
        horizontal_grid_lines=fc.ChartGridLines(interval=5, color=Color.HAIRLINE, width=1),
        border=ft.Border(bottom=ft.BorderSide(1, Color.OUTLINE)),
        left_axis=fc.ChartAxis(
            labels=[fc.ChartAxisLabel(value=n, label=_small(str(n), size)) for n in (0, 5, 10)],
            label_size=28,
            label_spacing=1,
        ),
        bottom_axis=fc.ChartAxis(
            labels=[fc.ChartAxisLabel(value=day, label=_small(name, size)) for day, name in labels],
            label_size=28,
            label_spacing=1,
        ),
        tooltip=fc.LineChartTooltip(bgcolor=Color.CARD, fit_inside_horizontally=True),
    )
    return ft.Column(
        [ft.Semantics(label=spoken, exclude_semantics=True, image=True, content=chart), _legend(names)],
        spacing=Space.M,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _series(
    points: Sequence[tuple[int, int]],
    say: Callable[[int], str],
    color: str,
    point: fc.ChartPointShape,
    dash: list[int] | None,
) -> fc.LineChartData:
    return fc.LineChartData(
        points=[fc.LineChartDataPoint(x, y, tooltip=say(y)) for x, y in points],
        color=color,
        stroke_width=3 if dash is None else 2.5,
        rounded_stroke_cap=True,
        curved=False,
        point=point,
        dash_pattern=dash,
    )


def _small(value: str, size: int) -> ft.Control:
    return ft.Text(
        value, color=Color.MUTED, style=ft.TextStyle(size=size, font_family="RobotoMedium", letter_spacing=0)
    )


def _legend(names: tuple[str, str]) -> ft.Control:
    def entry(icon: ft.IconData, color: str, name: str) -> ft.Control:
        return ft.Row([ft.Icon(icon, size=14, color=color), Text(name, Style.SMALL)], spacing=6, tight=True)

    return ft.Row(
        [entry(ft.Icons.CIRCLE, Color.CLAY, names[0]), entry(ft.Icons.SQUARE, Color.BLUE, names[1])],
        wrap=True,
        spacing=Space.L,
    )
