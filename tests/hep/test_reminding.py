"""When a reminder comes, and when it does not: one example for each rule."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from hep.facts import Acknowledgement, Kind
from hep.problems import Refused
from hep.records import Prescription, ProgramState, Schedule
from hep.reminding import Due, Purpose, Reminding, plan, silent_days, still_wanted, taper_offered
from tests.hep.build import PROGRAM, ZONE, D, Phone, at, exercise, prescription, version
from tests.hep.reminding import (
    DAILY,
    SINCE,
    on_day,
    only_sessions,
    session_dates,
    times_a_day,
    times_a_week,
    told,
    wall,
)

BEFORE, MONDAY = D(1), D(2)
EARLY = at(MONDAY, 4)
"""Monday at four in the morning: nothing of the day is over."""


def with_entry(*prescriptions: Prescription, on: date = BEFORE, zone: str = ZONE) -> Phone:
    """A phone on which the day before went well, so that no lapse is counted."""
    phone = Phone(zone)
    for p in prescriptions or (DAILY,):
        phone.log(p, on, 10, slot=1)
    return phone


def test_a_session_is_reminded_at_its_time_and_once_more_two_hours_later() -> None:
    history = with_entry().history(version(DAILY))
    chosen = Reminding(anchors=(time(12, 15),), morning=False)
    assert on_day(history, MONDAY, EARLY, chosen) == ["12:15 session 1", "14:15 follow_up 1"]


def test_the_second_nudge_goes_once_anything_of_the_session_is_logged() -> None:
    phone = with_entry()
    first, nudge = plan(phone.history(version(DAILY)), ZONE, Reminding(morning=False), EARLY, 1)
    phone.log(DAILY, MONDAY, 10)
    logged = phone.history(version(DAILY))
    assert plan(logged, ZONE, Reminding(morning=False), nudge.at, 1) == ()
    assert still_wanted(logged, ZONE, Reminding(morning=False), nudge, nudge.at, sent=(first,)) is None


def test_a_skip_with_its_reason_ends_the_reminders_of_the_session_too() -> None:
    phone = with_entry()
    phone.skip(DAILY, MONDAY)
    assert on_day(phone.history(version(DAILY)), MONDAY, EARLY) == ["8:00 morning 0"]


def test_the_second_nudge_comes_after_ninety_minutes_where_two_hours_would_be_in_quiet_hours() -> None:
    history = with_entry().history(version(DAILY))
    chosen = Reminding(anchors=(time(19, 20),), morning=False)
    assert on_day(history, MONDAY, EARLY, chosen) == ["19:20 session 1", "20:50 follow_up 1"]
    late = Reminding(anchors=(time(20, 30),), morning=False)
    assert on_day(history, MONDAY, EARLY, late) == ["20:30 session 1"]


def test_slots_up_to_forty_five_minutes_apart_are_one_reminder() -> None:
    history = Phone().history(version(times_a_day(3)))
    assert on_day(history, MONDAY, EARLY, only_sessions("10:00", "10:45", "12:00")) == [
        "10:00 session 1",
        "12:00 session 3",
    ]


def test_the_slot_that_was_merged_has_its_own_reminder_once_the_other_is_done() -> None:
    p = times_a_day(2)
    phone = with_entry(p)
    phone.log(p, MONDAY, 10, slot=1)
    assert on_day(phone.history(version(p)), MONDAY, EARLY, only_sessions("10:00", "10:45")) == ["10:45 session 2"]


def test_two_reminders_are_an_hour_apart_at_least() -> None:
    history = Phone().history(version(times_a_day(2)))
    assert on_day(history, MONDAY, EARLY, only_sessions("10:00", "10:50")) == ["10:00 session 1", "11:00 session 2"]


def test_never_more_than_two_a_day_unless_three_are_chosen() -> None:
    history = with_entry(times_a_day(4)).history(version(times_a_day(4)))
    assert on_day(history, MONDAY, EARLY, Reminding(morning=False)) == ["8:30 session 1", "12:15 session 2"]
    three = Reminding(morning=False, most_per_day=3)
    assert on_day(history, MONDAY, EARLY, three) == ["8:30 session 1", "12:15 session 2", "16:00 session 3"]


def test_what_was_sent_counts_for_the_cap_also_after_its_session_was_logged() -> None:
    p = times_a_day(3)
    phone = with_entry(p)
    first, second = plan(phone.history(version(p)), ZONE, Reminding(morning=False), EARLY, 1)
    phone.log(p, MONDAY, 10, slot=1)
    found = plan(phone.history(version(p)), ZONE, Reminding(morning=False), first.at, 1, sent=(first,))
    assert found == (second,), "slot 3 has no room"


def test_what_was_sent_is_not_planned_again() -> None:
    history = with_entry().history(version(DAILY))
    first, nudge = plan(history, ZONE, Reminding(morning=False), EARLY, 1)
    assert plan(history, ZONE, Reminding(morning=False), first.at, 1, sent=(first,)) == (nudge,)
    assert plan(history, ZONE, Reminding(morning=False), nudge.at, 1, sent=(first, nudge)) == ()


def test_a_time_in_quiet_hours_waits_for_their_end_and_falls_away_when_its_date_is_over_by_then() -> None:
    history = with_entry(times_a_day(2)).history(version(times_a_day(2)))
    assert on_day(history, MONDAY, EARLY, only_sessions("06:30", "22:00")) == ["8:00 session 1"]


def test_times_held_back_by_quiet_hours_are_merged() -> None:
    history = with_entry(times_a_day(2)).history(version(times_a_day(2)))
    assert on_day(history, MONDAY, EARLY, only_sessions("05:00", "06:30")) == ["8:00 session 1"]


def test_quiet_hours_may_lie_within_a_day_or_be_none() -> None:
    history = with_entry(times_a_day(2)).history(version(times_a_day(2)))
    noon = only_sessions("13:00", "22:30", quiet_from=time(12), quiet_until=time(15))
    assert on_day(history, MONDAY, EARLY, noon) == ["15:00 session 1", "22:30 session 2"]
    none = only_sessions("01:00", "05:00", quiet_from=time(0), quiet_until=time(0))
    assert on_day(history, MONDAY, EARLY, none) == ["5:00 session 2", "1:00 session 1"], (
        "a night belongs to its evening"
    )


def test_a_reminder_is_worth_two_hours_and_nothing_once_its_date_is_over() -> None:
    (due,) = plan(with_entry().history(version(DAILY)), ZONE, only_sessions("10:00"), EARLY, 1)
    assert due.until == due.at + timedelta(hours=2)
    night = only_sessions("02:00", quiet_from=time(4), quiet_until=time(5))
    (due,) = plan(with_entry().history(version(DAILY)), ZONE, night, EARLY, 1)
    assert due.until == at(D(3), 3)


def test_after_an_outage_what_is_over_is_dropped_and_what_is_not_is_still_sent() -> None:
    history = with_entry().history(version(DAILY))
    assert on_day(history, MONDAY, at(MONDAY, 10, 29), only_sessions()) == ["8:30 session 1"]
    assert on_day(history, MONDAY, at(MONDAY, 10, 30), only_sessions()) == []


def test_a_missed_slot_is_not_made_up_for_the_day_after() -> None:
    phone = with_entry(times_a_day(2))
    history = phone.history(version(times_a_day(2)))
    asked = on_day(history, D(3), at(D(3), 4), only_sessions())
    assert asked == ["8:30 session 1", "18:00 session 2"], "as on any day, although Monday had none"


def test_three_times_a_week_is_asked_for_on_days_spread_over_the_week() -> None:
    phone = Phone()
    p = times_a_week(3)
    assert session_dates(phone.history(version(p)), EARLY, 7)[:3] == [2, 4, 6]
    phone.log(p, MONDAY, 10, week="2026-W45", n=1)
    assert session_dates(phone.history(version(p)), EARLY, 7)[:2] == [4, 6]


def test_a_floating_session_done_early_is_not_asked_for_on_the_day_it_was_meant_for() -> None:
    phone = Phone()
    p = times_a_week(3)
    phone.log(p, MONDAY, 10, week="2026-W45", n=1)
    phone.log(p, D(3), 10, week="2026-W45", n=2)
    assert session_dates(phone.history(version(p)), at(D(4), 4), 5) == [6, 8]


def test_floating_sessions_left_over_are_asked_for_while_the_week_has_days_for_them() -> None:
    phone = Phone()
    p = times_a_week(2)
    phone.log(p, D(1), 10, week="2026-W44", n=1)
    assert session_dates(phone.history(version(p)), EARLY, 7) == [2, 5, 7, 8]


def test_heavy_work_rests_a_day_before_it_is_asked_for_again() -> None:
    phone = Phone()
    p = times_a_week(3, ex=exercise(loaded=True, stage=3))
    phone.log(p, D(3), 10, week="2026-W45", n=1)
    assert session_dates(phone.history(version(p)), at(D(4), 4), 5) == [5, 6, 7, 8], "not on the 4th"


def test_a_week_that_ended_asks_for_nothing_more() -> None:
    p = times_a_week(1)
    history = with_entry(on=D(8)).history(version(p))
    assert on_day(history, D(9), at(D(9), 4), only_sessions()) == ["8:30 session 1"], "the new week's own, once"


def test_the_ladder_is_gentle_then_asks_then_is_rare_then_silent() -> None:
    history = with_entry().history(version(DAILY))
    found = plan(history, ZONE, only_sessions(), EARLY, 20)
    assert [(due.on.day, due.purpose) for due in found] == [
        (2, Purpose.SESSION),
        (3, Purpose.SESSION),
        (4, Purpose.LAPSE_GENTLE),
        (5, Purpose.SESSION),
        (6, Purpose.LAPSE_QUESTION),
        (7, Purpose.SESSION),
        (8, Purpose.SESSION),
        (11, Purpose.SESSION),
        (14, Purpose.SESSION),
    ]


def test_the_therapist_is_told_after_seven_days_without_an_entry() -> None:
    history = with_entry().history(version(DAILY))
    assert [silent_days(history, at(D(n), 12)) for n in (1, 2, 3, 8, 9, 17)] == [0, 0, 1, 6, 7, 15]


def test_one_entry_ends_the_ladder() -> None:
    phone = with_entry()
    phone.log(DAILY, D(9), 10)
    assert session_dates(phone.history(version(DAILY)), at(D(10), 4), 3) == [10, 11, 12]


def test_days_away_are_silent_and_the_ladder_begins_anew_after_them() -> None:
    phone = with_entry()
    phone.pause(D(3), D(12))
    found = plan(phone.history(version(DAILY)), ZONE, only_sessions(), at(D(3), 4), 12)
    assert [(due.on.day, due.purpose) for due in found] == [(13, Purpose.SESSION), (14, Purpose.SESSION)]
    (due,) = plan(with_entry().history(version(DAILY)), ZONE, only_sessions(), at(D(3), 4), 1)
    assert still_wanted(phone.history(version(DAILY)), ZONE, only_sessions(), due, due.at) is None


def test_a_morning_question_follows_a_session_once_and_only_between_eight_and_half_past_ten() -> None:
    phone = with_entry()
    phone.log(DAILY, MONDAY, 10)
    late = Reminding(anchors=(time(18),), follow_up=False)
    history = phone.history(version(DAILY))
    assert on_day(history, MONDAY, EARLY, late) == ["8:00 morning 0"]
    (due,) = plan(history, ZONE, late, EARLY, 1)
    assert wall(due.until) == "10:30"
    assert on_day(history, MONDAY, EARLY, replace(late, quiet_until=time(9, 30))) == ["9:30 morning 0"]
    assert on_day(history, MONDAY, EARLY, replace(late, quiet_until=time(10, 30))) == []
    assert on_day(history, MONDAY, EARLY, replace(late, morning=False)) == []
    phone.morning(D(1), 2)
    assert on_day(phone.history(version(DAILY)), MONDAY, EARLY, late) == []


def test_a_morning_question_near_a_session_comes_with_it() -> None:
    history = with_entry().history(version(DAILY))
    assert on_day(history, MONDAY, EARLY) == ["8:30 session 1", "10:30 follow_up 1"]


def test_several_publications_make_one_notice_two_hours_after_the_last() -> None:
    first = version(DAILY)
    phone = with_entry()
    phone.log(DAILY, MONDAY, 10)
    second = version(DAILY, number=2, effective_on=MONDAY, published_at=at(MONDAY, 13))
    third = version(DAILY, number=3, effective_on=MONDAY, published_at=at(MONDAY, 14))
    history = phone.history(first, second, third)
    assert on_day(history, MONDAY, at(MONDAY, 14)) == ["16:00 program_changed 0"]
    fact = Acknowledgement(at=at(MONDAY, 15), zone=ZONE, on=MONDAY, program_id=PROGRAM, version=3)
    phone.put(Kind.ACKNOWLEDGEMENT, fact)
    assert on_day(phone.history(first, second, third), MONDAY, at(MONDAY, 15)) == []


def test_a_notice_waits_for_the_day_of_the_change_and_for_the_end_of_quiet_hours() -> None:
    phone = with_entry()
    later = version(DAILY, number=2, effective_on=D(4), published_at=at(MONDAY, 13))
    chosen = only_sessions("18:00")
    assert on_day(phone.history(version(DAILY), later), D(4), EARLY, chosen)[0] == "8:00 program_changed 0"
    late = version(DAILY, number=2, effective_on=MONDAY, published_at=at(MONDAY, 20))
    assert on_day(phone.history(version(DAILY), late), D(3), EARLY, chosen)[0] == "8:00 program_changed 0"


def test_the_first_program_and_one_that_ended_are_not_announced() -> None:
    ended = version(DAILY, number=2, effective_on=MONDAY, published_at=at(MONDAY, 5), state=ProgramState.ARCHIVED)
    assert on_day(with_entry().history(version(DAILY), ended), MONDAY, EARLY) == ["8:00 morning 0"]
    revised = version(DAILY, number=2, effective_on=MONDAY, published_at=at(MONDAY, 5))
    nobody = Phone().history(version(DAILY, effective_on=MONDAY), revised)
    assert on_day(nobody, MONDAY, EARLY, only_sessions()) == ["8:30 session 1"]


def test_a_program_a_phone_has_not_fetched_yet_is_planned_as_published() -> None:
    ended = version(DAILY, number=2, effective_on=MONDAY, published_at=at(MONDAY, 3), state=ProgramState.WITHDRAWN)
    history = with_entry().history(version(DAILY), ended, pulled=[(1, at(D(1)))])
    assert on_day(history, MONDAY, EARLY, only_sessions()) == []


def test_what_a_stop_sign_holds_is_not_asked_for() -> None:
    other = prescription("rx-other-1", ex=exercise(family="calf"), schedule=Schedule(from_on=SINCE))
    history = with_entry().history(version(DAILY, other))
    assert on_day(history, MONDAY, EARLY, only_sessions(), locked={"quad"}) == ["8:30 session 1"]
    assert on_day(history, MONDAY, EARLY, only_sessions(), locked={"quad", "calf"}) == []
    assert on_day(history, MONDAY, EARLY, only_sessions(), locked={None}) == []


def test_reminders_that_are_off_are_off() -> None:
    history = with_entry().history(version(DAILY))
    assert plan(history, ZONE, Reminding(on=False), EARLY) == ()
    (due,) = plan(history, ZONE, only_sessions(), EARLY, 1)
    assert still_wanted(history, ZONE, Reminding(on=False), due, due.at) is None


def test_the_check_before_sending_says_now_later_or_never() -> None:
    history = with_entry().history(version(DAILY))
    chosen = only_sessions("10:00")
    (due,) = plan(history, ZONE, chosen, EARLY, 1)
    assert still_wanted(history, ZONE, chosen, due, due.at) == due.at
    assert still_wanted(history, ZONE, chosen, due, due.until) is None
    moved = replace(chosen, anchors=(time(11),))
    assert still_wanted(history, ZONE, moved, due, due.at) == at(MONDAY, 11)
    quiet = replace(chosen, quiet_from=time(10, 30), quiet_until=time(11, 30))
    assert still_wanted(history, ZONE, quiet, due, at(MONDAY, 10, 45)) == at(MONDAY, 11, 30)
    long = replace(chosen, quiet_from=time(10, 30), quiet_until=time(13))
    assert still_wanted(history, ZONE, long, due, at(MONDAY, 10, 45)) is None
    other = Due(MONDAY, 0, Purpose.PROGRAM_CHANGED, at(MONDAY, 9, 30), at(D(3), 3))
    assert still_wanted(history, ZONE, chosen, due, due.at, sent=(other,)) == at(MONDAY, 10, 30)
    assert still_wanted(history, ZONE, chosen, due, due.at, sent=(due,)) == due.at, "another channel of the same one"


def test_one_asked_for_by_hand_is_sent_whatever_the_hour() -> None:
    night = at(MONDAY, 23)
    due = Due(MONDAY, 0, Purpose.TEST, night, night + timedelta(minutes=10))
    assert still_wanted(with_entry().history(version(DAILY)), ZONE, Reminding(on=False), due, night) == night


def test_the_clock_jumps_over_a_time_and_the_reminder_comes_after_the_gap() -> None:
    """In Cairo the first hour of 24 April 2026 does not exist."""
    phone = with_entry(on=date(2026, 4, 22), zone="Africa/Cairo")
    history = phone.history(version(DAILY, effective_on=SINCE))
    night = only_sessions("00:30", quiet_from=time(4), quiet_until=time(4))
    (due,) = plan(history, "Africa/Cairo", night, datetime(2026, 4, 23, 9, tzinfo=UTC), 1)
    assert (due.on, due.at) == (date(2026, 4, 23), datetime(2026, 4, 23, 22, 30, tzinfo=UTC))
    assert wall(due.at, "Africa/Cairo") == "1:30"


def test_a_night_time_that_is_jumped_over_still_comes_before_its_date_ends() -> None:
    zone = "America/New_York"
    history = with_entry(on=date(2026, 3, 6), zone=zone).history(version(DAILY, effective_on=SINCE))
    night = only_sessions("02:30", quiet_from=time(4), quiet_until=time(4))
    (due,) = plan(history, zone, night, datetime(2026, 3, 7, 12, tzinfo=UTC), 1)
    assert (due.on, wall(due.at, zone)) == (date(2026, 3, 7), "1:45")
    assert due.until == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_a_time_that_comes_twice_is_reminded_at_its_first_occurrence_only() -> None:
    zone = "America/New_York"
    history = with_entry(on=date(2026, 10, 30), zone=zone).history(version(DAILY, effective_on=SINCE))
    night = only_sessions("01:30", quiet_from=time(4), quiet_until=time(4))
    (due,) = plan(history, zone, night, datetime(2026, 10, 31, 12, tzinfo=UTC), 1)
    assert due.at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_time_of_day_stays_itself_across_both_changes_of_the_clock() -> None:
    zone = "America/New_York"
    for first, apart in ((date(2026, 3, 7), 23), (date(2026, 10, 31), 25)):
        history = with_entry(on=first - timedelta(days=1), zone=zone).history(version(DAILY, effective_on=SINCE))
        one, other = plan(history, zone, only_sessions("08:00"), at(first, 4, zone=zone), 2)
        assert (wall(one.at, zone), wall(other.at, zone)) == ("8:00", "8:00")
        assert other.at - one.at == timedelta(hours=apart)


def test_a_session_done_before_a_flight_west_is_not_asked_for_again_on_the_same_date() -> None:
    phone = Phone("Asia/Tokyo")
    phone.log(DAILY, MONDAY, 10)
    history = phone.history(version(DAILY))
    landed = datetime(2026, 11, 2, 13, tzinfo=UTC)
    assert session_dates(history, landed, 2) == [3], "it is the 2nd again in Los Angeles"
    found = plan(history, "America/Los_Angeles", only_sessions(), landed, 2)
    assert [(due.on.day, wall(due.at, "America/Los_Angeles")) for due in found] == [(3, "8:30")]


def test_a_flight_east_takes_no_slot_away_and_gives_no_date_two() -> None:
    history = with_entry().history(version(DAILY))
    here = plan(history, ZONE, only_sessions(), at(MONDAY, 7))
    there = plan(history, "Pacific/Auckland", only_sessions(), at(MONDAY, 12), sent=here[:1])
    assert [due.on.day for due in (*here[:1], *there)] == [2, 3, 4, 5, 6, 7, 8]
    assert len({due.identity for due in (*here[:1], *there)}) == 7


def test_a_zone_that_does_not_exist_is_refused_by_its_code() -> None:
    with pytest.raises(Refused) as refused:
        plan(with_entry().history(version(DAILY)), "Nowhere/Town", Reminding(), EARLY)
    assert refused.value.code == "zone_unknown"


def test_fewer_reminders_are_offered_after_two_good_weeks_once() -> None:
    phone = Phone()
    for n in range(1, 15):
        phone.log(DAILY, D(n), 10)
    history, now = phone.history(version(DAILY)), at(D(15), 12)
    assert taper_offered(history, {}, now)
    assert not taper_offered(history, {"remind.taper": "2026-11-10"}, now), "answered five days ago"
    assert taper_offered(history, {"remind.taper": "soon"}, now)
    assert not taper_offered(history, {"remind.on": "no"}, now)
    assert not taper_offered(history, {"remind.follow_up": "no", "remind.most": "1"}, now), (
        "nothing left to have less of"
    )
    assert not taper_offered(history, {}, at(D(14), 12)), "the program is not two weeks old"


def test_nothing_is_offered_after_weeks_that_did_not_go_well() -> None:
    phone = Phone()
    for n in range(1, 12):
        phone.log(DAILY, D(n), 10)
    assert not taper_offered(phone.history(version(DAILY)), {}, at(D(15), 12)), "11 of 14"


def test_a_reminder_told_in_words_is_sorted_by_its_instant() -> None:
    history = with_entry(times_a_day(2)).history(version(times_a_day(2)))
    found = plan(history, ZONE, only_sessions("20:00", "09:00"), EARLY, 1)
    assert told(found) == ["9:00 session 2", "20:00 session 1"]
