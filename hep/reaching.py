"""How people are reached: what phone, therapist's desk and server say to each other about channels and addresses.

Codes (`kind`, `state`, `code`) are stable. `sent` means that a channel took a message over, never that somebody saw it;
`opened` means that a phone said so.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressView:
    """One way to reach a patient. `state`: unconfirmed, ok, blocked (the phone refuses), gone.

    `masked` is for the patient alone, empty for anybody else. `device_name` is empty for one that belongs to no device.
    """

    id: str
    kind: str
    state: str
    device_name: str
    this_device: bool
    masked: str
    created_at: datetime
    last_ok_at: datetime | None
    last_failure_at: datetime | None
    last_failure_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentView:
    """One message. `state`: waiting, sent, opened, dead (given up), dropped (no longer wanted); `code` says why not."""

    at: datetime
    kind: str
    purpose: str
    state: str
    code: str | None
    sent_at: datetime | None
    opened_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyReminders:
    """A patient's own ways to be reminded. `channels`: those that can be chosen now; `vapid_public_key` for webpush.

    `calendar`: the secret address of the feed, None without one. `recent`: the last messages, newest first.
    """

    vapid_public_key: str | None
    channels: tuple[str, ...]
    addresses: tuple[AddressView, ...]
    recent: tuple[SentView, ...]
    calendar: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NtfyTopic:
    """Where a phone's ntfy app is to listen; shown once. `address` is `server` and `topic` together."""

    id: str
    server: str
    topic: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of "send me one now" at one address. `result`: sent, later, refused, gone."""

    address_id: str
    kind: str
    this_device: bool
    result: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachView:
    """Whether reminders reach a patient. `unreached_since`: the first message that no channel took, after the last one
    that was (None: nothing was tried in vain). `planned`: whether any are to come."""

    addresses: tuple[AddressView, ...]
    last_sent_at: datetime | None
    last_opened_at: datetime | None
    unreached_since: datetime | None
    planned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMail:
    """A clinic's mail server, as its admin sets it. `security`: tls, starttls, none. `password` None keeps the stored
    one, which goes with the same server and name only."""

    enabled: bool
    host: str
    port: int
    security: str
    username: str
    sender: str
    password: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNtfy:
    """A clinic's ntfy server. `token` None keeps the stored one, which goes with the same address only."""

    enabled: bool
    url: str
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailChannel:
    """A clinic's mail server as it can be read: `secret` says whether there is a password, and `readable` whether this
    server can still open it."""

    enabled: bool
    host: str
    port: int
    security: str
    username: str
    sender: str
    secret: bool
    readable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NtfyChannel:
    """A clinic's ntfy server as it can be read."""

    enabled: bool
    url: str
    secret: bool
    readable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicChannels:
    """A clinic's channels, None where never set up. `webpush` is the server's operator's to switch on."""

    webpush: bool
    email: MailChannel | None
    ntfy: NtfyChannel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTried:
    """What a channel answered to a trial: `result` sent, later, refused, gone; `code` is ours."""

    result: str
    code: str
