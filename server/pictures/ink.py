"""The drawn line: where depth jumps, where two parts meet at an angle, and thinner where only the color changes."""

import math

import numpy as np
from numpy.typing import NDArray

from server.pictures.palette import INK
from server.pictures.raster import EMPTY, Bools, Buffers, drawn_area, material_of
from server.pictures.shade import Colors
from server.pictures.shapes import Part

_FACE = ("head", "nose")
_TRUNK = ("torso", "collar", "head", "hair", "ear")
_SMOOTH = ("torso", "collar", "hair")
"""Many cones that make one surface: only a large jump in depth is an edge."""
_NO_EDGE = ("eye", "lip", "mouth", "white")
_ONE_HAND_PIXEL = 0.0016
_PLAIN, _TRUNK_ROLE, _ARM_ROLE = 0, 1, 2
_SHARP = 0.55
"""Two parts meet at an angle when the cosine between their surfaces is less."""

_Numbers = NDArray[np.int16]
_Flat = NDArray[np.intp]


def ink(b: Buffers, parts: list[Part], look: _Numbers, color: Colors, over: int) -> Bools:
    """Draws the lines into `color`; returns where the full lines are. `over` is the supersampling."""
    width = b.width / 480 * 2.6
    finder = _Finder(b, parts, look, over)
    area = drawn_area(b, int(width) + 1)
    strong, weak = finder.edges(area)
    here = color[area]
    thin = _thickened(weak, width * 0.5)
    here[thin] = (here[thin] * 0.45 + INK * 0.55).astype(np.uint8)
    full = _thickened(strong, width)
    here[full] = INK.astype(np.uint8)
    out = np.zeros((b.width, b.width), bool)
    out[area] = full
    return out


class _Finder:
    """Compares every pixel with its right and its lower neighbor."""

    def __init__(self, b: Buffers, parts: list[Part], look: _Numbers, over: int) -> None:
        self.b = b
        self.look = look
        whole_hands = b.pixel * over > _ONE_HAND_PIXEL
        names = [part.group[:4] if whole_hands and part.group[1:4] == "arm" else part.group for part in parts]
        numbers = {name: index for index, name in enumerate(dict.fromkeys(names))}
        materials = material_of(parts)
        kinds = {name: index for index, name in enumerate(dict.fromkeys(materials))}
        # the last entry is the empty card, which the index EMPTY finds
        self.group = np.array([*(numbers[name] for name in names), *(numbers[name] for name in names), EMPTY], np.int16)
        self.kind = np.array([*(kinds[name] for name in materials), EMPTY], np.int16)
        self.face = np.array([*(name in _FACE for name in names), *(name in _FACE for name in names), False])
        self.smooth = np.array([*(name in _SMOOTH for name in names), *(name in _SMOOTH for name in names), False])
        self.quiet = np.array([*(name in _NO_EDGE for name in materials), False])
        roles = [_ARM_ROLE if name[1:4] == "arm" else _TRUNK_ROLE if name in _TRUNK else _PLAIN for name in names]
        self.role = np.array([*roles, *roles, _PLAIN], np.int8)
        self.jump = 0.022 * math.sqrt(b.pixel / 0.0013)

    def edges(self, area: tuple[slice, slice]) -> tuple[Bools, Bools]:
        """Where full lines and where thin ones begin, within the area."""
        b = self.b
        depth, look, face = b.depth[area], self.look[area], b.face[area]
        # one number for all that makes a boundary: group, material, face of a box
        key = (self.group.astype(np.int32) * 64 + self.kind)[look] * 8 + face
        normal = b.normal[area].reshape(-1, 3)
        strong, weak = np.zeros(depth.size, bool), np.zeros(depth.size, bool)
        high, wide = depth.shape
        for down, right in ((0, 1), (1, 0)):
            first = (slice(0, high - down), slice(0, wide - right))
            second = (slice(down, high), slice(right, wide))
            candidates = (key[first] != key[second]) | (np.abs(depth[first] - depth[second]) > self.jump * 0.35)
            rows, columns = np.nonzero(candidates)
            here = rows * wide + columns
            there = here + down * wide + right
            full, thin = self._judge(here, there, depth.ravel(), look.ravel(), face.ravel(), normal)
            strong[here[full]] = True
            weak[here[thin]] = True
        return strong.reshape(high, wide), weak.reshape(high, wide)

    def _judge(
        self,
        here: _Flat,
        there: _Flat,
        depth: NDArray[np.float32],
        look: _Numbers,
        face: NDArray[np.int8],
        normal: NDArray[np.float32],
    ) -> tuple[Bools, Bools]:
        one, two = look[here], look[there]
        gap = np.abs(depth[here] - depth[there])
        other = (self.group[one] != self.group[two]) | (face[here] != face[there])
        n, m = normal[here], normal[there]
        bend = n[:, 0] * m[:, 0] + n[:, 1] * m[:, 1] + n[:, 2] * m[:, 2]
        arm_on_trunk = self.role[one] * self.role[two] == _ARM_ROLE * _TRUNK_ROLE
        both_face = self.face[one] & self.face[two]
        smooth = self.smooth[one] & self.smooth[two]
        needed = np.where(smooth, self.jump * 10, np.where(arm_on_trunk, self.jump * 3, self.jump))
        full = ((gap > needed) & ~both_face) | (other & (bend < _SHARP) & ~arm_on_trunk & ~smooth)
        thin = (self.kind[one] != self.kind[two]) | (arm_on_trunk & (gap > self.jump * 0.8))
        thin |= both_face & other & (gap > self.jump * 0.45)
        thin |= smooth & other & (gap > self.jump * 0.2)
        return full, thin & ~self.quiet[one] & ~self.quiet[two]


def _thickened(edge: Bools, width: float) -> Bools:
    radius = width / 2
    reach = int(radius + 0.5)
    high, wide = edge.shape
    padded = np.zeros((high + 2 * reach, wide + 2 * reach), bool)
    rows, columns = np.nonzero(edge)
    flat = (rows + reach) * padded.shape[1] + columns + reach
    out = padded.ravel()
    for j in range(-reach, reach + 1):
        for i in range(-reach, reach + 1):
            if i * i + j * j <= radius * radius + 0.3:
                out[flat + (j * padded.shape[1] + i)] = True
    return padded[reach : reach + high, reach : reach + wide]
