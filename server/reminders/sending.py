"""Sends what waits in the outbox: a few senders for each kind of channel, so that one that hangs holds up no other.

A sender leases some messages at once and looks at them together; it hands them over and marks them one at a time. Who
dies in between has at most one message of each sender unmarked, which is sent once more under the same id, and nothing
is lost. A channel that raises or does not come back is treated like one that said "later".
"""

import itertools
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from server.database import reading, writing
from server.problems import Declined
from server.reminders import outbox
from server.reminders.checking import Drop, Go, Hold, Unclear, check_all
from server.reminders.outbox import Finished
from server.reminders.port import Address, Channel, Message, Outcome

log = logging.getLogger("stepwise.reminders")

SENDERS = 4
"""Messages of one kind that are on their way at once, from one process."""

BATCH = 25
"""Messages that a sender leases at once; it gives back what it did not begin within half the lease."""

TIMEOUT_S = 10.0
"""What a channel may take for one message."""

_PATIENCE = 1.5
"""Its thread is waited for so many times as long."""

_MOST_STUCK = 16
"""Threads of one kind that never came back; with so many, nothing more of that kind is tried by this process."""

_WRITES = 5
"""Attempts to write that a message was sent, while the database is busy."""


def _set_aside(post: Any, verdict: Drop | Hold | Unclear) -> Finished:
    if isinstance(verdict, Drop):
        return outbox.dropped(post, verdict.code)
    if isinstance(verdict, Hold):
        return outbox.held(post, verdict.until)
    return outbox.answered(post, Outcome.later("check_failed"), verdict.now)


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
        self._leases, self._stuck = itertools.count(1), Counter[str]()
        self._lock = threading.Lock()
        self.ending = threading.Event()

    def send(self, waiting: Mapping[str, int], until: float) -> None:
        """Send what waits (kind → how many), and stop taking more at `until` (of `time.monotonic`)."""
        threads = [
            threading.Thread(target=self._work, args=(kind, part, until), name=f"reminders-{kind}", daemon=True)
            for kind, count in waiting.items()
            for part in (min(BATCH, -(-count // self._senders)),)
            for _ in range(min(count, self._senders))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, kind: str, most: int, until: float) -> None:
        """One sender. Never raises: what it held is taken again after its lease."""
        try:
            while not self._over(until):
                with writing(self._engine) as session:
                    owner = f"{self._owner}-{next(self._leases)}"
                    posts = outbox.lease(session, kind, owner, self._clock(), most)
                if not posts:
                    return
                self._send_all(posts, min(until, time.monotonic() + outbox.LEASE.total_seconds() / 2))
        except Exception as error:
            log.error("sending reminders failed with %s", type(error).__name__)

    def _over(self, until: float) -> bool:
        return self.ending.is_set() or time.monotonic() >= until

    def _send_all(self, posts: Sequence[Any], until: float) -> None:
        """Deal with leased messages; what is not begun at `until` is given back."""
        with reading(self._engine) as session:
            verdicts = check_all(session, posts, self._clock())
        aside = [_set_aside(post, verdict) for post, verdict in verdicts if not isinstance(verdict, Go)]
        goes = [(post, verdict) for post, verdict in verdicts if isinstance(verdict, Go)]
        self._note(aside)
        for n, (post, go) in enumerate(goes):
            if self._over(until):
                self._note([outbox.held(later, self._clock()) for later, _ in goes[n:]])
                return
            self._note([outbox.answered(post, self._hand_over(go), self._clock())])

    def _note(self, finished: Sequence[Finished]) -> None:
        """Write what became of messages, also when the database is busy for a while."""
        for attempt in range(1, _WRITES + 1):
            try:
                if finished:
                    with writing(self._engine) as session:
                        late = [each for each in finished if not outbox.note(session, each, self._clock())]
                    if late:
                        log.warning("%d reminders were marked too late", len(late))
                return
            except Declined:
                if attempt == _WRITES:
                    raise

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
