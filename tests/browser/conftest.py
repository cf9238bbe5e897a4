"""What every browser test may ask for; `visitor.py` shows how a test reads.

Playwright's synchronous API keeps an event loop of its own running, so it is started for one module of tests at a time
and such a module must not contain async tests.
"""

import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from server.web.build import WEB, build_web, is_current
from tests.browser.serving import ServerProcess, running, tiny_server
from tests.browser.visitor import Visitor

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def web_build() -> Path:
    """The web client as it is now, in `build/web`; built only when something it is made from has changed.

    One process builds and the others wait for it.
    """
    WEB.parent.mkdir(exist_ok=True)
    with WEB.with_name("web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(WEB):
            build_web(WEB)
    return WEB


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright, for the tests of one module."""
    with sync_playwright() as started:
        yield started


@pytest.fixture
def visit(playwright: Playwright, tmp_path: Path) -> Iterator[Visit]:
    """Makes a `Visitor`: `visit()` for a phone, `visit(viewport=DESK)` for a desk; each with an empty profile."""
    visitors: list[Visitor] = []

    def make(viewport: dict[str, int] | None = None, **options: Any) -> Visitor:
        visitors.append(Visitor(playwright, tmp_path / f"profile-{len(visitors)}", viewport, **options))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.close()


@pytest.fixture
def web_server(web_build: Path) -> Iterator[ServerProcess]:
    """A real server process with the built client and an API of a few answers (`tiny_server.py`)."""
    with running(tiny_server(web_build)) as server:
        yield server
