"""Every error answer: a code of the catalog, a sentence, and nothing of what was sent."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException

from hep.problems import CATALOG, Problem, Refused
from server.problems import Declined

_BY_STATUS = {400: "malformed", 401: "sign_in_required", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}

_PROBLEM = "#/components/schemas/Problem"

DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {"description": "See docs/errors.md.", "content": {"application/json": {"schema": {"$ref": _PROBLEM}}}}
    for status in sorted({s for s, _ in CATALOG.values()})
}
"""What any route may answer besides its own, for the API's description; as text, since a model for each takes long."""


def answer(code: str, sentence: str | None = None, detail: dict[str, object] | None = None) -> JSONResponse:
    """The answer for a code; a code that only a rule knows is a 422 with the rule's own sentence."""
    status, usual = CATALOG.get(code, CATALOG["invalid"])
    body: dict[str, Any] = {"code": code, "sentence": sentence or usual}
    if detail is not None:
        body["detail"] = detail
    return JSONResponse(body, status_code=status)


def install(app: FastAPI) -> None:
    """Make every refusal of a request end in `answer`."""
    handlers: dict[type[Exception], Any] = {
        Declined: _declined,
        Refused: _refused,
        RequestValidationError: _invalid,
        HTTPException: _http,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    _describe(app)


def _describe(app: FastAPI) -> None:
    """Put the shape of an error answer into the API's description, when somebody asks for it."""
    describe = app.openapi

    def with_problem() -> dict[str, Any]:
        described = describe()
        described["components"]["schemas"].setdefault("Problem", TypeAdapter(Problem).json_schema())
        return described

    app.openapi = with_problem  # type: ignore[method-assign]


def _declined(_request: Request, error: Declined) -> JSONResponse:
    reply = answer(error.code, detail=error.detail)
    if error.retry_after is not None:
        reply.headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        reply.headers["WWW-Authenticate"] = "Bearer"
    return reply


def _refused(_request: Request, error: Refused) -> JSONResponse:
    return answer(error.code, error.sentence)


def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    for problem in error.errors():
        cause = problem.get("ctx", {}).get("error")
        if isinstance(cause, Refused):
            return _refused(request, cause)
    kinds = {problem["type"] for problem in error.errors()}
    if "extra_forbidden" in kinds:
        return answer("unknown_field")
    return answer("malformed" if "json_invalid" in kinds else "invalid")


def _http(_request: Request, error: HTTPException) -> JSONResponse:
    reply = answer(_BY_STATUS.get(error.status_code, "invalid"))
    reply.headers.update(error.headers or {})
    return reply
