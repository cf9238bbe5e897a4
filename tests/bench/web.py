"""The web client beside the same app as `flet publish` would ship it, in one run, in a real browser.

A phone with twelve weeks of logs, no network and no server, a new browser process for each start, both ways in turn
(ROUNDS=7 of each, TAPS=200); all of it once more with every thread of the browser four times slower; and first visits
over a weak line. WEB names the parts to measure (`first warm taps slow slow_taps`; all without it). Figures of the
plain way end in `_plain`. Each figure is told as soon as it is known, and again when it is known better.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from math import inf
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import TypeVar

from playwright.sync_api import Error, Page, Playwright, sync_playwright
from starlette.types import ASGIApp

from server.web.build import WEB, build_web, is_current
from tests.bench import plain
from tests.bench.limits import TookTooLong
from tests.bench.phone import write_store
from tests.bench.serving import HOST, serving
from tests.bench.starts import PATIENCE_S, Browser, Start
from tests.bench.visits import Counting, Way, first_visit, sent_by
from tests.browser.tiny_server import make_app
from tests.browser.visitor import wait_for, wait_until_fast, wait_until_kept

ROUNDS = int(os.environ.get("ROUNDS", "7"))
TAPS = int(os.environ.get("TAPS", "200"))
SLOW = 4.0
SHARE_SLOW, SHARE_MEMORY, SHARE_VISITS = 0.25, 0.4, 0.4
"""Of the taps, which are slowed too; of the rounds, in which memory is looked at, and in which a line is visited."""
USED_BEFORE = 40
"""Taps before anything is measured: a browser compiles well, and keeps, what has been used."""
CODE_CACHE_MS = 30_000
"""How long the app is left open then: browsers keep compiled code some seconds after it was needed."""
TOGETHER = 100
"""Taps in one start of the browser."""
SLOW_TAPS_S = 200.0
"""Seconds of tapping on a slowed browser, each way: as many taps as fit."""

Figures = dict[str, float]
T = TypeVar("T")


class Bench:
    """Both ways and, once a part needs them, a phone that keeps each."""

    def __init__(self, playwright: Playwright, folder: Path, store: Path) -> None:
        self.playwright, self.folder, self.store = playwright, folder, store
        published = {plain.FOLDER: str(folder / "published")}
        self.ways = (
            Way("", "tests.bench.web:app", {}, "/worker.js", "python", _kept, _left),
            Way("_plain", "tests.bench.web:plain_app", published, "/python-worker.js", "pyodide", _passed, None),
        )
        self._phones: dict[str, Browser] = {}

    def phones(self) -> dict[str, Browser]:
        """By the name of the way: a browser that has kept the app and holds the store; its server is gone for good."""
        if not self._phones:
            self._phones = {way.name: _phone(self.playwright, self.folder, way, self.store) for way in self.ways}
        return self._phones


def measure() -> Iterator[Figures]:
    """The figures of `web.*`, part by part."""
    chosen = os.environ.get("WEB", "").replace(",", " ").split() or list(PARTS)
    if not is_current():
        _say("building the client")
        build_web()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        _say("publishing the plain way")
        plain.publish(folder / "published")
        store = write_store(folder)
        bench = Bench(stack.enter_context(sync_playwright()), folder, store)
        for name in chosen:
            yield from PARTS[name](bench)


def _kept(page: Page) -> None:
    wait_until_kept(page)
    wait_until_fast(page)


def _left(page: Page) -> None:
    wait_for(page, "localStorage.getItem('stepwise.last-today')", patience_ms=1000 * PATIENCE_S)


def _passed(page: Page) -> None:
    wait_until_kept(page)
    page.reload()  # what was there before the service worker passes it now


def _phone(playwright: Playwright, folder: Path, way: Way, store: Path) -> Browser:
    _say(f"preparing a phone{way.name}")
    with serving(way.served_by, way.environment) as port:
        browser = Browser(playwright, folder / f"phone{way.name}", f"http://{HOST}:{port}")
        browser.visit(2_000, way.kept)
        browser.visit(2_000)
        browser.put_store(store, way.worker, way.python)
    browser.taps(USED_BEFORE)
    browser.visit(CODE_CACHE_MS, way.left)
    return browser


def _starts(bench: Bench, slow: float) -> Iterator[Figures]:
    """Starts in turn."""
    taken: dict[str, list[Start]] = {name: [] for name in bench.phones()}
    prefix = "web.warm" if slow == 1 else "web.slow4"
    for number in range(ROUNDS):
        idle = slow == 1 and number < max(1, ROUNDS * SHARE_MEMORY)
        for name, phone in bench.phones().items():
            taken[name].append(_again(partial(phone.start, slow=slow, idle=idle)))
            _say(f"{prefix}{name} {number + 1} of {ROUNDS}: {taken[name][-1]}")
        yield {f"{prefix}_rounds": number + 1, **_told(taken, prefix)}


def _taps(bench: Bench, slow: float) -> Iterator[Figures]:
    """Taps in turn, some in each start."""
    taken: dict[str, list[float]] = {name: [] for name in bench.phones()}
    prefix, count = ("web.", TAPS) if slow == 1 else ("web.slow4_", max(4, round(TAPS * SHARE_SLOW)))
    within_s = inf if slow == 1 else SLOW_TAPS_S
    for begun in range(0, count, TOGETHER):
        for name, phone in bench.phones().items():
            taken[name] += _again(partial(phone.taps, min(TOGETHER, count - begun), slow=slow, within_s=within_s))
            _say(f"{prefix}tap{name}: {len(taken[name])} of {count}")
        told: Figures = {f"{prefix}taps": min(map(len, taken.values()))}
        for name, each in taken.items():
            percent = quantiles(each, n=100, method="inclusive")
            told |= {f"{prefix}tap_ms_p50{name}": round(percent[49]), f"{prefix}tap_ms_p99{name}": round(percent[98])}
        yield told


def _visits(bench: Bench) -> Iterator[Figures]:
    """First visits over a weak line: seconds to the first screen, and megabytes sent until then and afterward."""
    for way in bench.ways:
        _say(f"counting what a first visit is sent{way.name}")
        yield _again(partial(sent_by, bench.playwright, bench.folder, way))
    taken: dict[str, list[float]] = {}
    rounds = max(1, round(ROUNDS * SHARE_VISITS))
    for number, slow in [(0, SLOW), *((number, 1.0) for number in range(rounds))]:
        for way in bench.ways:
            key = f"web.{'slow4_' if slow > 1 else ''}first_visit_s{way.name}"
            taken.setdefault(key, []).append(_again(partial(first_visit, bench.playwright, bench.folder, way, slow)))
            _say(f"{key} {number + 1} of {rounds}: {taken[key][-1]:.2f}")
        yield {key: round(median(seconds), 2) for key, seconds in taken.items()}


PARTS: dict[str, Callable[[Bench], Iterator[Figures]]] = {
    "first": _visits,
    "warm": partial(_starts, slow=1),
    "taps": partial(_taps, slow=1),
    "slow": partial(_starts, slow=SLOW),
    "slow_taps": partial(_taps, slow=SLOW),
}


def _again(attempt: Callable[[], T]) -> T:
    """What `attempt` gives; if a browser breaks it off, once more, so that a long run does not end with it."""
    try:
        return attempt()
    except (Error, StopIteration, TookTooLong) as error:
        _say(f"once more after {type(error).__name__}: {str(error).splitlines()[0]}")
        return attempt()


def _told(taken: dict[str, list[Start]], prefix: str) -> Figures:
    found: Figures = {}
    for name, starts in taken.items():
        pixels = [start.pixels for start in starts]
        found[f"{prefix}_pixels_s{name}"] = round(median(pixels), 2)
        found[f"{prefix}_pixels_least_s{name}"] = round(min(pixels), 2)
        found[f"{prefix}_pixels_most_s{name}"] = round(max(pixels), 2)
        found[f"{prefix}_answer_s{name}"] = round(median(start.answer or 0 for start in starts), 2)
        for key, values in (
            ("web.card_s" if prefix == "web.warm" else f"{prefix}_card_s", [start.card for start in starts]),
            ("web.memory_mb", [start.memory for start in starts]),
        ):
            told = [value for value in values if value is not None]
            if told:
                found[f"{key}{name}"] = round(median(told), 2)
    found[f"{prefix}_ratio_plain"] = round(found[f"{prefix}_pixels_s"] / found[f"{prefix}_pixels_s_plain"], 3)
    return found


_BEGAN = time.monotonic()


def _say(line: str) -> None:
    sys.stdout.write(f"{time.monotonic() - _BEGAN:6.0f} s  {line}\n")
    sys.stdout.flush()


def app() -> ASGIApp:
    """The built client, with a counter."""
    return Counting(make_app(WEB))


def plain_app() -> ASGIApp:
    """The published one, with a counter."""
    return Counting(plain.app())
