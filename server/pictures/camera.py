"""A parallel camera: from world meters to the square picture, and back to a depth."""

import math
from dataclasses import dataclass, field

import numpy as np

from server.pictures.shapes import Cone, Part
from server.pictures.vectors import Vec, vec

MARGIN, LEAST_SPAN = 1.09, 1.5
_DIGITS = 7


@dataclass
class Camera:
    """`yaw` 0 looks at the figure's right side, 90 at its front; `center` and `span` are screen meters."""

    yaw: float
    pitch: float
    center: Vec = field(default_factory=lambda: vec(0, 0))
    span: float = LEAST_SPAN

    def __post_init__(self) -> None:
        y, p = math.radians(self.yaw), math.radians(self.pitch)
        self.toward = vec(math.sin(y) * math.cos(p), math.sin(p), math.cos(y) * math.cos(p))
        across = vec(math.cos(y), 0, -math.sin(y))
        self.axes = np.stack([across, np.cross(self.toward, across), self.toward])

    def see(self, point: Vec) -> Vec:
        """Screen meters right and up, and the depth toward the viewer.

        Rounded far below a pixel: processors differ in the last digit, pictures must not.
        """
        return np.round(self.axes @ point, _DIGITS)

    def extent(self, part: Part) -> tuple[Vec, Vec]:
        if isinstance(part, Cone):
            a, b = self.see(part.a)[:2], self.see(part.b)[:2]
            return np.minimum(a - part.ra, b - part.rb), np.maximum(a + part.ra, b + part.rb)
        corners = np.stack([self.see(corner)[:2] for corner in part.corners()])
        return corners.min(axis=0), corners.max(axis=0)

    def extents(self, parts: list[Part]) -> tuple[Vec, Vec]:
        """The lowest and the highest screen meters of every part, one row each."""
        cones = [part for part in parts if isinstance(part, Cone)]
        low, high = np.empty((len(parts), 2)), np.empty((len(parts), 2))
        rows = [index for index, part in enumerate(parts) if isinstance(part, Cone)]
        ends = [np.stack([getattr(cone, end) for cone in cones]) @ self.axes[:2].T for end in ("a", "b")]
        radii = [np.array([getattr(cone, radius) for cone in cones])[:, None] for radius in ("ra", "rb")]
        low[rows] = np.minimum(*(end - radius for end, radius in zip(ends, radii, strict=True)))
        high[rows] = np.maximum(*(end + radius for end, radius in zip(ends, radii, strict=True)))
        for index, part in enumerate(parts):
            if not isinstance(part, Cone):
                low[index], high[index] = self.extent(part)
        return low, high

    def frame(self, low: Vec, high: Vec) -> None:
        """Look at that rectangle of screen meters, with a margin."""
        self.center = (low + high) / 2
        self.span = max(float(max(high - low)) * MARGIN, LEAST_SPAN)
