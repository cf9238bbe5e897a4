"""The exercise library: the same rows for every clinic, and for its staff the clinic's own beside them."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header, Response

from hep.access import Action, Scope, scope
from hep.records import Exercise
from server import exercises, library
from server.api.deps import Caller, Database, needs
from server.api.errors import headers
from server.database import reading

router = APIRouter(tags=["library"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercises:
    """The whole library."""

    exercises: tuple[Exercise, ...]


@router.get(
    "/library",
    response_model=Exercises,
    responses={
        200: {"headers": headers(ETag="To ask with next time.")},
        304: {"description": "The caller has them.", "headers": headers(ETag="The one that was asked with.")},
    },
)
def whole(
    engine: Database,
    caller: Annotated[Caller, needs(Action.LIBRARY_READ)],
    if_none_match: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """All exercises that are offered, or 304 when the caller has them."""
    body, etag = library.answer()
    if scope(caller.role, Action.EXERCISES_READ) is Scope.CLINIC:
        with reading(engine) as session:
            body, etag = library.answer_with(exercises.offered(session, caller.clinic_id))
    if if_none_match == etag:
        return Response(status_code=304, headers={"ETag": etag})
    return Response(body, media_type="application/json", headers={"ETag": etag})
