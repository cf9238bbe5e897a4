"""Starts, kills and restarts a server process on one port, so that a browser can lose it and find it again."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class ServerProcess:
    """One command on one port of the loopback. The command must print a line once it accepts connections.

    The port is its last argument or, where an environment is given, PORT in that.
    """

    def __init__(self, *command: str, port: int | None = None, environment: dict[str, str] | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = list(command) if environment else [*command, str(self.port)]
        self._environment = {**os.environ, **environment, "PORT": str(self.port)} if environment else None
        self._process: subprocess.Popen[str] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and not killed since."""
        return self._process is not None

    def start(self) -> None:
        """Start it and return once it accepts connections."""
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=self._environment
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()
        # the line comes from the app's start-up, just before the socket opens
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except ConnectionRefusedError:
                assert self._process.poll() is None, "the server process ended at start"

    def kill(self) -> None:
        """End it at once, as a crash or a lost network would."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


@contextmanager
def running(server: ServerProcess) -> Iterator[ServerProcess]:
    """Start a server for the length of a block; it may be killed and started inside."""
    server.start()
    try:
        yield server
    finally:
        server.kill()


def tiny_server(folder: Path) -> ServerProcess:
    """The server of `tiny_server.py`, serving the client built into `folder`."""
    return ServerProcess(sys.executable, "-m", "tests.browser.tiny_server", str(folder))


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
