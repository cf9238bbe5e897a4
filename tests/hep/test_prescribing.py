"""The sentence, what is missing, what deserves a second look, and what a version changed."""

from dataclasses import replace
from typing import Any

import pytest

from hep.phrases import load_text, schedule_text, seconds_text, under_name_text
from hep.prescribing import (
    ChangeKind,
    Draft,
    change_sentence,
    difference,
    dose_text,
    draft_of,
    gaps,
    prescription_seconds,
    revise,
    sentence,
    session_minutes,
    warnings,
    weekly_minutes,
)
from hep.problems import Refused
from hep.records import (
    Dose,
    ExerciseFlag,
    Goal,
    Intent,
    Laterality,
    Mode,
    Override,
    Prescription,
    ProgramState,
    ProgramVersion,
    ProgressionRule,
    Schedule,
    Severity,
    Side,
)
from tests.hep.build import GOAL, PROGRAM, D, at, band, exercise, kg, lb, prescription

ROTATION = exercise(
    name="Shoulder external rotation",
    position="sitting",
    laterality=Laterality.UNILATERAL,
    equipment=("band",),
)


def rotation(**more: Any) -> Prescription:
    return prescription(ex=ROTATION, side=Side.RIGHT, dose=Dose(sets=3, reps=12, load=lb("3")), **more)


def test_a_prescription_reads_as_one_sentence() -> None:
    assert sentence(rotation()) == "seated shoulder external rotation, right, 3 × 12, 3 lb, band"


def test_under_its_name_a_prescription_does_not_say_it_again() -> None:
    assert under_name_text(rotation()) == "seated, right, 3 × 12, 3 lb, band"


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (prescription(), "standing squat, 3 × 10, dumbbell"),
        (replace(rotation(), side=Side.BOTH), "seated shoulder external rotation, each side, 3 × 12, 3 lb, band"),
        (
            prescription(
                ex=replace(ROTATION, equipment=("band", "towel")),
                side=Side.LEFT,
                dose=Dose(sets=2, reps=8, load=band("red")),
            ),
            "seated shoulder external rotation, left, 2 × 8, red band, towel",
        ),
        (
            prescription(
                ex=exercise(name="Seated march", position="sitting", laterality=Laterality.ALTERNATING, equipment=())
            ),
            "seated march, alternating sides, 3 × 10",
        ),
        (
            prescription(ex=exercise(name="Sit to stand", position="sitting", equipment=("chair",))),
            "sit to stand, 3 × 10, chair",
        ),
        (prescription(ex=exercise(name="T raise", position="prone", equipment=())), "prone T raise, 3 × 10"),
    ],
)
def test_position_side_load_and_equipment_are_told_once(p: Prescription, words: str) -> None:
    assert sentence(p) == words


@pytest.mark.parametrize(
    ("dose", "mode", "words"),
    [
        (Dose(sets=3, reps=10), Mode.REPS, "3 × 10"),
        (Dose(sets=3, reps=10, hold_s=2), Mode.REPS, "3 × 10"),
        (Dose(sets=2, reps=10, hold_s=5), Mode.REPS, "2 × 10, 5 s hold"),
        (Dose(sets=3, reps=1, hold_s=30), Mode.HOLD, "3 × 30 s hold"),
        (Dose(sets=3, reps=1, hold_s=30), None, "3 × 30 s hold"),
        (Dose(sets=1, duration_s=300), None, "5 min"),
        (Dose(sets=2, duration_s=60), Mode.DURATION, "2 × 60 s"),
        (Dose(sets=1, duration_s=150), Mode.DURATION, "2 min 30 s"),
    ],
)
def test_a_dose_is_told_in_sets_and_work(dose: Dose, mode: Mode | None, words: str) -> None:
    assert dose_text(dose, mode) == words


def test_a_hold_that_progresses_is_always_told() -> None:
    p = prescription(dose=Dose(sets=2, reps=10, hold_s=2), progression=ProgressionRule.HOLD)
    assert dose_text(p) == "2 × 10, 2 s hold"


def test_loads_keep_their_unit_and_lose_their_zeros() -> None:
    assert [load_text(x) for x in (kg("1.50"), lb("3.0"), kg("100"), band("red"), band("blue band"), None)] == [
        "1.5 kg",
        "3 lb",
        "100 kg",
        "red band",
        "blue band",
        "no load",
    ]
    assert [seconds_text(s) for s in (60, 119, 120, 125)] == ["60 s", "119 s", "2 min", "2 min 5 s"]


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ({}, "every day"),
        ({"times_per_day": 2}, "twice a day, every day"),
        ({"weekdays": (1, 3, 5)}, "Mon, Wed and Fri"),
        ({"weekdays": (5, 4, 3, 2, 1)}, "Mon to Fri"),
        ({"weekdays": (7,)}, "Sun"),
        ({"per_week": 3}, "3 times a week on days you choose"),
        ({"times_per_day": 6}, "6 times a day, every day"),
    ],
)
def test_a_schedule_is_told_in_words(schedule: dict[str, Any], words: str) -> None:
    assert schedule_text(Schedule(from_on=D(1), **schedule)) == words


