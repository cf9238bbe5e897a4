"""What a demo patient does on one local date: answers the morning question, does, shortens or skips what is due.

Everything random comes from the story's own seeded source, so that it is the same for the same `today`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from hep.days import iso_week
from hep.facts import Acknowledgement, CheckIn, ItemSkip, Kind, Provenance, SkipReason
from hep.schedule import PlannedItem, due_items, week_items
from server.demo.life import Life
from server.demo.phone import wall
from server.demo.sitting import Sitting

_QUIET_DAYS = (2, 4, 7)
"""Weekdays on which nobody in the demo takes up a floating exercise: a day of rest between two."""


def live(life: Life, on: date, until: datetime) -> None:
    """Live the local date `on`; nothing is written at or after `until`."""
    _acknowledge(life, on, until)
    _answer_morning(life, on, until)
    for slot, items in _sessions(life, on):
        _session(life, on, slot, items, until)
    if life.rng.random() < life.phase(on).extra:
        _session_too_many(life, on, until)
    _enter_later(life, on, until)


def _acknowledge(life: Life, on: date, until: datetime) -> None:
    phone = life.phone
    at = wall(on, 7.4 + life.rng.random() / 3, phone.zone)
    known = [v for v in phone.versions if v.effective_on <= on and v.published_at < at]
    newest = max(known, key=lambda v: v.version, default=None)
    if newest is None or newest.version <= phone.seen_version or at >= until:
        return
    phone.seen_version = newest.version
    phone.write(Acknowledgement, at, on, program_id=newest.program_id, version=newest.version)


def _answer_morning(life: Life, on: date, until: datetime) -> None:
    phase, yesterday = life.phase(on), on - timedelta(days=1)
    at = wall(on, 8.1 + life.rng.random() * 1.5, life.phone.zone)
    if life.rng.random() >= phase.answers or at >= until or not life.phone.logged(yesterday):
        return
    stiffness = max(0, round(life.along(on, phase.stiffness) / 5) * 5)
    life.phone.write(CheckIn, at, on, pain=life.level(on, phase.morning), about_on=yesterday, stiffness_min=stiffness)


def _sessions(life: Life, on: date) -> list[tuple[int, tuple[PlannedItem, ...]]]:
    history = life.phone.history(Kind.PAUSE)
    slots: dict[int, list[PlannedItem]] = {}
    for item in due_items(history, on):
        slots.setdefault(item.slot, []).append(item)
    for item in _floating(life, week_items(history, iso_week(on)), on):
        slots.setdefault(1, []).append(item)
    return [(slot, tuple(items)) for slot, items in sorted(slots.items())]


def _floating(life: Life, items: Sequence[PlannedItem], on: date) -> list[PlannedItem]:
    """The next open item of each floating prescription."""
    nexts: dict[str, PlannedItem] = {}
    for item in sorted(items, key=lambda each: each.key.n):
        if item.prescription.schedule.from_on <= on and item.key not in life.floated:
            nexts.setdefault(item.prescription.id, item)
    return [] if on.isoweekday() in _QUIET_DAYS else list(nexts.values())


def _session(life: Life, on: date, slot: int, items: Sequence[PlannedItem], until: datetime) -> None:
    phase = life.phase(on)
    start = wall(on, life.story.hour + (slot - 1) * 3 + life.rng.random(), life.phone.zone)
    if life.rng.random() >= phase.attend:
        if life.rng.random() < phase.excuse:
            _skip(life, items, start, until, life.rng.choice(phase.reasons))
        return
    wanted = _without_planned_skips(life, items, start, until)
    if life.rng.random() < phase.backfill:
        life.backlog.append((on, slot, tuple(wanted)))
        return
    live_timed = life.rng.random() < phase.live
    provenance = Provenance.LIVE_TIMED if live_timed else Provenance.SAME_DAY
    Sitting(life, on, slot, provenance, start).do(wanted, until)


def _without_planned_skips(
    life: Life, items: Sequence[PlannedItem], at: datetime, until: datetime
) -> list[PlannedItem]:
    wanted = []
    for item in items:
        skip = next((s for s in life.skips if s.key == life.keys.get(item.prescription.id)), None)
        if skip is None:
            wanted.append(item)
        elif at < until:
            life.skips.remove(skip)
            _skip(life, [item], at, until, skip.reason, skip.note)
    return wanted


def _skip(
    life: Life,
    items: Sequence[PlannedItem],
    at: datetime,
    until: datetime,
    reason: SkipReason,
    note: str | None = None,
) -> None:
    for item in items:
        if item.key.on is None or at >= until:
            continue
        life.phone.write(
            ItemSkip,
            at,
            item.key.on,
            program_id=life.phone.versions[-1].program_id,
            version=item.version,
            prescription_id=item.prescription.id,
            planned=str(item.key),
            reason=reason,
            note=note,
        )


def _session_too_many(life: Life, on: date, until: datetime) -> None:
    slots = _sessions(life, on)
    start = wall(on, life.story.hour + 2.5 + life.rng.random(), life.phone.zone)
    if slots:
        Sitting(life, on, None, Provenance.LIVE_TIMED, start).do(slots[0][1], until)


def _enter_later(life: Life, on: date, until: datetime) -> None:
    """Enter, on the evening after, what was done before `on` and not yet entered."""
    at = wall(on, 20.5 + life.rng.random() / 2, life.phone.zone)
    if at >= until:
        return
    for done_on, slot, items in [each for each in life.backlog if each[0] < on]:
        Sitting(life, done_on, slot, Provenance.BACK_FILLED, at).do(items, until)
        life.backlog.remove((done_on, slot, items))
