"""A phone and the clinic, the real client against the real server: what is promised of sync."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from app.account import UnsentEntries
from app.api import Offline
from app.patient.log import SetDone
from app.sync import SyncState
from hep.facts import ItemKey, SkipReason
from hep.history import Stored
from hep.records import Side
from hep.wire import Row
from server.database import reading, writing
from server.tables.care import Fact, PatientSync
from tests.flows.conftest import MakePhone
from tests.flows.link import Fault
from tests.flows.people import Clinic, Phone, a_squat


async def test_a_set_logged_offline_reaches_the_clinic(clinic: Clinic, phone: Phone) -> None:
    phone.link.down = True
    session = await phone.begin()
    ids = await phone.squats(session, 1, 2)
    ids.append(await phone.log.end_session(session, 2))
    assert await phone.sync.once() is SyncState.OFFLINE
    assert clinic.stored() == []

    phone.link.down = False
    await phone.settle()

    assert {id_ for _, id_ in clinic.stored()} == set(ids)
    assert await phone.facts() == clinic.stored()


async def test_what_one_phone_logs_the_other_phone_shows(clinic: Clinic, phone: Phone, make_phone: MakePhone) -> None:
    other = await make_phone(clinic)
    session = await phone.begin()
    await phone.squats(session, 1)
    await phone.log.end_session(session, 2)
    await phone.settle()

    await other.settle()

    assert await other.facts() == await phone.facts() == clinic.stored()
    assert (await other.history()).rows == (await phone.history()).rows


async def test_corrections_and_withdrawals_agree_on_every_phone(
    clinic: Clinic, phone: Phone, make_phone: MakePhone
) -> None:
    other = await make_phone(clinic)
    session = await phone.begin()
    await phone.squats(session, 1, 2)
    await phone.settle()
    await other.settle()

    async def first_set(on: Phone) -> Stored:
        return next(row for row in (await on.history()).rows if getattr(row.fact, "set_index", 0) == 1)

    await phone.log.correct(await first_set(phone), {"reps": 7})
    await other.log.correct(await first_set(other), {"reps": 5})
    second = next(row for row in (await other.history()).rows if getattr(row.fact, "set_index", 0) == 2)
    await other.log.retract(second)
    await other.settle()
    await phone.settle()
    await other.settle()

    assert (await phone.history()).rows == (await other.history()).rows
    assert [getattr(row.fact, "reps", None) for row in (await phone.history()).rows] == [7]


async def test_a_body_comes_back_word_for_word_with_what_nobody_here_knows(
    clinic: Clinic, phone: Phone, make_phone: MakePhone
) -> None:
    session = await phone.begin()
    (id_,) = await phone.squats(session, 1)
    body = await phone.store.body(id_)
    assert body is not None
    newer = body | {"heel": {"raised_cm": 2.5}, "device_seq": 99}
    await phone.store.put_rows((Row(kind="set_log", id="018f2b6a-0000-7000-8000-00000000abcd", body=newer),))
    await phone.settle()

    other = await make_phone(clinic)

    assert await other.store.body("018f2b6a-0000-7000-8000-00000000abcd") == newer


async def test_a_program_changed_during_an_offline_session_begins_with_the_next_one(
    clinic: Clinic, phone: Phone
) -> None:
    phone.link.down = True
    session = await phone.begin()
    await phone.squats(session, 1)
    clinic.publish(a_squat(clinic.today, sets=3), reason="You are ready for more")
    phone.link.down = False
    await phone.settle()

    await phone.squats(session, 2)
    await phone.log.end_session(session, 2)
    await phone.settle()
    assert await phone.due() == ["2x10"]
    logged = [entry.fact for entry in (await phone.history()).sets]
    assert [log.version for log in logged] == [1, 1]

    clinic.world.later(days=1)
    assert await phone.due() == ["3x10"]
    assert (await phone.begin()).version == 2
    assert phone.sync.state is SyncState.IDLE
    assert (await phone.sync.status()).shelf == ()


async def test_an_exercise_taken_out_during_an_offline_session_still_counts_for_that_session(
    clinic: Clinic, phone: Phone
) -> None:
    phone.link.down = True
    session = await phone.begin()
    ids = await phone.squats(session, 1, 2)
    clinic.publish(a_squat(clinic.today, prescription_id="squat-0002"), reason="Something else now")

    phone.link.down = False
    await phone.settle()

    assert set(ids) <= {id_ for _, id_ in clinic.stored()}
    assert (await phone.sync.status()).shelf == ()


async def test_a_rejected_row_is_shown_with_its_reason_and_delays_no_other(clinic: Clinic, phone: Phone) -> None:
    session = await phone.begin()
    good = await phone.squats(session, 1)
    bad = await phone.log.skip_items(
        replace(session, version=77),
        [ItemKey.dated("squat-0001", session.on, 1)],
        SkipReason.PAIN,
    )
    good += await phone.squats(session, 2)

    await phone.settle()

    assert [id_ for _, id_ in clinic.stored()] == sorted(good)
    shelf = (await phone.sync.status()).shelf
    assert [row.id for row in shelf] == list(bad)
    assert shelf[0].code
    assert shelf[0].sentence.endswith(".")


async def test_an_entry_made_while_a_request_was_in_flight_arrives_too(clinic: Clinic, phone: Phone) -> None:
    session = await phone.begin()
    ids = await phone.squats(session, 1)

    async def tap_meanwhile(path: str) -> None:
        if path == "/v1/sync/push":
            phone.link.after = None
            ids.extend(await phone.squats(session, 2))

    phone.link.after = tap_meanwhile
    await phone.settle()

    assert [id_ for _, id_ in clinic.stored()] == sorted(ids)


async def test_a_phone_whose_clock_is_years_off_loses_nothing(clinic: Clinic, phone: Phone) -> None:
    session = await phone.begin()
    phone.skew = timedelta(days=-730)
    ids = await phone.squats(session, 1)
    phone.skew = timedelta(hours=3)
    ids += await phone.squats(session, 2)

    await phone.settle()

    assert [id_ for _, id_ in clinic.stored()] == sorted(ids)
    assert (await phone.sync.status()).shelf == ()


async def test_a_poll_without_news_is_answered_without_a_body(clinic: Clinic, phone: Phone) -> None:
    await phone.settle()
    phone.link.paths.clear()
    cursor = await phone.store.meta("cursor")
    flushes = phone.device.flushes

    assert await phone.sync.once() is SyncState.IDLE

    assert phone.link.paths == ["/v1/sync/pull"]
    assert await phone.store.meta("cursor") == cursor
    assert phone.device.flushes == flushes


async def test_a_phone_told_to_fetch_everything_again_sends_first_and_agrees_after(
    clinic: Clinic, phone: Phone
) -> None:
    session = await phone.begin()
    ids = await phone.squats(session, 1)
    await phone.settle()
    with writing(clinic.world.engine) as database:
        sync = database.get_one(PatientSync, clinic.patient_id)
        sync.epoch += 1
        database.add(sync)
    ids += await phone.squats(session, 2)
    phone.link.paths.clear()

    await phone.settle()

    assert phone.link.paths[0] == "/v1/sync/push"
    assert [id_ for _, id_ in clinic.stored()] == sorted(ids)
    assert await phone.facts() == clinic.stored()
    assert await phone.due() == ["2x10"]


async def test_access_that_ran_out_overnight_renews_itself(clinic: Clinic, phone: Phone) -> None:
    clinic.world.later(hours=14)
    session = await phone.begin()
    ids = await phone.squats(session, 1)

    await phone.settle()

    assert [id_ for _, id_ in clinic.stored()] == ids
    assert "/v1/auth/refresh" in phone.link.paths


@pytest.mark.parametrize("fault", [Fault.LOSE, Fault.CUT, Fault.TWICE, Fault.DROP])
async def test_a_refresh_whose_reply_was_lost_keeps_the_phone_signed_in(
    clinic: Clinic, phone: Phone, fault: Fault
) -> None:
    session = await phone.begin()
    ids = await phone.squats(session, 1)
    for _ in range(3):
        clinic.world.later(hours=1)
        phone.link.faults.extend([None, fault])
        await phone.sync.once()
        await phone.restart()

    await phone.settle()

    assert [id_ for _, id_ in clinic.stored()] == ids


async def test_a_revoked_phone_hands_its_queue_to_quarantine_and_wipes_the_clinics_data(
    clinic: Clinic, phone: Phone
) -> None:
    session = await phone.begin()
    sent = await phone.squats(session, 1)
    await phone.settle()
    queued = await phone.squats(session, 2)
    tokens = await phone.api.tokens()
    assert tokens is not None
    revoked = clinic.therapist.post(f"/v1/patients/{clinic.patient_id}/devices/{tokens.device_id}/revoke")
    assert revoked.status_code in (200, 204), revoked.text

    assert await phone.sync.once() is SyncState.REVOKED

    assert (await phone.sync.status()).unsent == 0
    assert await phone.due() == []
    assert await phone.facts() == []
    assert [id_ for _, id_ in clinic.stored()] == sent
    quarantine = f"/v1/patients/{clinic.patient_id}/quarantine"
    (batch,) = clinic.therapist.get(quarantine).json()["batches"]
    clinic.therapist.post(f"{quarantine}/{batch['id']}/release", {"reason": "It was her own phone"})
    assert [id_ for _, id_ in clinic.stored()] == sorted(sent + queued)
    phone.link.paths.clear()
    assert await phone.sync.once() is SyncState.REVOKED
    assert phone.link.paths == []


async def test_a_phone_revoked_more_than_three_days_ago_keeps_its_queue_for_a_new_invitation(
    clinic: Clinic, phone: Phone
) -> None:
    session = await phone.begin()
    queued = await phone.squats(session, 1)
    tokens = await phone.api.tokens()
    assert tokens is not None
    clinic.therapist.post(f"/v1/patients/{clinic.patient_id}/devices/{tokens.device_id}/revoke")
    clinic.world.later(hours=73)

    assert await phone.sync.once() is SyncState.REVOKED
    assert await phone.due() == []
    assert (await phone.sync.status()).unsent == 1

    clinic.sign_in_again()
    await phone.account.redeem(secret=clinic.invitation())
    await phone.settle()
    assert [id_ for _, id_ in clinic.stored()] == queued


async def test_signing_out_keeps_what_is_unsent_for_the_next_sign_in(clinic: Clinic, phone: Phone) -> None:
    session = await phone.begin()
    phone.link.down = True
    ids = await phone.squats(session, 1)
    with pytest.raises(UnsentEntries, match="1 entry"):
        await phone.account.sign_out()
    await phone.account.sign_out(leave_unsent=True)
    assert await phone.due() == []

    phone.link.down = False
    await phone.restart()
    await phone.account.redeem(secret=clinic.invitation())
    await phone.settle()

    assert [id_ for _, id_ in clinic.stored()] == ids
    assert await phone.due() == ["2x10"]


async def test_an_invitation_whose_reply_was_lost_signs_in_on_the_second_try(
    clinic: Clinic, make_phone: MakePhone
) -> None:
    phone = await make_phone(clinic, signed_in=False)
    secret = clinic.invitation()
    phone.link.faults.append(Fault.LOSE)
    with pytest.raises(Offline):
        await phone.account.redeem(secret=secret)

    await phone.restart()
    person = await phone.account.redeem(secret=secret)
    await phone.settle()

    assert person.name == "Ana Rivera"
    assert await phone.due() == ["2x10"]


async def test_both_sides_of_an_exercise_arrive_as_they_were_done(clinic: Clinic, phone: Phone) -> None:
    session = await phone.begin()
    key = ItemKey.dated("squat-0001", session.on, 1)
    for side in (Side.LEFT, Side.RIGHT):
        await phone.log.log_set(session, "squat-0001", key, SetDone(set_index=1, side=side, reps=9))
    await phone.settle()

    with reading(clinic.world.engine) as database:
        bodies = database.exec(select(Fact.body).where(Fact.patient_id == clinic.patient_id)).all()
    assert sorted(json.loads(body)["side"] for body in bodies) == ["left", "right"]
