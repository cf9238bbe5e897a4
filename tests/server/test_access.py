"""Tokens when something happens to them: lost replies, thieves, guesses, and every event that ends a sign-in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import col, select

from app.api import Api, Offline, SignInNeeded
from app.tokens import SessionKeeper
from hep import codec
from hep.access import Role
from hep.wire import Tokens
from server import staffing
from server.database import reading, writing
from server.tables.people import AuditEntry, Device, Staff
from tests.app.device import Device as Handset
from tests.flows.link import Fault, Link
from tests.server.world import Signed, World

LOST = 200


async def client_of(world: World, signed: Signed, folder: Path) -> tuple[Api, Link]:
    """The app's own client with that sign-in, over a network that can lose replies."""
    link = Link(world.app)
    device = Handset(folder, link)
    keeper = SessionKeeper(device)
    await keeper.save(codec.load(Tokens, signed.tokens))
    return Api(device.base_url, device.transport, keeper), link


async def test_two_hundred_lost_replies_to_a_refresh_sign_nobody_out(sqlite_world: World, tmp_path: Path) -> None:
    world = sqlite_world
    therapist = world.therapist(world.clinic())
    api, link = await client_of(world, world.phone(therapist, world.patient(therapist)), tmp_path)
    for _ in range(LOST):
        before = await api.tokens()
        link.faults.append(Fault.LOSE)
        with pytest.raises(Offline):
            await api.refresh()
        assert await api.tokens() == before
        world.later(hours=1)
        assert await api.refresh() != before
    assert (await api.call("GET", "/v1/me")).status == 200
    assert link.paths.count("/v1/auth/refresh") == 2 * LOST
    await api.close()


async def test_a_stolen_refresh_token_ends_the_family_for_the_thief_and_asks_the_owner_to_sign_in(
    world: World, tmp_path: Path
) -> None:
    therapist = world.therapist(world.clinic())
    phone = world.phone(therapist, world.patient(therapist))
    owner, _ = await client_of(world, phone, tmp_path)
    await owner.refresh()
    thief, _ = await client_of(world, phone, tmp_path)
    with pytest.raises(SignInNeeded):
        await thief.refresh()
    with pytest.raises(SignInNeeded):
        await owner.call("GET", "/v1/me")
    await thief.close()
    await owner.close()


def sign_out(world: World, signed: Signed, _therapist: Signed) -> None:
    assert signed.post("/v1/auth/sign-out").status_code == 204


def revoked_by_the_owner(world: World, signed: Signed, _therapist: Signed) -> None:
    assert signed.post(f"/v1/me/devices/{signed.device_id}/revoke").status_code == 200


def revoked_by_the_clinic(world: World, signed: Signed, therapist: Signed) -> None:
    path = f"/v1/patients/{signed.id}/devices/{signed.device_id}/revoke"
    assert therapist.post(path).status_code == 200


def refresh_reused(world: World, signed: Signed, _therapist: Signed) -> None:
    world.refresh(signed, "nonce-of-the-first-one")
    assert world.refresh(signed, "nonce-of-another-one").json()["code"] == "token_reused"


def changed(how: Callable[..., None]) -> Callable[[World, Signed, Signed], None]:
    def event(world: World, signed: Signed, _therapist: Signed) -> None:
        with writing(world.engine) as session:
            how(session, world, session.get_one(Staff, signed.id))

    return event


password_changed = changed(
    lambda session, world, staff: staffing.set_password(
        session, world.app.state.passwords, staff, "a quiet evening walk", world.now
    )
)
role_changed = changed(lambda session, world, staff: staffing.set_role(session, staff, Role.ADMIN, world.now))
left = changed(lambda session, world, staff: staffing.leave(session, staff, world.now))
left_and_came_back = changed(
    lambda session, world, staff: (
        staffing.leave(session, staff, world.now),
        staffing.come_back(session, staff, world.now),
    )
)

