"""The library's files: what must be drawn again, and the manifest that remembers what was drawn from what.

The manifest holds, for each exercise, the hash of its pose file together with the engine's sources, and the hashes
of the files drawn. A picture whose hashes all hold keeps its bytes.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from server.pictures.encode import files
from server.pictures.posefile import read

MANIFEST = "pictures.lock"
POSE = "pose.json"
NAMES = ("start.webp", "end.webp", "loop.webp")
_NOT_DRAWING = {
    "__main__.py",
    "balance.py",
    "blind.py",
    "checks.py",
    "commands.py",
    "contact.py",
    "library.py",
    "legibility.py",
    "likeness.py",
    "limits.py",
    "sheet.py",
}

Manifest = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Outcome:
    id: str
    error: str = ""
    source: str = ""  # the hash of what was drawn: the description may change while others are drawn


def engine() -> str:
    """The hash of everything that decides how a pose is drawn."""
    sources = sorted(path for path in Path(__file__).parent.glob("*.py") if path.name not in _NOT_DRAWING)
    return _hash(b"".join(path.read_bytes() for path in sources))


def manifest(library: Path) -> Manifest:
    path = library / MANIFEST
    found: Manifest = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def poses(library: Path) -> dict[str, Path]:
    return {path.parent.name: path for path in sorted(library.glob(f"*/{POSE}"))}


def make(library: Path, processes: int, say: Callable[[Outcome], None]) -> bool:
    """Draw what changed, forget what is gone; returns whether every picture could be drawn."""
    known, drawer = manifest(library), engine()
    found = poses(library)
    entries = {name: known[name] for name in found if name in known}
    stale = [name for name, path in found.items() if not _holds(path, entries.get(name), drawer)]
    good = True
    for outcome in _drawn(library, stale, processes):
        say(outcome)
        if outcome.error:
            good = False
            entries.pop(outcome.id, None)
            continue
        entries[outcome.id] = {**entry(found[outcome.id], drawer), "from": outcome.source}
        _write(library, entries)
    _write(library, entries)
    return good


def entry(pose: Path, drawer: str) -> dict[str, str]:
    """What the manifest says about the files that lie beside a pose file now."""
    return {"from": source(pose, drawer), **{name: _hash((pose.parent / name).read_bytes()) for name in NAMES}}


def source(pose: Path, drawer: str) -> str:
    return _hash(pose.read_bytes() + drawer.encode())


def _holds(pose: Path, told: dict[str, str] | None, drawer: str) -> bool:
    return told is not None and all((pose.parent / name).exists() for name in NAMES) and told == entry(pose, drawer)


def _drawn(library: Path, names: list[str], processes: int) -> Iterator[Outcome]:
    if len(names) < 2 or processes < 2:
        yield from map(_draw, (library / name / POSE for name in names))
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_draw, [library / name / POSE for name in names])


def _draw(pose: Path) -> Outcome:
    told = source(pose, engine())
    try:
        for name, data in files(read(pose)).items():
            (pose.parent / name).write_bytes(data)
    except ValueError as error:
        return Outcome(pose.parent.name, str(error))
    return Outcome(pose.parent.name, source=told)


def _write(library: Path, entries: Manifest) -> None:
    lines = [f'  "{name}": {json.dumps(entries[name], sort_keys=True)}' for name in sorted(entries)]
    (library / MANIFEST).write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
