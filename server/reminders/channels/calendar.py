"""Reminders as calendar entries (RFC 5545): sessions to come, at the patient's wall time, with the generic title.

An entry's UID follows from what it is for (patient, date, slot) by a keyed digest, so that it stays the same in every
copy and says nothing. A calendar shows what was planned when it last asked; nothing comes back from it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hep import days
from hep.reminding import Due, Purpose, sentence
from server.reminders.channels import words
from server.security import Keys

if TYPE_CHECKING:
    from icalendar import Event

MEDIA_TYPE = "text/calendar"
DAYS = 28
"""How far ahead a calendar is filled."""

LASTS = timedelta(minutes=15)
REFRESH = timedelta(hours=4)


def written(keys: Keys, patient_id: str, zone: str, language: str, dues: Iterable[Due], now: datetime) -> bytes:
    """The whole calendar. Of what is due only sessions are entries."""
    from icalendar import Calendar  # it takes a quarter of a second to import

    made = Calendar.new(
        prodid="-//Stepwise//Reminders//EN",
        name=words.calendar(language),
        method="PUBLISH",
        refresh_interval=REFRESH,
    )
    sessions = [due for due in dues if due.purpose is Purpose.SESSION]
    for due in sessions:
        made.add_component(_entry(keys, patient_id, zone, language, due, now))
    if sessions:
        made.add_missing_timezones(first_date=sessions[0].on, last_date=sessions[-1].on + timedelta(days=1))
    return bytes(made.to_ical())


def _entry(keys: Keys, patient_id: str, zone: str, language: str, due: Due, now: datetime) -> "Event":
    from icalendar import CLASS, TRANSP, Alarm, Event

    said = sentence(Purpose.SESSION, language)
    starts = due.at.astimezone(days.zone(zone))
    made = Event.new(
        uid=f"{keys.lookup('calendar-entry', patient_id, due.on.isoformat(), str(due.slot))[:32]}@stepwise",
        summary=said,
        start=starts,
        end=starts + LASTS,
        stamp=now,
        classification=CLASS.PRIVATE,
        transparency=TRANSP.TRANSPARENT,
    )
    alarm = Alarm.new(description=said)
    alarm.add("action", "DISPLAY")
    alarm.TRIGGER = timedelta(0)
    made.add_component(alarm)
    return made
