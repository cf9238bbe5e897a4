"""What a patient chose about reminders, read from the settings that every phone keeps and sends like any entry.

Each setting is a fact of kind `preference`, named `remind.…`; a value that cannot be read is the default. Refuses to
refuse: an odd setting never keeps a reminder from being planned.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import time
from typing import Any

ON, TIMES, FOLLOW_UP, MORNING = "remind.on", "remind.times", "remind.follow_up", "remind.morning"
MOST, QUIET, CHANNELS_OFF, LANGUAGE = "remind.most", "remind.quiet", "remind.channels_off", "remind.language"
TAPER = "remind.taper"
"""The names of the settings. `remind.taper` holds the ISO date on which the offer to remind less was last answered."""

YES, NO, NONE = "yes", "no", "none"
"""How a switch is written, and a list with nothing in it (a setting is never empty)."""

QUIET_FROM, QUIET_UNTIL = time(21), time(8)
"""Quiet hours unless others are chosen. Source: ours (reminders, design 5)."""

MOST_PER_DAY = 2
MOST_CHOSEN = 3
"""Reminders a day unless chosen otherwise, and the most that can be chosen. Source: ours (design 2)."""

FIRST_ANCHOR, LAST_OF_FEW, LAST_OF_MANY = time(8, 30), time(18), time(20)
"""Slots without a chosen time are spread evenly between the first and, up to three slots, the one at six."""

_FEW = 3
_STEP_MIN = 15
_SLOTS = 8
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_CHANNEL = re.compile(r"[a-z_]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """A patient's choices. `anchors`: the chosen wall times of slots 1 …, as many as were chosen (see `anchor`).

    `quiet_from` (inclusive) to `quiet_until` (exclusive) may cross midnight; the same time twice is no quiet hours.
    `channels_off`: kinds of channel the patient does not want.
    """

    on: bool = True
    anchors: tuple[time, ...] = ()
    follow_up: bool = True
    morning: bool = True
    most_per_day: int = MOST_PER_DAY
    quiet_from: time = QUIET_FROM
    quiet_until: time = QUIET_UNTIL
    channels_off: frozenset[str] = frozenset()
    language: str = "en"

    @classmethod
    def of(cls, preferences: Mapping[str, str]) -> "Reminding":
        """The choices in these settings; never raises."""
        quiet = _quiet(preferences.get(QUIET, ""))
        return cls(
            on=_switch(preferences.get(ON)),
            anchors=_times(preferences.get(TIMES, "")),
            follow_up=_switch(preferences.get(FOLLOW_UP)),
            morning=_switch(preferences.get(MORNING)),
            most_per_day=_most(preferences.get(MOST, "")),
            quiet_from=quiet[0],
            quiet_until=quiet[1],
            channels_off=frozenset(name for name in _parts(preferences, CHANNELS_OFF) if _CHANNEL.fullmatch(name)),
            language=preferences.get(LANGUAGE, "en"),
        )

    def preferences(self) -> dict[str, str]:
        """Every choice as the setting that says it; `of` reads the same choices back."""
        return {
            ON: YES if self.on else NO,
            TIMES: ",".join(map(written, self.anchors)) or NONE,
            FOLLOW_UP: YES if self.follow_up else NO,
            MORNING: YES if self.morning else NO,
            MOST: str(self.most_per_day),
            QUIET: f"{written(self.quiet_from)}-{written(self.quiet_until)}",
            CHANNELS_OFF: ",".join(sorted(self.channels_off)) or NONE,
            LANGUAGE: self.language,
        }

    def changed(self, other: "Reminding") -> dict[str, str]:
        """The settings in which `other` differs from these choices."""
        before = self.preferences()
        return {name: value for name, value in other.preferences().items() if before[name] != value}

    def anchor(self, slot: int, slots: int) -> time:
        """The wall time of `slot` (1 …) on a day of so many `slots`: the chosen one, else one of an even spread."""
        if slot <= len(self.anchors):
            return self.anchors[slot - 1]
        first, last = _minutes(FIRST_ANCHOR), _minutes(LAST_OF_FEW if slots <= _FEW else LAST_OF_MANY)
        if slots <= 1:
            return FIRST_ANCHOR
        steps = (last - first) * (slot - 1) // ((slots - 1) * _STEP_MIN)
        minutes = first + steps * _STEP_MIN
        return time(minutes // 60, minutes % 60)


def written(wall: time) -> str:
    """A wall time as a setting holds it, as `08:30`."""
    return f"{wall.hour:02d}:{wall.minute:02d}"


def with_anchor(reminding: Reminding, slot: int, slots: int, wall: time) -> Reminding:
    """These choices with the time of one slot chosen; slots before it keep the time they had."""
    chosen = [
        wall if n == slot else reminding.anchor(n, slots) for n in range(1, max(slot, len(reminding.anchors)) + 1)
    ]
    values: dict[str, Any] = {field.name: getattr(reminding, field.name) for field in fields(reminding)}
    return Reminding(**{**values, "anchors": tuple(chosen)})


def _switch(value: str | None) -> bool:
    return value != NO


def _times(value: str) -> tuple[time, ...]:
    """The times of a list; a list with one that cannot be read is none, since a slot is known by its place in it."""
    found = [_time(part) for part in value.split(",")[:_SLOTS]]
    return tuple(wall for wall in found if wall is not None) if None not in found else ()


def _time(value: str) -> time | None:
    parts = _TIME.fullmatch(value.strip())
    return time(int(parts[1]), int(parts[2])) if parts else None


def _quiet(value: str) -> tuple[time, time]:
    ends = [_time(part) for part in value.split("-")]
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
        return ends[0], ends[1]
    return QUIET_FROM, QUIET_UNTIL


def _most(value: str) -> int:
    return int(value) if value in {str(n) for n in range(1, MOST_CHOSEN + 1)} else MOST_PER_DAY


def _parts(preferences: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in preferences.get(name, "").split(",") if part.strip() != NONE]


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute
