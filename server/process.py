"""What the server asks of its Python process: fair turns among threads, and no search through what stays anyway."""

import gc
import sys

SWITCH_S = 0.0005
"""Seconds until a thread must let another one on. A push gives up its turn at each statement; with Python's own 5 ms
it would wait that long again each time another one computes."""

ALLOCATIONS = 20_000
"""New objects until the youngest are searched for garbage: a push makes some thousands, nearly all short-lived."""


def tune() -> None:
    """Called once, when everything is imported."""
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, 20, 20)
