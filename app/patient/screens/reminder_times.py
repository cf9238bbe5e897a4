"""When reminders come: the time of each session, the second nudge, the morning check, how often, quiet hours."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import time

import flet as ft

from app.parts import AppButton, Card, Choice, Heading, IconAction, Notice, SettingRow, Text
from app.parts.hooks import Latest, use_latest
from app.patient.doing import Doing
from app.patient.views.reminders import SlotView, at_time, slots
from app.strings import words
from app.theme import Color, Size, Space, Style
from hep.reminding.choices import MOST_CHOSEN

_STEP_MIN = 15
_DAY_MIN = 24 * 60
_ICONS = ((11, ft.Icons.LOCAL_CAFE_OUTLINED), (17, ft.Icons.LIGHT_MODE_OUTLINED), (24, ft.Icons.NIGHTLIGHT_OUTLINED))


@dataclass(frozen=True, slots=True)
class Editing:
    """What is being changed: a slot's time (1 …), or with 0 the quiet hours, which have two."""

    slot: int
    first: time
    second: time = time(0)

    def moved(self, which: str, steps: int) -> "Editing":
        """With its `first` or `second` time so many quarters of an hour later."""
        if which == "first":
            return replace(self, first=_moved(self.first, steps))
        return replace(self, second=_moved(self.second, steps))


@ft.component
def Times(model: Doing) -> ft.Control:
    """The card."""
    editing = use_latest(_NOTHING)
    reminding = model.reminding
    rows: list[ft.Control] = [
        _switch(
            ft.Icons.NOTIFICATIONS_OUTLINED,
            words.remind_me,
            words.remind_me_help if reminding.on else words.reminders_off,
            "remind-on",
            reminding.on,
            lambda on: model.choose(lambda before: replace(before, on=on)),
        )
    ]
    if reminding.on:
        rows += _on(model, editing)
    return Card(*rows, spacing=Space.XS)


_NOTHING = Editing(-1, time(0))


def _on(model: Doing, editing: Latest[Editing]) -> list[ft.Control]:
    reminding = model.reminding
    found = slots(model.here)
    rows: list[ft.Control] = []
    for view in found:
        rows += [_line(), *_slot(model, view, len(found), editing)]
    rows += [
        _line(),
        _switch(
            ft.Icons.REPLAY,
            words.follow_up_title,
            words.follow_up_help,
            "remind-follow-up",
            reminding.follow_up,
            lambda on: model.choose(lambda before: replace(before, follow_up=on)),
        ),
        _line(),
        _switch(
            ft.Icons.WB_SUNNY_OUTLINED,
            words.morning_check_title,
            words.morning_check_help,
            "remind-morning",
            reminding.morning,
            lambda on: model.choose(lambda before: replace(before, morning=on)),
        ),
        _line(),
        *_most(model),
        _line(),
        *_quiet(model, editing),
    ]
    return rows


def _line() -> ft.Control:
    return ft.Divider(height=1, thickness=1, color=Color.HAIRLINE)


def _switch(
    icon: ft.IconData, title: str, help_text: str, key: str, value: bool, on_change: Callable[[bool], None]
) -> ft.Control:
    switch = ft.Switch(key=key, value=value, height=Size.TARGET, on_change=lambda e: on_change(bool(e.control.value)))
    return SettingRow(icon, title, help_text, switch)


def _valued(
    model: Doing, icon: ft.IconData, title: str, help_text: str, value: str, key: str, on_click: Callable[[], object]
) -> ft.Control:
    """A setting with its value in a pill that opens what changes it; below it where letters are large."""
    pill = AppButton(
        value, lambda _: on_click(), key=key, kind="tonal", size="normal", icon=ft.Icons.EXPAND_MORE, icon_last=True,
        fill=model.look.big,
    )  # fmt: skip
    if not model.look.big:
        return SettingRow(icon, title, help_text, pill)
    return ft.Column(
        [SettingRow(icon, title, help_text), pill], spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )


