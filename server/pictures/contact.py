"""Whether the figure stands on what carries it: nothing sinks in, what should rest does."""

from collections.abc import Iterator

import numpy as np

from server.pictures.posefile import PoseFile
from server.pictures.scene import Scene
from server.pictures.shapes import Box, Cone
from server.pictures.vectors import Vec

DEEPEST = 0.01
"""Meters a part may sink into a surface."""

FARTHEST = 0.01
"""Meters a support may hover above its surface."""

_SOFT = ("pelvis", "glute", "thigh", "abdomen", "thorax", "trap", "pec", "delt", "uarm", "calf")
_SOFT_DEEPEST = 0.03
"""Flesh that is sat or lain on gives way."""

_PLACES = {
    "foot": ("foot", "arch"),
    "toe": ("foot",),
    "knee": ("thigh", "shank", "calf"),
    "pelvis": ("pelvis", "glute"),
    "chest": ("thorax",),
    "hand": ("hand", "finger"),
    "elbow": ("uarm", "farm"),
    "forearm": ("farm",),
    "head": ("head",),
}


def faults(file: PoseFile, now: Scene) -> Iterator[str]:
    boxes = [thing for thing in now.things if isinstance(thing, Box) and thing.surface]
    if file.get("floor", True):
        yield from _sunk(now, boxes)
        for name in file.get("supports", []):
            gap = _gap(now, boxes, name)
            if gap > FARTHEST:
                yield f"the support {name} is {gap * 100:.1f} cm above its surface, {FARTHEST * 100:.0f} cm is allowed"


def _sunk(now: Scene, boxes: list[Box]) -> Iterator[str]:
    worst: dict[str, float] = {}
    for cone in now.body:
        allowed = _SOFT_DEEPEST if cone.segment in _SOFT else DEEPEST
        depth = max((_depth(point, radius, boxes) for point, radius in _spheres(cone)), default=0.0)
        if depth > allowed:
            side = {1: "R", -1: "L"}.get(cone.side, "")
            name = cone.segment + side
            worst[name] = max(worst.get(name, 0.0), depth)
    for name, depth in worst.items():
        allowed = _SOFT_DEEPEST if name.rstrip("RL") in _SOFT else DEEPEST
        yield f"{name} is {depth * 100:.1f} cm inside the floor or furniture, {allowed * 100:.0f} cm is allowed"


def _spheres(cone: Cone) -> Iterator[tuple[Vec, float]]:
    for share in (0.0, 0.5, 1.0):
        yield cone.a + (cone.b - cone.a) * share, cone.ra + (cone.rb - cone.ra) * share


def _depth(point: Vec, radius: float, boxes: list[Box]) -> float:
    """How deep a sphere is in the floor or in the box it is deepest in."""
    return max([radius - float(point[1]), *(_in_box(point, radius, box) for box in boxes)])


def _in_box(point: Vec, radius: float, box: Box) -> float:
    """Along the shortest way out, counting only spheres whose center lies over a face."""
    local = np.abs(box.frame.T @ (point - box.center))
    over = local - box.half
    outside = over > 0
    if outside.sum() > 1:
        return 0.0
    return float(radius - np.max(over))


def _gap(now: Scene, boxes: list[Box], joint: str) -> float:
    """How far the part named is from the nearest surface; negative when it sinks in."""
    stem, side = (joint[:-1], {"R": 1, "L": -1}[joint[-1]]) if joint[-1] in "RL" else (joint, 0)
    segments = _PLACES.get(stem, (stem,))
    cones = [cone for cone in now.body if cone.segment in segments and side in (0, cone.side)]
    return min(-_depth(point, radius, boxes) for cone in cones for point, radius in _spheres(cone))
