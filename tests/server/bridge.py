"""Plain httpx calls into an ASGI application in the same process: no socket, the application in a loop of its own."""

from contextlib import ExitStack
from types import TracebackType

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from tests.server.witness import Witness


class _Bridge(httpx.BaseTransport):
    def __init__(self, app: Witness, portal: BlockingPortal, address: str) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 50_000))
        self._portal = portal

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._portal.call(self._answer, request)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        reply = await self._inner.handle_async_request(sent)
        return httpx.Response(reply.status_code, headers=reply.headers, content=await reply.aread())


class Running:
    """The application between its start-up and its shutdown. Clients may be used from several threads.

    At its end it fails if any answer was not as the API's description says.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._witness = Witness(app)
        self._stack = ExitStack()

    def __enter__(self) -> "Running":
        self._portal = self._stack.enter_context(start_blocking_portal())
        self._stack.enter_context(self._portal.wrap_async_context_manager(self._app.router.lifespan_context(self._app)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        assert not self._witness.complaints, self._witness.complaints

    def client(self, address: str = "192.0.2.1") -> httpx.Client:
        """A client that the server sees at this address."""
        return httpx.Client(
            transport=_Bridge(self._witness, self._portal, address), base_url="http://127.0.0.1:8000", trust_env=False
        )
