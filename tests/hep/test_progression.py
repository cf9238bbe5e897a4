"""When a dose may advance, what is proposed, and the reason that names what is missing."""

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from hep import codec
from hep.advancing import longer_time
from hep.facts import Sign
from hep.history import History
from hep.loads import Equipment
from hep.prescribing import Draft, draft_of
from hep.progression import REST, RULE_SET, Verdict, VerdictKind, What, assess, overlay, two_reds
from hep.records import Dose, Laterality, Load, LoadUnit, Mode, PainRule, Prescription, ProgressionRule, Schedule, Side
from tests.hep.build import D, Phone, at, band, exercise, kg, lb, prescription, version

NOW = at(D(20), 20)
TOP = Dose(sets=3, reps=12, reps_min=8, reps_max=12)


def codes(verdict: Verdict) -> list[str]:
    return [blocker.code for blocker in verdict.blockers]


def after(
    p: Prescription, *bouts: tuple[int, ...], now: datetime = NOW, loads: Equipment | None = None, **more: Any
) -> Verdict:
    """The verdict after bouts on the days up to the 20th, painless unless said."""
    phone = Phone()
    given = {"pain": 0, "effort": 6, **more}
    for day, work in enumerate(bouts, 21 - len(bouts)):
        phone.log(p, D(day), *work, **given)
    return assess(phone.history(version(p)), p, now, loads=loads)


FULL = (10, 10, 10)


def test_two_full_painless_sessions_propose_two_more_reps() -> None:
    p = prescription()
    verdict = after(p, FULL, FULL)
    assert (verdict.kind, verdict.what) == (VerdictKind.ADVANCE, What.REPS)
    assert verdict.new is not None and verdict.new.reps == 12
    assert verdict.new == replace(p.dose, reps=12), "one change at a time"
    assert verdict.rule_set == RULE_SET
    assert [reason.text for reason in verdict.reasons] == [
        "Nov 19: 10, 10, 10 of 10 reps, pain 0 of 10.",
        "Nov 20: 10, 10, 10 of 10 reps, pain 0 of 10.",
    ]
    assert verdict.reasons[0].row_ids == ("row-00001", "row-00002", "row-00003")


def test_reps_never_pass_the_range() -> None:
    p = prescription(dose=Dose(sets=1, reps=11, reps_min=8, reps_max=12))
    new = after(p, (11,), (11,)).new
    assert new is not None and new.reps == 12


@pytest.mark.parametrize(
    ("bouts", "code"),
    [
        ((FULL,), "too_few_sessions"),
        ((FULL, (10, 10)), "sets_missing"),
        ((FULL, (10, 10, 9)), "work_short"),
        (((10, 10, 9), FULL), "work_short"),
    ],
)
def test_an_unfinished_session_is_not_good_enough(bouts: tuple[tuple[int, ...], ...], code: str) -> None:
    verdict = after(prescription(), *bouts)
    assert (verdict.kind, codes(verdict)) == (VerdictKind.HOLD, [code])


def test_an_unfinished_session_in_between_breaks_the_row_and_a_skipped_one_does_not() -> None:
    p = prescription()
    assert after(p, FULL, (10,), FULL).kind is VerdictKind.HOLD
    phone = Phone()
    phone.log(p, D(17), *FULL, pain=0)
    phone.skip(p, D(18))
    phone.log(p, D(19), *FULL, pain=0)
    assert assess(phone.history(version(p)), p, NOW).kind is VerdictKind.ADVANCE


def test_extra_sessions_count_and_an_extra_set_joins_its_session() -> None:
    p = prescription()
    phone = Phone()
    phone.log(p, D(19), *FULL, pain=0)
    phone.log(p, D(20), *FULL, pain=0, extra=True, session="session-extra-1")
    assert assess(phone.history(version(p)), p, NOW).kind is VerdictKind.ADVANCE
    phone.log(p, D(20), 4, pain=0, extra=True, session="session-extra-1", first=4)
    assert codes(assess(phone.history(version(p)), p, NOW)) == ["work_short"]


@pytest.mark.parametrize(("gap", "kind"), [(14, VerdictKind.ADVANCE), (15, VerdictKind.HOLD)])
def test_a_gap_of_more_than_fourteen_days_starts_anew(gap: int, kind: VerdictKind) -> None:
    p = prescription()
    phone = Phone()
    phone.log(p, D(20 - gap), *FULL, pain=0)
    phone.log(p, D(20), *FULL, pain=0)
    assert assess(phone.history(version(p)), p, NOW).kind is kind


