"""Reminders: what holds for every program, choice and zone, in weeks in which clocks change."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from hep.days import local_on, window_end
from hep.history import History
from hep.records import Prescription, Schedule
from hep.reminding import Due, Purpose, Reminding, plan, still_wanted
from hep.reminding.clock import held, instant, quiet_end
from hep.reminding.day import GAP
from hep.reminding.due import FOR_A_SESSION
from hep.reminding.wanted import Wanted
from tests.hep.build import Phone, prescription, version

ZONES = [
    "Africa/Cairo", "Africa/Casablanca", "America/Asuncion", "America/Chicago", "America/Havana", "America/New_York",
    "America/Nuuk", "America/Santiago", "America/St_Johns", "Asia/Beirut", "Asia/Jerusalem", "Asia/Kathmandu",
    "Asia/Tokyo", "Atlantic/Azores", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Berlin", "Europe/Chisinau",
    "Europe/Dublin", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Honolulu", "Pacific/Kiritimati",
    "UTC",
]  # fmt: skip
WEEKS = [
    date(2026, *day)
    for day in ((2, 12), (3, 5), (3, 19), (3, 25), (4, 2), (4, 22), (9, 2), (9, 25), (10, 1), (10, 22), (10, 29))
]
"""Around every change of a clock of these zones in 2026."""
SINCE = date(2026, 1, 1)
NOTHING = time(0)

zones, weeks = st.sampled_from(ZONES), st.sampled_from(WEEKS)
walls = st.times().map(lambda wall: wall.replace(minute=wall.minute // 15 * 15, second=0, microsecond=0))
schedules = st.one_of(
    st.builds(
        Schedule,
        from_on=st.just(SINCE),
        times_per_day=st.integers(1, 4),
        weekdays=st.sets(st.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days))),
    ),
    st.builds(Schedule, from_on=st.just(SINCE), per_week=st.integers(1, 7)),
)
programs = st.lists(schedules, min_size=1, max_size=3).map(
    lambda found: tuple(prescription(f"rx-number-{n}", schedule=schedule) for n, schedule in enumerate(found))
)
remindings = st.builds(
    Reminding,
    anchors=st.lists(walls, max_size=4).map(tuple),
    follow_up=st.booleans(),
    morning=st.booleans(),
    most_per_day=st.integers(1, 3),
    quiet_from=st.one_of(st.just(NOTHING), walls),
    quiet_until=st.one_of(st.just(NOTHING), walls),
)


def lived(program: tuple[Prescription, ...], zone: str, week: date) -> tuple[History, datetime]:
    """A history with an extra session on the day before the week, and the instant at which the week begins."""
    phone = Phone(zone)
    phone.log(program[0], week - timedelta(days=1), 10, extra=True)
    return phone.history(version(*program, effective_on=SINCE)), window_end(week - timedelta(days=1), zone)


@settings(max_examples=60, deadline=None)
@given(programs, remindings, zones, weeks)
def test_a_plan_keeps_to_its_dates_its_gap_its_cap_and_the_quiet_hours(
    program: tuple[Prescription, ...], reminding: Reminding, zone: str, week: date
) -> None:
    history, now = lived(program, zone, week)
    found = plan(history, zone, reminding, now)
    assert len({due.identity for due in found}) == len(found)
    asked = [(due.on, due.slot) for due in found if due.purpose in FOR_A_SESSION]
    assert len(set(asked)) == len(asked), "no date has two due slots"
    for due in found:
        assert local_on(due.at, zone) == due.on
        assert now < due.at + GAP
        assert due.at < due.until <= window_end(due.on, zone)
        assert quiet_end(due.at, reminding, zone) is None
        assert sum(other.on == due.on for other in found) <= reminding.most_per_day
    for one, other in pairwise(found):
        assert other.at - one.at >= GAP


@settings(max_examples=60, deadline=None)
@given(programs, remindings, zones, weeks)
def test_no_slot_is_lost(program: tuple[Prescription, ...], reminding: Reminding, zone: str, week: date) -> None:
    """Each open slot has its reminder, or one within the hour stands for it, the day is full, or it is night."""
    history, now = lived(program, zone, week)
    found = plan(history, zone, reminding, now)
    wanted = Wanted.of(history)
    for on in (week + timedelta(days=n) for n in range(7)):
        slots, today = wanted.slots(on), [due for due in found if due.on == on]
        for slot in slots.open:
            at = held(instant(on, reminding.anchor(slot, slots.count), zone), reminding, zone)
            sessions = [due for due in today if due.purpose in FOR_A_SESSION]
            has_own = any(due.slot == slot for due in sessions)
            has_near = any(abs(due.at - at) < GAP for due in sessions)
            is_full = len(today) == reminding.most_per_day
            is_night = at >= window_end(on, zone)
            moved = any(at < due.at + GAP for due in found if due.at <= at) and not is_night
            assert has_own or has_near or is_full or is_night or moved


@settings(max_examples=40, deadline=None)
@given(programs, remindings, zones, weeks, st.integers(0, 300))
def test_what_was_planned_is_wanted_at_its_moment_when_nothing_came_between(
    program: tuple[Prescription, ...], reminding: Reminding, zone: str, week: date, late_s: int
) -> None:
    history, now = lived(program, zone, week)
    sent: list[Due] = []
    for due in plan(history, zone, reminding, now, 3):
        moment = due.at + timedelta(seconds=late_s)
        answer = still_wanted(history, zone, reminding, due, moment, sent=sent)
        quiet = quiet_end(moment, reminding, zone)
        assert answer == moment or quiet is not None or moment >= due.until or local_on(moment, zone) != due.on
        sent.append(due)
        again = plan(history, zone, reminding, due.at, 1, sent=sent)
        assert not {each.identity for each in again} & {each.identity for each in sent}


@settings(max_examples=40, deadline=None)
@given(programs, remindings, st.lists(zones, min_size=2, max_size=4), weeks, st.integers(5, 40))
def test_on_a_journey_no_session_is_asked_for_twice(
    program: tuple[Prescription, ...], reminding: Reminding, journey: list[str], week: date, hours: int
) -> None:
    history, now = lived(program, journey[0], week)
    sent: list[Due] = []
    for zone in journey:
        until = now + timedelta(hours=hours)
        for due in plan(history, zone, reminding, now, 3, sent=sent):
            if due.at < until:
                sent.append(due)
        now = until
    asked = [(due.on, due.slot) for due in sent if due.purpose in FOR_A_SESSION]
    assert len(set(asked)) == len(asked)
    for on in {due.on for due in sent}:
        assert sum(due.on == on for due in sent) <= reminding.most_per_day
    assert not any(due.purpose is Purpose.TEST for due in sent)


@settings(max_examples=40, deadline=None)
@given(programs, zones, weeks, st.integers(1, 4))
def test_a_slot_that_is_logged_is_not_asked_for(
    program: tuple[Prescription, ...], zone: str, week: date, slot: int
) -> None:
    phone = Phone(zone)
    phone.log(program[0], week - timedelta(days=1), 10, extra=True)
    phone.log(program[0], week, 10, slot=slot)
    history = phone.history(version(*program, effective_on=SINCE))
    found = plan(history, zone, Reminding(most_per_day=3), window_end(week - timedelta(days=1), zone), 1)
    dated = program[0].schedule.per_week is None and week.isoweekday() in program[0].schedule.weekdays
    if dated and slot <= program[0].schedule.times_per_day:
        assert not [due for due in found if due.slot == slot]
