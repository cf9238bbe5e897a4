"""Starts of the built client and of the same app as Flet's own way of publishing makes it, looked at from outside.

Both are served from the same machine, so the network plays no part. `make bench ONLY=web` measures them in turn.
"""

import base64
import http.server
import io
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import flet_web
from PIL import Image, ImageChops
from playwright.sync_api import BrowserContext, Page, Playwright

from server.web.bytecode import LIBRARIES, OWN_PACKAGES, ROOT
from server.web.upstream import CLIENT
from tests.browser.chromium import ARGUMENTS, PHONE, find_chromium
from tests.browser.visitor import wait_for, wait_until_fast, wait_until_kept

NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
PATIENCE_MS = 180_000
REST_MS = 2500
"""From then on the first screen does not change any more."""
FILM = 240
"""Width of a filmed frame at the most."""
MARK = """
(() => {
  const look = () => {
    document.querySelector("flt-semantics-placeholder")?.click();
    const host = document.querySelector("flt-semantics-host");
    const failed = host?.innerText.includes("Error running app");
    if (!failed && host?.querySelector("[role=button]")) performance.mark("measured");
    else requestAnimationFrame(look);
  };
  look();
})();
"""
MEASURED = "performance.getEntriesByName('measured').length > 0"
PUBLISHED_MAIN = """
import js
from pyodide.ffi import create_proxy
js.tellPage = create_proxy(lambda topic, payload: None)
from app.platform.browser import Opening, open_platform
open_platform(Opening(js.location.origin, "/", "", "UTC", "measured"))
import flet as ft
from app.main import main
ft.run(main)
"""


def publish_as_flet_does(target: Path) -> None:
    """Flet's prebuilt client with an archive of Python source: what `flet publish` makes, without a network."""
    shutil.copytree(CLIENT, target)
    shutil.copyfile(CLIENT / "assets/fonts/roboto.woff2", target / "assets/fonts/roboto.woff2")
    flet_web.patch_index_html(
        str(target / "index.html"),
        "/",
        pyodide=True,
        pyodide_script_path="main.py",
        app_package_url="app.tar.gz",
        no_cdn=True,
    )
    flet_web.patch_font_manifest_json(str(target / "assets/FontManifest.json"))
    with tempfile.TemporaryDirectory() as folder, tarfile.open(target / "app.tar.gz", "w:gz") as archive:
        main = Path(folder, "main.py")
        main.write_text(PUBLISHED_MAIN)
        archive.add(main, "main.py")
        for package in OWN_PACKAGES:
            archive.add(ROOT / package, package, filter=_source_only)
        archive.add(ROOT / "assets/exercises/library.json", "assets/exercises/library.json")
        for name in LIBRARIES:
            path = _installed(name)
            archive.add(path, f"__pypackages__/{path.name}", filter=_source_only)


def _source_only(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if "__pycache__" in member.name or member.name.endswith((".so", ".webp")) else member


def _installed(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None and spec.origin is not None
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin


class _Cached(http.server.SimpleHTTPRequestHandler):
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=86400")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serve_published(folder: Path) -> Iterator[str]:
    """Serve what was published, kept by the browser's own cache."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Cached, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from navigation: to the first button in the semantics tree, and to the first frame that shows the app."""

    readable: float
    pixels: float


def start_once(playwright: Playwright, profile: Path, url: str, *, keep: bool = False) -> Start:
    """One start in a new browser process. `keep`: wait until the service worker keeps all it ever keeps."""
    context: BrowserContext = playwright.chromium.launch_persistent_context(
        str(profile), executable_path=find_chromium(playwright), args=[*ARGUMENTS, NO_OTHER_HOST], viewport=PHONE
    )
    page: Page = context.new_page()
    page.add_init_script(MARK)
    frames = filmed(page)
    page.goto(url, wait_until="commit")
    wait_for(page, MEASURED, patience_ms=PATIENCE_MS)
    page.wait_for_timeout(REST_MS)
    if keep:
        wait_until_kept(page)
        wait_until_fast(page)
    readable = page.evaluate("performance.getEntriesByName('measured')[0].startTime") / 1000
    began = page.evaluate("performance.timeOrigin") / 1000
    context.close()
    return Start(float(readable), first_like_last(frames) - began)


@dataclass(frozen=True, slots=True)
class Frame:
    """What was on the screen from a moment on, in seconds since 1970."""

    at: float
    picture: bytes


def filmed(page: Page) -> list[Frame]:
    """The frames the page shows from now on, small; the list grows while Playwright waits for something."""
    frames: list[Frame] = []
    session = page.context.new_cdp_session(page)

    def take(event: dict[str, Any]) -> None:
        frames.append(Frame(event["metadata"]["timestamp"], base64.b64decode(event["data"])))
        session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    session.on("Page.screencastFrame", take)
    session.send("Page.startScreencast", {"format": "jpeg", "quality": 60, "maxWidth": FILM, "maxHeight": 2 * FILM})
    return frames


def first_like_last(frames: list[Frame]) -> float:
    """When the screen looked as it did in the end: all but a hundredth of its points, within an eighth of the range."""
    last = _gray(frames[-1])
    for frame in frames:
        difference = ImageChops.difference(_gray(frame), last).histogram()
        if sum(difference[32:]) < 0.01 * sum(difference):
            return frame.at
    raise AssertionError("the last frame looks like itself")


def _gray(frame: Frame) -> Image.Image:
    return Image.open(io.BytesIO(frame.picture)).convert("L").resize((FILM // 2, FILM))
