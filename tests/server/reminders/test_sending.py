import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from server.database import reading, writing
from server.reminders import outbox
from server.reminders.port import Message, Outcome
from server.tables.people import AuditEntry
from server.tables.reminding import Outbox, ReminderAddress
from tests.server.reminders.post import KIND, Noted, Reminded
from tests.server.world import World


def test_a_channel_that_is_busy_is_tried_again_later_and_never_more_than_five_times(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world, channel=Noted(lambda _: Outcome.later("too_many", 100.0)))
    reminded.tick(reminded.at(12))
    assert len(reminded.channel.messages) == 1
    reminded.tick(sqlite_world.later(seconds=60))
    assert len(reminded.channel.messages) == 1
    for _ in range(8):
        reminded.tick(sqlite_world.later(minutes=10))
    assert len(reminded.channel.messages) == 5
    assert len({message.id for _, message in reminded.channel.messages}) == 1
    assert reminded.states() == [("dead", "too_many")]


def test_a_channel_that_stays_away_is_given_up_when_the_reminder_is_worth_nothing(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world, channel=Noted(lambda _: Outcome.later("away", 86_400.0)))
    reminded.tick(reminded.at(12))
    assert reminded.states() == [("dead", "away")]


def test_an_address_that_is_gone_gets_nothing_more_and_the_other_one_all(world: World) -> None:
    reminded = Reminded.begin(world)
    reminded.address(address='{"to": "there"}', device_id=None)
    gone = reminded.outbox
    reminded.channel.answer = lambda _: Outcome.gone("gone_410")
    reminded.channel.send = _by_address(reminded.channel, {"here"})  # type: ignore[method-assign]
    reminded.tick(reminded.at(12))
    assert sorted(reminded.states()) == [("dead", "gone_410"), ("sent", None)]
    reminded.care.push(*reminded.care.session())
    reminded.tick(reminded.at(12, days=1))
    assert [row.state for row in gone()][2:] == ["sent"]
    with reading(world.engine) as session:
        assert sorted(session.exec(select(ReminderAddress.state)).all()) == ["gone", "ok"]
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "reminder_address.gone")).one()
    assert (entry.role, entry.patient_id) == ("system", reminded.care.patient_id)


def _by_address(channel: Noted, gone: set[str]) -> Any:
    def send(address: Any, message: Message, timeout_s: float) -> Outcome:
        channel.messages.append((address, message))
        return Outcome.gone("gone_410") if address.data["to"] in gone else Outcome.sent()

    return send


def test_a_channel_that_raises_or_hangs_harms_nobody(sqlite_world: World, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: Message) -> Outcome:
        raise OSError("https://push.example.org/secret says no")

    reminded = Reminded.begin(sqlite_world, channel=Noted(fail))
    reminded.tick(reminded.at(12))
    assert reminded.states() == [("waiting", "channel_failed")]
    assert "secret" not in caplog.text
    never = threading.Event()
    reminded.channel.answer = lambda _: Outcome.later("woken") if never.wait(30) else Outcome.sent()
    reminded.ticker = reminded.new_ticker(timeout_s=0.02)
    reminded.tick(sqlite_world.later(minutes=2))
    never.set()
    assert reminded.states() == [("waiting", "hung")]


def test_a_message_whose_holder_died_is_taken_over_under_the_same_id(world: World) -> None:
    reminded = Reminded.begin(world)
    reminded.at(12)
    collected = reminded.new_ticker()
    collected.end()
    collected.tick()
    world.later(seconds=20)
    with writing(world.engine) as session:
        (held,) = outbox.lease(session, KIND, "a process that died", world.now, 10)
    reminded.ticker.tick()
    assert reminded.channel.messages == []
    world.later(seconds=61)
    reminded.ticker.tick()
    assert [message.id for _, message in reminded.channel.messages] == [held.id]
    with writing(world.engine) as session:
        assert not outbox.note(session, outbox.dropped(held, "late"), world.now)
    assert reminded.states() == [("sent", None)]


def test_a_message_that_kills_its_sender_each_time_is_given_up_when_its_time_is_over(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world)
    reminded.at(12)
    collected = reminded.new_ticker()
    collected.end()
    collected.tick()
    for n in range(120):
        sqlite_world.later(seconds=61)
        with writing(sqlite_world.engine) as session:
            outbox.lease(session, KIND, f"process {n} that died", sqlite_world.now, 10)
    reminded.tick(sqlite_world.later(seconds=61))
    assert reminded.channel.messages == []
    assert reminded.states() == [("dropped", "late")]


def test_messages_due_at_one_instant_leave_one_after_the_other(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world)
    for n in range(30):
        reminded.address(address=f'{{"to": "{n}"}}')
    due_at = reminded.at(12)
    reminded.ticker.tick()
    with reading(sqlite_world.engine) as session:
        moments = session.exec(select(Outbox.not_before)).all()
    assert len(set(moments)) > 20
    assert all(due_at <= moment < due_at + timedelta(seconds=80) for moment in moments)
