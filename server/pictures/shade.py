"""Colors every pixel: material, soft light, paler far limbs, muscle tint, shadows on floor and mat."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from server.pictures.palette import CARD, FAR, INDEX, MUSCLE, SHADOW, TABLE
from server.pictures.raster import EMPTY, Area, Buffers, Floats, material_of
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
_SHADOWLESS = 1.2
"""Meters above the floor from which nothing darkens it."""


def shade(b: Buffers, parts: list[Part], look: NDArray[np.int16], tints: Floats, pelvis: Mat, on_floor: bool) -> Colors:
    """`look` is what `raster.looks` gives; `pelvis` tells which side is the far one."""
    out = np.empty((b.width, b.width, 3), np.uint8)
    out[:] = CARD.astype(np.uint8)
    cast, area = _shadow(b, parts)
    if on_floor:
        _darken(out[area], cast[area])
    seen = np.flatnonzero(b.part.ravel() != EMPTY)
    level = _level(b.normal.reshape(-1, 3)[seen])
    out.reshape(-1, 3)[seen] = _table(b, parts, pelvis, None)[look.ravel()[seen], level]
    if tints.any():
        _tinted(out, b, parts, look, tints, pelvis)
    for index, part in enumerate(parts):
        if part.material == "mat":
            lying = (b.part[area] == index) & (b.normal[area][..., 1] > 0)
            _darken(out[area], np.where(lying, cast[area] * np.float32(0.8), 0))
    return out


def _level(normals: Floats) -> Colors:
    """How much light falls on each surface, in steps."""
    light = normals[:, 0] * LIGHT[0] + normals[:, 1] * LIGHT[1] + normals[:, 2] * LIGHT[2]
    return np.asarray((light + 1) * np.float32(_LEVELS / 2), np.uint8)


def _darken(out: Colors, weight: Floats) -> None:
    where = np.flatnonzero(weight.ravel() > 1 / 255)
    rows, columns = np.divmod(where, weight.shape[1])
    strength = weight.ravel()[where][:, None]
    out[rows, columns] = (out[rows, columns] * (1 - strength) + SHADOW * strength).astype(np.uint8)


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


def _shadow(b: Buffers, parts: list[Part]) -> tuple[Floats, Area]:
    """How dark the floor is at every pixel, and the area beyond which it is not."""
    small = b.width // _COARSE
    image = Image.new("L", (small, small), 0)
    draw = ImageDraw.Draw(image)
    flat = max(float(b.camera.toward[1]), 0.10)
    for (x, y), wide, strength in _blots(b, [part for part in parts if isinstance(part, Cone) and part.shadow]):
        draw.ellipse((x - wide, y - wide * flat, x + wide, y + wide * flat), fill=strength)
    blurred = image.filter(ImageFilter.GaussianBlur(small * 0.008))
    left, top, right, bottom = (edge * _COARSE for edge in blurred.getbbox() or (0, 0, 0, 0))
    area = (slice(max(top - _COARSE, 0), bottom + _COARSE), slice(max(left - _COARSE, 0), right + _COARSE))
    large = blurred.resize((b.width, b.width), Image.Resampling.BILINEAR)
    return np.asarray(large, np.float32) * np.float32(_SHADOW_STRENGTH / 255), area


def _blots(b: Buffers, cones: list[Cone]) -> Iterator[tuple[tuple[float, float], float, int]]:
    """Coarse pixels, radius and darkness of each cone's shadow, five along every cone."""
    for share in np.linspace(0, 1, 5):
        places = np.stack([cone.a + (cone.b - cone.a) * share for cone in cones])
        radii = [cone.ra + (cone.rb - cone.ra) * share for cone in cones]
        seen = np.round((places * (1, 0, 1)) @ b.camera.axes.T, 7)
        for point, height, radius in zip(seen, places[:, 1], radii, strict=True):
            if height < _SHADOWLESS:
                x, y = b.to_pixels(point)
                darkness = int(max(70, 255 - 150 * height))
                yield (x / _COARSE, y / _COARSE), radius / b.pixel / _COARSE * 1.05, darkness
