"""Malformed requests by the thousand: schemathesis over the API's own description, in process, by all sorts of callers.

What it generates starts from requests that the server accepts, so that a mutation reaches the rules behind the form.
Every caller is kept signed in: whatever a request did to their tokens, the next one comes with good ones.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

import jsonschema_rs
import schemathesis
from anyio import to_thread
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.server.matrix import UPLOADED, Cast

ROLES = ("patient", "therapist", "admin", "revoked phone", "therapist elsewhere", "nobody")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
)
REFUSALS = [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 426, 429]
"""What a request that the description forbids may be answered with."""

PLACEHOLDER = b"Bearer whoever-it-is"
"""Stands for a good token; requests without it, or with another one, are about the token."""


@dataclass
class Run:
    """What a run gave: requests by route and caller, answers by status, verdicts on rows, and what was wrong."""

    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """How many requests were sent."""
        return sum(self.statuses.values())


def fuzz(cast: Cast, roles: Sequence[str], *, examples: int) -> Run:
    """Send what the corners of the description give, and `examples` random requests a route, good and bad.

    Several `roles` take turns: mostly somebody who is let in, so that the rules are reached.
    """
    run, app = Run(), cast.world.app
    document = _with_examples(app.openapi(), cast)
    schema = schemathesis.openapi.from_dict(document, config=_config(examples))
    schema.app = _Callers(app, cast, roles, run, document)
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            run.found += _failures(event)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            error = event.value if isinstance(event, events.NonFatalError) else event.exception
            run.found.append(f"the run itself failed: {error!r}"[:2000])
    return run


def _config(examples: int) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "suppress-health-check": ["all"],
            "continue-on-failure": True,
            "max-failures": 200,
            "headers": {"Authorization": PLACEHOLDER.decode()},
            "workers": 1,
            "generation": {"max-examples": max(1, examples), "no-shrink": True, "database": "none"},
            "phases": {
                "examples": {"enabled": True},
                "coverage": {"enabled": True, "generate-duplicate-query-parameters": True},
                "fuzzing": {"enabled": examples > 0},
                "stateful": {"enabled": False},
            },
            "checks": {"enabled": False}
            | {name: {"enabled": True} for name in CHECKS}
            | {"negative_data_rejection": {"enabled": True, "expected-statuses": REFUSALS}},
        }
    )


def _failures(event: events.ScenarioFinished) -> Iterator[str]:
    recorder = event.recorder
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                told = recorder.interactions[case_id].request
                yield f"{check.name}: {told.method} {told.uri} {told.body!r}: {check.failure_info.failure!r}"


def _with_examples(document: dict[str, Any], cast: Cast) -> dict[str, Any]:
    """The description with the ids of a real record, and bodies that the server accepts."""
    exemplary = deepcopy(document)
    for path, operations in exemplary["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    parameter["example"] = cast.here.ids[parameter["name"]]
            body = cast.here.body(method.upper(), path)
            if method == "post" and path in UPLOADED:
                operation["requestBody"]["content"]["application/octet-stream"]["example"] = UPLOADED[path]
            elif "requestBody" in operation and body is not None:
                if path.endswith("/push"):
                    body["rows"] = cast.here.care.session()
                operation["requestBody"]["content"]["application/json"]["example"] = body
    return exemplary


def _admissible(document: dict[str, Any]) -> jsonschema_rs.Validator:
    """Says whether a row of a push is one that the description admits."""
    rows = document["components"]["schemas"]["PushRequest"]["properties"]["rows"]["items"]["anyOf"][:-1]
    return jsonschema_rs.validator_for({"anyOf": rows, "components": document["components"]}, validate_formats=True)


class _Callers:
    """ASGI middleware: gives the placeholder's requests a good token and an address of their own, and counts."""

    def __init__(self, app: ASGIApp, cast: Cast, roles: Sequence[str], run: Run, document: dict[str, Any]) -> None:
        self._app, self._cast, self._run, self._admissible = app, cast, run, _admissible(document)
        self._turns: dict[str, Iterator[str]] = {}
        self._routes = [Route(path, app) for path in document["paths"]]
        self._roles = roles
        self._tokens: dict[str, str] = {}
        self._addresses = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        number = next(self._addresses)
        scope["client"] = (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", 50_000)
        role = await to_thread.run_sync(self._sign, scope)
        exchange = _Exchange(receive, send)
        await self._app(scope, exchange.receive, exchange.send)
        self._note(scope, exchange, role)
        if exchange.status == 401:
            self._tokens.pop(role, None)

    def _sign(self, scope: Scope) -> str:
        """Put a good token in the placeholder's place. Returns whose, `nobody` where there was none."""
        if (b"authorization", PLACEHOLDER) not in scope["headers"]:
            return "nobody"
        role = next(self._turn(scope))
        if role not in self._tokens:
            self._tokens[role] = self._cast.again(role).tokens["access_token"]
        headers = [pair for pair in scope["headers"] if pair[1] != PLACEHOLDER]
        scope["headers"] = [*headers, (b"authorization", f"Bearer {self._tokens[role]}".encode())]
        return role

    def _turn(self, scope: Scope) -> Iterator[str]:
        path = next((each.path for each in self._routes if each.matches(scope)[0] is not Match.NONE), scope["path"])
        if path not in self._turns:
            first = "admin" if "/clinic/" in path else "patient" if "/sync/" in path or "/me/" in path else "therapist"
            others = [role for role in self._roles if role != first]
            order = [who for other in others for who in (first, first, other)] if first in self._roles else others
            self._turns[path] = cycle(order or self._roles)
        return self._turns[path]

    def _note(self, scope: Scope, exchange: "_Exchange", role: str) -> None:
        route = scope.get("route")
        self._run.statuses[exchange.status] += 1
        if route is not None:
            self._run.sent[f"{scope['method']} /v1{route.path}", role] += 1
        if scope["path"].endswith("/sync/push") and exchange.status == 200:
            verdicts = [result["status"] for result in json.loads(exchange.answered)["results"]]
            for row, verdict in zip(json.loads(exchange.sent)["rows"], verdicts, strict=True):
                self._run.rows[verdict] += 1
                if verdict == "accepted" and role == "patient" and not self._admissible.is_valid(row):
                    self._run.found.append(f"a row was admitted that the description forbids: {row!r}")


async def _live(receive: Receive, send: Send) -> None:
    """Stand in for the app's beginning and end: it runs already, once for all requests."""
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})


class _Exchange:
    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self.sent, self.answered, self.status = b"", b"", 0

    async def receive(self) -> Message:
        message = await self._receive()
        self.sent += message.get("body", b"")
        return message

    async def send(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        self.answered += message.get("body", b"")
        await self._send(message)
