"""Copies Flet's prebuilt web client into the folder we serve, leaves out what is never fetched and closes its doors.

Three things in the prebuilt client would reach for other hosts or act against us, and are changed here: the address of
an animation library on a public network, the list of fonts (Roboto must be in it, or the engine asks Google for it) and
the bootstrap's wish to register a service worker of its own. Every change is checked: a client in which the text to
change is missing refuses to build.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from server.web.upstream import CLIENT

FONTS = Path(__file__).resolve().parents[2] / "app" / "web" / "fonts"

_COPIED = (
    "flutter_bootstrap.js",
    "main.dart.js",
    "main.dart.mjs",
    "main.dart.wasm",
    "version.json",
    "assets/AssetManifest.bin",
    "assets/AssetManifest.bin.json",
    "assets/NOTICES",
    "assets/fonts/roboto.woff2",
    "assets/packages/wakelock_plus/assets/no_sleep.js",
    "assets/shaders/ink_sparkle.frag",
    "assets/shaders/stretch_effect.frag",
    "canvaskit/canvaskit.js",
    "canvaskit/canvaskit.wasm",
    "canvaskit/chromium/canvaskit.js",
    "canvaskit/chromium/canvaskit.wasm",
    "canvaskit/skwasm.js",
    "canvaskit/skwasm.wasm",
    "canvaskit/skwasm_heavy.js",
    "canvaskit/skwasm_heavy.wasm",
    "pyodide/pyodide.asm.mjs",
    "pyodide/pyodide.asm.wasm",
    "pyodide/pyodide.mjs",
)
_FOREIGN_LIBRARY = b"https://cdn.jsdelivr.net/npm/@rive-app/flutter-native-wasm@44.0.0/"
STUB_FOLDER = "/b/stub/".ljust(len(_FOREIGN_LIBRARY) - 1, "-") + "/"
"""Where the client finds the animation library instead: as long as the address it replaces, or nothing fits."""

_STUB = "globalThis.RiveNative = () => new Promise(() => {});\n"
_OWN_WORKER = re.compile(r"\n *serviceWorkerSettings: \{.*?\n    \},", re.DOTALL)
_FONTS_USED = {"MaterialIcons"}

_TO_A_THREAD = b"l?C[l].postMessage(f,{transfer:h}):postMessage(f,{transfer:h})"
_TO_ITSELF = b'dispatchEvent(new MessageEvent("message",{data:f}))'
_ALSO_TO_ITSELF = _TO_A_THREAD.replace(b"l?", b"l?C[l]?", 1).replace(b":post", b":" + _TO_ITSELF + b":post", 1)
"""The drawing thread knows no thread but itself, and fails when it lets an animation's frame go that is its own."""


def copy_engine(target: Path) -> None:
    """Fill `target` with the client as it will be served. Raises ValueError when what we change in it is not there."""
    for name in _COPIED:
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CLIENT / name, path)
    bootstrap = target / "flutter_bootstrap.js"
    bootstrap.write_text(_without_own_worker(bootstrap.read_text("utf-8")), "utf-8")
    for name in ("main.dart.js", "main.dart.wasm"):
        path = target / name
        path.write_bytes(_replace_once(path.read_bytes(), _FOREIGN_LIBRARY, STUB_FOLDER.encode()))
    for name in ("skwasm.js", "skwasm_heavy.js"):
        path = target / "canvaskit" / name
        path.write_bytes(_replace_once(path.read_bytes(), _TO_A_THREAD, _ALSO_TO_ITSELF))
    manifest = json.loads((CLIENT / "assets" / "FontManifest.json").read_text("utf-8"))
    (target / "assets" / "FontManifest.json").write_text(json.dumps(_fonts(manifest)), "utf-8")
    shutil.copyfile(FONTS / "Roboto-Medium.ttf", target / "assets" / "fonts" / "Roboto-Medium.ttf")


def write_stub(root: Path) -> None:
    """Put the stand-in for the animation library below `root`: a promise that is never kept, as when offline."""
    path = root / STUB_FOLDER.strip("/") / "wasm" / "rive_native.js"
    path.parent.mkdir(parents=True)
    path.write_text(_STUB, "utf-8")


def _without_own_worker(bootstrap: str) -> str:
    changed, count = _OWN_WORKER.subn("", bootstrap)
    if count != 1:
        raise ValueError("flutter_bootstrap.js no longer registers its service worker where we remove it")
    return changed


def _replace_once(content: bytes, old: bytes, new: bytes) -> bytes:
    if content.count(old) != 1:
        raise ValueError(f"the prebuilt client no longer has once what we replace: {old.decode()}")
    return content.replace(old, new)


def _fonts(manifest: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [family for family in manifest if family["family"] in _FONTS_USED]
    if len(kept) != len(_FONTS_USED):
        raise ValueError("the prebuilt client no longer brings the icon font we keep")
    medium = "fonts/Roboto-Medium.ttf"
    roboto = {"family": "Roboto", "fonts": [{"asset": "fonts/roboto.woff2"}, {"asset": medium, "weight": 500}]}
    return [*kept, roboto, {"family": "RobotoMedium", "fonts": [{"asset": medium}]}]
