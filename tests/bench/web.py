"""The web client beside the same app as `flet publish` would ship it, in one run, in a real browser.

A phone with twelve weeks of logs, no network and no server, a new browser process for each start, both ways in turn
(ROUNDS=7 of each, TAPS=200); all of it once more with every thread of the browser four times slower; and first visits
over a weak line. Figures of the plain way end in `_plain`.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import orjson
from playwright.sync_api import Error, Page, Playwright, sync_playwright
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.web.build import WEB, build_web, is_current
from server.web.snapshot import NAME as SNAPSHOT
from tests.bench import plain
from tests.bench.line import weak_line
from tests.bench.phone import write_store
from tests.bench.serving import HOST, Client, serving
from tests.bench.starts import Browser, Start
from tests.browser.tiny_server import make_app
from tests.browser.visitor import wait_until_fast, wait_until_kept

ROUNDS = int(os.environ.get("ROUNDS", "7"))
TAPS = int(os.environ.get("TAPS", "200"))
SLOW = 4.0
SHARE_SLOW, SHARE_MEMORY, SHARE_VISITS = 0.25, 0.4, 0.4
"""Of the taps, which are slowed too; of the rounds, in which memory is looked at, and in which a line is visited."""
CODE_CACHE_MS = 15_000
"""How long the app is left open before: browsers keep compiled code some seconds after it was needed."""
MB = 1_000_000
SENT = "/v1/sent"


@dataclass(frozen=True, slots=True)
class Way:
    """One of the two: what serves it, its worker and what that calls Python, and when it is kept for good."""

    name: str
    served_by: str
    environment: dict[str, str]
    worker: str
    python: str
    kept: Callable[[Page], None]


def measure() -> dict[str, float]:
    """The figures of `web.*`."""
    if not is_current():
        build_web()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        plain.publish(folder / "published")
        (folder / "store").mkdir()
        store = write_store(folder / "store")
        playwright = stack.enter_context(sync_playwright())
        ours = Way("", "tests.bench.web:app", {}, "/worker.js", "python", _kept)
        environment = {plain.FOLDER: str(folder / "published")}
        other = Way("_plain", "tests.bench.web:plain_app", environment, "/python-worker.js", "pyodide", _passed)
        ways = (ours, other)
        found = _visits(playwright, folder, ways)
        phones = {way.name: _phone(playwright, folder, way, store) for way in ways}
        found |= _warm(phones, 1) | _warm(phones, SLOW)
    return found


def _kept(page: Page) -> None:
    wait_until_kept(page)
    wait_until_fast(page)


def _passed(page: Page) -> None:
    wait_until_kept(page)
    page.reload()  # what was there before the service worker passes it now


def _phone(playwright: Playwright, folder: Path, way: Way, store: Path) -> Browser:
    """A browser that has kept the app and holds the store; its server is gone for good."""
    with serving(way.served_by, way.environment) as port:
        browser = Browser(playwright, folder / f"phone{way.name}", f"http://{HOST}:{port}")
        browser.visit(2_000, way.kept)
        browser.visit(2_000)
        browser.put_store(store, way.worker, way.python)
    browser.visit(CODE_CACHE_MS)
    return browser


def _warm(phones: dict[str, Browser], slow: float) -> dict[str, float]:
    """Starts in turn, then taps."""
    taken: dict[str, list[Start]] = {name: [] for name in phones}
    for number in range(ROUNDS):
        for name, phone in phones.items():
            idle = slow == 1 and number < max(1, ROUNDS * SHARE_MEMORY)
            taken[name].append(_again(lambda p=phone, i=idle: p.start(slow=slow, idle=i)))  # type: ignore[misc]
    found = _starts(taken, "web.warm" if slow == 1 else "web.slow4")
    part = "" if slow == 1 else "slow4_"
    count = TAPS if slow == 1 else max(4, round(TAPS * SHARE_SLOW))
    for name, phone in phones.items():
        percent = quantiles(phone.taps(count, slow=slow), n=100, method="inclusive")
        found[f"web.{part}tap_ms_p50{name}"] = round(percent[49])
        found[f"web.{part}tap_ms_p99{name}"] = round(percent[98])
    return found


def _again(start: Callable[[], Start]) -> Start:
    """A start; one that a browser broke off is made once more, so that a long run does not end with it."""
    try:
        return start()
    except (Error, StopIteration):
        return start()


def _starts(taken: dict[str, list[Start]], prefix: str) -> dict[str, float]:
    found: dict[str, float] = {}
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


def _visits(playwright: Playwright, folder: Path, ways: tuple[Way, ...]) -> dict[str, float]:
    """First visits over a weak line: seconds to the first screen, and megabytes sent until then and afterward."""
    taken: dict[str, list[float]] = {}
    found: dict[str, float] = {}
    for number in range(max(1, round(ROUNDS * SHARE_VISITS))):
        for way in ways:
            for slow in (1, SLOW)[: 1 if number else 2]:
                key = f"web.{'slow4_' if slow > 1 else ''}first_visit_s{way.name}"
                profile = folder / f"visit-{number}-{slow}{way.name}"
                with serving(way.served_by, way.environment) as port, weak_line(port) as weak:
                    browser = Browser(playwright, profile, f"http://{HOST}:{weak}")
                    taken.setdefault(key, []).append(browser.start(slow=slow, tapping=False).pixels)
    for way in ways:
        found |= _sent_by(playwright, folder, way)
    return found | {key: round(median(seconds), 2) for key, seconds in taken.items()}


def _sent_by(playwright: Playwright, folder: Path, way: Way) -> dict[str, float]:
    with serving(way.served_by, way.environment) as port, closing(Client(port)) as client:
        browser = Browser(playwright, folder / f"sent{way.name}", f"http://{HOST}:{port}")
        with browser.page() as page:
            browser.open(page)
            first_screen = sum(_sent(client).values())
            if way.name:
                return {f"web.first_visit_mb{way.name}": round(first_screen / MB, 2)}
            way.kept(page)
            sent = _sent(client)
    snapshot = sent.pop(SNAPSHOT)
    return {
        "web.first_screen_mb": round(first_screen / MB, 2),
        "web.first_visit_mb": round(sum(sent.values()) / MB, 2),
        "web.snapshot_mb": round(snapshot / MB, 2),
    }


def _sent(client: Client) -> dict[str, int]:
    found: dict[str, int] = orjson.loads(client.send("GET", SENT).body)
    return found


class _Counting:
    """Counts what it sends by the last part of the address, heads included; SENT answers with the counts."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner
        self._sent: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._inner(scope, receive, send)
        if scope["path"] == SENT:
            return await Response(orjson.dumps(self._sent))(scope, receive, send)
        name = scope["path"].rsplit("/", 1)[-1]

        async def counted(message: Message) -> None:
            head = sum(len(key) + len(value) + 4 for key, value in message.get("headers", ()))
            self._sent[name] = self._sent.get(name, 0) + head + len(message.get("body", b""))
            await send(message)

        await self._inner(scope, receive, counted)
        return None


def app() -> ASGIApp:
    """The built client, with a counter."""
    return _Counting(make_app(WEB))


def plain_app() -> ASGIApp:
    """The published one, with a counter."""
    return _Counting(plain.app())
