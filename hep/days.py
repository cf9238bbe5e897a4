"""Local dates: a day runs from 03:00 to 03:00 in the phone's zone, so that a session at 00:30 belongs to the evening.

The device decides a log's local date once; nothing here is ever applied to a stored log again.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hep.problems import Refused

ROLLOVER = timedelta(hours=3)
"""Source: ours (clinical-rules, adherence): the window of a date ends at 03:00 of the next."""

UNKNOWN_GRACE = timedelta(hours=48)
"""Source: ours: a slot with no log is unknown until its window + 48 h, then not logged."""


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises `Refused` (`zone_unknown`) for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("zone_unknown", "The time zone is not known. Check the device's settings.") from None


def local_on(at: datetime, zone_name: str) -> date:
    """The local date an instant belongs to: the one whose window holds it, that of (wall clock − 3 h) in that zone.

    Wall clock, not elapsed time. Where a change of the clock repeats or skips 03:00 itself (Chatham), `window_end`
    decides, so that dates never run backward.
    """
    on = (at.astimezone(zone(zone_name)).replace(tzinfo=None) - ROLLOVER).date()
    if at >= window_end(on, zone_name):
        return on + timedelta(days=1)
    before = on - timedelta(days=1)
    return before if at < window_end(before, zone_name) else on


@lru_cache(maxsize=4096)
def window_end(on: date, zone_name: str) -> datetime:
    """The instant (UTC, exclusive) at which the local date `on` ends: 03:00 wall clock of the next day."""
    wall = datetime.combine(on + timedelta(days=1), time(3), tzinfo=zone(zone_name))
    return wall.astimezone(UTC)


def iso_week(on: date) -> str:
    """The ISO week of a date, as `2026-W47`."""
    year, week, _ = on.isocalendar()
    return f"{year:04d}-W{week:02d}"


def week_dates(week: str) -> tuple[date, ...]:
    """The seven dates, Monday first, of an ISO week such as `2026-W47`. Raises `Refused` for another text."""
    try:
        year, number = int(week[:4]), int(week[6:])
        monday = date.fromisocalendar(year, number, 1)
    except ValueError:
        raise Refused("invalid", "An entry names a week that does not exist.") from None
    return tuple(monday + timedelta(days=n) for n in range(7))
