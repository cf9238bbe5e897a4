from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hep.access import Role
from server.api.errors import answer
from server.database import reading, writing
from server.security import Passwords
from server.tables.people import AuditEntry, Staff
from tests.server.matrix import ALLOWED
from tests.server.witness import HEADERS
from tests.server.world import PASSWORD, World


def code(reply: object) -> str:
    return str(reply.json()["code"])  # type: ignore[attr-defined]


def test_a_therapist_signs_in_and_is_known_by_the_token(world: World) -> None:
    therapist = world.therapist(world.clinic("Hillside"))
    me = therapist.get("/v1/me").json()
    assert me["role"] == "therapist"
    assert (me["person_id"], me["device_id"]) == (therapist.id, therapist.device_id)
    assert (me["clinic_name"], me["scope"]) == ("Hillside", "full")
    assert datetime.fromisoformat(therapist.tokens["access_expires_at"]) > world.now


def test_the_email_is_compared_without_regard_to_case_and_spaces(world: World) -> None:
    world.staff(world.clinic(), email="ana@example.org")
    assert world.sign_in("  Ana@Example.ORG ").status_code == 200


@pytest.mark.parametrize("case", ["wrong password", "unknown email", "person who left"])
def test_every_failed_sign_in_gets_the_same_answer(world: World, case: str) -> None:
    email = world.staff(world.clinic())
    if case == "person who left":
        with writing(world.engine) as session:
            session.exec(select(Staff)).one().active = False
    wrong = world.sign_in(
        "nobody@example.org" if case == "unknown email" else email,
        "not the password" if case == "wrong password" else PASSWORD,
    )
    assert (wrong.status_code, wrong.content) == (401, answer("sign_in_failed").body)


async def test_an_unknown_person_costs_one_whole_hash_like_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(memory_kib=64, rounds=1)
    stored = passwords.hash(PASSWORD)
    seen: list[str] = []
    whole = passwords._hasher.verify_and_update

    def counted(password: str, against: str) -> tuple[bool, str | None]:
        seen.append(against.rsplit("$", 2)[0])
        return whole(password, against)

    monkeypatch.setattr(passwords._hasher, "verify_and_update", counted)
    assert await passwords.verify("guess", stored) == (False, None)
    assert await passwords.verify("guess", None) == (False, None)
    assert seen[0] == seen[1]
    passwords.close()


async def test_a_hash_of_older_parameters_is_renewed_by_the_next_sign_in() -> None:
    old, new = Passwords(memory_kib=64, rounds=1), Passwords(memory_kib=128, rounds=2)
    fits, renewed = await new.verify(PASSWORD, old.hash(PASSWORD))
    assert fits
    assert renewed is not None
    assert (await new.verify(PASSWORD, renewed)) == (True, None)
    old.close()
    new.close()


def test_a_renewed_hash_is_kept(world: World) -> None:
    email = world.staff(world.clinic())
    older = Passwords(memory_kib=32, rounds=1)
    with writing(world.engine) as session:
        session.exec(select(Staff)).one().password_hash = older.hash(PASSWORD)
    older.close()
    assert world.sign_in(email).status_code == 200
    with reading(world.engine) as session:
        assert "m=64," in session.exec(select(Staff)).one().password_hash


def test_no_route_sets_a_cookie_and_no_answer_may_be_cached(sqlite_world: World) -> None:
    for method, path in [*ALLOWED, ("GET", "/v1/nowhere"), ("PATCH", "/v1/me")]:
        headers = sqlite_world.client.request(method, path.replace("{photo}", "0" * 64)).headers
        assert "set-cookie" not in headers, path
        assert {name: headers.get(name) for name in HEADERS} == HEADERS, path


@pytest.mark.parametrize("name", ["set-cookie", "cache-control"])
def test_an_answer_that_sets_a_cookie_or_may_be_cached_fails_the_test_that_gets_it(
    sqlite_url: str, tmp_path: Path, name: str
) -> None:
    class Careless:
        """Middleware around all others, which adds a header to each answer."""

        def __init__(self, app: ASGIApp) -> None:
            self._app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async def careless(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"].append((name.encode(), b"public"))
                await send(message)

            await self._app(scope, receive, careless)

    with (
        pytest.raises(AssertionError, match="GET /v1/health 200"),
        World(sqlite_url, tmp_path, lambda app: app.add_middleware(Careless)) as world,
    ):
        world.client.get("/v1/health")


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}])
def test_without_a_good_token_the_answer_is_to_sign_in(world: World, header: dict[str, str]) -> None:
    reply = world.client.get("/v1/me", headers=header)
    assert (reply.status_code, code(reply)) == (401, "sign_in_required")
    assert reply.headers["www-authenticate"] == "Bearer"


