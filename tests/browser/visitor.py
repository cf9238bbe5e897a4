"""A person with a browser: opens the app, looks at it, and notes everything a page should not do.

    def test_the_patient_sees_the_week(visit, web_server):
        visitor = visit()                          # one browser with an empty profile
        page = visitor.open(web_server.url)        # waits until the app is on screen, semantics on
        page.get_by_role("button", name="Start").click(force=True)
        page.get_by_text("Set 1").wait_for()
        visitor.assert_clean()                     # no console error, no CSP violation, no other host

`visitor.restart()` ends the browser process and starts another one with the same profile.
"""

import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright, Request, Worker

from tests.browser.chromium import PHONE, launch

_NOTE_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => console.error("CSP", event.violatedDirective, event.blockedURI));
"""
_DRAWN = "performance.getEntriesByName('stepwise-drawn').length > 0 && !document.getElementById('splash')"
START_PATIENCE_MS = 90_000
_PATIENCE_MS = 60_000


class Visitor:
    """One browser with one profile. `errors` and `requests` grow with everything its pages do.

    `options` are Playwright's for a context, such as `timezone_id` or `color_scheme`.
    """

    def __init__(
        self,
        playwright: Playwright,
        profile: Path,
        viewport: dict[str, int] | None = None,
        **options: Any,
    ) -> None:
        self._playwright, self.profile, self._viewport = playwright, profile, viewport or PHONE
        self._options = options
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.context = self._launch()

    def open(self, url: str) -> Page:
        """Open the app in a new tab and wait until its first screen is in the semantics tree."""
        page = self.new_page()
        page.goto(url, wait_until="commit")
        wait_until_drawn(page)
        return page

    def new_page(self) -> Page:
        """An empty tab whose errors and requests are noted."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error.stack or error}"))
        return page

    def restart(self) -> None:
        """End the browser process and start another one with the same profile."""
        self.close()
        self.context = self._launch()

    def close(self) -> None:
        """End the browser process."""
        self.context.close()

    def assert_clean(self, *, host: str = "127.0.0.1") -> None:
        """Nothing was logged as an error, no policy was violated, no host but `host` was asked for anything."""
        assert self.errors == [], self.errors
        assert {urlsplit(url).hostname for url in self.requests if url.startswith(("http", "ws"))} <= {host}

    def _launch(self) -> BrowserContext:
        context = launch(self._playwright, self.profile, self._viewport, **self._options)
        context.set_default_timeout(_PATIENCE_MS)
        context.add_init_script(_NOTE_VIOLATIONS)
        context.on("console", self._note_console)
        context.on("request", self._note_request)
        return context

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _note_request(self, request: Request) -> None:
        self.requests.append(request.url)


def wait_for(page: Page, condition: str, *, patience_ms: int = 30_000) -> None:
    """Wait until a JavaScript expression is true (Playwright's own way needs eval, which our CSP bans)."""
    page.evaluate(
        f"""(patience) => new Promise((met, fail) => {{
            const end = performance.now() + patience;
            const look = () => {{
                if ({condition}) met();
                else if (performance.now() > end) fail(new Error("waited in vain"));
                else setTimeout(look, 20);
            }};
            look();
        }})""",
        patience_ms,
    )


def wait_until_drawn(page: Page) -> None:
    """Wait until the app's first screen has taken the place of the splash."""
    wait_for(page, _DRAWN, patience_ms=START_PATIENCE_MS)


def wait_until_kept(page: Page) -> None:
    """Wait until the service worker keeps the app: from then on it starts without a network."""
    wait_for(page, "navigator.serviceWorker.controller?.state === 'activated'", patience_ms=START_PATIENCE_MS)


def wait_until_fast(page: Page) -> None:
    """Wait until the service worker also keeps what makes the next start faster: the snapshot of Python's memory."""
    page.evaluate(
        """async (patience) => {
            const {dataset} = document.querySelector("script[data-own]");
            const end = performance.now() + patience;
            while (!(await caches.match(`${dataset.own}patient.snapshot`))) {
                if (performance.now() > end) throw new Error("waited in vain for the snapshot");
                await new Promise((next) => setTimeout(next, 50));
            }
        }""",
        START_PATIENCE_MS,
    )


def wait_for_picture(page: Page, name: str) -> None:
    """Wait until the service worker keeps a picture, such as `kn-slr/loop`."""
    _wait_until_cached(page, "stepwise-pictures", f"/pictures/{name}.webp")


def wait_for_photo(page: Page, name: str) -> None:
    """Wait until the app keeps a photo of the clinic."""
    _wait_until_cached(page, "clinic-photos", name)


def _wait_until_cached(page: Page, cache: str, name: str) -> None:
    page.evaluate(
        """async ([cache, name, patience]) => {
            const end = performance.now() + patience;
            for (;;) {
                const kept = await (await caches.open(cache)).keys();
                if (kept.some(({ url }) => url.includes(name))) return;
                if (performance.now() > end) throw new Error("waited in vain for a picture");
                await new Promise((next) => setTimeout(next, 50));
            }
        }""",
        [cache, name, START_PATIENCE_MS],
    )


def wait_for_color(page: Page, color: tuple[int, int, int], *, least: int = 500, looks: int = 60) -> None:
    """Wait until at least so many pixels of the page have about this color."""
    for _ in range(looks):
        shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        counted = shown.getcolors(shown.width * shown.height) or []
        near = (count for count, seen in counted if max(abs(a - b) for a, b in zip(seen, color, strict=True)) < 24)
        if sum(near) >= least:
            return
        let_it_draw(page, frames=6)
    raise AssertionError(f"nothing on the screen has the color {color}")


def let_it_draw(page: Page, *, frames: int) -> None:
    """Return once the page has had `frames` occasions to draw."""
    page.evaluate(
        """(frames) => new Promise((done) => {
            const next = (left) => (left ? requestAnimationFrame(() => next(left - 1)) : done());
            next(frames);
        })""",
        frames,
    )


def python_worker(page: Page) -> Worker:
    """The worker that runs the app's Python."""
    return next(worker for worker in page.workers if worker.url.endswith("/worker.js"))


def run_python(page: Page, code: str) -> Any:
    """Run `code` (top-level await is fine) in the app's own Python and return its last expression, sent as JSON."""
    body = "\n".join(f"    {line}" for line in code.strip().splitlines()[:-1])
    last = code.strip().splitlines()[-1]
    program = f"import json\nasync def _asked():\n{body}\n    return {last}\njson.dumps(await _asked())"
    return json.loads(python_worker(page).evaluate("code => self.python.runPythonAsync(code)", program))
