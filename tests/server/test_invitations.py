from concurrent.futures import ThreadPoolExecutor

import pytest
from httpx import Response
from sqlmodel import select

from server.database import reading
from server.tables.people import Device, Invitation
from tests.server.world import Signed, World

BORN = "1961-04-09"


@pytest.fixture
def therapist(world: World) -> Signed:
    return world.therapist(world.clinic())


@pytest.fixture
def patient_id(world: World, therapist: Signed) -> str:
    return world.patient(therapist)


def refused(reply: Response) -> bool:
    return (reply.status_code, reply.json()["code"]) == (410, "invitation_invalid")


def test_the_link_lets_a_phone_in_as_that_patient(world: World, therapist: Signed, patient_id: str) -> None:
    made = world.invite(therapist, patient_id)
    assert made["link"] == f"{world.settings.origin}/#i={made['secret']}"
    phone = world.signed(world.redeem(secret=made["secret"]))
    me = phone.get("/v1/me").json()
    assert (me["role"], me["person_id"], me["scope"]) == ("patient", patient_id, "full")


@pytest.mark.parametrize("typed", ["as shown", "lower case", "spaces", "lookalikes"])
def test_the_code_with_the_birth_date_lets_a_phone_in(
    world: World, therapist: Signed, patient_id: str, typed: str
) -> None:
    code = world.invite(therapist, patient_id)["code"]
    assert len(code.replace("-", "")) == 10
    written = {
        "as shown": code,
        "lower case": code.lower(),
        "spaces": " ".join(code.replace("-", "")),
        "lookalikes": code.replace("0", "O").replace("1", "l"),
    }[typed]
    assert world.redeem(code=written, birth_date=BORN).status_code == 200


def test_an_invitation_is_used_once(world: World, therapist: Signed, patient_id: str) -> None:
    made = world.invite(therapist, patient_id)
    assert world.redeem(secret=made["secret"]).status_code == 200
    assert refused(world.redeem(secret=made["secret"]))
    assert refused(world.redeem(code=made["code"], birth_date=BORN))


def test_a_phone_that_lost_the_reply_gets_the_same_device_again(
    world: World, therapist: Signed, patient_id: str
) -> None:
    made, nonce = world.invite(therapist, patient_id), world.nonce()
    first = world.redeem(secret=made["secret"], nonce=nonce)
    again = world.redeem(secret=made["secret"], nonce=nonce)
    assert again.json() == first.json()
    with reading(world.engine) as session:
        assert len(session.exec(select(Device).where(Device.patient_id == patient_id)).all()) == 1


def test_one_of_fifty_phones_at_once_wins(world: World, therapist: Signed, patient_id: str) -> None:
    made = world.invite(therapist, patient_id)
    clients = [world.running.client(f"198.51.100.{n}") for n in range(50)]

    def attempt(number: int) -> int:
        body = {"device_name": "Phone", "nonce": f"nonce-of-phone-{number:04d}", "secret": made["secret"]}
        return clients[number].post("/v1/auth/redeem", json=body).status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(attempt, range(50)))
    assert (statuses.count(200), statuses.count(410)) == (1, 49)


def test_an_invitation_ends_after_seventy_two_hours(world: World, therapist: Signed, patient_id: str) -> None:
    made = world.invite(therapist, patient_id)
    late = world.invite(therapist, patient_id)
    world.later(hours=71, minutes=59)
    assert world.redeem(secret=made["secret"]).status_code == 200
    world.later(minutes=1)
    assert refused(world.redeem(secret=late["secret"]))


def test_five_wrong_birth_dates_use_an_invitation_up(world: World, therapist: Signed, patient_id: str) -> None:
    made = world.invite(therapist, patient_id)
    for _ in range(5):
        assert refused(world.redeem(code=made["code"], birth_date="1980-01-01"))
    assert refused(world.redeem(code=made["code"], birth_date=BORN))
    assert refused(world.redeem(secret=made["secret"]))


def test_four_wrong_birth_dates_do_not(world: World, therapist: Signed, patient_id: str) -> None:
    made = world.invite(therapist, patient_id)
    for _ in range(4):
        assert refused(world.redeem(code=made["code"], birth_date="1980-01-01"))
    assert world.redeem(code=made["code"], birth_date=BORN).status_code == 200


def test_codes_cannot_be_tried_through(world: World) -> None:
    statuses = [world.redeem(code=f"AAAAAAAA{n:02d}", birth_date=BORN).status_code for n in range(25)]
    assert statuses == [410] * 20 + [429] * 5


def test_a_withdrawn_invitation_lets_nobody_in(world: World, therapist: Signed, patient_id: str) -> None:
    made = world.invite(therapist, patient_id)
    reply = therapist.post(f"/v1/patients/{patient_id}/invitations/{made['id']}/revoke")
    assert reply.status_code == 200
    assert refused(world.redeem(secret=made["secret"]))


def test_another_patients_invitation_cannot_be_withdrawn_in_passing(
    world: World, therapist: Signed, patient_id: str
) -> None:
    made = world.invite(therapist, patient_id)
    other = world.patient(therapist)
    assert therapist.post(f"/v1/patients/{other}/invitations/{made['id']}/revoke").status_code == 404
    assert world.redeem(secret=made["secret"]).status_code == 200


def test_the_clinic_sees_what_became_of_its_invitations(world: World, therapist: Signed, patient_id: str) -> None:
    expired = world.invite(therapist, patient_id)
    world.later(minutes=10)
    therapist.get("/v1/me")
    used, withdrawn, unused = (world.invite(therapist, patient_id) for _ in range(3))
    world.redeem(secret=used["secret"])
    therapist.post(f"/v1/patients/{patient_id}/invitations/{withdrawn['id']}/revoke")
    world.later(hours=71, minutes=55)
    again = world.signed(world.sign_in("staff1@example.org"))
    listed = again.get(f"/v1/patients/{patient_id}/invitations").json()["invitations"]
    assert {row["id"]: row["state"] for row in listed} == {
        expired["id"]: "expired",
        used["id"]: "used",
        withdrawn["id"]: "revoked",
        unused["id"]: "open",
    }
    assert used["secret"] not in str(listed)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"secret": "a" * 27, "code": "AAAAA-AAAAA", "birth_date": BORN},
        {"code": "AAAAA-AAAAA"},
        {"birth_date": BORN},
        {"secret": ""},
        {"secret": "a" * 27, "nonce": "short"},
        {"secret": "a" * 27, "device_name": ""},
        {"code": "AAAAA-AAAAA", "birth_date": "09.04.1961"},
    ],
)
def test_a_request_that_is_no_try_is_refused_and_costs_nothing(world: World, body: dict[str, str]) -> None:
    for _ in range(25):
        assert world.redeem(**body).status_code == 422


def test_neither_secret_nor_code_can_be_read_from_the_database(
    world: World, therapist: Signed, patient_id: str
) -> None:
    made = world.invite(therapist, patient_id)
    with reading(world.engine) as session:
        stored = repr([row.model_dump() for row in session.exec(select(Invitation))])
    assert made["secret"] not in stored
    assert made["code"].replace("-", "") not in stored
