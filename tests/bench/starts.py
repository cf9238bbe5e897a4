"""One start of the app in a browser process of its own, looked at and touched from outside."""

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from PIL import Image, ImageStat
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.bench.film import Box, Film
from tests.bench.limits import TookTooLong, within
from tests.bench.processes import renderer_mb, slowed
from tests.browser.chromium import ARGUMENTS, PHONE, find_chromium
from tests.browser.visitor import wait_for

NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
ZONE = "America/New_York"
PATIENCE_S = 60
"""For one thing to come, at full speed."""
REST_MS = 2_500
"""From then on a screen does not change any more."""
IDLE_MS = 10_000
_LOOK_MS = 10
_TAP_AGAIN_S = 3
_STILL_MS, _SETTLED_AFTER = 250, 20
_CHANGED = 0.03
"""Share of the screen above the bottom bar that is another one after a change of tab."""
_BODY = Box(0, 0, 1, 1.9)
_RIM = 0.02
_WATCH = """
(() => {
  globalThis.taps = [];
  addEventListener("pointerup", (event) => taps.push(performance.timeOrigin + event.timeStamp), { capture: true });
  const mark = (name) => { if (!performance.getEntriesByName(name).length) performance.mark(name); };
  const look = () => {
    if (document.querySelector("#last-today:not([hidden])")) mark("measured-card");
    document.querySelector("flt-semantics-placeholder")?.click();
    const host = document.querySelector("flt-semantics-host");
    if (!host?.innerText.includes("Error running app") && host?.querySelector("[role=button]")) mark("measured");
    else requestAnimationFrame(look);
  };
  look();
})();
"""
_READY = "performance.getEntriesByName('measured').length > 0"
_MARKS = """() => Object.fromEntries(performance.getEntriesByType("mark").map(
    (mark) => [mark.name, (performance.timeOrigin + mark.startTime) / 1000]))"""
_BUTTON = """() => {
    const wide = [...document.querySelectorAll("flt-semantics[role=button]")]
        .map((node) => node.getBoundingClientRect())
        .filter((box) => box.width > innerWidth * 0.6 && box.height > 40 && box.height < 90);
    if (!wide.length) return null;
    const { left, top, right, bottom } = wide[0];
    return [left, top, right, bottom].map((side) => side / innerWidth);
}"""
_IS_COVERED = "Boolean(document.getElementById('splash'))"
_TAB = """(index) => {
    const box = document.querySelectorAll("flt-semantics[role=tab]")[index].getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
}"""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from navigation: `pixels` to the painted button, `answer` to what a tap changed, `card` to the start
    page's own picture (None: it painted none). `memory`: megabytes of the renderer after ten idle seconds."""

    pixels: float
    answer: float | None = None
    card: float | None = None
    memory: float | None = None


@dataclass(frozen=True, slots=True)
class Browser:
    """One profile and the address it opens."""

    playwright: Playwright
    profile: Path
    url: str

    @contextmanager
    def page(self) -> Iterator[Page]:
        """An empty page of a new browser process."""
        context: BrowserContext = self.playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=find_chromium(self.playwright),
            args=[*ARGUMENTS, NO_OTHER_HOST],
            viewport=PHONE,
            timezone_id=ZONE,
        )
        page = context.pages[0]
        page.set_default_timeout(2_000 * PATIENCE_S)
        page.add_init_script(_WATCH)
        try:
            yield page
        finally:
            context.close()

    def start(self, *, slow: float = 1, tapping: bool = True, idle: bool = False) -> Start:
        """A start from nothing; every thread of the browser `slow` times slower until there is an answer. `tapping`:
        there are tabs to tap. Raises TookTooLong."""
        with within(4 * PATIENCE_S * slow, "a start", self.profile), self.page() as page:
            with slowed(self.profile, slow) as at_full_speed:
                film = Film(page)
                self.open(page, slow)
                answered = _first_answer(page, film, slow) if tapping else None
                page.wait_for_timeout(0 if tapping else REST_MS)
                at_full_speed()
            if tapping:
                _wait_for_button(page, film, tab=0)
            page.wait_for_timeout(REST_MS)
            start = _told(page, film, answered)
            if not idle:
                return start
            page.wait_for_timeout(IDLE_MS)
            return Start(start.pixels, start.answer, start.card, renderer_mb(self.profile))

    def open(self, page: Page, slow: float = 1) -> None:
        """Go to the address and wait until there is a button."""
        patience_ms = int(2 * PATIENCE_S * slow * 1000)
        page.goto(self.url, wait_until="commit", timeout=patience_ms)
        wait_for(page, _READY, patience_ms=patience_ms)

    def taps(self, count: int, *, slow: float = 1, within_s: float = inf) -> list[float]:
        """Milliseconds from the end of a tap on a tab to the first frame that shows more than the tap itself.

        No tap is begun after `within_s` seconds of tapping.
        """
        with within(PATIENCE_S * 2 + 5 * count * slow, f"{count} taps", self.profile), self.page() as page:
            self.open(page)
            page.wait_for_timeout(REST_MS)
            film = Film(page)
            with slowed(self.profile, slow):
                taken: list[float] = []
                began = time.monotonic()
                while len(taken) < count and (not taken or time.monotonic() - began < within_s):
                    taken.append(1000 * _change_tab(page, film, (len(taken) + 1) % 4, slow))
                    del film.frames[:-1]
                return taken

    def put_store(self, store: Path, worker: str, python: str) -> None:
        """Put a file in the place of the app's store; `python` is what its worker calls Python."""
        with within(4 * PATIENCE_S, "putting the store", self.profile), self.page() as page:
            self.open(page)
            page.wait_for_timeout(REST_MS)
            content = base64.b64encode(store.read_bytes()).decode()
            code = _PUT.format(name=store.name, content=content)
            running = next(each for each in page.workers if each.url.endswith(worker))
            running.evaluate(f"(code) => self.{python}.runPythonAsync(code)", code)

    def visit(self, rest_ms: float, until: Any = None) -> None:
        """Open the app, wait for `until(page)`, and leave it open for a while."""
        with within(4 * PATIENCE_S, "a visit", self.profile), self.page() as page:
            self.open(page)
            if until is not None:
                until(page)
            page.wait_for_timeout(rest_ms)


