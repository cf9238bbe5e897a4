import logging
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from hep.facts import SkipReason
from server.database import open_database, writing
from server.reminders import planning
from server.reminders.engine import Ticker
from server.reminders.port import Outcome
from server.tables.care import Fact
from server.tables.people import Patient
from tests.server.reminders.post import KIND, Noted, Reminded
from tests.server.world import START, World


def test_what_is_due_is_sent_once_and_carries_an_opaque_id_and_a_sentence_alone(world: World) -> None:
    reminded = Reminded.begin(world)
    reminded.tick(reminded.at(11, 59))
    assert reminded.channel.messages == []
    due_at = reminded.at(12)
    reminded.tick()
    reminded.tick()
    ((address, message),) = reminded.channel.messages
    assert (message.sentence, message.path, message.language) == ("session", "/", "en")
    assert 7000 < message.ttl_s <= 7200
    assert address.data == {"to": "here"}
    (row,) = reminded.outbox()
    assert (row.id, row.state, row.due_at) == (message.id, "sent", due_at)
    assert row.sent_at is not None
    assert row.sent_at - due_at <= timedelta(seconds=20)


def test_two_servers_take_each_reminder_once(world: World) -> None:
    reminded = Reminded.begin(world)
    tickers = [reminded.new_ticker() for _ in range(2)]
    reminded.at(12)
    for _ in range(2):
        threads = [threading.Thread(target=ticker.tick) for ticker in tickers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        world.later(seconds=20)
    assert reminded.channel.sentences == ["session"]
    assert reminded.states() == [("sent", None)]


def test_a_session_logged_in_the_last_second_is_not_reminded_of(world: World) -> None:
    reminded = Reminded.begin(world)
    reminded.at(12)
    reminded.ticker.tick()
    reminded.care.push(*reminded.care.session())
    world.later(seconds=20)
    reminded.ticker.tick()
    assert reminded.channel.messages == []
    assert reminded.states() == [("dropped", "not_wanted")]
    reminded.tick(reminded.at(12, days=1))
    assert reminded.states()[-1] == ("sent", None)


def _pause(reminded: Reminded) -> None:
    reminded.pause(reminded.care.today, reminded.care.today)


def _skip(reminded: Reminded) -> None:
    reminded.care.push(reminded.care.skip(SkipReason.NO_TIME))


def _revoke(reminded: Reminded) -> None:
    reply = reminded.care.therapist.post(
        f"/v1/patients/{reminded.care.patient_id}/devices/{reminded.care.phone.device_id}/revoke"
    )
    assert reply.status_code < 300, reply.text


def _switch_off(reminded: Reminded) -> None:
    reminded.prefer(**{"remind.channels_off": KIND})


def _stop_sign(reminded: Reminded) -> None:
    reminded.care.push(reminded.care.red_flag(family=None))


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (_pause, "not_wanted"),
        (_skip, "not_wanted"),
        (_revoke, "revoked"),
        (_switch_off, "channel_off"),
        (_stop_sign, "not_wanted"),
    ],
)
def test_a_message_is_looked_at_once_more_before_it_leaves(sqlite_world: World, happens: Any, code: str) -> None:
    reminded = Reminded.begin(sqlite_world)
    reminded.at(12)
    reminded.channel.answer = lambda _: Outcome.later("busy")
    reminded.tick()
    happens(reminded)
    reminded.channel.messages.clear()
    reminded.tick(sqlite_world.later(minutes=2))
    assert reminded.channel.messages == []
    assert reminded.states() == [("dropped", code)]


def test_quiet_hours_chosen_meanwhile_hold_a_message_until_they_end(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world)
    reminded.at(12)
    reminded.channel.answer = lambda _: Outcome.later("busy")
    reminded.tick()
    reminded.channel.answer = lambda _: Outcome.sent()
    reminded.prefer(**{"remind.quiet": "11:00-12:30"})
    reminded.tick(reminded.at(12, 10))
    assert len(reminded.channel.messages) == 1
    reminded.tick(reminded.at(12, 30))
    assert len(reminded.channel.messages) == 2
    assert {message.id for _, message in reminded.channel.messages} == {reminded.outbox()[0].id}