def test_sessions_longer_than_fourteen_days_ago_propose_nothing() -> None:
    assert codes(after(prescription(), FULL, FULL, now=at(D(35)))) == ["too_few_sessions"]
    assert after(prescription(), FULL, FULL, now=at(D(34))).kind is VerdictKind.ADVANCE


def test_only_a_change_of_its_own_dose_resets_a_prescription() -> None:
    p = prescription()
    phone = Phone()
    phone.log(p, D(18), *FULL, pain=0, version=1)
    phone.log(p, D(20), *FULL, pain=0, version=2)
    same = version(p, number=2, effective_on=D(19))
    assert assess(phone.history(version(p), same), p, NOW).kind is VerdictKind.ADVANCE
    changed = replace(p, dose_since_version=2)
    history = phone.history(version(p), version(changed, number=2, effective_on=D(19)))
    assert codes(assess(history, changed, NOW)) == ["too_few_sessions"]


def test_effort_of_eight_is_fine_nine_is_not_and_a_missing_one_is_noted() -> None:
    p = prescription()
    assert after(p, FULL, FULL, effort=8).kind is VerdictKind.ADVANCE
    assert set(codes(after(p, FULL, FULL, effort=9))) == {"effort_high"}
    noted = after(p, FULL, FULL, effort=None)
    assert noted.kind is VerdictKind.ADVANCE
    assert [r.code for r in noted.reasons] == ["session", "session", "effort_missing", "effort_missing"]


def test_pain_that_was_not_given_holds() -> None:
    assert codes(after(prescription(), FULL, FULL, pain=None)) == ["pain_missing", "pain_missing"]


def test_amber_twice_progresses_only_where_the_prescription_allows_it() -> None:
    assert codes(after(prescription(), FULL, FULL, pain=4)) == ["pain_amber", "pain_amber"]
    allowed = prescription(amber_may_progress=True)
    assert after(allowed, FULL, FULL, pain=4).kind is VerdictKind.ADVANCE
    stretch = replace(held("strength", 20), amber_may_progress=True)
    assert set(codes(after(stretch, (20, 20), (20, 20), pain=4))) == {"pain_amber"}, "holds need green"


def test_the_next_morning_decides_for_loaded_exercises() -> None:
    p = prescription(ex=exercise(loaded=True))
    phone = Phone()
    phone.mornings(D(17), 1, 1, 1)
    phone.log(p, D(18), *FULL, pain=1)
    phone.log(p, D(20), *FULL, pain=1)
    phone.morning(D(18), 1)
    assert codes(assess(phone.history(version(p)), p, NOW)) == ["pain_pending"]
    phone.morning(D(20), 1)
    assert assess(phone.history(version(p)), p, at(D(21))).kind is VerdictKind.ADVANCE


def test_a_missing_morning_never_advances() -> None:
    p = prescription(ex=exercise(loaded=True))
    phone = Phone()
    phone.mornings(D(17), 1, 1, 1)
    phone.log(p, D(18), *FULL, pain=1)
    phone.log(p, D(20), *FULL, pain=1)
    phone.morning(D(20), 1)
    assert codes(assess(phone.history(version(p)), p, at(D(22)))) == ["pain_unanswered"]


def test_both_sides_must_be_ready_and_the_reason_names_the_one_that_is_not() -> None:
    p = prescription(ex=exercise(laterality=Laterality.UNILATERAL), side=Side.BOTH)
    phone = Phone()
    for day in (19, 20):
        phone.log(p, D(day), *FULL, pain=0, side=Side.LEFT)
        phone.log(p, D(day), 10, 10, 8 if day == 20 else 10, pain=0, side=Side.RIGHT)
    verdict = assess(phone.history(version(p)), p, NOW)
    assert [b.text for b in verdict.blockers] == ["Nov 20, right side: 10, 10, 8 of 10 reps."]


def test_two_for_two_asks_for_two_more_in_the_last_set() -> None:
    p = prescription(two_for_two=True)
    assert codes(after(p, FULL, (10, 10, 11))) == ["last_set_short", "last_set_short"]
    assert after(p, (10, 10, 12), (10, 10, 12)).kind is VerdictKind.ADVANCE


def heavy(load: Load | None, **more: Any) -> Prescription:
    return prescription(dose=replace(TOP, load=load), **more)


