"""What every browser test may ask for; `visitor.py` shows how a test reads.

Playwright's synchronous API keeps an event loop of its own running, so it is started for this folder alone, in which
there are no async tests.
"""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from server.web.build import WEB, build_web, is_current
from server.web.bytecode import ROOT
from server.web.compress import QUICK
from tests.browser.chromium import find_chromium
from tests.browser.home import Home, visited_home
from tests.browser.real_clinic import RealClinic
from tests.browser.serving import ServerProcess, running, tiny_server
from tests.browser.visitor import Visitor, wait_until_fast, wait_until_kept

Visit = Callable[..., Visitor]
QUICKLY_BUILT = WEB.with_name("web-quick")
_PREPARE = "from tests.browser.conftest import prepare; prepare()"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin with what the tests of this folder need, if they are asked for, while those before them run."""
    if any("web_build" in getattr(item, "fixturenames", ()) for item in session.items):
        builder = subprocess.Popen([sys.executable, "-c", _PREPARE], cwd=ROOT)
        session.config.add_cleanup(builder.wait)


def prepare() -> None:
    """Have a Chromium and a web client at hand."""
    with sync_playwright() as playwright:
        find_chromium(playwright)
    build_once()


def build_once() -> Path:
    """The web client as it is now: in `build/web`, else quickly packed. One process builds and the others wait."""
    WEB.parent.mkdir(exist_ok=True)
    with WEB.with_name("web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current(WEB):
            return WEB
        if not is_current(QUICKLY_BUILT):
            build_web(QUICKLY_BUILT, QUICK)
        return QUICKLY_BUILT


@pytest.fixture(scope="session")
def web_build() -> Path:
    """The web client as it is now; built only when something it is made from has changed."""
    return build_once()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright, for the tests of this folder."""
    with sync_playwright() as started:
        yield started


@pytest.fixture
def visit(playwright: Playwright, tmp_path: Path) -> Iterator[Visit]:
    """Makes a `Visitor`: `visit()` for a phone, `visit(viewport=DESK)` for a desk.

    Each with an empty profile, or with a copy of the one in the folder `like`.
    """
    visitors: list[Visitor] = []

    def make(viewport: dict[str, int] | None = None, like: Path | None = None, **options: Any) -> Visitor:
        profile = tmp_path / f"profile-{len(visitors)}"
        if like is not None:
            shutil.copytree(like, profile, symlinks=True, ignore=shutil.ignore_patterns("Singleton*"))
        visitors.append(Visitor(playwright, profile, viewport, **options))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.close()


@pytest.fixture(scope="session")
def one_clinic(web_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealClinic]:
    """The clinic of all tests of this process."""
    made = RealClinic(tmp_path_factory.mktemp("clinic"), web_build)
    made.open()
    yield made
    made.server.kill()


@pytest.fixture(scope="package")
def known(playwright: Playwright, one_clinic: RealClinic, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The profile of a device that visited the clinic's address before: it keeps the app, and nobody is signed in."""
    profile = tmp_path_factory.mktemp("known")
    visitor = Visitor(playwright, profile)
    page = visitor.open(one_clinic.url)
    wait_until_kept(page)
    wait_until_fast(page)
    visitor.close()
    return profile


@pytest.fixture
def clinic(one_clinic: RealClinic) -> RealClinic:
    """A clinic and a patient nobody knows, with a program of two exercises."""
    if not one_clinic.server.is_running:
        one_clinic.server.start()
    one_clinic.take_in()
    one_clinic.publish()
    return one_clinic


@pytest.fixture
def web_server(web_build: Path) -> Iterator[ServerProcess]:
    """A real server process with the built client and an API of a few answers (`tiny_server.py`)."""
    with running(tiny_server(web_build)) as server:
        yield server


@pytest.fixture(scope="module")
def visited(playwright: Playwright, web_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """The device that all tests of a module share."""
    with visited_home(playwright, web_build, tmp_path_factory.mktemp("profile")) as home:
        yield home


@pytest.fixture
def home(visited: Home) -> Home:
    """The same, tidied up."""
    visited.tidy()
    return visited
