"""What the client asks of the place it runs in. Only `browser` and `native` know which one that is."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.platform.notifying import Notifying, Planned, Tap

if TYPE_CHECKING:
    import httpx


class Platform(Protocol):
    """The seam between the client and its host: a browser tab, a phone's operating system, or a test."""

    base_url: str
    """Origin of the clinic's server, without a trailing slash, for example `https://clinic.example`."""

    path: str
    """Path the client was opened at: `/` for the patient, `/clinic` for the therapist."""

    fragment: str
    """What stood behind `#` in the address (an invitation's secret), already erased from it; may be empty."""

    zone: str
    """IANA name of the device's time zone, for example `America/New_York`."""

    device_name: str
    """A name a person recognizes in a list of devices, for example `Chrome on Android`."""

    reduced_motion: bool
    """Whether the device asks for less motion on the screen."""

    schedules: bool
    """Whether the device itself can show reminders at instants given ahead (`schedule`)."""

    journal_mode: str
    """SQLite journal mode that fits the storage below: `MEMORY` where `flush` is the commit, else `WAL`."""

    async def open_folder(self) -> Path:
        """Return the folder that survives a restart, made ready for use. Raises `StorageRefused` when there is none."""

    async def flush(self) -> None:
        """Return once everything written to the folder is durable. Raises `StorageRefused` when it cannot be."""

    async def hold(self, name: str) -> bool:
        """Take the lock `name` for the life of this client; False when another tab holds it."""

    async def keep_photo(self, name: str, content: bytes) -> None:
        """Keep a photo that can be fetched again; a device without room keeps none, and says nothing."""

    async def kept_photos(self) -> dict[str, bytes]:
        """The photos that are kept, by name."""

    async def drop_photos(self, but: Collection[str] = ()) -> None:
        """Let go of all photos but these."""

    def transport(self) -> "httpx.AsyncBaseTransport | None":
        """The httpx transport to reach the server with; None for httpx's own. Imports httpx, so call it late."""

    def on_wake(self, callback: Callable[[], None]) -> None:
        """Call back when the network comes back or the client becomes visible again."""

    async def shown(self) -> None:
        """Return once the first screen stands before the person; what is not needed for it begins then."""

    async def notifying(self) -> Notifying:
        """How notifications stand on this device; asks nobody anything."""

    async def allow_notifying(self) -> Notifying:
        """Have the device ask the person, once it was said what for. Call it from a tap."""

    async def subscribe(self, key: str) -> Notifying:
        """Be reachable by a server with this public key (base64url); without consent nothing changes."""

    async def unsubscribe(self) -> Notifying:
        """Be reachable no more."""

    async def schedule(self, planned: Sequence[Planned]) -> None:
        """Have the device itself show these, soonest first, and none that it was given before."""

    def on_tap(self, callback: Callable[[Tap], None]) -> None:
        """Call back when a notification is tapped while the client is open."""

    def session_get(self, key: str) -> str | None:
        """A value kept for as long as the tab lives (staff tokens), handed over by the page at start."""

    def session_set(self, key: str, value: str | None) -> None:
        """Keep or, with None, forget a value for the life of the tab."""

    def tell_page(self, topic: str, payload: str) -> None:
        """Send a message to the page around the client (theme color, update wanted, start-card snapshot)."""


class StorageRefused(Exception):
    """The device keeps nothing (private browsing, storage full): the sentence says what a person can do."""


class StorageFull(StorageRefused):
    """There is no room: letting go of something helps."""
