"""The two verbs of a phone: push what it wrote, pull what is new."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request, Response

from hep.access import Action, Role
from hep.wire import PULL_LIMIT, SCHEMA, PullReply, PushReply
from server import audit, feed, ledger, quarantine
from server.api.deps import DIGITS, Caller, Database, KeysOf, Now, needs, reach
from server.api.errors import headers, may
from server.database import reading, writing
from server.envelope import open_push

router = APIRouter(prefix="/sync", tags=["sync"])

_JSON = "application/json"


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post(
    "/push",
    response_model=PushReply,
    responses=may("too_many_rows"),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {_JSON: {"schema": {"$ref": "#/components/schemas/PushRequest"}}},
        }
    },
)
def push(
    body: Annotated[bytes, Depends(_body)],
    engine: Database,
    now: Now,
    caller: Annotated[Caller, needs(Action.SYNC_PUSH)],
) -> Response:
    """Admit a batch: a verdict per row, given only after the commit. A revoked phone's rows go into quarantine."""
    request = open_push(body)
    sender = ledger.Sender(
        patient_id=caller.person_id,
        clinic_id=caller.clinic_id,
        device_id=caller.device_id,
        role=Role(caller.role),
        sent_at=request.sent_at,
        received_at=now,
        now=now,
    )
    with writing(engine) as session:
        kept_apart = caller.scope != "full"
        done = quarantine.hold(session, sender, request) if kept_apart else ledger.admit(session, sender, request.rows)
        audit.record(
            session,
            caller.actor,
            "sync.quarantine" if kept_apart else "sync.push",
            now,
            resource="facts",
            patient_id=caller.person_id,
        )
    reply = PushReply(results=done.results, high=done.high, epoch=done.epoch, server_time=now)
    return Response(orjson.dumps(reply, option=orjson.OPT_UTC_Z), media_type=_JSON)


@router.get(
    "/pull",
    response_model=PullReply,
    responses=may("not_found", "resync", "schema_too_old")
    | {
        200: {"headers": headers(ETag="To ask with next time; only on the last page.")},
        304: {"description": "Nothing is new.", "headers": headers(ETag="The one that was asked with.")},
    },
)
def pull(
    engine: Database,
    now: Now,
    keys: KeysOf,
    caller: Annotated[Caller, needs(Action.SYNC_PULL)],
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=PULL_LIMIT), DIGITS] = PULL_LIMIT,
    schema: Annotated[int, Query(ge=0, le=1_000_000), DIGITS] = SCHEMA,
    if_none_match: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """The next page of changes, or 304 when there is nothing new."""
    asked = feed.Asked(cursor=cursor, limit=limit, schema=schema, etag=if_none_match)
    with reading(engine) as session:
        page = feed.page(session, caller.person_id, asked, keys, now)
    headers = {"ETag": page.etag} if page.etag is not None else {}
    if page.body is None:
        return Response(status_code=304, headers=headers)
    if page.count:
        with writing(engine) as session:
            if page.programs:
                patient = reach(session, caller, Action.SYNC_PULL, caller.person_id)
                feed.note_pulled(session, patient, caller.device_id, page.programs, now)
            audit.record(session, caller.actor, "sync.pull", now, resource="facts", patient_id=caller.person_id)
    return Response(page.body, media_type=_JSON, headers=headers)
