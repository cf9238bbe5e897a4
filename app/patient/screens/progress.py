"""Progress: n of m with its formula, four weeks, pain over time, and the rows behind the numbers."""

from collections.abc import Callable
from typing import Any

import flet as ft

from app.parts import AppButton, CalendarGrid, Card, Choice, Heading, Legend, Line, Text
from app.parts.hooks import use_value
from app.patient.doing import Doing
from app.patient.screens.frame import Tab
from app.patient.views.progress import ProgressView, progress_view
from app.strings import words
from app.theme import Color, Radius, Space, Style

SHOWN_ROWS = 60
"""Rows of a table at most: the newest."""


@ft.component
def ProgressScreen(model: Doing) -> ft.Control:
    """Sessions first, pain second."""
    as_table, set_table = use_value(False)
    rows_open, set_open = use_value(False)
    view = progress_view(model.here)
    return Tab(
        model,
        "/progress",
        [
            Heading(words.progress_title),
            _sessions(view, rows_open, lambda: set_open(lambda last: not last), model.look.big),
            _pain(view, as_table, set_table, model.look.big),
            Line(ft.Icons.INFO_OUTLINE, words.self_report),
        ],
    )


def _sessions(view: ProgressView, is_open: bool, flip: Callable[..., Any], big: bool) -> ft.Control:
    number: list[ft.Control] = [
        Text(words.last_weeks, Style.SMALL_STRONG, Color.MUTED),
        Text(view.headline, Style.DISPLAY),
    ]
    if view.has_due:
        number.append(Text(words.due_done, Style.BODY, Color.MUTED))
    parts: list[ft.Control] = [
        ft.Column(number, spacing=0),
        CalendarGrid(view.weeks, words.weekdays_short, big),
        Legend(view.legend),
        _formula(view.formula),
    ]
    if view.sessions:
        parts.append(
            AppButton(
                words.hide_sessions if is_open else words.see_sessions,
                lambda _: flip(),
                key="see-sessions",
                kind="text",
                size="normal",
            )
        )
    if is_open:
        parts += [Text(line.text, Style.SMALL) for line in view.sessions]
    return Card(*parts)


def _formula(formula: str) -> ft.Control:
    line = Line(ft.Icons.CALCULATE_OUTLINED, f"{formula}. {words.rule_note}")
    return ft.Container(line, bgcolor=Color.LOW, border_radius=Radius.CHIP, padding=Space.M)


def _pain(view: ProgressView, as_table: bool, set_table: Callable[..., Any], big: bool) -> ft.Control:
    title: list[ft.Control] = [Heading(words.pain_title, Style.SUB, 2)]
    if view.finding:
        title.append(Text(view.finding, Style.SMALL, Color.MUTED))
    if not view.pain:
        return Card(*title, Text(words.no_pain_yet, Style.BODY, Color.MUTED))
    switches = (
        _switch(words.show_chart, ft.Icons.SHOW_CHART, not as_table, lambda: set_table(False), "show-chart"),
        _switch(words.show_table, ft.Icons.TABLE_ROWS_OUTLINED, as_table, lambda: set_table(True), "show-table"),
    )
    rows = [ft.Row([each]) for each in switches] if big else [ft.Row([*switches], spacing=Space.S)]
    shown = _table(view, big) if as_table else _chart(view, big)
    return Card(ft.Column(title, spacing=0), *rows, shown)


def _switch(name: str, icon: ft.IconData, chosen: bool, choose: Callable[..., Any], key: str) -> ft.Control:
    ink = Color.ON_PRIMARY_CONTAINER if chosen else Color.ON
    content = ft.Row(
        [ft.Icon(icon, size=22, color=ink), Text(name, Style.SMALL_STRONG, ink)],
        spacing=Space.S,
        alignment=ft.MainAxisAlignment.CENTER,
        tight=True,
    )
    return Choice(content, lambda _: choose(), key=key, chosen=chosen, pad=13, soft=True)


def _chart(view: ProgressView, big: bool) -> ft.Control:
    from app.parts.charts import PainChart  # charts are heavy: imported with the first look

    during = [((p.on - view.first_on).days, p.pain) for p in view.pain if not p.morning]
    morning = [((p.on - view.first_on).days, p.pain) for p in view.pain if p.morning]
    span = (view.today - view.first_on).days
    labels = [(7 * n, name) for n, (name, _) in enumerate(view.weeks)]
    spoken = f"{words.pain_title}. {view.finding}. {words.table_has_rows}"
    return PainChart(during, morning, span, labels, spoken, (words.during, words.morning), words.pain_of_ten, big)


def _table(view: ProgressView, big: bool) -> ft.Control:
    """The rows of the chart; at large text a narrow column of numbers without "of 10", which the title says."""

    def cell(text: str) -> ft.DataCell:
        return ft.DataCell(Text(text, Style.SMALL))

    return ft.DataTable(
        columns=[ft.DataColumn(label=Text(name, Style.SMALL_STRONG)) for name in words.columns],
        rows=[
            ft.DataRow(
                cells=[
                    cell(words.short_day(p.on)),
                    cell(str(p.pain) if big else words.pain_of_ten(p.pain)),
                    cell(words.morning if p.morning else words.during),
                ]
            )
            for p in view.pain[::-1][:SHOWN_ROWS]
        ],
        column_spacing=Space.L,
        horizontal_margin=0,
        data_row_max_height=float("inf"),
    )
