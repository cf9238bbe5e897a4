from datetime import datetime, timedelta

from hep import codec
from hep.facts import SkipReason
from tests.server.care import Care
from tests.server.reminders.post import Reminded
from tests.server.world import World


def test_the_next_seven_days_are_planned_at_the_time_the_patient_chose(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world)
    first = reminded.care.today
    sessions = [row for row in reminded.planned() if row[2] not in ("morning", "program_changed")]
    assert [row[0] for row in sessions] == [first + timedelta(days=n) for n in range(7)]
    assert {row[3].hour for row in sessions} == {17}


def test_nothing_is_planned_for_somebody_without_an_address(sqlite_world: World) -> None:
    reminded = Reminded(Care.begin(sqlite_world))
    reminded.prefer(**{"remind.times": "12:00"})
    assert reminded.planned() == []


def test_an_address_that_comes_brings_the_plan_and_one_that_goes_takes_it(sqlite_world: World) -> None:
    reminded = Reminded(Care.begin(sqlite_world))
    reminded.address(state="unconfirmed")
    reminded.care.settle()
    assert reminded.planned() == []
    reminded.address()
    reminded.care.settle()
    assert reminded.planned()


def test_a_program_published_again_reminds_nobody_twice(world: World) -> None:
    reminded = Reminded.begin(world)
    reminded.tick(reminded.at(12))
    before = reminded.planned()
    reminded.care.publish(reason="Said in other words")
    after = [row for row in reminded.planned() if row[2] != "program_changed"]
    assert after == before
    reminded.tick(reminded.at(12, 5))
    assert reminded.channel.sentences == ["session"]


def test_another_time_moves_what_is_planned_and_adds_nothing(world: World) -> None:
    reminded = Reminded.begin(world)
    ids = {row.id for row in reminded.reminders()}
    reminded.prefer(**{"remind.times": "13:30"})
    assert {row.id for row in reminded.reminders()} == ids
    assert {(at.hour, at.minute) for *_, at in reminded.planned()} == {(18, 30)}


def test_days_away_and_a_finished_session_leave_the_plan(world: World) -> None:
    reminded = Reminded.begin(world)
    today = reminded.care.today
    reminded.pause(today + timedelta(days=2), today + timedelta(days=3))
    assert {(on - today).days for on, *_ in reminded.planned()} == {0, 1, 4, 5, 6}
    reminded.care.push(reminded.care.skip(SkipReason.NO_TIME))
    reminded.care.settle()
    assert today not in {on for on, *_ in reminded.planned()}


def test_a_phone_in_another_zone_is_reminded_by_its_own_clock(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world)
    row = reminded.care.morning(reminded.care.today - timedelta(days=1))
    row["body"]["zone"] = "America/Los_Angeles"
    row["body"]["at"] = codec.dump(sqlite_world.later(seconds=5))
    before = reminded.planned()
    assert reminded.care.statuses(row) == ["accepted"]
    reminded.care.settle()
    assert {at.hour for *_, at in reminded.planned()} == {20}
    assert [key[:2] for key in reminded.planned()] == [key[:2] for key in before]


def test_every_night_the_plan_reaches_one_day_further(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world)
    last = max(on for on, *_ in reminded.planned())
    reminded.care.push(*reminded.care.session(), reminded.care.acknowledgement())
    sqlite_world.later(days=1)
    reminded.care.settle()
    assert max(on for on, *_ in reminded.planned()) == last + timedelta(days=1)


def test_the_plan_reaches_across_the_change_of_the_clock(sqlite_world: World) -> None:
    sqlite_world.now = datetime(2026, 10, 29, 12, tzinfo=sqlite_world.now.tzinfo)
    reminded = Reminded.begin(sqlite_world)
    hours = [at.hour for _, _, purpose, at in reminded.planned()]
    assert hours == [16, 16, 16, 17, 17, 17, 17]
