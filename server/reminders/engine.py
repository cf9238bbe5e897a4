"""The tick: every few seconds, one look at whether anything is due; what is goes into the outbox, and from there out.

Each process has one job in memory for it and no job for any reminder. Several processes may tick at once. A tick
never raises: an accident is logged by its type, and what waits, waits for the next.
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine, bindparam
from sqlalchemy import select as columns
from sqlmodel import col

from server.database import reading, writing
from server.reminders import outbox
from server.reminders.collecting import collect
from server.reminders.planning import PLANNED
from server.reminders.port import Channel
from server.reminders.sending import SENDERS, TIMEOUT_S, Post
from server.tables.columns import Instant
from server.tables.reminding import Reminder

log = logging.getLogger("stepwise.reminders")

EVERY_S = 10
"""Seconds between two ticks; a tick takes new messages no longer than that."""

WENT_BACK = timedelta(seconds=5)
"""A clock that goes back by more than this was wrong before."""

_DUE = (
    columns(col(Reminder.id))
    .where(col(Reminder.state) == PLANNED, col(Reminder.due_at) <= bindparam("now", type_=Instant()))
    .limit(1)
)


class Ticker:
    """The reminders' work of one process. `owner` names it in the leases it takes."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], datetime],
        channels: Mapping[str, Channel],
        *,
        senders: int = SENDERS,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._engine, self._clock = engine, clock
        self._post = Post(engine, clock, channels, uuid4().hex, senders, timeout_s)
        self._last: datetime | None = None

    def tick(self) -> None:
        """Take what is due, send what waits. Never raises."""
        try:
            self._mind_the_clock()
            due, waiting = self._look()
            if due:
                collect(self._engine, self._clock)
                _, waiting = self._look()
            if waiting:
                self._post.send(waiting, time.monotonic() + EVERY_S)
        except Exception as error:
            log.error("a tick of the reminders failed with %s", type(error).__name__)

    def end(self) -> None:
        """Have a tick under way take no further message."""
        self._post.ending.set()

    def _look(self) -> tuple[bool, dict[str, int]]:
        """Whether anything is due, and what waits by kind: two probes of an index when there is nothing."""
        now = self._clock()
        with reading(self._engine) as session:
            due = session.connection().execute(_DUE, {"now": now}).first() is not None
            return due, outbox.ready(session, now)

    def _mind_the_clock(self) -> None:
        """A clock that went back, or nobody knows for the first tick: what the wrong hour did is undone."""
        now, last = self._clock(), self._last
        if last is None or now < last - WENT_BACK:
            with writing(self._engine) as session:
                outbox.after_clock_went_back(session, now)
        self._last = now


def add_to(timer: BackgroundScheduler, ticker: Ticker) -> None:
    """Have the server tick."""
    timer.add_job(
        ticker.tick,
        IntervalTrigger(seconds=EVERY_S, timezone=UTC),
        id="reminders",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
    )
