"""The platform inside a browser tab: Python in a worker, files in IndexedDB, the page a message away.

The worker has no window: what only the page knows (path, time zone, the secret behind `#`, session storage) comes with
its first message, and what only the page can do is asked for with `tell_page`. Counterparts: `app/web/opening.js`,
`app/web/worker.js`, `app/web/start.js`.
"""

import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.platform.flushing import FlushQueue
from app.platform.notifying import Notifying, Planned, Tap
from app.platform.paging import PageQuestions
from app.platform.port import StorageFull, StorageRefused

if TYPE_CHECKING:
    import httpx

FOLDER = "/persist"
_PHOTOS = "clinic-photos"
SHOWN_PATIENCE_S = 15.0
"""Until the page says that the first screen is shown: then everything begins all the same."""
LOCK_TRIES, LOCK_PAUSE_S = 20, 0.1
"""How often a tab asks for a lock: after a reload the page before it may still be letting go. Counted, not timed: where
a start keeps the worker busy for seconds, time is over before the answer is heard."""
_REFUSED = "This browser keeps nothing. Leave private browsing or free some space, then open Stepwise again."


@dataclass(frozen=True)
class Opening:
    """What the page knew when it was opened; `origin` becomes `Platform.base_url`, the others keep their names."""

    origin: str
    path: str
    fragment: str
    zone: str
    device_name: str
    session: dict[str, str] = field(default_factory=dict)
    reduced_motion: bool = False


