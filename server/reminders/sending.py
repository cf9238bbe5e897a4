"""Sends what waits in the outbox: a few senders for each kind of channel, so that one that hangs holds up no other.

A message is leased, looked at once more, handed over and marked, one at a time for each sender: who dies in between
has at most one message of each sender unmarked, which is sent once more under the same id, and nothing is lost. A
channel that raises or does not come back is treated like one that said "later".
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from server.database import reading, writing
from server.problems import Declined
from server.reminders import outbox
from server.reminders.checking import Drop, Go, Hold, check
from server.reminders.outbox import Finished
from server.reminders.planning import ACCIDENTS
from server.reminders.port import Address, Channel, Message, Outcome

log = logging.getLogger("stepwise.reminders")

SENDERS = 4
"""Messages of one kind that are on their way at once, from one process."""

TIMEOUT_S = 10.0
"""What a channel may take for one message."""

_PATIENCE = 1.5
"""Its thread is waited for so many times as long."""

_MOST_STUCK = 16
"""Threads of one kind that never came back; with so many, nothing more of that kind is tried by this process."""

_WRITES = 5
"""Attempts to write that a message was sent, while the database is busy."""


class Post:
    """The senders of one process."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], datetime],
        channels: Mapping[str, Channel],
        owner: str,
        senders: int = SENDERS,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._engine, self._clock, self._channels = engine, clock, channels
        self._owner, self._senders, self._timeout_s = owner, senders, timeout_s
        self._stuck = Counter[str]()
        self._lock = threading.Lock()
        self.ending = threading.Event()

    def send(self, waiting: Mapping[str, int], until: float) -> None:
        """Send what waits (kind → how many), and stop taking more at `until` (of `time.monotonic`)."""
        threads = [
            threading.Thread(target=self._work, args=(kind, until), name=f"reminders-{kind}", daemon=True)
            for kind, count in waiting.items()
            for _ in range(min(count, self._senders))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, kind: str, until: float) -> None:
        """One sender. Never raises: what it held is taken again after its lease."""
        try:
            post = self._exchange(kind, until, None)
            while post is not None:
                post = self._exchange(kind, until, self._deal_with(post))
        except Exception as error:
            log.error("sending reminders failed with %s", type(error).__name__)

    def _exchange(self, kind: str, until: float, finished: Finished | None) -> Any | None:
        """Write what became of a message, and lease the next."""
        over = self.ending.is_set() or time.monotonic() >= until
        for attempt in range(1, _WRITES + 1):
            try:
                with writing(self._engine) as session:
                    now = self._clock()
                    if finished is not None and not outbox.note(session, finished, now):
                        log.warning("a reminder was marked too late")
                    return None if over else outbox.lease(session, kind, self._owner, now)
            except Declined:
                if finished is None or attempt == _WRITES:
                    raise
        return None

    def _deal_with(self, post: Any) -> Finished:
        now = self._clock()
        if post.tries > outbox.MOST_TRIES:
            return outbox.given_up(post)
        try:
            with reading(self._engine) as session:
                verdict = check(session, post, now)
        except ACCIDENTS as error:
            log.error("a reminder could not be looked at: %s", type(error).__name__)
            return outbox.answered(post, Outcome.later("check_failed"), now)
        if isinstance(verdict, Drop):
            return outbox.dropped(post, verdict.code)
        if isinstance(verdict, Hold):
            return outbox.held(post, verdict.until)
        return outbox.answered(post, self._hand_over(verdict), self._clock())

    def _hand_over(self, go: Go) -> Outcome:
        """Ask the channel, in a thread that may be left behind."""
        channel = self._channels.get(go.address.kind)
        if channel is None:
            return Outcome.refused("no_channel")
        if self._stuck[go.address.kind] >= _MOST_STUCK:
            return Outcome.later("stuck")
        answer: list[Outcome] = []
        thread = threading.Thread(
            target=self._ask, args=(channel, go.address, go.message, answer), name="reminders-out", daemon=True
        )
        thread.start()
        thread.join(self._timeout_s * _PATIENCE)
        if thread.is_alive():
            self._leave(thread, go.address.kind)
        return answer[0] if answer else Outcome.later("hung")

    def _ask(self, channel: Channel, address: Address, message: Message, answer: list[Outcome]) -> None:
        try:
            answer.append(channel.send(address, message, self._timeout_s))
        except Exception as error:
            log.error("a channel failed with %s", type(error).__name__)
            answer.append(Outcome.later("channel_failed"))

    def _leave(self, thread: threading.Thread, kind: str) -> None:
        """Count a thread that hangs until it ends."""

        def wait() -> None:
            thread.join()
            with self._lock:
                self._stuck[kind] -= 1

        with self._lock:
            self._stuck[kind] += 1
        threading.Thread(target=wait, name="reminders-stuck", daemon=True).start()
