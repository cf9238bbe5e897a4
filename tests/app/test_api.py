"""The client of the server: every answer becomes a value or a named exception with a sentence."""

import json
import subprocess
import sys

import httpx
import pytest

from app.api import Api, ApiError, Offline, Resync, Revoked, ServerSaid, SignInNeeded, UpdateNeeded
from app.tokens import SessionKeeper
from hep import codec
from hep.wire import PushReply, SignIn, Tokens
from tests.app.clinic import problem, says, tokens
from tests.app.conftest import Phone


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.ConnectError("no route"), Offline),
        (httpx.ReadTimeout("slow"), Offline),
        (httpx.RemoteProtocolError("cut in the middle of the body"), Offline),
        (httpx.Response(200, text="<html>Log in to Hotel WiFi</html>"), Offline),
        (httpx.Response(302, headers={"location": "https://portal.example"}), Offline),
        (problem(410, "resync"), Resync),
        (problem(426, "schema_too_old"), UpdateNeeded),
        (problem(403, "device_revoked"), Revoked),
        (problem(403, "not_allowed"), ServerSaid),
        (httpx.Response(502, text="<html>Bad gateway</html>"), ServerSaid),
    ],
)
async def test_an_answer_that_is_no_success_has_a_name_and_a_sentence(
    phone: Phone, answer: httpx.Response | Exception, expected: type[ApiError]
) -> None:
    phone.clinic.plan["/v1/sync/pull"] = [answer]

    with pytest.raises(ApiError) as raised:
        await phone.api.call("GET", "/v1/sync/pull")

    assert type(raised.value) is expected
    assert str(raised.value).endswith(".")
    assert "<html>" not in str(raised.value)


async def test_a_refusal_carries_its_code_detail_and_waiting_time(phone: Phone) -> None:
    body = {"code": "stale_base", "sentence": "Look at both.", "detail": {"current": 3}}
    phone.clinic.plan["/v1/sync/push"] = [says(409, body, retry_after="7")]

    with pytest.raises(ServerSaid) as raised:
        await phone.api.call("POST", "/v1/sync/push", body={"rows": []})

    said = raised.value
    assert (said.status, said.code, said.sentence, said.detail) == (409, "stale_base", "Look at both.", {"current": 3})
    assert said.retry_after_s == 7


async def test_an_access_token_that_ran_out_is_refreshed_and_the_call_repeated(phone: Phone) -> None:
    phone.clinic.plan["/v1/sync/push"] = [problem(401, "sign_in_required")]

    await phone.api.call("POST", "/v1/sync/push", body={"rows": []})

    assert phone.clinic.paths() == ["/v1/sync/push", "/v1/auth/refresh", "/v1/sync/push"]
    assert phone.clinic.asked[-1][2].headers["authorization"] == "Bearer access-2"
    assert await phone.api.tokens() == tokens(2)


async def test_a_refresh_whose_reply_was_lost_is_repeated_word_for_word(phone: Phone) -> None:
    phone.clinic.plan["/v1/sync/push"] = [problem(401, "sign_in_required"), problem(401, "sign_in_required")]
    phone.clinic.plan["/v1/auth/refresh"] = [httpx.ReadError("reply lost")]
    with pytest.raises(Offline):
        await phone.api.call("POST", "/v1/sync/push", body={"rows": []})

    after_restart = Api(phone.device.base_url, phone.device.transport, phone.keeper)
    await after_restart.call("POST", "/v1/sync/push", body={"rows": []})
    await after_restart.close()

    first, second = phone.clinic.bodies("/v1/auth/refresh")
    assert first == second
    await phone.api.refresh()
    assert phone.clinic.bodies("/v1/auth/refresh")[-1]["nonce"] != first["nonce"]


async def test_a_refused_refresh_ends_the_sign_in_but_not_what_is_known_of_it(phone: Phone) -> None:
    phone.clinic.plan["/v1/sync/push"] = [problem(401, "sign_in_required")]
    phone.clinic.plan["/v1/auth/refresh"] = [problem(401, "token_reused")]

    for _ in range(2):
        with pytest.raises(SignInNeeded):
            await phone.api.call("POST", "/v1/sync/push", body={"rows": []})

    assert phone.clinic.paths() == ["/v1/sync/push", "/v1/auth/refresh"]
    kept = await phone.api.tokens()
    assert kept is not None
    assert (kept.person_name, kept.refresh_token) == ("Ana Rivera", "")


async def test_a_call_refused_even_after_a_refresh_asks_to_sign_in(phone: Phone) -> None:
    phone.clinic.plan["/v1/sync/push"] = [problem(401, "sign_in_required"), problem(401, "sign_in_required")]

    with pytest.raises(SignInNeeded):
        await phone.api.call("POST", "/v1/sync/push", body={"rows": []})


