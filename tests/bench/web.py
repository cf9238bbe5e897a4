"""The web client: what a first visit transfers, and a warm start beside the same app as `flet publish` would ship it.

A browser of its own per start, both ways in turn; the server is on the same machine, so the network plays no part.
"""

from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import orjson
from playwright.sync_api import Playwright, sync_playwright
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.web.build import WEB, build_web, is_current
from server.web.snapshot import NAME as SNAPSHOT
from tests.bench.serving import HOST, Client, serving
from tests.browser.measure_start import Start, publish_as_flet_does, serve_published, start_once
from tests.browser.tiny_server import make_app
from tests.browser.visitor import Visitor, wait_until_fast, wait_until_kept

ROUNDS = 5
MB = 1_000_000
SENT = "/v1/sent"


def measure() -> dict[str, float]:
    """The figures of `web.*`: `pixels` to the first frame that shows the app, `readable` to the first button."""
    if not is_current():
        build_web()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        playwright = stack.enter_context(sync_playwright())
        port = stack.enter_context(serving("tests.bench.web:app", {}))
        found = _transferred(playwright, folder / "first", port)
        publish_as_flet_does(folder / "published")
        published = stack.enter_context(serve_published(folder / "published"))
        ours, theirs = _starts(playwright, folder, f"http://{HOST}:{port}", published)
    for name in ("pixels", "readable"):
        mine, other = (median(getattr(start, name) for start in starts) for starts in (ours, theirs))
        found[f"web.warm_{name}_s"] = round(mine, 2)
        found[f"web.warm_{name}_s_flet"] = round(other, 2)
        found[f"web.warm_{name}_ratio"] = round(mine / other, 3)
    return found


def _transferred(playwright: Playwright, profile: Path, port: int) -> dict[str, float]:
    """Megabytes sent: until the first screen, until it starts without a network, and the snapshot that follows."""
    visitor = Visitor(playwright, profile)
    with closing(Client(port)) as client:
        page = visitor.open(f"http://{HOST}:{port}")
        until_drawn = sum(_sent(client).values())
        wait_until_kept(page)
        wait_until_fast(page)
        sent = _sent(client)
    visitor.close()
    snapshot = sent.pop(SNAPSHOT)
    return {
        "web.first_screen_mb": round(until_drawn / MB, 2),
        "web.first_visit_mb": round(sum(sent.values()) / MB, 2),
        "web.snapshot_mb": round(snapshot / MB, 2),
    }


def _sent(client: Client) -> dict[str, int]:
    found: dict[str, int] = orjson.loads(client.send("GET", SENT).body)
    return found


def _starts(playwright: Playwright, folder: Path, ours: str, published: str) -> tuple[list[Start], list[Start]]:
    """ROUNDS warm starts of each, in turn, after two of each that fill what a browser keeps."""
    ways = {"ours": ours, "published": published}
    taken: dict[str, list[Start]] = {name: [] for name in ways}
    for name, url in ways.items():
        start_once(playwright, folder / f"{name}-profile", url, keep=url == ours)
        start_once(playwright, folder / f"{name}-profile", url)
    for _ in range(ROUNDS):
        for name, url in ways.items():
            taken[name].append(start_once(playwright, folder / f"{name}-profile", url))
    return taken["ours"], taken["published"]


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
