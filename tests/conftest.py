"""For every test: databases, and hypothesis without deadlines: a shared machine may be slow for reasons of its own."""

import sys

try:
    from hypothesis import settings
except ImportError:
    settings = None  # the browser's Python (see test_pyodide.py) has no compiled hypothesis

pytest_plugins = [] if sys.platform == "emscripten" else ["tests.databases"]

if settings is not None:
    settings.register_profile("stepwise", deadline=None)
    settings.load_profile("stepwise")