DONE = (12, 12, 12)


def test_at_the_top_of_the_range_the_load_goes_up_and_reps_go_back() -> None:
    verdict = after(heavy(kg("20")), DONE, DONE)
    assert verdict.what is What.LOAD
    assert verdict.new == replace(TOP, reps=8, load=kg("21"))


@pytest.mark.parametrize(
    ("load", "weights", "expected", "said"),
    [
        (kg("20"), (), kg("21"), False),
        (kg("8"), (), kg("8.5"), False),
        (kg("3"), (), kg("3.5"), True),
        (lb("3"), (), lb("4"), True),
        (kg("5"), (kg("5"), kg("6")), kg("6"), True),
        (kg("6"), (kg("6"), kg("7")), None, False),
        (kg("4"), (kg("4"), kg("6")), None, False),
        (lb("10"), (lb("10"), lb("12")), lb("12"), True),
        (lb("11"), (lb("11"), lb("13")), None, False),
        (kg("20"), (kg("20"), kg("22")), kg("22"), False),
        (kg("20"), (kg("20"),), None, False),
    ],
)
def test_a_load_step_is_what_the_equipment_allows(
    load: Load, weights: tuple[Load, ...], expected: Load | None, said: bool
) -> None:
    verdict = after(heavy(load), DONE, DONE, loads=Equipment(weights=weights))
    if expected is None:
        assert codes(verdict) == ["top_of_exercise"]
    else:
        assert verdict.new is not None and verdict.new.load == expected
        assert ("smallest_step" in [r.code for r in verdict.reasons]) is said


def test_a_band_goes_to_the_next_color_of_the_clinic() -> None:
    banded = exercise(equipment=("band",))
    bands = Equipment(bands=("yellow", "red", "green"))
    verdict = after(heavy(band("red"), ex=banded), DONE, DONE, loads=bands)
    assert verdict.new is not None and verdict.new.load == band("green")
    assert codes(after(heavy(band("green"), ex=banded), DONE, DONE, loads=bands)) == ["top_of_exercise"]
    assert codes(after(heavy(None, ex=banded), DONE, DONE, loads=bands)) == ["band_unnamed"]
    assert codes(after(heavy(band("silver"), ex=banded), DONE, DONE, loads=bands)) == ["band_unknown"]
    assert codes(after(heavy(band("red"), ex=banded), DONE, DONE)) == ["band_unknown"]


def test_a_lighter_or_unlogged_load_holds_and_a_heavier_one_does_not() -> None:
    assert set(codes(after(heavy(kg("4")), DONE, DONE, load=kg("3.5")))) == {"load_below"}
    assert after(heavy(kg("4")), DONE, DONE, load=lb("9")).kind is VerdictKind.ADVANCE
    assert set(codes(after(heavy(band("red")), DONE, DONE, load=kg("4")))) == {"load_below"}


def test_without_a_load_to_add_the_next_rung_or_the_top() -> None:
    rung = exercise(loadable=False, harder_ids=("ex-lunge", "ex-jump"))
    verdict = after(heavy(None, ex=rung), DONE, DONE)
    assert (verdict.what, verdict.next_exercise_id, verdict.new) == (What.RUNG, "ex-lunge", None)
    top = after(heavy(None, ex=exercise(loadable=False)), DONE, DONE)
    assert codes(top) == ["top_of_exercise"]
    assert top.blockers[0].text == "This is the top of this exercise."


def held(type_: str, seconds: int, *, top: int | None = None, harder: tuple[str, ...] = ()) -> Prescription:
    ex = exercise(
        type=type_, mode=Mode.HOLD, dose=Dose(sets=2, reps=1, hold_s=seconds, hold_max_s=top), harder_ids=harder
    )
    return prescription(ex=ex, progression=ProgressionRule.HOLD)


@pytest.mark.parametrize(
    ("type_", "seconds", "top", "expected"),
    [
        ("stretch", 20, None, 25),
        ("stretch", 28, None, 30),
        ("strength", 30, None, 35),
        ("strength", 43, None, 45),
        ("strength", 45, 60, 50),
    ],
)
def test_holds_grow_by_five_seconds_to_their_ceiling(type_: str, seconds: int, top: int | None, expected: int) -> None:
    verdict = after(held(type_, seconds, top=top), (seconds, seconds), (seconds, seconds))
    assert verdict.new is not None
    assert (verdict.what, verdict.new.hold_s) == (What.HOLD, expected)