async def test_a_refresh_that_gives_quarantine_only_means_revoked(phone: Phone) -> None:
    phone.clinic.plan["/v1/sync/push"] = [problem(401, "sign_in_required")]
    phone.clinic.plan["/v1/auth/refresh"] = [says(200, codec.dump(tokens(2, scope="quarantine")))]

    with pytest.raises(Revoked):
        await phone.api.call("POST", "/v1/sync/push", body={"rows": []})

    kept = await phone.api.tokens()
    assert kept is not None
    assert kept.scope == "quarantine"


async def test_nobody_signed_in_asks_nothing_of_the_server(stranger: Phone) -> None:
    with pytest.raises(SignInNeeded):
        await stranger.api.call("GET", "/v1/sync/pull")

    assert stranger.clinic.asked == []


async def test_large_bodies_are_compressed_and_small_ones_are_not(phone: Phone) -> None:
    await phone.api.call("POST", "/v1/sync/push", body={"rows": []}, squeeze=True)
    await phone.api.call("POST", "/v1/sync/push", body={"rows": [], "pad": "a" * 2000}, squeeze=True)

    small, large = (request for _, _, request in phone.clinic.asked)
    assert "content-encoding" not in small.headers
    assert large.headers["content-encoding"] == "gzip"
    assert len(large.content) < 200


async def test_an_answer_of_another_form_is_not_taken_for_a_success(phone: Phone) -> None:
    phone.clinic.plan["/v1/sync/push"] = [says(200, {"hello": "world"})]

    reply = await phone.api.call("POST", "/v1/sync/push", body={})

    with pytest.raises(ServerSaid, match="Update"):
        reply.read(PushReply)


async def test_signing_out_works_without_a_network(phone: Phone) -> None:
    phone.clinic.plan["/v1/auth/sign-out"] = [httpx.ConnectError("no route")]

    await phone.api.sign_out()

    assert await phone.api.tokens() is None


async def test_a_staff_sign_in_lives_as_long_as_the_tab(phone: Phone) -> None:
    phone.clinic.usual["/v1/auth/sign-in"] = lambda _: says(200, codec.dump(tokens(7)))
    staff = Api(phone.device.base_url, phone.device.transport, SessionKeeper(phone.device))

    wanted = SignIn(email="dana@example.org", password="x", device_name="Desk", nonce=await staff.nonce())
    await staff.sign_in(wanted)
    await staff.close()

    assert codec.load(Tokens, json.loads(phone.device.kept["tokens"])) == tokens(7)
    assert await SessionKeeper(phone.device).load() == tokens(7)
    assert await phone.api.tokens() == tokens(1)


async def test_a_wrong_password_is_a_refusal_and_not_the_end_of_a_sign_in(phone: Phone) -> None:
    phone.clinic.usual["/v1/auth/sign-in"] = lambda _: problem(401, "sign_in_failed", "Check both.")

    with pytest.raises(ServerSaid, match="Check both"):
        await phone.api.sign_in(SignIn(email="dana@example.org", password="x", device_name="Desk", nonce="n"))

    assert await phone.api.tokens() == tokens(1)


def test_nothing_of_the_store_or_sync_imports_httpx_at_start() -> None:
    modules = "app.store, app.sync, app.api, app.account, app.patient.log"
    code = f"import sys, {modules}; print([m for m in ('httpx', 'gzip', 'flet') if m in sys.modules])"

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed.strip() == "[]"


async def test_where_the_newest_token_is_unknown_older_exchanges_are_repeated_word_for_word(phone: Phone) -> None:
    refresh = "/v1/auth/refresh"
    for n in (2, 3, 4):
        phone.clinic.plan[refresh] = [says(200, codec.dump(tokens(n)))]
        await phone.api.refresh()
    made = phone.clinic.bodies(refresh)
    unknown = [problem(401, "sign_in_required")] * 2
    phone.clinic.plan[refresh] = [*unknown, says(200, codec.dump(tokens(9)))]

    assert await phone.api.refresh() == tokens(9)

    newest, *older = phone.clinic.bodies(refresh)[len(made) :]
    assert newest["refresh_token"] == tokens(4).refresh_token
    assert older == [made[2], made[1]]
    assert [kept.refresh_token for kept in await phone.keeper.spent()] == [tokens(n).refresh_token for n in (2, 1)]


async def test_only_so_many_exchanges_are_kept_and_none_of_an_ended_sign_in(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.tokens.MOST_SPENT", 3)
    for n in range(2, 8):
        phone.clinic.plan["/v1/auth/refresh"] = [says(200, codec.dump(tokens(n)))]
        await phone.api.refresh()
    assert [kept.refresh_token for kept in await phone.keeper.spent()] == [tokens(n).refresh_token for n in (6, 5, 4)]

    phone.clinic.plan["/v1/auth/refresh"] = [problem(401, "sign_in_required")] * 4
    with pytest.raises(SignInNeeded):
        await phone.api.refresh()

    assert await phone.keeper.spent() == ()
