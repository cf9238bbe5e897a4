"""The reminders' tick: with 100,000 stored and none due, and with 2,000 due at once, beside one job per reminder.

The jobs are APScheduler's, in a store of their own (in one file with the outbox they starve), with the same settings
of SQLite, and each does for its reminder what the tick does for all: it puts one message into the outbox. Only the
2,000 that are due are stored there: adding 100,000 takes minutes.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine, func, select
from sqlmodel import SQLModel, col

from server.bulk import insert_many
from server.database import open_database, reading, writing
from server.reminders.collecting import collect
from server.reminders.engine import Ticker
from server.tables.reminding import Outbox

STORED, DUE, TICKS, ROUNDS = 100_000, 2_000, 300, 5
NOW = datetime(2026, 11, 23, 13, tzinfo=UTC)
"""Eight in the morning in New York."""

_PATIENCE_S = 120


def measure() -> dict[str, float]:
    """The figures of `reminders.*`; the ratio is our time to theirs."""
    with TemporaryDirectory() as name:
        with _database(Path(name) / "ours.db") as engine:
            _store(engine, STORED, NOW + timedelta(hours=1), timedelta(seconds=6))
            idle = _idle(engine)
            ours = [_ours(engine, NOW + timedelta(seconds=n)) for n in range(ROUNDS)]
        with _database(Path(name) / "theirs.db") as engine, _database(Path(name) / "jobs.db") as jobs:
            theirs = _theirs(engine, jobs)
    return {
        "reminders.stored": STORED,
        "reminders.idle_tick_ms": round(median(idle) * 1000, 3),
        "reminders.idle_tick_max_ms": round(max(idle) * 1000, 3),
        "reminders.due2000_s": round(median(ours), 3),
        "reminders.due2000_s_apscheduler": round(theirs, 3),
        "reminders.ratio_apscheduler": round(median(ours) / theirs, 4),
    }


@contextmanager
def _database(path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{path}")
    with engine.execution_options(write=True).begin() as connection:
        SQLModel.metadata.create_all(connection)
    yield engine
    engine.dispose()


def _store(engine: Engine, count: int, first: datetime, apart: timedelta = timedelta(0)) -> None:
    """So many reminders of as many patients, from `first` on."""
    key = first.isoformat()
    rows = [
        {
            "id": f"{key}-{n}",
            "patient_id": f"{key}-patient-{n}",
            "due_at": first + n * apart,
            "until_at": first + n * apart + timedelta(hours=2),
        }
        for n in range(count)
    ]
    shared = {"clinic_id": "clinic", "on_date": first.date(), "slot": 1, "purpose": "session", "state": "planned"}
    with writing(engine) as session:
        insert_many(session.connection(), SQLModel.metadata.tables["reminder"], rows, shared | {"code": None})


def _address(engine: Engine, first: datetime) -> None:
    """An address for each of the patients of the DUE that are due from `first` on."""
    table = SQLModel.metadata.tables["reminder_address"]
    nothing = {column.name: None for column in table.columns if column.nullable}
    shared = nothing | {
        "clinic_id": "clinic",
        "kind": "none",
        "address": "{}",
        "state": "ok",
        "created_at": NOW,
        "confirm_tries": 0,
    }
    key = first.isoformat()
    rows = [{"id": f"{key}-address-{n}", "patient_id": f"{key}-patient-{n}"} for n in range(DUE)]
    with writing(engine) as session:
        insert_many(session.connection(), table, rows, shared)


def _idle(engine: Engine) -> list[float]:
    """Seconds of each tick that finds nothing due, after one that does not count."""
    ticker = Ticker(engine, lambda: NOW, {})
    ticker.tick()
    return [_timed(ticker.tick) for _ in range(TICKS)]


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _ours(engine: Engine, at: datetime) -> float:
    """Seconds until DUE more reminders, all due at one instant, are in the outbox."""
    _store(engine, DUE, at)
    _address(engine, at)
    before = _in_outbox(engine)
    took = _timed(lambda: collect(engine, lambda: at))
    assert _in_outbox(engine) == before + DUE
    return took


def _in_outbox(engine: Engine) -> int:
    with reading(engine) as session:
        return session.connection().execute(select(func.count()).select_from(Outbox)).scalar_one()


_engines: dict[str, Engine] = {}
"""For the jobs, which are stored by the name of their function."""


def put(number: int) -> None:
    """What a job does when its reminder is due."""
    row = {"id": str(number), "reminder_id": str(number), "address_id": str(number), "patient_id": str(number)}
    shared = {
        "clinic_id": "clinic",
        "kind": "none",
        "purpose": "session",
        "due_at": NOW,
        "until_at": NOW + timedelta(hours=2),
        "not_before": NOW,
        "owner": None,
        "tries": 0,
        "state": "waiting",
        "code": None,
        "sent_at": None,
        "opened_at": None,
    }
    with writing(_engines["theirs"]) as session:
        insert_many(session.connection(), SQLModel.metadata.tables["outbox"], [row], shared)


def _theirs(engine: Engine, jobs: Engine) -> float:
    """Seconds until DUE jobs, all due, have put theirs into the outbox; their store is a file of its own."""
    _engines["theirs"] = engine
    scheduler = BackgroundScheduler(
        timezone=UTC,
        jobstores={"default": SQLAlchemyJobStore(engine=jobs.execution_options(write=True))},
        executors={"default": ThreadPoolExecutor(4)},
        job_defaults={"misfire_grace_time": None, "coalesce": True},
    )
    scheduler.start(paused=True)
    due_at = datetime.now(UTC) + timedelta(seconds=1)
    for number in range(DUE):
        scheduler.add_job(put, "date", run_date=due_at, args=[number], id=str(number))
    took = _timed(lambda: _run_all(scheduler, engine))
    scheduler.shutdown()
    return took


def _run_all(scheduler: BackgroundScheduler, engine: Engine) -> None:
    scheduler.resume()
    end = time.monotonic() + _PATIENCE_S
    query = select(func.count()).where(col(Outbox.state) == "waiting")
    while time.monotonic() < end:
        with reading(engine) as session:
            if session.connection().execute(query).scalar_one() == DUE:
                return
        time.sleep(0.02)
    raise AssertionError("the jobs did not come to an end")
