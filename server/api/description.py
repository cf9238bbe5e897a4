"""The API's description, complete: what FastAPI derives, with every bound, every refusal and every row of a push.

A route names the refusals of its own with `may`; those that any route may give are added here. Built when somebody asks
for it, never at start. Fields of records are closed, as they are in `api.body`; only a fact's body may hold more.
"""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from hep.access import POLICY, Action, Role, Scope
from hep.problems import Problem
from server import bounds
from server.api import facts
from server.api.errors import SAID, headers, status_of
from server.policy import declarations

Json = dict[str, Any]

_ANY_REQUEST = ("malformed", "unknown_field", "too_large", "encoding_unsupported", "method_not_allowed")
_ANY_DAY = ("busy", "storage_full", "internal")


def install(app: FastAPI) -> None:
    """Let the application describe itself this way."""
    derive = app.openapi

    def described() -> Json:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(app, deepcopy(derive()))
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _complete(app: FastAPI, document: Json) -> Json:
    schemas: Json = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for name, schema in schemas.items():
        _make_exact(name.removesuffix("-Input"), schema, sent=not name.endswith("-Output"))
    schemas["Problem"] = TypeAdapter(Problem).json_schema() | {"additionalProperties": False}
    schemas.update(facts.schemas())
    for method, path, action in declarations(app):
        _describe_route(document["paths"][path][method.lower()], action)
    return document


def _make_exact(kind: str, schema: Json, *, sent: bool) -> None:
    """Close a record, give its fields their bounds, and numbers the form they are written in."""
    if "properties" not in schema:
        return
    schema.setdefault("additionalProperties", False)
    limits = bounds.BOUNDS.get(kind, {}) if sent else {}
    for name, field in schema["properties"].items():
        facts.narrow(field, limits.get(name, {}))


def _describe_route(operation: Json, action: Action | None) -> None:
    answers: Json = operation["responses"]
    codes = {code for answer in answers.values() for code in answer.get(SAID, ())}
    codes.update(_ANY_REQUEST, _ANY_DAY, _of_access(action))
    if "422" in answers:
        codes.add("invalid")
    operation["responses"] = {
        **{status: answer for status, answer in answers.items() if int(status) < 400},
        **{str(status): _refusal(status, said) for status, said in sorted(_bystatus_of(codes).items())},
    }


def _of_access(action: Action | None) -> Iterator[str]:
    if action is None:
        return
    yield from ("sign_in_required", "device_revoked")
    if any(POLICY[action].get(role, Scope.NONE) is Scope.NONE for role in Role):
        yield "not_allowed"


def _bystatus_of(codes: Iterable[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for code in sorted(codes):
        found.setdefault(status_of(code), []).append(code)
    return found


def _refusal(status: int, codes: list[str]) -> Json:
    shape = {"allOf": [{"$ref": f"{facts.REF}Problem"}, {"properties": {"code": {"enum": codes}}}]}
    answer: Json = {"description": ", ".join(codes), "content": {"application/json": {"schema": shape}}}
    if status == 401:
        answer["headers"] = headers(WWW_Authenticate="`Bearer`.")
    if status in (429, 503):
        answer["headers"] = headers(Retry_After="Seconds to wait.")
    return answer
