"""Parts into buffers: depth, surface direction and which part is seen, pixel by pixel.

A rounded cone's depth under a parallel camera has a closed form, so nothing is meshed or marched.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from server.pictures.camera import Camera
from server.pictures.shapes import Box, Cone, Part
from server.pictures.vectors import Vec

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Area = tuple[slice, slice]
NOTHING = -50.0
EMPTY = -1


@dataclass
class Buffers:
    """Square buffers; `part` is the index into the scene's list (EMPTY where none), `share` the place along a cone.

    `windows` tells in which area each cone was drawn.
    """

    camera: Camera
    width: int
    depth: Floats
    normal: Floats
    share: Floats
    part: NDArray[np.int16]
    face: NDArray[np.int8]
    windows: dict[int, Area] = field(default_factory=dict)

    @property
    def pixel(self) -> float:
        """Meters a pixel."""
        return self.camera.span / self.width

    def to_pixels(self, seen: Vec) -> tuple[float, float]:
        x, y = self.camera.center
        return (seen[0] - x) / self.pixel + self.width / 2, self.width / 2 - (seen[1] - y) / self.pixel


@dataclass
class _Window:
    rows: slice
    columns: slice
    x: Floats
    y: Floats


def drawn_area(b: Buffers, margin: int) -> Area:
    """The smallest area with everything that was drawn, and a margin around it."""
    rows, columns = (np.flatnonzero((b.part != EMPTY).any(axis=axis)) for axis in (1, 0))
    return tuple(  # type: ignore[return-value]
        slice(max(int(hits[0]) - margin, 0), int(hits[-1]) + 1 + margin) if hits.size else slice(0, 0)
        for hits in (rows, columns)
    )


def looks(b: Buffers, parts: list[Part]) -> NDArray[np.int16]:
    """The part at every pixel, its number raised by the number of parts where its second material shows."""
    out = b.part.copy()
    for index, part in enumerate(parts):
        if isinstance(part, Cone) and part.split is not None and index in b.windows:
            area = b.windows[index]
            out[area][(b.part[area] == index) & (b.share[area] > part.split[0])] += len(parts)
    return out


def material_of(parts: list[Part]) -> list[str]:
    """The material of every number that `looks` gives."""
    second = [part.split[1] if isinstance(part, Cone) and part.split else part.material for part in parts]
    return [*(part.material for part in parts), *second]


def raster(parts: list[Part], camera: Camera, width: int) -> Buffers:
    b = Buffers(
        camera,
        width,
        np.full((width, width), NOTHING, np.float32),
        np.zeros((width, width, 3), np.float32),
        np.zeros((width, width), np.float32),
        np.full((width, width), EMPTY, np.int16),
        np.zeros((width, width), np.int8),
    )
    for index, part in enumerate(parts):
        if isinstance(part, Cone):
            _cone(b, part, index)
        else:
            _box(b, part, index)
    return b


def _window(b: Buffers, low: Vec, high: Vec) -> _Window | None:
    x0, y1 = b.to_pixels(low)
    x1, y0 = b.to_pixels(high)
    left, right = max(int(x0), 0), min(int(x1) + 2, b.width)
    top, bottom = max(int(y0), 0), min(int(y1) + 2, b.width)
    if left >= right or top >= bottom:
        return None
    half, (cx, cy) = b.width / 2, b.camera.center
    x = ((np.arange(left, right) + 0.5 - half) * b.pixel + cx).astype(np.float32)[None, :]
    y = (cy - (np.arange(top, bottom) + 0.5 - half) * b.pixel).astype(np.float32)[:, None]
    return _Window(slice(top, bottom), slice(left, right), x, y)


def _cone(b: Buffers, cone: Cone, index: int) -> None:
    window = _window(b, *b.camera.extent(cone))
    if window is None:
        return
    a, e = b.camera.see(cone.a), b.camera.see(cone.b) - b.camera.see(cone.a)
    slope = cone.rb - cone.ra
    dx, dy = window.x - np.float32(a[0]), window.y - np.float32(a[1])
    share = _share_along(dx, dy, e, cone.ra, slope, a[2] + cone.ra > a[2] + e[2] + cone.rb)
    ex, ey = dx - share * np.float32(e[0]), dy - share * np.float32(e[1])
    radius = np.float32(cone.ra) + share * np.float32(slope)
    left = radius * radius - ex * ex - ey * ey
    height = np.sqrt(np.maximum(left, 0))
    depth = np.float32(a[2]) + share * np.float32(e[2]) + height
    where = (window.rows, window.columns)
    b.windows[index] = where
    hit = (left > 0) & (depth > b.depth[where])
    if not hit.any():
        return
    b.depth[where][hit] = depth[hit]
    b.part[where][hit] = index
    b.face[where][hit] = 0
    b.share[where][hit] = share[hit]
    b.normal[where][hit] = np.stack([ex[hit], ey[hit], height[hit]], -1) / radius[hit][:, None]


def _share_along(dx: Floats, dy: Floats, e: Vec, ra: float, slope: float, a_is_near: bool) -> Floats:
    """Where along the cone each pixel's surface point lies, 0 at a, 1 at b."""
    flat = e[0] ** 2 + e[1] ** 2 - slope**2
    if flat <= 1e-7:  # seen along its axis: only the nearer end shows
        return np.full(np.broadcast_shapes(dx.shape, dy.shape), 0.0 if a_is_near else 1.0, np.float32)
    linear = 2 * (np.float32(ra * slope) + dx * np.float32(e[0]) + dy * np.float32(e[1]))
    rest = np.float32(ra * ra) - dx * dx - dy * dy
    inside = np.maximum(linear * linear + np.float32(4 * flat) * rest, 0)
    lean = np.sqrt(inside / np.float32(flat + e[2] ** 2)) * np.float32(-e[2])
    return np.asarray(np.clip((linear - lean) / np.float32(2 * flat), 0, 1), np.float32)


