"""What a phone may send, and the stable code of every refusal."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hep import codec
from hep.days import local_on, week_dates, window_end, zone
from hep.facts import FACTS, ItemKey, Kind, read
from hep.ids import new_id
from hep.problems import Refused
from hep.records import Dose, Goal, Intent, Load, Override, Prescription, ProgramVersion, Schedule
from tests.hep.build import D, at, kg, prescription, version

BASE = {
    "at": "2026-11-20T18:00:00Z",
    "zone": "America/Chicago",
    "on": "2026-11-20",
    "session_id": "session-1",
    "device_seq": 3,
}
SET = {
    **BASE,
    "program_id": "program-01",
    "version": 1,
    "prescription_id": "rx-squat-1",
    "planned": "rx-squat-1|2026-11-20|1",
    "set_index": 1,
    "side": "left",
    "reps": 10,
    "load": {"unit": "lb", "amount": "3.0"},
    "pain": 5,
    "signs": ["moving_down"],
}
BODIES: dict[Kind, dict[str, Any]] = {
    Kind.SET_LOG: SET,
    Kind.ITEM_SKIP: {
        **BASE,
        "program_id": "program-01",
        "version": 1,
        "prescription_id": "rx-squat-1",
        "planned": "rx-squat-1|2026-W47|2",
        "reason": "pain",
    },
    Kind.SESSION_END: {**BASE, "pain_after": 2, "provenance": "paper", "slot": 8},
    Kind.CHECK_IN: {**BASE, "pain": 10, "about_on": "2026-11-19", "stiffness_min": 0},
    Kind.CORRECTION: {**BASE, "target_id": "row-00001", "corrects": "set_log", "body": SET},
    Kind.RETRACTION: {**BASE, "target_id": "row-00001"},
    Kind.ACKNOWLEDGEMENT: {**BASE, "program_id": "program-01", "version": 2},
    Kind.RED_FLAG: {**BASE, "sign": "calf_swelling", "family": "calf"},
    Kind.PREFERENCE: {**BASE, "name": "slot_1", "value": "08:00"},
    Kind.PAUSE: {**BASE, "from_on": "2026-11-20", "until_on": "2026-11-20", "reason": "unwell"},
    Kind.MESSAGE: {**BASE, "text": "Hello\nthere"},
}


def refusal(kind: Kind, **changes: Any) -> str:
    with pytest.raises(Refused) as refused:
        read(kind, {**BODIES[kind], **changes})
    return refused.value.code


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_survives_a_round_trip_and_ignores_what_a_newer_app_added(kind: Kind) -> None:
    fact = read(kind, {**BODIES[kind], "mood": {"new": [1]}})
    assert type(fact) is FACTS[kind]
    assert read(kind, codec.dump(fact)) == fact


def test_every_kind_has_a_body_here() -> None:
    assert set(BODIES) == set(Kind) == set(FACTS)


@pytest.mark.parametrize("kind", Kind)
def test_a_missing_field_is_refused(kind: Kind) -> None:
    for name in ("at", "zone", "on"):
        body = {key: value for key, value in BODIES[kind].items() if key != name}
        with pytest.raises(Refused) as refused:
            read(kind, body)
        assert refused.value.code == "invalid"


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        (Kind.SET_LOG, {"pain": 11}, "pain_out_of_range"),
        (Kind.SET_LOG, {"pain": -1}, "pain_out_of_range"),
        (Kind.SET_LOG, {"pain": 5.5}, "invalid"),
        (Kind.SET_LOG, {"pain": True}, "invalid"),
        (Kind.SET_LOG, {"effort": 11}, "effort_out_of_range"),
        (Kind.SET_LOG, {"reps": None}, "work_out_of_range"),
        (Kind.SET_LOG, {"reps": 1001}, "work_out_of_range"),
        (Kind.SET_LOG, {"seconds": -1}, "work_out_of_range"),
        (Kind.SET_LOG, {"set_index": 0}, "set_out_of_range"),
        (Kind.SET_LOG, {"side": "both"}, "side_invalid"),
        (Kind.SET_LOG, {"side": "up"}, "invalid"),
        (Kind.SET_LOG, {"version": 0}, "version_unknown"),
        (Kind.SET_LOG, {"planned": "rx-other-1|2026-11-20|1"}, "item_invalid"),
        (Kind.SET_LOG, {"planned": "rx-squat-1|yesterday|1"}, "item_invalid"),
        (Kind.SET_LOG, {"load": {"unit": "kg", "amount": "NaN"}}, "invalid"),
        (Kind.SET_LOG, {"load": {"unit": "kg", "amount": "501"}}, "load_invalid"),
        (Kind.SET_LOG, {"load": {"unit": "band", "amount": "1"}}, "load_invalid"),
        (Kind.SET_LOG, {"at": "1999-12-31T23:59:59Z"}, "time_out_of_range"),
        (Kind.SET_LOG, {"at": "2100-01-01T00:00:00Z"}, "time_out_of_range"),
        (Kind.SET_LOG, {"at": "2026-11-20T18:00:00"}, "invalid"),
        (Kind.SET_LOG, {"on": "2026-11-31"}, "invalid"),
        (Kind.SET_LOG, {"session_id": "a b"}, "id_invalid"),
        (Kind.SET_LOG, {"zone": ""}, "zone_unknown"),
        (Kind.ITEM_SKIP, {"reason": "lazy"}, "invalid"),
        (Kind.SESSION_END, {"session_id": None}, "invalid"),
        (Kind.SESSION_END, {"slot": 9}, "invalid"),
        (Kind.SESSION_END, {"pain_after": 11}, "pain_out_of_range"),
        (Kind.CHECK_IN, {"pain": None}, "invalid"),
        (Kind.CHECK_IN, {"stiffness_min": 1441}, "stiffness_out_of_range"),
        (Kind.CORRECTION, {"corrects": "pause"}, "correction_invalid"),
        (Kind.CORRECTION, {"body": {**SET, "pain": 11}}, "pain_out_of_range"),
        (Kind.PAUSE, {"until_on": "2026-11-19"}, "pause_invalid"),
        (Kind.MESSAGE, {"text": " "}, "text_invalid"),
        (Kind.MESSAGE, {"text": "a\x00b"}, "text_invalid"),
    ],
)
def test_bad_values_are_refused_with_a_stable_code(kind: Kind, changes: dict[str, Any], code: str) -> None:
    assert refusal(kind, **changes) == code


def test_a_refusal_never_repeats_what_was_sent() -> None:
    with pytest.raises(Refused) as refused:
        read(Kind.MESSAGE, {**BODIES[Kind.MESSAGE], "at": "my knee hurts"})
    assert "knee" not in str(refused.value)


@pytest.mark.parametrize("body", [None, [], "text", 3])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    with pytest.raises(Refused) as refused:
        read(Kind.SET_LOG, body)
    assert refused.value.code == "invalid"


def test_a_version_survives_a_round_trip_with_everything_in_it() -> None:
    p = prescription(dose=Dose(sets=2, reps=10, load=kg("1.50")), overrides=(Override(flag="dizzy", reason="seen"),))
    goal = Goal(id="goal-0001", text="Stairs", intent=Intent.FUNCTION, target=kg("3").amount, target_on=D(9))
    v = version(p)
    full = ProgramVersion(**{f.name: getattr(v, f.name) for f in fields(v)} | {"goals": (goal,)})
    data = codec.dump(full)
    assert data["prescriptions"][0]["dose"]["load"]["amount"] == "1.50"
    assert codec.load(ProgramVersion, {**data, "later": 1}) == full


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Dose(sets=0, reps=1), "dose_invalid"),
        (lambda: Dose(sets=1, reps=201), "dose_invalid"),
        (lambda: Dose(sets=1, hold_s=7201), "dose_invalid"),
        (lambda: Dose(sets=1, reps=5, reps_min=6, reps_max=5), "dose_invalid"),
        (lambda: Dose(sets=1, reps=5, load_step_percent=11), "dose_invalid"),
        (lambda: Schedule(from_on=D(2), until_on=D(1)), "schedule_invalid"),
        (lambda: Schedule(from_on=D(1), weekdays=()), "schedule_invalid"),
        (lambda: Schedule(from_on=D(1), weekdays=(1, 1)), "schedule_invalid"),
        (lambda: Schedule(from_on=D(1), per_week=3, times_per_day=2), "schedule_invalid"),
        (lambda: kg("-1"), "load_invalid"),
        (lambda: codec.load(Load, {"unit": "stone", "amount": "1"}), "invalid"),
        (lambda: codec.load(Prescription, {**codec.dump(prescription()), "dose": None}), "invalid"),
        (lambda: zone("Nowhere/Land"), "zone_unknown"),
        (lambda: zone("../etc/passwd"), "zone_unknown"),
        (lambda: week_dates("2026-W60"), "invalid"),
    ],
)
def test_records_refuse_impossible_values(make: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        make()
    assert refused.value.code == code


@pytest.mark.parametrize(
    "text", ["", "rx|2026-11-20", "|2026-11-20|1", "rx|2026-11-20|-1", "rx|2026-W54|1", "rx|20|1", "rx|2026-11-20|٣x"]
)
def test_a_planned_item_reads_only_its_written_form(text: str) -> None:
    with pytest.raises(Refused) as refused:
        ItemKey.parse(text)
    assert refused.value.code in ("item_invalid", "invalid")


def test_planned_items_know_their_date_or_week() -> None:
    dated = ItemKey.dated("rx-squat-1", D(20), 2)
    assert ItemKey.parse(str(dated)) == dated
    assert (dated.on, dated.week, dated.floating) == (D(20), "2026-W47", False)
    floating = ItemKey.parse("rx-squat-1|2026-W47|3")
    assert (floating.on, floating.week, floating.floating, floating.n) == (None, "2026-W47", True, 3)


def test_ids_are_version_seven_unique_and_need_a_zone() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    made = {new_id(now) for _ in range(2000)}
    assert len(made) == 2000
    assert {(i[14], i[19] in "89ab") for i in made} == {("7", True)}
    assert int(new_id(now, bytes).replace("-", "")[:12], 16) == int(now.timestamp() * 1000)
    assert new_id(now, bytes) < new_id(now + timedelta(milliseconds=1), bytes)
    with pytest.raises(ValueError, match="time zone"):
        new_id(datetime(2026, 11, 20))  # noqa: DTZ001


def test_a_logs_date_follows_its_zone_and_not_the_clinics() -> None:
    instant = at(D(20), 23, zone="America/Chicago")
    assert local_on(instant, "America/Chicago") == D(20)
    assert local_on(instant, "Asia/Tokyo") == D(21)
    assert window_end(D(20), "Asia/Kolkata") == datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
