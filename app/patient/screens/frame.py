"""What the screens share: the frame with its tabs, the entry that is not saved, waiting and trouble."""

from collections.abc import Sequence

import flet as ft

from app.parts import AppButton, Heading, IconAction, IconTile, Notice, Page, Text
from app.patient.model import Model
from app.strings import words
from app.theme import Color, Space, Style

TABS = ("/", "/program", "/progress", "/settings")
_ICONS = (
    (ft.Icons.TODAY_OUTLINED, ft.Icons.TODAY),
    (ft.Icons.FITNESS_CENTER_OUTLINED, ft.Icons.FITNESS_CENTER),
    (ft.Icons.INSIGHTS_OUTLINED, ft.Icons.INSIGHTS),
    (ft.Icons.SETTINGS_OUTLINED, ft.Icons.SETTINGS),
)


def width(model: Model) -> int | None:
    """The width of the column on a wide screen, None on a phone."""
    return Space.COLUMN if model.look.wide else None


def Tab(model: Model, route: str, body: Sequence[ft.Control]) -> ft.Control:
    """A screen with the bottom bar."""
    bar = ft.NavigationBar(
        key="tabs",
        destinations=[
            ft.NavigationBarDestination(icon=icon, selected_icon=chosen, label=label)
            for (icon, chosen), label in zip(_ICONS, words.tabs, strict=True)
        ],
        selected_index=TABS.index(route),
        on_change=lambda e: model.go(TABS[e.control.selected_index]),
    )
    return Page([*trouble(model), *body], bar=bar, width=width(model), key=f"tab-{route}")


def Inner(
    model: Model,
    title: str,
    body: Sequence[ft.Control],
    *,
    bottom: ft.Control | None = None,
    back: str = "/",
    right: Sequence[ft.Control] = (),
    key: str,
) -> ft.Control:
    """A screen with a way back and its title at the top."""
    head = ft.Row(
        [
            IconAction(ft.Icons.ARROW_BACK, words.back, lambda _: model.go(back), key="back", color=Color.ON),
            ft.Container(Heading(title, Style.TITLE), expand=True),
            *right,
        ],
        spacing=Space.XS,
    )
    return Page([*trouble(model), *body], head=head, bottom=bottom, width=width(model), key=key)


def trouble(model: Model) -> list[ft.Control]:
    """What went wrong on this phone: a repaired file, an entry that is not saved, an entry that was impossible."""
    shown: list[ft.Control] = []
    if model.repair:
        shown.append(Notice(words.corrupt, "caution", detail=model.repair, key="repair"))
    if model.pending is not None:
        retry = AppButton(words.retry, lambda _: _again(model), key="save-again", kind="outline", size="normal")
        shown.append(Notice(words.not_saved, "error", detail=model.pending.sentence, action=retry, key="not-saved"))
    if model.refused:
        shown.append(Notice(model.refused, "error", key="refused"))
    return shown


def _again(model: Model) -> None:
    model.page.run_task(model.save_again)


def Waiting(model: Model, sentence: str = words.loading, help_text: str = words.loading_long) -> ft.Control:
    """Work goes on; words, not only a wheel."""
    return Page(
        [
            ft.Container(height=Space.XXL),
            ft.Row(
                [ft.ProgressRing(width=40, height=40, semantics_label=sentence)], alignment=ft.MainAxisAlignment.CENTER
            ),
            Heading(sentence, Style.TITLE, text_align=ft.TextAlign.CENTER),
            Text(help_text, Style.BODY, Color.MUTED, text_align=ft.TextAlign.CENTER),
        ],
        width=width(model),
        key="waiting",
    )


def Trouble(
    title: str, sentence: str, icon: ft.IconData, button: ft.Control | None = None, column: int | None = None
) -> ft.Control:
    """A page instead of the app: what is safe, and what to do."""
    return Page(
        [
            ft.Container(height=Space.XXL),
            ft.Row([IconTile(icon)]),
            Heading(title),
            Text(sentence, Style.BODY, Color.MUTED),
        ],
        bottom=button,
        width=column,
        key="trouble",
    )
