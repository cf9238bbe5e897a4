"""Signing in and out on a phone: nothing unsent is lost, nothing is sent as somebody else's."""

import httpx
import pytest

from app.account import Account, OtherPersonsEntries, Person, UnsentEntries
from app.api import Offline, ServerSaid
from app.sync import SyncState
from hep import codec
from hep.facts import Kind
from tests.app.clinic import problem, says, tokens
from tests.app.conftest import Phone
from tests.app.examples import NOW, PROGRAM, ZONE, a_set, change, program

REDEEM = "/v1/auth/redeem"


def account_on(phone: Phone) -> Account:
    return Account(phone.store, phone.api, phone.device, phone.sync.wake)


async def put(phone: Phone, *ids: str) -> None:
    for n, id_ in enumerate(ids, 1):
        await phone.store.put(Kind.SET_LOG, a_set(n), id_)


async def test_an_invitation_becomes_this_devices_sign_in(stranger: Phone) -> None:
    account = account_on(stranger)

    person = await account.redeem(secret="s" * 32)

    assert person == await account.person() == Person("patient-a", "Ana Rivera", "Hillside")
    (body,) = stranger.clinic.bodies(REDEEM)
    assert (body["secret"], body["device_name"]) == ("s" * 32, "Test phone")
    assert await stranger.sync.once() is SyncState.IDLE


async def test_an_invitation_whose_reply_was_lost_is_redeemed_by_trying_again(stranger: Phone) -> None:
    account = account_on(stranger)
    stranger.clinic.plan[REDEEM] = [httpx.ReadError("reply lost")]
    with pytest.raises(Offline):
        await account.redeem(code="7K3QX9TB4M", birth_date="1961-04-09")

    await account.redeem(code="7K3QX9TB4M", birth_date="1961-04-09")

    first, second = stranger.clinic.bodies(REDEEM)
    assert first == second


async def test_a_used_invitation_is_refused_in_the_clinics_words(stranger: Phone) -> None:
    stranger.clinic.plan[REDEEM] = [problem(410, "invitation_invalid", "Ask your clinic for a new one.")]

    with pytest.raises(ServerSaid, match="Ask your clinic"):
        await account_on(stranger).redeem(secret="s" * 32)

    assert await account_on(stranger).person() is None


async def test_signing_out_warns_with_the_number_of_unsent_entries(phone: Phone) -> None:
    await put(phone, "set-0001", "set-0002")
    await phone.store.shelve("set-0002", "rejected", "No.")

    with pytest.raises(UnsentEntries, match="2 entries") as warned:
        await account_on(phone).sign_out()

    assert warned.value.count == 2
    assert await account_on(phone).person() is not None


async def test_unsent_entries_wait_for_the_next_sign_in_of_the_same_person(phone: Phone) -> None:
    account = account_on(phone)
    await phone.store.absorb([change(1, "program", f"{PROGRAM}:1", program(1))], cursor="c1", epoch=1)
    await phone.sync.once()
    await put(phone, "set-0001")

    await account.sign_out(leave_unsent=True)

    assert await account.person() is None
    assert (await phone.store.history(ZONE)).versions == ()
    assert await phone.sync.once() is SyncState.SIGNED_OUT
    await account.redeem(secret="s" * 32)
    assert await phone.sync.once() is SyncState.IDLE
    assert [row["id"] for row in phone.clinic.bodies("/v1/sync/push")[-1]["rows"]] == ["set-0001"]


async def test_signing_out_with_an_empty_queue_needs_no_warning_and_no_network(phone: Phone) -> None:
    phone.clinic.plan["/v1/auth/sign-out"] = [httpx.ConnectError("no route")]

    await account_on(phone).sign_out()

    assert await account_on(phone).person() is None


async def test_another_persons_unsent_entries_stop_a_sign_in_until_somebody_decides(phone: Phone) -> None:
    account = account_on(phone)
    await phone.store.belong_to("patient-a")
    await put(phone, "set-0001")
    await account.sign_out(leave_unsent=True)
    phone.clinic.usual[REDEEM] = lambda _: says(200, codec.dump(tokens(9, person_id="patient-b")))

    with pytest.raises(OtherPersonsEntries, match="1 entry") as stopped:
        await account.redeem(secret="s" * 32)
    assert stopped.value.count == 1
    assert await phone.sync.once() is SyncState.SIGNED_OUT
    assert phone.clinic.bodies("/v1/sync/push") == []

    person = await account.take_over()
    assert person.id == "patient-b"
    assert await phone.sync.once() is SyncState.IDLE
    assert phone.clinic.bodies("/v1/sync/push") == []


async def test_stepping_back_leaves_the_other_persons_entries_alone(phone: Phone) -> None:
    account = account_on(phone)
    await phone.store.belong_to("patient-a")
    await put(phone, "set-0001")
    await account.sign_out(leave_unsent=True)
    phone.clinic.usual[REDEEM] = lambda _: says(200, codec.dump(tokens(9, person_id="patient-b")))
    with pytest.raises(OtherPersonsEntries):
        await account.redeem(secret="s" * 32)

    await account.step_back()

    assert await account.person() is None
    assert [row.id for row in await phone.store.batch(9)] == ["set-0001"]


async def test_a_new_invitation_ends_the_revoked_state(phone: Phone) -> None:
    phone.clinic.plan["/v1/sync/pull"] = [problem(403, "device_revoked")]
    phone.clinic.usual["/v1/auth/refresh"] = lambda _: problem(403, "device_revoked")
    assert await phone.sync.once() is SyncState.REVOKED

    await account_on(phone).redeem(secret="s" * 32)

    assert await phone.sync.once() is SyncState.IDLE
    assert (await phone.sync.status()).last_success_at == NOW
