"""Which sessions of a date a reminder may ask for: due, not begun, not skipped, not on hold.

Programs are read as the clinic published them and not as a phone could know them: a reminder brings the phone to what
is new. Floating items are asked for on days spread over their week, and again where the days left run out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from hep.burden import REST_DAYS_HEAVY, is_heavy
from hep.course import Course
from hep.days import iso_week, week_dates
from hep.facts import ItemKey
from hep.history import History
from hep.records import Prescription, ProgramVersion
from hep.schedule import OFFER_SLOT, PlannedItem, due_items, runs_on, week_items


@dataclass(frozen=True, slots=True)
class Slots:
    """`open`: the slots of a date that wait for a session. `count`: how many slots the date has in all."""

    open: frozenset[int]
    count: int


@dataclass(frozen=True)
class Wanted:
    """A history as reminders ask it. `locked`: families on hold after a stop sign; None among them holds everything."""

    history: History
    locked: frozenset[str | None] = field(default_factory=frozenset)

    @classmethod
    def of(cls, history: History, locked: Iterable[str | None] = ()) -> "Wanted":
        """For these rows under the programs as published."""
        return cls(_as_published(history), frozenset(locked))

    def slots(self, on: date) -> Slots:
        """The slots of a local date."""
        return self.history.once(("reminding", self.locked, on), lambda: self._slots(on))

    def _slots(self, on: date) -> Slots:
        dated = due_items(self.history, on)
        floated = self._floated(on)
        begun = {item.slot for item in dated if self._touched(item)} | floated
        free = {item.slot for item in dated if self._allowed(item.prescription)}
        if not floated and self._floats_on(on):
            free.add(OFFER_SLOT)
        return Slots(frozenset(free - begun), max([item.slot for item in dated] + sorted(free), default=0))

    def _touched(self, item: PlannedItem) -> bool:
        return item.key in self.history.sets_by_item or item.key in self.history.skips_by_item

    def _allowed(self, prescription: Prescription) -> bool:
        return None not in self.locked and prescription.exercise.family not in self.locked

    def _floated(self, on: date) -> frozenset[int]:
        """The slots of a date in which a floating item was done, or left out with a reason."""
        done = (entry.fact.session_id for entry in self.history.floating_by_date.get(on, ()))
        left_out = (
            skip.fact.session_id
            for skip in self.history.skips
            if skip.fact.on == on and ItemKey.parse(skip.fact.planned).floating
        )
        return frozenset(self.history.slot_of_session.get(id_ or "", OFFER_SLOT) for id_ in (*done, *left_out))

    def _floats_on(self, on: date) -> bool:
        """Whether an item of the week is to be asked for on this date."""
        if self.history.paused_on(on):
            return False
        by_prescription: dict[str, list[PlannedItem]] = {}
        for item in week_items(self.history, iso_week(on)):
            by_prescription.setdefault(item.prescription.id, []).append(item)
        return any(self._asks(items, on) for items in by_prescription.values() if self._allowed(items[0].prescription))

    def _asks(self, items: list[PlannedItem], on: date) -> bool:
        """Whether the items of one floating prescription ask for this date: it is one of the days they are spread
        over and that many are not done yet, or no more days are left than items.
        """
        days = [d for d in week_dates(iso_week(on)) if self._runs(items[0].prescription, d)]
        left = sum(not self._touched(item) for item in items)
        if on not in days or not left or not self._rested(items[0].prescription, on):
            return False
        spread = [days[n * len(days) // len(items)] for n in range(len(items))]
        step = _rest_days(items[0].prescription)
        chances = -(-sum(d >= on for d in days) // step)
        asked_by_now = sum(d <= on for d in spread)
        return (on in spread and asked_by_now > len(items) - left) or chances <= left

    def _runs(self, prescription: Prescription, on: date) -> bool:
        version = None if self.history.paused_on(on) else self.history.version_on(on)
        known = version is not None and version.prescription(prescription.id) is not None
        return known and runs_on(prescription.schedule, on)

    def _rested(self, prescription: Prescription, on: date) -> bool:
        """Whether it had its rest: 48 h after heavy work. Source: ours (clinical-rules, rule j)."""
        days = {on - timedelta(days=n) for n in range(1, _rest_days(prescription))}
        return not any(e.fact.on in days for e in self.history.sets_by_prescription.get(prescription.id, ()))

    @property
    def versions(self) -> tuple[ProgramVersion, ...]:
        """Every published version of every program, in the order of publication."""
        history = self.history
        found = [v for each in (history.programs if isinstance(history, Course) else (history,)) for v in each.versions]
        return tuple(sorted(found, key=lambda version: version.published_at))


def _rest_days(prescription: Prescription) -> int:
    return REST_DAYS_HEAVY if is_heavy(prescription.exercise) and not prescription.spacing_override else 1


def _as_published(history: History) -> History:
    if isinstance(history, Course):
        programs = tuple(each.under(each.versions, None) for each in history.programs)
        return Course((), history.rows, history.zone, programs=programs)
    return history.under(history.versions, None)