class BrowserPlatform:
    """Implements `app.platform.port.Platform`."""

    journal_mode = "MEMORY"
    schedules = False

    def __init__(self, opened_with: Opening) -> None:
        import js
        from pyodide.ffi import create_proxy

        self.base_url = opened_with.origin
        self.path = opened_with.path
        self.fragment = opened_with.fragment
        self.zone = opened_with.zone
        self.device_name = opened_with.device_name
        self.reduced_motion = opened_with.reduced_motion
        self._session = dict(opened_with.session)
        self._shown = asyncio.Event()
        self._wake_callbacks: list[Callable[[], None]] = []
        self._flushes = FlushQueue(_save_folder)
        self._folder: asyncio.Future[Path] | None = None
        self._held: set[str] = set()
        js.onWake = create_proxy(self._wake)
        js.onShown = create_proxy(self._shown.set)
        self._questions = PageQuestions(self.tell_page)
        js.onNotifying = create_proxy(self._questions.answered)
        js.onTapped = create_proxy(self._questions.tapped)

    async def open_folder(self) -> Path:
        """The folder kept in IndexedDB, with what earlier starts left in it."""
        if self._folder is None:
            self._folder = asyncio.ensure_future(_mount())
        return await asyncio.shield(self._folder)

    async def flush(self) -> None:
        """Write the folder out; see `FlushQueue.flush`."""
        await self._flushes.flush()

    async def hold(self, name: str) -> bool:
        """Take the browser's lock `name`; it is let go when this worker ends."""
        for _ in range(LOCK_TRIES):
            if name in self._held or await self._take(name):
                self._held.add(name)
                return True
            await asyncio.sleep(LOCK_PAUSE_S)
        return False

    async def _take(self, name: str) -> bool:
        import js
        from pyodide.ffi import JsException, create_once_callable, to_js

        answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def answer(lock: object) -> Any:
            answered.set_result(bool(lock))
            return js.Promise.new(create_once_callable(lambda resolve, reject: None)) if lock else None

        options = to_js({"ifAvailable": True}, dict_converter=js.Object.fromEntries)
        request = js.navigator.locks.request(f"stepwise.{name}", options, create_once_callable(answer))

        async def refused() -> None:
            try:
                await request
            except JsException:
                if not answered.done():
                    answered.set_result(False)

        self._lock_request = asyncio.ensure_future(refused())
        return await answered

    async def keep_photo(self, name: str, content: bytes) -> None:
        """See the port; photos lie in a cache of their own, which no release and no picture of the library shares."""
        import js
        from pyodide.ffi import JsException, to_js

        with suppress(JsException):
            cache = await js.caches.open(_PHOTOS)
            await cache.put(f"/{name}", js.Response.new(to_js(content)))

    async def kept_photos(self) -> dict[str, bytes]:
        """See the port."""
        import js
        from pyodide.ffi import JsException

        found: dict[str, bytes] = {}
        with suppress(JsException):
            cache = await js.caches.open(_PHOTOS)
            for request in await cache.keys():
                answer = await cache.match(request)
                found[_name_of(request)] = (await answer.arrayBuffer()).to_bytes()
        return found

    async def drop_photos(self, but: Collection[str] = ()) -> None:
        """See the port."""
        import js
        from pyodide.ffi import JsException

        with suppress(JsException):
            cache = await js.caches.open(_PHOTOS)
            for request in await cache.keys():
                if _name_of(request) not in but:
                    await cache.delete(request)

    def transport(self) -> "httpx.AsyncBaseTransport":
        """A transport over `fetch`."""
        from app.platform.fetching import FetchTransport

        return FetchTransport()

    def on_wake(self, callback: Callable[[], None]) -> None:
        """See the port."""
        self._wake_callbacks.append(callback)

    async def shown(self) -> None:
        """See the port; the page says when its picture has gone."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._shown.wait(), SHOWN_PATIENCE_S)

    async def notifying(self) -> Notifying:
        """See the port."""
        return await self._questions.ask("state")

    async def allow_notifying(self) -> Notifying:
        """See the port; the browser shows its own question."""
        return await self._questions.ask("allow")

    async def subscribe(self, key: str) -> Notifying:
        """See the port."""
        return await self._questions.ask("subscribe", key)

    async def unsubscribe(self) -> Notifying:
        """See the port."""
        return await self._questions.ask("unsubscribe")

    async def schedule(self, planned: Sequence[Planned]) -> None:
        """A browser shows nothing by itself: it is pushed to."""

    def on_tap(self, callback: Callable[[Tap], None]) -> None:
        """See the port."""
        self._questions.on_tap(callback)

    def session_get(self, key: str) -> str | None:
        """See the port."""
        return self._session.get(key)

    def session_set(self, key: str, value: str | None) -> None:
        """See the port; the page writes it into session storage."""
        if value is None:
            self._session.pop(key, None)
        else:
            self._session[key] = value
        self.tell_page("session", json.dumps({"key": key, "value": value}))

    def tell_page(self, topic: str, payload: str) -> None:
        """Send the page one of the topics of `app/web/start.js`."""
        import js

        js.tellPage(topic, payload)

    def _wake(self, zone: str) -> None:
        self.zone = zone
        for callback in self._wake_callbacks:
            callback()


def _name_of(request: Any) -> str:
    return str(request.url).rpartition("/")[2]


async def _mount() -> Path:
    import js
    import pyodide_js

    pyodide_js.FS.mkdirTree(FOLDER)
    pyodide_js.FS.mount(pyodide_js.FS.filesystems.IDBFS, js.Object.new(), FOLDER)
    await _sync_folder(populate=True)
    return Path(FOLDER)


async def _save_folder() -> None:
    """Copy the folder into IndexedDB; on a full device, once more without what can be fetched again."""
    try:
        await _sync_folder(populate=False)
    except StorageFull:
        if not await _make_room():
            raise
        await _sync_folder(populate=False)


async def _make_room() -> bool:
    """Let go of pictures and of the snapshot of Python's memory. Returns whether there was any."""
    import js
    from pyodide.ffi import JsException

    try:
        found = bool(await js.caches.delete("stepwise-pictures"))
        found = bool(await js.caches.delete(_PHOTOS)) or found
        for name in await js.caches.keys():
            cache = await js.caches.open(name)
            for request in await cache.keys():
                if request.url.endswith(".snapshot"):
                    found = bool(await cache.delete(request)) or found
    except JsException:
        return False
    return found


async def _sync_folder(*, populate: bool) -> None:
    """Copy IndexedDB into the folder (`populate`) or the folder into IndexedDB. Raises StorageRefused."""
    import pyodide_js
    from pyodide.ffi import JsException, create_once_callable

    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def finished(error: object) -> None:
        if error:
            done.set_exception(_refusal(error))
        else:
            done.set_result(None)

    try:
        pyodide_js.FS.syncfs(populate, create_once_callable(finished))
    except JsException as error:
        raise _refusal(error) from error
    await done


def _refusal(error: object) -> StorageRefused:
    is_full = getattr(error, "name", "") == "QuotaExceededError"
    return StorageFull(_REFUSED) if is_full else StorageRefused(_REFUSED)


_current: BrowserPlatform | None = None


def open_platform(opened_with: Opening) -> None:
    """Make this worker's platform; `app.boot` calls it once, with what the page said."""
    global _current
    _current = BrowserPlatform(opened_with)


def platform() -> BrowserPlatform:
    """This worker's platform. Raises RuntimeError before `open_platform`."""
    if _current is None:
        raise RuntimeError("the page has not said what the app was opened with")
    return _current
