"""One start of the app in a browser process of its own, looked at and touched from outside."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import ImageStat
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.bench.film import Box, Film
from tests.bench.processes import renderer_mb, slowed
from tests.browser.chromium import ARGUMENTS, PHONE, find_chromium
from tests.browser.visitor import wait_for

NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
ZONE = "America/New_York"
PATIENCE_MS = 240_000
REST_MS = 2_500
"""From then on a screen does not change any more."""
IDLE_MS = 10_000
_LOOK_MS = 10
_TAP_AGAIN_MS = 3_000
_STILL_MS, _SETTLED_AFTER = 250, 20
_PAINTED_WITHIN_MS = 15_000
_CHANGED = 0.03
"""Share of the screen above the bottom bar that is another one after a change of tab."""
_BODY = Box(0, 0, 1, 1.9)
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
    const { left, top, right, bottom } = wide[0];
    return [left, top, right, bottom].map((side) => side / innerWidth);
}"""
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
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(_WATCH)
        try:
            yield page
        finally:
            context.close()

    def start(self, *, slow: float = 1, tapping: bool = True, idle: bool = False) -> Start:
        """A start from nothing; every thread of the browser `slow` times slower. `tapping`: there are tabs to tap."""
        with self.page() as page, slowed(self.profile, slow):
            film = Film(page)
            self.open(page)
            answered = _first_answer(page, film, slow) if tapping else None
            page.wait_for_timeout(REST_MS * slow)
            start = _told(page, film, answered)
            if not idle:
                return start
            page.wait_for_timeout(IDLE_MS)
            return Start(start.pixels, start.answer, start.card, renderer_mb(self.profile))

    def open(self, page: Page) -> None:
        """Go to the address and wait until there is a button."""
        page.goto(self.url, wait_until="commit", timeout=PATIENCE_MS)
        wait_for(page, _READY, patience_ms=PATIENCE_MS)

    def taps(self, count: int, *, slow: float = 1) -> list[float]:
        """Milliseconds from the end of a tap on a tab to the first frame that shows more than the tap itself."""
        with self.page() as page, slowed(self.profile, slow):
            film = Film(page)
            self.open(page)
            page.wait_for_timeout(REST_MS * slow)
            taken = []
            for number in range(count):
                taken.append(1000 * _change_tab(page, film, (number + 1) % 4))
                del film.frames[:-1]
            return taken

    def put_store(self, store: Path, worker: str, python: str) -> None:
        """Put a file in the place of the app's store; `python` is what its worker calls Python."""
        with self.page() as page:
            self.open(page)
            page.wait_for_timeout(REST_MS)
            content = base64.b64encode(store.read_bytes()).decode()
            code = _PUT.format(name=store.name, content=content)
            running = next(each for each in page.workers if each.url.endswith(worker))
            running.evaluate(f"(code) => self.{python}.runPythonAsync(code)", code)

    def visit(self, rest_ms: float, until: Any = None) -> None:
        """Open the app, wait for `until(page)`, and leave it open for a while."""
        with self.page() as page:
            self.open(page)
            if until is not None:
                until(page)
            page.wait_for_timeout(rest_ms)


_PUT = """
import base64
from app.platform.browser import platform
folder = await platform().open_folder()
(folder / "{name}").write_bytes(base64.b64decode("{content}"))
await platform().flush()
"""


def _change_tab(page: Page, film: Film, index: int) -> float:
    """Tap a tab until the screen above it is another one; seconds from the tap to the frame that shows it."""
    _settle(page, film)
    before = _BODY.of(film.frames[-1].gray())
    tapped = _tap(page, index)
    waited = 0
    while (at := film.first_unlike(before, _BODY, _CHANGED, since=tapped)) is None:
        page.wait_for_timeout(_LOOK_MS)
        waited += _LOOK_MS
        if waited % _TAP_AGAIN_MS == 0:
            _tap(page, index)
    return at - tapped


def _settle(page: Page, film: Film) -> None:
    """Wait until the screen has not changed for a while, or for a few seconds where something on it moves."""
    for _ in range(_SETTLED_AFTER):
        known = len(film.frames)
        page.wait_for_timeout(_STILL_MS)
        if len(film.frames) == known:
            return


def _tap(page: Page, index: int) -> float:
    page.mouse.click(*page.evaluate(_TAB, index))
    return float(page.evaluate("taps.at(-1)")) / 1000


def _first_answer(page: Page, film: Film, slow: float) -> float:
    """Tap the second tab, now and again, until its screen is there; the moment of the first frame that shows it."""
    waited = 0
    while not _is_painted(page, film) and waited < _PAINTED_WITHIN_MS * slow:
        page.wait_for_timeout(_LOOK_MS)
        waited += _LOOK_MS
    waited = 0
    while "/program" not in page.evaluate("location.pathname"):
        if waited % _TAP_AGAIN_MS == 0:
            _tap(page, 1)
        page.wait_for_timeout(_LOOK_MS)
        waited += _LOOK_MS
    page.wait_for_timeout(REST_MS * slow)
    at = film.first_like(_BODY.of(film.frames[-1].gray()), _BODY)
    _change_tab(page, film, 0)
    return at


def _is_painted(page: Page, film: Film) -> bool:
    """Whether the newest frame shows the bright button on its dark card, so that a tap does not come before it."""
    box = Box(*page.evaluate(_BUTTON))
    rim = Box(box.left, box.top - 0.025, box.right, box.top - 0.01)
    picture = film.frames[-1].gray()
    return bool(ImageStat.Stat(box.of(picture)).mean[0] > 200 > 130 > ImageStat.Stat(rim.of(picture)).mean[0])


def _told(page: Page, film: Film, answered: float | None) -> Start:
    began = page.evaluate("performance.timeOrigin") / 1000
    marks = page.evaluate(_MARKS)
    box = Box(*page.evaluate(_BUTTON))
    wanted = box.of(film.frames[-1].gray())
    painted = film.first_with(wanted, box, since=marks.get("stepwise-drawn", began))
    card = film.first_after(marks["measured-card"]) - began if "measured-card" in marks else None
    return Start(painted - began, None if answered is None else answered - began, card)
