"""The admin's screen: by which ways the clinic reminds, with the servers it uses for that."""

from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, Notice
from app.parts.hooks import Latest, keyed, use_latest
from app.theme import Space, Style
from app.therapist.channels_state import ChannelsState
from app.therapist.parts.desk import (
    Chip,
    DeskButton,
    Field,
    Muted,
    Option,
    Picker,
    Tag,
    Tone,
    act,
    column,
    flow,
    grow,
    lines,
    row,
)
from app.therapist.parts.states import Banner, Failed, Skeleton, Trouble
from hep.reaching import ClinicChannels, MailChannel, NtfyChannel, SetMail, SetNtfy

_WIDTH = 720


@dataclass(frozen=True, slots=True)
class MailForm:
    """What is typed; `password` None keeps the stored one."""

    enabled: bool = True
    host: str = ""
    port: str = "587"
    security: str = "starttls"
    username: str = ""
    sender: str = ""
    password: str | None = None

    def wanted(self) -> SetMail | None:
        """What to send; None while something is missing."""
        if not (self.host.strip() and self.sender.strip() and self.port.strip().isdecimal()):
            return None
        return SetMail(
            enabled=self.enabled,
            host=self.host.strip(),
            port=min(int(self.port), 65_535),
            security=self.security,
            username=self.username.strip(),
            sender=self.sender.strip(),
            password=self.password,
        )


@ft.component
def ChannelsScreen(state: ChannelsState, wide: bool) -> ft.Control:
    """Phones, mail, ntfy: one card each."""
    head = lines(Heading(words.CHANNELS), Muted(words.CHANNELS_HELP, Style.SMALL))
    known, problem = state.set_up.value, state.set_up.problem
    if known is None:
        return column(head, Failed(problem, state.load) if problem else Skeleton(5), spacing=Space.L)
    notes: list[ft.Control] = [Banner(problem, state.load)] if problem else []
    cards = column(
        _phones(known),
        keyed(MailCard, f"mail-{state.saves}", state, known.email),
        keyed(NtfyCard, f"ntfy-{state.saves}", state, known.ntfy),
        spacing=Space.L,
    )
    return column(head, *notes, row(ft.Container(cards, width=_WIDTH)) if wide else cards, spacing=Space.L)


def _phones(known: ClinicChannels) -> ft.Control:
    return Card(
        _head(words.ON_PHONES, known.webpush),
        Muted(words.ON_PHONES_ON if known.webpush else words.ON_PHONES_OFF, Style.SMALL),
        padding=18,
    )


def _head(title: str, on: bool) -> ft.Control:
    tag = Tag(words.IN_USE, Tone.GOOD, ft.Icons.CHECK) if on else Tag(words.NOT_IN_USE)
    return row(grow(Heading(title, Style.DESK_TITLE, 2)), tag)


@ft.component
def MailCard(state: ChannelsState, known: MailChannel | None) -> ft.Control:
    """The clinic's mail server."""
    form, tried, to = use_latest(_mail_form(known)), use_latest(False), use_latest("")

    def put(**fields: Any) -> None:
        form.change(lambda before: replace(before, **fields))

    async def save() -> None:
        tried.put(True)
        wanted = form.value.wanted()
        if wanted is not None:
            await state.save_mail(wanted)

    shown = form.value
    missing = words.FILL_SERVER if tried.value and shown.wanted() is None else None
    return Card(
        _head(words.BY_EMAIL, known is not None and known.enabled),
        Muted(words.BY_EMAIL_HELP, Style.SMALL),
        *_broken(known),
        Field(words.MAIL_HOST, shown.host, lambda text: put(host=text), key="mail-host", error=missing),
        flow(
            ft.Container(Field(words.MAIL_PORT, shown.port, lambda text: put(port=text), key="mail-port"), width=130),
            Picker(
                words.ENCRYPTION,
                [Option(value, label) for value, label in words.ENCRYPTIONS.items()],
                shown.security,
                lambda value: put(security=value),
                key="mail-security",
                empty="",
            ),
        ),
        Field(words.MAIL_USER, shown.username, lambda text: put(username=text), key="mail-user"),
        _secret(
            words.MAIL_PASSWORD,
            known is not None and known.secret,
            shown.password,
            lambda text: put(password=text),
            "mail-secret",
        ),
        Field(words.MAIL_SENDER, shown.sender, lambda text: put(sender=text), key="mail-sender"),
        Muted(words.MAIL_SENDER_HELP),
        _switch(form, shown.enabled, "mail"),
        *_told(state, "email"),
        flow(
            DeskButton(words.SAVE_CHANNEL, save, key="mail-save", kind="filled", disabled=state.acting),
        ),
        *(_mail_trial(state, to) if known is not None and known.enabled else []),
        padding=18,
    )


