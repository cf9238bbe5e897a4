"""Releases of the client for tests: the built one, and later ones that are made from it and served in its place."""

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from server.web.build import SOURCES
from server.web.bytecode import ROOT
from server.web.engine import STUB_FOLDER
from server.web.precache import write_service_worker
from tests.browser.serving import ServerProcess

Change = Callable[[Path], None]
WORKER = SOURCES / "sw.js"
FIRST_WORKER = Path(__file__).with_name("recorded") / "sw-2026-11-22.js"
"""The service worker as it was before it kept notes about releases."""


def unchanged(own: Path) -> None:
    """A release in which only the address of its own part is new."""


class Releases:
    """The folder that is served. A release is known by the name in its own part's address."""

    def __init__(self, build: Path, folder: Path) -> None:
        self.folder = shutil.copytree(build, folder, ignore=shutil.ignore_patterns("*.br", "*.gz", "stamp", "sw.js"))
        own = next(self.folder.glob("b/*/start.js")).parent
        index = (self.folder / "index.html").read_text("utf-8").replace(f"/b/{own.name}/", "{own}")
        self._index = re.sub('data-version="[^"]*"', 'data-version="{version}"', index)
        self._built = own.rename(self.folder / "built")
        self._engine = f"/b/{next(self.folder.glob('b/*/flutter_bootstrap.js')).parent.name}/"

    def publish(
        self, server: ServerProcess, name: str, change: Change = unchanged, lost: str = "", worker: Path = WORKER
    ) -> None:
        """Serve the built release changed by `change`, with that service worker, from the same port.

        It lacks the file `lost` of its own part until `find_again`.
        """
        server.kill()
        self._bring_back()
        for before in self.folder.glob("b/own-*"):
            shutil.rmtree(before)
        (self.folder / "sw.js").unlink(missing_ok=True)
        own = shutil.copytree(self._built, self.folder / "b" / f"own-{name}")
        change(own)
        address = f"/b/{own.name}/"
        (self.folder / "index.html").write_text(self._index.replace("{own}", address), "utf-8")
        shutil.move(self._built, self.folder.with_name("built"))
        write_service_worker(self.folder, worker, self._engine, address, STUB_FOLDER)
        shutil.move(self.folder.with_name("built"), self._built)
        if lost:
            (own / lost).rename(own / f"lost-{lost}")
        server.start()

    def find_again(self, server: ServerProcess) -> None:
        """Serve the same release with what was lost."""
        server.kill()
        self._bring_back()
        server.start()

    def _bring_back(self) -> None:
        for lost in self.folder.glob("b/*/lost-*"):
            lost.rename(lost.with_name(lost.name.removeprefix("lost-")))


def with_source(own: Path, module: str, old: str, new: str) -> None:
    """Let a release run the source of `module` (such as `app/main.py`) with `old` replaced by `new`."""
    source = (ROOT / module).read_text("utf-8")
    assert source.count(old) == 1
    archive, compiled = own / "python.zip", f"{module}c"
    with zipfile.ZipFile(archive) as built:
        files = {info.filename: built.read(info) for info in built.infolist() if info.filename != compiled}
    with zipfile.ZipFile(archive, "w") as changed:
        for name, content in files.items():
            changed.writestr(name, content)
        changed.writestr(module, source.replace(old, new))
