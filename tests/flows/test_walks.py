"""The two walks of the architecture, end to end: a set reaches the therapist, a new program reaches the phone."""

from hep import codec
from hep.pain import locked_families
from hep.views import PatientDetail
from tests.flows.conftest import MakePhone
from tests.flows.people import Clinic, Phone, a_squat


def chart(clinic: Clinic) -> PatientDetail:
    """What the therapist's page shows of the patient."""
    answer = clinic.therapist.get(f"/v1/patients/{clinic.patient_id}")
    assert answer.status_code == 200, answer.text
    return codec.load(PatientDetail, answer.json())


async def test_a_set_logged_offline_reaches_the_therapist(clinic: Clinic, phone: Phone) -> None:
    phone.link.down = True
    session = await phone.begin()
    await phone.squats(session, 1, 2, pain=3)
    await phone.log.end_session(session, 2)
    await phone.sync.once()
    assert chart(clinic).sessions == ()

    phone.link.down = False
    await phone.settle()

    (seen,) = chart(clinic).sessions
    assert (seen.session_id, seen.on, seen.slot, seen.state) == (session.id, clinic.today, 1, "done")
    assert (seen.pain_after, seen.provenance) == (2, "same_day")
    assert [point.during for point in chart(clinic).pain if point.on == clinic.today] == [3]


async def test_a_new_version_reaches_the_phone_with_its_reason_and_the_therapist_sees_it_was_read(
    clinic: Clinic, phone: Phone
) -> None:
    clinic.publish(a_squat(clinic.today, sets=3), reason="Two good weeks")
    await phone.settle()
    newest = (await phone.history()).versions[-1]
    assert (newest.version, newest.reason, newest.changed) == (2, "Two good weeks", ("squat-0001",))

    await phone.log.acknowledge(newest)
    await phone.settle()

    assert await phone.due() == ["3x10"]
    (first, *_) = chart(clinic).versions
    assert first.version.version == 2
    assert first.acknowledged_at == phone.now()


async def test_a_stop_sign_locks_both_phones_and_the_clinic_opens_them_again(
    clinic: Clinic, phone: Phone, make_phone: MakePhone
) -> None:
    async def locked(on: Phone) -> frozenset[str | None]:
        return locked_families((await on.history()).rows, await on.store.clearances())

    other = await make_phone(clinic)
    await phone.log.raise_red_flag("chest_pain")
    assert await locked(phone) == {None}
    await phone.settle()
    await other.settle()
    assert await locked(other) == {None}

    (flag,) = [flag for flag in chart(clinic).flags if flag.cleared_at is None]
    cleared = clinic.therapist.post(
        f"/v1/patients/{clinic.patient_id}/flags/{flag.id}/clear", {"note": "Seen by her doctor today"}
    )
    assert cleared.status_code == 200, cleared.text
    await phone.settle()
    await other.settle()

    assert await locked(phone) == await locked(other) == frozenset()