_PUT = """
import base64
import time
from app.platform.browser import platform
folder = await platform().open_folder()
(folder / "{name}").write_bytes(base64.b64decode("{content}"))
await platform().flush()
"""


def _change_tab(page: Page, film: Film, index: int, slow: float) -> float:
    """Tap a tab until the screen above it is another one; seconds from the tap to the frame that shows it."""
    _settle(page, film, slow)
    before = _BODY.of(film.frames[-1].gray())
    tapped = 0.0
    for again in _attempts(f"another screen after tab {index}", slow):
        if again:
            now = _tap(page, index)
            tapped = tapped or now
        at = film.first_unlike(before, _BODY, _CHANGED, since=tapped)
        if at is not None:
            return at - tapped
        page.wait_for_timeout(_LOOK_MS)
    raise AssertionError


def _attempts(what: str, slow: float) -> Iterator[bool]:
    """For a loop that waits: whether it is time to try once more. Raises TookTooLong."""
    began = tried = time.monotonic()
    yield True
    while (now := time.monotonic()) - began < PATIENCE_S * slow:
        if now - tried > _TAP_AGAIN_S * slow:
            tried = now
            yield True
        else:
            yield False
    raise TookTooLong(f"{what}: not seen in {PATIENCE_S * slow:.0f} s")


def _settle(page: Page, film: Film, slow: float = 1) -> None:
    """Wait until the screen has not changed for a while, or for a few seconds where something on it moves."""
    for _ in range(_SETTLED_AFTER):
        known = len(film.frames)
        page.wait_for_timeout(_STILL_MS if slow == 1 else 2 * _STILL_MS)
        if film.frames and len(film.frames) == known:
            return


def _tap(page: Page, index: int) -> float:
    page.mouse.click(*page.evaluate(_TAB, index))
    return float(page.evaluate("taps.at(-1)")) / 1000


def _first_answer(page: Page, film: Film, slow: float) -> float:
    """Tap the second tab once the button is painted; the moment from which another screen was there."""
    place = _wait_for_button(page, film, slow)
    button, tapped = _with_rim(place).of(film.frames[-1].gray()), 0.0
    for again in _attempts("the second tab's screen", slow):
        if again:
            now = _tap(page, 1)
            tapped = tapped or now
        at = film.first_without(button, _with_rim(place), since=tapped)
        if at is not None:
            return at
        page.wait_for_timeout(_LOOK_MS)
    raise AssertionError


def _wait_for_button(page: Page, film: Film, slow: float = 1, tab: int | None = None) -> Box:
    """Where it is once it is painted; `tab` is tapped for it."""
    for again in _attempts("the painted button", slow):
        if again and tab is not None:
            _tap(page, tab)
        place = _button(page)
        if place is not None and film.frames and _is_painted(place, film.frames[-1].gray()):
            return place
        page.wait_for_timeout(_LOOK_MS)
    raise AssertionError


def _button(page: Page) -> Box | None:
    """Where Today's button is; None while there is none or something is in front of it."""
    place = None if page.evaluate(_IS_COVERED) else page.evaluate(_BUTTON)
    return None if place is None else Box(*place)


def _with_rim(box: Box) -> Box:
    return Box(box.left, box.top - _RIM, box.right, box.bottom + _RIM)


def _is_painted(box: Box, picture: Image.Image) -> bool:
    """Whether a picture shows the bright button on its dark card: a person taps then."""
    above = Box(box.left, box.top - 0.025, box.right, box.top - 0.01)
    below = Box(box.left, box.bottom + 0.01, box.right, box.bottom + 0.025)
    bright, *dark = (ImageStat.Stat(part.of(picture)).mean[0] for part in (box, above, below))
    return bright > 200 and max(dark) < 130


def _told(page: Page, film: Film, answered: float | None) -> Start:
    began = page.evaluate("performance.timeOrigin") / 1000
    marks = page.evaluate(_MARKS)
    box = _with_rim(Box(*page.evaluate(_BUTTON)))
    wanted = box.of(film.frames[-1].gray())
    painted = film.first_with(wanted, box, since=marks.get("stepwise-drawn", began))
    card = film.first_after(marks["measured-card"]) - began if "measured-card" in marks else None
    return Start(painted - began, None if answered is None else answered - began, card)
