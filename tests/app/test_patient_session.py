"""The player: what is logged, what is asked, and what stops."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from app.strings import words
from hep.facts import Correction, ItemSkip, Provenance, RedFlag, Retraction, SessionEnd, SetLog, Sign, SkipReason
from hep.records import Dose, Laterality, Load, LoadUnit, PainRule, Prescription, ProgressionRule, Side
from tests.app.device import Device
from tests.app.examples import TODAY, a_set, squat
from tests.app.patient_world import CLINIC, MORNING, World, bridge, patient, version, yesterday

SQUAT = f"squat-0001|{TODAY.isoformat()}|1"


def with_rule(rule: PainRule, **changes: Any) -> Prescription:
    base = squat()
    return replace(base, exercise=replace(base.exercise, pain_rule=rule), **changes)


async def log_one(world: World, pain: int = 2, effort: int = 8) -> None:
    await world.ui.tap("set-done")
    await world.ui.tap(f"pain-{pain}")
    if world.ui.has(f"effort-{effort}"):
        await world.ui.tap(f"effort-{effort}")


async def test_a_set_is_in_the_store_after_three_taps(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await log_one(world, pain=2, effort=8)

        (log,) = await world.sets()
        assert (log.reps, log.pain, log.effort, log.planned, log.set_index) == (10, 2, 8, SQUAT, 1)
        assert log.started_at is not None
        assert log.ended_at is not None
        assert world.ui.shows("Set 2 now")


async def test_two_quick_taps_on_one_drawing_both_count(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await world.ui.tap("set-done")

        await world.ui.tap_together("pain-2", "effort-8")

        (log,) = await world.sets()
        assert (log.pain, log.effort) == (2, 8)


async def test_the_counter_starts_at_the_prescribed_reps_and_counts(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        assert "10" in world.ui.texts()

        await world.ui.tap("count-less")
        await world.ui.tap("count-less")
        await world.ui.tap("count-more")
        await log_one(world)

        assert [log.reps for log in await world.sets()] == [9]


async def test_how_to_do_it_is_one_tap_from_the_set_and_the_count_waits(tmp_path: Path) -> None:
    why = "Trains your thighs for stairs."
    base = squat()
    prescribed = replace(base, exercise=replace(base.exercise, why=why, harder=("Deeper squat",)))
    async with patient(tmp_path, version(1, prescribed, bridge())) as world:
        await world.ui.tap("start")
        await world.ui.tap("count-less")
        assert "9" in world.ui.texts()

        await world.ui.tap("how-to")

        assert world.ui.shows(why)
        assert world.ui.shows("Harder: Deeper squat")
        assert world.ui.shows("Your therapist decides when to change.")
        assert world.ui.has("picture-motion")
        await world.ui.tap("close-help")
        assert "9" in world.ui.texts()


async def test_the_last_answers_are_one_tap_away(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await log_one(world, pain=3, effort=9)

        await world.ui.tap("set-done")
        await world.ui.tap("same-answers")

        assert [(log.set_index, log.pain, log.effort) for log in await world.sets()] == [(1, 3, 9), (2, 3, 9)]


async def test_all_sets_of_an_exercise_take_three_taps_and_carry_no_times(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await world.ui.tap("all-done")
        await world.ui.tap("pain-1")
        await world.ui.tap("effort-6")

        logs = await world.sets()
        assert [(log.set_index, log.reps, log.started_at) for log in logs] == [(1, 10, None), (2, 10, None)]
        assert world.ui.shows("Bridge")


@pytest.mark.parametrize(("pain", "stops"), [(5, False), (6, True)])
async def test_a_standard_exercise_stops_above_five(tmp_path: Path, pain: int, stops: bool) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await log_one(world, pain=pain)

        assert [log.stopped for log in await world.sets()] == [stops]
        assert world.ui.shows(words.stop_title) is stops


async def test_pain_above_the_ceiling_needs_no_effort_and_closes_the_exercise(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await log_one(world, pain=7)
        await world.ui.tap("none-of-these")

        assert [(log.pain, log.effort) for log in await world.sets()] == [(7, None)]
        assert world.ui.shows("Bridge")


async def test_it_hurts_within_the_limit_leaves_the_choice_to_the_patient(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await world.ui.tap("it-hurts")
        await world.ui.tap("hurts-4")

        assert world.ui.shows("up to 5 you may go on gently")
        assert await world.sets() == []

        await world.ui.tap("skip-after-hurt")
        await world.ui.tap("skip-pain")

        assert [skip.reason for skip in await world.stored(ItemSkip)] == [SkipReason.PAIN]


async def test_it_hurts_above_the_limit_logs_only_the_reps_that_were_counted(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await world.ui.tap("it-hurts")
        await world.ui.tap("count-more")
        await world.ui.tap("hurts-8")

        assert [(log.reps, log.pain, log.stopped) for log in await world.sets()] == [(1, 8, True)]
        assert world.ui.shows(words.stop_title)


async def test_a_skip_takes_a_reason_and_goes_on(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await world.ui.tap("skip")
        await world.ui.tap("skip-no_time")

        assert [(skip.planned, skip.reason) for skip in await world.stored(ItemSkip)] == [(SQUAT, SkipReason.NO_TIME)]
        assert world.ui.shows("Bridge")


async def test_an_entry_the_phone_cannot_keep_stays_on_the_screen_and_is_saved_once(tmp_path: Path) -> None:
    device = Device(tmp_path)
    async with patient(tmp_path, version(), device=device) as world:
        await world.ui.tap("start")
        await world.ui.tap("set-done")
        await world.ui.tap("pain-2")
        device.refuses = True
        await world.ui.tap("effort-8")

        assert world.ui.shows(words.not_saved)
        assert await world.sets() == []
        assert not world.ui.shows(words.saved_here)

        device.refuses = False
        await world.ui.tap("save-again")

        assert [(log.pain, log.effort) for log in await world.sets()] == [(2, 8)]
        assert not world.ui.has("not-saved")


async def test_the_rest_counts_down_and_can_be_skipped(tmp_path: Path) -> None:
    resting = replace(squat(), dose=Dose(sets=2, reps=10, rest_s=60))
    async with patient(tmp_path, version(1, resting)) as world:
        await world.ui.tap("start")
        await log_one(world)

        assert world.ui.shows(words.rest_now)
        assert "60" in world.ui.texts()
        await world.ui.tap("skip-rest")
        assert world.ui.shows("Set 2 now")


async def test_a_hold_is_timed_and_its_seconds_are_logged(tmp_path: Path) -> None:
    async with patient(tmp_path, version(1, bridge())) as world:
        await world.ui.tap("start")
        await world.ui.tap("timer-start")
        world.now += timedelta(seconds=12)
        await world.ui.tap("finish-set")
        await world.ui.tap("pain-0")
        await world.ui.tap("effort-6")

        assert [(log.seconds, log.reps) for log in await world.sets()] == [(12, 1)]


async def test_a_paused_timer_stands_still(tmp_path: Path) -> None:
    async with patient(tmp_path, version(1, bridge())) as world:
        await world.ui.tap("start")
        await world.ui.tap("timer-start")
        world.now += timedelta(seconds=5)
        await world.ui.tap("timer-pause")
        world.now += timedelta(minutes=3)
        await world.ui.tap("finish-set")
        await world.ui.tap("pain-0")
        await world.ui.tap("effort-6")

        assert [log.seconds for log in await world.sets()] == [5]


async def test_each_side_is_done_and_logged_on_its_own(tmp_path: Path) -> None:
    base = squat(sets=1)
    both = replace(base, side=Side.BOTH, exercise=replace(base.exercise, laterality=Laterality.UNILATERAL))
    async with patient(tmp_path, version(1, both)) as world:
        await world.ui.tap("start")
        assert world.ui.shows("Left side")
        await log_one(world)
        assert world.ui.shows("Right side")
        await log_one(world)

        assert [log.side for log in await world.sets()] == [Side.LEFT, Side.RIGHT]


async def test_with_one_set_left_there_is_nothing_to_do_all_at_once(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        assert world.ui.has("all-done")
        await log_one(world)

        assert not world.ui.has("all-done")
        assert world.ui.has("skip")


async def test_a_saved_set_is_announced_and_an_unsaved_one_is_not(tmp_path: Path) -> None:
    device = Device(tmp_path)
    async with patient(tmp_path, version(), device=device) as world:
        await world.ui.tap("start")
        device.refuses = True
        await log_one(world)
        assert "announce_message" not in [name for name, _ in world.ui.connection.calls]

        device.refuses = False
        await world.ui.tap("save-again")
        assert "announce_message" in [name for name, _ in world.ui.connection.calls]


async def test_a_session_ended_without_a_set_claims_nothing(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await world.ui.tap("leave")
        await world.ui.tap("end-here")
        await world.ui.tap("after-none")

        assert world.ui.shows(words.finish_nothing)
        assert not world.ui.shows(words.next_morning)
        assert [end.pain_after for end in await world.stored(SessionEnd)] == [None]


async def test_the_load_is_shown_and_logged_in_its_own_unit(tmp_path: Path) -> None:
    load = Load(unit=LoadUnit.BAND, band="red")
    async with patient(tmp_path, version(1, replace(squat(), dose=Dose(sets=1, reps=10, load=load)))) as world:
        await world.ui.tap("start")
        assert world.ui.shows("red band")
        await log_one(world)

        assert [log.load for log in await world.sets()] == [load]


@pytest.mark.parametrize(
    ("rule", "sign"),
    [
        (PainRule.NERVE, Sign.TINGLING_LASTS),
        (PainRule.CENTRALIZE, Sign.MOVING_DOWN),
        (PainRule.VESTIBULAR, Sign.DIZZINESS_STAYS),
    ],
)
async def test_a_rule_with_a_sign_of_its_own_asks_for_it(tmp_path: Path, rule: PainRule, sign: Sign) -> None:
    async with patient(tmp_path, version(1, with_rule(rule))) as world:
        await world.ui.tap("start")
        await world.ui.tap("set-done")
        assert world.ui.shows(words.sign_words[sign])
        await world.ui.tap("sign")
        await world.ui.tap("pain-1")
        await world.ui.tap("effort-6")

        assert [log.signs for log in await world.sets()] == [(sign,)]


async def test_an_exercise_without_a_sign_asks_for_none(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await world.ui.tap("set-done")

        assert not world.ui.has("sign")
        assert not world.ui.has("lost-balance")


async def test_loss_of_balance_is_asked_where_progress_depends_on_it(tmp_path: Path) -> None:
    base = replace(squat(), progression=ProgressionRule.OTAGO_BALANCE)
    async with patient(tmp_path, version(1, base)) as world:
        await world.ui.tap("start")
        await world.ui.tap("set-done")
        await world.ui.tap("lost-balance")
        await world.ui.tap("pain-0")
        await world.ui.tap("effort-6")

        assert [log.lost_balance for log in await world.sets()] == [True]


async def test_after_a_red_session_the_dose_is_one_step_back_and_says_why(tmp_path: Path) -> None:
    red = a_set(
        1,
        on=yesterday(),
        at=MORNING - timedelta(days=1),
        planned=f"squat-0001|{yesterday().isoformat()}|1",
        session_id="session-red1",
        pain=8,
    )
    heavy = replace(squat(sets=3), dose=Dose(sets=3, reps=10, reps_min=8))
    async with patient(tmp_path, version(1, heavy), facts=(red,)) as world:
        assert world.ui.shows(words.stepped_back)
        await world.ui.tap("start")

        assert world.ui.shows("Your full dose is 3 sets of 10")
        assert world.ui.shows("of 8 reps")


async def test_a_killed_app_goes_on_with_the_next_set(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await log_one(world)
    async with patient(tmp_path, version()) as world:
        assert world.ui.shows(words.resume)
        await world.ui.tap("start")

        assert world.ui.shows("Set 2 now")


async def test_leaving_a_session_loses_nothing(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await log_one(world)
        await world.ui.tap("leave")

        assert world.ui.shows("1 of 2 sets logged")
        assert world.ui.shows(words.resume)


async def finish(world: World, after: int) -> None:
    await world.ui.tap("start")
    await world.ui.tap("all-done")
    await world.ui.tap("pain-1")
    await world.ui.tap("effort-6")
    await world.ui.tap("finish-set")
    await world.ui.tap("pain-0")
    await world.ui.tap("effort-6")
    await world.ui.tap(f"after-{after}")


async def test_the_end_asks_pain_after_once_and_shows_the_facts(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await finish(world, after=2)

        (end,) = await world.stored(SessionEnd)
        assert (end.pain_after, end.slot, end.provenance) == (2, 1, Provenance.SAME_DAY)
        for sentence in (words.finish_title, "3 of 3", "2 of 10", words.safe_here, "Next session: tomorrow."):
            assert world.ui.shows(sentence), sentence

        await world.ui.tap("finish-done")
        assert world.ui.shows(words.done_today(1))


async def test_nothing_is_celebrated_after_much_pain(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await finish(world, after=6)

        assert not has_check(world)


def has_check(world: World) -> bool:
    return bool(world.ui.all(ft.Icon, lambda icon: icon.icon == ft.Icons.CHECK and icon.size == 38))


async def test_a_good_session_gets_its_check(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await finish(world, after=1)

        assert has_check(world)


async def test_a_logged_set_can_be_corrected_and_the_first_entry_is_kept(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await finish(world, after=1)
        first = next(row for row in await world.rows() if isinstance(row.fact, SetLog))
        await world.ui.tap(f"correct-{first.id}")
        await world.ui.tap("count-less")
        await world.ui.tap("correct-pain-4")
        await world.ui.tap("save-correction")

        (correction,) = await world.stored(Correction)
        assert correction.target_id == first.id
        assert world.ui.shows("Set 1: 9 reps · pain\u00a04")


async def test_a_set_that_was_not_done_can_be_withdrawn(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await finish(world, after=1)
        first = next(row for row in await world.rows() if isinstance(row.fact, SetLog))
        await world.ui.tap(f"correct-{first.id}")
        await world.ui.tap("remove-set")

        assert [gone.target_id for gone in await world.stored(Retraction)] == [first.id]
        assert world.ui.shows("2 of 3")


async def test_the_stop_screen_names_the_clinics_own_number_and_signs(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("stop")

        assert world.ui.key("call-emergency").url == "tel:911"
        assert world.ui.key("call-clinic").url == "tel:5550142"
        assert world.ui.has("sign-calf")
        assert not world.ui.has("sign-double")
        texts = world.ui.texts()
        assert texts.index(words.any_now) < texts.index(words.any_today) < texts.index(words.none_of_these)


async def test_a_sign_is_recorded_and_holds_the_family_of_the_exercise(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap(f"exercise-{SQUAT}")
        await world.ui.tap("stop")
        await world.ui.tap("sign-calf")

        assert [(f.sign, f.family, f.prescription_id) for f in await world.stored(RedFlag)] == [
            ("calf", "squat", "squat-0001")
        ]
        assert world.ui.shows(words.recorded_title)
        assert world.ui.shows(CLINIC.clinic_text)
        await world.ui.tap("to-today")
        assert world.ui.shows(words.locked)


async def test_an_emergency_sign_holds_the_whole_program(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap(f"exercise-{SQUAT}")
        await world.ui.tap("stop")
        await world.ui.tap("sign-chest")
        assert world.ui.has("call-emergency")
        await world.ui.tap("to-today")

        assert [flag.family for flag in await world.stored(RedFlag)] == [None]
        assert world.ui.has("locked-all")
        assert not world.ui.has("start")
        assert words.on_hold in world.ui.texts()
        assert world.ui.shows(words.next_waits)
        assert not world.ui.shows(words.done_today(1))


async def test_a_sign_that_cannot_be_saved_is_not_shown_as_recorded(tmp_path: Path) -> None:
    device = Device(tmp_path)
    async with patient(tmp_path, version(), device=device) as world:
        await world.ui.tap("stop")
        device.refuses = True
        await world.ui.tap("sign-chest")

        assert world.ui.shows(words.not_saved)
        assert not world.ui.shows(words.recorded_title)
        assert world.ui.has("call-emergency")

        device.refuses = False
        await world.ui.tap("save-again")
        assert world.ui.shows(words.recorded_title)


async def test_two_quick_taps_on_one_answer_log_one_set(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await world.ui.tap("set-done")
        await world.ui.tap("pain-2")

        await world.ui.tap_together("effort-8", "effort-8", "effort-9")

        assert [(log.set_index, log.effort) for log in await world.sets()] == [(1, 8)]


async def test_a_set_tapped_again_from_an_older_drawing_is_not_logged_again(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await world.ui.tap("set-done")
        await world.ui.tap("pain-2")
        older = world.ui.key("effort-8").on_click
        await world.ui.tap("effort-8")

        older(None)
        await world.ui.settle()

        assert [log.set_index for log in await world.sets()] == [1]
        assert world.ui.shows("Set 2 now")


async def test_the_question_after_the_session_comes_straight_after_the_last_set(tmp_path: Path) -> None:
    async with patient(tmp_path, version(1, squat(sets=1))) as world:
        await world.ui.tap("start")
        await log_one(world)

        assert world.ui.shows(words.after_title)
        await world.ui.tap("back")
        assert world.ui.shows(words.one_question_left)
        await world.ui.tap("to-finish")
        await world.ui.tap("after-2")

        assert [end.pain_after for end in await world.stored(SessionEnd)] == [2]
        assert world.ui.shows(words.finish_title)


async def test_two_quick_answers_after_the_session_end_it_once(tmp_path: Path) -> None:
    async with patient(tmp_path, version(1, squat(sets=1))) as world:
        await world.ui.tap("start")
        await log_one(world)

        await world.ui.tap_together("after-2", "after-3")

        assert [end.pain_after for end in await world.stored(SessionEnd)] == [2]
        assert world.ui.shows("2 of 10")


async def test_an_end_that_is_not_saved_is_not_shown_as_the_end(tmp_path: Path) -> None:
    device = Device(tmp_path)
    async with patient(tmp_path, version(1, squat(sets=1)), device=device) as world:
        await world.ui.tap("start")
        await log_one(world)
        device.refuses = True
        await world.ui.tap("after-2")
        assert world.ui.shows(words.not_saved)
        assert not world.ui.shows(words.finish_title)

        device.refuses = False
        await world.ui.tap("save-again")
        assert world.ui.shows(words.finish_title)


@pytest.mark.parametrize("route", ["/session", "/finish"])
async def test_without_a_session_its_screens_lead_to_today(tmp_path: Path, route: str) -> None:
    async with patient(tmp_path, version(), route=route) as world:
        assert world.ui.has("start")
        assert world.model.route == "/"


async def test_a_reload_in_a_session_stays_in_it(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap("start")
        await log_one(world)
    async with patient(tmp_path, version(), route="/session") as world:
        assert world.ui.shows("Set 2 now")


async def test_a_hold_ends_by_itself_and_asks(tmp_path: Path) -> None:
    async with patient(tmp_path, version(1, bridge())) as world:
        await world.ui.tap("start")
        await world.ui.tap("timer-start")
        await world.let_pass(seconds=19)
        assert "1" in world.ui.texts()
        await world.let_pass(seconds=1)

        assert world.ui.shows(words.most_pain)
        await world.ui.tap("pain-0")
        await world.ui.tap("effort-6")
        assert [(log.seconds, log.reps) for log in await world.sets()] == [(20, 1)]


async def test_a_paused_hold_does_not_end_by_itself(tmp_path: Path) -> None:
    async with patient(tmp_path, version(1, bridge())) as world:
        await world.ui.tap("start")
        await world.ui.tap("timer-start")
        await world.ui.tap("timer-pause")
        await world.let_pass(minutes=5)

        assert world.ui.has("timer-start")


async def test_the_rest_ends_by_itself(tmp_path: Path) -> None:
    resting = replace(squat(), dose=Dose(sets=2, reps=10, rest_s=60))
    async with patient(tmp_path, version(1, resting)) as world:
        await world.ui.tap("start")
        await log_one(world)
        await world.let_pass(seconds=59)
        assert world.ui.shows(words.rest_now)
        assert "1" in world.ui.texts()
        await world.let_pass(seconds=1)

        assert world.ui.shows("Set 2 now")


async def test_no_unsaved_entry_is_lost_when_the_phone_can_save_again(tmp_path: Path) -> None:
    device = Device(tmp_path)
    async with patient(tmp_path, version(), device=device) as world:
        await world.ui.tap("start")
        device.refuses = True
        await world.ui.tap("all-done")
        await world.ui.tap("pain-1")
        await world.ui.tap("effort-6")
        assert await world.sets() == []

        device.refuses = False
        await world.ui.tap_together("save-again", "save-again")

        assert [log.set_index for log in await world.sets()] == [1, 2]
        assert world.ui.shows("Bridge")
        assert not world.ui.has("not-saved")


async def test_an_unsaved_set_answered_anew_is_logged_once_with_the_new_answer(tmp_path: Path) -> None:
    device = Device(tmp_path)
    async with patient(tmp_path, version(), device=device) as world:
        await world.ui.tap("start")
        device.refuses = True
        await log_one(world, pain=2)
        device.refuses = False
        await world.ui.tap("pain-3")

        assert [(log.set_index, log.pain) for log in await world.sets()] == [(1, 3)]
        assert not world.ui.has("not-saved")
