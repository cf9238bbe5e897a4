"""Signing in: email and password. A refusal is said in words and keeps what was typed."""

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, IconAction
from app.parts.hooks import Latest, use_latest
from app.theme import Color, Radius, Space, Style
from app.therapist.parts.desk import DeskButton, Field, Muted, column, flow
from app.therapist.parts.states import Trouble
from app.therapist.state import Desk


@ft.component
def SignInScreen(desk: Desk) -> ft.Control:
    """A card in the middle with two fields and one button."""
    email, password, asked = use_latest(""), use_latest(""), use_latest(False)
    readable = use_latest(False)

    def ready() -> bool:
        return bool(email.value.strip() and password.value)

    async def enter() -> None:
        asked.put(True)
        if ready() and not desk.busy:
            await desk.sign_in(email.value.strip(), password.value)

    parts: list[ft.Control] = [_mark(), Heading(words.SIGN_IN), Muted(words.SIGN_IN_HELP, Style.SMALL)]
    if desk.problem:
        parts.append(Trouble(desk.problem))
    parts += [
        Field(words.EMAIL, email.value, email.put, key="email", keyboard_type=ft.KeyboardType.EMAIL, on_submit=enter),
        Field(
            words.PASSWORD,
            password.value,
            password.put,
            key="password",
            password=not readable.value,
            suffix_icon=_eye(readable),
            on_submit=enter,
            error=words.FILL_BOTH if asked.value and not ready() else None,
        ),
        DeskButton(
            words.SIGNING_IN if desk.busy else words.SIGN_IN, enter, key="sign-in", kind="filled", disabled=desk.busy
        ),
    ]
    card = Card(column(*parts, spacing=Space.L), padding=Space.XXL, width=420)
    return ft.Container(flow(card, alignment=ft.MainAxisAlignment.CENTER), padding=ft.Padding.only(top=64, bottom=64))


def _eye(readable: Latest[bool]) -> ft.Control:
    """Shows or hides the password; Flet's own button for it has no name."""
    icon, name = (
        (ft.Icons.VISIBILITY_OFF_OUTLINED, words.HIDE_TYPED)
        if readable.value
        else (ft.Icons.VISIBILITY_OUTLINED, words.SHOW_TYPED)
    )
    return IconAction(icon, name, lambda _: readable.put(not readable.value), key="reveal")


def _mark() -> ft.Control:
    box = ft.Container(
        ft.Icon(ft.Icons.SELF_IMPROVEMENT, size=26, color=Color.ON_PRIMARY),
        bgcolor=Color.PRIMARY,
        width=48,
        height=48,
        border_radius=Radius.CHIP,
        alignment=ft.Alignment.CENTER,
    )
    return flow(ft.Semantics(label=words.PRODUCT, image=True, content=box))