def test_after_an_outage_a_slot_speaks_once_and_what_is_over_not_at_all(world: World) -> None:
    reminded = Reminded.begin(world)
    reminded.prefer(**{"remind.follow_up": "yes"})
    reminded.tick(reminded.at(14, 30))
    assert reminded.channel.sentences == ["follow_up"]
    reminded.tick(reminded.at(16, 1, days=1))
    assert reminded.channel.sentences == ["follow_up"]
    codes = [row.code for row in reminded.reminders() if row.state == "dropped"]
    assert set(codes) <= {"late", "superseded"}
    assert len(codes) >= 3


def test_a_clock_that_was_ahead_for_a_while_costs_no_reminder(world: World) -> None:
    reminded = Reminded.begin(world)
    right = reminded.at(11)
    reminded.ticker.tick()
    reminded.tick(right + timedelta(days=1, hours=6))
    assert {row.code for row in reminded.reminders() if row.state == "dropped"} == {"late"}
    reminded.tick(right)
    reminded.tick(reminded.at(12))
    assert reminded.channel.sentences == ["session"]


def test_a_retry_that_a_wrong_clock_put_off_for_hours_is_made_by_the_right_one(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world, channel=Noted(lambda _: Outcome.later("busy")))
    reminded.at(11)
    reminded.ticker.tick()
    reminded.tick(reminded.at(13))
    reminded.channel.answer = lambda _: Outcome.sent()
    reminded.tick(reminded.at(12, 5))
    assert reminded.states() == [("sent", None)]


def test_one_patient_whose_zone_does_not_exist_keeps_no_other_from_being_reminded(
    sqlite_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    reminded = Reminded.begin(sqlite_world)
    other = Reminded.begin(sqlite_world, beside=reminded.care)
    with writing(sqlite_world.engine) as session:
        row = session.get_one(Patient, reminded.care.patient_id)
        row.zone = "Mars/Olympus"
        session.add(row)
        planning.wake(session, reminded.care.patient_id, sqlite_world.now)
    reminded.at(12)
    other.tick()
    assert other.states() == [("sent", None)]
    assert reminded.states() == [("waiting", "check_failed")]
    assert "Mars" not in caplog.text


def test_one_patient_whose_settings_cannot_be_read_keeps_no_other_from_being_reminded(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world)
    other = Reminded.begin(sqlite_world, beside=reminded.care)
    with writing(sqlite_world.engine) as session:
        of_patient = (col(Fact.patient_id) == reminded.care.patient_id, col(Fact.kind) == "preference")
        session.connection().execute(update(Fact).where(*of_patient).values(body='{"name": 7}'))
    reminded.at(12)
    other.tick()
    assert other.states() == [("sent", None)]
    assert reminded.states() == [("waiting", "check_failed")]


def test_a_tick_never_raises(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'nobody migrated this.db'}")
    with caplog.at_level(logging.ERROR):
        Ticker(engine, lambda: START, {}).tick()
    engine.dispose()
    assert "OperationalError" in caplog.text


def test_who_turned_reminders_off_gets_none(sqlite_world: World) -> None:
    reminded = Reminded.begin(sqlite_world)
    reminded.prefer(**{"remind.on": "no"})
    reminded.tick(reminded.at(12))
    assert reminded.reminders() == []


def test_a_server_ticks_by_one_job_however_many_reminders_there_are(sqlite_world: World) -> None:
    Reminded.begin(sqlite_world)
    jobs = {job.id: job for job in sqlite_world.app.state.timer.get_jobs()}
    assert set(jobs) == {"settling", "compaction", "reminders"}
    assert (jobs["reminders"].max_instances, jobs["reminders"].coalesce) == (1, True)