def test_a_refresh_token_is_no_access_token(world: World) -> None:
    therapist = world.therapist(world.clinic())
    reply = world.client.get("/v1/me", headers={"Authorization": f"Bearer {therapist.tokens['refresh_token']}"})
    assert reply.status_code == 401


def test_staff_are_signed_out_after_fifteen_idle_minutes(world: World) -> None:
    therapist = world.therapist(world.clinic())
    world.later(minutes=13)
    assert therapist.get("/v1/me").status_code == 200
    world.later(minutes=15)
    assert therapist.get("/v1/me").status_code == 401
    assert world.refresh(therapist).status_code == 401


def test_staff_who_keep_working_stay_until_twelve_hours_have_passed(world: World) -> None:
    therapist = world.therapist(world.clinic())
    began = world.now
    while (world.later(minutes=14) - began).total_seconds() < 12 * 3600:
        therapist = world.signed(world.refresh(therapist))
    assert therapist.get("/v1/me").status_code == 401
    assert world.refresh(therapist).status_code == 401


def test_requests_count_as_work_and_not_only_refreshes(world: World) -> None:
    therapist = world.therapist(world.clinic())
    world.later(minutes=10)
    assert therapist.get("/v1/me").status_code == 200
    world.later(minutes=10)
    assert world.refresh(therapist).status_code == 200


def test_signing_out_ends_both_tokens_at_once(world: World) -> None:
    therapist = world.therapist(world.clinic())
    assert therapist.post("/v1/auth/sign-out").status_code == 204
    assert therapist.get("/v1/me").status_code == 401
    assert world.refresh(therapist).status_code == 401


def test_a_person_who_left_is_out_with_the_next_request(world: World) -> None:
    therapist = world.therapist(world.clinic())
    with writing(world.engine) as session:
        session.get_one(Staff, therapist.id).active = False
    assert therapist.get("/v1/me").status_code == 401
    assert world.refresh(therapist).status_code == 401


def test_one_sign_in_can_end_another_of_the_same_person_and_nobody_elses(world: World) -> None:
    clinic = world.clinic()
    email = world.staff(clinic)
    here, there = (world.signed(world.sign_in(email)) for _ in range(2))
    other = world.therapist(clinic)
    assert other.post(f"/v1/me/devices/{there.device_id}/revoke").status_code == 404
    assert here.post(f"/v1/me/devices/{there.device_id}/revoke").status_code == 200
    assert there.get("/v1/me").status_code == 401
    assert world.refresh(there).status_code == 401
    listed = here.get("/v1/me/devices").json()["devices"]
    assert {device["id"]: device["revoked_at"] is not None for device in listed} == {
        here.device_id: False,
        there.device_id: True,
    }


def test_health_answers_while_many_people_sign_in(world: World) -> None:
    email = world.staff(world.clinic())
    with ThreadPoolExecutor(20) as pool:
        guesses = [pool.submit(world.sign_in, email, "guess after guess") for _ in range(20)]
        health = [pool.submit(world.client.get, "/v1/health") for _ in range(10)]
        assert {reply.result().status_code for reply in health} == {200}
        assert {reply.result().status_code for reply in guesses} <= {401, 429}


def test_sign_ins_are_written_down_with_who_and_without_what(world: World) -> None:
    clinic = world.clinic()
    email = world.staff(clinic, Role.ADMIN)
    world.sign_in(email, "not the password")
    world.sign_in("nobody@example.org")
    world.sign_in(email)
    with reading(world.engine) as session:
        rows = session.exec(select(AuditEntry).where(AuditEntry.action == "sign_in")).all()
    assert sorted((row.clinic_id == clinic, row.outcome) for row in rows) == [
        (False, "sign_in_failed"),
        (True, "ok"),
        (True, "sign_in_failed"),
    ]
    assert email not in repr(rows)
