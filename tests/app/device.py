"""A device for tests: a real folder on a real disk, with the faults of a phone at hand."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

import httpx

from app.platform.notifying import Notifying, Permission, Planned, Subscription, Tap
from app.platform.photos import PhotoFolder
from app.platform.port import StorageRefused


class Device:
    """A `Platform` whose storage can be told to refuse, to be held by another tab, or to lie in another journal mode.

    `link` is the transport to the clinic's server; None leaves the device without a network.
    """

    base_url = "http://127.0.0.1:8000"
    path = "/"
    fragment = ""
    zone = "America/New_York"
    device_name = "Test phone"
    reduced_motion = False
    schedules = False

    def __init__(self, folder: Path, link: httpx.AsyncBaseTransport | None = None, journal_mode: str = "WAL") -> None:
        self.folder = folder
        self.journal_mode = journal_mode
        self.link = link
        self.refuses = False
        self.held = False
        self.flushes = 0
        self.kept: dict[str, str] = {}
        self.wakers: list[Callable[[], None]] = []
        self.told: list[tuple[str, str]] = []
        self.notifies = Notifying(Permission.DEFAULT)
        self.answers = Permission.GRANTED
        self.asked_to_notify = 0
        self.planned: list[Planned] = []
        self.taps: list[Callable[[Tap], None]] = []

    async def open_folder(self) -> Path:
        if self.refuses:
            raise StorageRefused("This browser keeps nothing. Leave private browsing and try again.")
        return self.folder

    async def flush(self) -> None:
        if self.refuses:
            raise StorageRefused("This device has no room left. Free some space and try again.")
        self.flushes += 1

    async def hold(self, name: str) -> bool:
        return not self.held

    async def keep_photo(self, name: str, content: bytes) -> None:
        PhotoFolder(self.folder / "photos").keep(name, content)

    async def kept_photos(self) -> dict[str, bytes]:
        return PhotoFolder(self.folder / "photos").kept()

    async def drop_photos(self, but: Collection[str] = ()) -> None:
        PhotoFolder(self.folder / "photos").drop(but)

    def transport(self) -> httpx.AsyncBaseTransport:
        return self.link or _Unreachable()

    def on_wake(self, callback: Callable[[], None]) -> None:
        self.wakers.append(callback)

    async def shown(self) -> None:
        pass

    async def notifying(self) -> Notifying:
        return self.notifies

    async def allow_notifying(self) -> Notifying:
        self.asked_to_notify += 1
        self.notifies = replace(self.notifies, permission=self.answers)
        return self.notifies

    async def subscribe(self, key: str) -> Notifying:
        if self.notifies.permission is Permission.GRANTED:
            self.notifies = replace(self.notifies, subscription=Subscription("https://push.example/1", key, "auth"))
        return self.notifies

    async def unsubscribe(self) -> Notifying:
        self.notifies = replace(self.notifies, subscription=None)
        return self.notifies

    async def schedule(self, planned: Sequence[Planned]) -> None:
        self.planned = list(planned)

    def on_tap(self, callback: Callable[[Tap], None]) -> None:
        self.taps.append(callback)

    def session_get(self, key: str) -> str | None:
        return self.kept.get(key)

    def session_set(self, key: str, value: str | None) -> None:
        self.kept[key] = value or ""

    def tell_page(self, topic: str, payload: str) -> None:
        self.told.append((topic, payload))


class _Unreachable(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no network", request=request)
