"""Processes that send reminders by a clock they share with the test, and die when they are told to, or of a message."""

import mmap
import os
import signal
import struct
import time
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from server.database import open_database
from server.reminders.engine import Ticker
from server.reminders.port import Address, Message, Outcome
from tests.faults.forks import FORKS

KIND = "noted"
PROCESSES = 2
_CELL = struct.Struct("d")


class Cells:
    """Numbers that all processes see: the clock, for each process the clock it is done with, and its messages to live.

    A process dies right after it handed over the message that brings its messages to live from 1 to 0.
    """

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(bytes(_CELL.size * (1 + 2 * PROCESSES)))
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), 0)

    def get(self, cell: int) -> float:
        return float(_CELL.unpack_from(self._memory, cell * _CELL.size)[0])

    def set(self, cell: int, value: float) -> None:
        _CELL.pack_into(self._memory, cell * _CELL.size, value)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.get(0), UTC)

    @now.setter
    def now(self, at: datetime) -> None:
        self.set(0, at.timestamp())


class Sink:
    """A channel into a file: one line for each message, written at once."""

    kind = KIND

    def __init__(self, file: Path, cells: Cells, life: int) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._cells, self._life = cells, life

    def send(self, address: Address, message: Message, timeout_s: float) -> Outcome:
        os.write(self._file, f"{message.id}\n".encode())
        left = self._cells.get(self._life)
        self._cells.set(self._life, left - 1)
        if left == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return Outcome.sent()


def tick_on(url: str, folder: Path, number: int) -> None:
    """Tick once for each reading of the clock, for ever."""
    cells = Cells(folder / "cells")
    sink = Sink(folder / "sent", cells, 1 + PROCESSES + number)
    ticker = Ticker(open_database(url), lambda: cells.now, {KIND: sink}, senders=1)
    done = 0.0
    while True:
        now = cells.get(0)
        if now == done:
            time.sleep(0.001)
            continue
        ticker.tick()
        cells.set(1 + number, now)
        done = now


class Senders:
    """Both processes."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url, self._folder = url, folder
        self.cells = Cells(folder / "cells")
        self._running = [self._start(number) for number in range(PROCESSES)]

    def _start(self, number: int) -> ForkServerProcess:
        process = FORKS.Process(target=tick_on, args=(self._url, self._folder, number), daemon=True)
        process.start()
        return process

    def kill(self, number: int) -> None:
        """SIGKILL, and another process in its place."""
        self._running[number].kill()
        self._replace(number)

    def _replace(self, number: int) -> None:
        self._running[number].join()
        self._running[number] = self._start(number)

    def dies_of_its_next_message(self, number: int) -> None:
        """That process ends as soon as it handed one over."""
        self.cells.set(1 + PROCESSES + number, 1)

    def wait(self) -> int:
        """Until both are done with the hour the clock shows. Who died meanwhile is replaced; returns how many did."""
        deaths, at = 0, self.cells.get(0)
        while any(self.cells.get(1 + number) != at for number in range(PROCESSES)):
            for number, process in enumerate(self._running):
                if not process.is_alive():
                    deaths += 1
                    self._replace(number)
            time.sleep(0.001)
        return deaths

    def end(self) -> None:
        for process in self._running:
            process.kill()
            process.join()

    def sent(self) -> list[str]:
        """The ids that were handed over, in order."""
        return (self._folder / "sent").read_text().split()
