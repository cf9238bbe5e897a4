"""A clinic's own exercises: made, changed, retired, and never changed under what was prescribed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hep import codec
from hep.library import prescribe
from hep.records import Dose, Exercise, Schedule, Side
from tests.server.care import EXERCISE, GOAL, Care, fresh
from tests.server.matrix import exercise_body, own_exercise
from tests.server.test_programs import gap_codes
from tests.server.test_proposals import decide, live_a_day, proposals
from tests.server.world import Signed, World


def save(therapist: Signed, base_version: int = 0, **changes: Any) -> Any:
    body = {"base_version": base_version, "exercise": exercise_body(**changes)}
    return therapist.post("/v1/library/own", body)


def prescribed(care: Care, own: dict[str, Any], **changes: Any) -> Any:
    exercise = codec.load(Exercise, own["exercise"])
    made = prescribe(
        exercise, prescription_id=fresh("rx"), from_on=care.today, side=Side.RIGHT, goal_id=GOAL.id, dose=exercise.dose
    )
    return replace(made, **changes)


def newest_program(care: Care) -> dict[str, Any]:
    """What the phone holds after a pull from the beginning."""
    care.cursor = None
    programs = [change["body"] for change in care.pull_all() if change["kind"] == "program"]
    return max(programs, key=lambda program: program["version"])


def names(reply: Any) -> list[str]:
    return [row["name"] for row in reply.json()["exercises"]]


def test_an_own_exercise_is_offered_beside_the_library_to_its_own_clinic_alone(world: World) -> None:
    # given
    care, elsewhere = Care.begin(world, publish=False), Care.begin(world, publish=False)
    # when
    made = own_exercise(care.therapist, name="Zebra raise")
    # then
    assert (made["version"], made["retired"]) == (1, False)
    assert names(care.therapist.get("/v1/library"))[-1] == "Zebra raise"
    assert "Zebra raise" not in names(care.phone.get("/v1/library"))
    assert "Zebra raise" not in names(elsewhere.therapist.get("/v1/library"))
    assert elsewhere.therapist.get("/v1/library/own").json() == {"exercises": []}
    assert save(elsewhere.therapist, 1, id=made["exercise"]["id"]).status_code == 409
    assert save(elsewhere.therapist, **(made["exercise"] | {"name": "Theirs"})).json()["version"] == 1
    assert names(care.therapist.get("/v1/library"))[-1] == "Zebra raise"


def test_what_was_prescribed_stays_when_the_exercise_changes(world: World) -> None:
    # given an own exercise that a phone holds
    care = Care.begin(world, publish=False)
    own = own_exercise(care.therapist, name="Old name", cues=["Old cue", "Second cue"])
    rx = prescribed(care, own)
    care.publish(prescriptions=(rx,))
    assert newest_program(care)["prescriptions"][0]["exercise"]["cues"] == ["Old cue", "Second cue"]
    # when it changes
    changed = save(care.therapist, 1, **(own["exercise"] | {"name": "New name", "cues": ["New cue", "Second cue"]}))
    # then the phone, the page and the next version hold it as it was
    assert changed.json()["version"] == 2
    assert newest_program(care)["prescriptions"][0]["exercise"] == own["exercise"]
    assert care.detail()["versions"][0]["version"]["prescriptions"][0]["exercise"] == own["exercise"]
    care.publish(prescriptions=(rx,), reason="Again")
    assert newest_program(care)["prescriptions"][0]["exercise"]["name"] == "Old name"
    # and a new prescription takes it as it is now
    fresh_rx = prescribed(care, changed.json())
    care.publish(prescriptions=(fresh_rx,), reason="The new one")
    assert newest_program(care)["prescriptions"][0]["exercise"]["name"] == "New name"


def test_a_retired_exercise_is_not_offered_and_stays_where_it_is_prescribed(world: World) -> None:
    # given
    care = Care.begin(world, publish=False)
    own = own_exercise(care.therapist, name="Zebra raise")
    rx = prescribed(care, own)
    care.publish(prescriptions=(rx,))
    # when
    path = f"/v1/library/own/{own['exercise']['id']}/retire"
    assert care.therapist.post(path, {"retired": True}).json()["retired"] is True
    # then it is not offered
    assert "Zebra raise" not in names(care.therapist.get("/v1/library"))
    assert [row["retired"] for row in care.therapist.get("/v1/library/own").json()["exercises"]] == [True]
    again = care.draft(prescriptions=(rx, prescribed(care, own)))
    reply = care.therapist.post(f"/v1/patients/{care.patient_id}/programs", codec.dump(again))
    assert gap_codes(reply) == {"exercise_changed"}
    # and what is prescribed goes on
    care.publish(prescriptions=(rx,), reason="It goes on")
    assert newest_program(care)["prescriptions"][0]["exercise"]["name"] == "Zebra raise"
    # and it can be offered again
    assert care.therapist.post(path, {"retired": False}).json()["retired"] is False
    assert "Zebra raise" in names(care.therapist.get("/v1/library"))


def test_a_stale_edit_is_refused_with_the_current_version(world: World) -> None:
    therapist = world.therapist(world.clinic())
    own = own_exercise(therapist)["exercise"]
    assert save(therapist, 1, **(own | {"name": "Theirs"})).json()["version"] == 2
    reply = save(therapist, 1, **(own | {"name": "Mine"}))
    assert (reply.status_code, reply.json()["code"]) == (409, "stale_exercise")
    assert reply.json()["detail"]["current"]["exercise"]["name"] == "Theirs"
    assert save(therapist, 0, **(own | {"name": "Mine"})).status_code == 409


def test_a_save_whose_answer_was_lost_can_be_sent_again(world: World) -> None:
    therapist = world.therapist(world.clinic())
    own = own_exercise(therapist)
    assert save(therapist, 0, **own["exercise"]).json() == own


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"id": "kn-slr"}, "id", "id_invalid"),
    ({"name": "  "}, "name", "text_invalid"),
    ({"precaution": ""}, "precaution", "text_invalid"),
    ({"cues": ["Only one"]}, "cues", "text_invalid"),
    ({"cues": ["x" * 161, "Second"]}, "cues", "text_invalid"),
    ({"synonyms": ["\u202ehidden"]}, "synonyms", "text_invalid"),
    ({"region": "moon"}, "region", "value_unknown"),
    ({"family": "moon"}, "family", "value_unknown"),
    ({"equipment": ["rocket"]}, "equipment", "value_unknown"),
    ({"equipment": ["band", "band"]}, "equipment", "value_unknown"),
    ({"flags": [{"flag": "moon_walk", "severity": "warn"}]}, "flags", "flag_unknown"),
    ({"mode": "duration", "progression": "time"}, "dose", "dose_incomplete"),
    ({"times_per_day": 0}, "dose", "dose_incomplete"),
    ({"progression": "time"}, "progression", "value_unknown"),
    ({"harder_ids": ["no-such-rung"]}, "harder_ids", "ladder_unknown"),
    ({"drawing": "no-such-drawing"}, "drawing", "value_unknown"),
    ({"photo": "0" * 64}, "photo", "value_unknown"),
]


@pytest.fixture(scope="module")
def refusing(shared_world: World) -> Signed:
    """A therapist whose clinic has nothing of its own."""
    return shared_world.therapist(shared_world.clinic())


@pytest.mark.parametrize(("changes", "field", "code"), WRONG, ids=lambda value: str(value)[:40])
def test_an_exercise_with_a_fault_is_refused_by_field(
    refusing: Signed, changes: dict[str, Any], field: str, code: str
) -> None:
    therapist = refusing
    reply = save(therapist, **changes)
    assert (reply.status_code, reply.json()["code"]) == (422, "exercise_incomplete"), reply.text
    assert {(fault["field"], fault["code"]) for fault in reply.json()["detail"]["faults"]} == {(field, code)}
    assert therapist.get("/v1/library/own").json() == {"exercises": []}


def test_a_ladder_that_leads_back_is_refused(world: World) -> None:
    therapist = world.therapist(world.clinic())
    low = own_exercise(therapist, harder_ids=[], easier_ids=[])["exercise"]
    middle = own_exercise(therapist, harder_ids=[], easier_ids=[low["id"]])["exercise"]
    top = own_exercise(therapist, harder_ids=[], easier_ids=[middle["id"]])["exercise"]
    for around in ({"easier_ids": [top["id"]]}, {"easier_ids": [low["id"]]}):
        reply = save(therapist, 1, **(low | around))
        assert [fault["code"] for fault in reply.json()["detail"]["faults"]] == ["ladder_loop"]


def test_a_clinic_holds_so_many_own_exercises_and_no_more(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.exercises.MOST", 1)
    therapist = sqlite_world.therapist(sqlite_world.clinic())
    own = own_exercise(therapist)["exercise"]
    reply = save(therapist)
    assert (reply.status_code, reply.json()["code"]) == (422, "library_full")
    assert save(therapist, 1, **(own | {"name": "Changed"})).status_code == 200


def test_the_picture_and_the_rules_of_an_own_exercise_cannot_be_changed_on_the_way_to_a_patient(world: World) -> None:
    care, elsewhere = Care.begin(world, publish=False), Care.begin(world, publish=False)
    own, foreign = own_exercise(care.therapist), own_exercise(elsewhere.therapist)
    rx = prescribed(care, own)
    tampered = (
        replace(rx, exercise=replace(rx.exercise, photo="0" * 64)),
        replace(rx, exercise=replace(rx.exercise, drawing=None)),
        replace(rx, exercise=replace(rx.exercise, flags=())),
        prescribed(care, foreign),
    )
    for wrong in tampered:
        draft = care.draft(prescriptions=(wrong,))
        reply = care.therapist.post(f"/v1/patients/{care.patient_id}/programs", codec.dump(draft))
        assert gap_codes(reply) == {"exercise_changed"}


def test_an_own_rung_of_a_ladder_is_named_and_taken_even_when_it_was_retired_since(world: World) -> None:
    # given an exercise at its top, with a rung of the clinic's own above it
    care = Care.begin(world, publish=False)
    rung = own_exercise(care.therapist, name="Zebra raise", harder_ids=[], easier_ids=[])["exercise"]
    own = own_exercise(care.therapist, loadable=False, easier_ids=[], harder_ids=[rung["id"]])
    dose = Dose(sets=2, reps=12, reps_min=8, reps_max=12)
    care.publish(prescriptions=(prescribed(care, own, dose=dose, schedule=Schedule(from_on=care.today)),))
    care.pull_all()
    for back in (4, 3, 2):
        care.push(care.morning(care.today - timedelta(days=back), pain=1))
    live_a_day(care)
    live_a_day(care)
    # when
    care.therapist.post(f"/v1/library/own/{rung['id']}/retire", {"retired": True})
    (proposal,) = proposals(care)
    accepted = decide(care, proposal["id"], "accept")
    # then
    assert (proposal["what"], proposal["after_text"]) == ("rung", "Zebra raise")
    assert accepted.status_code == 200, accepted.text
    assert newest_program(care)["prescriptions"][0]["exercise"]["name"] == "Zebra raise"


def test_a_library_row_prescribed_before_photos_existed_still_reads() -> None:
    row = exercise_body(id=EXERCISE)
    for field in ("photo", "drawing"):
        row.pop(field, None)
    assert codec.load(Exercise, row).photo is None
