from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI

from hep.access import POLICY, Action, Role, Scope
from hep.facts import Acknowledgement
from server.api.deps import PUBLIC, Caller, needs
from server.policy import Undeclared, declarations
from tests.databases import copy_of_postgres, copy_of_sqlite
from tests.server.matrix import ACTORS, ALLOWED, Cast, refusal
from tests.server.world import World

_addresses = count(1)

NESTED = [
    ("/v1/patients/{patient_id}/proposals/{proposal_id}/decision", "proposal_id"),
    ("/v1/patients/{patient_id}/flags/{flag_id}/clear", "flag_id"),
    ("/v1/patients/{patient_id}/invitations/{invitation_id}/revoke", "invitation_id"),
    ("/v1/patients/{patient_id}/devices/{device_id}/revoke", "device_id"),
    ("/v1/patients/{patient_id}/quarantine/{batch_id}/release", "batch_id"),
    ("/v1/patients/{patient_id}/quarantine/{batch_id}/discard", "batch_id"),
]
OF_THE_CLINIC = ("{patient_id}", "{exercise_id}", "{photo}")


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


@pytest.mark.parametrize(
    ("method", "path"), sorted(key for key in ALLOWED if any(name in key[1] for name in OF_THE_CLINIC))
)
def test_a_patient_elsewhere_and_one_who_never_was_are_the_same_to_a_therapist(
    cast: Cast, method: str, path: str
) -> None:
    therapist = cast.again("therapist")
    body = cast.elsewhere.body(method, path)
    elsewhere = therapist.request(method, path.format(**cast.elsewhere.ids), json=body)
    nobody = {"patient_id": "no-such-patient", "exercise_id": "own-no-such-exercise", "photo": "0" * 64}
    never = therapist.request(method, path.format(**(cast.elsewhere.ids | nobody)), json=body)
    assert (elsewhere.status_code, never.status_code) == (404, 404)
    assert elsewhere.content == never.content


@pytest.mark.parametrize(("path", "name"), NESTED)
@pytest.mark.parametrize("whose", ["neighbor", "elsewhere"])
def test_a_good_patient_in_the_path_opens_nobody_elses_record(cast: Cast, path: str, name: str, whose: str) -> None:
    foreign = (cast.neighbor if whose == "neighbor" else cast.elsewhere).ids[name]
    reply = cast.again("therapist").post(path.format(**(cast.here.ids | {name: foreign})), cast.here.body("POST", path))
    assert reply.status_code == 404


@pytest.mark.parametrize("whose", ["neighbor", "elsewhere"])
@pytest.mark.parametrize("field", ["program_id", "episode_id"])
def test_a_foreign_id_in_a_body_publishes_nothing(cast: Cast, whose: str, field: str) -> None:
    other = (cast.neighbor if whose == "neighbor" else cast.elsewhere).care
    foreign = other.program_id if field == "program_id" else other.episode_id
    path = "/v1/patients/{patient_id}/programs"
    draft = cast.here.body("POST", path) | {field: foreign}
    reply = cast.again("therapist").post(path.format(**cast.here.ids), draft)
    assert reply.status_code in {404, 409, 422}


@pytest.mark.parametrize("whose", ["neighbor", "elsewhere"])
def test_foreign_ids_in_a_push_touch_nobody_elses_record(cast: Cast, whose: str) -> None:
    mine, other = cast.here.care, (cast.neighbor if whose == "neighbor" else cast.elsewhere).care
    theirs = other.row(other.set_log())
    assert other.statuses(theirs) == ["accepted"]
    before = other.detail()["sessions"]
    foreign = mine.row(mine.set_log())
    foreign["body"] |= {"program_id": other.program_id, "prescription_id": other.prescriptions[0].id, "planned": None}
    acknowledged = mine.row(Acknowledgement(**mine.base(), program_id=other.program_id, version=1))
    locked = mine.red_flag(prescription_id=other.prescriptions[0].id)
    gone, changed = mine.retraction(theirs["id"]), mine.correction(theirs["id"], mine.set_log(reps=1))
    phone = cast.again("patient")
    rows = [foreign, acknowledged, locked, gone, changed]
    reply = phone.post("/v1/sync/push", mine.envelope(*rows, device_id=other.phone.device_id))
    assert [result["status"] for result in reply.json()["results"]] == [*["rejected"] * 3, *["accepted"] * 2]
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
