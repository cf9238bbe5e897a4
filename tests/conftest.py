"""For every test: databases, files in memory where there is room, and hypothesis without deadlines.

A shared machine may be slow for reasons of its own, and waits longest for its disk: what a killed process leaves
behind is the same in memory.
"""

import gc
import os
import shutil
import sys
from pathlib import Path

import pytest

try:
    from hypothesis import settings
except ImportError:
    settings = None  # the browser's Python (see test_pyodide.py) has no compiled hypothesis

MEMORY, ROOM = Path("/dev/shm"), 6_000_000_000
"""Where Linux keeps files in memory, and the bytes that must be free there for the tests to use it."""

LONGEST = ("tests/model/", "tests/server/test_requests.py", "tests/faults/", "tests/browser/")
"""What takes long comes first, so that no process ends alone with it; browsers after what needs no build."""

pytest_plugins = [] if sys.platform == "emscripten" else ["tests.databases"]

if settings is not None:
    settings.register_profile("stepwise", deadline=None)
    settings.load_profile("stepwise")


def pytest_configure() -> None:
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; within them, and after them, all stays as it was."""
    items.sort(
        key=lambda item: next((n for n, path in enumerate(LONGEST) if item.nodeid.startswith(path)), len(LONGEST))
    )


def pytest_collection_finish() -> None:
    """Keep libraries and collected tests out of the garbage collector's rounds: they stay, and there are many."""
    gc.collect()
    gc.freeze()
