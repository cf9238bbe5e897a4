"""Colors every pixel: material, soft light, paler far limbs, muscle tint, shadows on floor and mat."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from server.pictures.palette import CARD, FAR, INDEX, MUSCLE, SHADOW, TABLE
from server.pictures.raster import EMPTY, Buffers, Floats, material_of
from server.pictures.shapes import Cone, Part
from server.pictures.vectors import Mat, smoothstep, unit, vec

Colors = NDArray[np.uint8]
LIGHT = np.round(unit(vec(-0.35, 0.75, 0.6)), 6).astype(np.float32)
_SOFT_GROUPS = ("torso", "collar", "head", "nose", "hair", "ear")
_TINT_STRENGTH, _FAR_STRENGTH, _SHADOW_STRENGTH = 0.82, 0.30, 0.30
_LEVELS = 255
"""Steps of light from -1 to 1; more cannot be seen."""
_COARSE = 4
"""A blurred shadow needs fewer pixels."""


def shade(b: Buffers, parts: list[Part], look: NDArray[np.int16], tints: Floats, pelvis: Mat, on_floor: bool) -> Colors:
    """`look` is what `raster.looks` gives; `pelvis` tells which side is the far one."""
    out = np.empty((b.width, b.width, 3), np.uint8)
    out[:] = CARD.astype(np.uint8)
    cast = _shadow(b, parts)
    if on_floor:
        _darken(out, cast > 1 / 255, cast)
    seen = b.part != EMPTY
    level = _level(b.normal[seen])
    out[seen] = _table(b, parts, pelvis, None)[look[seen], level]
    if tints.any():
        _tinted(out, b, parts, look, tints, pelvis)
    for index, part in enumerate(parts):
        if part.material == "mat":
            _darken(out, (b.part == index) & (b.normal[..., 1] > 0) & (cast > 1 / 255), cast * np.float32(0.8))
    return out


def _level(normals: Floats) -> Colors:
    """How much light falls on each surface, in steps."""
    light = normals[:, 0] * LIGHT[0] + normals[:, 1] * LIGHT[1] + normals[:, 2] * LIGHT[2]
    return np.asarray((light + 1) * np.float32(_LEVELS / 2), np.uint8)


def _darken(out: Colors, where: NDArray[np.bool_], cast: Floats) -> None:
    weight = cast[where][:, None]
    out[where] = (out[where] * (1 - weight) + SHADOW * weight).astype(np.uint8)


def _tinted(out: Colors, b: Buffers, parts: list[Part], look: NDArray[np.int16], tints: Floats, pelvis: Mat) -> None:
    """Between the plain and the wholly tinted color by the strength of the tint."""
    where = tints > 0
    level = _level(b.normal[where])
    full = _table(b, parts, pelvis, MUSCLE)[look[where], level]
    weight = tints[where][:, None]
    out[where] = (out[where] * (1 - weight) + full * weight).astype(np.uint8)


def _table(b: Buffers, parts: list[Part], pelvis: Mat, tint: Floats | None) -> Colors:
    """The color of every look at every level of light."""
    twice = [*parts, *parts]
    base = TABLE[[INDEX[name] for name in material_of(parts)]][:, None, :]
    if tint is not None:
        base = base * (1 - _TINT_STRENGTH) + tint * _TINT_STRENGTH
    facing = float(b.camera.toward @ pelvis[:, 2])
    far = np.array([max(0.0, -_side(part) * facing) for part in twice], np.float32)[:, None, None] * _FAR_STRENGTH
    base = base * (1 - far) + FAR * far
    light = np.linspace(-1, 1, _LEVELS + 1, dtype=np.float32)
    soft = np.array([part.group in _SOFT_GROUPS for part in twice])[:, None]
    light = np.where(soft, light * 0.35 + 0.30, light).astype(np.float32)
    lit = smoothstep(light, -0.05, 0.45)[..., None]
    color = base * (0.80 + 0.20 * lit) + (1 - lit) * np.array([0, 3, 9], np.float32)
    color = color + smoothstep(light, 0.80, 1.0)[..., None] * 10
    return np.clip(color, 0, 255).astype(np.uint8)


def _side(part: Part) -> int:
    """+1 or -1 for the flesh of a right or left limb, else 0."""
    return part.side if isinstance(part, Cone) and ("leg" in part.group or "arm" in part.group) else 0


def _shadow(b: Buffers, parts: list[Part]) -> Floats:
    small = b.width // _COARSE
    image = Image.new("L", (small, small), 0)
    draw = ImageDraw.Draw(image)
    flat = max(float(b.camera.toward[1]), 0.10)
    for part in parts:
        if isinstance(part, Cone) and part.shadow:
            for share in np.linspace(0, 1, 5):
                point = part.a + (part.b - part.a) * share
                if point[1] < 1.2:
                    x, y = (value / _COARSE for value in b.to_pixels(b.camera.see(vec(point[0], 0, point[2]))))
                    wide = (part.ra + (part.rb - part.ra) * share) / b.pixel / _COARSE * 1.05
                    box = (x - wide, y - wide * flat, x + wide, y + wide * flat)
                    draw.ellipse(box, fill=int(max(70, 255 - 150 * point[1])))
    blurred = image.filter(ImageFilter.GaussianBlur(small * 0.008)).resize(
        (b.width, b.width), Image.Resampling.BILINEAR
    )
    return np.asarray(blurred, np.float32) * np.float32(_SHADOW_STRENGTH / 255)
