"""Whether a figure on its feet would stay there: its center of mass over what carries it."""

import numpy as np

from server.pictures.posefile import PoseFile
from server.pictures.scene import Scene
from server.pictures.shapes import Box
from server.pictures.skeleton import SIDES, Skeleton
from server.pictures.vectors import Vec

FARTHEST = 0.03
"""Meters the center of mass may lie outside the feet: nobody sways less."""

_SHARES = {"upper_arm": 2.8, "lower_arm": 1.6, "hand": 0.6, "thigh": 10.0, "shank": 4.65, "foot": 1.45}
"""Body segments' share of the mass in percent (head 8.1, trunk 49.7): Winter, Biomechanics, table of Dempster."""

_ON_THE_GROUND = 0.03


def faults(file: PoseFile, now: Scene) -> list[str]:
    """A sentence when a standing figure would fall; none when it stands, sits, lies, is held or is on its way."""
    if file.lying != "stand" or not file.get("floor", True) or _excused(file):
        return []
    s = now.skeleton
    surfaces = [thing for thing in now.things if isinstance(thing, Box) and thing.surface]
    if _held(s, surfaces) or _carried(now, surfaces):
        return []
    base = [
        s.joints[name + side]
        for side, _ in SIDES
        for name in ("toe", "heel", "sole")
        if _stands(s, name + side, surfaces)
    ]
    if not base:
        return ["no foot is on the ground and nothing else carries the figure"]
    away = _outside(center_of_mass(s), base)
    if away <= FARTHEST:
        return []
    return [f"the center of mass is {away * 100:.0f} cm outside the feet, {FARTHEST * 100:.0f} cm is allowed"]


def _excused(file: PoseFile) -> bool:
    """Told why, seen close up, or in motion without a rest (walking is falling from foot to foot)."""
    return bool(file.get("unbalanced")) or "focus" in file.source["view"] or not any(file.get("hold", [1]))


def center_of_mass(s: Skeleton) -> Vec:
    j = s.joints
    parts = [(8.1, j["head"]), (49.7, (j["pelvis"] + j["neck"]) / 2)]
    for side, _ in SIDES:
        chain = {"upper_arm": ("sh", "elbow"), "lower_arm": ("elbow", "wrist"), "hand": ("hand", "hand")}
        chain |= {"thigh": ("hip", "knee"), "shank": ("knee", "ankle"), "foot": ("foot", "foot")}
        parts += [(_SHARES[name], (j[a + side] + j[b + side]) / 2) for name, (a, b) in chain.items()]
    whole = sum(share for share, _ in parts)
    return np.asarray(sum(share * place for share, place in parts) / whole, dtype=np.float64)


def _stands(s: Skeleton, joint: str, surfaces: list[Box]) -> bool:
    place = s.joints[joint]
    return bool(place[1] < _ON_THE_GROUND) or any(_near(place, box) for box in surfaces)


def _held(s: Skeleton, surfaces: list[Box]) -> bool:
    return any(_near(s.joints["palm" + side], box, 0.05) for side, _ in SIDES for box in surfaces)


def _carried(now: Scene, surfaces: list[Box]) -> bool:
    """The seat, a knee or a leaning back rests on something."""
    places = [(cone.a, cone.ra) for cone in now.body if cone.segment in ("glute", "thorax")]
    places += [(now.skeleton.joints["knee" + side], 0.06) for side, _ in SIDES]
    for place, radius in places:
        if place[1] < radius + _ON_THE_GROUND or any(_near(place, box, radius + 0.02) for box in surfaces):
            return True
    return False


def _near(place: Vec, box: Box, reach: float = _ON_THE_GROUND) -> bool:
    local = np.abs(box.frame.T @ (place - box.center)) - box.half
    return bool(np.all(local < reach))


def _outside(point: Vec, base: list[Vec]) -> float:
    """How far the point's foot on the floor lies outside the hull of the base, in meters; 0 inside."""
    flat = [(float(p[0]), float(p[2])) for p in base]
    x, z = float(point[0]), float(point[2])
    worst = 0.0
    for angle in np.radians(np.arange(0, 360, 5)):
        dx, dz = np.cos(angle), np.sin(angle)
        worst = max(worst, x * dx + z * dz - max(a * dx + b * dz for a, b in flat))
    return float(worst - _FOOT_HALF) if worst > _FOOT_HALF else 0.0


_FOOT_HALF = 0.035
"""Half a foot's width: the base is measured along its middle line."""
