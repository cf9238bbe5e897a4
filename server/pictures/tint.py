"""How strongly each pixel of the body is tinted as a working muscle, 0 to 1.

On a limb the tint goes by the place along its cone. The trunk is many cones side by side: there it goes by the place
in space, so that no seam between two cones shows as an edge of the tint.
"""

from dataclasses import dataclass

import numpy as np

from server.pictures.muscles import Band, Patch, places
from server.pictures.raster import Area, Bools, Buffers, Floats
from server.pictures.shapes import Cone, Part
from server.pictures.vectors import Mat, Vec, smoothstep, unit, vec

_FADE = 0.025
"""Meters over which a tint on the trunk ends."""


def tint(b: Buffers, parts: list[Part], names: list[str]) -> Floats:
    out = np.zeros((b.width, b.width), np.float32)
    cones = [(index, part) for index, part in enumerate(parts) if isinstance(part, Cone) and index in b.windows]
    for name in names:
        side, where = places(name)
        for place in where:
            for index, cone in cones:
                _add(out, b, cone, index, place, side)
    return out


def _add(out: Floats, b: Buffers, cone: Cone, index: int, place: Patch | Band, side: int) -> None:
    if cone.frame is None:
        return
    area = b.windows[index]
    if isinstance(place, Band):
        if cone.trunk is None:
            return
        seen = _Seen(b, area, b.part[area] == index, cone.frame)
        weight = _on_trunk(seen, cone.trunk, place, side)
    else:
        if cone.segment != place.segment or side not in (0, cone.side):
            return
        seen = _Seen(b, area, b.part[area] == index, cone.frame)
        weight = _on_limb(seen, cone, place)
    out[area][seen.mask] = np.maximum(out[area][seen.mask], weight)


@dataclass(frozen=True)
class _Seen:
    """The pixels in which one cone is seen, and the axes of its segment."""

    b: Buffers
    area: Area
    mask: Bools
    frame: Mat

    def turned(self, facing: tuple[float, float, float], side: int) -> Floats:
        """The cosine between the surface and the direction the muscle faces."""
        x, y, outward = facing
        way = self.b.camera.see(self.frame @ unit(vec(x, y, outward * side))).astype(np.float32)
        n = self.b.normal[self.area][self.mask]
        return np.asarray(n[:, 0] * way[0] + n[:, 1] * way[1] + n[:, 2] * way[2], np.float32)

    def along(self, origin: Vec, axis: Vec) -> Floats:
        """Meters from the origin along a world axis."""
        b, (rows, columns) = self.b, np.nonzero(self.mask)
        half, (cx, cy) = b.width / 2, b.camera.center
        x = ((columns + (self.area[1].start + 0.5 - half)) * b.pixel + cx).astype(np.float32)
        y = (cy - (rows + (self.area[0].start + 0.5 - half)) * b.pixel).astype(np.float32)
        z = b.depth[self.area][self.mask]
        start, way = b.camera.see(origin).astype(np.float32), b.camera.see(axis).astype(np.float32)
        return np.asarray((x - start[0]) * way[0] + (y - start[1]) * way[1] + (z - start[2]) * way[2], np.float32)


def _on_limb(seen: _Seen, cone: Cone, patch: Patch) -> Floats:
    low, high = cone.stretch
    along = low + seen.b.share[seen.area][seen.mask] * (high - low)
    whole = patch.low <= 0 and patch.high >= 1
    off_middle = np.zeros_like(along) if whole else np.abs((along - patch.low) / (patch.high - patch.low) * 2 - 1)
    needed = patch.threshold + 0.6 * off_middle * off_middle * off_middle
    turned = seen.turned(patch.facing, cone.side or 1) - needed
    return smoothstep(turned, -0.22, 0.12) * (1 - smoothstep(off_middle, 0.85, 1.05))


def _on_trunk(seen: _Seen, trunk: tuple[Vec, float], band: Band, side: int) -> Floats:
    origin, above_hips = trunk
    height = seen.along(origin, seen.frame[:, 1]) + np.float32(above_hips)
    weight = smoothstep(height, band.low - _FADE, band.low + _FADE)
    weight = weight * (1 - smoothstep(height, band.high - _FADE, band.high + _FADE))
    if side:
        weight = weight * smoothstep(seen.along(origin, seen.frame[:, 2]) * side, 0.0, 0.03)
    return smoothstep(seen.turned(band.facing, side) - band.threshold, -0.22, 0.12) * weight
