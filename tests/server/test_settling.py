"""What pushes leave, and lines whose day is over, are worked out by the server itself, by a clock the tests turn."""

import logging
import threading
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from sqlmodel import col, select

from server import caseload, settling
from server.database import reading
from server.rebuild import rebuild
from server.tables.care import DayRollup, PatientSummary
from tests.server.care import Care
from tests.server.log import waiting
from tests.server.world import World


def as_of(world: World) -> list[Any]:
    with reading(world.engine) as session:
        return [row.as_of for row in session.exec(select(PatientSummary).order_by(col(PatientSummary.patient_id)))]


def test_every_line_is_worked_out_once_its_day_is_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caseload, "BATCH", 2)
    first = Care.begin(world, publish=False)
    for _ in range(4):
        world.patient(first.therapist)
    today = first.today
    assert settling.refresh(world.engine, lambda: world.now) == 0
    world.later(days=1)
    assert settling.refresh(world.engine, lambda: world.now) == 5
    assert as_of(world) == [today + timedelta(days=1)] * 5
    assert settling.refresh(world.engine, lambda: world.now) == 0


def test_a_line_that_cannot_be_worked_out_keeps_no_other_waiting(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    Care.begin(sqlite_world, publish=False)
    sqlite_world.later(days=1)

    def fail(*_: object) -> None:
        raise ValueError("a name that must not be logged")

    with monkeypatch.context() as patched, caplog.at_level(logging.DEBUG):
        patched.setattr(caseload.upkeep.flags, "review", fail)
        assert settling.refresh(sqlite_world.engine, lambda: sqlite_world.now) == 1
    assert settling.refresh(sqlite_world.engine, lambda: sqlite_world.later(minutes=10)) == 1
    assert "must not be logged" not in caplog.text


def test_trouble_with_the_database_waits_for_the_next_hour(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the address of the database")

    Care.begin(sqlite_world)
    sqlite_world.later(days=1)
    monkeypatch.setattr(caseload, "refresh_stale", fail)
    assert settling.refresh(sqlite_world.engine, lambda: sqlite_world.now) == 0
    assert "RuntimeError" in caplog.text
    assert "address" not in caplog.text


def test_what_a_push_left_is_worked_out_by_the_server_itself(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    care = Care.begin(sqlite_world)
    care.push(*care.session())
    assert waiting(sqlite_world.engine) == 1
    sqlite_world.later(seconds=1)
    monkeypatch.setattr(settling, "EVERY_S", 0.02)
    timer = settling.scheduler(sqlite_world.engine, lambda: sqlite_world.now)
    timer.start()
    sleep(0.1)
    assert waiting(sqlite_world.engine) == 1, "the phone may still be writing"
    sqlite_world.later(seconds=1)
    deadline = monotonic() + 30
    while waiting(sqlite_world.engine) and monotonic() < deadline:
        sleep(0.01)
    timer.shutdown()
    assert waiting(sqlite_world.engine) == 0
    with reading(sqlite_world.engine) as session:
        assert session.get_one(DayRollup, (care.patient_id, care.today)).done == 1


def test_pushes_that_follow_each_other_are_settled_together(world: World) -> None:
    care = Care.begin(world)
    care.push(*care.session())
    care.push(*care.session(care.today - timedelta(days=1)), care.morning(care.today - timedelta(days=1)))
    assert settling.refresh(world.engine, lambda: world.now) == 1
    assert settling.refresh(world.engine, lambda: world.now) == 0
    assert rebuild(world.engine, world.now, check=True) == ()


def test_a_server_that_died_after_a_push_settles_it_when_it_is_back(sqlite_url: str, tmp_path: Path) -> None:
    with World(sqlite_url, tmp_path) as world:
        care = Care.begin(world)
        care.push(care.red_flag(), *care.session())
        now = world.now
    with World(sqlite_url, tmp_path) as again:
        again.now = now
        assert waiting(again.engine) == 1
        assert settling.refresh(again.engine, lambda: again.now) == 1
        assert rebuild(again.engine, again.now, check=True) == ()


def test_the_timer_runs_one_at_a_time_and_once_for_all_that_it_missed(sqlite_world: World) -> None:
    (job,) = settling.scheduler(sqlite_world.engine, lambda: sqlite_world.now).get_jobs()
    assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
    assert job.trigger.interval == timedelta(seconds=settling.EVERY_S)
    assert job.func is settling.refresh


def test_the_server_starts_the_timer_and_ends_it(sqlite_url: str, tmp_path: Path) -> None:
    def timers() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name == "APScheduler"]

    assert timers() == []
    with World(sqlite_url, tmp_path):
        assert timers() == ["APScheduler"]
    assert timers() == []
