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
    from xdist.scheduler import LoadFileScheduling
except ImportError:
    settings, LoadFileScheduling = None, object  # the browser's Python (see test_pyodide.py) has neither

MEMORY, ROOM = Path("/dev/shm"), 6_000_000_000
"""Where Linux keeps files in memory, and the bytes that must be free there for the tests to use it."""

LONGEST = ("tests/model/", "tests/server/test_requests.py", "tests/faults/", "tests/browser/")
"""What takes long comes first, so that no process ends alone with it; browsers after what needs no build."""

AT_THE_CLINIC = tuple(
    f"tests/browser/test_{name}.py" for name in ("access", "first_picture", "reminders", "whole_loop")
)
"""These share a clinic and a browser that visited it, which take half a minute to make: one process runs them all."""

pytest_plugins = [] if sys.platform == "emscripten" else ["tests.databases"]

if settings is not None:
    settings.register_profile("stepwise", deadline=None)
    settings.load_profile("stepwise")


def pytest_configure() -> None:
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


class ByPlace(LoadFileScheduling):  # type: ignore[misc]
    """The tests of a file go to one process, and those of a shared clinic too."""

    def _split_scope(self, nodeid: str) -> str:
        return "clinic" if nodeid.startswith(AT_THE_CLINIC) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByPlace:
    return ByPlace(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; within them, and after them, all stays as it was."""
    items.sort(
        key=lambda item: next((n for n, path in enumerate(LONGEST) if item.nodeid.startswith(path)), len(LONGEST))
    )


def pytest_collection_finish() -> None:
    """Keep libraries and collected tests out of the garbage collector's rounds: they stay, and there are many."""
    gc.collect()
    gc.freeze()
