"""Sessions and pain over time, as charts or as tables of the same rows, for all exercises or for one."""

from itertools import dropwhile

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, Line, Text
from app.theme import Space, Style
from app.therapist.parts.charts import load_chart, pain_chart, pain_legend, week_bars
from app.therapist.parts.desk import DeskButton, Muted, Option, Picker, column, flow, lines, row
from app.therapist.parts.strip import legend_mark
from app.therapist.parts.tables import Table
from app.therapist.parts.when import day
from app.therapist.patient_state import PatientState
from hep.phrases import number_text
from hep.views import ExerciseTrend, PatientDetail

_ALL = "all"


@ft.component
def Trends(state: PatientState, detail: PatientDetail) -> ft.Control:
    """The card: finding and formulas first, then pictures or tables."""
    chosen = next((e for e in detail.exercises if e.prescription_id == state.exercise), None)
    head = flow(
        lines(Heading(words.TRENDS, Style.TITLE, 2), *_formulas(detail, chosen)),
        flow(_exercise_picker(state, detail), _table_switch(state)),
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
    )
    body = _one(chosen, state.as_table) if chosen else _all(detail, state.as_table)
    return Card(head, *body, padding=18)


def _formulas(detail: PatientDetail, chosen: ExerciseTrend | None) -> list[ft.Control]:
    if chosen:
        return [Muted(chosen.dose_text, Style.SMALL)]
    adherence = detail.adherence
    said = (adherence.rate_text, adherence.dose_text, adherence.live_text)
    return [Muted(text, Style.SMALL) for text in said if text]


def _exercise_picker(state: PatientState, detail: PatientDetail) -> ft.Control:
    options = [Option(_ALL, words.ALL_EXERCISES), *(Option(e.prescription_id, e.name) for e in detail.exercises)]
    return Picker(
        words.EXERCISE,
        options,
        state.exercise or _ALL,
        lambda value: state.narrow(None if value == _ALL else value),
        key="trend-exercise",
        empty=words.ALL_EXERCISES,
    )


def _table_switch(state: PatientState) -> ft.Control:
    label, icon = (
        (words.AS_CHART, ft.Icons.SHOW_CHART) if state.as_table else (words.AS_TABLE, ft.Icons.TABLE_ROWS_OUTLINED)
    )
    return DeskButton(label, state.switch_table, key="table-switch", kind="outline", icon=icon)


def _all(detail: PatientDetail, as_table: bool) -> list[ft.Control]:
    if not any(week.due or week.done or week.partial for week in detail.weekly):
        return [Muted(words.NOTHING_LOGGED, Style.SMALL)]
    parts = _weekly(detail, as_table)
    if detail.pain:
        parts += _pain(detail, as_table)
    return parts


def _weekly(detail: PatientDetail, as_table: bool) -> list[ft.Control]:
    title = Heading(words.SESSIONS_PER_WEEK, Style.SMALL_STRONG, 3)
    weeks = tuple(dropwhile(lambda week: not (week.due or week.done or week.partial), detail.weekly))
    if as_table:
        rows = [
            (day(w.week_start), *map(str, (w.due, w.done, w.partial, w.skipped, w.unknown, w.not_logged)))
            for w in weeks
        ]
        return [title, Table(words.WEEK_COLUMNS, rows)]
    legend = [
        row(legend_mark(kind), Muted(said), spacing=5, tight=True)
        for kind, said in words.LEGEND.items()
        if kind not in ("rest", "upcoming")
    ]
    head = flow(title, flow(*legend, spacing=Space.M), alignment=ft.MainAxisAlignment.SPACE_BETWEEN)
    return [head, week_bars(weeks)]


def _pain(detail: PatientDetail, as_table: bool) -> list[ft.Control]:
    title = Heading(words.PAIN_SCALE, Style.SMALL_STRONG, 3)
    basis = words.NO_BASELINE if detail.baseline is None else words.baseline(number_text(detail.baseline))
    foot = Line(ft.Icons.FUNCTIONS, basis, Style.DESK_SMALL)
    if as_table:
        rows = [(day(p.on), *(_given(pain) for pain in (p.during, p.after, p.morning))) for p in reversed(detail.pain)]
        return [title, Table(words.PAIN_COLUMNS, rows), foot]
    return [
        flow(title, pain_legend(), alignment=ft.MainAxisAlignment.SPACE_BETWEEN),
        pain_chart(detail.pain),
        foot,
    ]


def _given(value: int | None) -> str:
    return words.NOT_GIVEN if value is None else str(value)


def _one(trend: ExerciseTrend, as_table: bool) -> list[ft.Control]:
    title = Heading(trend.name, Style.SMALL_STRONG, 3)
    if not trend.points:
        return [title, Muted(words.NOTHING_LOGGED, Style.SMALL)]
    if as_table:
        rows = [
            (
                day(p.on),
                str(p.amount),
                p.load_text or words.NOT_GIVEN,
                _given(p.pain),
            )
            for p in reversed(trend.points)
        ]
        return [title, Table(words.LOAD_COLUMNS, rows)]
    return [column(title, Text(words.LOAD_COLUMNS[1], Style.SMALL)), load_chart(trend.points)]
