"""The caseload: who needs somebody, in one line of words, as it stands today."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, func, select

from hep import codec
from hep.facts import Message, Pause, SkipReason
from hep.records import ProgressionRule, StopSign
from hep.views import Caseload, PatientDetail
from server import flags, upkeep
from server.database import reading, writing
from server.tables.care import Flag, PatientSummary
from server.tables.people import AuditEntry, Clinic
from tests.server.care import Care, prescription
from tests.server.world import World


def why(care: Care) -> tuple[str, str, str, str]:
    line = care.line()
    return line["why"], line["group"], line["why_text"], line["why_detail"]


def clear(care: Care, flag_id: str, note: str = "Called, all well") -> Any:
    return care.therapist.post(f"/v1/patients/{care.patient_id}/flags/{flag_id}/clear", json={"note": note})


def test_somebody_without_a_program_needs_one(world: World) -> None:
    care = Care.begin(world, publish=False)
    assert why(care)[:3] == ("program_missing", "this_week", "No program yet")


def test_somebody_who_does_what_is_due_is_on_track(world: World) -> None:
    care = Care.begin(world)
    for _ in range(3):
        care.push(*care.session(), care.acknowledgement())
        care.later(days=1)
    assert why(care) == ("on_track", "on_track", "On track", "3 done ÷ 3 due = 100%")
    assert [mark["state"] for mark in care.line()["days"][-4:]] == ["done", "done", "done", "upcoming"]
    assert care.line()["acknowledged_version"] == 1


def test_a_stop_sign_comes_first_and_names_what_is_locked(world: World) -> None:
    care = Care.begin(world)
    care.push(care.red_flag())
    assert why(care) == ("stop_rule", "today", "Stop rule: calf hot swollen", "Quad exercises are locked")
    assert care.line()["pattern_text"] == "On hold"


def test_a_stop_sign_is_told_in_the_words_of_the_clinics_card(world: World) -> None:
    care = Care.begin(world)
    sign = StopSign(id="calf_hot_swollen", text="One calf newly swollen, hot or painful", group="same_day")
    with writing(world.engine) as session:
        clinic = session.get_one(Clinic, care.clinic_id)
        clinic.stop_signs = codec.dump((sign,))
        session.add(clinic)
    care.push(care.red_flag())
    assert why(care)[2] == "Stop rule: One calf newly swollen, hot or painful"
    assert care.detail()["flags"][0]["text"] == why(care)[2]


def test_clearing_a_stop_sign_needs_a_note_and_unlocks_the_phone(world: World) -> None:
    care = Care.begin(world)
    row = care.red_flag(family=None)
    care.push(row)
    care.pull_all(care.cursor)
    (flag,) = care.detail()["flags"]
    assert (flag["locks"], flag["detail"]) == (True, "All exercises are locked")
    assert clear(care, flag["id"], " ").status_code == 422
    assert clear(care, flag["id"]).status_code == 200
    assert clear(care, flag["id"], "Twice").status_code == 200
    (change,) = care.pull_all(care.cursor)
    assert (change["kind"], change["body"]["red_flag_id"]) == ("clearance", row["id"])
    assert change["body"]["note"] == "Called, all well"
    assert care.line()["locked"] is False
    assert care.detail()["flags"][0]["note"] == "Called, all well"


def test_another_patients_flag_is_not_found(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    other = Care.begin(sqlite_world, beside=care)
    care.push(care.red_flag())
    (flag,) = care.detail()["flags"]
    assert clear(other, flag["id"]).status_code == 404
    assert care.line()["locked"] is True


def test_two_red_sessions_in_seven_days_raise_one_flag(world: World) -> None:
    care = Care.begin(world)
    for _ in range(2):
        care.push(*care.session(pain=8, after=8))
        care.later(days=1)
    flags = care.detail()["flags"]
    assert [(flag["kind"], flag["locks"], flag["detail"]) for flag in flags] == [
        ("red_twice", False, "Straight leg raise")
    ]
    assert why(care)[:3] == ("red_twice", "today", "Too much pain twice in 7 days")
    assert clear(care, flags[0]["id"]).status_code == 200
    assert care.line()["why"] != "red_twice"


def test_further_red_sessions_add_to_the_open_flag_and_raise_one_again_once_it_is_cleared(world: World) -> None:
    care = Care.begin(world)

    def red_day() -> None:
        care.push(*care.session(pain=8, after=8))
        care.settle()
        care.later(days=1)

    def evidence() -> list[int]:
        with reading(world.engine) as session:
            kept = session.exec(select(Flag).where(Flag.kind == "red_twice").order_by(col(Flag.raised_at))).all()
        return [len(flags.evidence_of(flag)["row_ids"]) for flag in kept]

    for _ in range(2):
        red_day()
    before = evidence()
    for _ in range(2):
        red_day()
    assert (len(before), len(evidence())) == (1, 1)
    assert evidence() > before
    assert clear(care, care.detail()["flags"][0]["id"]).status_code == 200
    care.later(days=4)
    care.line()
    assert len(evidence()) == 1
    red_day()
    assert len(evidence()) == 2


def three_weeks(care: Care, done: int) -> None:
    """Mornings of pain 3 for three weeks, and sessions on the last `done` of the days."""
    for back in range(21, 0, -1):
        on = care.today - timedelta(days=back)
        care.push(care.morning(on, 3), *(care.session(on) if back <= done else ()))


def test_three_weeks_of_the_same_are_a_plateau_until_a_therapist_has_looked(world: World) -> None:
    care = Care.begin(world, publish=False)
    start = care.today
    care.publish(prescriptions=(prescription(start, progression=ProgressionRule.NONE),))
    care.pull_all()
    care.later(days=21)
    care.push(care.acknowledgement())
    three_weeks(care, 21)
    assert why(care)[:3] == ("plateau", "this_week", "No progress for 3 weeks")
    assert why(care)[3] == "21 done ÷ 21 due = 100%, pain about the same"
    (flag,) = care.detail()["flags"]
    assert (flag["kind"], flag["locks"]) == ("plateau", False)
    care.later(days=7)
    care.push(*care.session())
    assert len(care.detail()["flags"]) == 1
    assert clear(care, flag["id"], "New exercises at Friday's visit").status_code == 200
    care.push(care.morning(care.today - timedelta(days=1), 3))
    assert [flag["kind"] for flag in care.detail()["flags"] if flag["cleared_at"] is None] == []
    assert why(care)[0] != "plateau"


def test_three_weeks_of_the_same_with_few_sessions_point_at_what_is_in_the_way(world: World) -> None:
    care = Care.begin(world, publish=False)
    care.publish(prescriptions=(prescription(care.today, progression=ProgressionRule.NONE),))
    care.pull_all()
    care.later(days=21)
    care.push(care.acknowledgement())
    three_weeks(care, 9)
    assert why(care) == (
        "adherence_low",
        "this_week",
        "No progress for 3 weeks, sessions missed",
        "9 done ÷ 21 due = 43%",
    )
    assert care.detail()["flags"] == []


def test_morning_pain_that_rises_two_weeks_in_a_row_raises_a_flag(world: World) -> None:
    care = Care.begin(world)
    for back in range(1, 22):
        pain = {0: 6, 1: 4, 2: 2}[(back - 1) // 7]
        care.push(care.morning(care.today - timedelta(days=back + 1), pain))
    care.later(hours=1)
    assert why(care)[:3] == ("pain_rising", "today", "Morning pain is rising")
    assert len(care.detail()["flags"]) == 1


def test_unsure_how_twice_asks_to_show_it_again(world: World) -> None:
    care = Care.begin(world)
    for _ in range(2):
        care.push(care.skip(SkipReason.UNSURE_HOW))
        care.later(days=1)
    assert why(care) == ("unsure_how", "this_week", "Unsure how, twice", "Straight leg raise")


def test_silence_is_counted_in_days_and_moves_with_the_date_alone(world: World) -> None:
    care = Care.begin(world)
    care.push(*care.session(), care.acknowledgement())
    care.later(days=4)
    assert care.line()["why"] != "nothing_logged"
    care.later(days=1)
    assert why(care)[:3] == ("nothing_logged", "this_week", "Nothing logged for 5 days")
    care.later(days=2)
    assert care.line()["why_text"] == "Nothing logged for 7 days"


def test_somebody_who_is_away_is_not_silent(world: World) -> None:
    care = Care.begin(world)
    care.push(*care.session(), care.acknowledgement())
    away = Pause(
        **care.base(), from_on=care.today + timedelta(days=1), until_on=care.today + timedelta(days=20), reason="away"
    )
    care.push(care.row(away))
    care.later(days=8)
    assert care.line()["why"] == "on_track"
    assert care.line()["days"][-1]["state"] == "paused"


def test_fewer_than_half_of_the_sessions_is_said(world: World) -> None:
    care = Care.begin(world)
    care.push(care.acknowledgement())
    for day in range(5):
        if day in (0, 4):
            care.push(*care.session())
        care.later(days=1)
    assert why(care) == (
        "adherence_low",
        "this_week",
        "Fewer than half of the sessions done",
        "2 done ÷ 5 due = 40%",
    )


def test_words_from_the_patient_are_pointed_out_and_shown(world: World) -> None:
    care = Care.begin(world)
    care.push(care.acknowledgement(), care.row(Message(**care.base(), text="May I swim?")))
    assert why(care)[:3] == ("message", "this_week", "1 new message")
    assert [message["text"] for message in care.detail()["messages"]] == ["May I swim?"]


def test_a_version_nobody_opened_is_said_after_three_days(world: World) -> None:
    care = Care.begin(world)
    for day in range(4):
        care.push(*care.session())
        if day < 3:
            assert care.line()["why"] == "on_track"
        care.later(days=1)
    assert why(care)[:3] == ("program_unopened", "this_week", "New program not opened")


def test_the_list_is_ordered_by_need_and_mine_is_a_filter(world: World) -> None:
    quiet = Care.begin(world)
    quiet.push(quiet.acknowledgement())
    locked = Care.begin(world, beside=quiet)
    locked.push(locked.red_flag())
    without = Care.begin(world, beside=quiet, publish=False)
    colleague = world.therapist(quiet.clinic_id)
    theirs = world.patient(colleague)
    reply = colleague.get("/v1/caseload")
    ids = [row["patient_id"] for row in reply.json()["rows"]]
    assert ids[0] == locked.patient_id
    assert set(ids[1:3]) == {without.patient_id, theirs}
    assert ids[3] == quiet.patient_id
    mine = colleague.get("/v1/caseload", params={"mine": "true"}).json()["rows"]
    assert [row["patient_id"] for row in mine] == [theirs]
    assert "stop rule" in reply.json()["order_text"]


def test_another_clinic_sees_nothing_of_it(world: World) -> None:
    care = Care.begin(world)
    stranger = world.therapist(world.clinic("Elsewhere"))
    assert stranger.get("/v1/caseload").json()["rows"] == []
    assert stranger.get(f"/v1/patients/{care.patient_id}").status_code == 404


def test_both_answers_are_what_the_client_decodes(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    care.push(*care.session(), care.skip(SkipReason.PAIN, care.today - timedelta(days=1)), care.red_flag())
    caseload = codec.load(Caseload, care.therapist.get("/v1/caseload").json())
    assert caseload.rows[0].patient_id == care.patient_id
    detail = codec.load(PatientDetail, care.detail())
    assert [session.on for session in detail.sessions] == [care.today, care.today - timedelta(days=1)]
    assert [done.text for done in detail.sessions[0].exercises[0].sets] == ["10 × 3 lb", "10 × 3 lb"]
    assert detail.sessions[1].exercises[0].skip_reason == "pain"
    assert detail.sessions[0].provenance == "live_timed"


def test_reading_the_list_or_a_page_is_one_entry_of_the_audit_log(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)

    def entries(action: str) -> int:
        with reading(sqlite_world.engine) as session:
            return session.exec(select(func.count()).where(col(AuditEntry.action) == action)).one()

    before = entries("caseload.read"), entries("patient.read")
    care.line()
    care.detail()
    assert (entries("caseload.read"), entries("patient.read")) == (before[0] + 1, before[1] + 1)


def test_an_accident_in_what_follows_never_keeps_facts_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    care = Care.begin(world)
    care.push(care.acknowledgement())

    def fail(*_: object) -> None:
        raise ValueError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(upkeep.flags, "review", fail)
        rows = [*care.session(), care.red_flag()]
        assert care.statuses(*rows) == ["accepted"] * len(rows)
    assert why(care)[0] == "stop_rule"
    assert care.line()["days"][-1]["state"] == "done"


def test_one_line_that_cannot_be_worked_out_blocks_no_list(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    care = Care.begin(world)
    care.push(*care.session())
    care.later(days=1)

    def fail(*_: object) -> None:
        raise ValueError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(upkeep.flags, "review", fail)
        assert care.line()["days"][-1]["on"] == str(care.today - timedelta(days=1))
    assert care.line()["days"][-1]["on"] == str(care.today - timedelta(days=1))
    world.later(minutes=10)
    assert care.line()["days"][-1]["on"] == str(care.today)


def test_a_line_is_worked_out_once_a_day(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    care.later(days=1)

    def computed_at() -> Any:
        with reading(sqlite_world.engine) as session:
            return session.get_one(PatientSummary, care.patient_id).computed_at

    care.line()
    first = computed_at()
    care.later(hours=1)
    care.line()
    assert computed_at() == first
    care.later(days=1)
    care.line()
    assert computed_at() == sqlite_world.now
