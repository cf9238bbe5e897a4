"""Writes the service worker with the list of what it keeps: everything one browser needs, not what another one would.

The list falls into parts: what all browsers need, what only makes the next start faster and comes later, and one part
for each way of drawing. The page tells the worker which of these it uses. With every address goes the SHA-256 of what
is there: a file that is not of this release, or was damaged on its way or on the device, is not kept.
"""

import hashlib
import json
from pathlib import Path

from hep.reminding import DEFAULT_LANGUAGE, SENTENCES, Purpose, opens
from server.web.snapshot import NAME as SNAPSHOT

RENDERERS = {
    "skwasm": ("main.dart.mjs", "main.dart.wasm", "canvaskit/skwasm.js", "canvaskit/skwasm.wasm"),
    "skwasm_heavy": (
        "main.dart.mjs",
        "main.dart.wasm",
        "canvaskit/skwasm_heavy.js",
        "canvaskit/skwasm_heavy.wasm",
    ),
    "canvaskit_chromium": (
        "main.dart.js",
        "canvaskit/chromium/canvaskit.js",
        "canvaskit/chromium/canvaskit.wasm",
    ),
    "canvaskit": ("main.dart.js", "canvaskit/canvaskit.js", "canvaskit/canvaskit.wasm"),
}
_NOT_KEPT = {"assets/NOTICES"}  # reachable online from the licenses page, not worth a phone's space


def write_service_worker(root: Path, template: Path, engine: str, own: str, stub: str) -> None:
    """Fill in `template` for the client below `root` and write it as `sw.js`; name the version in `index.html`.

    `engine`, `own` and `stub` are the addresses of the immutable folders. Raises ValueError when a file named here does
    not exist.
    """
    drawing = {name for names in RENDERERS.values() for name in names}
    common = [name for name in _files(root / engine.strip("/")) if name not in drawing | _NOT_KEPT]
    missing = [name for name in drawing if not (root / engine.strip("/") / name).is_file()]
    if missing:
        raise ValueError(f"the client lacks {', '.join(sorted(missing))}")
    immutable = [engine + name for name in common]
    immutable += [own + name for name in _files(root / own.strip("/")) if name != SNAPSHOT]
    immutable += [stub + name for name in _files(root / stub.strip("/"))]
    version = _version(root)
    index = root / "index.html"
    index.write_text(index.read_text("utf-8").replace("{version}", version), "utf-8")
    named = ["/", *(f"/{name}" for name in _files(root) if _is_named(name))]
    later = [own + SNAPSHOT]
    kept = [*immutable, *(engine + name for name in sorted(drawing)), *named, *later]
    manifest = {
        "version": version,
        "engine": engine,
        "immutable": immutable,
        "later": later,
        "renderers": {key: [engine + name for name in names] for key, names in RENDERERS.items()},
        "named": named,
        "contents": {address: _content(root / (address.strip("/") or "index.html")) for address in kept},
        "pictures": _pictures(root),
        "reminders": _reminders(),
    }
    text = template.read_text("utf-8").replace("{ /* what to keep: written by the build */ }", json.dumps(manifest))
    (root / "sw.js").write_text(text, "utf-8")


def _reminders() -> dict[str, object]:
    """What a notification may say, and where a tap on it leads; `otherwise`: for what is not on the white list."""
    return {
        "sentences": SENTENCES,
        "opens": {purpose: opens(purpose) for purpose in Purpose},
        "otherwise": {"language": DEFAULT_LANGUAGE, "sentence": Purpose.PROGRAM_CHANGED},
    }


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _is_named(name: str) -> bool:
    return not name.startswith(("b/", "pictures/")) and name != "index.html"


def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _version(root: Path) -> str:
    digest = hashlib.sha256()
    for name in _files(root):
        digest.update(name.encode() + hashlib.sha256((root / name).read_bytes()).digest())
    return digest.hexdigest()[:12]


def _pictures(root: Path) -> dict[str, str]:
    """Address of each picture, with the hash of its content; the loops come later, when a program asks for them."""
    folder = root / "pictures"
    return {f"/pictures/{name}": _content(folder / name)[:12] for name in _files(folder)}
