"""Finds a Chromium for the browser tests and starts it; a machine without one gets a clear message, never a skip."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from playwright.sync_api import BrowserContext, Playwright

PHONE = {"width": 412, "height": 892}
DESK = {"width": 1280, "height": 800}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",
]
"""Keeps the browser itself from talking to the network, and draws as Chromium does on a machine without a graphics
processor: WebGL in software, pages put together without GL."""

_DRAW_IN_SOFTWARE = ["--use-gl=angle", "--use-angle=swiftshader", "--disable-gpu-compositing"]
"""The same on every machine."""

_LOCK = Path(gettempdir()) / "stepwise-chromium.lock"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class NoChromium(Exception):
    """There is no Chromium and none could be had."""


def find_chromium(playwright: Playwright) -> str:
    """Path of a Chromium: $CHROMIUM, one on the PATH, Playwright's own, or the distribution's. Raises NoChromium."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not shutil.which(named):
            raise NoChromium(f"$CHROMIUM names {named}, which is not a program")
        return named
    own = Path(playwright.chromium.executable_path)
    return _on_path() or _if_there(own) or _had_anew(own)


def launch(playwright: Playwright, profile: Path, viewport: dict[str, int], **options: Any) -> BrowserContext:
    """A new browser process that keeps what it stores in `profile`, so that it can be closed and started again."""
    return playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=find_chromium(playwright),
        args=[*ARGUMENTS, *_DRAW_IN_SOFTWARE],
        headless=True,
        viewport=viewport,
        **options,
    )


def _on_path() -> str | None:
    return next((path for path in map(shutil.which, _NAMES) if path), None)


def _if_there(path: Path) -> str | None:
    return str(path) if path.is_file() else None


def _had_anew(own: Path) -> str:
    """One process gets a Chromium and the others wait."""
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _on_path() or _if_there(own) or _downloaded(own) or _installed_by_apt() or _give_up()


def _downloaded(own: Path) -> str | None:
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, capture_output=True)
    return _if_there(own)


def _installed_by_apt() -> str | None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-q"], check=False, capture_output=True)
        subprocess.run(["apt-get", "install", "-y", "-q", "chromium"], check=False, capture_output=True)
    return _on_path()


def _give_up() -> str:
    raise NoChromium("The browser tests need Chromium: install it, or set CHROMIUM to the path of one.")