def test_at_its_ceiling_a_stretch_stays_and_a_strength_hold_proposes_its_rung() -> None:
    assert codes(after(held("stretch", 30, harder=("ex-more",)), (30, 30), (30, 30))) == ["at_ceiling"]
    assert after(held("strength", 45, harder=("ex-more",)), (45, 45), (45, 45)).next_exercise_id == "ex-more"
    assert codes(after(held("balance", 20), (20, 20), (20, 20))) == ["at_ceiling"], "other types: what is prescribed"


def test_a_hold_one_second_short_is_not_ready() -> None:
    assert codes(after(held("stretch", 20), (20, 20), (20, 19))) == ["work_short"]


@pytest.mark.parametrize(
    ("seconds", "longer"), [(600, 660), (300, 330), (60, 75), (3600, 3900), (3300, 3600), (7200, 7200)]
)
def test_time_grows_by_a_tenth_rounded_up_and_by_five_minutes_at_most(seconds: int, longer: int) -> None:
    assert longer_time(seconds) == longer


def walk(**more: Any) -> Prescription:
    ex = exercise(
        mode=Mode.DURATION, type="functional", loadable=False, dose=Dose(sets=1, duration_s=600, duration_max_s=630)
    )
    return prescription(ex=ex, progression=ProgressionRule.TIME, **more)


def test_timed_work_needs_three_sessions_and_stops_at_its_ceiling() -> None:
    assert codes(after(walk(), (600,), (600,))) == ["too_few_sessions"]
    new = after(walk(), (600,), (600,), (600,)).new
    assert new is not None and new.duration_s == 630
    full = replace(walk(), dose=replace(walk().dose, duration_s=630))
    assert codes(after(full, (630,), (630,), (630,))) == ["at_ceiling"]


@pytest.mark.parametrize(("changed_on", "kind"), [(D(13), VerdictKind.ADVANCE), (D(14), VerdictKind.HOLD)])
def test_timed_work_grows_once_a_week_at_most(changed_on: date, kind: VerdictKind) -> None:
    now_p = walk(dose_since_version=2)
    phone = Phone()
    for day in (18, 19, 20):
        phone.log(now_p, D(day), 600, pain=0, version=2)
    history = phone.history(version(walk()), version(now_p, number=2, effective_on=changed_on))
    assert assess(history, now_p, NOW).kind is kind


def rom_history(p: Prescription, *, days: int, pain: int = 0, begin: int = 6) -> History:
    phone = Phone()
    for day in range(begin, begin + days):
        phone.log(p, D(day), *FULL, pain=pain)
    return phone.history(version(p, effective_on=D(begin)))


def test_range_of_motion_asks_next_rung_or_stop_after_fourteen_days() -> None:
    p = prescription(
        progression=ProgressionRule.ROM, ex=exercise(harder_ids=("ex-more",)), schedule=Schedule(from_on=D(6))
    )
    asked = assess(rom_history(p, days=14), p, NOW)
    assert (asked.what, asked.new, asked.next_exercise_id) == (What.RUNG, None, "ex-more")
    assert codes(assess(rom_history(p, days=13), p, at(D(19)))) == ["too_early"]
    assert assess(rom_history(p, days=12), p, NOW).kind is VerdictKind.ADVANCE, "12 of 14 days are 86%"
    assert codes(assess(rom_history(p, days=11), p, NOW)) == ["dose_low"], "11 of 14 days are 79%"
    assert set(codes(assess(rom_history(p, days=14, pain=4), p, NOW))) == {"pain_amber"}


def test_exactly_eighty_percent_of_the_dose_is_enough() -> None:
    p = prescription(progression=ProgressionRule.ROM, dose=Dose(sets=5, reps=10), schedule=Schedule(from_on=D(6)))
    phone = Phone()
    for day in range(6, 20):
        phone.log(p, D(day), 10, 10, 10, 10, pain=0)
    verdict = assess(phone.history(version(p, effective_on=D(6))), p, NOW)
    assert (verdict.what, verdict.reasons[0].text) == (What.RUNG, "80% of the dose in 14 days.")


def otago(sets: int, reps: int, load: Load | None = None, **more: Any) -> Prescription:
    ex = exercise(equipment=("ankle_weight",), **more)
    dose = Dose(sets=sets, reps=reps, reps_min=8, reps_max=12, load=load)
    return prescription(ex=ex, dose=dose, progression=ProgressionRule.OTAGO_STRENGTH)


