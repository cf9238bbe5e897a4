"""Today: what to do now, and how safe the entries are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import flet as ft

from app.patient.doing import Doing
from app.patient.shell import start
from app.strings import words
from hep.facts import Acknowledgement, CheckIn, Pause, SetLog, SkipReason
from hep.records import Schedule
from tests.app.device import Device
from tests.app.examples import TODAY, ZONE, a_set, squat
from tests.app.harness import UI, run_ui
from tests.app.patient_world import MORNING, bridge, patient, turn_off, version, yesterday


def damage(folder: Path) -> None:
    for file in folder.glob("*"):
        file.write_bytes(b"not a database at all" * 400)


@asynccontextmanager
async def damaged(folder: Path) -> AsyncIterator[UI]:
    """A phone that starts on whatever lies in its folder."""
    models: list[Doing | None] = []

    async def main(page: ft.Page) -> None:
        models.append(await start(page, Device(folder), lambda: MORNING))

    async with run_ui(main) as ui:
        yield ui
        assert models[0] is not None
        await turn_off(models[0])


def set_of(days_ago: int = 1, n: int = 1, **more: Any) -> SetLog:
    on = yesterday(days_ago)
    planned = f"squat-0001|{on.isoformat()}|1"
    return a_set(n, on=on, at=MORNING - timedelta(days=days_ago), planned=planned, session_id="session-old1", **more)


async def test_today_greets_by_name_and_offers_the_session(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        assert world.ui.shows("Good morning, Ana")
        assert world.ui.shows("Sunday, November 22")
        assert world.ui.shows("2 exercises")
        assert world.ui.has("start")


async def test_offline_is_a_notice_with_the_count_and_not_a_failure(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), unsent=(a_set(),)) as world:
        await world.model.fetch()
        await world.ui.settle()

        assert world.ui.shows(words.offline(1))
        assert world.ui.has("start")


async def test_a_phone_without_a_program_says_what_will_appear(tmp_path: Path) -> None:
    async with patient(tmp_path) as world:
        assert world.ui.shows(words.no_program)
        assert world.ui.has("fetch")


async def test_a_rest_day_names_the_next_date_and_no_percentage(tmp_path: Path) -> None:
    monday_only = Schedule(from_on=yesterday(10), weekdays=(1,))
    async with patient(tmp_path, version(1, replace(squat(), schedule=monday_only))) as world:
        assert world.ui.shows(words.rest_day)
        assert world.ui.shows("Next session: tomorrow.")
        assert not world.ui.shows("%")
        assert not world.ui.has("start")


async def test_every_day_of_the_week_is_spoken_with_its_state(tmp_path: Path) -> None:
    async with patient(tmp_path, version(1, squat(sets=1)), facts=(set_of(),)) as world:
        spoken = [s.label for s in world.ui.all(ft.Semantics) if s.label]

        assert "Saturday, November 21: done" in spoken
        assert "Sunday, November 22: still to come" in spoken


async def test_the_short_version_is_offered_when_the_therapist_marked_one(tmp_path: Path) -> None:
    short = version(1, replace(squat(), minimum_set=True), bridge())
    async with patient(tmp_path, short) as world:
        await world.ui.tap("start-short")

        assert world.ui.shows("Exercise 1 of 1")
        assert world.model.snapshot.open_session.short


async def test_a_change_is_shown_with_its_reason_until_it_was_seen(tmp_path: Path) -> None:
    newer = replace(version(2, squat(sets=3), bridge()), reason="You were ready for more")
    async with patient(tmp_path, version(1), newer) as world:
        assert world.ui.shows("2 sets of 10 becomes 3 sets of 10")
        assert world.ui.shows("Because: You were ready for more")

        await world.ui.tap("got-it")

        assert not world.ui.has("got-it")
        assert [seen.version for seen in await world.stored(Acknowledgement)] == [2]


async def test_the_morning_check_is_one_card_and_one_tap(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), facts=(set_of(),)) as world:
        await world.ui.tap("morning-open")
        await world.ui.tap("morning-3")

        assert [(c.pain, c.about_on, c.stiffness_min) for c in await world.stored(CheckIn)] == [(3, yesterday(), None)]
        assert not world.ui.has("morning-open")


async def test_stiffness_goes_with_the_morning_answer(tmp_path: Path) -> None:
    async with patient(tmp_path, version(), facts=(set_of(),)) as world:
        await world.ui.tap("morning-open")
        await world.ui.tap("stiff-30")
        await world.ui.tap("morning-2")

        assert [(c.pain, c.stiffness_min) for c in await world.stored(CheckIn)] == [(2, 30)]


async def test_two_different_quick_taps_are_both_saved_in_order(tmp_path: Path) -> None:
    newer = replace(version(2, squat(sets=3), bridge()), reason="You were ready for more")
    async with patient(tmp_path, version(1), newer, facts=(set_of(),)) as world:
        await world.ui.tap("morning-open")

        await world.ui.tap_together("stiff-30", "morning-2", "got-it", "morning-4", "got-it")

        written = [row.fact for row in await world.rows() if isinstance(row.fact, CheckIn | Acknowledgement)]
        assert [type(fact) for fact in written] == [CheckIn, Acknowledgement]
        assert [(c.pain, c.stiffness_min) for c in await world.stored(CheckIn)] == [(2, 30)]


async def test_no_morning_check_without_a_session_the_day_before(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        assert not world.ui.has("morning-open")


async def test_a_past_day_nobody_logged_can_be_added_or_left(tmp_path: Path) -> None:
    async with patient(tmp_path, version(1, squat(sets=1))) as world:
        assert world.ui.shows(words.not_logged(yesterday()))

        await world.ui.tap("add-past")
        await world.ui.tap("set-done")
        await world.ui.tap("pain-1")
        await world.ui.tap("effort-6")

        assert [(log.on, log.pain) for log in await world.sets()] == [(yesterday(), 1)]


async def test_a_locked_family_is_shown_locked_and_cannot_be_done(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.model.log.raise_red_flag("calf", "squat", "squat-0001")
        await world.model.refresh()
        await world.ui.settle()

        assert world.ui.texts().count(words.locked) == 1
        await world.ui.tap("start")
        assert world.ui.shows("Bridge")
        assert not world.ui.shows("Chair squat")


async def test_days_away_are_said_and_nothing_is_due(tmp_path: Path) -> None:
    away = Pause(at=MORNING, zone=ZONE, on=TODAY, from_on=TODAY, until_on=TODAY, reason=SkipReason.AWAY)
    async with patient(tmp_path, version(), facts=(away,)) as world:
        assert world.ui.shows(words.away_day)
        assert not world.ui.has("start")


async def test_two_sessions_a_day_have_a_section_each(tmp_path: Path) -> None:
    twice = Schedule(from_on=TODAY, times_per_day=2)
    async with patient(tmp_path, version(1, replace(squat(sets=1), schedule=twice))) as world:
        assert world.ui.shows("Session 1 of 2 today")
        assert world.ui.shows("Session 2 of 2 today")


async def test_at_large_text_the_session_comes_before_the_week(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.model.choose_look(200, ft.ThemeMode.DARK)
        await world.ui.settle()

        texts = world.ui.texts()
        assert texts.index("Start session") < texts.index("Mo")


async def test_an_exercise_page_is_one_tap_away_and_says_how_how_much_and_why(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap(f"exercise-bridge-0001|{TODAY.isoformat()}|1")

        why, careful = "Walk to the market", "Stop for sharp pain."
        for sentence in ("1 set, hold 20 sec", "Sit back slowly", careful, why, "every day"):
            assert world.ui.shows(sentence), sentence
        await world.ui.tap("back")
        assert world.ui.has("start")


async def test_the_browsers_back_button_comes_back_to_today(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        await world.ui.tap(f"exercise-bridge-0001|{TODAY.isoformat()}|1")

        world.ui.session.apply_page_patch({"route": "/"})
        await world.ui.session.dispatch_event(world.ui.page._i, "route_change", {"route": "/"})
        await world.ui.settle()

        assert world.ui.has("start")


async def test_an_exercise_that_left_the_program_says_so(tmp_path: Path) -> None:
    async with patient(tmp_path, version()) as world:
        world.model.go("/exercise/gone-00001")
        await world.ui.settle()

        assert world.ui.shows(words.gone_title)


async def test_a_second_tab_gets_a_kind_page(tmp_path: Path) -> None:
    device = Device(tmp_path)
    async with patient(tmp_path, version(), device=device) as world:
        assert world.ui.has("start")
    device.held = True
    async with run_ui(lambda page: start(page, device, lambda: MORNING)) as ui:
        assert ui.shows(words.second_tab)


async def test_a_browser_that_keeps_nothing_gets_a_page_with_the_way_out(tmp_path: Path) -> None:
    device = Device(tmp_path)
    device.refuses = True
    async with patient(tmp_path, device=device) as world:
        assert world.ui.shows(words.storage_refused)
        device.refuses = False
        await world.ui.tap("again")
        assert world.ui.has("join")


async def test_a_damaged_file_is_said_in_a_sentence_and_the_app_goes_on(tmp_path: Path) -> None:
    async with patient(tmp_path, version()):
        pass
    damage(tmp_path)
    async with damaged(tmp_path) as ui:
        assert ui.shows(words.corrupt)
        assert ui.has("join")
