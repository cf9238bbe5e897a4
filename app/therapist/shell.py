"""The therapist's half: starts the desk, dresses the page, and shows the open screen beside the rail.

Online only, against the clinic's HTTP API: nothing is stored on the device beyond the tab.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import flet as ft

from app import strings_clinic as words
from app import theme
from app.api import Api
from app.parts import IconAction, Text
from app.parts.photos import FetchContext
from app.platform.port import Platform
from app.theme import Color, Look, LookContext, Radius, Size, Space, Style
from app.therapist.address import HOME, Place
from app.therapist.drawing import outermost_first
from app.therapist.parts.desk import Option, Picker, column, grow, row
from app.therapist.screens.add_patient import AddPatientScreen
from app.therapist.screens.builder import BuilderScreen
from app.therapist.screens.caseload import CaseloadScreen
from app.therapist.screens.channels import ChannelsScreen
from app.therapist.screens.own import OwnScreen
from app.therapist.screens.patient import PatientScreen
from app.therapist.screens.sign_in import SignInScreen
from app.therapist.state import Desk
from app.tokens import SessionKeeper

WIDE_FROM = 1000
"""Logical pixels from which lists stand in columns, at 100% text; larger text needs more."""

TEXT_KEY = "text_percent"

_CHANNELS = ft.Icons.NOTIFICATIONS_OUTLINED


def begin(platform: Platform) -> None:
    """Nothing is kept on a desk, so there is nothing to open before the page is there."""


async def start(page: ft.Page, platform: Platform, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
    """Show the therapist's client on `page` and go on with the tab's sign-in, if there is one."""
    api = Api(platform.base_url, platform.transport, SessionKeeper(platform))
    desk = Desk(api, platform.zone, platform.device_name, now, route=page.route or HOME, navigate=page.navigate)
    page.title = words.PRODUCT
    page.padding = 0
    theme.apply(page, Look(_kept_percent(platform)))
    outermost_first(page)

    async def arrived(event: ft.RouteChangeEvent) -> None:
        await desk.arrived(event.route)

    page.on_route_change = arrived
    page.render(App, desk, platform)
    platform.tell_page("started", "")
    await desk.start()


@ft.component
def App(desk: Desk, platform: Platform) -> ft.Control:
    """The frame: look, rail, the open screen."""
    page = ft.context.page
    percent, set_percent = ft.use_state(_kept_percent(platform))
    width, set_width = ft.use_state(float(page.width or 1280))

    def listen() -> None:
        page.on_resize = lambda event: set_width(float(event.width))

    def choose(value: str) -> None:
        platform.session_set(TEXT_KEY, value)
        theme.apply(page, Look(int(value)))
        page.update()
        set_percent(int(value))

    ft.use_effect(listen, [])
    wide = width >= WIDE_FROM * percent / 100
    look = Look(percent, wide=wide, still=platform.reduced_motion)
    return LookContext(look, lambda: FetchContext(desk.photo, lambda: _frame(desk, percent, choose, wide)))


def _kept_percent(platform: Platform) -> int:
    kept = platform.session_get(TEXT_KEY)
    return int(kept) if kept else 100


def _frame(desk: Desk, percent: int, choose: Callable[[str], None], wide: bool) -> ft.Control:
    inside = ft.Container(Screen(desk, wide), padding=Space.DESK if wide else Space.L)
    screen: ft.Control = ft.Column(
        [inside],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        key=f"scroll-{desk.place}",
    )
    if desk.place in (Place.BUILDER, Place.OWN):
        inside.expand = True
        screen = inside
    if desk.place is Place.SIGN_IN:
        return ft.SafeArea(screen, expand=True)
    if wide:
        held: ft.Control = ft.Row(
            [_rail(desk, percent, choose), screen],
            spacing=0,
            expand=True,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
        )
    else:
        held = column(_bar(desk, percent, choose), screen, spacing=0, expand=True)
    return ft.SafeArea(held, expand=True)


@ft.component
def Screen(desk: Desk, wide: bool) -> ft.Control:
    """The open screen."""
    if desk.place is Place.CASELOAD:
        return CaseloadScreen(desk, wide)
    if desk.place is Place.ADD_PATIENT:
        return AddPatientScreen(desk, wide)
    if desk.place is Place.OWN:
        return OwnScreen(desk.own, wide)
    if desk.place is Place.CHANNELS:
        return ChannelsScreen(desk.channels, wide)
    if desk.place is Place.PATIENT and desk.patient:
        return PatientScreen(desk, desk.patient, wide)
    if desk.place is Place.BUILDER and desk.builder:
        return BuilderScreen(desk, desk.builder, wide)
    return SignInScreen(desk)


def _text_size(percent: int, choose: Callable[[str], None]) -> ft.Control:
    options = [Option(str(size), f"{size}%") for size in theme.TEXT_SIZES]
    return Picker(words.TEXT_SIZE, options, str(percent), choose, key="text-size", empty="")


def _mark() -> ft.Control:
    return ft.Container(
        ft.Icon(ft.Icons.SELF_IMPROVEMENT, size=26, color=Color.ON_PRIMARY),
        bgcolor=Color.PRIMARY,
        width=Size.TARGET,
        height=Size.TARGET,
        border_radius=Radius.CHIP,
        alignment=ft.Alignment.CENTER,
    )


def _rail(desk: Desk, percent: int, choose: Callable[[str], None]) -> ft.Control:
    own = desk.place is Place.OWN
    places = [
        _place(ft.Icons.GROUPS_OUTLINED, words.CASELOAD, desk.open_caseload, not own, "nav-caseload"),
        _place(ft.Icons.FITNESS_CENTER_OUTLINED, words.EXERCISES, desk.open_own, own, "nav-own"),
    ]
    if desk.admin:
        places = [_place(_CHANNELS, words.CHANNELS, desk.open_channels, True, "nav-channels")]
    return ft.Container(
        column(
            _mark(),
            *places,
            grow(ft.Container()),
            _text_size(percent, choose),
            IconAction(ft.Icons.LOGOUT, words.sign_out(desk.name), desk.sign_out, key="sign-out"),
            spacing=Space.M,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        width=Size.RAIL + (0 if percent == 100 else 40),
        bgcolor=Color.CARD,
        padding=ft.Padding.symmetric(vertical=16, horizontal=2),
        border=ft.Border(right=ft.BorderSide(1, Color.HAIRLINE)),
    )


def _place(icon: ft.IconData, name: str, go: Callable[[], Any], here: bool, key: str) -> ft.Control:
    """A place of the rail; the one that is open, or what belongs to it, is tinted."""
    mark = ft.Container(
        ft.Icon(icon, size=24, color=Color.ON_PRIMARY_CONTAINER if here else Color.MUTED),
        bgcolor=Color.PRIMARY_CONTAINER if here else None,
        border_radius=Radius.CHIP,
        padding=ft.Padding.symmetric(horizontal=16, vertical=4),
    )
    label = Text(name, Style.TINY, text_align=ft.TextAlign.CENTER)
    return ft.Container(
        column(mark, label, spacing=3, horizontal_alignment=ft.CrossAxisAlignment.CENTER),
        width=Size.RAIL - 12,
        padding=ft.Padding.symmetric(vertical=6),
        ink=True,
        border_radius=Radius.CHIP,
        on_click=go,
        key=key,
    )


def _bar(desk: Desk, percent: int, choose: Callable[[str], None]) -> ft.Control:
    home = IconAction(ft.Icons.GROUPS_OUTLINED, words.CASELOAD, desk.open_caseload, key="nav-caseload")
    own = IconAction(ft.Icons.FITNESS_CENTER_OUTLINED, words.OUR_EXERCISES, desk.open_own, key="nav-own")
    places = [home, own]
    if desk.admin:
        places = [IconAction(_CHANNELS, words.CHANNELS, desk.open_channels, key="nav-channels")]
    leave = IconAction(ft.Icons.LOGOUT, words.sign_out(desk.name), desk.sign_out, key="sign-out")
    return ft.Container(
        row(*places, grow(ft.Container()), _text_size(percent, choose), leave, spacing=Space.S),
        bgcolor=Color.CARD,
        padding=8,
        border=ft.Border(bottom=ft.BorderSide(1, Color.HAIRLINE)),
    )
