"""The model at length: other runs than those of the suite, in as many processes as there are cores.

SOAK_MODEL_RUNS (20,000) says how many, SOAK_MODEL_MINUTES (55) after how long no further ones begin, and
SOAK_MODEL_SEED (1) which ones. The report says how many there were.
"""

import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from tests.model.runs import STEPS
from tests.model.runs import run as run_model

EACH = 250
"""Runs on one server before the next seed begins with a new one."""


class TooFew(AssertionError):
    """Time was up before all runs were made; `figures` says how many were."""

    def __init__(self, figures: dict[str, object]) -> None:
        super().__init__("time was up before all runs were made")
        self.figures = figures


def run() -> dict[str, object]:
    """All runs; the first failure ends everything with its steps. Raises TooFew when there was no time for all."""
    runs = int(os.environ.get("SOAK_MODEL_RUNS", "20000"))
    until = monotonic() + 60 * float(os.environ.get("SOAK_MODEL_MINUTES", "55"))
    first = int(os.environ.get("SOAK_MODEL_SEED", "1"))
    each = min(EACH, runs)
    seeds = range(first, first + -(-runs // each))
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        done = 0
        for made in pool.map(_runs_of, seeds, repeat(each), repeat(until)):
            done += made
            _say(f"{done} runs from seed {first} on, no disagreement")
    figures: dict[str, object] = {"runs": done, "steps": done * STEPS, "first_seed": first, "disagreements": 0}
    if done < runs:
        raise TooFew(figures)
    return figures


def _say(line: str) -> None:
    """Told at once: what a sitting has made counts when it is broken off, too."""
    sys.stdout.write(f"model: {line}\n")
    sys.stdout.flush()


def _runs_of(number: int, each: int, until: float) -> int:
    if monotonic() > until:
        return 0
    with TemporaryDirectory() as folder:
        return run_model(Path(folder), each, number)
