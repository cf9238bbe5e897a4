from concurrent.futures import ThreadPoolExecutor

from sqlmodel import select

from server.database import reading
from server.tables.people import Token
from tests.server.world import Signed, World


def phone_of(world: World) -> tuple[Signed, Signed]:
    """A therapist, and a phone of a patient of theirs."""
    therapist = world.therapist(world.clinic())
    return therapist, world.phone(therapist, world.patient(therapist))


def test_a_refresh_gives_new_tokens_that_work(world: World) -> None:
    _, phone = phone_of(world)
    after = world.signed(world.refresh(phone))
    assert after.tokens["refresh_token"] != phone.tokens["refresh_token"]
    assert after.get("/v1/me").status_code == 200
    assert after.device_id == phone.device_id


def test_a_lost_reply_repeated_gets_the_same_answer(world: World) -> None:
    _, phone = phone_of(world)
    nonce = world.nonce()
    first = world.refresh(phone, nonce)
    world.later(minutes=5)
    assert world.refresh(phone, nonce).json() == first.json()
    assert world.refresh(world.signed(first)).status_code == 200


def test_fifty_lost_replies_sign_nobody_out(world: World) -> None:
    _, phone = phone_of(world)
    for _ in range(50):
        nonce = world.nonce()
        assert world.refresh(phone, nonce).status_code == 200
        phone = world.signed(world.refresh(phone, nonce))
    assert phone.get("/v1/me").status_code == 200


def test_a_spent_token_used_from_elsewhere_ends_the_whole_family(world: World) -> None:
    _, phone = phone_of(world)
    owner = world.signed(world.refresh(phone))
    theft = world.refresh(phone, "another-nonce-of-the-thief")
    assert (theft.status_code, theft.json()["code"]) == (401, "token_reused")
    assert owner.get("/v1/me").status_code == 401
    assert world.refresh(owner).status_code == 401


def test_a_thief_who_came_first_is_thrown_out_when_the_owner_returns(world: World) -> None:
    _, phone = phone_of(world)
    thief = world.signed(world.refresh(phone))
    assert world.refresh(phone).json()["code"] == "token_reused"
    assert thief.get("/v1/me").status_code == 401


def test_two_refreshes_at_once_with_one_nonce_agree(world: World) -> None:
    _, phone = phone_of(world)
    nonce = world.nonce()
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: world.refresh(phone, nonce), range(8)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.json()["refresh_token"] for reply in replies}) == 1


def test_an_access_token_lasts_fifteen_minutes(world: World) -> None:
    _, phone = phone_of(world)
    world.later(minutes=14, seconds=59)
    assert phone.get("/v1/me").status_code == 200
    world.later(seconds=1)
    assert phone.get("/v1/me").status_code == 401


def test_a_phone_that_slept_for_eighty_nine_days_comes_back(world: World) -> None:
    _, phone = phone_of(world)
    world.later(days=89)
    phone = world.signed(world.refresh(phone))
    world.later(days=89)
    assert world.refresh(phone).status_code == 200


def test_a_phone_that_slept_for_ninety_days_signs_in_again(world: World) -> None:
    _, phone = phone_of(world)
    world.later(days=90)
    reply = world.refresh(phone)
    assert (reply.status_code, reply.json()["code"]) == (401, "sign_in_required")


def test_an_access_token_refreshes_nothing(world: World) -> None:
    _, phone = phone_of(world)
    body = {"refresh_token": phone.tokens["access_token"], "nonce": world.nonce()}
    assert world.client.post("/v1/auth/refresh", json=body).status_code == 401


def test_a_very_late_repetition_is_refused_and_breaks_nothing(world: World) -> None:
    _, phone = phone_of(world)
    nonce = world.nonce()
    after = world.signed(world.refresh(phone, nonce))
    world.later(hours=2)
    after = world.signed(world.refresh(after))
    assert world.refresh(phone, nonce).status_code == 401
    assert after.get("/v1/me").status_code == 200


def test_no_token_can_be_read_from_the_database(world: World) -> None:
    therapist, phone = phone_of(world)
    secret = [signed.tokens[kind] for signed in (therapist, phone) for kind in ("access_token", "refresh_token")]
    with reading(world.engine) as session:
        stored = repr([token.model_dump() for token in session.exec(select(Token))])
    assert not [token for token in secret if token in stored]


def test_a_revoked_phone_is_refused_at_once_and_may_only_push_for_three_days(world: World) -> None:
    therapist, phone = phone_of(world)
    therapist.post(f"/v1/patients/{phone.id}/devices/{phone.device_id}/revoke")
    reply = phone.get("/v1/me")
    assert (reply.status_code, reply.json()["code"]) == (403, "device_revoked")
    held = world.signed(world.refresh(phone))
    assert held.tokens["scope"] == "quarantine"
    assert held.get("/v1/me").json()["code"] == "device_revoked"
    assert held.post("/v1/auth/sign-out").json()["code"] == "device_revoked"


def test_quarantine_ends_after_seventy_two_hours(world: World) -> None:
    therapist, phone = phone_of(world)
    therapist.post(f"/v1/patients/{phone.id}/devices/{phone.device_id}/revoke")
    world.later(hours=71, minutes=59)
    held = world.signed(world.refresh(phone))
    world.later(minutes=1)
    reply = world.refresh(held)
    assert (reply.status_code, reply.json()["code"]) == (403, "device_revoked")


def test_a_patient_may_cut_off_their_own_lost_phone(world: World) -> None:
    therapist, lost = phone_of(world)
    new = world.phone(therapist, lost.id)
    assert new.post(f"/v1/me/devices/{lost.device_id}/revoke").status_code == 200
    assert lost.get("/v1/me").status_code == 403
    assert new.get("/v1/me").status_code == 200


def test_signing_out_leaves_no_quarantine_behind(world: World) -> None:
    _, phone = phone_of(world)
    assert phone.post("/v1/auth/sign-out").status_code == 204
    assert world.refresh(phone).json()["code"] == "sign_in_required"
