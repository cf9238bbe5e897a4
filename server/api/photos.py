"""Photos of the clinic's own exercises: taken in by staff, given to staff and to the patients who have them."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.concurrency import run_in_threadpool

from hep.access import Action, Scope, scope
from hep.own_wire import PhotoAdded
from server import audit
from server.api.answer import JsonAnswer, json_answer
from server.api.deps import Caller, Database, Now, needs
from server.api.errors import PICTURE, may
from server.api.upload import PHOTO_BYTES, body_of, received
from server.database import reading, writing
from server.photos import keeping
from server.photos.darkroom import darkroom
from server.photos.wire import Developed

router = APIRouter(prefix="/library/photos", tags=["library"])

WEBP = "image/webp"
PhotoId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", max_length=64)]


@router.post(
    "",
    response_model=PhotoAdded,
    status_code=201,
    responses=may(*PICTURE, "library_full"),
    openapi_extra=body_of(PHOTO_BYTES),
)
async def add(
    request: Request, engine: Database, now: Now, caller: Annotated[Caller, needs(Action.EXERCISES_WRITE)]
) -> JsonAnswer:
    """Take a picture in (JPEG, PNG or WebP, whatever it is called) and draw it anew."""
    content = await received(request, PHOTO_BYTES)

    def keep() -> PhotoAdded:
        with darkroom() as room:
            made: Developed = room.develop(content)
        with writing(engine) as session:
            photo = keeping.add(session, caller.clinic_id, made.content, now)
            audit.record(session, caller.actor, "photo.add", now, resource="photo", resource_id=photo)
        return PhotoAdded(photo=photo, width=made.width, height=made.height, had_location=made.had_location)

    return json_answer(await run_in_threadpool(keep), status=201)


@router.get(
    "/{photo}",
    response_class=Response,
    responses=may("not_found") | {200: {"content": {WEBP: {"schema": {"type": "string", "format": "binary"}}}}},
)
def whole(photo: PhotoId, engine: Database, caller: Annotated[Caller, needs(Action.PHOTO_READ)]) -> Response:
    """A photo: any of the clinic's for its staff, for a patient those of their programs."""
    with reading(engine) as session:
        if scope(caller.role, Action.PHOTO_READ) is Scope.CLINIC:
            content = keeping.of_clinic(session, caller.clinic_id, photo)
        else:
            content = keeping.of_patient(session, caller.clinic_id, caller.person_id, photo)
    return Response(content, media_type=WEBP)
