"""Around every request: a size limit, safe headers, one log line, and no detail of an accident.

The log line holds the method, the route's template, the status, milliseconds and a request id: no address, no query,
no body, no id of a record. An unforeseen error is logged by its type and place, never by its text.
"""

import logging
import traceback
import zlib
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hep.wire import MAX_BYTES
from server.api.errors import answer
from server.problems import Declined

log = logging.getLogger("stepwise.access")

API = "/v1"
"""Where the API lies."""

UPLOADS = frozenset({f"{API}/library/photos", f"{API}/library/archive"})
"""Where files are sent to: these routes read their bodies themselves (`api.upload`), once they know who is asking."""

_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


class CutOff(Exception):
    """An answer that has begun cannot go on. Whoever logs this with its traceback learns nothing of why."""


class Envelope:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            await self._app(scope, receive, exchange.send)
        except Exception as error:
            exchange.note_accident(error)
            if exchange.status is not None:
                raise CutOff from None
            await answer("internal")(scope, receive, exchange.send)
        finally:
            exchange.write_line()


class _Exchange:
    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._began = perf_counter()
        self.status: int | None = None
        self.request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = self.request_id

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.request_id
            if self._scope["path"].startswith(f"{API}/"):
                headers.update(_HEADERS)
        await self._send(message)

    def note_accident(self, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
        log.error("accident %s at %s %s", type(error).__name__, places, self.request_id)

    def write_line(self) -> None:
        route = self._scope.get("route")
        prefix = API if self._scope["path"].startswith(f"{API}/") else ""
        template = prefix + route.path if route is not None else "-"
        took = (perf_counter() - self._began) * 1000
        log.info("%s %s %s %.1f %s", self._scope["method"], template, self.status, took, self.request_id)


class BodyLimit:
    """ASGI middleware that reads a request's JSON, inflates gzip and stops at MAX_BYTES, counted while streaming.

    Uploads pass: their routes count for themselves.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(f"{API}/") or scope["path"] in UPLOADS:
            await self._app(scope, receive, send)
            return
        try:
            body = await _read(Headers(scope=scope), receive)
        except Declined as error:
            await answer(error.code)(scope, receive, send)
            return
        if body is None:
            return
        scope["headers"] = [(k, v) for k, v in scope["headers"] if k not in (b"content-encoding", b"content-length")]
        await self._app(scope, _replay(body, receive), send)


async def _read(headers: Headers, receive: Receive) -> bytes | None:
    """The body, or None when the other end went away. Raises `Declined`."""
    reader = _reader(headers.get("content-encoding", "identity").strip().lower())
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        reader.add(message.get("body", b""))
        if len(reader.body) > MAX_BYTES:
            raise Declined("too_large")
        if reader.body and media_type != "application/json":
            raise Declined("encoding_unsupported")
        more = message.get("more_body", False)
    return reader.whole()


def _reader(encoding: str) -> "_Plain":
    if encoding == "identity":
        return _Plain()
    if encoding == "gzip":
        return _Gzip()
    raise Declined("encoding_unsupported")


class _Plain:
    def __init__(self) -> None:
        self.body = bytearray()

    def add(self, chunk: bytes) -> None:
        self.body += chunk

    def whole(self) -> bytes:
        return bytes(self.body)


class _Gzip(_Plain):
    """Inflates one gzip member and never more than one byte above the limit."""

    def __init__(self) -> None:
        super().__init__()
        self._inflater = zlib.decompressobj(wbits=31)

    def add(self, chunk: bytes) -> None:
        try:
            self.body += self._inflater.decompress(chunk, MAX_BYTES + 1 - len(self.body))
        except zlib.error:
            raise Declined("malformed") from None

    def whole(self) -> bytes:
        if not self._inflater.eof or self._inflater.unused_data:
            raise Declined("malformed")
        return super().whole()


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message
