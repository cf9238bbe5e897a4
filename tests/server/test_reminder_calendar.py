"""The calendar as a file: valid, in the patient's own hours, the same entries each time, and nothing said."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event

from hep.reminding import Due, Purpose
from server.reminders.channels.calendar import written
from server.security import Keys

KEYS = Keys(b"a key of this test, long enough to be one")
ZONE = "America/New_York"
NOW = datetime(2026, 10, 30, 12, 0, tzinfo=UTC)


def due(on: date, hour: int = 8, slot: int = 1, purpose: Purpose = Purpose.SESSION, zone: str = ZONE) -> Due:
    at = datetime(on.year, on.month, on.day, hour, 30, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return Due(on=on, slot=slot, purpose=purpose, at=at, until=at + timedelta(hours=2))


WEEK = [due(date(2026, 10, 30) + timedelta(days=n)) for n in range(5)]
"""Across the end of daylight saving time on November 1."""


def entries(content: bytes) -> list[Event]:
    return list(Calendar.from_ical(content).events)


def test_every_session_is_an_entry_at_the_same_wall_time_across_a_change_of_the_clock() -> None:
    content = written(KEYS, "patient", ZONE, "en", WEEK, NOW)
    found = entries(content)
    assert [entry.start for entry in found] == [due.at.astimezone(ZoneInfo(ZONE)) for due in WEEK]
    assert {entry.start.strftime("%H:%M") for entry in found} == {"08:30"}  # type: ignore[union-attr]
    assert {entry.start.utcoffset() for entry in found} == {timedelta(hours=-4), timedelta(hours=-5)}  # type: ignore[union-attr]
    assert {str(entry["SUMMARY"]) for entry in found} == {"Time for your session"}
    assert {entry.duration for entry in found} == {timedelta(minutes=15)}


def test_the_file_keeps_to_the_form_of_rfc_5545() -> None:
    content = written(KEYS, "patient", ZONE, "es", WEEK, NOW)
    assert content.endswith(b"\r\n") and b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    made = Calendar.from_ical(content)
    assert (str(made["VERSION"]), str(made["METHOD"])) == ("2.0", "PUBLISH")
    assert made["PRODID"]
    assert [str(zone["TZID"]) for zone in made.timezones] == [ZONE]
    assert b"DTSTART;TZID=America/New_York:20261030T083000" in content
    for entry in made.events:
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= set(entry)
        assert [str(alarm["ACTION"]) for alarm in entry.walk("VALARM")] == ["DISPLAY"]
    assert made.errors == []


def test_an_entry_keeps_its_uid_when_it_moves_and_shares_it_with_no_other() -> None:
    before = entries(written(KEYS, "patient", ZONE, "en", WEEK, NOW))
    later = [due(each.on, hour=18) for each in WEEK]
    after = entries(written(KEYS, "patient", "Europe/Berlin", "es", later, NOW + timedelta(days=1)))
    second = entries(written(KEYS, "patient", ZONE, "en", [due(each.on, slot=2) for each in WEEK], NOW))
    somebody = entries(written(KEYS, "another", ZONE, "en", WEEK, NOW))
    uids = [[str(entry["UID"]) for entry in each] for each in (before, after, second, somebody)]
    assert uids[0] == uids[1]
    assert len({uid for each in uids for uid in each}) == 3 * len(WEEK)
    assert not [uid for uid in uids[0] if "patient" in uid or "2026" in uid]


def test_only_sessions_are_entries_and_none_is_a_valid_calendar_too() -> None:
    others = [due(date(2026, 10, 30), purpose=purpose) for purpose in Purpose if purpose is not Purpose.SESSION]
    assert entries(written(KEYS, "patient", ZONE, "en", others, NOW)) == []


@pytest.mark.parametrize("zone", ["Pacific/Chatham", "Asia/Kathmandu", "Africa/Casablanca", "America/St_Johns", "UTC"])
def test_odd_zones_come_back_as_they_are(zone: str) -> None:
    dues = [due(date(2026, 3, 1) + timedelta(days=n), zone=zone) for n in range(40)]
    found = entries(written(KEYS, "patient", zone, "en", dues, NOW))
    assert [entry.start.astimezone(UTC) for entry in found] == [each.at for each in dues]  # type: ignore[union-attr]
