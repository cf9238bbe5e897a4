"""What is held or worn: dumbbells, bags, cuffs, sticks, a hammer."""

from itertools import pairwise
from typing import Any

import numpy as np

from server.pictures.shapes import Box, Cone, Part
from server.pictures.skeleton import UP, Skeleton
from server.pictures.vectors import Vec, columns, unit, vec

_Item = dict[str, Any]


def _grip(s: Skeleton, name: str) -> tuple[Vec, Vec]:
    """The middle of the fist, and the direction of what it holds (toward the thumb)."""
    side = name[-1]
    return s.joints["grip" + side], s.frames["hand" + side][:, 0]


def dumbbell(s: Skeleton, item: _Item) -> list[Part]:
    middle, along = _grip(s, item["at"])
    size = item["size"]
    half = 0.085 * size
    parts: list[Part] = [Cone(middle - along * half, middle + along * half, 0.014, 0.014, "metal", "bar")]
    for sign in (1, -1):
        inner, outer = middle + along * sign * (half - 0.022), middle + along * sign * (half + 0.012)
        parts.append(Cone(inner, outer, 0.036 * size, 0.036 * size, "steel", f"plate{sign}"))
    return parts


def weight(s: Skeleton, item: _Item) -> list[Part]:
    """Hangs straight down from the hand."""
    grip, along = _grip(s, item["at"])
    size, level = item["size"], unit(along * vec(1, 0, 1))
    frame = columns(level, UP, np.asarray(np.cross(level, UP)))
    top = grip - UP * 0.07
    half = vec(0.25, 0.17, 0.075) * size
    if item["form"] == "bag":
        half = vec(0.17, 0.18, 0.09) * size
    color = "bag" if item["form"] == "bag" else "case"
    parts: list[Part] = [Box(top - UP * half[1], half, color, "case", frame)]
    reach = 0.07 * size
    posts = [top + level * reach, grip + level * reach * 0.8, grip - level * reach * 0.8, top - level * reach]
    parts += [Cone(a, b, 0.011, 0.011, "steel", "handle") for a, b in pairwise(posts)]
    return parts


def ankle_weight(s: Skeleton, item: _Item) -> list[Part]:
    name, side = item["at"][:-1], item["at"][-1]
    outer, inner, radius = ("ankle", "knee", 0.05) if name == "ankle" else ("wrist", "elbow", 0.042)
    low, high = s.joints[outer + side], s.joints[inner + side]
    up = unit(high - low)
    return [Cone(low + up * 0.045, low + up * 0.115, radius, radius + 0.004, "steel", "cuff")]


def stick(s: Skeleton, item: _Item) -> list[Part]:
    a, b = s.place(item["from"]), s.place(item["to"])
    reach = unit(b - a) * item["extend"]
    return [Cone(a - reach, b + reach, item["thick"], item["thick"], "wood", "stick")]


def hammer(s: Skeleton, item: _Item) -> list[Part]:
    grip, along = _grip(s, item["at"])
    across = s.frames["hand" + item["at"][-1]][:, 1]
    head = grip + along * 0.26
    return [
        Cone(grip - along * 0.06, head, 0.013, 0.011, "wood", "shaft"),
        Cone(head - across * 0.05, head + across * 0.045, 0.021, 0.021, "steel", "hammer"),
    ]


def walking_stick(s: Skeleton, item: _Item) -> list[Part]:
    """From the hand to the floor: straight down, or to the floor point [x, z] named by `foot`."""
    grip, _ = _grip(s, item["at"])
    x, z = item["foot"] or (grip[0], grip[2])
    tip, forward = vec(x, 0.015, z), vec(1, 0, 0)
    return [
        Cone(grip, tip, 0.013, 0.011, "wood", "stick"),
        Cone(grip - forward * 0.04, grip + forward * 0.07, 0.015, 0.015, "wood", "handle"),
        Cone(tip, tip + UP * 0.02, 0.016, 0.014, "steel", "tip"),
    ]
