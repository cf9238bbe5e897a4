"""The way between a phone and the clinic, with everything that goes wrong on it.

Each request meets the next fault of `faults`; when they are used up, all goes well. The server is the real one.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from enum import StrEnum

import httpx
from fastapi import FastAPI


class Fault(StrEnum):
    """What happens to one request. `None` in a plan means: nothing."""

    DROP = "drop"
    """It never arrives."""

    LOSE = "lose"
    """It arrives, the reply does not."""

    CUT = "cut"
    """The reply breaks off in the middle of its body."""

    TWICE = "twice"
    """It arrives twice; the second reply comes."""

    LATE = "late"
    """It seems lost, and arrives after the next request."""

    BUSY = "busy"
    """A proxy on the way answers 503."""


class Link(httpx.AsyncBaseTransport):
    """The network as one phone has it. `before` is awaited ahead of a request that reaches the server."""

    def __init__(self, app: FastAPI, faults: Iterable[Fault | None] = ()) -> None:
        self.lead_to(app)
        self.faults: deque[Fault | None] = deque(faults)
        self.down = False
        self.paths: list[str] = []
        self.after: Callable[[str], Awaitable[None]] | None = None
        self._late: list[httpx.Request] = []

    def lead_to(self, app: FastAPI) -> None:
        """This is the server at the other end."""
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False, client=("192.0.2.7", 50_000))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = await request.aread()
        if self.down:
            raise httpx.ConnectError("no network", request=request)
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.DROP:
            raise httpx.ConnectError("dropped", request=request)
        if fault is Fault.BUSY:
            return httpx.Response(503, text="<html>busy</html>")
        if fault is Fault.LATE:
            self._late.append(_copy(request, content))
            raise httpx.ReadTimeout("late", request=request)
        if fault is Fault.TWICE:
            await self._deliver(_copy(request, content))
        reply = await self._deliver(_copy(request, content))
        await self._deliver_late()
        if fault is Fault.LOSE:
            raise httpx.ReadError("reply lost", request=request)
        if fault is Fault.CUT:
            return httpx.Response(reply.status_code, headers=reply.headers, stream=_Cut(reply.content))
        return reply

    async def _deliver(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        reply = await self._inner.handle_async_request(request)
        if self.after is not None:
            await self.after(request.url.path)
        return httpx.Response(reply.status_code, headers=reply.headers, content=await reply.aread())

    async def _deliver_late(self) -> None:
        late, self._late = self._late, []
        for request in late:
            await self._deliver(request)


def _copy(request: httpx.Request, content: bytes) -> httpx.Request:
    return httpx.Request(request.method, request.url, headers=request.headers, content=content)


class _Cut(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content[: len(self._content) // 2]
        raise httpx.RemoteProtocolError("peer closed the connection in the middle of the body")
