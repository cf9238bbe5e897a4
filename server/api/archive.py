"""The clinic's own exercises and photos as one file, out and in."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from hep import codec
from hep.access import Action
from hep.own_wire import RefusedEntries, Taken
from server import audit, exercises
from server.api.answer import JsonAnswer, json_answer
from server.api.deps import Caller, Database, Now, needs
from server.api.errors import may
from server.api.upload import ARCHIVE_BYTES, body_of, received_file
from server.archive.entries import Refusals
from server.archive.taking import take
from server.archive.writing import written
from server.database import writing
from server.photos import keeping
from server.problems import Declined

router = APIRouter(prefix="/library/archive", tags=["library"])

ZIP = "application/zip"


@router.get(
    "",
    response_class=Response,
    responses={200: {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}},
)
def whole(engine: Database, now: Now, caller: Annotated[Caller, needs(Action.EXERCISES_READ)]) -> Response:
    """All of the clinic's own, retired ones too, with the photos they name."""
    with writing(engine) as session:
        own = exercises.listed(session, caller.clinic_id)
        photos = keeping.named(session, caller.clinic_id, {each.exercise.photo for each in own})
        audit.record(session, caller.actor, "library.export", now, resource="library")
    return Response(written(own, photos), media_type=ZIP)


@router.post(
    "", response_model=Taken, responses=may("archive_refused", "library_full"), openapi_extra=body_of(ARCHIVE_BYTES)
)
async def take_in(
    request: Request, engine: Database, now: Now, caller: Annotated[Caller, needs(Action.EXERCISES_WRITE)]
) -> JsonAnswer:
    """Take such a file in, all of it or nothing; `detail.refused` says why not, entry by entry."""
    with await received_file(request, ARCHIVE_BYTES) as file:
        try:
            done = await run_in_threadpool(take, engine, file, caller.actor, caller.person_name, now)
        except Refusals as refusals:
            raise Declined("archive_refused", detail=codec.dump(RefusedEntries(refused=refusals.entries))) from None
    return json_answer(done)
