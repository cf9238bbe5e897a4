"""Motion arrows, turning arrows, pressing arrows and puffs of breath, drawn over the picture."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import ImageDraw

from server.pictures.palette import ARROW, PUFF, WHITE, Color
from server.pictures.vectors import Vec, spline, unit, vec


@dataclass(frozen=True)
class Stroke:
    """An arrow in pixels: through `points`, `width` thick; one head, or two."""

    points: list[Vec]
    width: float
    both: bool = False


@dataclass(frozen=True)
class Puff:
    """A puff of air in pixels: where it starts, which way it goes (unit), how big."""

    start: Vec
    way: Vec
    size: float
    inward: bool


def draw_arrow(draw: ImageDraw.ImageDraw, stroke: Stroke) -> None:
    curve = spline(stroke.points, 14)
    width = stroke.width
    last = _before(curve, width * 2.2)
    heads = [_head(curve[-1], curve[last], width)]
    first = 0
    if stroke.both:
        first = len(curve) - 1 - _before(curve[::-1], width * 2.2)
        heads.append(_head(curve[0], curve[first], width))
    body = curve[first : last + 1]
    for color, extra in ((WHITE, width * 0.42), (ARROW, 0.0)):
        _line(draw, body, width / 2 + extra, color)
        for head in heads:
            _polygon(draw, head, color, extra)


def draw_puff(draw: ImageDraw.ImageDraw, puff: Puff) -> None:
    """Three growing curls that stream away from the start (or toward it, when breathing in)."""
    aside = vec(-puff.way[1], puff.way[0])
    for lane, reach in ((-0.55, 0.8), (0.0, 1.0), (0.55, 0.8)):
        near = puff.start + puff.way * puff.size * 0.35 + aside * puff.size * lane * 0.45
        far = puff.start + puff.way * puff.size * (0.6 + reach) + aside * puff.size * lane * 1.1
        middle = (near + far) / 2 + aside * puff.size * 0.12 * (1 if lane >= 0 else -1)
        points = [far, middle, near] if puff.inward else [near, middle, far]
        stroke = Stroke(points, puff.size * 0.085)
        curve = spline(stroke.points, 10)
        last = _before(curve, stroke.width * 2.2)
        for color, extra in ((WHITE, stroke.width * 0.5), (PUFF, 0.0)):
            _line(draw, curve[: last + 1], stroke.width / 2 + extra, color)
            _polygon(draw, _head(curve[-1], curve[last], stroke.width), color, extra)


def _before(curve: list[Vec], distance: float) -> int:
    index = len(curve) - 1
    while index > 0 and np.linalg.norm(curve[index] - curve[-1]) < distance:
        index -= 1
    return index


def _head(tip: Vec, back: Vec, width: float) -> list[Vec]:
    along = unit(tip - back)
    aside = vec(-along[1], along[0])
    base = tip - along * width * 2.5
    return [tip + along * width * 0.4, base + aside * width * 1.75, base - aside * width * 1.75]


def _line(draw: ImageDraw.ImageDraw, points: list[Vec], radius: float, color: Color) -> None:
    for a, b in pairwise(points):
        for share in np.linspace(0, 1, 5):
            _dot(draw, a + (b - a) * share, radius, color)
    for end in (points[0], points[-1]):
        _dot(draw, end, radius, color)


def _dot(draw: ImageDraw.ImageDraw, at: Vec, radius: float, color: Color) -> None:
    draw.ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=_rgb(color))


def _polygon(draw: ImageDraw.ImageDraw, corners: list[Vec], color: Color, edge: float) -> None:
    points = [(float(p[0]), float(p[1])) for p in corners]
    draw.polygon(points, fill=_rgb(color))
    if edge:
        for a, b in zip(points, [*points[1:], points[0]], strict=True):
            draw.line([a, b], fill=_rgb(color), width=int(2 * edge))
        for corner in corners:
            _dot(draw, corner, edge, color)


def _rgb(color: Color) -> tuple[int, int, int]:
    return int(color[0]), int(color[1]), int(color[2])
