"""Colors every pixel: material, soft light, paler far limbs, muscle tint, shadows on floor and mat."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from server.pictures.palette import CARD, FAR, INDEX, MUSCLE, SHADOW, TABLE
from server.pictures.raster import EMPTY, Buffers, Floats
from server.pictures.shapes import Cone, Part
from server.pictures.vectors import Mat, smoothstep, unit, vec

LIGHT = unit(vec(-0.35, 0.75, 0.6)).astype(np.float32)
_SOFT_GROUPS = ("torso", "head", "nose", "hair", "ear")
_TINT_STRENGTH, _FAR_STRENGTH = 0.82, 0.30


def materials(b: Buffers, parts: list[Part]) -> np.ndarray[tuple[int, ...], np.dtype[np.int8]]:
    """The material's index at every pixel, EMPTY where nothing is drawn."""
    first = np.array([INDEX[part.material] for part in parts] + [EMPTY], np.int8)
    out = first[b.part]
    for index, part in enumerate(parts):
        if isinstance(part, Cone) and part.split is not None:
            out[(b.part == index) & (b.share > part.split[0])] = INDEX[part.split[1]]
    return out


def shade(b: Buffers, parts: list[Part], tints: Floats, pelvis: Mat, on_floor: bool) -> Floats:
    kinds = materials(b, parts)
    out = np.empty((b.width, b.width, 3), np.float32)
    out[:] = CARD
    cast = _shadow(b, parts)
    if on_floor:
        out += (SHADOW - CARD) * cast[..., None]
    seen = b.part != EMPTY
    out[seen] = _lit(b, parts, TABLE[kinds[seen]], tints[seen], seen, pelvis)
    mat = (kinds == INDEX["mat"]) & (b.normal[..., 1] > 0)
    weight = cast[mat][:, None] * 0.8
    out[mat] = out[mat] * (1 - weight) + SHADOW * weight
    return out


def _lit(b: Buffers, parts: list[Part], base: Floats, tints: Floats, seen: Floats, pelvis: Mat) -> Floats:
    which = b.part[seen]
    soft = np.array([part.group in _SOFT_GROUPS for part in parts])[which]
    facing = float(b.camera.toward @ pelvis[:, 2])
    far = np.array([max(0.0, -_side(part) * facing) for part in parts], np.float32)[which]
    light = b.normal[seen] @ LIGHT
    light = np.where(soft, light * 0.35 + 0.30, light)
    lit = smoothstep(light, -0.05, 0.45)[:, None]
    weight = tints[:, None] * _TINT_STRENGTH
    base = base * (1 - weight) + MUSCLE * weight
    weight = far[:, None] * _FAR_STRENGTH
    base = base * (1 - weight) + FAR * weight
    color = base * (0.80 + 0.20 * lit) + (1 - lit) * np.array([0, 3, 9], np.float32)
    color += smoothstep(light, 0.80, 1.0)[:, None] * 10
    return np.asarray(np.clip(color, 0, 255), np.float32)


def _side(part: Part) -> int:
    """+1 or -1 for the flesh of a right or left limb, else 0."""
    return part.side if isinstance(part, Cone) and ("leg" in part.group or "arm" in part.group) else 0


def _shadow(b: Buffers, parts: list[Part]) -> Floats:
    half = b.width // 2
    image = Image.new("L", (half, half), 0)
    draw = ImageDraw.Draw(image)
    flat = max(float(b.camera.toward[1]), 0.10)
    for part in parts:
        if isinstance(part, Cone) and part.shadow:
            for share in np.linspace(0, 1, 5):
                point = part.a + (part.b - part.a) * share
                if point[1] < 1.2:
                    x, y = (value / 2 for value in b.to_pixels(b.camera.see(vec(point[0], 0, point[2]))))
                    wide = (part.ra + (part.rb - part.ra) * share) / b.pixel / 2 * 1.05
                    box = (x - wide, y - wide * flat, x + wide, y + wide * flat)
                    draw.ellipse(box, fill=int(max(70, 255 - 150 * point[1])))
    blurred = image.filter(ImageFilter.GaussianBlur(b.width * 0.004)).resize(
        (b.width, b.width), Image.Resampling.BILINEAR
    )
    return np.asarray(np.asarray(blurred, np.float32) * np.float32(0.30 / 255), np.float32)
