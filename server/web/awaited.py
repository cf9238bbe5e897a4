"""What a first visit waits for before its first screen, file by file: its progress is told in true bytes."""

from pathlib import Path

from server.web.compress import Way, packed_size
from server.web.precache import RENDERERS

_ENGINE = (
    "assets/fonts/MaterialIcons-Regular.otf",
    "assets/fonts/Roboto-Medium.ttf",
    "assets/fonts/roboto.woff2",
    "pyodide/pyodide.asm.mjs",
    "pyodide/pyodide.asm.wasm",
    "pyodide/pyodide.mjs",
)
_OWN = ("python.zip",)

Sizes = dict[str, tuple[int, int]]


def awaited(root: Path, engine: str, own: str, kept: Path | None, how: Way) -> dict[str, Sizes]:
    """For each way of drawing: address → (bytes, bytes sent with Brotli) of all files its first screen needs.

    The page's own scripts, a few kilobytes, are there before anything can be told. Raises FileNotFoundError.
    """
    common = [engine + name for name in _ENGINE] + [own + name for name in _OWN]
    return {
        way: {name: _sizes(root / name.strip("/"), kept, how) for name in (*common, *(engine + n for n in names))}
        for way, names in RENDERERS.items()
    }


def _sizes(path: Path, kept: Path | None, how: Way) -> tuple[int, int]:
    return path.stat().st_size, packed_size(path, kept, how)
