"""Sends what waits in the outbox: a few senders for each kind of channel, so that one that hangs holds up no other.

A sender leases some messages at once and looks at them together; it hands them over and marks them one at a time. Who
dies in between has at most one message of each sender unmarked, which is sent once more under the same id, and nothing
is lost. A channel that raises or does not come back is treated like one that said "later".
"""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from server.database import reading, writing
from server.problems import Declined
from server.reminders import outbox
from server.reminders.checking import Drop, Go, Hold, Unclear, check_all
from server.reminders.outbox import Finished
from server.reminders.port import Channel, Outcome

log = logging.getLogger("stepwise.reminders")

SENDERS = 4
"""Messages of one kind that are on their way at once, from one process."""

BATCH = 25
"""Messages that a sender leases at once; it gives back what it did not begin within half the lease."""

TIMEOUT_S = 10.0
"""What a channel may take for one message."""

_PATIENCE = 1.5
"""A sender is waited for so many times as long, then left behind with what it holds."""

_MOST_LEFT = 16
"""Senders of one kind that never came back; with so many, nothing more of that kind is tried by this process."""

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
        self.engine, self.clock, self.channels = engine, clock, channels
        self.timeout_s, self.ending = timeout_s, threading.Event()
        self._owner, self._senders = owner, senders
        self._leases = itertools.count(1)
        self._left: list[_Sender] = []

    def send(self, waiting: Mapping[str, int], until: float) -> None:
        """Send what waits (kind → how many), and stop taking more at `until` (of `time.monotonic`)."""
        self._left = [sender for sender in self._left if sender.is_alive()]
        senders = [
            _Sender(self, kind, min(BATCH, -(-count // self._senders)), until)
            for kind, count in waiting.items()
            if sum(sender.kind == kind for sender in self._left) < _MOST_LEFT
            for _ in range(min(count, self._senders))
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            self._await(sender)

    def _await(self, sender: "_Sender") -> None:
        """Return when the sender ended, or hangs; then somebody else may try what it tried."""
        while sender.is_alive():
            sender.join(min(1.0, self.timeout_s))
            post = sender.hangs(self.timeout_s * _PATIENCE)
            if post is not None:
                self._left.append(sender)
                self.note([outbox.answered(post, Outcome.later("hung"), self.clock())])
                return

    def lease(self, kind: str, most: int) -> list[Any]:
        """The next messages of that kind."""
        with writing(self.engine) as session:
            return outbox.lease(session, kind, f"{self._owner}-{next(self._leases)}", self.clock(), most)

    def check(self, posts: Sequence[Any]) -> list[tuple[Any, Go]]:
        """Those to be sent now; what is to become of the others is noted."""
        with reading(self.engine) as session:
            verdicts = check_all(session, posts, self.clock())
        self.note([_set_aside(post, verdict) for post, verdict in verdicts if not isinstance(verdict, Go)])
        return [(post, verdict) for post, verdict in verdicts if isinstance(verdict, Go)]

    def note(self, finished: Sequence[Finished]) -> None:
        """Write what became of messages, also when the database is busy for a while."""
        for attempt in range(1, _WRITES + 1):
            try:
                if finished:
                    with writing(self.engine) as session:
                        late = [each for each in finished if not outbox.note(session, each, self.clock())]
                    if late:
                        log.warning("%d reminders were marked too late", len(late))
                return
            except Declined:
                if attempt == _WRITES:
                    raise


class _Sender(threading.Thread):
    """Takes and sends messages of one kind until there are none, or its time is over."""

    def __init__(self, post: Post, kind: str, most: int, until: float) -> None:
        super().__init__(name=f"reminders-{kind}", daemon=True)
        self.kind = kind
        self._post, self._most, self._until = post, most, until
        self._trying: tuple[Any, float] | None = None
        self._left_behind = False

    def run(self) -> None:
        """Never raises: what it held is taken again after its lease."""
        try:
            while not self._over() and (posts := self._post.lease(self.kind, self._most)):
                self._send_all(posts, time.monotonic() + outbox.LEASE.total_seconds() / 2)
        except Exception as error:
            log.error("sending reminders failed with %s", type(error).__name__)

    def hangs(self, longest_s: float) -> Any | None:
        """The message that it has been trying for longer than that; it is not to send another then."""
        trying = self._trying
        if trying is None or time.monotonic() - trying[1] <= longest_s:
            return None
        self._left_behind = True
        return trying[0]

    def _over(self) -> bool:
        return self._left_behind or self._post.ending.is_set() or time.monotonic() >= self._until

    def _send_all(self, posts: Sequence[Any], half_lease: float) -> None:
        """Deal with leased messages; what is not begun in time is given back."""
        goes = self._post.check(posts)
        for n, (post, go) in enumerate(goes):
            if self._over() or time.monotonic() >= half_lease:
                self._post.note([outbox.held(later, self._post.clock()) for later, _ in goes[n:]])
                return
            self._trying = (post, time.monotonic())
            outcome = self._ask(go)
            self._trying = None
            self._post.note([outbox.answered(post, outcome, self._post.clock())])

    def _ask(self, go: Go) -> Outcome:
        channel = self._post.channels.get(go.address.kind)
        if channel is None:
            return Outcome.refused("no_channel")
        try:
            return channel.send(go.address, go.message, self._post.timeout_s)
        except Exception as error:
            log.error("a channel failed with %s", type(error).__name__)
            return Outcome.later("channel_failed")
