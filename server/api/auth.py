"""Getting in and out: invitations, passwords, refresh, sign-out."""

from typing import Annotated

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from hep.access import Action
from hep.wire import Redeem, Refresh, SignIn, Tokens
from server import audit, invitations, sessions, signin
from server.api.body import Body
from server.api.deps import PUBLIC, Caller, Database, KeysOf, Now, PasswordsOf, Stranger, needs
from server.api.errors import may
from server.database import writing
from server.problems import Declined

router = APIRouter(prefix="/auth", tags=["sign-in"])


@router.post(
    "/redeem",
    dependencies=[PUBLIC],
    responses=may("invitation_invalid", "too_many_tries", "text_invalid", "nonce_invalid", "birth_date_invalid"),
)
def redeem(body: Body[Redeem], engine: Database, keys: KeysOf, now: Now, stranger: Stranger) -> Tokens:
    """A patient's invitation becomes a device."""
    with writing(engine) as session:
        answer = invitations.redeem(session, keys, body, now, stranger)
    return _tokens(answer)


@router.post(
    "/sign-in",
    dependencies=[PUBLIC],
    responses=may("sign_in_failed", "too_many_tries", "text_invalid", "nonce_invalid"),
)
async def sign_in(
    body: Body[SignIn], engine: Database, keys: KeysOf, passwords: PasswordsOf, now: Now, stranger: Stranger
) -> Tokens:
    """A staff member's email and password become a session."""
    candidate = await run_in_threadpool(signin.begin, engine, keys, body, now, stranger)
    fits, renewed = await passwords.verify(body.password, candidate.password_hash)
    if not fits:
        raise await run_in_threadpool(signin.refuse, engine, candidate, now, stranger)
    return _tokens(await run_in_threadpool(signin.accept, engine, keys, candidate, body, renewed, now, stranger))


@router.post(
    "/refresh",
    dependencies=[PUBLIC],
    responses=may("sign_in_required", "token_reused", "device_revoked", "text_invalid", "nonce_invalid"),
)
def refresh(body: Body[Refresh], engine: Database, keys: KeysOf, now: Now, stranger: Stranger) -> Tokens:
    """A refresh token becomes its successor and an access token."""
    with writing(engine) as session:
        answer = sessions.exchange(session, keys, body.refresh_token, body.nonce, now, stranger)
    return _tokens(answer)


@router.post("/sign-out", status_code=204)
def sign_out(engine: Database, now: Now, caller: Annotated[Caller, needs(Action.OWN_SESSION)]) -> Response:
    """This device's tokens are worth nothing from now on."""
    with writing(engine) as session:
        sessions.sign_out(session, caller.device_id, caller.person_id, now)
        audit.record(session, caller.actor, "sign_out", now, resource="device", resource_id=caller.device_id)
    return Response(status_code=204)


def _tokens(answer: Tokens | Declined) -> Tokens:
    if isinstance(answer, Declined):
        raise answer
    return answer