def _box(b: Buffers, box: Box, index: int) -> None:
    for axis in range(3):
        for sign in (1, -1):
            normal = b.camera.see(box.frame[:, axis] * sign)
            if normal[2] > 1e-3:
                _quad(b, _corners(b.camera, box, axis, sign), normal, index, axis * 2 + (sign > 0))


def _corners(camera: Camera, box: Box, axis: int, sign: int) -> list[Vec]:
    others = [i for i in range(3) if i != axis]
    out = []
    for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        local = np.zeros(3)
        local[axis], local[others[0]], local[others[1]] = sign, i, j
        out.append(camera.see(box.center + box.frame @ (local * box.half)))
    return out


def _quad(b: Buffers, corners: list[Vec], normal: Vec, index: int, face: int) -> None:
    flat = np.stack([corner[:2] for corner in corners])
    window = _window(b, flat.min(axis=0), flat.max(axis=0))
    if window is None:
        return
    area = sum(p[0] * q[1] - q[0] * p[1] for p, q in zip(flat, np.roll(flat, -1, axis=0), strict=True))
    inside = np.ones((window.y.shape[0], window.x.shape[1]), bool)
    for p, q in zip(flat, np.roll(flat, -1, axis=0), strict=True):
        inside &= ((q[0] - p[0]) * (window.y - p[1]) - (q[1] - p[1]) * (window.x - p[0])) * np.sign(area) >= 0
    c = corners[0]
    depth = c[2] - ((window.x - c[0]) * normal[0] + (window.y - c[1]) * normal[1]) / normal[2]
    depth = np.broadcast_to(depth, inside.shape).astype(np.float32)
    where = (window.rows, window.columns)
    hit = inside & (depth > b.depth[where])
    b.depth[where][hit] = depth[hit]
    b.part[where][hit] = index
    b.face[where][hit] = face
    b.share[where][hit] = 0
    b.normal[where][hit] = normal