MEASURED = Goal(id=GOAL, text="Climb stairs", intent=Intent.FUNCTION, baseline=lb("2").amount, target=lb("10").amount)


def draft(*prescriptions: Prescription, **more: Any) -> Draft:
    base = Draft(
        program_id=PROGRAM,
        episode_id="episode-01",
        base_version=0,
        reason="first program",
        effective_on=D(1),
        goals=(MEASURED,),
        prescriptions=prescriptions,
    )
    return replace(base, **more)


def gap_codes(d: Draft, *flags: str) -> list[str]:
    return [gap.code for gap in gaps(d, flags)]


def warning_codes(d: Draft, budget: int | None = None) -> list[str]:
    return [gap.code for gap in warnings(d, time_budget_min=budget)]


def test_a_complete_draft_has_no_gaps() -> None:
    assert gap_codes(draft(prescription(), rotation(pid="rx-rotate-1"))) == []


@pytest.mark.parametrize(
    ("d", "code"),
    [
        (draft(), "program_empty"),
        (draft(prescription(), reason="  "), "reason_missing"),
        (draft(prescription(), reason="x" * 501), "reason_missing"),
        (draft(prescription(), prescription()), "prescription_twice"),
        (draft(prescription(ex=exercise(type=""))), "type_missing"),
        (draft(prescription(ex=ROTATION)), "side_missing"),
        (draft(replace(prescription(), goal_id=None)), "goal_missing"),
        (draft(replace(prescription(), goal_id="goal-other")), "goal_missing"),
        (draft(prescription(dose=Dose(sets=3))), "dose_incomplete"),
        (draft(prescription(ex=exercise(mode=Mode.DURATION))), "dose_incomplete"),
    ],
)
def test_each_gap_keeps_a_draft_from_being_published(d: Draft, code: str) -> None:
    assert gap_codes(d) == [code]


def test_a_bilateral_exercise_needs_no_side() -> None:
    assert gap_codes(draft(prescription())) == []
    assert gap_codes(draft(prescription(ex=exercise(laterality=Laterality.ALTERNATING)))) == []


def test_ending_a_program_needs_only_its_reason() -> None:
    assert gap_codes(draft(state=ProgramState.ARCHIVED)) == []
    assert gap_codes(draft(state=ProgramState.WITHDRAWN, reason="")) == ["reason_missing"]


FLAGGED = exercise(flags=(ExerciseFlag(flag="falls_risk"), ExerciseFlag(flag="osteoporosis", severity=Severity.BLOCK)))


def test_a_block_is_a_gap_that_no_reason_lifts_and_a_warning_is_accepted_in_writing() -> None:
    overrides = (Override(flag="falls_risk", reason="rail"), Override(flag="osteoporosis", reason="please"))
    accepted = replace(prescription(ex=FLAGGED), overrides=overrides)
    assert gap_codes(draft(accepted), "osteoporosis", "falls_risk") == ["flag_blocked"]
    assert gap_codes(draft(accepted), "falls_risk") == []
    assert gap_codes(draft(prescription(ex=FLAGGED)), "falls_risk", "dizzy") == ["precaution"]
    assert gap_codes(draft(prescription(ex=FLAGGED), state=ProgramState.ARCHIVED), "falls_risk") == []


def test_the_builder_warns_from_the_fourth_exercise_on_and_over_the_time_budget() -> None:
    rows = [prescription(f"rx-{n:06d}", ex=exercise(loaded=False)) for n in range(4)]
    assert warning_codes(draft(*rows[:3])) == []
    assert warning_codes(draft(*rows)) == ["too_many"]
    minutes = session_minutes(rows[:3])
    assert warning_codes(draft(*rows[:3]), budget=minutes) == []
    assert warning_codes(draft(*rows[:3]), budget=minutes - 1) == ["over_budget"]


