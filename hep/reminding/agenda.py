"""The sessions to come, for a calendar: every open slot at its own time, without ladder, cap or quiet hours.

A calendar is asked for rarely and shows weeks, so it must not be planned "as if nothing more were logged".
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hep.days import local_on, window_end
from hep.history import History
from hep.reminding.choices import Reminding
from hep.reminding.clock import instant
from hep.reminding.due import Due, Purpose
from hep.reminding.wanted import Wanted


def agenda(
    history: History, zone: str, reminding: Reminding, now: datetime, days: int, locked: Iterable[str | None] = ()
) -> tuple[Due, ...]:
    """The sessions of today's local date and the `days` - 1 after it that are not begun, by `at`; none where reminders
    are off. `until` is the end of the date. Raises `Refused` (`zone_unknown`).
    """
    if not reminding.on:
        return ()
    wanted, today = Wanted.of(history, locked), local_on(now, zone)
    found: list[Due] = []
    for on in (today + timedelta(days=n) for n in range(days)):
        slots = wanted.slots(on)
        for slot in slots.open:
            at = instant(on, reminding.anchor(slot, slots.count), zone)
            found.append(Due(on, slot, Purpose.SESSION, at, window_end(on, zone)))
    return tuple(sorted(found, key=lambda due: (due.at, due.slot)))
