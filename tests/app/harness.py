"""Flet without a browser: a session whose messages are really encoded, and eyes and fingers for its control tree.

Touches private names of flet 1.0.5; that is why it lives in one file. A handler that raises fails the test.
"""

import asyncio
import contextlib
import dataclasses
import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import flet as ft
import msgpack
from flet.components.component import Component
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page, context
from flet.messaging.connection import Connection
from flet.messaging.protocol import (
    Message,
    MessageAction,
    RegisterClientResponseBody,
    configure_encode_object_for_msgpack,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub


class FakeConnection(Connection):
    """Encodes what is sent, answers service calls at once with `results[name]`, and tells where a navigation went.

    While `slow`, the browser's words of where it went wait in `late`.
    """

    def __init__(self, results: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.sent: list[Message] = []
        self.calls: list[tuple[str, Any]] = []
        self.results = results or {}
        self.slow = False
        self.late: list[str] = []
        self.session: Any = None
        self.pubsubhub = PubSubHub()
        self.loop = asyncio.get_running_loop()
        self.page_url = "http://test"

    def send_message(self, message: Message) -> None:
        self.sent.append(message)
        packed = [message.action, message.body]
        msgpack.packb(packed, default=configure_encode_object_for_msgpack(BaseControl))
        body: Any = message.body
        if type(body).__name__ == "InvokeMethodRequestBody":
            self.calls.append((body.name, body.args))
            result = self.results.get(body.name)
            result = result(body.args) if callable(result) else result
            self.loop.call_soon(self.session.handle_invoke_method_results, body.control_id, body.call_id, result, None)
            if body.name == "push_route":
                self.late.append(body.args["route"])
                if not self.slow:
                    self.loop.call_soon(self.tell_late)

    def tell_late(self) -> None:
        """The browser says where it went, in order."""
        told, self.late = self.late, []
        for route in told:
            self.loop.create_task(self.went(route))

    async def went(self, route: str) -> None:
        """The browser says that it went there."""
        self.session.apply_page_patch({"route": route})
        await self.session.dispatch_event(self.session.page._i, "route_change", {"route": route})

    def dispose(self) -> None:
        """Nothing is held."""


def walk(found: Any, seen: set[int] | None = None) -> Iterator[BaseControl]:
    """Every control below, in layout order."""
    seen = set() if seen is None else seen
    if found is None or id(found) in seen:
        return
    if isinstance(found, list | tuple):
        for each in found:
            yield from walk(each, seen)
        return
    if not isinstance(found, BaseControl):
        return
    seen.add(id(found))
    yield found
    if isinstance(found, Component):
        yield from walk(found._b, seen)
        return
    for name in _drawn(type(found)):
        yield from walk(getattr(found, name, None), seen)


@functools.cache
def _drawn(kind: type[Any]) -> tuple[str, ...]:
    """The names of the fields in which a control of this class may hold others."""
    fields = dataclasses.fields(kind)
    return tuple(each.name for each in fields if not each.name.startswith("_") and not each.metadata.get("skip"))


class UI:
    """What is on the screen, and what a finger can do with it."""

    def __init__(self, connection: FakeConnection, session: Session) -> None:
        self.connection = connection
        self.session = session
        self.page: ft.Page = session.page

    def all(self, kind: type = ft.Control, where: Callable[[Any], bool] = lambda c: True) -> list[Any]:
        """Every control of a kind."""
        return [c for c in walk([view.controls for view in self.page.views]) if isinstance(c, kind) and where(c)]

    def texts(self) -> list[str]:
        """Every text on the screen."""
        return [text.value for text in self.all(ft.Text)]

    def shows(self, sentence: str) -> bool:
        """Whether a text holds these words."""
        return any(sentence in text for text in self.texts())

    def has(self, key: str) -> bool:
        """Whether a control of that key is on the screen."""
        return bool(self.all(ft.Control, lambda c: c.key == key))

    def key(self, key: str) -> Any:
        """The control of that key."""
        found = self.all(ft.Control, lambda c: c.key == key)
        assert len(found) == 1, f"{key}: {len(found)} of {sorted(str(c.key) for c in self.all() if c.key)}"
        return found[0]

    async def tap(self, key: str) -> None:
        """Tap the control of that key."""
        control = self.key(key)
        assert not control.disabled, f"{key} is off"
        await self.fire(control, "click")

    async def tap_together(self, *keys: str) -> None:
        """Tap several controls of one drawing, before any of the taps has drawn anything anew."""
        await self._together(*((key, "click") for key in keys))

    async def type_and_tap(self, typed: Mapping[str, str], key: str, event: str = "click") -> None:
        """Type into fields and tap (or `submit`) at once, before any of it has drawn anything anew."""
        for field, text in typed.items():
            self.session.apply_patch(self.key(field)._i, {"value": text})
        await self._together(*((field, "change") for field in typed), (key, event))

    async def _together(self, *events: tuple[str, str]) -> None:
        controls = [(self.key(key), event) for key, event in events]
        tasks = [asyncio.create_task(self.session.dispatch_event(c._i, event, None)) for c, event in controls]
        await asyncio.gather(*tasks)
        await self.settle()

    async def type_unheard(self, key: str, text: str) -> None:
        """Type into a field; the client's word that it changed is still on its way."""
        self.session.apply_patch(self.key(key)._i, {"value": text})
        await self.settle()

    async def type(self, key: str, text: str) -> None:
        """Type into the field of that key."""
        await self.fire(self.key(key), "change", value=text)

    async def fire(self, control: BaseControl, name: str, data: Any = None, **props: Any) -> None:
        """Send an event as the client does, new properties first."""
        if props:
            self.session.apply_patch(control._i, props)
        await self.session.dispatch_event(control._i, name, data)
        await self.settle()

    async def settle(self) -> None:
        """Let everything that is ready run."""
        for _ in range(40):
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        crashes = [m for m in self.connection.sent if m.action is MessageAction.SESSION_CRASHED]
        assert not crashes, crashes[0].body


@contextlib.asynccontextmanager
async def run_ui(
    main: Callable[[ft.Page], Any],
    results: dict[str, Any] | None = None,
    width: int = 412,
    height: int = 892,
    route: str = "/",
) -> AsyncIterator[UI]:
    """A session of `main` on a screen of that size, opened at that route."""
    connection = FakeConnection(results)
    session = Session(connection)
    connection.session = session
    session.apply_page_patch({"width": width, "height": height, "route": route})
    token = _context_page.set(session.page)
    context.reset_auto_update()
    page_patch = session.get_page_patch()
    registered = RegisterClientResponseBody(session_id=session.id, page_patch=page_patch, error="")
    connection.send_message(Message(MessageAction.REGISTER_CLIENT, registered))
    started = main(session.page)
    if inspect.isawaitable(started):
        await started
    await session.after_event(session.page)
    ui = UI(connection, session)
    await ui.settle()
    try:
        yield ui
    finally:
        session.close()
        await asyncio.sleep(0)
        _context_page.reset(token)
