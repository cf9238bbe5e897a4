"""Soft things: towels, pillows, rolls, balls, putty."""

from typing import Any

import numpy as np

from server.pictures.shapes import Cone, Part
from server.pictures.skeleton import Skeleton
from server.pictures.vectors import Mat, at, rot_x, rot_y, rot_z

_Item = dict[str, Any]


def _turned(item: _Item) -> Mat:
    return np.asarray(rot_y(-item["turn"]) @ rot_z(item["tip"]))


def towel(s: Skeleton, item: _Item) -> list[Part]:
    if item["form"] == "rolled":
        return roll(s, {**item, "radius": item["thick"], "color": "towel"})
    rows = 3 if item["form"] == "folded" else 1
    thick = item["thick"] if rows > 1 else min(item["thick"], 0.016)
    return _slab(s, item, item["length"], item["width"], thick, rows, 0.0)


def pillow(s: Skeleton, item: _Item) -> list[Part]:
    return _slab(s, item, item["length"], item["width"], item["thick"], 1, 0.4)


def _slab(s: Skeleton, item: _Item, length: float, width: float, thick: float, rows: int, plump: float) -> list[Part]:
    """Lies with its underside at the place named; long side along x, plump in the middle by that share."""
    origin, frame = s.place(item["at"]), _turned(item)
    radius = thick / rows / 2
    count = max(int(width / max(radius * 0.4, 0.01)), 4)
    parts: list[Part] = []
    for row in range(rows):
        for share in np.linspace(-1, 1, count):
            r = radius * (1 - plump * share * share)
            reach = length / 2 * (1 - plump * 0.15 * share * share) - r
            ends = [at(origin, frame, x, radius * (2 * row + 1), share * (width / 2 - r)) for x in (-reach, reach)]
            parts.append(Cone(ends[0], ends[1], r, r, "towel", f"s{row}"))
    return parts


def roll(s: Skeleton, item: _Item) -> list[Part]:
    """Its axis lies across (z); the place named is the middle of its axis."""
    center, frame = s.place(item["at"]), _turned(item)
    radius, half = item["radius"], item["length"] / 2 - item["radius"] * 0.3
    ends = [at(center, frame, 0, 0, z) for z in (-half, half)]
    parts: list[Part] = [Cone(ends[0], ends[1], radius, radius, "towel", "roll")]
    for sign, end in zip((-1, 1), ends, strict=True):
        tip = at(end, frame, 0, 0, sign * radius * 0.8)
        parts.append(Cone(end, tip, radius * 0.62, radius * 0.3, "towel", "curl"))
    return parts


def ball(s: Skeleton, item: _Item) -> list[Part]:
    center = s.place(item["at"])
    return [Cone(center, center, item["radius"], item["radius"], "ball", "ball")]


def putty(s: Skeleton, item: _Item) -> list[Part]:
    """A lump in the hand: it lies in the palm and gives way between the fingers."""
    side = item["at"][-1]
    sign = 1 if side == "R" else -1
    frame, wrist, radius = s.frames["hand" + side], s.joints["wrist" + side], item["radius"]
    ends = [at(wrist, frame, x, -0.09, -sign * (0.012 + radius * 0.8)) for x in (-0.024, 0.024)]
    return [Cone(ends[0], ends[1], radius, radius, "putty", "putty", frame=np.asarray(frame @ rot_x(0)))]