def test_too_little_rest_for_one_tissue_is_a_warning_that_the_prescription_overrides() -> None:
    heavy = exercise(loaded=True, stage=3)
    daily = prescription(ex=heavy)
    assert warning_codes(draft(daily)) == ["spacing"]
    assert warning_codes(draft(replace(daily, spacing_override=True))) == []
    spread = prescription(ex=heavy, schedule=Schedule(from_on=D(1), weekdays=(1, 3, 5)))
    assert warning_codes(draft(spread)) == []
    weekend = prescription(ex=heavy, schedule=Schedule(from_on=D(1), weekdays=(1, 7)))
    assert warning_codes(draft(weekend)) == ["spacing"], "Sunday and Monday are neighbors"
    light = exercise(loaded=True, stage=2)
    assert warning_codes(draft(prescription(ex=light))) == [], "24 h are enough for light work"
    twice = prescription(ex=light, schedule=Schedule(from_on=D(1), times_per_day=2))
    assert warning_codes(draft(twice)) == ["spacing"]
    other = prescription(
        "rx-other-1", ex=replace(light, family="calf"), schedule=Schedule(from_on=D(1), weekdays=(2, 4))
    )
    assert warning_codes(draft(spread, other)) == []
    same = prescription("rx-other-1", ex=light, schedule=Schedule(from_on=D(1), weekdays=(2, 4)))
    assert warning_codes(draft(spread, same)) == ["spacing"]


def test_neighboring_days_crowd_in_either_order() -> None:
    heavy = exercise(loaded=True, stage=3)
    tuesday = prescription(ex=heavy, schedule=Schedule(from_on=D(1), weekdays=(2,)))
    wednesday = prescription("rx-other-1", ex=heavy, schedule=Schedule(from_on=D(1), weekdays=(3,)))
    assert warning_codes(draft(tuesday, wednesday)) == ["spacing"]
    assert warning_codes(draft(wednesday, tuesday)) == ["spacing"]


def test_a_goal_without_a_measure_is_a_warning() -> None:
    bare = replace(MEASURED, target=None)
    assert warning_codes(draft(prescription(), goals=(bare,))) == ["goal_unmeasured"]


def test_minutes_count_sides_holds_rests_and_frequency() -> None:
    p = prescription(dose=Dose(sets=2, reps=10, hold_s=2, rest_s=30))
    assert prescription_seconds(p) == 30 + 2 * 10 * 5 + 30
    both = replace(p, side=Side.BOTH)
    assert prescription_seconds(both) == 30 + 2 * 2 * 10 * 5 + 30
    assert session_minutes(()) == 0
    walk = prescription(
        ex=exercise(mode=Mode.DURATION), dose=Dose(sets=1, duration_s=570), schedule=Schedule(from_on=D(1), per_week=3)
    )
    assert weekly_minutes(publish(None, draft(walk))) == 30


def publish(base: ProgramVersion | None, d: Draft) -> ProgramVersion:
    return revise(base, d, author_id="ada-00001", author_name="Ada", published_at=at(D(1)))


def test_a_revision_numbers_itself_and_says_what_changed() -> None:
    kept, eased, gone = (prescription(f"rx-{name}-01") for name in ("kept", "ease", "gone"))
    v1 = publish(None, draft(kept, eased, gone))
    assert (v1.version, v1.changed, {p.dose_since_version for p in v1.prescriptions}) == (
        1,
        ("rx-kept-01", "rx-ease-01", "rx-gone-01"),
        {1},
    )
    fewer = replace(v1.prescriptions[1], dose=replace(eased.dose, sets=2))
    noted = replace(v1.prescriptions[0], note="slowly", dose=replace(kept.dose, reps_max=15))
    v2 = publish(
        v1, replace(draft_of(v1, D(9)), reason="sore", prescriptions=(noted, fewer, prescription("rx-new1-01")))
    )
    assert (v2.version, v2.effective_on) == (2, D(9))
    assert v2.changed == ("rx-kept-01", "rx-ease-01", "rx-new1-01", "rx-gone-01")
    assert [p.dose_since_version for p in v2.prescriptions] == [1, 2, 2], "the envelope is no dose"
    v3 = publish(v2, replace(draft_of(v2, D(10)), reason="again"))
    assert (v3.changed, v3.prescriptions) == ((), v2.prescriptions)


@pytest.mark.parametrize(
    "dose",
    [
        Dose(sets=3, reps=12, load=lb("4")),
        Dose(sets=3, reps=12, load=lb("3"), rest_s=30),
        Dose(sets=3, reps=12, load=lb("3"), hold_s=1),
    ],
)
def test_load_rest_and_hold_are_part_of_the_dose(dose: Dose) -> None:
    v1 = publish(None, draft(rotation()))
    v2 = publish(v1, replace(draft_of(v1, D(9)), prescriptions=(replace(v1.prescriptions[0], dose=dose),)))
    assert v2.prescriptions[0].dose_since_version == 2


