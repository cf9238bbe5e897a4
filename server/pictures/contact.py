"""Whether the figure stands on what carries it: nothing sinks in, what should rest does."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from server.pictures.posefile import PoseFile
from server.pictures.scene import Scene
from server.pictures.shapes import Box, Cone

DEEPEST = 0.01
"""Meters a part may sink into a surface."""

FARTHEST = 0.01
"""Meters a support may hover above its surface."""

_SOFT = ("pelvis", "glute", "thigh", "abdomen", "thorax", "trap", "pec", "delt", "uarm", "calf")
_SOFT_DEEPEST = 0.03
"""Flesh that is sat or lain on gives way."""

_FOOT, _HAND, _HEAD = ("foot", "arch", "toes"), ("hand", "finger"), ("head",)
_PLACES = {
    **dict.fromkeys(("foot", "heel", "toe", "sole", "ankle"), _FOOT),
    **dict.fromkeys(("hand", "grip", "palm", "tips", "wrist"), _HAND),
    **dict.fromkeys(("head", "chin", "mouth", "nose", "crown", "eyes", "ear"), _HEAD),
    "knee": ("thigh", "shank", "calf"),
    "shin": ("shank", "calf"),
    "pelvis": ("pelvis", "glute"),
    "hip": ("pelvis", "glute"),
    "belly": ("abdomen",),
    "chest": ("thorax", "pec"),
    "scapula": ("thorax", "trap"),
    "sh": ("delt", "trap", "uarm"),
    "elbow": ("uarm", "farm"),
    "forearm": ("farm",),
}
"""The segments that may touch for each joint named as a support."""

Floats = NDArray[np.float64]


def faults(file: PoseFile, now: Scene) -> Iterator[str]:
    boxes = [thing for thing in now.things if isinstance(thing, Box) and thing.surface]
    if not file.get("floor", True):
        return
    depths = _depths(now.body, boxes)
    yield from _sunk(now.body, depths)
    for name in file.get("supports", []):
        gap = -max(depth for cone, depth in zip(now.body, depths, strict=True) if _belongs(cone, name))
        if gap > FARTHEST:
            yield f"the support {name} is {gap * 100:.1f} cm above its surface, {FARTHEST * 100:.0f} cm is allowed"


def _sunk(body: list[Cone], depths: Floats) -> Iterator[str]:
    worst: dict[str, tuple[float, float]] = {}
    for cone, depth in zip(body, depths, strict=True):
        allowed = _SOFT_DEEPEST if cone.segment in _SOFT else DEEPEST
        name = cone.segment + {1: "R", -1: "L"}.get(cone.side, "")
        if depth > max(allowed, worst.get(name, (0.0, 0.0))[0]):
            worst[name] = (float(depth), allowed)
    for name, (depth, allowed) in worst.items():
        yield f"{name} is {depth * 100:.1f} cm inside the floor or furniture, {allowed * 100:.0f} cm is allowed"


def _depths(body: list[Cone], boxes: list[Box]) -> Floats:
    """How deep each cone is in the floor or in the box it is deepest in; negative above."""
    shares = np.array([0.0, 0.5, 1.0])[:, None]
    a, b = np.stack([cone.a for cone in body]), np.stack([cone.b for cone in body])
    ra, rb = np.array([cone.ra for cone in body]), np.array([cone.rb for cone in body])
    places = a + (b - a) * shares[..., None]
    radii = ra + (rb - ra) * shares
    deepest = radii - places[..., 1]
    for box in boxes:
        deepest = np.maximum(deepest, _in_box(places, radii, box))
    return np.asarray(deepest.max(axis=0))


def _in_box(places: Floats, radii: Floats, box: Box) -> Floats:
    """Along the shortest way out, counting only spheres whose center lies over a face or within."""
    over = np.abs((places - box.center) @ box.frame) - box.half
    beside_an_edge = (over > 0).sum(axis=-1) > 1
    return np.where(beside_an_edge, -np.inf, radii - over.max(axis=-1))


def _belongs(cone: Cone, joint: str) -> bool:
    stem, side = (joint[:-1], {"R": 1, "L": -1}[joint[-1]]) if joint[-1] in "RL" else (joint, 0)
    return cone.segment in _PLACES.get(stem, (stem,)) and (side in (0, cone.side) or cone.side == 0)
