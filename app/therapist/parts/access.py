"""The patient's phones and invitations: connect one, sign one out, decide what a signed-out one still sent."""

from collections.abc import Callable
from typing import Any

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, Notice, Text
from app.parts.hooks import use_latest
from app.theme import Color, Style
from app.therapist.clinic import Invited
from app.therapist.parts.desk import DeskButton, Field, Muted, Tag, act, column, flow, grow, keyed, lines, row
from app.therapist.parts.when import moment
from app.therapist.patient_state import PatientState
from app.therapist.state import Desk
from hep.views import DeviceView, InvitationView, PatientDetail


@ft.component
def Access(desk: Desk, state: PatientState, detail: PatientDetail) -> ft.Control:
    """Phones first, then invitations, then a new one."""

    def near(at: Any) -> str:
        return moment(at, desk.now(), desk.zone)

    invite = DeskButton(
        words.INVITE, state.invite, key="invite", kind="outline", icon=ft.Icons.ADD_LINK, disabled=state.acting
    )
    open_ones = [i for i in detail.invitations if i.state == "open"]
    nothing = [] if detail.devices else [Muted(words.NO_PHONE, Style.SMALL)]
    return Card(
        flow(Heading(words.ACCESS, Style.DESK_TITLE, 2), invite, alignment=ft.MainAxisAlignment.SPACE_BETWEEN),
        *([New(state.invited, near(state.invited.expires_at))] if state.invited else []),
        *nothing,
        *(keyed(device.id, Phone, state, device, near) for device in detail.devices),
        *(_invitation(state, invitation, near) for invitation in open_ones),
        padding=18,
    )


@ft.component
def New(invited: Invited, until: str) -> ft.Control:
    """The link and the code, once."""
    clipboard: ft.Clipboard = ft.use_memo(ft.Clipboard, [])

    async def copy(text: str) -> None:
        await clipboard.set(text)

    def line(name: str, value: str, label: str, key: str) -> ft.Control:
        button = DeskButton(label, act(copy, value), key=key, kind="tonal", icon=ft.Icons.CONTENT_COPY)
        shown = Text(value, Style.LABEL, selectable=True, key=f"{key}-text")
        return flow(
            ft.Semantics(label=f"{name}: {value}", exclude_semantics=True, content=lines(Muted(name), shown)), button
        )

    return Notice(
        words.INVITED_ONCE,
        "info",
        ft.Icons.KEY,
        detail=words.valid_until(until),
        action=column(
            line(words.LINK, invited.link, words.COPY_LINK, "copy-link"),
            line(words.CODE, invited.code, words.COPY_CODE, "copy-code"),
            Muted(words.CODE_HELP),
        ),
    )


@ft.component
def Phone(state: PatientState, device: DeviceView, near: Callable[[Any], str]) -> ft.Control:
    """One phone; signing it out asks once more."""
    sure, set_sure = ft.use_state(False)
    seen = words.last_seen(near(device.last_seen_at)) if device.last_seen_at else words.NEVER_SEEN
    head: list[ft.Control] = [
        ft.Icon(ft.Icons.PHONE_ANDROID, size=22, color=Color.MUTED),
        grow(lines(Text(device.name, Style.SMALL_STRONG), Muted(seen))),
    ]
    if device.revoked_at is not None:
        head.append(Tag(words.SIGNED_OUT_PHONE, icon=ft.Icons.BLOCK))
    parts: list[ft.Control] = [row(*head)]
    if device.waiting:
        parts.append(Waiting(state, device))
    if device.revoked_at is None:
        parts.append(_revoke(state, device, sure, set_sure))
    return column(*parts, spacing=4)


def _revoke(state: PatientState, device: DeviceView, sure: bool, set_sure: Callable[[bool], None]) -> ft.Control:
    if not sure:
        ask = DeskButton(
            words.REVOKE_PHONE,
            lambda: set_sure(True),
            key=f"revoke-{device.id}",
            kind="text",
            name=f"{words.REVOKE_PHONE}: {device.name}",
        )
        return flow(ask)
    return flow(
        Text(words.REVOKE_SURE, Style.SMALL_STRONG),
        DeskButton(
            words.REVOKE_YES,
            act(state.revoke_device, device.id),
            key=f"revoke-yes-{device.id}",
            kind="outline",
            disabled=state.acting,
        ),
        DeskButton(words.KEEP, lambda: set_sure(False), key=f"keep-{device.id}", kind="text"),
    )


@ft.component
def Waiting(state: PatientState, device: DeviceView) -> ft.Control:
    """What a signed-out phone sent since waits until someone decides, and writes why."""
    reason, tried = use_latest(""), use_latest(False)

    async def settle(release: bool) -> None:
        tried.put(True)
        if reason.value.strip() and not state.acting:
            await state.settle(device.id, release, reason.value.strip())

    error = words.REASON_NEEDED if tried.value and not reason.value.strip() else None
    buttons = flow(
        DeskButton(words.RELEASE, act(settle, True), key=f"release-{device.id}", kind="outline"),
        DeskButton(words.DISCARD, act(settle, False), key=f"discard-{device.id}", kind="text"),
    )
    field = Field(words.WHY_SETTLE, reason.value, reason.put, key=f"settle-reason-{device.id}", error=error)
    return Notice(words.waits(device.waiting), "caution", action=column(field, buttons))


def _invitation(state: PatientState, invitation: InvitationView, near: Callable[[Any], str]) -> ft.Control:
    withdraw = DeskButton(
        words.WITHDRAW,
        act(state.revoke_invitation, invitation.id),
        key=f"withdraw-{invitation.id}",
        kind="text",
        disabled=state.acting,
    )
    return row(
        ft.Icon(ft.Icons.MAIL_OUTLINE, size=22, color=Color.MUTED),
        grow(
            lines(
                Text(words.INVITATION_STATE[invitation.state], Style.SMALL_STRONG),
                Muted(words.valid_until(near(invitation.expires_at))),
            )
        ),
        withdraw,
    )
