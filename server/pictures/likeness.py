"""Which drawn pictures look so alike that one may be taken for the other."""

from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LEAST_APART = 0.02
"""The share of pixels in which either the start or the end of two exercises must differ."""

_SIDE = 96
_DIFFERENT = 24


def alike(pictures: dict[str, tuple[Path, Path]]) -> list[tuple[str, str, float]]:
    """Pairs nearer than LEAST_APART in start and in end, with the larger share in which they differ."""
    small = {name: np.stack([_gray(path) for path in pair]) for name, pair in sorted(pictures.items())}
    out = []
    for one, two in combinations(small, 2):
        apart = float((np.abs(small[one] - small[two]) > _DIFFERENT).mean(axis=(1, 2)).max())
        if apart < LEAST_APART:
            out.append((one, two, apart))
    return out


def _gray(path: Path) -> NDArray[np.int16]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX), np.int16)
