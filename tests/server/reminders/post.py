"""What tests of reminders share: a patient who is to be reminded, and a channel that notes what it was given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import col, select

from hep.facts import Pause, Preference, SkipReason
from hep.ids import new_id
from server.database import reading, writing
from server.reminders import planning
from server.reminders.engine import Ticker
from server.reminders.port import Address, Message, Outcome
from server.tables.reminding import Outbox, Reminder, ReminderAddress
from tests.server.care import Care
from tests.server.world import World

KIND = "noted"


@dataclass
class Noted:
    """A channel that answers as it is told, and keeps what it was asked to send."""

    answer: Callable[[Message], Outcome] = lambda _: Outcome.sent()
    kind: str = KIND
    messages: list[tuple[Address, Message]] = field(default_factory=list)

    def send(self, address: Address, message: Message, timeout_s: float) -> Outcome:
        self.messages.append((address, message))
        return self.answer(message)

    @property
    def sentences(self) -> list[str]:
        return [message.sentence for _, message in self.messages]


@dataclass
class Reminded:
    """A patient with a program, an address and a ticking server. Their zone is New York, their anchor 12:00."""

    care: Care
    channel: Noted = field(default_factory=Noted)

    def __post_init__(self) -> None:
        self.ticker = self.new_ticker()

    @classmethod
    def begin(cls, world: World, anchor: str = "12:00", beside: Care | None = None, **changes: Any) -> "Reminded":
        made = cls(Care.begin(world, beside=beside), **changes)
        made.address()
        made.prefer(**{"remind.times": anchor, "remind.follow_up": "no"})
        return made

    @property
    def world(self) -> World:
        return self.care.world

    def new_ticker(self, **changes: Any) -> Ticker:
        """The engine of another process of the same clinic."""
        world = self.care.world
        given = {"senders": 1, "timeout_s": 1.0} | changes
        return Ticker(world.engine, lambda: world.now, {self.channel.kind: self.channel}, **given)

    def address(self, **changes: Any) -> str:
        care = self.care
        given: dict[str, Any] = {
            "id": new_id(self.world.now),
            "clinic_id": care.clinic_id,
            "patient_id": care.patient_id,
            "device_id": care.phone.device_id,
            "kind": KIND,
            "address": '{"to": "here"}',
            "state": "ok",
            "created_at": self.world.now,
        }
        row = ReminderAddress(**(given | changes))
        with writing(self.world.engine) as session:
            session.add(row)
            planning.wake(session, care.patient_id, self.world.now)
        return row.id

    def prefer(self, **settings: str) -> None:
        """The phone sends these settings, and what follows from them is worked out."""
        rows = [
            self.care.row(Preference(**self.care.base(at=self.world.now), name=name, value=value))
            for name, value in settings.items()
        ]
        assert set(self.care.statuses(*rows)) == {"accepted"}
        self.care.settle()

    def pause(self, from_on: date, until_on: date) -> None:
        """Days away."""
        away = Pause(**self.care.base(at=self.world.now), from_on=from_on, until_on=until_on, reason=SkipReason.AWAY)
        assert self.care.statuses(self.care.row(away)) == ["accepted"]
        self.care.settle()

    def at(self, hour: int, minute: int = 0, days: int = 0) -> datetime:
        """Turn the clock to a wall time of New York in winter, so many days on; everybody signs in again."""
        local = datetime.combine(self.care.today + timedelta(days=days), time(hour, minute), tzinfo=UTC)
        self.world.now = local + timedelta(hours=5)
        self.care.later()
        return self.world.now

    def tick(self, at: datetime | None = None) -> None:
        """One tick, after which everything that is due has had its moment of the spread."""
        if at is not None:
            self.world.now = at
        self.ticker.tick()
        self.world.later(seconds=20)
        self.ticker.tick()

    def planned(self) -> list[tuple[date, int, str, datetime]]:
        """What waits to come due."""
        return [(row.on_date, row.slot, row.purpose, row.due_at) for row in self.reminders() if row.state == "planned"]

    def reminders(self) -> list[Reminder]:
        query = select(Reminder).where(Reminder.patient_id == self.care.patient_id).order_by(col(Reminder.due_at))
        with reading(self.world.engine) as session:
            return list(session.exec(query))

    def outbox(self) -> list[Outbox]:
        query = select(Outbox).where(Outbox.patient_id == self.care.patient_id).order_by(col(Outbox.due_at))
        with reading(self.world.engine) as session:
            return list(session.exec(query))

    def states(self) -> list[tuple[str, str | None]]:
        """State and code of each message."""
        return [(row.state, row.code) for row in self.outbox()]
