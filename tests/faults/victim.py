"""A server process to kill: the real application on a real port. Its clock stands still.

With `timers` it also does by itself what a server does by itself, many times a second, so that it dies in the middle.
"""

import socket
import time
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import uvicorn
from apscheduler.triggers.interval import IntervalTrigger

from server import compaction, settling
from server.app import create_app
from server.reminders import engine as reminders
from server.settings import Settings
from tests.browser.serving import free_port
from tests.faults.forks import FORKS

_PATIENCE_S = 30
_EVERY_S = 0.1
"""Seconds between two runs of each timer."""


def _serve(settings: Settings, now: datetime, port: int, timers: bool) -> None:
    settling.EVERY_S = reminders.EVERY_S = _EVERY_S  # type: ignore[assignment]
    settling.QUIET = timedelta(0)
    compaction.QUIET = IntervalTrigger(seconds=_EVERY_S)
    app = create_app(settings, clock=lambda: now)
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, lifespan="on" if timers else "off")


def wait_for(process: ForkServerProcess, port: int) -> None:
    """Return once the process accepts connections."""
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        assert process.is_alive(), "the server ended at start"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise AssertionError("the server does not accept connections")


class Victim:
    """The server on one port; `start` and `kill` it as often as needed."""

    def __init__(self, database_url: str, folder: Path, key: str, now: datetime) -> None:
        self._settings = Settings(
            database_url=database_url, data_dir=folder, secret_key=key, argon2_memory_kib=64, argon2_rounds=1
        )
        self._now = now
        self._port = free_port()
        self._process: ForkServerProcess | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self, *, timers: bool = False) -> None:
        """Start it and return once it accepts connections."""
        given = self._settings, self._now, self._port, timers
        self._process = FORKS.Process(target=_serve, args=given, daemon=True)
        self._process.start()
        wait_for(self._process, self._port)

    def kill(self) -> None:
        """SIGKILL: nothing of it is asked or told."""
        assert self._process is not None
        self._process.kill()
        self._process.join()
