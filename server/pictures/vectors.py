"""Small geometry in space: world axes x forward, y up, z to the figure's right, in meters; angles in degrees."""

import math

import numpy as np
from numpy.typing import NDArray

Vec = NDArray[np.float64]
Mat = NDArray[np.float64]
TINY = 1e-9


def vec(*values: float) -> Vec:
    return np.array(values, dtype=np.float64)


def unit(v: Vec) -> Vec:
    """The vector scaled to length 1; a vector of no length is given back as it is."""
    length = float(np.linalg.norm(v))
    return v / length if length > TINY else v


def rot_x(degrees: float) -> Mat:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]], dtype=np.float64)


def rot_y(degrees: float) -> Mat:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], dtype=np.float64)


def rot_z(degrees: float) -> Mat:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], dtype=np.float64)


def columns(*axes: Vec) -> Mat:
    return np.stack(axes, axis=1)


def at(origin: Vec, frame: Mat, x: float, y: float, z: float) -> Vec:
    """The point that lies at (x, y, z) along the frame's own axes."""
    return np.asarray(origin + frame @ vec(x, y, z), dtype=np.float64)


def angles_zxy(m: Mat) -> tuple[float, float, float]:
    """Degrees a, b, c with m = rot_z(a) rot_x(b) rot_y(c)."""
    b = math.asin(max(-1.0, min(1.0, m[2, 1])))
    return math.degrees(math.atan2(-m[0, 1], m[1, 1])), math.degrees(b), math.degrees(math.atan2(-m[2, 0], m[2, 2]))


def angles_yxz(m: Mat) -> tuple[float, float, float]:
    """Degrees a, b, c with m = rot_y(a) rot_x(b) rot_z(c)."""
    b = math.asin(max(-1.0, min(1.0, -m[1, 2])))
    return math.degrees(math.atan2(m[0, 2], m[2, 2])), math.degrees(b), math.degrees(math.atan2(m[1, 0], m[1, 1]))


def spline(points: list[Vec], steps: int) -> list[Vec]:
    """A Catmull-Rom curve through all points, `steps` pieces between neighbors."""
    out: list[Vec] = []
    last = len(points) - 1
    for i in range(last):
        p0, p1, p2, p3 = points[max(i - 1, 0)], points[i], points[i + 1], points[min(i + 2, last)]
        for t in np.linspace(0, 1, steps, endpoint=False):
            bend = (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t + (-p0 + 3 * p1 - 3 * p2 + p3) * t**3
            out.append(0.5 * (2 * p1 + (p2 - p0) * t + bend))
    return [*out, points[last]]


def smoothstep(x: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    t = np.clip((x - low) / (high - low), 0, 1).astype(np.float32)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)
