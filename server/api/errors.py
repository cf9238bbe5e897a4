"""Every error answer: a code of the catalog, a sentence, and nothing of what was sent."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hep.problems import CATALOG, Refused
from server.problems import Declined

_BY_STATUS = {400: "malformed", 401: "sign_in_required", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


SAID = "x-codes"
"""Where a route's `responses` keep the codes that `may` named, until the description is made of them."""

DOSE = ("text_invalid", "dose_invalid", "load_invalid")
"""What a dose that is sent may be refused with."""

PROGRAM = (*DOSE, "schedule_invalid", "id_invalid")
"""What a program that is sent may be refused with, besides its gaps."""

PICTURE = tuple(f"picture_{why}" for why in ("unknown", "damaged", "too_large", "too_small", "animated", "too_hard"))
"""What a picture that is sent may be refused with."""


def may(*codes: str) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: its refusals, besides those that any route gives. Some codes are a rule's own."""
    said: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        said.setdefault(status_of(code), {"description": "", SAID: []})[SAID].append(code)
    return said


def headers(**named: str) -> dict[str, Any]:
    """The description of an answer's own headers, by name (`ETag`) and meaning."""
    return {name.replace("_", "-"): {"description": text, "schema": {"type": "string"}} for name, text in named.items()}


def status_of(code: str) -> int:
    """The status of a code; one that only a rule knows is a 422."""
    return CATALOG.get(code, CATALOG["invalid"])[0]


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