def _slot(model: Doing, view: SlotView, count: int, editing: Latest[Editing]) -> list[ft.Control]:
    icon = next(icon for until, icon in _ICONS if view.wall.hour < until)
    is_open = editing.value.slot == view.slot
    opened = _NOTHING if is_open else Editing(view.slot, view.wall)
    rows = [
        _valued(
            model, icon, view.name, view.days, words.clock(view.wall), f"time-{view.slot}", lambda: editing.put(opened)
        )
    ]
    if view.quiet:
        rows.append(Notice(words.is_quiet, "caution", key=f"quiet-{view.slot}"))
    if is_open:

        def save() -> None:
            model.choose(at_time(view.slot, count, editing.value.first))
            editing.put(_NOTHING)

        rows += [_stepper(view.name, "first", editing), _done(save)]
    return rows


def _most(model: Doing) -> list[ft.Control]:
    tiles: list[ft.Control] = []
    for n in range(1, MOST_CHOSEN + 1):
        is_chosen = n == model.reminding.most_per_day
        ink = Color.ON_PRIMARY_CONTAINER if is_chosen else Color.ON
        tiles.append(
            Choice(
                Text(str(n), Style.BODY_STRONG, ink, text_align=ft.TextAlign.CENTER),
                lambda _, most=n: model.choose(lambda before: replace(before, most_per_day=most)),
                key=f"most-{n}",
                chosen=is_chosen,
                pad=14,
                soft=True,
            )
        )
    return [
        ft.Container(Heading(words.most_title, Style.BODY_STRONG, 2), padding=ft.Padding.only(top=10)),
        ft.Container(ft.Row(tiles, spacing=Space.S), padding=ft.Padding.only(bottom=10)),
    ]


def _quiet(model: Doing, editing: Latest[Editing]) -> list[ft.Control]:
    reminding = model.reminding
    is_open = editing.value.slot == 0
    opened = _NOTHING if is_open else Editing(0, reminding.quiet_from, reminding.quiet_until)
    span = words.span(reminding.quiet_from, reminding.quiet_until)
    rows = [
        _valued(
            model, ft.Icons.BEDTIME_OUTLINED, words.quiet_title, words.quiet_help, span, "quiet",
            lambda: editing.put(opened),
        )
    ]  # fmt: skip
    if is_open:

        def choose(begin: time, end: time) -> None:
            model.choose(lambda before: replace(before, quiet_from=begin, quiet_until=end))
            editing.put(_NOTHING)

        rows += [
            _stepper(words.quiet_from, "first", editing),
            _stepper(words.quiet_until, "second", editing),
            _done(lambda: choose(editing.value.first, editing.value.second)),
            AppButton(words.no_quiet, lambda _: choose(time(0), time(0)), key="quiet-none", kind="text", size="normal"),
        ]
    return rows


def _stepper(name: str, which: str, editing: Latest[Editing]) -> ft.Control:
    """A time with a minus and a plus of a quarter of an hour."""

    def step(by: int) -> None:
        editing.change(lambda now: now.moved(which, by))

    shown = words.clock(getattr(editing.value, which))
    middle = ft.Semantics(
        label=f"{name}: {shown}",
        exclude_semantics=True,
        live_region=True,
        content=ft.Column(
            [Text(name, Style.SMALL, Color.MUTED), Text(shown, Style.TITLE)],
            spacing=0,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
    )
    return ft.Row(
        [
            _step(ft.Icons.REMOVE, words.earlier(name), lambda _: step(-1), f"{which}-earlier"),
            ft.Container(middle, expand=True, alignment=ft.Alignment.CENTER),
            _step(ft.Icons.ADD, words.later(name), lambda _: step(1), f"{which}-later"),
        ]
    )


def _step(icon: ft.IconData, name: str, on_click: Callable[..., object], key: str) -> ft.Control:
    return IconAction(icon, name, on_click, key=key, color=Color.ON_PRIMARY_CONTAINER, ground=Color.PRIMARY_CONTAINER)


def _done(on_click: Callable[[], None]) -> ft.Control:
    return AppButton(words.done, lambda _: on_click(), key="time-done", kind="tonal", size="normal")


def _moved(wall: time, steps: int) -> time:
    minutes = (wall.hour * 60 + wall.minute + steps * _STEP_MIN) % _DAY_MIN
    return time(minutes // 60, minutes % 60)
