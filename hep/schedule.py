"""What is due when: planned items and sessions of a date, and floating items of a week.

Judged by the version a slot's logs name, else by the version in force as the phone could know it. Refuses to know
whether anything was done: that is `adherence`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from hep.days import iso_week, week_dates
from hep.facts import ItemKey
from hep.history import History
from hep.records import Prescription, ProgramState, ProgramVersion, Schedule

OFFER_SLOT = 1
"""The slot of a day in which open floating items are offered. Source: ours."""

LOOK_AHEAD_DAYS = 400
"""How far `next_due` looks, in days: a year's pause and a month. Source: ours."""


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """One prescription due in one slot of a date, or for the n-th time in a week; `slot` is its n.

    `offered`: a floating item shown today because its week is still open.
    """

    key: ItemKey
    prescription: Prescription
    version: int
    slot: int
    offered: bool = False


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """The items that share a date and a slot."""

    on: date
    slot: int
    items: tuple[PlannedItem, ...]


def runs_on(schedule: Schedule, on: date) -> bool:
    """Whether the date lies between the schedule's ends (both inclusive); weekdays are not asked."""
    return schedule.from_on <= on and (schedule.until_on is None or on <= schedule.until_on)


def due_items(history: History, on: date) -> tuple[PlannedItem, ...]:
    """The dated items of a local date, by slot and then in the program's order; none while paused or inactive."""
    return history.once(("due_items", on), lambda: _due_items(history, on))


def _due_items(history: History, on: date) -> tuple[PlannedItem, ...]:
    if history.paused_on(on):
        return ()
    when = on.isoformat()
    in_force = history.version_on(on)
    named = history.named_on(when)
    slots = set(named)
    if in_force is not None:
        slots.update(range(1, _most_slots(in_force, on) + 1))
    items: list[PlannedItem] = []
    for slot in sorted(slots):
        items += _items_of(named.get(slot, in_force), on, when, slot)
    return tuple(items)


def _items_of(version: ProgramVersion | None, on: date, when: str, slot: int) -> Iterable[PlannedItem]:
    if version is None or version.state is not ProgramState.ACTIVE:
        return
    for p in version.prescriptions:
        if slot <= p.schedule.times_per_day and _dated_on(p.schedule, on):
            yield PlannedItem(ItemKey(p.id, when, slot), p, version.version, slot)


def _dated_on(schedule: Schedule, on: date) -> bool:
    return schedule.per_week is None and on.isoweekday() in schedule.weekdays and runs_on(schedule, on)


def _most_slots(version: ProgramVersion, on: date) -> int:
    return max((p.schedule.times_per_day for p in version.prescriptions if _dated_on(p.schedule, on)), default=0)


def week_items(history: History, week: str) -> tuple[PlannedItem, ...]:
    """The floating items of an ISO week such as `2026-W47`, by n and then in the program's order.

    In a week cut by a start, an end or a pause there are n × active days ÷ 7 of them, rounded half up. A change of
    version within the week counts by the latest version that has the prescription.
    """
    latest: dict[str, tuple[ProgramVersion, Prescription]] = {}
    active: dict[str, int] = defaultdict(int)
    for on in week_dates(week):
        version = None if history.paused_on(on) else history.version_on(on)
        for p in version.prescriptions if version else ():
            if p.schedule.per_week is not None and runs_on(p.schedule, on) and version:
                latest[p.id] = (version, p)
                active[p.id] += 1
    items = [
        PlannedItem(ItemKey(p.id, week, n), p, version.version, n)
        for version, p in latest.values()
        for n in range(1, share_of_week(p.schedule.per_week or 0, active[p.id]) + 1)
    ]
    return tuple(sorted(items, key=lambda item: item.slot))


def share_of_week(per_week: int, active_days: int) -> int:
    """`per_week` × active days ÷ 7, rounded half up. Source: ours (clinical-rules, adherence)."""
    return (2 * per_week * active_days + 7) // 14


def open_week_items(history: History, on: date) -> tuple[PlannedItem, ...]:
    """Each floating prescription's next item of the week that nobody logged or skipped, unless today is settled."""
    if history.paused_on(on):
        return ()
    offered: dict[str, PlannedItem] = {}
    for item in week_items(history, iso_week(on)):
        untouched = item.key not in history.sets_by_item and item.key not in history.skips_by_item
        if untouched and item.prescription.id not in offered and runs_on(item.prescription.schedule, on):
            offered[item.prescription.id] = item
    settled = {e.fact.prescription_id for e in history.sets_by_date.get(on, ())}
    settled |= {e.fact.prescription_id for e in history.skips if e.fact.on == on}
    return tuple(item for item in offered.values() if item.prescription.id not in settled)


def sessions_on(history: History, on: date) -> tuple[PlannedSession, ...]:
    """The sessions of a date as the Today screen offers them.

    Floating items still open this week join slot 1, flagged `offered`, once a day; those logged today stay in the
    slot of the session they were done in.
    """
    by_slot: dict[int, list[PlannedItem]] = defaultdict(list)
    for item in due_items(history, on):
        by_slot[item.slot].append(item)
    for slot, item in _floating_done_on(history, on):
        by_slot[slot].append(item)
    for item in open_week_items(history, on):
        by_slot[OFFER_SLOT].append(PlannedItem(item.key, item.prescription, item.version, item.slot, offered=True))
    return tuple(PlannedSession(on, slot, tuple(items)) for slot, items in sorted(by_slot.items()))


def _floating_done_on(history: History, on: date) -> Iterable[tuple[int, PlannedItem]]:
    if not history.sets_by_date.get(on):
        return
    for item in week_items(history, iso_week(on)):
        entries = history.sets_by_item.get(item.key, ())
        if entries and entries[0].fact.on == on:
            yield history.slot_of_session.get(entries[0].fact.session_id or "", OFFER_SLOT), item


def next_due(history: History, after: date) -> date | None:
    """The first date after `after` (exclusive) with something due or offered, None within 400 days."""
    for days in range(1, LOOK_AHEAD_DAYS + 1):
        on = after + timedelta(days=days)
        if due_items(history, on) or open_week_items(history, on):
            return on
    return None


def only_floating(version: ProgramVersion) -> bool:
    """Whether every prescription of the version floats (then a week's largest n is its sessions due)."""
    return bool(version.prescriptions) and all(p.schedule.per_week is not None for p in version.prescriptions)
