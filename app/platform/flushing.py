"""One queue for writing the folder out, for hosts where a flush copies everything and two at once would collide."""

import asyncio
from collections.abc import Awaitable, Callable


class FlushQueue:
    """Runs `sync` for callers, one run at a time.

    A flush asked for while one runs starts one more afterwards, shared by all who ask in the meantime: what they wrote
    may have come too late for the running one.
    """

    def __init__(self, sync: Callable[[], Awaitable[None]]) -> None:
        self._sync = sync
        self._running: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None

    async def flush(self) -> None:
        """Return once everything written before this call is durable. Raises what `sync` raises, to each who waits."""
        if self._running is None:
            self._running = self._launch(self._run())
            await asyncio.shield(self._running)
        else:
            self._next = self._next or self._launch(self._run_after(self._running))
            await asyncio.shield(self._next)

    async def _run(self) -> None:
        try:
            await self._sync()
        finally:
            self._running = None

    async def _run_after(self, running: asyncio.Task[None]) -> None:
        await asyncio.wait([running])
        self._running, self._next = self._next, None
        await self._run()

    @staticmethod
    def _launch(run: Awaitable[None]) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(run)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # a waiter may have gone away
        return task
