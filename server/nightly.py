"""Works out the caseload's lines whose day is over, hour by hour, so that nobody waits for it in the morning.

A patient's day ends at 03:00 where they live, so some line goes stale in almost every hour of the night. Several
servers of one clinic may do this at once: whoever comes second finds nothing left. A missed hour is caught up by the
next one, and by whoever reads the list first.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine

from server import caseload
from server.database import writing

log = logging.getLogger("stepwise.nightly")

MINUTE = 5
"""Minute of every hour: no zone's 03:00 lies between the full hour and this."""

MISSED_S = 3600
"""Seconds by which a run may be late (a sleeping machine) and still happen, once."""


def refresh(engine: Engine, clock: Callable[[], datetime]) -> int:
    """Work out every stale line, a batch in each transaction. Returns how many.

    Never raises: an accident is logged by its type, and the lines wait for the next run.
    """
    now, done = clock(), 0
    try:
        while batch := _batch(engine, now):
            done += batch
    except Exception as error:
        log.error("refreshing the caseload failed with %s", type(error).__name__)
    return done


def _batch(engine: Engine, now: datetime) -> int:
    with writing(engine) as session:
        return caseload.refresh_stale(session, now)


def scheduler(engine: Engine, clock: Callable[[], datetime]) -> BackgroundScheduler:
    """The timer of `refresh`, not started. One run at a time, and one for all that were missed."""
    timer = BackgroundScheduler(timezone=UTC)
    timer.add_job(
        refresh,
        CronTrigger(minute=MINUTE, timezone=UTC),
        args=(engine, clock),
        id="caseload",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=MISSED_S,
    )
    return timer
