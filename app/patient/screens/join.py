"""Joining with an invitation: the link's secret by itself, or the code with the birth date."""

import re
from datetime import date

import flet as ft

from app.parts import AppButton, Figure, Heading, IconTile, Line, Notice, Page, Text, TypedField
from app.parts.hooks import Latest, use_latest
from app.patient.model import Model
from app.patient.screens.frame import Waiting, trouble, width
from app.strings import words
from app.theme import Color, Radius, Space, Style

_CODE = re.compile(r"[A-Z0-9]{10}")
_AMERICAN = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")


def problem(code: str, birth_date: str) -> str:
    """What is wrong with the entries, or nothing."""
    if not _CODE.fullmatch(tidy(code)):
        return words.code_unclear
    return "" if iso_date(birth_date) else words.birth_date_unclear


def iso_date(typed: str) -> str:
    """`4/23/1960`, month first, or `1960-04-23` as `1960-04-23`; nothing for what is no date."""
    american = _AMERICAN.fullmatch(typed.strip())
    text = typed.strip()
    if american:
        month, day, year = american.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def tidy(code: str) -> str:
    """The code without spaces and dashes, in capitals."""
    return re.sub(r"[\s-]", "", code).upper()


@ft.component
def JoinScreen(model: Model) -> ft.Control:
    """The form, the wait, or the decision about another patient's entries."""
    code, born, wrong = use_latest(""), use_latest(""), use_latest("")
    if model.join.busy:
        return Waiting(model, words.joining, words.joining_help)
    if model.join.others:
        return _Others(model)

    async def send(_: ft.Event[ft.FilledButton]) -> None:
        if not wrong.put(problem(code.value, born.value)):
            await model.redeem(code=tidy(code.value), birth_date=iso_date(born.value))

    return Page(
        [
            *trouble(model),
            *_intro(model),
            *(
                [Notice(wrong.value or model.join.sentence, "error", key="join-wrong")]
                if wrong.value or model.join.sentence
                else []
            ),
            _field(words.code, words.code_help, code, "code", ft.Icons.KEY_OUTLINED),
            _field(words.birth_date, words.birth_date_help, born, "birth", ft.Icons.CAKE_OUTLINED),
        ],
        bottom=ft.Column(
            [
                AppButton(words.join, send, key="join", icon=ft.Icons.ARROW_FORWARD, icon_last=True),
                AppButton(words.at_clinic, key="at-clinic", kind="text", size="normal", url="/clinic"),
            ],
            spacing=Space.S,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        width=width(model),
        key="join",
    )


def _intro(model: Model) -> list[ft.Control]:
    snapshot = model.snapshot
    unsent = snapshot.status.unsent if snapshot else 0
    if snapshot is not None and snapshot.revoked:
        return [_mark(), Heading(words.ended), _help(words.ended_help(unsent)), _help(words.new_invitation)]
    if snapshot is not None and (snapshot.profile is not None or unsent):
        return [_mark(), Heading(words.connect_again), _help(words.kept(unsent)), _help(words.new_invitation)]
    return [
        Text(words.app, Style.TITLE),
        Figure("standing", words.app, height=160 if not model.look.big else 110, radius=Radius.HERO),
        Heading(words.welcome),
        _help(words.welcome_help),
    ]


def _mark() -> ft.Control:
    return ft.Row([IconTile(ft.Icons.PHONELINK_LOCK_OUTLINED)])


def _help(sentence: str) -> ft.Control:
    return Text(sentence, Style.BODY, Color.MUTED)


def _field(label: str, help_text: str, typed: Latest[str], key: str, icon: ft.IconData) -> ft.Control:
    """A field with its help before it, where a screen reader finds it."""
    box = TypedField(
        typed.value,
        typed.put,
        key=key,
        label=label,
        prefix_icon=icon,
        border=ft.OutlineInputBorder(border_radius=Radius.CHIP),
        filled=True,
        fill_color=Color.CARD,
        capitalization=ft.TextCapitalization.CHARACTERS if key == "code" else None,
        autocorrect=False,
        input_filter=ft.InputFilter(allow=True, regex_string=r"[A-Za-z0-9 /\-]", replacement_string=""),
        content_padding=ft.Padding.symmetric(horizontal=Space.L, vertical=18),
    )
    return ft.Column(
        [Text(help_text, Style.SMALL, Color.MUTED), box],
        spacing=Space.XS,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _Others(model: Model) -> ft.Control:
    return Page(
        [Heading(words.others_title), Line(ft.Icons.WARNING_AMBER_OUTLINED, model.join.sentence, Style.BODY, Color.ON)],
        bottom=ft.Column(
            [
                AppButton(words.others_keep, lambda _: model.page.run_task(model.step_back), key="step-back"),
                AppButton(
                    words.others_delete,
                    lambda _: model.page.run_task(model.take_over),
                    key="take-over",
                    kind="outline",
                ),
            ],
            spacing=Space.S,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        width=width(model),
        key="others",
    )
