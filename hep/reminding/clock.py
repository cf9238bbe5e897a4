"""Wall times as instants: where the clock jumps, where it repeats, and when it is quiet.

Every result is UTC, and every sum is made there: adding to a local time forgets which of two equal hours it was.
"""

from datetime import UTC, date, datetime, time, timedelta

from hep.days import ROLLOVER, window_end, zone
from hep.reminding.choices import Reminding

BEFORE_ROLLOVER = timedelta(minutes=15)
"""A night's time that the clock jumps over comes so long before its date ends. Source: ours."""

_DAY = timedelta(days=1)
_NIGHT_ENDS = time(ROLLOVER // timedelta(hours=1))


def calendar_instant(day: date, wall: time, zone_name: str) -> datetime:
    """The instant of a wall time of a calendar day. Source: ours (reminders, design 9).

    One that the clock jumps over is as long after the gap as it was after its beginning; one that comes twice is the
    first.
    """
    return datetime.combine(day, wall.replace(fold=0), tzinfo=zone(zone_name)).astimezone(UTC)


def instant(on: date, wall: time, zone_name: str) -> datetime:
    """The instant of a wall time of a local date; times before 03:00 are those of the night that follows it."""
    at = calendar_instant(on if wall >= _NIGHT_ENDS else on + _DAY, wall, zone_name)
    starts, ends = window_end(on - _DAY, zone_name), window_end(on, zone_name)
    return max(min(at, ends - BEFORE_ROLLOVER) if at >= ends else at, starts)


def quiet_end(at: datetime, reminding: Reminding, zone_name: str) -> datetime | None:
    """When the quiet hours that `at` lies in are over (exclusive); None when it is not quiet."""
    begin, end = reminding.quiet_from, reminding.quiet_until
    if begin == end:
        return None
    day = at.astimezone(zone(zone_name)).date()
    for start_day in (day - _DAY, day):
        starts = calendar_instant(start_day, begin, zone_name)
        ends = calendar_instant(start_day if begin < end else start_day + _DAY, end, zone_name)
        if starts <= at < ends:
            return ends
    return None


def is_quiet(wall: time, reminding: Reminding) -> bool:
    """Whether a wall time lies in the quiet hours, on a day without a change of the clock."""
    begin, end = reminding.quiet_from, reminding.quiet_until
    if begin <= end:
        return begin <= wall < end
    return wall >= begin or wall < end


def held(at: datetime, reminding: Reminding, zone_name: str) -> datetime:
    """`at`, or the end of the quiet hours that it lies in."""
    return quiet_end(at, reminding, zone_name) or at