def test_otago_strength_goes_from_one_set_to_two_and_then_to_the_next_weight() -> None:
    more = after(otago(1, 8), (8,), (8,))
    assert (more.what, more.new and (more.new.sets, more.new.reps)) == (What.SETS, (2, 10))
    weight = after(otago(2, 10, kg("1")), (10, 10), (10, 10))
    assert weight.new is not None
    assert (weight.new.sets, weight.new.reps, weight.new.load) == (1, 8, kg("1.5"))
    first = after(otago(2, 10), (10, 10), (10, 10))
    assert first.new is not None and first.new.load == Load(unit=LoadUnit.KG, amount=kg("0.5").amount)
    top = after(otago(2, 10, kg("2")), (10, 10), (10, 10), loads=Equipment(weights=(kg("2"), kg("4"))))
    assert codes(top) == ["top_of_exercise"], "the smallest step is more than 1 kg"


def test_a_loss_of_balance_holds_otago() -> None:
    assert set(codes(after(otago(1, 8), (8,), (8,), lost_balance=True))) == {"lost_balance"}


def balance() -> Prescription:
    ex = exercise(type="balance", mode=Mode.HOLD, dose=Dose(sets=2, reps=1, hold_s=10), harder_ids=("ex-tandem",))
    return prescription(ex=ex, progression=ProgressionRule.OTAGO_BALANCE)


def test_balance_needs_its_target_on_three_different_days() -> None:
    done = (10, 10)
    assert codes(after(balance(), done, done)) == ["too_few_sessions"]
    assert after(balance(), done, done, done).next_exercise_id == "ex-tandem"
    phone = Phone()
    for slot in (1, 2, 3):
        phone.log(balance(), D(20), *done, slot=slot, pain=0)
    assert codes(assess(phone.history(version(balance())), balance(), NOW)) == ["too_few_sessions"]


def test_an_exercise_without_a_rule_never_progresses() -> None:
    p = prescription(progression=ProgressionRule.NONE)
    assert codes(after(p, FULL, FULL)) == ["rule_none"]


def test_a_locked_family_holds() -> None:
    p = prescription()
    phone = Phone()
    for day in (19, 20):
        phone.log(p, D(day), *FULL, pain=0)
    history = phone.history(version(p))
    for locked in (frozenset({"quad"}), frozenset({None})):
        assert codes(assess(history, p, NOW, locked=locked)) == ["locked"]
    assert assess(history, p, NOW, locked=frozenset({"calf"})).kind is VerdictKind.ADVANCE


def test_rising_mornings_hold_every_exercise_of_the_episode() -> None:
    p = prescription()
    phone = Phone()
    for pain, day in ((1, 3), (2, 10), (3, 17)):
        phone.morning(D(day), pain)
    for day in (19, 20):
        phone.log(p, D(day), *FULL, pain=0)
    assert codes(assess(phone.history(version(p)), p, NOW)) == ["rising"]


def test_a_verdict_and_a_draft_travel_as_json() -> None:
    verdict = after(prescription(), FULL, FULL)
    assert codec.load(Verdict, json.loads(json.dumps(codec.dump(verdict)))) == verdict
    draft = draft_of(version(prescription()), D(2))
    assert codec.load(Draft, json.loads(json.dumps(codec.dump(draft)))) == draft


# One step back


def red(p: Prescription, *days: int) -> History:
    phone = Phone()
    for day in days:
        phone.log(p, D(day), 10, pain=6)
    return phone.history(version(p))


@pytest.mark.parametrize(
    ("p", "what", "expected"),
    [
        (heavy(kg("20")), What.LOAD, replace(TOP, load=kg("18.0"))),
        (heavy(lb("3")), What.LOAD, replace(TOP, load=lb("2"))),
        (heavy(kg("0.5")), What.REPS, replace(TOP, load=kg("0.5"), reps=8)),
        (heavy(None), What.REPS, replace(TOP, reps=8)),
        (prescription(dose=Dose(sets=3, reps=8, reps_min=8)), What.SETS, Dose(sets=2, reps=8, reps_min=8)),
        (prescription(dose=Dose(sets=1, reps=8)), What.REST, None),
        (held("stretch", 30), What.HOLD, Dose(sets=2, reps=1, hold_s=24)),
        (walk(), What.TIME, Dose(sets=1, duration_s=480, duration_max_s=630)),
    ],
)
def test_a_red_session_takes_one_step_back(p: Prescription, what: What, expected: Dose | None) -> None:
    history = red(p, 20)
    verdict = assess(history, p, NOW)
    assert (verdict.kind, verdict.what, verdict.new) == (VerdictKind.REGRESS, what, expected)
    assert overlay(history, p, NOW) == (expected or REST)
    assert verdict.reasons[0].text == "Nov 20: pain 6 of 10, above 5."


