from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, FastAPI

from hep.access import POLICY, Action, Role, Scope
from hep.facts import Acknowledgement
from server.api.deps import PUBLIC, Caller, needs
from server.policy import Undeclared, declarations
from tests.databases import copy_of_postgres, copy_of_sqlite
from tests.server.matrix import ACTORS, ALLOWED, Case, Cast, refusal
from tests.server.world import World

_addresses = count(1)

OPEN_TO_WHO_KNOWS_IT = "/v1/calendar/{secret}.ics"
OF_A_RECORD = sorted(key for key in ALLOWED if "{" in key[1] and key[1] != OPEN_TO_WHO_KNOWS_IT)
"""The routes whose path names something of somebody's."""

NEVER = {"patient_id": "no-such-patient", "device_id": "no-such-device", "address_id": "no-such-address"}
NEVER |= {"exercise_id": "own-no-such-exercise", "photo": "0" * 64}

IN_A_BODY = {
    "/v1/patients/{patient_id}/programs": (404, "not_found"),
    "/v1/me/reminders/opened": (404, "not_found"),
    "/v1/library/own": (422, "exercise_incomplete"),
}
"""What answers an id of somebody else in a body. A push is answered row by row."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_cast(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """The people of the matrix, made once for each database: what one test does to a record harms no other."""
    folder = tmp_path_factory.mktemp("matrix")
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = copy_of_sqlite(request.getfixturevalue("sqlite_template"), folder)
        else:
            url = stack.enter_context(copy_of_postgres(request.getfixturevalue("postgres")))
        yield Cast(stack.enter_context(World(url, folder)))


@pytest.fixture
def cast(shared_cast: Cast) -> Cast:
    """The same people, at an address of their own, so that failures of other tests hold nobody back."""
    shared_cast.world.client = shared_cast.world.running.client(f"192.0.2.{next(_addresses)}")
    return shared_cast


def a_router(add: Callable[[APIRouter], object]) -> FastAPI:
    app, router = FastAPI(openapi_url=None, docs_url=None, redoc_url=None), APIRouter(prefix="/thing")
    add(router)
    app.include_router(router, prefix="/v1")
    return app


def undeclared() -> None:
    return None


def declared_twice(caller: Annotated[Caller, needs(Action.SYNC_PULL)]) -> None:
    return None


def test_a_route_without_a_declaration_fails_at_start_up() -> None:
    with pytest.raises(Undeclared, match="/v1/thing"):
        list(declarations(a_router(lambda router: router.get("")(undeclared))))


def test_a_route_that_is_public_and_guarded_at_once_fails_too() -> None:
    with pytest.raises(Undeclared):
        list(declarations(a_router(lambda router: router.get("", dependencies=[PUBLIC])(declared_twice))))


def test_a_declared_route_tells_its_action() -> None:
    app = a_router(lambda router: router.get("")(declared_twice))
    assert list(declarations(app)) == [("GET", "/v1/thing", Action.SYNC_PULL)]


def test_the_server_does_not_start_with_an_undeclared_route(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes = a_router(lambda router: router.get("")(undeclared)).routes
    monkeypatch.setattr("server.app.api_routes", lambda: tuple(routes))
    with pytest.raises(Undeclared):
        World(sqlite_url, tmp_path)


def test_every_route_stands_in_the_matrix(sqlite_world: World) -> None:
    routes = {(method, path) for method, path, _ in declarations(sqlite_world.app)}
    assert routes == set(ALLOWED)


def test_every_action_has_a_route_and_every_guarded_route_is_a_security_scheme(sqlite_world: World) -> None:
    used = {action for _, _, action in declarations(sqlite_world.app)}
    assert used == {None, *Action}
    described = sqlite_world.client.get("/openapi.json").json()
    for method, path, action in declarations(sqlite_world.app):
        operation = described["paths"][path][method.lower()]
        assert ("security" in operation) == (action is not None), path


def test_the_auditor_and_the_admin_see_no_clinical_content() -> None:
    clinical = {Action.RECORD_READ, Action.CASELOAD_READ, Action.SYNC_PULL, Action.PROGRAM_PUBLISH}
    for role in (Role.AUDITOR, Role.ADMIN):
        assert {POLICY[action].get(role, Scope.NONE) for action in clinical} == {Scope.NONE}


@pytest.mark.parametrize(("method", "path"), sorted(ALLOWED))
def test_who_is_let_in(cast: Cast, method: str, path: str) -> None:
    surprises = {}
    for actor in ACTORS:
        signed = cast.known(actor, path)
        ids = dict(cast.here.ids)
        if path.startswith("/v1/me/") and actor == "patient":
            ids["device_id"] = signed.device_id
        cast.here.ready(path)
        reply = signed.request(method, path.format(**ids), **cast.here.sent(method, path))
        public = path.startswith("/v1/auth/") and not path.endswith("sign-out")
        let_in = public or reply.status_code not in {401, 403, 404}
        wanted: object = True if actor in ALLOWED[method, path] else refusal(method, path, actor)
        seen: object = let_in or reply.status_code
        if seen != wanted or reply.status_code >= 500 or (let_in and not public and reply.status_code in {400, 422}):
            surprises[actor] = (wanted, reply.status_code, reply.text)
    assert surprises == {}


@pytest.mark.parametrize(("method", "path"), OF_A_RECORD)
def test_what_is_elsewhere_and_what_never_was_are_the_same_to_everybody_who_is_let_in(
    cast: Cast, method: str, path: str
) -> None:
    cast.elsewhere.ready(path)
    body = cast.elsewhere.body(method, path)
    for actor in ALLOWED[method, path]:
        signed = cast.known(actor)
        elsewhere = signed.request(method, path.format(**cast.elsewhere.ids), json=body)
        never = signed.request(method, path.format(**(cast.elsewhere.ids | NEVER)), json=body)
        assert (elsewhere.status_code, never.status_code) == (404, 404), actor
        assert elsewhere.content == never.content


def mixed(cast: Cast, actor: str, path: str) -> Iterator[dict[str, str]]:
    """Ids for the path, all but one the actor's own. A neighbor's record is the staff's too, under its own name."""
    names = [name for name in cast.here.ids if f"{{{name}}}" in path]
    for name in names:
        yield cast.here.ids | {name: cast.elsewhere.ids[name]}
        if actor == "patient" or len(names) > 1:
            yield cast.here.ids | {name: cast.neighbor.ids[name]}


