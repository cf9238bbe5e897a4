"""The sync loop against a clinic that answers as told: bad hours, odd answers, and when the next round is due."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.account import Account
from app.sync import LONGEST_WAIT_S, SyncState
from hep import codec
from hep.facts import Kind
from tests.app.clinic import accept_all, page, problem, says, tokens
from tests.app.conftest import Phone
from tests.app.examples import NOW, PROGRAM, ZONE, a_set, change, program, words

PUSH, PULL = "/v1/sync/push", "/v1/sync/pull"


async def put(phone: Phone, *ids: str) -> None:
    for n, id_ in enumerate(ids, 1):
        await phone.store.put(Kind.SET_LOG, a_set(n), id_)


async def unsent(phone: Phone) -> list[str]:
    return [row.id for row in await phone.store.batch(500)]


def sent_ids(phone: Phone) -> list[list[str]]:
    return [[row["id"] for row in body["rows"]] for body in phone.clinic.bodies(PUSH)]


async def test_a_round_pushes_what_waits_and_then_pulls(phone: Phone) -> None:
    await put(phone, "set-0001")
    pulled = page(changes=[change(2, "program", f"{PROGRAM}:1", program(1))])
    phone.clinic.plan[PULL] = [says(200, pulled)]

    assert await phone.sync.once() is SyncState.IDLE

    assert phone.clinic.paths() == [PUSH, PULL]
    assert await unsent(phone) == []
    assert len((await phone.store.history(ZONE)).versions) == 1
    status = await phone.sync.status()
    assert (status.state, status.unsent, status.last_success_at) == (SyncState.IDLE, 0, NOW)


async def test_nothing_to_push_means_no_push(phone: Phone) -> None:
    await phone.sync.once()

    assert phone.clinic.paths() == [PULL]


async def test_an_empty_poll_asks_with_the_etag_of_the_last_full_pull(phone: Phone) -> None:
    phone.clinic.plan[PULL] = [
        says(200, page("c1", more=True), etag='"p-1-1"'),
        says(200, page("c2"), etag='"p-1-2"'),
        says(304),
    ]

    await phone.sync.once()
    await phone.sync.once()

    etags = [request.headers.get("if-none-match") for _, _, request in phone.clinic.asked]
    cursors = [request.url.params.get("cursor") for _, _, request in phone.clinic.asked]
    assert etags == [None, None, '"p-1-2"']
    assert cursors == [None, "c1", "c2"]
    assert (await phone.sync.status()).state is SyncState.IDLE


async def test_a_queue_longer_than_a_batch_is_pushed_until_it_is_empty(phone: Phone) -> None:
    for n in range(450):
        await phone.store.put(Kind.MESSAGE, words(n), f"note-{n:04d}")

    await phone.sync.once()

    assert [len(ids) for ids in sent_ids(phone)] == [200, 200, 50]
    assert await unsent(phone) == []


async def test_an_entry_made_while_the_request_was_in_flight_survives_the_reply(phone: Phone) -> None:
    await put(phone, "set-0001")
    held, release = asyncio.Event(), asyncio.Event()
    usual = phone.clinic.handle_async_request

    async def slowly(request: httpx.Request) -> httpx.Response:
        if request.url.path == PUSH and not held.is_set():
            held.set()
            await release.wait()
        return await usual(request)

    phone.clinic.handle_async_request = slowly  # type: ignore[method-assign]
    flight = asyncio.ensure_future(phone.sync.once())
    await held.wait()
    await phone.store.put(Kind.SET_LOG, a_set(2), "set-0002")
    release.set()
    await flight

    assert sent_ids(phone) == [["set-0001"], ["set-0002"]]
    assert await unsent(phone) == []


async def test_two_callers_share_one_round(phone: Phone) -> None:
    await put(phone, "set-0001")

    await asyncio.gather(phone.sync.once(), phone.sync.once())

    assert phone.clinic.paths() == [PUSH, PULL]


async def test_a_rejected_row_goes_to_the_shelf_and_delays_no_other(phone: Phone) -> None:
    await put(phone, "set-0001", "set-0002", "set-0003")

    def judge(body: dict[str, Any]) -> httpx.Response:
        good = accept_all(body).json()
        good["results"][1] |= {"status": "rejected", "code": "version_unknown", "sentence": "Ask your clinic."}
        return says(200, good)

    phone.clinic.plan[PUSH] = [judge]

    assert await phone.sync.once() is SyncState.IDLE

    status = await phone.sync.status()
    assert status.unsent == 0
    assert [(row.id, row.code, row.sentence) for row in status.shelf] == [
        ("set-0002", "version_unknown", "Ask your clinic.")
    ]


async def test_a_row_that_conflicts_is_shown_and_not_lost(phone: Phone) -> None:
    await put(phone, "set-0001")
    reply = {"results": [{"id": "set-0001", "status": "conflict", "code": "conflict", "sentence": "Enter it again."}]}
    phone.clinic.plan[PUSH] = [says(200, {"high": 1, "epoch": 1, "server_time": codec.dump(NOW)} | reply)]

    await phone.sync.once()

    assert [row.code for row in (await phone.sync.status()).shelf] == ["conflict"]


async def test_rows_to_be_retried_stay_and_are_not_hammered(phone: Phone) -> None:
    await put(phone, "set-0001", "set-0002")

    def busy(body: dict[str, Any]) -> httpx.Response:
        good = accept_all(body).json()
        good["results"][0]["status"] = "retry"
        return says(200, good)

    phone.clinic.plan[PUSH] = [busy]

    assert await phone.sync.once() is SyncState.TROUBLE

    assert phone.clinic.paths() == [PUSH, PULL]
    assert await unsent(phone) == ["set-0001"]
    assert phone.sync.wait_s >= 1


async def test_an_answer_that_forgets_a_row_leaves_it_waiting(phone: Phone) -> None:
    await put(phone, "set-0001")
    phone.clinic.plan[PUSH] = [
        says(200, {"results": [], "high": 1, "epoch": 1, "server_time": codec.dump(NOW)}),
    ]

    assert await phone.sync.once() is SyncState.TROUBLE

    assert await unsent(phone) == ["set-0001"]


async def test_one_row_that_the_server_cannot_read_at_all_is_found_and_shelved(phone: Phone) -> None:
    ids = [f"set-{n:04d}" for n in range(1, 8)]
    await put(phone, *ids)

    def judge(body: dict[str, Any]) -> httpx.Response:
        if any(row["id"] == "set-0005" for row in body["rows"]):
            return problem(413, "too_large", "That is too much at once.")
        return accept_all(body)

    phone.clinic.usual[PUSH] = judge

    assert await phone.sync.once() is SyncState.IDLE

    status = await phone.sync.status()
    assert [(row.id, row.code) for row in status.shelf] == [("set-0005", "too_large")]
    assert status.unsent == 0


async def test_without_a_network_everything_waits_and_the_next_round_is_due(phone: Phone) -> None:
    await put(phone, "set-0001")
    phone.clinic.plan[PUSH] = [httpx.ConnectError("no route")]
    phone.now = NOW + timedelta(hours=3)

    assert await phone.sync.once() is SyncState.OFFLINE

    status = await phone.sync.status()
    assert (status.unsent, status.oldest_age(phone.now)) == (1, timedelta(hours=3))
    assert status.sentence is not None
    assert phone.sync.wait_s >= 1


async def test_waiting_doubles_with_full_jitter_up_to_five_minutes_and_a_wake_forgets_it(phone: Phone) -> None:
    phone.clinic.plan[PULL] = [httpx.ConnectError("no route")] * 14
    phone.chance = 1.0
    waits = []
    for _ in range(12):
        await phone.sync.once()
        waits.append(phone.sync.wait_s)
    phone.chance = 0.0
    await phone.sync.once()

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert phone.sync.wait_s == 1
    phone.chance = 1.0
    phone.sync.wake()
    await phone.sync.once()
    assert phone.sync.wait_s == 1


async def test_a_time_the_server_names_is_honored(phone: Phone) -> None:
    phone.clinic.plan[PULL] = [problem(429, "too_many_tries", "Wait.", retry_after="90")]

    assert await phone.sync.once() is SyncState.TROUBLE

    assert phone.sync.wait_s == 90


async def test_polls_are_a_minute_apart_give_or_take_a_fifth(phone: Phone) -> None:
    waits = []
    for phone.chance in (0.0, 0.5, 1.0):
        await phone.sync.once()
        waits.append(round(phone.sync.wait_s))

    assert waits == [48, 60, 72]


@pytest.mark.parametrize(
    "answer",
    [
        says(200, {"nonsense": True}),
        says(200, page() | {"changes": [{"seq": "x"}]}),
        says(200, [1, 2, 3]),
        problem(500, "internal"),
        problem(507, "storage_full"),
        problem(410, "invitation_invalid"),
        RuntimeError("a bug of our own with words nobody should read"),
    ],
)
async def test_no_answer_however_odd_ends_the_loop_or_loses_a_row(
    phone: Phone, answer: httpx.Response | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    await put(phone, "set-0001")
    phone.clinic.plan[PULL] = [answer]

    assert await phone.sync.once() is SyncState.TROUBLE
    assert 1 <= phone.sync.wait_s <= LONGEST_WAIT_S
    assert "words nobody should read" not in caplog.text
    assert await phone.sync.once() is SyncState.IDLE
    assert len(await phone.store.facts()) == 1


async def test_a_pull_that_never_moves_on_is_given_up(phone: Phone) -> None:
    phone.clinic.usual[PULL] = lambda _: says(200, page("c1", more=True))

    assert await phone.sync.once() is SyncState.TROUBLE

    assert phone.clinic.paths() == [PULL, PULL]


async def test_an_app_too_old_to_pull_still_sends_and_says_so(phone: Phone) -> None:
    await put(phone, "set-0001")
    phone.clinic.plan[PULL] = [problem(426, "schema_too_old")]

    assert await phone.sync.once() is SyncState.UPDATE_NEEDED

    assert await unsent(phone) == []
    assert "Update" in ((await phone.sync.status()).sentence or "")


async def test_fetching_anew_sends_first_and_never_shows_an_empty_program(phone: Phone) -> None:
    first = [change(1, "program", f"{PROGRAM}:1", program(1))]
    phone.clinic.plan[PULL] = [says(200, page("c1", first))]
    await phone.sync.once()
    await put(phone, "set-0001")
    seen: list[int] = []

    def look() -> None:
        rows = phone.store._db.execute("SELECT count(*) FROM record WHERE kind = 'program'")
        seen.append(rows.fetchone()[0])

    phone.store.listen(look)
    new = [change(n, "program", f"{PROGRAM}:{n}", program(n)) for n in (1, 2)]
    phone.clinic.plan[PULL] = [
        problem(410, "resync"),
        says(200, page("d1", new[:1], more=True)),
        httpx.ReadError("cut"),
        problem(410, "resync"),
        says(200, page("d1", new[:1], more=True)),
        says(200, page("d2", [*new[1:], change(3, "set_log", "set-0001", a_set(1))])),
    ]

    assert await phone.sync.once() is SyncState.OFFLINE
    assert await phone.sync.once() is SyncState.IDLE

    assert phone.clinic.paths()[1] == PUSH
    assert set(seen) == {1, 2}
    assert await phone.store.meta("cursor") == "d2"
    assert len(await phone.store.facts()) == 1


async def test_a_server_restored_from_a_backup_gets_again_what_it_lost(phone: Phone) -> None:
    await put(phone, "set-0001")
    await phone.sync.once()
    phone.clinic.plan[PULL] = [problem(410, "resync"), says(200, page("d1", epoch=2, high=0))]
    phone.clinic.usual[PUSH] = lambda body: says(200, accept_all(body).json() | {"epoch": 2})
    phone.clinic.usual[PULL] = lambda _: says(200, page("d2", epoch=2))

    assert await phone.sync.once() is SyncState.IDLE

    assert sent_ids(phone) == [["set-0001"], ["set-0001"]]
    assert await unsent(phone) == []
    assert len(await phone.store.facts()) == 1


async def test_a_used_up_sign_in_keeps_everything_and_asks(phone: Phone) -> None:
    await put(phone, "set-0001")
    phone.clinic.usual[PUSH] = lambda _: problem(401, "sign_in_required")
    phone.clinic.usual["/v1/auth/refresh"] = lambda _: problem(401, "sign_in_required")

    assert await phone.sync.once() is SyncState.SIGNED_OUT
    asked = len(phone.clinic.asked)
    assert await phone.sync.once() is SyncState.SIGNED_OUT

    assert len(phone.clinic.asked) == asked
    assert await unsent(phone) == ["set-0001"]
    assert phone.sync.wait_s >= 1


async def test_a_device_nobody_signed_in_on_asks_nothing(stranger: Phone) -> None:
    assert await stranger.sync.once() is SyncState.SIGNED_OUT

    assert stranger.clinic.asked == []


async def test_another_patients_rows_are_never_sent_with_this_sign_in(phone: Phone) -> None:
    await phone.store.belong_to("patient-a")
    await put(phone, "set-0001")
    await phone.keeper.save(tokens(5, person_id="patient-b"))

    assert await phone.sync.once() is SyncState.SIGNED_OUT

    assert phone.clinic.asked == []
    assert await unsent(phone) == ["set-0001"]


def during(phone: Phone, path: str, act: Callable[[], Awaitable[object]]) -> None:
    """Have something happen while the answer of `path` is on its way; once."""
    usual = phone.clinic.handle_async_request
    done: list[object] = []

    async def meanwhile(request: httpx.Request) -> httpx.Response:
        answer = await usual(request)
        if request.url.path == path and not done:
            done.append(path)
            await act()
        return answer

    phone.clinic.handle_async_request = meanwhile  # type: ignore[method-assign]


async def test_an_answer_that_comes_after_signing_out_leaves_nothing_on_the_phone(phone: Phone) -> None:
    await put(phone, "set-0001")
    phone.clinic.usual[PULL] = lambda _: says(200, page(changes=[change(1, "program", f"{PROGRAM}:1", program(1))]))
    account = Account(phone.store, phone.api, phone.device, phone.sync.wake)
    during(phone, PULL, account.sign_out)

    await phone.sync.once()

    assert (await phone.store.history(ZONE)).versions == ()
    assert await phone.store.facts() == ()
    assert await phone.store.meta("cursor") is None


async def test_a_verdict_that_comes_after_signing_out_is_asked_for_again(phone: Phone) -> None:
    await put(phone, "set-0001")
    account = Account(phone.store, phone.api, phone.device, phone.sync.wake)
    during(phone, PUSH, lambda: account.sign_out(leave_unsent=True))

    assert await phone.sync.once() is SyncState.SIGNED_OUT

    assert await unsent(phone) == ["set-0001"]
    assert phone.store._db.execute("SELECT count(*) FROM record").fetchone() == (0,)


async def test_a_sign_in_that_changes_during_a_call_is_never_used_to_finish_it(phone: Phone) -> None:
    await put(phone, "set-0001")
    await phone.store.belong_to("patient-a")
    phone.clinic.plan[PUSH] = [problem(401, "sign_in_required")]
    during(phone, PUSH, lambda: phone.keeper.save(tokens(9, person_id="patient-b")))

    assert await phone.sync.once() is SyncState.SIGNED_OUT

    used = [request.headers["authorization"] for path, _, request in phone.clinic.asked if path == PUSH]
    assert used == ["Bearer access-1"]
    assert await unsent(phone) == ["set-0001"]


async def revoke(phone: Phone) -> None:
    program_change = [change(1, "program", f"{PROGRAM}:1", program(1))]
    phone.clinic.plan[PULL] = [says(200, page("c1", program_change))]
    await phone.sync.once()
    await put(phone, "set-0001", "set-0002")
    phone.clinic.plan[PUSH] = [problem(403, "device_revoked")]
    phone.clinic.usual["/v1/auth/refresh"] = lambda _: says(200, codec.dump(tokens(2, scope="quarantine")))


async def test_a_revoked_device_hands_in_what_it_holds_and_wipes_the_rest(phone: Phone) -> None:
    await revoke(phone)

    assert await phone.sync.once() is SyncState.REVOKED

    assert sent_ids(phone)[-1] == ["set-0001", "set-0002"]
    assert phone.clinic.asked[-1][2].headers["authorization"] == "Bearer access-2"
    assert await unsent(phone) == []
    assert await phone.store.facts() == ()
    assert (await phone.store.history(ZONE)).versions == ()
    assert await phone.api.tokens() is None
    asked = len(phone.clinic.asked)
    assert await phone.sync.once() is SyncState.REVOKED
    assert len(phone.clinic.asked) == asked


async def test_a_revoked_device_without_a_network_wipes_now_and_hands_in_later(phone: Phone) -> None:
    await revoke(phone)
    phone.clinic.plan[PUSH].append(httpx.ConnectError("no route"))

    assert await phone.sync.once() is SyncState.REVOKED
    assert (await phone.store.history(ZONE)).versions == ()
    assert await unsent(phone) == ["set-0001", "set-0002"]

    assert await phone.sync.once() is SyncState.REVOKED
    assert await unsent(phone) == []
    assert await phone.api.tokens() is None


async def test_a_device_revoked_long_ago_keeps_what_the_clinic_takes_no_more(phone: Phone) -> None:
    await revoke(phone)
    phone.clinic.usual["/v1/auth/refresh"] = lambda _: problem(403, "device_revoked")

    assert await phone.sync.once() is SyncState.REVOKED

    assert await unsent(phone) == ["set-0001", "set-0002"]
    assert (await phone.store.history(ZONE)).versions == ()
    assert await phone.api.tokens() is None


async def test_a_full_phone_is_told_and_nothing_is_lost(phone: Phone) -> None:
    await put(phone, "set-0001")
    phone.device.refuses = True

    assert await phone.sync.once() is SyncState.TROUBLE
    assert "room" in ((await phone.sync.status()).sentence or "")

    phone.device.refuses = False
    assert await phone.sync.once() is SyncState.IDLE
    assert await unsent(phone) == []


async def test_the_loop_goes_on_after_a_failure_and_starts_at_once_when_woken(phone: Phone) -> None:
    await put(phone, "set-0001")
    phone.clinic.plan[PUSH] = [httpx.ConnectError("no route")]
    states: list[SyncState] = []
    settled = asyncio.Event()

    def watch() -> None:
        states.append(phone.sync.state)
        if phone.sync.state is SyncState.OFFLINE:
            phone.sync.wake()
        if phone.sync.state is SyncState.IDLE:
            settled.set()

    phone.sync.listen(watch)
    running = asyncio.ensure_future(phone.sync.run())
    await asyncio.wait_for(settled.wait(), 20)
    running.cancel()

    assert states == [SyncState.SYNCING, SyncState.OFFLINE, SyncState.SYNCING, SyncState.IDLE]


async def test_a_nudge_does_not_undo_the_waiting_that_failures_taught(phone: Phone) -> None:
    phone.clinic.plan[PULL] = [httpx.ConnectError("no route")] * 3
    phone.chance = 1.0
    for _ in range(2):
        await phone.sync.once()
    phone.sync.nudge()
    await phone.sync.once()

    assert phone.sync.wait_s == 4


async def test_the_last_success_is_remembered_over_a_restart(phone: Phone) -> None:
    await put(phone, "set-0001")
    await phone.sync.once()

    after = Phone(phone.device, phone.clinic, phone.store, phone.api, phone.keeper)

    assert (await after.sync.status()).last_success_at == NOW
