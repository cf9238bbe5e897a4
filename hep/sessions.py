"""The bouts of one prescription: which sets belong together as one planned item or one extra, and what they achieved.

Progression and pain judge bouts, not calendars. Ordered by local date and slot, then by the clinic's order of rows;
never by a device's instants.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from hep.facts import ItemKey, SetLog
from hep.history import Entry, History
from hep.records import Laterality, Prescription, Side


@dataclass(frozen=True, slots=True)
class Bout:
    """The sets of one planned item (or one extra session) of one prescription, in order of rows."""

    on: date
    slot: int
    sets: tuple[Entry[SetLog], ...]

    @property
    def row_ids(self) -> tuple[str, ...]:
        """The rows behind this bout."""
        return tuple(entry.id for entry in self.sets)

    def of_side(self, prescription: Prescription, side: Side | None) -> tuple[SetLog, ...]:
        """The sets of a side, by set number. An unnamed side is the prescribed one where only one is prescribed."""
        one_side = prescription.side is not Side.BOTH
        logs = [
            entry.fact
            for entry in self.sets
            if side is None or entry.fact.side is side or (one_side and entry.fact.side is None)
        ]
        return tuple(sorted(logs, key=lambda log: log.set_index))


def sides(prescription: Prescription) -> tuple[Side | None, ...]:
    """The sides a dose is done on: one, both in turn, or None where a set covers the whole body."""
    if prescription.exercise.laterality is not Laterality.UNILATERAL or prescription.side is None:
        return (None,)
    if prescription.side is Side.BOTH:
        return (Side.LEFT, Side.RIGHT)
    return (prescription.side,)


def bouts(history: History, prescription: Prescription, *, since_version: int = 1) -> tuple[Bout, ...]:
    """Every bout with a logged set, oldest first, extras included; only sets logged under `since_version` or later.

    Sets of one session without a planned item join that session's planned one; else each extra session is a bout.
    """
    every = history.sets_by_prescription.get(prescription.id, ())
    entries = [entry for entry in every if entry.fact.version >= since_version]
    key = ("bouts", prescription.id, len(entries))  # of two versions that leave as many, both leave the same
    return history.once(key, lambda: _bouts(entries))


def _bouts(entries: Sequence[Entry[SetLog]]) -> tuple[Bout, ...]:
    groups: dict[tuple[date, int, str], list[Entry[SetLog]]] = defaultdict(list)
    planned = _planned_by_session(entries)
    for entry in entries:
        groups[_place(entry.fact, planned)].append(entry)
    return tuple(Bout(on, slot, tuple(groups[on, slot, name])) for on, slot, name in _in_order(groups))


def _planned_by_session(entries: Iterable[Entry[SetLog]]) -> dict[str, SetLog]:
    """Session id → a planned set of it."""
    return {
        entry.fact.session_id: entry.fact
        for entry in entries
        if entry.fact.session_id is not None and entry.fact.planned is not None
    }


_EXTRA_SLOT = 99
"""Extras of a date come after its planned slots."""


def _place(log: SetLog, planned: dict[str, SetLog]) -> tuple[date, int, str]:
    home = log if log.planned is not None else planned.get(log.session_id or "")
    if home is None or home.planned is None:
        return (log.on, _EXTRA_SLOT, log.session_id or "")
    on, slot = _planned_place(home.planned)
    return (on or home.on, slot, home.planned)


@lru_cache(maxsize=8192)
def _planned_place(planned: str) -> tuple[date | None, int]:
    """Date and slot of a planned item; a floating one has no date, and slot 0."""
    key = ItemKey.parse(planned)
    return key.on, 0 if key.floating else key.n


def _in_order(groups: dict[tuple[date, int, str], list[Entry[SetLog]]]) -> list[tuple[date, int, str]]:
    """By date and slot; groups that share both stay in the order their first rows came in."""
    return sorted(groups, key=lambda place: place[:2])
