"""What is due when."""

from datetime import date, timedelta

import pytest

from hep.days import iso_week
from hep.facts import ItemKey
from hep.history import History
from hep.records import Prescription, ProgramState, Schedule
from hep.schedule import due_items, next_due, sessions_on, share_of_week, week_items
from tests.hep.build import D, Phone, prescription, version

DAILY = prescription()
WEEK = iso_week(D(2))


def floating(n: int, pid: str = "rx-float-1", **schedule: date) -> Prescription:
    return prescription(pid, schedule=Schedule(per_week=n, **{"from_on": D(1), **schedule}))


def slots(history: History, on: date) -> list[tuple[str, int, int]]:
    return [(i.prescription.id, i.slot, i.version) for i in due_items(history, on)]


def test_items_are_due_on_their_weekdays_in_every_slot_between_their_ends() -> None:
    p = prescription(schedule=Schedule(from_on=D(3), until_on=D(9), times_per_day=2, weekdays=(1, 2)))
    history = Phone().history(version(p))
    assert [on.day for on in map(D, range(1, 31)) if due_items(history, on)] == [3, 9]
    assert slots(history, D(3)) == [(p.id, 1, 1), (p.id, 2, 1)]
    assert due_items(history, D(3))[1].key == ItemKey.dated(p.id, D(3), 2)


def test_nothing_is_due_before_the_program_in_a_pause_or_after_it_ended() -> None:
    phone = Phone()
    phone.pause(D(5), D(6))
    ended = version(number=2, effective_on=D(9), state=ProgramState.ARCHIVED)
    history = phone.history(version(DAILY, effective_on=D(2)), ended)
    assert [n for n in range(1, 12) if due_items(history, D(n))] == [2, 3, 4, 7, 8]


def test_a_logged_slot_belongs_to_the_version_its_log_names() -> None:
    twice = prescription(schedule=Schedule(from_on=D(1), times_per_day=2))
    other = prescription("rx-other-1")
    phone = Phone()
    phone.log(DAILY, D(10), 10, version=1)
    history = phone.history(version(DAILY), version(twice, other, number=2, effective_on=D(8)))
    assert slots(history, D(10)) == [(DAILY.id, 1, 1), (twice.id, 2, 2)]
    assert slots(history, D(11)) == [(twice.id, 1, 2), (other.id, 1, 2), (twice.id, 2, 2)]


@pytest.mark.parametrize(
    ("per_week", "active", "due"), [(3, 7, 3), (3, 0, 0), (3, 4, 2), (3, 3, 1), (7, 1, 1), (1, 3, 0)]
)
def test_a_cut_week_is_rounded_half_up(per_week: int, active: int, due: int) -> None:
    assert share_of_week(per_week, active) == due


def test_half_rounds_up() -> None:
    assert share_of_week(7, 7) == 7
    assert share_of_week(2, 2) == 1, "4/7 is more than half"
    assert share_of_week(1, 4) == 1, "4/7"


def test_a_floating_week_is_cut_by_start_end_and_pause() -> None:
    assert len(week_items(Phone().history(version(floating(3))), WEEK)) == 3
    started = floating(3, from_on=D(5))
    assert len(week_items(Phone().history(version(started)), WEEK)) == 2, "Thu to Sun: 12/7"
    ended = floating(3, until_on=D(4))
    assert len(week_items(Phone().history(version(ended)), WEEK)) == 1, "Mon to Wed: 9/7"
    phone = Phone()
    phone.pause(D(2), D(6))
    assert len(week_items(phone.history(version(floating(3))), WEEK)) == 1, "Sat and Sun: 6/7"


def test_floating_items_are_offered_in_slot_one_until_they_are_logged() -> None:
    p = floating(2)
    phone = Phone()
    (session,) = sessions_on(phone.history(version(p)), D(3))
    assert [(i.key.when, i.slot, i.offered) for i in session.items] == [(WEEK, 1, True)]
    phone.log(p, D(3), 10, week=WEEK, n=1)
    (today,) = sessions_on(phone.history(version(p)), D(3))
    assert [(i.slot, i.offered) for i in today.items] == [(1, False)], "once a day"
    (tomorrow,) = sessions_on(phone.history(version(p)), D(4))
    assert [(i.slot, i.offered) for i in tomorrow.items] == [(2, True)]
    phone.log(p, D(4), 10, week=WEEK, n=2)
    assert sessions_on(phone.history(version(p)), D(5)) == ()
    assert sessions_on(phone.history(version(p)), D(9)) != (), "a new week"


def test_a_floating_item_that_was_skipped_is_not_offered_again_that_day() -> None:
    p = floating(2)
    phone = Phone()
    phone.skip(p, D(3), week=WEEK)
    history = phone.history(version(p))
    assert sessions_on(history, D(3)) == ()
    (tomorrow,) = sessions_on(history, D(4))
    assert [i.slot for i in tomorrow.items] == [2]


def test_the_next_due_date_skips_days_without_anything() -> None:
    p = prescription(schedule=Schedule(from_on=D(1), weekdays=(1,)))
    phone = Phone()
    phone.pause(D(3), D(10))
    assert next_due(phone.history(version(p)), D(2)) == D(16)
    assert next_due(Phone().history(), D(2)) is None


def test_due_items_only_grow_with_later_dates() -> None:
    history = Phone().history(version(DAILY))
    counts = [sum(len(due_items(history, D(1) + timedelta(days=n))) for n in range(m)) for m in range(20)]
    assert counts == sorted(counts)
