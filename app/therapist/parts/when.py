"""Dates and instants in words, in the zone of the therapist's device."""

from datetime import date, datetime

from app import strings_clinic as words
from hep.days import zone


def day(on: date) -> str:
    """A date as `Nov 21`."""
    return f"{words.MONTHS[on.month - 1]} {on.day}"


def full_day(on: date) -> str:
    """A date as `Nov 21, 2026`."""
    return f"{day(on)}, {on.year}"


def clock(at: datetime, zone_name: str) -> str:
    """An instant's time of day as `6:40 pm`."""
    local = at.astimezone(zone(zone_name))
    return f"{local.hour % 12 or 12}:{local.minute:02d} {words.AM if local.hour < 12 else words.PM}"


def day_near(at: datetime, now: datetime, zone_name: str) -> str:
    """An instant's day: `Today`, `Yesterday`, else `Nov 21`, with the year when it is another one."""
    on, today = at.astimezone(zone(zone_name)).date(), now.astimezone(zone(zone_name)).date()
    if on == today:
        return words.TODAY
    if (today - on).days == 1:
        return words.YESTERDAY
    return day(on) if on.year == today.year else full_day(on)


def moment(at: datetime, now: datetime, zone_name: str) -> str:
    """An instant as `Yesterday, 6:40 pm`."""
    return f"{day_near(at, now, zone_name)}, {clock(at, zone_name)}"


def weekdays(days: tuple[int, ...]) -> str:
    """ISO weekdays as `Mon, Wed, Fri`."""
    return ", ".join(words.WEEKDAYS[n - 1] for n in days)
