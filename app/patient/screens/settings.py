"""Settings: how it looks, what is not sent yet, days away, this device, and what the app is."""

from collections.abc import Callable
from typing import Any

import flet as ft

from app.parts import AppButton, Card, Choice, Heading, Line, LinkCard, Notice, Text
from app.parts.hooks import Latest, use_latest, use_value
from app.patient.doing import Doing
from app.patient.model import Device
from app.patient.screens.frame import Tab
from app.reads import Shelved
from app.strings import words
from app.theme import TEXT_SIZES, Color, Space, Style
from hep.facts import SkipReason


@ft.component
def SettingsScreen(model: Doing) -> ft.Control:
    """All settings on one page."""
    copied, set_copied = use_value(False)
    leaving, set_leaving = use_value(False)
    reason = use_latest(SkipReason.AWAY)

    async def load() -> None:
        await model.load_devices()

    async def copy(_: Any) -> None:
        await ft.Clipboard().set(await model.unsent_text())
        set_copied(True)

    ft.use_effect(load, [])
    return Tab(
        model,
        "/settings",
        [
            Heading(words.settings_title),
            _look(model),
            _entries(model, copy, copied),
            _reminders(model),
            _away(model, reason),
            _device(model, leaving, lambda: set_leaving(lambda last: not last)),
            Card(
                Heading(words.about, Style.SUB, 2),
                Text(words.about_body, Style.SMALL),
                Text(words.clinic_review, Style.SMALL, Color.MUTED),
                AppButton(
                    words.licenses,
                    key="licenses",
                    kind="text",
                    size="normal",
                    fill=False,
                    url=f"{model.platform.base_url}/licenses.txt",
                ),
            ),
            AppButton(
                words.stop_link,
                lambda _: model.go("/stop"),
                key="stop",
                kind="outline",
                size="normal",
                icon=ft.Icons.FRONT_HAND_OUTLINED,
            ),
        ],
    )


def _reminders(model: Doing) -> ft.Control:
    return LinkCard(
        ft.Icons.NOTIFICATIONS_OUTLINED,
        words.reminders_title,
        words.reminders_row_help,
        lambda _: model.go("/reminders"),
        key="reminders",
    )


def _look(model: Doing) -> ft.Control:
    look = model.look
    sizes = [
        _pick(
            f"{p}%",
            p == look.percent,
            lambda _, n=p: model.page.run_task(model.choose_look, n, look.mode),
            f"size-{p}",
        )
        for p in TEXT_SIZES
    ]
    modes = [
        _pick(
            label,
            name == look.mode.value,
            lambda _, m=name: model.page.run_task(model.choose_look, look.percent, ft.ThemeMode(m)),
            f"mode-{name}",
        )
        for name, label in words.modes
    ]
    return Card(
        Heading(words.text_size, Style.SUB, 2),
        *_rows(sizes, 2 if look.big else 4),
        Heading(words.brightness, Style.SUB, 2),
        *_rows(modes, 1 if look.big else 3),
    )


def _pick(label: str, chosen: bool, on_click: Callable[..., Any], key: str) -> ft.Control:
    ink = Color.ON_PRIMARY_CONTAINER if chosen else Color.ON
    content = Text(label, Style.SMALL_STRONG, ink, text_align=ft.TextAlign.CENTER)
    return Choice(content, on_click, key=key, chosen=chosen, pad=14, soft=True)


def _rows(tiles: list[ft.Control], per_row: int) -> list[ft.Control]:
    return [ft.Row(tiles[n : n + per_row], spacing=Space.S) for n in range(0, len(tiles), per_row)]


