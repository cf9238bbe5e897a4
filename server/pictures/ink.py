"""The drawn line: where depth jumps, where two parts meet at an angle, and thinner where only the color changes."""

import math

import numpy as np
from numpy.typing import NDArray

from server.pictures.palette import INDEX, INK
from server.pictures.raster import EMPTY, Bools, Buffers, Floats
from server.pictures.shapes import Part

_FACE = ("head", "nose")
_TRUNK = ("torso", "head", "hair", "ear")
_NO_EDGE = ("eye", "lip")
_ONE_HAND_PIXEL = 0.0016


def ink(b: Buffers, parts: list[Part], kinds: NDArray[np.int8], color: Floats, over: int) -> Bools:
    """Draws the lines into `color`; returns where the full lines are. `over` is the supersampling."""
    strong, weak = _edges(b, parts, kinds, over)
    width = b.width / 480 * 2.6
    thin = _thickened(weak, width * 0.5)
    color[thin] = color[thin] * 0.45 + INK * 0.55
    full = _thickened(strong, width)
    color[full] = INK
    return full


def _groups(b: Buffers, parts: list[Part], over: int) -> tuple[NDArray[np.int16], list[str]]:
    """The group's number at every pixel; a hand is one group unless it is seen close up."""
    whole_hands = b.pixel * over > _ONE_HAND_PIXEL
    names: dict[str, int] = {}
    table = []
    for part in parts:
        name = part.group[:4] if whole_hands and part.group[1:4] == "arm" else part.group
        table.append(names.setdefault(name, len(names)))
    return np.array([*table, EMPTY], np.int16)[b.part], list(names)


def _edges(b: Buffers, parts: list[Part], kinds: NDArray[np.int8], over: int) -> tuple[Bools, Bools]:
    group, names = _groups(b, parts, over)
    is_face = np.array([*(name in _FACE for name in names), False])
    role = np.array([*(2 if name[1:4] == "arm" else 1 if name in _TRUNK else 0 for name in names), 0], np.int8)
    quiet = np.isin(kinds, [INDEX[name] for name in _NO_EDGE])
    jump = 0.022 * math.sqrt(b.pixel / 0.0013)
    strong, weak = np.zeros((b.width, b.width), bool), np.zeros((b.width, b.width), bool)
    for down, right in ((0, 1), (1, 0)):
        here = (slice(0, b.width - down), slice(0, b.width - right))
        there = (slice(down, b.width), slice(right, b.width))
        gap = np.abs(b.depth[here] - b.depth[there])
        other = (group[here] != group[there]) | (b.face[here] != b.face[there])
        bend = np.einsum("ijk,ijk->ij", b.normal[here], b.normal[there])
        arm_on_trunk = (role[group[here]] + role[group[there]] == 3) & (role[group[here]] * role[group[there]] == 2)
        face = is_face[group[here]] & is_face[group[there]]
        drawn = (kinds[here] != EMPTY) | (kinds[there] != EMPTY)
        needed = np.where(arm_on_trunk, jump * 3, jump)
        strong[here] |= ((gap > needed) & ~face) | (other & (bend < 0.55) & drawn & ~arm_on_trunk)
        soft = (
            (kinds[here] != kinds[there]) | (arm_on_trunk & (gap > jump * 0.8)) | (face & other & (gap > jump * 0.35))
        )
        weak[here] |= soft & ~quiet[here] & ~quiet[there]
    return strong, weak


def _thickened(edge: Bools, width: float) -> Bools:
    radius = width / 2
    out = np.zeros_like(edge)
    reach = int(radius + 0.5)
    size = edge.shape[0]
    for j in range(-reach, reach + 1):
        for i in range(-reach, reach + 1):
            if i * i + j * j <= radius * radius + 0.3:
                to = (slice(max(j, 0), size + min(j, 0)), slice(max(i, 0), size + min(i, 0)))
                out[to] |= edge[max(-j, 0) : size + min(-j, 0), max(-i, 0) : size + min(-i, 0)]
    return out
