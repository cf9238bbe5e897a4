"""300 phones and 20 therapists against one server process on loopback, then everybody at 08:00.

SOAK_LOAD_S (600), SOAK_PHONES (300) and SOAK_THERAPISTS (20) make it shorter or smaller.
"""

import asyncio
import os
import socket
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any

import httpx
import uvicorn

from server import process
from server.app import create_app
from server.database import open_database
from server.migrate import upgrade
from server.settings import Settings
from tests.browser.serving import free_port
from tests.faults.forks import FORKS
from tests.server.world import KEY
from tests.soak.crowd import LoadPhone, LoadTherapist, Watch, populate

BURST_S = 30
"""Seconds within which everybody opens the app at 08:00."""

GROWTH = 0.10
"""How much more memory the server may hold at the end than when it was warm (after a fifth of the time)."""


def run() -> dict[str, object]:
    """No 5xx and no 429, no acknowledged row lost, memory within GROWTH; p50 and p99 of each route in milliseconds."""
    seconds = float(os.environ.get("SOAK_LOAD_S", "600"))
    phones, therapists = int(os.environ.get("SOAK_PHONES", "300")), int(os.environ.get("SOAK_THERAPISTS", "20"))
    with TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'clinic.db'}"
        engine = open_database(url)
        upgrade(engine)
        engine.dispose()
        day, morning = Watch(), Watch()
        people = populate(url, folder, day, phones, therapists)
        with serving(url, folder) as (address, pid):
            figures = asyncio.run(_both(address, pid, people, morning, seconds))
        stored = _stored(folder / "clinic.db")
    sent = set().union(*(phone.acknowledged for phone in people[0]))
    counts = {"phones": phones, "therapists": therapists, "seconds": seconds, "rows": len(sent)}
    bad = day.bad + morning.bad
    report = counts | figures | _times("day", day) | _times("burst", morning)
    report |= {
        "rows_lost": len(sent - stored),
        "answers_5xx_or_429": len(bad),
        "broken_connections": day.broken + morning.broken,
    }
    report |= {f"bad_{route}_{status}": count for (route, status), count in Counter(bad).items()}
    if sent - stored or bad or figures["memory_growth"] >= GROWTH:
        raise Missed(report)
    return report


class Missed(AssertionError):
    """A row lost, an answer that must not be, or too much memory; `figures` say which."""

    def __init__(self, figures: dict[str, object]) -> None:
        super().__init__(str(figures))
        self.figures = figures


async def _both(
    address: str, pid: int, people: tuple[list[LoadPhone], list[LoadTherapist]], morning: Watch, seconds: float
) -> dict[str, Any]:
    phones, desks = people
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=4)
    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False, limits=limits) as client:
        until = perf_counter() + seconds
        warm = asyncio.ensure_future(_after(seconds / 5, pid))
        await asyncio.gather(*(each.live(client, until) for each in (*phones, *desks)))
        at_warm, at_end = await warm, _rss_mb(pid)
        for each in (*phones, *desks):
            each.watch = morning
        began = perf_counter()
        await asyncio.gather(*(phone.wake(client, BURST_S) for phone in phones), *(desk.look(client) for desk in desks))
    return {
        "rss_warm_mb": at_warm,
        "rss_end_mb": at_end,
        "rss_after_burst_mb": _rss_mb(pid),
        "memory_growth": round(at_end / at_warm - 1, 3),
        "burst_s": round(perf_counter() - began, 1),
    }


async def _after(seconds: float, pid: int) -> float:
    await asyncio.sleep(seconds)
    return _rss_mb(pid)


def _rss_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return round(int(status.partition("VmRSS:")[2].split()[0]) / 1024, 1)


def _stored(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        return {row[0] for row in connection.execute("SELECT id FROM fact")}


def _times(phase: str, watch: Watch) -> dict[str, object]:
    found: dict[str, object] = {}
    for route, times in sorted(watch.took.items()):
        times.sort()
        found[f"{phase}_{route}_n"] = len(times)
        found[f"{phase}_{route}_p50_ms"] = round(1000 * times[len(times) // 2], 1)
        found[f"{phase}_{route}_p99_ms"] = round(1000 * times[min(len(times) - 1, len(times) * 99 // 100)], 1)
    return found


@contextmanager
def serving(url: str, folder: Path) -> Iterator[tuple[str, int]]:
    """The address and the process id of a server as `make run` starts it, with its timers, on this database."""
    port = free_port()
    child = FORKS.Process(target=_serve, args=(url, folder, port), daemon=True)
    child.start()
    try:
        _wait_for(port)
        assert child.pid is not None
        yield f"http://127.0.0.1:{port}", child.pid
    finally:
        child.terminate()
        child.join(30)


def _serve(url: str, folder: Path, port: int) -> None:
    settings = Settings(database_url=url, data_dir=folder, secret_key=KEY, argon2_memory_kib=64, argon2_rounds=1)
    app = create_app(settings)
    process.tune()
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None)


def _wait_for(port: int) -> None:
    until = perf_counter() + 60
    while perf_counter() < until:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.05)
    raise AssertionError("the server does not accept connections")
