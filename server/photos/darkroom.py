"""Hands pictures to a worker process and waits for no longer than it may take.

A worker that takes too long, too much memory, or dies, costs its picture and nothing else: the next one gets a new
worker. No worker outlives the room it works in.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import BoundedSemaphore, Timer

from server.photos.wire import ARCHIVED, HEADER, LENGTH, UPLOADED, Developed
from server.problems import Declined

ROOT = Path(__file__).parents[2]

PATIENCE_S = 30.0
"""Seconds for one picture."""

AT_ONCE = 2
"""Rooms at work at a time; more wait for their turn."""

_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
_places = BoundedSemaphore(AT_ONCE)


class Darkroom:
    """Opens pictures one after the other, all in one worker as long as it lives. Use `darkroom()`."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._worker: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int | None:
        """The worker's process, None while there is none."""
        return None if self._worker is None else self._worker.pid

    def develop(self, content: bytes, *, archived: bool = False) -> Developed:
        """The picture as it may be stored; with `archived`, one that was developed before stays as it is.

        Raises `Declined`: picture_unknown, _damaged, _too_large, _too_small, _animated, _too_hard.
        """
        if not content.startswith(_MAGIC):
            raise Declined("picture_unknown")
        answer = self._ask(ARCHIVED if archived else UPLOADED, content)
        if answer[:1] != b"+":
            raise Declined(answer[1:].decode() or "picture_too_hard")
        width, height, had_location = HEADER.unpack_from(answer, 1)
        return Developed(answer[1 + HEADER.size :], width, height, had_location)

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.kill()
            self._worker.wait()
            for pipe in (self._worker.stdin, self._worker.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()
            self._worker = None

    def _ask(self, what: bytes, content: bytes) -> bytes:
        """The worker's answer; empty when it gave none."""
        worker = self._worker = self._worker or _start()
        alarm = Timer(self._patience_s, worker.kill)
        alarm.start()
        try:
            answer = _exchange(worker, what + content)
        finally:
            alarm.cancel()
        if not answer:
            self.close()
        return answer


@contextmanager
def darkroom() -> Iterator[Darkroom]:
    """A room for some pictures, as soon as there is a place for one."""
    with _places:
        room = Darkroom()
        try:
            yield room
        finally:
            room.close()


def _start() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "server.photos.worker"]
    return subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def _exchange(worker: subprocess.Popen[bytes], request: bytes) -> bytes:
    if worker.stdin is None or worker.stdout is None:
        return b""
    try:
        worker.stdin.write(LENGTH.pack(len(request)))
        worker.stdin.write(request)
        worker.stdin.flush()
    except BrokenPipeError:
        return b""
    length = worker.stdout.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return b""
    (expected,) = LENGTH.unpack(length)
    answer = worker.stdout.read(expected)
    return answer if len(answer) == expected else b""
