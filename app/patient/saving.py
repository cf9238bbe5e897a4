"""What is on its way into the store: one action after the other, in the order of the taps, none of them lost.

An action whose entry the device could not keep stays here until it is saved. It knows no rule and no screen.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.store import NotSaved
from hep.problems import Refused
from hep.wire import Row

Action = Callable[[], Awaitable[Any]]
After = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Pending:
    """An entry that is not saved: its rows, what to do once it is, and a sentence. `key` names what it records."""

    rows: tuple[Row, ...]
    action: Action
    after: After | None
    sentence: str
    key: str


class Saving:
    """The queue. `keep` saves the rows of an entry once more, `done` is awaited after every action, in its turn."""

    def __init__(self, keep: Callable[[Sequence[Row]], Awaitable[None]], done: Action) -> None:
        self._keep = keep
        self._done = done
        self._turn = asyncio.Lock()
        self._under_way: set[str] = set()
        self.pending: tuple[Pending, ...] = ()
        self.busy = False
        self.refused = ""

    def claim(self, key: str) -> bool:
        """Whether nothing that records the same is under way; then it is from now on. An empty key is always free."""
        if key in self._under_way:
            return False
        if key:
            self._under_way.add(key)
        return True

    async def save(self, action: Action, after: After | None = None, key: str = "") -> None:
        """Do the action in its turn and, once it is durable, call `after`. It takes the place of an unsaved one of
        the same key, and frees the key."""
        try:
            async with self._turn:
                await self._save(Pending((), action, after, "", key))
        finally:
            self._under_way.discard(key)

    async def again(self) -> None:
        """Try every entry that is not saved once more, with the same rows."""
        async with self._turn:
            for entry in self.pending:
                await self._save(entry)

    async def _save(self, entry: Pending) -> None:
        self.busy, self.refused = True, ""
        rest = tuple(p for p in self.pending if p is not entry and not (entry.key and p.key == entry.key))
        try:
            if entry.rows:
                await self._keep(entry.rows)
            else:
                await entry.action()
        except NotSaved as error:
            failed = Pending(error.rows, entry.action, entry.after, str(error), entry.key)
            self.pending = (*rest, failed)
        except Refused as error:
            self.refused, self.pending = error.sentence, rest
        else:
            self.pending = rest
            if entry.after is not None:
                entry.after()
        finally:
            self.busy = False
        await self._done()