REFUSED, TOLD = "sign_in_required", "device_revoked"
EVENTS = {
    # Event → who, and the refusal of the access tokens and of the refresh tokens.
    "staff sign out": (sign_out, "staff", REFUSED, REFUSED),
    "staff end their own session": (revoked_by_the_owner, "staff", REFUSED, REFUSED),
    "a refresh token of staff is used twice": (refresh_reused, "staff", REFUSED, REFUSED),
    "a password is changed": (password_changed, "staff", REFUSED, REFUSED),
    "a role is changed": (role_changed, "staff", REFUSED, REFUSED),
    "somebody leaves": (left, "staff", REFUSED, REFUSED),
    "somebody leaves and comes back": (left_and_came_back, "staff", REFUSED, REFUSED),
    "a patient signs out": (sign_out, "patient", REFUSED, REFUSED),
    "a refresh token of a patient is used twice": (refresh_reused, "patient", REFUSED, REFUSED),
    "a patient ends this phone": (revoked_by_the_owner, "patient", TOLD, None),
    "the clinic ends this phone": (revoked_by_the_clinic, "patient", TOLD, None),
}
"""None: the refresh token still buys one that may only push into quarantine, for 72 hours."""


@pytest.mark.parametrize("name", EVENTS)
def test_what_ends_a_sign_in_ends_every_token_with_the_next_request(world: World, name: str) -> None:
    event, who, access, refresh = EVENTS[name]
    therapist = world.therapist(world.clinic())
    first = world.therapist(world.clinic()) if who == "staff" else world.phone(therapist, world.patient(therapist))
    signed = world.signed(world.refresh(first))
    assert first.get("/v1/me").status_code == 200
    event(world, signed, therapist)
    assert [token.get("/v1/me").json()["code"] for token in (first, signed)] == [access, access]
    if refresh is not None:
        assert [world.refresh(token).json()["code"] for token in (signed, first)] == [refresh, refresh]
        return
    held = world.signed(world.refresh(signed))
    assert held.tokens["scope"] == "quarantine"
    assert {held.get(path).json()["code"] for path in ("/v1/me", "/v1/sync/pull", "/v1/library")} == {TOLD}
    world.later(minutes=14)
    assert held.post("/v1/sync/push", {}).json()["code"] == "malformed"
    world.later(hours=72)
    assert held.post("/v1/sync/push", {}).json()["code"] == REFUSED
    assert world.refresh(held).json()["code"] == TOLD


def withdrawn(world: World, therapist: Signed, patient_id: str, made: dict[str, str]) -> None:
    therapist.post(f"/v1/patients/{patient_id}/invitations/{made['id']}/revoke")


def used(world: World, _therapist: Signed, _patient_id: str, made: dict[str, str]) -> None:
    assert world.redeem(secret=made["secret"]).status_code == 200


def guessed_at(world: World, _therapist: Signed, _patient_id: str, made: dict[str, str]) -> None:
    for _ in range(5):
        world.redeem(code=made["code"], birth_date="1990-01-01")


def expired(world: World, _therapist: Signed, _patient_id: str, _made: dict[str, str]) -> None:
    world.later(hours=72)


@pytest.mark.parametrize("event", [withdrawn, used, guessed_at, expired])
def test_what_ends_an_invitation_ends_its_link_and_its_code(world: World, event: Callable[..., None]) -> None:
    therapist = world.therapist(world.clinic())
    patient_id = world.patient(therapist)
    made = world.invite(therapist, patient_id)
    event(world, therapist, patient_id, made)
    replies = [world.redeem(secret=made["secret"]), world.redeem(code=made["code"], birth_date="1961-04-09")]
    assert [reply.json()["code"] for reply in replies] == ["invitation_invalid"] * 2


def test_changes_of_a_staff_account_are_written_down_and_end_nobody_elses_session(world: World) -> None:
    clinic = world.clinic()
    email = world.staff(clinic)
    here, there = (world.signed(world.sign_in(email)) for _ in range(2))
    colleague = world.therapist(clinic)
    password_changed(world, here, colleague)
    assert [signed.get("/v1/me").status_code for signed in (here, there, colleague)] == [401, 401, 200]
    assert world.sign_in(email).status_code == 401
    assert world.sign_in(email, "a quiet evening walk").status_code == 200
    left(world, here, colleague)
    assert world.sign_in(email, "a quiet evening walk").status_code == 401
    with reading(world.engine) as session:
        theirs = select(AuditEntry).where(AuditEntry.resource_id == here.id).order_by(col(AuditEntry.seq))
        rows = session.exec(theirs).all()
        devices = session.exec(select(Device).where(Device.staff_id == here.id, Device.revoked_at == None)).all()  # noqa: E711
    assert [row.action for row in rows if row.action.startswith("staff.")] == ["staff.password", "staff.leave"]
    assert not devices
