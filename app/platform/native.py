"""The platform of a desktop or phone build: a folder of the operating system, a lock file, httpx's own transport."""

import os
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import flet as ft

from app.platform.android import AndroidNotifying, service_here
from app.platform.notifying import NoNotifying, Notifying, Planned, Tap
from app.platform.photos import PhotoFolder
from app.platform.port import StorageRefused

if TYPE_CHECKING:
    import httpx

SERVER_VARIABLE = "STEPWISE_SERVER"
"""Environment variable that names the clinic's server; a build for one clinic sets it."""
LOCAL_SERVER = "http://127.0.0.1:8000"
_REFUSED = "Stepwise cannot write to this device. Free some space, then open it again."


class NativePlatform:
    """Implements `app.platform.port.Platform`."""

    journal_mode = "WAL"
    fragment = ""
    reduced_motion = False

    def __init__(self, page: ft.Page, folder: Path | None = None) -> None:
        self.base_url = os.environ.get(SERVER_VARIABLE, LOCAL_SERVER).rstrip("/")
        self.path = page.route or "/"
        self.zone = local_zone()
        self.device_name = f"Stepwise on {page.platform.value.capitalize() if page.platform else sys.platform}"
        self._folder = folder or Path(os.environ.get("FLET_APP_STORAGE_DATA") or Path.home() / ".stepwise")
        self._photos = PhotoFolder(self._folder / "photos")
        self._session: dict[str, str] = {}
        self._locks: dict[str, int] = {}
        self._wake_callbacks: list[Callable[[], None]] = []
        service = service_here() if page.platform is ft.PagePlatform.ANDROID else None
        self._notifying: NoNotifying | AndroidNotifying = (
            NoNotifying() if service is None else AndroidNotifying(service)
        )
        self.schedules = self._notifying.schedules
        page.on_app_lifecycle_state_change = self._lifecycle_changed

    async def open_folder(self) -> Path:
        """The app's own folder, made when it is missing."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageRefused(_REFUSED) from error
        return self._folder

    async def flush(self) -> None:
        """Nothing to do: SQLite's own commit is durable here."""

    async def hold(self, name: str) -> bool:
        """Lock a file named after `name`; the operating system lets go of it when the process ends."""
        if name in self._locks:
            return True
        handle = os.open(await self.open_folder() / f"{name}.lock", os.O_CREAT | os.O_RDWR)
        if not _lock(handle):
            os.close(handle)
            return False
        self._locks[name] = handle
        return True

    async def keep_photo(self, name: str, content: bytes) -> None:
        """See the port."""
        self._photos.keep(name, content)

    async def kept_photos(self) -> dict[str, bytes]:
        """See the port."""
        return self._photos.kept()

    async def drop_photos(self, but: Collection[str] = ()) -> None:
        """See the port."""
        self._photos.drop(but)

    def transport(self) -> "httpx.AsyncBaseTransport | None":
        """None: httpx brings its own."""
        return None

    def on_wake(self, callback: Callable[[], None]) -> None:
        """See the port; only becoming visible is noticed, not the network's return."""
        self._wake_callbacks.append(callback)

    async def shown(self) -> None:
        """At once: nobody tells."""

    async def notifying(self) -> Notifying:
        """See the port; without the Android extension there are none."""
        return await self._notifying.notifying()

    async def allow_notifying(self) -> Notifying:
        """See the port."""
        return await self._notifying.allow_notifying()

    async def subscribe(self, key: str) -> Notifying:
        """See the port."""
        return await self._notifying.subscribe(key)

    async def unsubscribe(self) -> Notifying:
        """See the port."""
        return await self._notifying.unsubscribe()

    async def schedule(self, planned: Sequence[Planned]) -> None:
        """See the port."""
        await self._notifying.schedule(planned)

    def on_tap(self, callback: Callable[[Tap], None]) -> None:
        """See the port."""
        self._notifying.on_tap(callback)

    def session_get(self, key: str) -> str | None:
        """See the port."""
        return self._session.get(key)

    def session_set(self, key: str, value: str | None) -> None:
        """See the port; kept in memory only."""
        if value is None:
            self._session.pop(key, None)
        else:
            self._session[key] = value

    def tell_page(self, topic: str, payload: str) -> None:
        """There is no page around a native client."""

    def _lifecycle_changed(self, event: ft.AppLifecycleStateChangeEvent) -> None:
        if event.state == ft.AppLifecycleState.RESUME:
            self.zone = local_zone()
            for callback in self._wake_callbacks:
                callback()


def local_zone(localtime: Path = Path("/etc/localtime")) -> str:
    """IANA name of the machine's time zone from TZ or the link `localtime`; UTC when neither tells."""
    named = os.environ.get("TZ", "").removeprefix(":")
    if named:
        return named
    _, found, name = str(localtime.resolve()).partition("zoneinfo/")
    return name if found else "UTC"


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
