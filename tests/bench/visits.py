"""First visits: how long they take over a weak line, and what they are sent."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import orjson
from playwright.sync_api import Page, Playwright
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.web.snapshot import NAME as SNAPSHOT
from tests.bench.limits import within
from tests.bench.line import weak_line
from tests.bench.serving import HOST, Client, serving
from tests.bench.starts import PATIENCE_S, Browser

MB = 1_000_000
SENT = "/v1/sent"


@dataclass(frozen=True, slots=True)
class Way:
    """One of the two: what serves it, its worker and what that calls Python, when it is kept for good, and when it has
    left what its next start paints first (None: it paints nothing)."""

    name: str
    served_by: str
    environment: dict[str, str]
    worker: str
    python: str
    kept: Callable[[Page], None]
    left: Callable[[Page], None] | None


def first_visit(playwright: Playwright, folder: Path, way: Way, slow: float) -> float:
    """Seconds to the first screen over a line of 10 Mbit/s and 50 ms there and back, with an empty profile."""
    profile = Path(mkdtemp(dir=folder))
    with serving(way.served_by, way.environment) as port, weak_line(port) as weak:
        return Browser(playwright, profile, f"http://{HOST}:{weak}").start(slow=slow, tapping=False).pixels


def sent_by(playwright: Playwright, folder: Path, way: Way) -> dict[str, float]:
    """Megabytes, by what they are sent for."""
    profile = Path(mkdtemp(dir=folder))
    with serving(way.served_by, way.environment) as port, closing(Client(port)) as client:
        browser = Browser(playwright, profile, f"http://{HOST}:{port}")
        with within(4 * PATIENCE_S, "a first visit", profile), browser.page() as page:
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


class Counting:
    """An application that counts what it sends by the last part of the address, heads included; SENT tells it."""

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
