"""Works out what pushes left to be worked out, moments later, and the caseload's lines whose day is over.

So nobody waits for it when they read, and a phone that sends many batches has it done once. A patient's day ends at
03:00 where they live. Several servers of one clinic may do this at once: whoever comes second finds nothing left. What
is missed is caught up by the next run, and by whoever reads first.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine

from server import caseload
from server.database import reading, writing

log = logging.getLogger("stepwise.settling")

EVERY_S = 2
"""Seconds between two runs."""

QUIET = timedelta(seconds=2)
"""The timer leaves a patient alone until their phone has been quiet for so long: batches are settled together."""


def refresh(engine: Engine, clock: Callable[[], datetime], quiet: timedelta = timedelta(0)) -> int:
    """Settle everything that waits and that no push touched within `quiet`, a few patients in each transaction.

    Returns how many.

    Never raises: an accident is logged by its type, and what waits, waits for the next run.
    """
    now, done = clock(), 0
    try:
        with reading(engine) as session:
            waiting = len(caseload.stale(session, now, quiet=quiet))
        while waiting:
            with writing(engine) as session:
                waiting = caseload.refresh_stale(session, now, quiet=quiet)
            done += waiting
    except Exception as error:
        log.error("settling failed with %s", type(error).__name__)
    return done


def scheduler(engine: Engine, clock: Callable[[], datetime]) -> BackgroundScheduler:
    """The timer of `refresh`, not started. One run at a time, and one for all that were missed."""
    timer = BackgroundScheduler(timezone=UTC)
    timer.add_job(
        refresh,
        IntervalTrigger(seconds=EVERY_S, timezone=UTC),
        args=(engine, clock, QUIET),
        id="settling",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
    return timer
