"""When to stop: works without a network. Emergency first, the clinic second, "None of these" last."""

from collections.abc import Sequence

import flet as ft

from app.parts import AppButton, Card, Heading, IconAction, Line, Notice, Page, Pill, Text
from app.patient.doing import Doing
from app.patient.screens.frame import trouble, width
from app.patient.screens.today import tel
from app.patient.views.stop import EMERGENCY, StopView, stop_view
from app.strings import words
from app.theme import Color, Space, Style
from hep.records import ClinicCard, StopSign


@ft.component
def StopScreen(model: Doing, prescription_id: str | None) -> ft.Control:
    """The signs; once one is chosen and saved, what to do now."""
    view = stop_view(model.here, prescription_id)
    if model.chosen_sign is not None:
        return _recorded(model, view, model.chosen_sign)
    big = model.look.big
    close = IconAction(ft.Icons.CLOSE, words.close, lambda _: model.close_stop(), key="close", color=Color.ON)
    offline = [] if big else [ft.Container(expand=True), Pill(words.works_offline, ft.Icons.OFFLINE_PIN_OUTLINED)]
    head = ft.Row([close, *offline])
    return Page(
        [
            *trouble(model),
            _title(model),
            *([Line(ft.Icons.OFFLINE_PIN_OUTLINED, words.works_offline)] if big else []),
            *_emergency(model, view),
            *_clinic(model, view),
            _lock_line(),
        ],
        head=head,
        bottom=AppButton(words.none_of_these, lambda _: model.close_stop(), key="none-of-these", kind="tonal"),
        width=width(model),
        spacing=14,
        key="stop",
    )


def _title(model: Doing, recorded: bool = False) -> ft.Control:
    help_text = words.stop_help if model.here.open_session else words.stop_help_calm
    hand = ft.Container(
        ft.Icon(ft.Icons.FRONT_HAND, size=30, color=Color.ON_ERROR),
        width=64,
        height=64,
        border_radius=22,
        bgcolor=Color.ERROR,
        alignment=ft.Alignment.CENTER,
    )
    help_line = [] if recorded else [Text(help_text, Style.BODY, Color.MUTED)]
    texts = ft.Column([Heading(words.stop_title), *help_line], spacing=0, expand=True)
    return ft.Row([hand, texts], spacing=14)


def _emergency(model: Doing, view: StopView) -> list[ft.Control]:
    if view.clinic is None:
        return [Notice(words.stop_unknown_clinic, "error", key="no-clinic")]
    return [
        Card(
            Heading(words.any_now, Style.TITLE, 2),
            *_signs(model, view, view.emergency),
            *_text(view.clinic.emergency_text),
            *_call_emergency(view.clinic),
            border=Color.ERROR,
        )
    ]


def _clinic(model: Doing, view: StopView) -> list[ft.Control]:
    if view.clinic is None:
        return []
    parts: list[ft.Control] = []
    if view.same_day:
        parts += [Heading(words.any_today, Style.TITLE, 2), *_signs(model, view, view.same_day)]
    if view.soon:
        parts += [Heading(words.any_soon, Style.TITLE, 2), *_signs(model, view, view.soon)]
    return [Card(*parts, *_text(view.clinic.clinic_text), *_call_clinic(view.clinic))]


def _text(text: str) -> list[ft.Control]:
    return [Text(text)] if text.strip() else []


def _call_emergency(clinic: ClinicCard) -> list[ft.Control]:
    """Nothing when the clinic set no number: a wrong one would be worse."""
    if not clinic.emergency_number.strip():
        return []
    return [
        AppButton(
            words.call(clinic.emergency_number),
            key="call-emergency",
            kind="danger",
            size="emergency",
            icon=ft.Icons.CALL,
            url=tel(clinic.emergency_number),
        )
    ]


def _call_clinic(clinic: ClinicCard) -> list[ft.Control]:
    if not clinic.phone.strip():
        return []
    return [
        AppButton(
            words.call_the_clinic(clinic.phone),
            key="call-clinic",
            kind="outline",
            icon=ft.Icons.CALL_OUTLINED,
            url=tel(clinic.phone),
        )
    ]


def _signs(model: Doing, view: StopView, signs: Sequence[StopSign]) -> list[ft.Control]:
    return [
        AppButton(
            sign.text,
            lambda _, s=sign: model.raise_flag(s, view.prescription),
            key=f"sign-{sign.id}",
            kind="plain",
            size="normal",
        )
        for sign in signs
    ]


def _lock_line() -> ft.Control:
    return Line(ft.Icons.LOCK_OUTLINE, words.stop_lock)


def _recorded(model: Doing, view: StopView, sign: StopSign) -> ft.Control:
    """The sign is on this phone for good: whom to call, and that the exercises are on hold."""
    emergency = sign.group == EMERGENCY
    now: list[ft.Control] = []
    if view.clinic is not None:
        now += _text(view.clinic.emergency_text if emergency else view.clinic.clinic_text)
        now += [*(_call_emergency(view.clinic) if emergency else []), *_call_clinic(view.clinic)]
    return Page(
        [
            _title(model, recorded=True),
            Card(
                Text(f"{words.you_chose}: {sign.text}", Style.SUB),
                *now,
                border=Color.ERROR,
            ),
            Notice(words.recorded_title, "error", ft.Icons.LOCK_OUTLINE, detail=words.recorded_help, key="recorded"),
        ],
        bottom=AppButton(words.back_to_today, lambda _: model.leave_stop(), key="to-today", kind="tonal"),
        width=width(model),
        spacing=Space.L,
        key="recorded",
    )
