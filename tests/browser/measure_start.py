"""Measures the warm start of the built client against Flet's own way of publishing the same app.

`python -m tests.browser.measure_start [ROUNDS]` prints, for each way, the seconds from navigation to the first text in
the semantics tree: the median and the range of interleaved rounds, each in a fresh browser process with a filled cache.
Both are served from the same machine, so the network plays no part. What counts is the ratio, not the figure.
"""

import http.server
import shutil
import statistics
import sys
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import flet_web
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from server.web.build import WEB, build_web, is_current
from server.web.bytecode import LIBRARIES, OWN_PACKAGES, ROOT
from server.web.upstream import CLIENT
from tests.browser.chromium import ARGUMENTS, PHONE, find_chromium
from tests.browser.serving import tiny_server
from tests.browser.visitor import wait_for, wait_until_fast, wait_until_kept

NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
PATIENCE_MS = 180_000
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


def start_once(playwright: Playwright, profile: Path, url: str, *, keep: bool = False) -> float:
    """Seconds from navigation to the first button in the semantics tree, in a new browser process."""
    context: BrowserContext = playwright.chromium.launch_persistent_context(
        str(profile), executable_path=find_chromium(playwright), args=[*ARGUMENTS, NO_OTHER_HOST], viewport=PHONE
    )
    page: Page = context.new_page()
    page.add_init_script(MARK)
    page.goto(url, wait_until="commit")
    wait_for(page, MEASURED, patience_ms=PATIENCE_MS)
    if keep:
        wait_until_kept(page)
        wait_until_fast(page)
    taken = page.evaluate("performance.getEntriesByName('measured')[0].startTime") / 1000
    context.close()
    return float(taken)


def main(rounds: int) -> None:
    if not is_current():
        build_web()
    server = tiny_server(WEB)
    server.start()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        publish_as_flet_does(Path(folder, "published"))
        with serve_published(Path(folder, "published")) as published:
            slow = f"{server.url}/?snapshot=off"
            ways = {"published by Flet": published, "built by us": server.url, "without the snapshot": slow}
            taken: dict[str, list[float]] = {name: [] for name in ways}
            for name, url in ways.items():
                first = start_once(playwright, Path(folder, name), url, keep=url != published)
                sys.stdout.write(f"{name}: first visit {first:.1f} s\n")
                start_once(playwright, Path(folder, name), url)  # fills the cache of compiled code
            for _ in range(rounds):
                for name, url in ways.items():
                    taken[name].append(start_once(playwright, Path(folder, name), url))
    server.kill()
    for name, seconds in taken.items():
        low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
        sys.stdout.write(f"{name}: warm start {middle:.1f} s ({low:.1f} to {high:.1f}, n={rounds})\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
