"""Reminders: whether this device may show any, when they come, what others can see, and what really happened."""

import flet as ft

from app.parts import AppButton, Card, Heading, IconTile, Notice, Text
from app.patient.doing import Doing
from app.patient.reminders import WEBPUSH
from app.patient.screens.frame import Inner
from app.patient.screens.reminder_times import Times
from app.patient.screens.reminder_ways import Ways
from app.patient.views.reminders import offers_fewer, recent
from app.platform.notifying import Permission
from app.strings import words
from app.theme import Color, Radius, Space, Style
from hep.reminding import Purpose, sentence


@ft.component
def RemindersScreen(model: Doing) -> ft.Control:
    """The whole screen; device and clinic are asked when it opens, the person only after a tap."""
    ft.use_effect(model.reminders.look, [])
    return Inner(
        model,
        words.reminders_title,
        [
            *_device(model),
            *fewer(model),
            Times(model),
            _lock_screen(model),
            Ways(model),
            _recent(model),
        ],
        back="/settings",
        key="reminders",
    )


def _device(model: Doing) -> list[ft.Control]:
    """How notifications stand here, before anything else."""
    standing = model.reminders.standing
    if standing.notifying is None:
        return []
    if standing.permission is Permission.UNSUPPORTED:
        return [
            Notice(words.notify_unsupported, "info", detail=words.notify_unsupported_help, key="notify-unsupported")
        ]
    if standing.permission is Permission.DEFAULT:
        return [_ask(model) if _would_use_it(model) else _no_channel()]
    if standing.permission is Permission.DENIED:
        again = AppButton(
            words.notify_look_again, lambda _: model.page.run_task(model.reminders.look), key="notify-again",
            kind="outline", size="normal",
        )  # fmt: skip
        return [
            Notice(
                words.notify_denied,
                "caution",
                ft.Icons.NOTIFICATIONS_OFF_OUTLINED,
                detail=words.notify_denied_help,
                action=again,
                key="notify-denied",
            )
        ]
    return [_granted(model)]


def _would_use_it(model: Doing) -> bool:
    """Whether consent is of any use: the device shows reminders by itself, or the clinic sends some, or may."""
    standing = model.reminders.standing
    return model.platform.schedules or standing.mine is None or standing.offers(WEBPUSH)


def _no_channel() -> ft.Control:
    return Notice(words.notify_no_channel, "info", key="notify-no-channel")


def _ask(model: Doing) -> ft.Control:
    words_beside = ft.Column(
        [
            Text(words.notify_default, Style.BODY_STRONG, Color.ON_CAUTION_CONTAINER),
            Text(words.notify_default_help, Style.SMALL, Color.ON_CAUTION_CONTAINER),
        ],
        spacing=2,
        expand=True,
    )
    icon = ft.Icon(ft.Icons.NOTIFICATIONS_OFF_OUTLINED, color=Color.ON_CAUTION_CONTAINER)
    allow = AppButton(words.notify_allow, lambda _: model.page.run_task(model.reminders.allow), key="notify-allow")
    return ft.Container(
        ft.Column(
            [ft.Row([icon, words_beside], spacing=14), allow],
            spacing=Space.M,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        bgcolor=Color.CAUTION_CONTAINER,
        border_radius=Radius.CARD,
        padding=Space.L,
    )


def _granted(model: Doing) -> ft.Control:
    standing = model.reminders.standing
    if standing.is_connected:
        return Notice(words.notify_granted, "good", ft.Icons.NOTIFICATIONS_ACTIVE_OUTLINED, key="notify-granted")
    if standing.mine is None:
        return Notice(standing.sentence or words.reminders_offline, "info", key="notify-offline")
    if not standing.offers(WEBPUSH):
        return _no_channel()
    connect = AppButton(
        words.notify_connect, lambda _: model.page.run_task(model.reminders.allow), key="notify-connect",
        kind="outline", size="normal",
    )  # fmt: skip
    return Notice(words.notify_not_connected, "caution", action=connect, key="notify-not-connected")


def fewer(model: Doing) -> list[ft.Control]:
    """The offer to remind less, when it goes well."""
    if not offers_fewer(model.here):
        return []
    return [
        Card(
            Heading(words.taper_title, Style.SUB, 2),
            Text(words.taper_help, Style.SMALL, Color.MUTED),
            AppButton(
                words.taper_fewer, lambda _: model.answer_taper(True), key="taper-fewer", kind="tonal", size="normal"
            ),
            AppButton(
                words.taper_keep, lambda _: model.answer_taper(False), key="taper-keep", kind="text", size="normal"
            ),
        )
    ]


def _lock_screen(model: Doing) -> ft.Control:
    """What a notification looks like to anybody who looks."""
    reminding = model.reminding
    text = ft.Column(
        [
            Text(words.app, Style.SMALL, Color.MUTED),
            Text(sentence(Purpose.SESSION, reminding.language), Style.BODY_STRONG),
        ],
        spacing=0,
        expand=True,
    )
    icon = IconTile(ft.Icons.SELF_IMPROVEMENT, Color.PRIMARY, Color.ON_PRIMARY)
    at = Text(words.clock(reminding.anchor(1, 1)), Style.SMALL, Color.MUTED)
    inside: ft.Control = ft.Row([icon, text, at], spacing=14)
    if model.look.big:
        inside = ft.Column([ft.Row([icon, at], spacing=14), text.controls[0], text.controls[1]], spacing=Space.S)
    return Card(
        Heading(words.lock_title, Style.SUB, 2),
        ft.Container(inside, bgcolor=Color.LOW, border_radius=Radius.CHIP, padding=Space.M),
        Text(words.reminders_never, Style.SMALL, Color.MUTED),
    )


def _recent(model: Doing) -> ft.Control:
    lines = recent(model.here, model.reminders.standing.mine)
    rows: list[ft.Control] = [Heading(words.recent_title, Style.SUB, 2)]
    if not lines:
        rows.append(Text(words.recent_none, Style.SMALL, Color.MUTED))
    for line in lines:
        rows.append(
            ft.Column(
                [Text(f"{line.when} · {line.way}", Style.SMALL_STRONG), Text(line.state, Style.SMALL, Color.MUTED)],
                spacing=0,
            )
        )
    return Card(*rows)
