"""A session as steps: which set of which exercise comes next, worked out from what is logged and never remembered.

So a killed app goes on where it was, and two readings of the store never disagree.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from app.patient.session import OpenSession
from app.patient.snapshot import Snapshot
from hep.burden import session_minutes
from hep.facts import ItemSkip, SetLog
from hep.history import Entry
from hep.progression import REST, overlay
from hep.records import Dose, Prescription, Side
from hep.schedule import PlannedItem, sessions_on
from hep.sessions import sides


@dataclass(frozen=True, slots=True)
class Step:
    """One set on one side."""

    number: int
    side: Side | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """One exercise of a session: its dose today, the sets logged, and whether it is over.

    `dose` None: it rests today. `stepped`: the dose is one step back. `closed`: nothing more is asked for it.
    """

    item: PlannedItem
    dose: Dose | None
    stepped: bool
    sets: tuple[Entry[SetLog], ...]
    skip: ItemSkip | None
    locked: bool

    @property
    def prescription(self) -> Prescription:
        """What is prescribed."""
        return self.item.prescription

    @property
    def steps(self) -> tuple[Step, ...]:
        """All sets of the exercise: the whole dose on one side, then on the other."""
        count = self.dose.sets if self.dose else 0
        return tuple(Step(n, side) for side in sides(self.prescription) for n in range(1, count + 1))

    @property
    def logs(self) -> tuple[SetLog, ...]:
        """The logged sets as facts."""
        return tuple(entry.fact for entry in self.sets)

    @property
    def steps_left(self) -> tuple[Step, ...]:
        """The sets without a log."""
        done = {(log.set_index, log.side) for log in self.logs}
        return tuple(step for step in self.steps if (step.number, step.side) not in done)

    @property
    def next_step(self) -> Step | None:
        """The first set without a log, None when there is none."""
        return next(iter(self.steps_left), None)

    @property
    def stopped(self) -> bool:
        """Pain ended it."""
        return any(log.stopped for log in self.logs)

    @property
    def closed(self) -> bool:
        """Nothing more is asked: done, skipped, stopped or on hold."""
        return (
            self.skip is not None or self.stopped or self.locked or (self.dose is not None and self.next_step is None)
        )


def items_of(snapshot: Snapshot, open_session: OpenSession) -> tuple[ItemView, ...]:
    """The exercises of the session under way; the short version has only its own."""
    items = [
        item
        for session in sessions_on(snapshot.history, open_session.on)
        if session.slot == open_session.slot
        for item in session.items
    ]
    if open_session.short:
        items = [item for item in items if item.prescription.minimum_set]
    return tuple(item_view(snapshot, item) for item in items)


def item_view(snapshot: Snapshot, item: PlannedItem) -> ItemView:
    """One exercise with what is logged for it."""
    return snapshot.once(item, lambda: _item_view(snapshot, item))


def _item_view(snapshot: Snapshot, item: PlannedItem) -> ItemView:
    history = snapshot.history
    sets = history.sets_by_item.get(item.key, ())
    own = frozenset(entry.fact.session_id for entry in sets if entry.fact.session_id is not None)
    before = overlay(snapshot.without(own), item.prescription, snapshot.now)
    rests = before is REST
    dose = None if rests else before if isinstance(before, Dose) else item.prescription.dose
    skips = history.skips_by_item.get(item.key, ())
    return ItemView(
        item=item,
        dose=dose,
        stepped=isinstance(before, Dose),
        sets=sets,
        skip=skips[-1].fact if skips else None,
        locked=snapshot.is_locked(item.prescription),
    )


def current(items: Iterable[ItemView]) -> ItemView | None:
    """The first exercise that is not over."""
    return next((item for item in items if not item.closed), None)


def minutes(items: Iterable[PlannedItem]) -> int:
    """About how long the exercises take, in whole minutes."""
    return session_minutes([item.prescription for item in items])


def last_answers(item: ItemView) -> tuple[int, int] | None:
    """Pain and effort of the set before, when both were given."""
    for log in reversed(item.logs):
        if log.pain is not None and log.effort is not None:
            return log.pain, log.effort
    return None
