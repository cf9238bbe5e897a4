"""Holds every answer that any test of the server gets against the API's own description of that route.

And every answer below /v1, whatever it says: none sets a cookie, and none may be kept by a browser or on the way. No
route is excepted: the apps keep pictures by themselves.
"""

import json
from typing import Any

import jsonschema_rs
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

_documents: dict[frozenset[str], dict[str, Any]] = {}
_validators: dict[tuple[frozenset[str], str, str, str], jsonschema_rs.Validator] = {}
"""Made once a process: the routes are the same in nearly every application of the tests."""

HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}


class Witness:
    """ASGI middleware around an application. `complaints` tell of the answers that were not as described."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._routes = frozenset(getattr(route, "path", "") for route in app.routes)
        self.complaints: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        heard: list[Message] = []

        async def listen(message: Message) -> None:
            heard.append(message)
            await send(message)

        await self._app(scope, receive, listen)
        if scope["type"] != "http" or not heard:
            return
        if scope["path"].startswith("/v1/"):
            self._check_headers(scope, heard[0])
        route = scope.get("route")
        if route is not None:
            self._check(f"/v1{route.path}", scope["method"].lower(), heard)

    def _check_headers(self, scope: Scope, start: Message) -> None:
        sent = [(name.decode(), value.decode()) for name, value in start["headers"]]
        found = {name: [value for other, value in sent if other == name] for name in HEADERS}
        if found != {name: [value] for name, value in HEADERS.items()} or "set-cookie" in dict(sent):
            self.complaints.append(f"{scope['method']} {scope['path']} {start['status']} has headers {sent}")

    def _check(self, path: str, method: str, heard: list[Message]) -> None:
        operation = self._document()["paths"].get(path, {}).get(method)
        if operation is None:
            return
        status, body = str(heard[0]["status"]), b"".join(message.get("body", b"") for message in heard[1:])
        told = f"{method} {path} {status}"
        answer = operation["responses"].get(status)
        if answer is None:
            self.complaints.append(f"{told} is not described: {body[:300]!r}")
        elif "application/json" in answer.get("content", ()):
            errors = self._validator(path, method, status).iter_errors(json.loads(body))
            self.complaints += [f"{told}: {error.instance_path} {error.message[:300]}" for error in errors]
        elif body and _said(heard[0]) not in answer.get("content", ()):
            self.complaints.append(f"{told} has a body that is not described")

    def _document(self) -> dict[str, Any]:
        if self._routes not in _documents:
            _documents[self._routes] = self._app.openapi()
        return _documents[self._routes]

    def _validator(self, path: str, method: str, status: str) -> jsonschema_rs.Validator:
        key = (self._routes, path, method, status)
        if key not in _validators:
            document = self._document()
            schema = document["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
            whole = {"allOf": [schema], "components": document["components"]}
            _validators[key] = jsonschema_rs.validator_for(whole, validate_formats=True)
        return _validators[key]


def _said(start: Message) -> str:
    """The media type that an answer says it is of."""
    return dict(start["headers"]).get(b"content-type", b"").decode().partition(";")[0]
