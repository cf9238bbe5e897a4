"""A stage without a house: the app plays on it once, just before the build photographs Python's memory.

What only a first use makes (Flet's controls, which are imported when they are first named, the plans after which Flet
compares them, the network library) is then there from the start. Nothing is sent, and nothing of it stays: no file, no
task, no screen. Never imported on a device.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Any

import flet as ft
import httpx
import msgpack  # type: ignore[import-untyped]
from flet.messaging.protocol import MessageAction, decode_ext_from_msgpack

from app.platform.notifying import NoNotifying

FOLDER = "/tmp/rehearsal"  # noqa: S108
PAGE = {
    "web": True,
    "pyodide": True,
    "wasm": True,
    "platform": "android",
    "platform_brightness": "light",
    "width": 412.0,
    "height": 892.0,
}
_TURNS = 12


class Stage(NoNotifying):
    """Implements `app.platform.port.Platform`: nobody can be reached, and a folder that is taken away afterwards."""

    base_url = "http://127.0.0.1:1"
    fragment = ""
    zone = "America/New_York"
    device_name = "Rehearsal"
    reduced_motion = False
    journal_mode = "MEMORY"

    def __init__(self, path: str) -> None:
        self.path = path
        self._session: dict[str, str] = {}

    async def open_folder(self) -> Path:
        """A folder in memory."""
        os.makedirs(FOLDER, exist_ok=True)  # noqa: PTH103
        return Path(FOLDER)

    async def flush(self) -> None:
        """Nothing lasts."""

    async def hold(self, name: str) -> bool:
        """Nobody else is here."""
        return True

    async def keep_photo(self, name: str, content: bytes) -> None:
        """Nothing lasts."""

    async def kept_photos(self) -> dict[str, bytes]:
        """There are none."""
        return {}

    async def drop_photos(self, but: Collection[str] = ()) -> None:
        """There are none."""

    def transport(self) -> httpx.AsyncBaseTransport:
        """A transport that reaches nobody."""
        return _Nobody()

    def on_wake(self, callback: Callable[[], None]) -> None:
        """Nobody wakes it."""

    async def shown(self) -> None:
        """Nobody looks."""

    def session_get(self, key: str) -> str | None:
        """See the port."""
        return self._session.get(key)

    def session_set(self, key: str, value: str | None) -> None:
        """See the port."""
        self._session[key] = value or ""

    def tell_page(self, topic: str, payload: str) -> None:
        """There is no page."""


class _Nobody(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody is here", request=request)


class House:
    """What Flutter is to Flet: takes what is drawn, answers what is asked, presses what has a key."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._flet: Any = sys.modules["flet_js"]

    async def open(self, main: Callable[[ft.Page], Awaitable[Any]]) -> None:
        """Run `main` as Flutter would have it run, until nothing moves any more."""
        self._flet.documentUrl = f"http://127.0.0.1:1{self._path}"
        ft.run(main)
        await self._flet.start_connection(self._receive)
        page = {**PAGE, "route": self._path}
        self._send(MessageAction.REGISTER_CLIENT, {"session_id": "", "page_name": "", "page": page})
        await self.settle()

    async def press(self, key: str, event: str = "click", **properties: Any) -> None:
        """Press the control of that key, which thereby gets `properties`. Raises KeyError when there is none."""
        shown = {control.key: control._i for control in tuple(self._session.index.values())}
        self._send(MessageAction.UPDATE_CONTROL_PROPS, {"id": shown[key], "props": properties})
        self._send(MessageAction.CONTROL_EVENT, {"target": shown[key], "name": event, "data": None})
        await self.settle()

    async def settle(self) -> None:
        """Let everything happen that is due."""
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        await asyncio.sleep(0.02)

    @property
    def _session(self) -> Any:
        return self._flet.send.__self__.session

    def _receive(self, frame: bytes) -> None:
        action, body = msgpack.unpackb(frame[1:], ext_hook=decode_ext_from_msgpack, strict_map_key=False)
        if action == MessageAction.SESSION_CRASHED:
            raise RuntimeError(body)
        if action == MessageAction.INVOKE_METHOD:
            answer = {"control_id": body["control_id"], "call_id": body["call_id"], "result": None, "error": None}
            self._send(MessageAction.INVOKE_METHOD, answer)

    def _send(self, action: MessageAction, body: dict[str, Any]) -> None:
        self._flet.send(_Frame(b"\x00" + msgpack.packb([action.value, body])))


class _Frame:
    def __init__(self, frame: bytes) -> None:
        self._frame = frame

    def to_py(self) -> bytes:
        return self._frame


async def clear_stage() -> None:
    """End what still runs and take everything away."""
    flet_js = sys.modules["flet_js"]
    session = flet_js.send.__self__.session
    session.close()
    session.page.views.clear()  # timers that were called off still hold the page
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.05)
    for name in ("send", "start_connection", "documentUrl"):
        delattr(flet_js, name)
    shutil.rmtree(FOLDER, ignore_errors=True)
