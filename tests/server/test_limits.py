from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from server import limits
from server.database import reading
from server.tables.people import SignInAttempt
from tests.server.world import World

WRONG = "not the password"


def test_after_five_failures_even_the_owner_waits_and_then_gets_in(world: World) -> None:
    email = world.staff(world.clinic())
    assert [world.sign_in(email, WRONG).status_code for _ in range(5)] == [401] * 5
    held = world.sign_in(email)
    assert (held.status_code, held.json()["code"]) == (429, "too_many_tries")
    world.later(seconds=int(held.headers["retry-after"]))
    assert world.sign_in(email).status_code == 200


def test_the_wait_doubles_up_to_fifteen_minutes_and_never_further(world: World) -> None:
    email = world.staff(world.clinic())
    waits: list[int] = []
    while len(waits) < 9:
        reply = world.sign_in(email, WRONG)
        if reply.status_code == 429:
            waits.append(int(reply.headers["retry-after"]))
            world.later(seconds=waits[-1])
    assert waits == [31, 61, 121, 241, 481, 901, 901, 901, 901]


def test_a_refused_try_does_not_make_the_wait_longer(world: World) -> None:
    email = world.staff(world.clinic())
    for _ in range(5):
        world.sign_in(email, WRONG)
    waits = [int(world.sign_in(email).headers["retry-after"]) for _ in range(10)]
    assert set(waits) == {31}


def test_a_success_clears_the_account(world: World) -> None:
    email = world.staff(world.clinic())
    for _ in range(3):
        for _ in range(4):
            assert world.sign_in(email, WRONG).status_code == 401
        assert world.sign_in(email).status_code == 200


def test_an_hour_of_quiet_clears_the_account(world: World) -> None:
    email = world.staff(world.clinic())
    for _ in range(4):
        world.sign_in(email, WRONG)
    world.later(hours=1)
    assert [world.sign_in(email, WRONG).status_code for _ in range(5)] == [401] * 5


def test_an_account_that_does_not_exist_is_held_back_just_the_same(world: World) -> None:
    replies = [world.sign_in("nobody@example.org").status_code for _ in range(6)]
    assert replies == [401] * 5 + [429]


def test_one_address_cannot_go_through_many_accounts(world: World) -> None:
    replies = [world.sign_in(f"guess{n}@example.org").status_code for n in range(25)]
    assert replies == [401] * limits.ADDRESS_TRIES + [429] * 5


def test_another_address_is_not_held_back_by_it(world: World) -> None:
    email = world.staff(world.clinic())
    for n in range(25):
        world.sign_in(f"guess{n}@example.org")
    assert world.sign_in(email).status_code == 429
    world.client = world.running.client("198.51.100.9")
    assert world.sign_in(email).status_code == 200


def test_a_held_account_costs_its_address_nothing(world: World) -> None:
    clinic = world.clinic()
    forgetful, colleague = world.staff(clinic), world.staff(clinic)
    for _ in range(40):
        world.sign_in(forgetful, WRONG)
    assert world.sign_in(colleague).status_code == 200


def test_many_guesses_at_once_are_counted_before_they_are_examined(world: World) -> None:
    email = world.staff(world.clinic())
    with ThreadPoolExecutor(16) as pool:
        replies = [done.status_code for done in pool.map(lambda _: world.sign_in(email, WRONG), range(48))]
    assert replies.count(401) == limits.ACCOUNT_TRIES
    assert replies.count(429) == 48 - limits.ACCOUNT_TRIES


def test_neither_emails_nor_addresses_can_be_read_from_the_counters(world: World) -> None:
    world.sign_in("ana@example.org")
    with reading(world.engine) as session:
        keys = session.exec(select(SignInAttempt.key)).all()
    assert len(keys) == 2
    assert not [key for key in keys if "ana" in key or "192" in key]


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (9, 480), (10, 900), (10_000, 900)]
)
def test_the_wait_after_so_many_failures(failures: int, seconds: int) -> None:
    assert limits.wait_after(failures, 5) == timedelta(seconds=seconds)


def test_a_server_clock_that_was_set_back_keeps_nobody_out(world: World) -> None:
    email = world.staff(world.clinic())
    assert world.sign_in(email).status_code == 200
    world.later(hours=-1)
    assert world.sign_in(email).status_code == 200
