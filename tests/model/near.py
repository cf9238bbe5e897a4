"""The server without a network: the API's own functions called in place, and what can go wrong on the way to them.

A request costs what its route does and nothing else: no framework, no thread, no socket. Who is calling, what a body
may hold and how a refusal looks are decided by the code that decides it in the real server.
"""

import gzip
import json
from collections.abc import Callable
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.security import HTTPAuthorizationCredentials

from hep import codec
from hep.access import Action
from hep.problems import Refused
from hep.wire import PULL_LIMIT, SCHEMA, Redeem, Refresh
from server.api import auth, errors, sync
from server.api.body import read_body
from server.api.deps import Caller, Needs
from server.audit import Actor
from server.problems import Declined
from tests.flows.link import Fault, Link

ADDRESS = "192.0.2.7"


class Death(StrEnum):
    """The app is killed with a request under way."""

    UNHEARD = "unheard"
    """Before the request arrives."""

    UNTOLD = "untold"
    """After it arrived, before the reply."""


class Died(BaseException):
    """Nothing of the app runs after this."""


class Near:
    """The routes a phone uses."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._seen: Any = SimpleNamespace(
            client=SimpleNamespace(host=ADDRESS), state=SimpleNamespace(request_id="near"), app=app
        )
        self._routes: dict[str, Callable[[httpx.Request, bytes], Any]] = {
            "/v1/sync/push": self._push,
            "/v1/sync/pull": self._pull,
            "/v1/auth/refresh": self._refresh,
            "/v1/auth/redeem": self._redeem,
            "/v1/auth/sign-out": self._sign_out,
        }

    def answer(self, request: httpx.Request, content: bytes) -> httpx.Response:
        """The answer of the route at the request's path."""
        if request.headers.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        try:
            reply = self._routes[request.url.path](request, content)
        except Declined as declined:
            reply = errors._declined(self._seen, declined)
        except Refused as refused:
            reply = errors._refused(self._seen, refused)
        return httpx.Response(reply.status_code, headers=dict(reply.headers), content=reply.body)

    def _caller(self, request: httpx.Request, action: Action) -> Caller:
        token = request.headers["authorization"].removeprefix("Bearer ")
        bearer = HTTPAuthorizationCredentials(scheme="Bearer", credentials=token)
        return Needs(action)(self._seen, self._app.state.engine, self._app.state.clock(), bearer)

    def _push(self, request: httpx.Request, content: bytes) -> Any:
        caller = self._caller(request, Action.SYNC_PUSH)
        return sync.push(content, self._app.state.engine, self._app.state.clock(), caller)

    def _pull(self, request: httpx.Request, _content: bytes) -> Any:
        caller, asked, state = self._caller(request, Action.SYNC_PULL), request.url.params, self._app.state
        limit, schema = int(asked.get("limit", PULL_LIMIT)), int(asked.get("schema", SCHEMA))
        etag = request.headers.get("if-none-match")
        return sync.pull(state.engine, state.clock(), state.keys, caller, asked.get("cursor"), limit, schema, etag)

    def _refresh(self, _request: httpx.Request, content: bytes) -> Any:
        return self._tokens(auth.refresh, read_body(Refresh, json.loads(content)))

    def _redeem(self, _request: httpx.Request, content: bytes) -> Any:
        return self._tokens(auth.redeem, read_body(Redeem, json.loads(content)))

    def _sign_out(self, request: httpx.Request, _content: bytes) -> Any:
        caller = self._caller(request, Action.OWN_SESSION)
        return auth.sign_out(self._app.state.engine, self._app.state.clock(), caller)

    def _tokens(self, route: Callable[..., Any], body: object) -> Any:
        state = self._app.state
        tokens = route(body, state.engine, state.keys, state.clock(), Actor(address=ADDRESS, request_id="near"))
        return SimpleNamespace(status_code=200, headers={}, body=json.dumps(codec.dump(tokens)).encode())


class Line(Link):
    """A `Link` to the server in place; beside its faults, a plan may hold a `Death`."""

    def __init__(self, app: FastAPI, near: Near) -> None:
        super().__init__(app)
        self._near = near

    @property
    def bad(self) -> bool:
        """Whether anything can still go wrong by itself."""
        return self.down or any(fault is not None for fault in self.faults)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        fault: Fault | Death | None = self.faults[0] if self.faults and not self.down else None
        if not isinstance(fault, Death):
            return await super().handle_async_request(request)
        self.faults.popleft()
        if fault is Death.UNTOLD:
            self._near.answer(request, await request.aread())
        raise Died

    async def _deliver(self, request: httpx.Request) -> httpx.Response:
        return self._near.answer(request, request.content)

    async def arrive_late(self) -> None:
        """What seemed lost arrives now; its answers reach nobody."""
        await self._deliver_late()
