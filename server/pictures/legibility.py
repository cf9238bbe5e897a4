"""Whether a drawn picture can be read small: enough changes, the tint shows, arrows leave the figure free, limbs are
thick enough and stand out from the card.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from server.pictures import arrows
from server.pictures.posefile import PoseFile
from server.pictures.raster import Bools
from server.pictures.render import Artist, Drawn

SMALL = 160
"""Pixels: the smallest size a picture is shown at."""

LEAST_CHANGE, LEAST_TINT, MOST_COVERED = 0.015, 0.002, 0.15
LEAST_LIMB = 3.0
"""Pixels the thinnest part of a forearm must have at the smallest size."""

LEAST_CONTRAST = 1.5
"""Ratio of relative luminance between the card beside the figure and the figure's outline."""

_FOREARM = 0.052
_DIFFERENT, _TINTED = 24, 0.2
_OVER = 2


def faults(file: PoseFile, artist: Artist) -> list[str]:
    first, last = (artist.draw(at, SMALL, _OVER, glow=at) for at in (0.0, 1.0))
    found = [_change(file, artist), _tint(file, last), _covered(artist, last), _thin(artist), _contrast(artist, first)]
    return [fault for fault in found if fault]


def differing(one: Image.Image, two: Image.Image) -> float:
    """The share of pixels of two pictures of one size that plainly differ."""
    a, b = (np.asarray(image.convert("RGB"), np.int16) for image in (one, two))
    return float(np.mean(np.abs(a - b).max(axis=-1) > _DIFFERENT))


def _change(file: PoseFile, artist: Artist) -> str:
    if file.get("isometric", False):
        return ""
    change = differing(artist.frame(0, SMALL, 0), artist.frame(1, SMALL, 1, 1))
    if change >= LEAST_CHANGE:
        return ""
    return f"start and end differ in {change:.1%} of the picture, at least {LEAST_CHANGE:.1%} is needed"


def _tint(file: PoseFile, last: Drawn) -> str:
    shown = float(np.mean(last.tints > _TINTED))
    if not file.get("muscles") or shown >= LEAST_TINT:
        return ""
    return f"the tint covers {shown:.2%} of the picture, at least {LEAST_TINT:.1%} is needed"


def _covered(artist: Artist, last: Drawn) -> str:
    mask = Image.new("RGB", (last.buffers.width, last.buffers.width))
    pen = ImageDraw.Draw(mask)
    for stroke in artist.strokes(last.buffers, 1.0):
        arrows.draw_arrow(pen, stroke)
    over = np.asarray(mask).any(axis=-1)
    share = float((over & last.body).sum() / max(int(last.body.sum()), 1))
    if share < MOST_COVERED:
        return ""
    return f"arrows cover {share:.0%} of the figure, less than {MOST_COVERED:.0%} is allowed"


def _thin(artist: Artist) -> str:
    pixels = _FOREARM / artist.camera.span * SMALL
    if pixels >= LEAST_LIMB:
        return ""
    return (
        f"a forearm is {pixels:.1f} pixels thick at {SMALL} px, at least {LEAST_LIMB:.0f} are needed: "
        f"the view is {artist.camera.span:.1f} m wide"
    )


def _contrast(artist: Artist, first: Drawn) -> str:
    body = _shrunk(first.body)
    edge = body & ~_eroded(body)
    beside = _eroded(~body, 2) ^ _eroded(~body, 1)
    if not edge.any() or not beside.any():
        return ""
    light = _luminance(artist.frame(0, SMALL, 0))
    ratio = (float(light[beside].mean()) + 0.05) / (float(light[edge].mean()) + 0.05)
    ratio = max(ratio, 1 / ratio)
    if ratio >= LEAST_CONTRAST:
        return ""
    return f"the figure's outline has a contrast of {ratio:.1f} to 1 at {SMALL} px, {LEAST_CONTRAST} is needed"


def _shrunk(mask: Bools) -> Bools:
    return np.asarray(mask.reshape(SMALL, _OVER, SMALL, _OVER).sum(axis=(1, 3)) * 2 > _OVER * _OVER)


def _eroded(mask: Bools, times: int = 1) -> Bools:
    out = mask
    for _ in range(times):
        padded = np.pad(out, 1, constant_values=True)
        out = out & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return out


def _luminance(image: Image.Image) -> NDArray[np.float64]:
    """Relative luminance, 0 to 1, as WCAG 2 defines it."""
    share = np.asarray(image.convert("RGB"), np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))
