"""What the page's worker calls to start Python: `load` while Flutter is still starting, then `start` once it asks.

Flet looks for its link to JavaScript in a module named `flet_js`, which its own worker makes; here it is a plain module.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


def load(opened_with: dict[str, Any]) -> None:
    """Import everything the first screen needs. `opened_with` is what `opening.js` read: path, zone, secret and so on."""
    sys.modules["flet_js"] = ModuleType("flet_js")
    from app.main import shell_of
    from app.platform.browser import Opening, open_platform

    open_platform(Opening(**opened_with))
    import_module("flet.messaging.pyodide_connection")
    shell_of(opened_with["path"])


def start(document_url: str) -> ModuleType:
    """Run the app; returns the module whose `start_connection` and `send` the worker calls. Raises what the app raises."""
    import flet as ft

    from app.main import main

    flet_js = sys.modules["flet_js"]
    flet_js.documentUrl = document_url  # type: ignore[attr-defined]
    ft.run(main)
    return flet_js
