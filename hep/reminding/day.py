"""The reminders of one local date: at the patient's times, merged, with a gap between them and never too many.

What comes first has the place: sessions in the order of their times, then news, the morning question, second nudges.
Refuses to make up for what was not done: a slot that is over is over. Source of every number: ours (reminders,
design 2, 5, 6 and 7).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from hep.days import window_end
from hep.reminding.choices import Reminding
from hep.reminding.clock import held, instant, quiet_end
from hep.reminding.due import FOR_A_SESSION, WHOLE_DAY, Due, Purpose
from hep.reminding.lapse import FLAG_DAYS, Step
from hep.reminding.wanted import Slots

MERGE = timedelta(minutes=45)
"""Slots no further apart than this are one reminder, that of the earlier."""

GAP = timedelta(minutes=60)
"""The least time between two reminders."""

FOLLOW_UPS = (timedelta(minutes=120), timedelta(minutes=90))
"""How long after the reminder of a session the second one comes: the first that is not in quiet hours."""

WORTH = timedelta(hours=2)
"""So long after its time a reminder is still sent, as after an outage; never into the next date."""

MORNING_FROM, MORNING_UNTIL = time(8), time(10, 30)


@dataclass
class Day:
    """Collects what is sent on the date `on`.

    `sent` went out already, on this date and around it; `before` is planned for the dates before.
    """

    on: date
    zone: str
    reminding: Reminding
    sent: tuple[Due, ...] = ()
    before: tuple[Due, ...] = ()
    chosen: list[Due] = field(default_factory=list)

    def add_sessions(self, slots: Slots, step: Step) -> tuple[Due, ...]:
        """The reminders of the open slots, the first of them in the words of the ladder's step."""
        if step.purpose is None:
            return ()
        times = sorted((at, slot) for slot in slots.open if (at := self._time_of(slot, slots)) is not None)
        for at, slot in times[:1] if step.silent_days >= FLAG_DAYS else times:
            purpose = Purpose.SESSION if self._asked() else step.purpose
            self._add_session(slot, purpose, at)
        return tuple(due for due in self._asked() if due.slot in slots.open)

    def add(self, due: Due) -> None:
        """Add what is not a session: left out where another reminder is near, which opens the app as well."""
        if self._has_room(due) and all(abs(due.at - other) >= GAP for other in self._instants()):
            self.chosen.append(due)

    def add_morning(self) -> None:
        """The morning question, between 8:00 and 10:30."""
        at, until = (instant(self.on, wall, self.zone) for wall in (MORNING_FROM, MORNING_UNTIL))
        at = held(at, self.reminding, self.zone)
        if at < until:
            self.add(Due(self.on, WHOLE_DAY, Purpose.MORNING, at, until))

    def add_follow_ups(self, sessions: Iterable[Due]) -> None:
        """The second nudge of each reminded session; the plan made after its first entry has none any more."""
        for session in sorted(sessions, key=lambda due: due.at):
            if session.purpose is not Purpose.SESSION:
                continue
            at = next((at for wait in FOLLOW_UPS if self._is_fine(at := session.at + wait)), None)
            if at is not None:
                self.add(Due(self.on, session.slot, Purpose.FOLLOW_UP, at, self._until(at)))

    def _is_fine(self, at: datetime) -> bool:
        return quiet_end(at, self.reminding, self.zone) is None and at < window_end(self.on, self.zone)

    def _time_of(self, slot: int, slots: Slots) -> datetime | None:
        """When a slot's reminder comes: its time, else the end of quiet hours if its date still runs then."""
        at = held(instant(self.on, self.reminding.anchor(slot, slots.count), self.zone), self.reminding, self.zone)
        return at if at < window_end(self.on, self.zone) else None

    def _add_session(self, slot: int, purpose: Purpose, at: datetime) -> None:
        if any(abs(at - due.at) <= MERGE for due in self._asked()):
            return
        at = max([at, *(other + GAP for other in self._instants() if other <= at)])
        due = Due(self.on, slot, purpose, at, self._until(at))
        if self._has_room(due) and self._is_fine(at):
            self.chosen.append(due)

    def _asked(self) -> tuple[Due, ...]:
        """What asks for a session of this date."""
        return tuple(due for due in (*self.chosen, *self._sent_today()) if due.purpose in FOR_A_SESSION)

    def _until(self, at: datetime) -> datetime:
        return min(at + WORTH, window_end(self.on, self.zone))

    def _has_room(self, due: Due) -> bool:
        taken = len(self.chosen) + len(self._sent_today())
        return taken < self.reminding.most_per_day and not self._was_sent(due)

    def _was_sent(self, due: Due) -> bool:
        """Sent already, for a session in whichever words."""
        mine = FOR_A_SESSION if due.purpose in FOR_A_SESSION else {due.purpose}
        return any(each.slot == due.slot and each.purpose in mine for each in self._sent_today())

    def _sent_today(self) -> tuple[Due, ...]:
        return tuple(each for each in self.sent if each.on == self.on and each.purpose is not Purpose.TEST)

    def _instants(self) -> tuple[datetime, ...]:
        return tuple(due.at for due in (*self.before, *self.chosen, *self.sent) if due.purpose is not Purpose.TEST)
