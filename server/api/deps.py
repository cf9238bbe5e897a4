"""What a request is made of: the time, the database, and who is calling. Every route declares what it is for.

A route takes `caller: Annotated[Caller, needs(Action.X)]` or is marked with `dependencies=[PUBLIC]`; the server does
not start with a route that does neither. A record outside the caller's reach is not found, never forbidden.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BeforeValidator
from sqlalchemy import Engine
from sqlmodel import Session

from hep.access import Action, Role, Scope, scope
from server import sessions
from server.audit import Actor
from server.database import reading, writing
from server.problems import Declined
from server.reminders.outlets import Outlets
from server.security import Keys, Passwords
from server.settings import Settings
from server.tables.people import Patient

_bearer = HTTPBearer(auto_error=False, description="An access token of /v1/auth.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who is calling, by their bearer token. `scope` is `full` or `quarantine`."""

    role: Role
    clinic_id: str
    person_id: str
    person_name: str
    device_id: str
    scope: str
    address: str
    request_id: str

    @property
    def actor(self) -> Actor:
        """The caller as the audit log writes them."""
        return Actor(
            clinic_id=self.clinic_id,
            person_id=self.person_id,
            role=self.role.value,
            device_id=self.device_id,
            address=self.address,
            request_id=self.request_id,
        )


async def _database(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


async def _now(request: Request) -> datetime:
    clock: Callable[[], datetime] = request.app.state.clock
    return clock()


async def _keys(request: Request) -> Keys:
    keys: Keys = request.app.state.keys
    return keys


async def _passwords(request: Request) -> Passwords:
    passwords: Passwords = request.app.state.passwords
    return passwords


async def _outlets(request: Request) -> Outlets:
    outlets: Outlets = request.app.state.outlets
    return outlets


async def _config(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


# These are `async` because they wait for nothing: a plain function would be sent to another thread for each request.
Database = Annotated[Engine, Depends(_database)]
Now = Annotated[datetime, Depends(_now)]
KeysOf = Annotated[Keys, Depends(_keys)]
PasswordsOf = Annotated[Passwords, Depends(_passwords)]
Config = Annotated[Settings, Depends(_config)]
OutletsOf = Annotated[Outlets, Depends(_outlets)]


def _digits(text: str) -> str:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError("digits only")
    return text


def _true_or_false(text: str) -> str:
    if text not in ("true", "false"):
        raise ValueError("true or false")
    return text


DIGITS = BeforeValidator(_digits)
"""Marks a whole number in a query: it is written in digits. Named after its bounds, or they are not described."""

Truth = Annotated[bool, BeforeValidator(_true_or_false)]
"""`true` or `false` in a query; nothing else that might mean one of them."""

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_:\-]{1,80}$", max_length=80)]
"""A record's id in a path."""


def address(request: Request) -> str:
    """The network address of the other end, as far as it is known."""
    return request.client.host if request.client else "unknown"


async def stranger(request: Request) -> Actor:
    """The audit log's name for a caller who has not signed in."""
    return Actor(address=address(request), request_id=request.state.request_id)


Stranger = Annotated[Actor, Depends(stranger)]


class Needs:
    """The declaration of a route: finds the caller and asks the policy table. Raises 401 and 403 answers."""

    def __init__(self, action: Action) -> None:
        self.action = action

    def __call__(
        self,
        request: Request,
        engine: Database,
        now: Now,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> Caller:
        if bearer is None:
            raise Declined("sign_in_required")
        with reading(engine) as session:
            known = sessions.identify(session, bearer.credentials, now)
        if known.stale:
            with writing(engine) as session:
                sessions.note_seen(session, known.device_id, now)
        caller = Caller(
            role=known.person.role,
            clinic_id=known.clinic_id,
            person_id=known.person.id,
            person_name=known.person.name,
            device_id=known.device_id,
            scope=known.scope,
            address=address(request),
            request_id=request.state.request_id,
        )
        if caller.scope != "full" and self.action is not Action.SYNC_PUSH:
            raise Declined("device_revoked")
        if scope(caller.role, self.action) is Scope.NONE:
            raise Declined("not_allowed")
        return caller


def needs(action: Action) -> Any:
    """The dependency that lets a caller in whose role may do `action`."""
    return Depends(Needs(action))


def _public() -> None:
    return None


PUBLIC = Depends(_public)
"""Marks a route that asks for no token."""


async def _only_declared(request: Request) -> None:
    """Refuse a query parameter that the route does not name, or names and gets twice. Raises `unknown_field`."""
    asked = [name for name, _ in request.query_params.multi_items()]
    if asked and not (len(set(asked)) == len(asked) and _named(request) >= set(asked)):
        raise Declined("unknown_field")


def _named(request: Request) -> set[str]:
    return {field.alias for field in request.scope["route"].dependant.query_params}


ONLY_DECLARED = Depends(_only_declared)
"""Closes a route's query as its body is closed."""


def reach(session: Session, caller: Caller, action: Action, patient_id: str) -> Patient:
    """The patient, if the caller may do `action` to them. Raises `not_found` for anyone out of reach."""
    far = scope(caller.role, action)
    allowed = far is Scope.CLINIC or (far is Scope.OWN and caller.person_id == patient_id)
    patient = session.get(Patient, patient_id) if allowed else None
    if patient is None or patient.clinic_id != caller.clinic_id:
        raise Declined("not_found")
    return patient
