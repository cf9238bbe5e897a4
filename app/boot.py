"""What the page's worker calls to start Python: `load` while Flutter is still starting, then `start` once it asks.

`prepare` is called by the build alone: what it leaves in memory is photographed, and a later start begins from there.
Nothing imported by it may look at the clock, the zone, the address or a file.

Flet looks for its link to JavaScript in a module named `flet_js`, which its own worker makes; here it is a plain one.
A start that fails is told to the page and outlined in the console: where it failed, never with which values.
"""

import random
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from app.later import look_later

if TYPE_CHECKING:
    import flet as ft


def prepare(path: str) -> None:
    """Import everything the first screen at `path` needs."""
    sys.modules.setdefault("flet_js", ModuleType("flet_js"))
    look_later()
    from app.main import shell_of

    import_module("app.platform.browser")
    import_module("flet.messaging.pyodide_connection")
    shell_of(path)


async def rehearse(library: str) -> None:
    """For the build alone, after `prepare`: play the patient's half once, with the text of the exercise library."""
    from app.patient.rehearsal import play

    await play(library)
    for name in ("app.patient.rehearsal", "app.rehearsal"):
        del sys.modules[name]


def load(opened_with: dict[str, Any]) -> None:
    """Import what is not there yet, and open the platform with what `opening.js` read: path, zone and so on."""
    random.seed()  # a start from a photograph of the memory would repeat its numbers
    with _outlined():
        prepare(opened_with["path"])
        from app.main import begin
        from app.platform.browser import Opening, open_platform, platform

        open_platform(Opening(**opened_with))
        begin(platform())


def start(document_url: str) -> ModuleType:
    """Run the app; returns the module whose `start_connection` and `send` the worker calls."""
    import flet as ft

    flet_js = sys.modules["flet_js"]
    flet_js.documentUrl = document_url  # type: ignore[attr-defined]
    ft.run(_main)
    return flet_js


async def _main(page: "ft.Page") -> None:
    from app.main import main
    from app.platform.browser import platform

    try:
        with _outlined():
            await main(page)
    except Exception:
        platform().tell_page("crashed", "")
        raise


@contextmanager
def _outlined() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        sys.stderr.write("\n".join([f"stepwise: start failed with {type(error).__name__}", *places, ""]))
        raise
