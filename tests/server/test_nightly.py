"""The caseload is worked out hour by hour through the night, by a clock that the tests turn."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from server import caseload, nightly
from server.database import reading
from server.tables.care import PatientSummary
from tests.server.care import Care
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
    assert nightly.refresh(world.engine, lambda: world.now) == 0
    world.later(days=1)
    assert nightly.refresh(world.engine, lambda: world.now) == 5
    assert as_of(world) == [today + timedelta(days=1)] * 5
    assert nightly.refresh(world.engine, lambda: world.now) == 0


def test_a_line_that_cannot_be_worked_out_keeps_no_other_waiting(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    Care.begin(sqlite_world, publish=False)
    sqlite_world.later(days=1)

    def fail(*_: object) -> None:
        raise ValueError("a name that must not be logged")

    with monkeypatch.context() as patched, caplog.at_level(logging.DEBUG):
        patched.setattr(caseload.upkeep.flags, "review", fail)
        assert nightly.refresh(sqlite_world.engine, lambda: sqlite_world.now) == 1
    assert nightly.refresh(sqlite_world.engine, lambda: sqlite_world.later(minutes=10)) == 1
    assert "must not be logged" not in caplog.text


def test_trouble_with_the_database_waits_for_the_next_hour(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the address of the database")

    monkeypatch.setattr(caseload, "refresh_stale", fail)
    assert nightly.refresh(sqlite_world.engine, lambda: sqlite_world.now) == 0
    assert "RuntimeError" in caplog.text
    assert "address" not in caplog.text


def test_the_timer_runs_once_an_hour_and_once_for_all_that_it_missed(sqlite_world: World) -> None:
    (job,) = nightly.scheduler(sqlite_world.engine, lambda: sqlite_world.now).get_jobs()
    assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, 3600)
    at = datetime(2026, 11, 22, 8, 5, 1, tzinfo=UTC)
    assert job.trigger.get_next_fire_time(None, at) == datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
    assert job.func is nightly.refresh


def test_the_server_starts_the_timer_and_ends_it(sqlite_url: str, tmp_path: Path) -> None:
    def timers() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name == "APScheduler"]

    assert timers() == []
    with World(sqlite_url, tmp_path):
        assert timers() == ["APScheduler"]
    assert timers() == []
