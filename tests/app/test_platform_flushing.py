"""The queue of flushes: one at a time, none lost, and nobody told that something is safe that is not."""

import asyncio

import pytest

from app.platform.flushing import FlushQueue
from app.platform.port import StorageRefused


class Disk:
    """Copies when it is let: each run takes what was written by then and waits for `let`."""

    def __init__(self) -> None:
        self.written, self.runs, self.durable = 0, 0, 0
        self.let = asyncio.Event()
        self.refuses = False

    async def sync(self) -> None:
        self.runs += 1
        taken = self.written
        await self.let.wait()
        if self.refuses:
            raise StorageRefused("no space")
        self.durable = taken


async def started(*flushes: "asyncio.Task[None]") -> None:
    for _ in range(5):
        await asyncio.sleep(0)
    assert not any(flush.done() for flush in flushes)


async def test_flushes_asked_for_during_a_run_share_one_more_run() -> None:
    disk = Disk()
    queue = FlushQueue(disk.sync)
    disk.written = 1
    first = asyncio.create_task(queue.flush())
    await started(first)
    disk.written = 2
    later = [asyncio.create_task(queue.flush()) for _ in range(9)]
    await started(first, *later)

    disk.let.set()
    await asyncio.gather(first, *later)

    assert disk.runs == 2
    assert disk.durable == 2


async def test_what_was_written_during_a_run_is_not_called_durable_by_it() -> None:
    disk = Disk()
    queue = FlushQueue(disk.sync)
    running = asyncio.create_task(queue.flush())
    await started(running)
    disk.written = 1

    disk.let.set()
    await queue.flush()

    assert disk.durable == 1


async def test_a_refusal_reaches_everyone_who_waits_and_the_next_flush_tries_again() -> None:
    disk = Disk()
    disk.refuses = True
    queue = FlushQueue(disk.sync)
    waiting = [asyncio.create_task(queue.flush()) for _ in range(3)]
    await started(*waiting)
    disk.let.set()

    outcomes = await asyncio.gather(*waiting, return_exceptions=True)

    assert all(isinstance(outcome, StorageRefused) for outcome in outcomes)
    disk.refuses = False
    await queue.flush()
    assert disk.runs == 3


async def test_a_waiter_that_gives_up_does_not_stop_the_flush() -> None:
    disk = Disk()
    disk.written = 1
    queue = FlushQueue(disk.sync)
    impatient = asyncio.create_task(queue.flush())
    await started(impatient)

    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    disk.let.set()
    await queue.flush()

    assert disk.durable == 1