def test_a_red_outranks_a_rule_that_never_progresses_and_proposes_the_easier_rung() -> None:
    p = prescription(progression=ProgressionRule.NONE, ex=exercise(easier_ids=("ex-easy",)))
    verdict = assess(red(p, 20), p, NOW)
    assert (verdict.kind, verdict.next_exercise_id) == (VerdictKind.REGRESS, "ex-easy")


def test_the_overlay_ends_with_the_next_green_session_and_not_with_an_amber_one() -> None:
    p = prescription()
    phone = Phone()
    phone.log(p, D(18), 10, pain=6)
    assert overlay(phone.history(version(p)), p, NOW) == replace(p.dose, reps=8)
    phone.log(p, D(19), 8, pain=4)
    assert overlay(phone.history(version(p)), p, NOW) == replace(p.dose, reps=8)
    phone.log(p, D(20), 8, pain=3)
    assert overlay(phone.history(version(p)), p, NOW) is None


def test_the_overlay_ends_with_a_new_dose_from_the_therapist() -> None:
    p = prescription()
    phone = Phone()
    phone.log(p, D(18), 10, pain=6)
    eased = replace(p, dose=replace(p.dose, reps=9), dose_since_version=2)
    history = phone.history(version(p), version(eased, number=2, effective_on=D(19)))
    assert overlay(history, eased, NOW) is None


def test_two_reds_take_two_steps_hold_progress_and_raise_a_flag() -> None:
    p = prescription()
    history = red(p, 18, 20)
    assert overlay(history, p, NOW) == replace(p.dose, reps=8, sets=2)
    assert codes(assess(history, p, NOW)) == ["two_reds"]
    assert two_reds(history, p, NOW) == ("row-00002", "row-00001")


@pytest.mark.parametrize(("first", "flagged"), [(14, True), (13, False)])
def test_two_reds_count_within_seven_days(first: int, flagged: bool) -> None:
    p = prescription()
    assert bool(two_reds(red(p, first, 20), p, NOW)) is flagged


def test_progress_stays_held_after_two_reds_even_when_green_again() -> None:
    p = prescription()
    phone = Phone()
    for day in (15, 16):
        phone.log(p, D(day), 10, pain=6)
    for day in (19, 20):
        phone.log(p, D(day), *FULL, pain=0)
    assert codes(assess(phone.history(version(p)), p, NOW)) == ["two_reds"]
    assert assess(phone.history(version(p)), p, at(D(23))).kind is VerdictKind.ADVANCE


def test_one_bad_morning_after_two_sessions_is_one_red() -> None:
    p = prescription(ex=exercise(loaded=True), schedule=Schedule(from_on=D(1), times_per_day=2))
    phone = Phone()
    phone.mornings(D(19), 1, 1, 1)
    for slot in (1, 2):
        phone.log(p, D(19), *FULL, slot=slot, pain=1)
    phone.morning(D(19), 4)
    history = phone.history(version(p))
    assert overlay(history, p, NOW) == replace(p.dose, reps=8)
    assert two_reds(history, p, NOW) == ()


def test_two_painful_sessions_of_one_day_are_two_reds() -> None:
    p = prescription(schedule=Schedule(from_on=D(1), times_per_day=2))
    phone = Phone()
    for slot in (1, 2):
        phone.log(p, D(20), 10, slot=slot, pain=6)
    assert overlay(phone.history(version(p)), p, NOW) == replace(p.dose, reps=8, sets=2)


def test_a_sign_of_the_rule_steps_back_without_a_number() -> None:
    p = prescription(ex=exercise(pain_rule=PainRule.NERVE))
    phone = Phone()
    phone.log(p, D(20), 10, signs=(Sign.TINGLING_LASTS,))
    verdict = assess(phone.history(version(p)), p, NOW)
    assert verdict.reasons[0].text == "Nov 20: the sign this exercise is stopped for was there."
