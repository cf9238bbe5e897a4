"""The same app as `flet publish` would ship it: Flet's prebuilt client and an archive of Python source.

So that it starts without a network it gets a service worker that keeps what passes it and does nothing else. It is
served compressed, as a careful host would.
"""

import mimetypes
import os
import re
import shutil
import tarfile
import tempfile
from importlib.util import find_spec
from pathlib import Path

import flet_web
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.web.bytecode import LIBRARIES, OWN_PACKAGES, ROOT
from server.web.compress import compress_tree
from server.web.upstream import CLIENT

FOLDER = "PUBLISHED"
"""Environment variable that names the folder `app` serves."""

PACKED = ROOT / "build" / "packed-plain"
"""What was packed last time: it takes a minute."""

_MAIN = """
import js
from pyodide.ffi import create_proxy
js.tellPage = create_proxy(lambda topic, payload: None)
from app.platform.browser import Opening, open_platform
open_platform(Opening(js.location.origin, "/", "", "UTC", "measured"))
import flet as ft
from app.main import main
ft.run(main)
"""
_KEEPER = """
addEventListener("load", () => navigator.serviceWorker.register("/keeper.js"));
"""
_WORKER = """
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin || pathname.startsWith("/v1/")) return;
  const key = mode === "navigate" ? "/" : pathname;
  event.respondWith((async () => {
    const cache = await caches.open("all");
    const known = await cache.match(key);
    if (known) return known;
    const response = await fetch(event.request);
    if (response.ok) await cache.put(key, response.clone());
    return response;
  })());
});
"""
_OWN_WORKER = re.compile(r"\n *serviceWorkerSettings: \{.*?\n    \},", re.DOTALL)
_HEADERS = {
    "cache-control": "max-age=86400",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
}
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("application/wasm", ".wasm")


def publish(target: Path) -> None:
    """Fill `target`. The package index is not asked: the libraries lie beside the app, as `__pypackages__`."""
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
    _write_archive(target / "app.tar.gz")
    (target / "keeper.js").write_text(_WORKER)
    index, bootstrap = target / "index.html", target / "flutter_bootstrap.js"
    index.write_text(index.read_text().replace("</body>", f"<script>{_KEEPER}</script></body>"))
    bootstrap.write_text(_OWN_WORKER.sub("", bootstrap.read_text()))
    compress_tree(target, PACKED)


def _write_archive(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, tarfile.open(path, "w:gz") as archive:
        main = Path(folder, "main.py")
        main.write_text(_MAIN)
        archive.add(main, "main.py")
        for package in OWN_PACKAGES:
            archive.add(ROOT / package, package, filter=_source_only)
        archive.add(ROOT / "assets/exercises/library.json", "assets/exercises/library.json")
        for name in LIBRARIES:
            place = _installed(name)
            archive.add(place, f"__pypackages__/{place.name}", filter=_source_only)


def _source_only(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if "__pycache__" in member.name or member.name.endswith((".so", ".webp")) else member


def _installed(name: str) -> Path:
    spec = find_spec(name)
    assert spec is not None and spec.origin is not None
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin


def app() -> ASGIApp:
    """What serves the published folder."""
    return serve(Path(os.environ[FOLDER]))


def serve(folder: Path) -> ASGIApp:
    """The files of a folder, in Brotli where a smaller file lies beside them."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        path = folder / (scope["path"].strip("/") or "index.html")
        if scope["type"] != "http" or not path.is_file():
            return await Response(status_code=404)(scope, receive, send)
        packed = path.with_name(path.name + ".br")
        headers = {**_HEADERS, "content-encoding": "br"} if packed.is_file() else _HEADERS
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        await FileResponse(packed if packed.is_file() else path, headers=headers, media_type=kind)(scope, receive, send)
        return None

    return answer
