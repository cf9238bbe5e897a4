"""The exercise library, the same for every clinic."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from hep.access import Action
from server import library
from server.api.deps import Caller, needs

router = APIRouter(tags=["library"])


@router.get("/library")
def exercises(
    caller: Annotated[Caller, needs(Action.LIBRARY_READ)],
    if_none_match: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """`{"exercises": [Exercise…]}`, or 304 when the caller has them."""
    body, etag = library.answer()
    if if_none_match == etag:
        return Response(status_code=304, headers={"ETag": etag})
    return Response(body, media_type="application/json", headers={"ETag": etag})
