"""Starts an application in a process of its own, and speaks to it over one kept connection a client."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, perf_counter, sleep

HOST = "127.0.0.1"
START_S = 60


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and the seconds from sending to having read it."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    took: float


class Client:
    """One keep-alive connection. Raises AssertionError for an answer that is no success."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=60)

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        began = perf_counter()
        self._connection.request(method, path, body, dict(headers or {}))
        answer = self._connection.getresponse()
        content = answer.read()
        reply = Reply(answer.status, content, dict(answer.getheaders()), perf_counter() - began)
        assert reply.status in (200, 304), (reply.status, content[:500])
        return reply

    def close(self) -> None:
        self._connection.close()


@contextmanager
def serving(factory: str, environment: Mapping[str, str]) -> Iterator[int]:
    """The port of `factory` (module:function) under uvicorn, while the block runs."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", factory, "--host", HOST, "--port", str(port)]
    quiet = ["--log-level", "warning", "--no-access-log"]
    process = subprocess.Popen([*command, *quiet], env={**os.environ, **environment})
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def resident_mb() -> float:
    """Megabytes of memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = monotonic() + START_S
    while monotonic() < until and process.poll() is None:
        with closing(socket.socket()) as probe:
            probe.settimeout(0.2)
            if probe.connect_ex((HOST, port)) == 0:
                return
        sleep(0.05)
    raise RuntimeError("the server did not start")
