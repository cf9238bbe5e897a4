"""Publishing: complete or not at all, and never over somebody else's change."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, func, select

from hep import codec
from hep.records import (
    Dose,
    ExerciseFlag,
    Laterality,
    Mode,
    Override,
    PainRule,
    ProgramState,
    ProgressionRule,
    Severity,
    Side,
)
from server import library, upkeep
from server.database import reading
from server.tables.care import Change, PatientSync, ProgramHead, ProgramVersionRow
from server.tables.people import AuditEntry
from tests.server.care import EXERCISE, Care, fresh, prescription
from tests.server.world import World


def gap_codes(reply: Any) -> set[str]:
    assert (reply.status_code, reply.json()["code"]) == (422, "not_publishable"), reply.text
    return {gap["code"] for gap in reply.json()["detail"]["gaps"]}


def stored(care: Care) -> tuple[int, int, int, int]:
    """Heads, versions, change rows and the counter of the patient."""
    with reading(care.world.engine) as session:
        sync = session.get_one(PatientSync, care.patient_id)
        heads = session.exec(select(func.count()).where(col(ProgramHead.patient_id) == care.patient_id)).one()
        versions = session.exec(select(func.count()).where(col(ProgramVersionRow.patient_id) == care.patient_id)).one()
        changes = session.exec(select(func.count()).where(col(Change.patient_id) == care.patient_id)).one()
    return heads, versions, changes, sync.seq


def test_a_first_version_is_published_with_what_it_adds(world: World) -> None:
    care = Care.begin(world, publish=False)
    reply = care.publish()
    assert reply["program"]["version"] == 1
    assert reply["program"]["author_name"] == care.detail()["therapist_name"]
    assert [change["kind"] for change in reply["changes"]] == ["added"]
    assert care.line()["program_version"] == 1


def test_a_second_version_keeps_ids_and_tells_what_changed(world: World) -> None:
    care = Care.begin(world)
    rx = care.prescriptions[0]
    more = replace(rx, dose=replace(rx.dose, reps=12))
    reply = care.publish(prescriptions=(more,), reason="Ten was easy")
    assert reply["program"]["changed"] == [rx.id]
    assert reply["program"]["prescriptions"][0]["dose_since_version"] == 2
    assert [(change["before"], change["after"]) for change in reply["changes"]] == [("2 × 10", "2 × 12")]
    assert [view["version"]["version"] for view in care.detail()["versions"]] == [2, 1]


def test_a_stale_draft_is_refused_with_both_versions(world: World) -> None:
    care = Care.begin(world)
    draft = care.draft(reason="Mine")
    care.publish(reason="Theirs")
    before = stored(care)
    reply = care.send_draft(draft)
    assert (reply.status_code, reply.json()["code"]) == (409, "stale_base")
    detail = reply.json()["detail"]
    assert (detail["base"]["version"], detail["current"]["version"]) == (1, 2)
    assert detail["current"]["reason"] == "Theirs"
    assert stored(care) == before


def test_a_unilateral_exercise_without_a_side_is_refused(world: World) -> None:
    care = Care.begin(world, publish=False)
    assert gap_codes(care.send_draft(care.draft(prescriptions=(prescription(care.today, side=None),)))) == {
        "side_missing"
    }
    assert stored(care)[:2] == (0, 0)


def test_an_exercise_without_a_goal_is_refused(world: World) -> None:
    care = Care.begin(world, publish=False)
    assert gap_codes(care.send_draft(care.draft(prescriptions=(prescription(care.today, goal_id=None),)))) == {
        "goal_missing"
    }
    assert gap_codes(care.send_draft(care.draft(goals=()))) == {"goal_missing"}


def test_every_gap_is_named_at_once(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world, publish=False)
    rx = prescription(care.today, side=None, goal_id=None)
    reply = care.send_draft(care.draft(prescriptions=(rx,), reason=" "))
    assert gap_codes(reply) == {"side_missing", "goal_missing", "reason_missing"}
    assert {gap["prescription_id"] for gap in reply.json()["detail"]["gaps"]} == {rx.id, None}


def test_an_empty_program_is_refused(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world, publish=False)
    care.prescriptions = ()
    draft = replace(care.draft(), prescriptions=())
    assert gap_codes(care.send_draft(draft)) == {"program_empty"}


def test_a_blocked_precaution_is_refused_and_cannot_be_accepted(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    care = Care.begin(sqlite_world, publish=False)
    patient_id = sqlite_world.patient(care.therapist, flags=["spine_postop"])
    episode_id = care.therapist.get(f"/v1/patients/{patient_id}").json()["episode_id"]
    blocked = replace(
        library.exercises()[EXERCISE], flags=(ExerciseFlag(flag="spine_postop", severity=Severity.BLOCK),)
    )
    monkeypatch.setitem(library.exercises(), EXERCISE, blocked)
    accepted = (Override(flag="spine_postop", reason="Surgeon agrees"),)
    rx = prescription(care.today)
    for overrides in ((), accepted):
        draft = care.draft(episode_id=episode_id, prescriptions=(replace(rx, exercise=blocked, overrides=overrides),))
        reply = care.therapist.post(f"/v1/patients/{patient_id}/programs", json=codec.dump(draft))
        assert gap_codes(reply) == {"flag_blocked"}


def test_a_precaution_warning_needs_its_written_reason(world: World) -> None:
    care = Care.begin(world, publish=False)
    care.patient_id = world.patient(care.therapist, flags=["spine_postop"])
    care.episode_id = care.detail()["episode_id"]
    rx = prescription(care.today)
    assert gap_codes(care.send_draft(care.draft(prescriptions=(rx,)))) == {"precaution"}
    accepted = replace(rx, overrides=(Override(flag="spine_postop", reason="Twelve weeks after surgery"),))
    care.publish(prescriptions=(accepted,))
    assert care.detail()["versions"][0]["version"]["prescriptions"][0]["overrides"][0]["flag"] == "spine_postop"


@pytest.mark.parametrize(
    "change",
    [
        {"flags": ()},
        {"laterality": Laterality.BILATERAL},
        {"mode": Mode.DURATION, "dose": Dose(sets=2, duration_s=30)},
        {"pain_rule": PainRule.NONE},
        {"progression": ProgressionRule.TIME},
        {"family": "elsewhere"},
        {"loaded": False},
        {"id": "kn-unheard-of"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_exercise_other_than_the_librarys_is_refused(sqlite_world: World, change: dict[str, Any]) -> None:
    care = Care.begin(sqlite_world, publish=False)
    rx = prescription(care.today)
    forged = replace(rx, exercise=replace(rx.exercise, **change), dose=change.get("dose", rx.dose))
    reply = care.send_draft(care.draft(prescriptions=(forged,)))
    assert gap_codes(reply) == {"exercise_changed"}
    assert reply.json()["detail"]["gaps"][0]["prescription_id"] == rx.id
    assert stored(care)[:2] == (0, 0)


def test_an_exercise_keeps_the_words_it_was_prescribed_with(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world, publish=False)
    rx = prescription(care.today)
    care.publish(prescriptions=(replace(rx, exercise=replace(rx.exercise, name="Leg raise", cues=("Slowly",))),))


def test_what_is_in_force_stays_publishable_when_the_library_moves_on(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    care = Care.begin(sqlite_world)
    rx = care.prescriptions[0]
    newer = replace(rx.exercise, pain_rule=PainRule.PAIN_FREE)
    monkeypatch.setitem(library.exercises(), EXERCISE, newer)
    care.publish(prescriptions=(replace(rx, note="Slowly"),), reason="A note")
    another = prescription(care.today, exercise=EXERCISE)
    stale = replace(another, exercise=rx.exercise)
    assert gap_codes(care.send_draft(care.draft(prescriptions=(rx, stale)))) == {"exercise_changed"}
    care.publish(prescriptions=(rx, another), reason="One more")


def test_a_program_ends_whatever_the_library_says(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    care = Care.begin(sqlite_world)
    monkeypatch.delitem(library.exercises(), EXERCISE)
    care.publish(state=ProgramState.ARCHIVED, reason="Goal reached")


def test_a_fault_half_way_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    care = Care.begin(world)
    before = stored(care)

    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(upkeep, "after_publish", fail)
        reply = care.send_draft(care.draft(reason="Half"))
    assert (reply.status_code, reply.json()["code"]) == (500, "internal")
    assert stored(care) == before
    assert care.pull_all(care.cursor) == []
    assert care.publish(reason="Whole")["program"]["version"] == 2


def test_an_archived_program_has_nothing_due_and_another_may_begin(world: World) -> None:
    care = Care.begin(world)
    care.publish(state=ProgramState.ARCHIVED, reason="Goal reached")
    assert care.line()["why"] == "on_track"
    care.later(days=10)
    assert care.line()["why"] == "on_track"
    care.program_id, care.version = fresh("program"), 0
    assert care.publish(prescriptions=(prescription(care.today),))["program"]["version"] == 1
    assert care.detail()["program_id"] == care.program_id


def test_a_second_program_beside_one_in_use_is_refused(world: World) -> None:
    care = Care.begin(world)
    reply = care.send_draft(replace(care.draft(), program_id=fresh("program"), base_version=0))
    assert (reply.status_code, reply.json()["code"]) == (409, "stale_base")
    assert reply.json()["detail"]["current"]["program_id"] == care.program_id


@pytest.mark.parametrize("state", [ProgramState.ACTIVE, ProgramState.WITHDRAWN])
def test_a_program_that_ended_stays_ended_while_another_is_in_use(world: World, state: ProgramState) -> None:
    care = Care.begin(world)
    ended = care.program_id
    care.publish(state=ProgramState.ARCHIVED)
    base = care.version
    care.program_id, care.version = fresh("program"), 0
    care.publish()

    refused = care.send_draft(care.draft(program_id=ended, base_version=base, state=state))

    assert (refused.status_code, refused.json()["code"]) == (409, "stale_base")
    assert refused.json()["detail"]["current"]["program_id"] == care.program_id


def test_of_two_programs_that_ended_a_new_phone_gets_the_one_that_ended_last(world: World) -> None:
    care = Care.begin(world)
    first = care.program_id
    care.publish(state=ProgramState.ARCHIVED)
    base = care.version
    care.later(minutes=1)
    care.program_id, care.version = fresh("program"), 0
    care.publish()
    care.publish(state=ProgramState.ARCHIVED)
    care.later(minutes=1)
    assert care.send_draft(care.draft(program_id=first, base_version=base, state=ProgramState.WITHDRAWN)).is_success

    versions = [change["id"] for change in care.pull_all() if change["kind"] == "program"]

    assert versions == [f"{first}:{number}" for number in range(1, base + 2)]


def test_another_patients_program_or_episode_is_not_found(world: World) -> None:
    care = Care.begin(world)
    other = Care.begin(world, beside=care)
    assert care.send_draft(replace(care.draft(), program_id=other.program_id)).status_code == 404
    assert care.send_draft(replace(care.draft(), episode_id=other.episode_id)).status_code == 404
    stranger = Care.begin(world, publish=False)
    path = f"/v1/patients/{care.patient_id}/programs"
    assert stranger.therapist.post(path, json=codec.dump(care.draft())).status_code == 404
    assert stored(care)[1] == stored(other)[1] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"program_id": "a|b|c|d|e"},
        {"program_id": "x" * 200},
        {"program_id": 1},
        {"surprise": True},
        {"prescriptions": [{}]},
        {"effective_on": "tomorrow"},
    ],
)
def test_a_draft_of_another_form_is_refused(sqlite_world: World, change: dict[str, Any]) -> None:
    care = Care.begin(sqlite_world, publish=False)
    body = codec.dump(care.draft()) | change
    reply = care.therapist.post(f"/v1/patients/{care.patient_id}/programs", json=body)
    assert reply.status_code in (400, 422)
    assert stored(care)[:2] == (0, 0)


def test_patients_may_not_publish(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    path = f"/v1/patients/{care.patient_id}/programs"
    assert care.phone.post(path, json=codec.dump(care.draft())).status_code == 403


def test_a_publication_is_one_entry_of_the_audit_log(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    with reading(sqlite_world.engine) as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "program.publish")).all()
    assert [(entry.resource_id, entry.patient_id) for entry in entries] == [(f"{care.program_id}:1", care.patient_id)]


def test_slots_are_judged_by_what_the_phone_knew(world: World) -> None:
    care = Care.begin(world)
    twice = replace(care.prescriptions[0], schedule=replace(care.prescriptions[0].schedule, times_per_day=2))
    care.later(days=1)
    care.publish(prescriptions=(replace(twice, side=Side.RIGHT),), reason="Twice a day")
    care.later(days=2)
    unaware = care.detail()["adherence"]["due"]
    care.pull_all(care.cursor)
    care.later(days=1)
    aware = care.detail()["adherence"]["due"]
    assert unaware == 3
    assert aware == 3 + 2


def test_the_library_is_given_once(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world, publish=False)
    reply = care.therapist.get("/v1/library")
    assert len(reply.json()["exercises"]) == len(library.exercises())
    again = care.therapist.get("/v1/library", headers={"If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_effective_dates_lie_with_the_therapist(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    care.publish(effective_on=care.today + timedelta(days=3), reason="From Wednesday on")
    assert care.detail()["versions"][0]["version"]["effective_on"] == str(care.today + timedelta(days=3))