@pytest.mark.parametrize(("method", "path"), OF_A_RECORD)
def test_one_foreign_id_among_good_ones_in_a_path_opens_nothing(cast: Cast, method: str, path: str) -> None:
    cast.elsewhere.ready(path)
    cast.neighbor.ready(path)
    body = cast.here.body(method, path)
    for actor in ALLOWED[method, path]:
        for ids in mixed(cast, actor, path):
            reply = cast.known(actor).request(method, path.format(**ids), json=body)
            assert reply.status_code == 404, (actor, ids)


def foreign(own: Case, other: Case, path: str) -> Iterator[dict[str, Any]]:
    """Good bodies with one id of another case in them. Photos and exercises are a whole clinic's."""
    body = own.body("POST", path)
    if path.endswith("/programs"):
        yield body | {"program_id": other.care.program_id}
        yield body | {"episode_id": other.care.episode_id}
    elif path.endswith("/opened"):
        yield body | {"id": other.ids["message_id"]}
    elif other.care.clinic_id != own.care.clinic_id:
        yield body | {"exercise": body["exercise"] | {"photo": other.ids["photo"]}}
        yield body | {"exercise": body["exercise"] | {"harder_ids": [other.ids["exercise_id"]]}}


@pytest.mark.parametrize("path", IN_A_BODY)
def test_a_foreign_id_in_a_body_is_not_found(cast: Cast, path: str) -> None:
    for actor in ALLOWED["POST", path]:
        own = cast.case(actor)
        for body in (body for other in cast.others(actor) for body in foreign(own, other, path)):
            reply = cast.known(actor).post(path.format(**own.ids), body)
            assert (reply.status_code, reply.json()["code"]) == IN_A_BODY[path], (actor, body)


def ids_in(body: Any) -> set[str]:
    """The names of the fields that hold ids."""
    if isinstance(body, list):
        return set().union(*map(ids_in, body))
    if not isinstance(body, dict):
        return set()
    return {name for name in body if name == "id" or name.endswith("_id")}.union(*map(ids_in, body.values()))


def test_no_other_body_holds_an_id(cast: Cast) -> None:
    holding = {path for method, path in ALLOWED if ids_in(cast.here.body(method, path))}
    assert holding == {*IN_A_BODY, "/v1/sync/push"}


def verdicts(cast: Cast, by: str, envelope: dict[str, Any]) -> list[str]:
    """What becomes of each row of a push; a revoked phone's are let in by a therapist first."""
    reply = cast.known(by).post("/v1/sync/push", envelope)
    if by == "revoked phone":
        path, rows = f"/v1/patients/{cast.here.care.patient_id}/quarantine", len(envelope["rows"])
        batches = cast.known("therapist").get(path).json()["batches"]
        (held,) = [batch["id"] for batch in batches if (batch["state"], batch["row_count"]) == ("held", rows)]
        reply = cast.known("therapist").post(f"{path}/{held}/release", {"reason": "It was theirs"})
    return [result["status"] for result in reply.json()["results"]]


@pytest.mark.parametrize("by", ["patient", "revoked phone"])
@pytest.mark.parametrize("whose", ["neighbor", "elsewhere"])
def test_foreign_ids_in_a_push_touch_nobody_elses_record(cast: Cast, whose: str, by: str) -> None:
    mine, other = cast.here.care, (cast.neighbor if whose == "neighbor" else cast.elsewhere).care
    theirs = other.row(other.set_log())
    assert other.statuses(theirs) == ["accepted"]
    before = other.detail()["sessions"]
    foreign = mine.row(mine.set_log())
    foreign["body"] |= {"program_id": other.program_id, "prescription_id": other.prescriptions[0].id, "planned": None}
    acknowledged = mine.row(Acknowledgement(**mine.base(), program_id=other.program_id, version=1))
    locked = mine.red_flag(prescription_id=other.prescriptions[0].id)
    gone, changed = mine.retraction(theirs["id"]), mine.correction(theirs["id"], mine.set_log(reps=1))
    again = mine.row(mine.set_log(reps=2), theirs["id"])
    rows = [foreign, acknowledged, locked, gone, changed, again]
    seen = verdicts(cast, by, mine.envelope(*rows, device_id=other.phone.device_id))
    assert seen == [*["rejected"] * 3, *["accepted"] * 3]
    assert other.detail()["sessions"] == before


def test_a_token_that_ran_out_lets_nobody_in_anywhere(sqlite_world: World) -> None:
    cast = Cast(sqlite_world)
    therapist, phone = cast.again("therapist"), cast.again("patient")
    cast.world.later(minutes=15)
    for method, path in ALLOWED:
        if ALLOWED[method, path] >= {"nobody"}:
            continue
        for signed in (therapist, phone):
            assert signed.request(method, path.format(**cast.here.ids)).status_code == 401, path
