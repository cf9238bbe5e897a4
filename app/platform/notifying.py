"""Notifications as the client knows them: whether the person allowed them, and where a browser is reached."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Permission(StrEnum):
    """Whether this device may show notifications. DEFAULT: nobody was asked. UNSUPPORTED: it cannot."""

    GRANTED = "granted"
    DENIED = "denied"
    DEFAULT = "default"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser at its push service: the address, and the keys (base64url) that seal what is sent there."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Notifying:
    """How notifications stand on this device; a subscription only where they are allowed and it has one."""

    permission: Permission = Permission.UNSUPPORTED
    subscription: Subscription | None = None


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap on a notification: its opaque id, and the path of the screen it leads to."""

    id: str
    path: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A reminder that the device itself is to show: its id, the instant (UTC), the words, the screen a tap opens."""

    id: str
    at: datetime
    sentence: str
    path: str


class NoNotifying:
    """The part of `Platform` that a host without notifications has: it says so, and asks nobody."""

    schedules = False

    async def notifying(self) -> Notifying:
        """See the port."""
        return Notifying()

    async def allow_notifying(self) -> Notifying:
        """See the port."""
        return Notifying()

    async def subscribe(self, key: str) -> Notifying:
        """See the port."""
        return Notifying()

    async def unsubscribe(self) -> Notifying:
        """See the port."""
        return Notifying()

    async def schedule(self, planned: Sequence[Planned]) -> None:
        """See the port; nothing is shown."""

    def on_tap(self, callback: Callable[[Tap], None]) -> None:
        """See the port; there is nothing to tap."""
