"""Rows as a real table, scrolling sideways where it does not fit."""

from collections.abc import Sequence

import flet as ft

from app.parts import Text
from app.theme import Color, Style


def Table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> ft.Control:
    """A table with heads; the first column names the row."""
    table = ft.DataTable(
        columns=[ft.DataColumn(label=Text(name, Style.DESK_SMALL_STRONG, Color.MUTED)) for name in columns],
        rows=[ft.DataRow(cells=[ft.DataCell(Text(value, Style.SMALL)) for value in row]) for row in rows],
        column_spacing=20,
        horizontal_margin=4,
        heading_row_height=40,
        data_row_min_height=36,
        data_row_max_height=float("inf"),
        divider_thickness=1,
    )
    return ft.Row([table], scroll=ft.ScrollMode.AUTO)