def _mail_form(known: MailChannel | None) -> MailForm:
    if known is None:
        return MailForm()
    return MailForm(known.enabled, known.host, str(known.port), known.security, known.username, known.sender)


def _mail_trial(state: ChannelsState, to: Latest[str]) -> list[ft.Control]:
    async def send() -> None:
        if to.value.strip():
            await state.try_mail(to.value.strip())

    return [
        flow(
            ft.Container(Field(words.TRIAL_TO, to.value, to.put, key="mail-to"), width=300),
            DeskButton(words.TRY_MAIL, send, key="mail-try", kind="outline", disabled=state.acting),
        )
    ]


@ft.component
def NtfyCard(state: ChannelsState, known: NtfyChannel | None) -> ft.Control:
    """The clinic's ntfy server."""
    start = SetNtfy(enabled=known.enabled, url=known.url) if known else SetNtfy(enabled=True, url="")
    form, tried = use_latest(start), use_latest(False)

    def put(**fields: Any) -> None:
        form.change(lambda before: replace(before, **fields))

    async def save() -> None:
        tried.put(True)
        if form.value.url.strip():
            await state.save_ntfy(form.value)

    shown = form.value
    missing = words.FILL_ADDRESS if tried.value and not shown.url.strip() else None
    trial = DeskButton(words.TRY_NTFY, act(state.try_ntfy), key="ntfy-try", kind="outline", disabled=state.acting)
    return Card(
        _head(words.BY_NTFY, known is not None and known.enabled),
        Muted(words.BY_NTFY_HELP, Style.SMALL),
        *_broken(known),
        Field(words.NTFY_URL, shown.url, lambda text: put(url=text), key="ntfy-url", error=missing),
        _secret(
            words.NTFY_TOKEN,
            known is not None and known.secret,
            shown.token,
            lambda text: put(token=text),
            "ntfy-secret",
        ),
        _switch(form, shown.enabled, "ntfy"),
        *_told(state, "ntfy"),
        flow(
            DeskButton(words.SAVE_CHANNEL, save, key="ntfy-save", kind="filled", disabled=state.acting),
            *([trial] if known is not None and known.enabled else []),
        ),
        padding=18,
    )


def _secret(label: str, stored: bool, typed: str | None, put: Any, key: str) -> ft.Control:
    """A field that begins empty whatever is stored: what is typed replaces it."""
    help_text = words.SECRET_STORED if stored else words.SECRET_HELP
    return column(Field(label, typed or "", put, key=key, password=True), Muted(help_text), spacing=2)


def _switch(form: Latest[Any], on: bool, key: str) -> ft.Control:
    def toggle() -> None:
        form.change(lambda before: replace(before, enabled=not before.enabled))

    return flow(Chip(words.OFFER_TO_PATIENTS, on, toggle, key=f"{key}-on"))


def _broken(known: MailChannel | NtfyChannel | None) -> list[ft.Control]:
    return [Notice(words.SECRET_LOST)] if known is not None and not known.readable else []


def _told(state: ChannelsState, about: str) -> list[ft.Control]:
    """What the last act came to."""
    if state.about != about:
        return []
    said: list[ft.Control] = [Trouble(state.problem)] if state.problem else []
    if state.saved == about:
        said.append(Notice(words.CHANNEL_SAVED, "good", key=f"{about}-saved"))
    if state.answer is not None:
        good = state.answer.result == "sent"
        text = words.TRIAL_SENT if good else words.trial_failed(state.answer.code)
        said.append(Notice(text, "good" if good else "caution", key=f"{about}-answer"))
    return said
