"""The sessions a calendar shows: all that are open, at their own times."""

from datetime import time, timedelta

from hep.reminding import Reminding, agenda, plan
from tests.hep.build import ZONE, D, Phone, at, version
from tests.hep.reminding import DAILY, times_a_day, wall

MONDAY = D(2)
EARLY = at(MONDAY, 4)


def test_a_calendar_shows_every_day_whatever_the_ladder_would_say_of_silence() -> None:
    history = Phone().history(version(DAILY))
    assert len(agenda(history, ZONE, Reminding(), EARLY, 28)) == 28
    assert len(plan(history, ZONE, Reminding(), EARLY, 28)) < 28


def test_entries_stand_at_the_chosen_times_in_quiet_hours_too_and_beyond_the_cap() -> None:
    chosen = Reminding(anchors=(time(6), time(13), time(22, 30)), most_per_day=1)
    found = agenda(Phone().history(version(times_a_day(3))), ZONE, chosen, EARLY, 1)
    assert [(wall(due.at), due.slot) for due in found] == [("6:00", 1), ("13:00", 2), ("22:30", 3)]


def test_what_is_begun_on_hold_or_away_is_no_entry() -> None:
    phone = Phone()
    phone.log(DAILY, MONDAY, 10)
    history = phone.history(version(DAILY))
    assert [due.on for due in agenda(history, ZONE, Reminding(), EARLY, 2)] == [MONDAY + timedelta(days=1)]
    assert agenda(history, ZONE, Reminding(), EARLY, 28, locked=[None]) == ()
    assert agenda(history, ZONE, Reminding(on=False), EARLY, 28) == ()