def test_a_draft_from_another_version_is_refused() -> None:
    v1 = publish(None, draft(prescription()))
    with pytest.raises(Refused) as refused:
        publish(v1, draft(prescription()))
    assert refused.value.code == "stale_base"


def test_a_difference_says_before_and_after_and_why() -> None:
    v1 = publish(None, draft(prescription(dose=Dose(sets=2, reps=10))))
    v2 = publish(v1, replace(draft_of(v1, D(9)), prescriptions=(prescription(dose=Dose(sets=3, reps=10)),)))
    (change,) = difference(v1, v2)
    assert (change.kind, change.before, change.after) == (ChangeKind.CHANGED, "2 × 10", "3 × 10")
    assert change_sentence(change, "pain settled.") == "squat: 2 × 10 to 3 × 10, because pain settled"
    assert change_sentence(change, "pain settled", arrow="→") == "squat 2 × 10 → 3 × 10, because pain settled"
    assert change_sentence(change) == "squat: 2 × 10 to 3 × 10"


@pytest.mark.parametrize(
    ("changed", "before", "after"),
    [
        ({"side": Side.LEFT}, "right", "left"),
        ({"dose": Dose(sets=3, reps=12, load=lb("4"))}, "3 lb", "4 lb"),
        ({"dose": Dose(sets=3, reps=12, load=lb("3"), hold_s=2)}, "0 s hold", "2 s hold"),
        ({"dose": Dose(sets=3, reps=12, load=lb("3"), rest_s=60)}, "rest 0 s", "rest 60 s"),
        ({"schedule": Schedule(from_on=D(1), weekdays=(1, 3, 5))}, "every day", "Mon, Wed and Fri"),
        ({"note": "slowly"}, "no note", "note: slowly"),
        ({"minimum_set": True}, "not in the short version", "in the short version"),
    ],
)
def test_every_difference_shows(changed: dict[str, Any], before: str, after: str) -> None:
    v1 = publish(None, draft(rotation()))
    v2 = publish(v1, replace(draft_of(v1, D(9)), prescriptions=(replace(rotation(), **changed),)))
    (change,) = difference(v1, v2)
    assert (change.before, change.after) == (before, after)


def test_another_goal_is_told_by_its_words() -> None:
    other = replace(MEASURED, id="goal-stairs", text="Stairs without the rail")
    v1 = publish(None, draft(prescription(), goals=(MEASURED, other)))
    served = replace(prescription(), goal_id="goal-stairs")
    v2 = publish(v1, replace(draft_of(v1, D(9)), prescriptions=(served,), goals=(other,)))
    (change,) = difference(v1, v2)
    assert (change.before, change.after) == (f"goal: {MEASURED.text}", "goal: Stairs without the rail")


def test_an_exercise_that_gets_its_first_goal_had_none() -> None:
    v1 = publish(None, draft(replace(prescription(), goal_id=None)))
    v2 = publish(v1, replace(draft_of(v1, D(9)), prescriptions=(prescription(),)))
    (change,) = difference(v1, v2)
    assert (change.before, change.after) == ("no goal", f"goal: {MEASURED.text}")


@pytest.mark.parametrize("back", [False, True])
def test_a_hold_that_becomes_repetitions_leaves_no_gap_in_the_words(back: bool) -> None:
    hold = prescription(ex=exercise(name="Bridge", mode=Mode.HOLD), dose=Dose(sets=2, reps=1, hold_s=30))
    reps = prescription(ex=exercise(name="Bridge"), dose=Dose(sets=3, reps=10))
    first, second = (reps, hold) if back else (hold, reps)
    v1 = publish(None, draft(first))
    v2 = publish(v1, replace(draft_of(v1, D(9)), prescriptions=(second,)))
    (change,) = difference(v1, v2)
    told = {"2 × 30 s hold", "3 × 10"}
    assert {change.before, change.after} == told


def test_added_and_removed_exercises_are_told_in_full() -> None:
    v1 = publish(None, draft(prescription()))
    v2 = publish(v1, replace(draft_of(v1, D(9)), prescriptions=(rotation(pid="rx-rotate-1"),)))
    added, removed = difference(v1, v2)
    assert change_sentence(added) == "added: seated shoulder external rotation, right, 3 × 12, 3 lb, band"
    assert change_sentence(removed, "done") == "removed: squat, because done"
    assert difference(v2, v2) == ()
    assert [c.kind for c in difference(None, v1)] == [ChangeKind.ADDED]
