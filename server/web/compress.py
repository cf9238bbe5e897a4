"""Compresses what we serve, once, at build time. Brotli for browsers, gzip for the rest.

What a first visit waits for is packed as small as it gets, which takes long; so a file that was packed before is taken
from where it was `kept`. Packed in a `Way` that is quick, everything is a tenth larger.
"""

import gzip
import hashlib
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident

import brotli


@dataclass(frozen=True)
class Way:
    """The levels to pack at: Brotli's, Brotli's for the files a first visit waits for, and gzip's."""

    brotli: int
    brotli_awaited: int
    gzip: int


SMALL = Way(brotli=7, brotli_awaited=10, gzip=6)
"""Brotli 7 is within 2 % of 9 on our files, at half its time. 10 is 8 to 11 % below 9, at five times its time; level 11
gives 3 % more."""

QUICK = Way(brotli=5, brotli_awaited=5, gzip=1)
"""A twentieth of the time, for a client that only has to be right."""

AWAITED = {"main.dart.wasm", "skwasm.wasm", "pyodide.asm.wasm", "python.zip"}

_NOT_WORTH_IT = {".png", ".webp", ".woff2"}
_SMALLEST = 512
_TOGETHER = 2


def compress_tree(root: Path, kept: Path | None = None, how: Way = SMALL) -> None:
    """Put a `.br` and a `.gz` beside every file below `root` that gets smaller by it.

    `kept`: a folder with what was packed last time; afterwards it holds what was packed this time, and nothing else.
    """
    found = [path for path in sorted(root.rglob("*")) if path.is_file() and path.suffix not in _NOT_WORTH_IT]
    worth_it = [path for path in found if path.stat().st_size >= _SMALLEST]
    worth_it.sort(key=lambda path: path.name in AWAITED, reverse=True)
    with ThreadPoolExecutor(_TOGETHER) as pool:  # packing lets other threads run
        used = {name for names in pool.map(lambda path: _compress(path, kept, how), worth_it) for name in names}
    if kept is not None:
        for path in kept.iterdir():
            if path.name not in used:
                path.unlink()


def packed_size(path: Path, kept: Path | None, how: Way = SMALL) -> int:
    """Bytes that a browser with Brotli is sent for a file."""
    size = path.stat().st_size
    if path.suffix in _NOT_WORTH_IT or size < _SMALLEST:
        return size
    content = path.read_bytes()
    return min(size, len(_packed(*_ways(path, content, kept, how)[".br"])))


def _compress(path: Path, kept: Path | None, how: Way) -> list[str]:
    content = path.read_bytes()
    ways = _ways(path, content, kept, how)
    for suffix, way in ways.items():
        packed = _packed(*way)
        if len(packed) < len(content):
            path.with_name(path.name + suffix).write_bytes(packed)
    return [known.name for _, known in ways.values() if known is not None]


def _ways(
    path: Path, content: bytes, kept: Path | None, how: Way
) -> dict[str, tuple[Callable[[], bytes], Path | None]]:
    """By suffix: how to pack a file that way, and where it would be kept."""
    level = how.brotli_awaited if path.name in AWAITED else how.brotli
    digest = hashlib.sha256(content).hexdigest()
    ways: dict[str, tuple[str, Callable[[], bytes]]] = {
        ".br": (f"{digest}-{level}.br", lambda: brotli.compress(content, quality=level)),
        ".gz": (f"{digest}-{how.gzip}.gz", lambda: gzip.compress(content, compresslevel=how.gzip, mtime=0)),
    }
    return {suffix: (pack, kept and kept / name) for suffix, (name, pack) in ways.items()}


def _packed(pack: Callable[[], bytes], known: Path | None) -> bytes:
    if known is None:
        return pack()
    if not known.is_file():
        known.parent.mkdir(parents=True, exist_ok=True)
        fresh = known.with_suffix(f".{get_ident()}")  # two files may be the same
        fresh.write_bytes(pack())
        shutil.move(fresh, known)
    return known.read_bytes()