def _entries(model: Doing, copy: Callable[..., Any], copied: bool) -> ft.Control:
    status = model.here.status
    rows: list[ft.Control] = [Heading(words.your_entries, Style.SUB, 2)]
    rows.append(Text(words.waiting(status.unsent) if status.unsent else words.unsent_none))
    if status.sentence and status.unsent:
        rows.append(Text(status.sentence, Style.SMALL, Color.MUTED))
    rows.append(
        AppButton(
            words.send_now,
            lambda _: model.page.run_task(model.fetch),
            key="send-now",
            kind="tonal",
            size="normal",
            icon=ft.Icons.CLOUD_UPLOAD_OUTLINED,
        )
    )
    if status.shelf:
        rows.append(Heading(words.shelf_title, Style.SUB, 2))
        rows += [control for entry in status.shelf for control in _shelved(model, entry)]
    if status.unsent or status.shelf:
        rows.append(
            AppButton(words.export, copy, key="export", kind="outline", size="normal", icon=ft.Icons.CONTENT_COPY)
        )
    if copied:
        rows.append(Notice(words.exported, "good", key="exported"))
    return Card(*rows)


def _shelved(model: Doing, entry: Shelved) -> list[ft.Control]:
    name = words.kinds.get(entry.kind, entry.kind)
    return [
        Notice(f"{name}: {entry.sentence}", "error", key=f"shelf-{entry.id}"),
        ft.Row(
            [
                AppButton(
                    words.send_again,
                    lambda _: model.run(lambda: model.store.send_again(entry.id)),
                    key=f"send-again-{entry.id}",
                    kind="tonal",
                    size="normal",
                    expand=True,
                ),
                AppButton(
                    words.discard,
                    lambda _: model.run(lambda: model.store.discard(entry.id)),
                    key=f"discard-{entry.id}",
                    kind="text",
                    size="normal",
                    expand=True,
                ),
            ],
            spacing=Space.S,
        ),
    ]


def _away(model: Doing, reason: Latest[SkipReason]) -> ft.Control:
    why = [
        _pick(label, value is reason.value, lambda _, chosen=value: reason.put(chosen), f"away-{value.value}")
        for value, label in words.away_reason.items()
    ]
    days = [
        AppButton(
            label,
            lambda _, n=n: model.pause(n, reason.value),
            key=f"away-days-{n}",
            kind="plain",
            size="normal",
            expand=True,
        )
        for n, label in words.away_days
    ]
    pauses = [p for p in model.here.history.pauses if p.until_on >= model.here.today]
    shown: list[ft.Control] = [
        Notice(words.away_until(words.day(p.until_on)), "info", key=f"pause-{p.until_on}") for p in pauses
    ]
    return Card(
        Heading(words.away_title, Style.SUB, 2),
        Text(words.away_help, Style.SMALL, Color.MUTED),
        *shown,
        *_rows(why, 2),
        Text(words.away_how_long, Style.SMALL_STRONG),
        *_rows([*days], 2),
    )


def _one(model: Doing, device: Device) -> ft.Control:
    name = Line(ft.Icons.SMARTPHONE, device.view.name, Style.BODY, Color.ON)
    right: ft.Control = Text(words.this_device, Style.SMALL, Color.MUTED)
    if not device.mine:
        right = AppButton(
            words.sign_out_device,
            lambda _: model.page.run_task(model.revoke, device.view.id),
            key=f"revoke-{device.view.id}",
            kind="outline",
            size="normal",
            fill=False,
        )
    return ft.Row([ft.Container(name, expand=True), right], spacing=Space.S)


def _device(model: Doing, leaving: bool, flip: Callable[..., Any]) -> ft.Control:
    rows: list[ft.Control] = [Heading(words.devices_title, Style.SUB, 2)]
    if model.devices is None:
        rows.append(Text(words.devices_offline, Style.SMALL, Color.MUTED))
    rows += [_one(model, device) for device in model.devices or () if device.view.revoked_at is None]
    if not leaving:
        rows.append(AppButton(words.sign_out, lambda _: flip(), key="sign-out", kind="outline", size="normal"))
        return Card(*rows)
    status = model.here.status
    unsent = status.unsent + len(status.shelf)
    rows += [
        Notice(words.sign_out_warning(unsent) if unsent else words.sign_out_safe, "caution", key="sign-out-warning"),
        AppButton(
            words.sign_out_confirm,
            lambda _: model.page.run_task(model.sign_out),
            key="sign-out-confirm",
            kind="stop",
            size="normal",
        ),
        AppButton(words.cancel, lambda _: flip(), key="sign-out-cancel", kind="text", size="normal"),
    ]
    return Card(*rows)
