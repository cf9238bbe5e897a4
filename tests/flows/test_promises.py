"""What two phones, an old app, a revoked phone and a program that ends meanwhile must not cost anyone."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import col, select

import app.sync
from app.sync import SyncState
from hep import codec
from hep.facts import Correction, Kind, SetLog
from hep.history import Stored
from hep.ids import new_id
from hep.prescribing import Draft
from hep.records import ProgramState
from hep.wire import Row
from server.database import reading
from server.tables.care import DayRollup
from tests.flows.conftest import MakePhone
from tests.flows.people import GOAL, Clinic, Phone, a_squat

FULL_QUEUE = 450
"""More than two batches of a push."""


async def the_set(phone: Phone) -> Stored:
    """The only set this phone knows, as it counts now."""
    (row,) = [row for row in (await phone.history()).rows if row.kind is Kind.SET_LOG]
    return row


async def counted_reps(phone: Phone) -> list[int | None]:
    """The repetitions of every set that counts on this phone."""
    return [entry.fact.reps for entry in (await phone.history()).sets]


async def in_step(*phones: Phone) -> None:
    """Everybody sends, and then everybody has everything."""
    for phone in (*phones, *phones):
        await phone.settle()


def counted_at_the_clinic(clinic: Clinic) -> list[tuple[date, int]]:
    """(date, sets) of each day of the patient's with a set, once the clinic has looked."""
    assert clinic.therapist.get(f"/v1/patients/{clinic.patient_id}").status_code == 200
    with reading(clinic.world.engine) as session:
        theirs = select(DayRollup).where(DayRollup.patient_id == clinic.patient_id)
        days = session.exec(theirs.order_by(col(DayRollup.local_on))).all()
    return [(day.local_on, day.sets) for day in days if day.sets]


async def test_a_correction_of_a_correction_counts_on_both_phones(
    clinic: Clinic, phone: Phone, make_phone: MakePhone
) -> None:
    other = await make_phone(clinic)
    await phone.squats(await phone.begin(), 1)
    await in_step(phone, other)
    correction = await phone.log.correct(await the_set(phone), {"reps": 7})
    await in_step(phone, other)

    known = next(row.fact for row in await other.store.facts() if row.id == correction)
    assert isinstance(known, Correction)
    again = replace(known, target_id=correction, body=known.body | {"reps": 5})
    await other.store.put(Kind.CORRECTION, again, new_id(other.now()))
    await in_step(other, phone)

    assert await counted_reps(phone) == await counted_reps(other) == [5]
    assert (await phone.history()).rows == (await other.history()).rows


@pytest.mark.parametrize("first", ["correction", "retraction"])
async def test_a_retraction_beats_a_correction_whichever_arrives_first(
    clinic: Clinic, phone: Phone, make_phone: MakePhone, first: str
) -> None:
    other = await make_phone(clinic)
    await phone.squats(await phone.begin(), 1)
    await in_step(phone, other)

    await phone.log.correct(await the_set(phone), {"reps": 7})
    await other.log.retract(await the_set(other))
    await in_step(*((phone, other) if first == "correction" else (other, phone)))

    assert await counted_reps(phone) == await counted_reps(other) == []
    assert counted_at_the_clinic(clinic) == []
    assert len(clinic.stored()) == 3


async def test_an_app_too_old_to_pull_still_sends_everything(
    clinic: Clinic, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await phone.squats(await phone.begin(), 1, 2)
    monkeypatch.setattr(app.sync, "SCHEMA", 0)

    assert await phone.sync.once() is SyncState.UPDATE_NEEDED

    assert [id_ for _, id_ in clinic.stored()] == sorted(ids)
    assert (await phone.sync.status()).unsent == 0


async def test_a_revoked_phone_hands_in_a_full_queue_until_the_last_of_its_72_hours(
    clinic: Clinic, phone: Phone
) -> None:
    rows = await queue_full(phone)
    tokens = await phone.api.tokens()
    assert tokens is not None
    clinic.therapist.post(f"/v1/patients/{clinic.patient_id}/devices/{tokens.device_id}/revoke")
    clinic.world.later(hours=71.9)

    assert await phone.sync.once() is SyncState.REVOKED

    assert (await phone.sync.status()).unsent == 0
    assert clinic.stored() == []
    clinic.sign_in_again()
    quarantine = f"/v1/patients/{clinic.patient_id}/quarantine"
    batches = clinic.therapist.get(quarantine).json()["batches"]
    assert sum(batch["row_count"] for batch in batches) == len(rows)
    for batch in batches:
        reply = clinic.therapist.post(f"{quarantine}/{batch['id']}/release", {"reason": "It was her own phone"})
        assert {result["status"] for result in reply.json()["results"]} == {"accepted"}
    assert [id_ for _, id_ in clinic.stored()] == sorted(rows)


async def queue_full(phone: Phone) -> list[str]:
    """FULL_QUEUE sets that wait on the phone; their ids."""
    session = await phone.begin()
    (first,) = await phone.squats(session, 1)
    body = await phone.store.body(first)
    assert body is not None
    rows = [
        Row(kind="set_log", id=new_id(phone.now()), body=body | {"device_seq": number})
        for number in range(2, FULL_QUEUE + 1)
    ]
    await phone.store.put_rows(rows)
    return [first, *(row.id for row in rows)]


@pytest.mark.parametrize("state", [ProgramState.ARCHIVED, ProgramState.WITHDRAWN])
async def test_a_program_that_ends_during_an_offline_session_takes_nothing_of_it(
    clinic: Clinic, phone: Phone, state: ProgramState
) -> None:
    phone.link.down = True
    session = await phone.begin()
    ids = await phone.squats(session, 1)
    end_program(clinic, state)
    ids += await phone.squats(session, 2)
    ids.append(await phone.log.end_session(session, 2))

    phone.link.down = False
    await phone.settle()

    assert sorted(id_ for _, id_ in clinic.stored()) == sorted(ids)
    assert (await phone.sync.status()).shelf == ()
    logged = [entry.fact for entry in (await phone.history()).sets]
    assert [(log.version, log.set_index) for log in logged if isinstance(log, SetLog)] == [(1, 1), (1, 2)]
    assert counted_at_the_clinic(clinic) == [(clinic.today, 2)]
    clinic.world.later(days=1)
    assert await phone.due() == []


def end_program(clinic: Clinic, state: ProgramState) -> None:
    """The therapist ends the program from today on."""
    draft = Draft(
        program_id=clinic.program_id,
        episode_id=clinic.episode_id,
        base_version=clinic.version,
        reason="We are done here",
        effective_on=clinic.today,
        goals=(GOAL,),
        prescriptions=(a_squat(clinic.today),),
        state=state,
    )
    answer = clinic.therapist.post(f"/v1/patients/{clinic.patient_id}/programs", codec.dump(draft))
    assert answer.status_code == 201, answer.text
