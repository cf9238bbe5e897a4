"""By what a patient is reminded: this phone, other ways the clinic has, days away, the calendar, and trying it."""

from dataclasses import replace

import flet as ft

from app.parts import AppButton, Card, Heading, Line, LinkCard, Notice, SettingRow, Text, TypedField
from app.parts.hooks import use_latest, use_value
from app.patient.doing import Doing
from app.patient.reminders import EMAIL, NTFY, Standing
from app.strings import words
from app.theme import Color, Size, Space, Style
from hep.reaching import AddressView

_ICONS = {
    "webpush": ft.Icons.SMARTPHONE,
    "email": ft.Icons.MAIL_OUTLINED,
    "ntfy": ft.Icons.CAMPAIGN_OUTLINED,
}


@ft.component
def Ways(model: Doing) -> ft.Control:
    """The cards; without the clinic only what works without it."""
    standing = model.reminders.standing
    cards: list[ft.Control] = []
    if standing.sentence:
        cards.append(Notice(standing.sentence, "caution", key="reminders-trouble"))
    if standing.mine is not None:
        cards.append(_channels(model, standing))
        if standing.mine.addresses:
            cards.append(_Trying(model, standing))
    cards += [_away(model)]
    if standing.mine is not None:
        cards.append(_Calendar(model, standing))
    return ft.Column(cards, spacing=Space.L, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _channels(model: Doing, standing: Standing) -> ft.Control:
    rows: list[ft.Control] = [Heading(words.ways_title, Style.SUB, 2)]
    mine = standing.mine
    if mine is not None and not mine.channels:
        rows.append(Text(words.ways_none, Style.SMALL, Color.MUTED))
    for kind in mine.channels if mine else ():
        own = [each for each in (mine.addresses if mine else ()) if each.kind == kind]
        rows += [_channel(model, kind, bool(own)), *(_address(model, each) for each in own)]
        if kind == EMAIL:
            rows.append(_Email(model, standing))
        if kind == NTFY:
            rows += _ntfy(model, standing)
    return Card(*rows)


def _channel(model: Doing, kind: str, has_address: bool) -> ft.Control:
    """A channel, with a switch where there is something to switch."""
    off = model.reminding.channels_off

    def change(is_on: bool) -> None:
        model.choose(
            lambda now: replace(now, channels_off=now.channels_off - {kind} if is_on else now.channels_off | {kind})
        )

    switch = ft.Switch(
        key=f"way-{kind}",
        value=kind not in off,
        height=Size.TARGET,
        on_change=lambda e: change(bool(e.control.value)),
    )
    name = words.way_names.get(kind, kind)
    return SettingRow(
        _ICONS.get(kind, ft.Icons.NOTIFICATIONS_OUTLINED),
        name,
        words.way_help.get(kind, ""),
        switch if has_address else None,
    )


def _address(model: Doing, address: AddressView) -> ft.Control:
    name = address.masked or (words.this_device if address.this_device else address.device_name or words.other_device)
    state = words.way_states.get(address.state, address.state)
    line = ft.Column([Text(name, Style.SMALL_STRONG), Text(state, Style.SMALL, Color.MUTED)], spacing=0, expand=True)
    remove = AppButton(
        words.way_remove, lambda _: model.page.run_task(model.reminders.remove, address),
        key=f"remove-{address.id}", kind="text", size="normal", fill=False,
    )  # fmt: skip
    return ft.Row([line, remove], spacing=Space.S)


@ft.component
def _Email(model: Doing, standing: Standing) -> ft.Control:
    """An address, then the code that was sent there."""
    typed = use_latest("")
    waiting = standing.waiting
    if waiting is not None:
        label, help_text, button, key = words.email_code, words.email_code_help, words.email_confirm, "email-code"
    else:
        label, help_text, button, key = words.email_field, words.email_help, words.email_send_code, "email-address"

    async def send() -> None:
        text = typed.value.strip()
        if not text:
            return
        if waiting is not None:
            await model.reminders.confirm(text)
        else:
            await model.reminders.add_email(text)
        typed.put("")

    return ft.Column(
        [
            Text(help_text, Style.SMALL, Color.MUTED),
            TypedField(typed.value, typed.put, key=key, label=label),
            AppButton(button, lambda _: model.page.run_task(send), key=f"{key}-send", kind="outline", size="normal"),
        ],
        spacing=Space.S,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _ntfy(model: Doing, standing: Standing) -> list[ft.Control]:
    if standing.topic is not None:
        return [_Secret(words.ntfy_help, standing.topic.address, "ntfy")]
    return [
        AppButton(
            words.ntfy_add, lambda _: model.page.run_task(model.reminders.add_ntfy), key="ntfy-add", kind="outline",
            size="normal",
        )
    ]  # fmt: skip


@ft.component
def _Secret(help_text: str, address: str, key: str) -> ft.Control:
    """An address to be copied elsewhere."""
    copied, set_copied = use_value(False)

    async def copy() -> None:
        await ft.Clipboard().set(address)
        set_copied(True)

    rows: list[ft.Control] = [
        Text(help_text, Style.SMALL, Color.MUTED),
        Text(address, Style.SMALL_STRONG, selectable=True),
        AppButton(
            words.copy, lambda _: ft.context.page.run_task(copy), key=f"{key}-copy", kind="outline", size="normal",
            icon=ft.Icons.CONTENT_COPY,
        ),
    ]  # fmt: skip
    if copied:
        rows.append(Line(ft.Icons.CHECK, words.copied))
    return ft.Column(rows, spacing=Space.S, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


@ft.component
def _Trying(model: Doing, standing: Standing) -> ft.Control:
    """One reminder now, and what became of it."""
    rows: list[ft.Control] = [
        AppButton(
            words.try_now, lambda _: model.page.run_task(model.reminders.try_now), key="try-now", kind="outline",
            size="normal", icon=ft.Icons.SEND_OUTLINED, disabled=standing.busy,
        ),
        Text(words.try_help, Style.SMALL, Color.MUTED, text_align=ft.TextAlign.CENTER),
    ]  # fmt: skip
    if standing.tried:
        kind = "good" if standing.tried == "sent" else "caution"
        rows.append(Notice(words.tried.get(standing.tried, words.tried_nothing), kind, key="tried"))
    return Card(*rows)


def _away(model: Doing) -> ft.Control:
    return LinkCard(
        ft.Icons.FLIGHT_TAKEOFF,
        words.away_row,
        words.away_row_help,
        lambda _: model.go("/settings"),
        key="to-away",
    )


@ft.component
def _Calendar(model: Doing, standing: Standing) -> ft.Control:
    address = standing.mine.calendar if standing.mine else None
    rows: list[ft.Control] = [
        SettingRow(ft.Icons.CALENDAR_MONTH_OUTLINED, words.calendar_title, words.calendar_help),
    ]
    if address is None:
        rows.append(
            AppButton(
                words.calendar_title, lambda _: model.page.run_task(model.reminders.calendar, True),
                key="calendar-add", kind="outline", size="normal",
            )
        )  # fmt: skip
        return Card(*rows)
    whole = address if address.startswith("http") else f"{model.platform.base_url}{address}"
    rows += [
        _Secret(words.calendar_ready, whole, "calendar"),
        AppButton(words.calendar_download, key="calendar-file", kind="text", size="normal", url=whole),
        AppButton(
            words.calendar_end, lambda _: model.page.run_task(model.reminders.calendar, False), key="calendar-end",
            kind="text", size="normal",
        ),
    ]  # fmt: skip
    return Card(*rows)
