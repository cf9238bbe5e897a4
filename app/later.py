"""Finds the modules a patient's app does without; they come in an archive of their own, fetched at the first import.

In a worker a request may wait for its answer, so an import simply takes longer, once. From the first visit on the
service worker keeps the archive, so it is there without a network too. The build says what is in which
(`server/web/bytecode.py`). Elsewhere than in the browser nothing is missing and nothing is fetched.
"""

import sys
from collections.abc import Sequence
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

FIRST = "/lib/python314.zip"
SECOND = "/lib/later.zip"
LIST = "later.txt"
"""In the first archive: the modules of the second, one a line."""


class Later:
    """A finder for `sys.meta_path`, asked last."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module in the second archive, None when it is in neither. Raises ImportError without a network."""
        if name not in _listed():
            return None
        _fetch()
        places = [place.replace(FIRST, SECOND) for place in path] if path is not None else [SECOND]
        return PathFinder.find_spec(name, places)


def look_later() -> None:
    """From now on imports look into the second archive last."""
    if not any(isinstance(finder, Later) for finder in sys.meta_path):
        sys.meta_path.append(Later())


@cache
def _listed() -> frozenset[str]:
    from zipimport import zipimporter

    return frozenset(zipimporter(FIRST).get_data(f"{FIRST}/{LIST}").decode().split())


@cache
def _fetch() -> None:
    import js
    import pyodide_js

    request = js.XMLHttpRequest.new()
    request.open("GET", js.laterUrl, False)
    request.responseType = "arraybuffer"
    try:
        request.send()
    except Exception as error:
        raise ImportError("The rest of the app is not on this device yet.") from error
    if request.status != 200:
        raise ImportError("The rest of the app is not on this device yet.")
    pyodide_js.FS.writeFile(SECOND, js.Uint8Array.new(request.response))
