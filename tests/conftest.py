"""For every test: hypothesis without deadlines, since a shared machine may be slow for reasons of its own."""

try:
    from hypothesis import settings
except ImportError:
    settings = None  # the browser's Python (see test_pyodide.py) has no compiled hypothesis

if settings is not None:
    settings.register_profile("stepwise", deadline=None)
    settings.load_profile("stepwise")
