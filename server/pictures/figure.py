"""The figure's flesh and clothes: rounded cones hung on a skeleton."""

import math
from itertools import pairwise

import numpy as np

from server.pictures.foot import foot
from server.pictures.hand import hand
from server.pictures.head import head
from server.pictures.presets import Pose
from server.pictures.shapes import Cone
from server.pictures.skeleton import SIDES, Skeleton
from server.pictures.vectors import Mat, Vec, at, rot_z

SHORTS_LENGTH, SLEEVE_LENGTH = 0.6, 0.55


class Limbs:
    """Collects cones given in the axes of one segment."""

    def __init__(
        self, origin: Vec, frame: Mat, material: str, group: str, side: int = 0, above_hips: float | None = None
    ) -> None:
        self.origin, self.frame, self.material, self.group, self.side = origin, frame, material, group, side
        self.trunk = None if above_hips is None else (origin, above_hips)
        self.cones: list[Cone] = []

    def add(
        self,
        a: tuple[float, float, float],
        b: tuple[float, float, float],
        ra: float,
        rb: float,
        segment: str,
        side: int | None = None,
        stretch: tuple[float, float] = (0.0, 1.0),
        split: tuple[float, str] | None = None,
    ) -> None:
        start, end = at(self.origin, self.frame, *a), at(self.origin, self.frame, *b)
        which = self.side if side is None else side
        cone = Cone(start, end, ra, rb, self.material, self.group, segment, which, self.frame, stretch, split)
        cone.trunk = self.trunk
        self.cones.append(cone)


def figure(s: Skeleton, pose: Pose, bare: bool) -> list[Cone]:
    """Every cone of the body in that pose."""
    cones = [*_pelvis(s), *_abdomen(s, pose), *_thorax(s, pose), *head(s, pose)]
    for side, sign in SIDES:
        cones += _leg(s, side, sign)
        cones += foot(s, pose[side + "leg"], side, sign, bare)
        cones += _arm(s, side, sign)
        cones += hand(s, pose[side + "arm"], side, sign)
    return cones


def _pelvis(s: Skeleton) -> list[Cone]:
    part = Limbs(s.joints["pelvis"], s.frames["pelvis"], "shorts", "torso", above_hips=0.0)
    part.add((0.006, 0, 0), (0.008, 0.1, 0), 0.098, 0.091, "pelvis")
    for _, z in SIDES:
        part.add((0, 0.01, z * 0.068), (0, 0.11, z * 0.058), 0.104, 0.098, "pelvis", z)
        part.add((-0.035, -0.01, z * 0.07), (-0.03, 0.03, z * 0.06), 0.094, 0.088, "glute", z)
    return part.cones


def _abdomen(s: Skeleton, pose: Pose) -> list[Cone]:
    part = Limbs(s.joints["waist"], s.frames["abdomen"], "shirt", "torso", above_hips=0.11)
    for _, z in SIDES:
        part.add((0, -0.01, z * 0.056), (0, 0.16, z * 0.06), 0.099, 0.108, "abdomen", z)
    part.add((0.003, -0.004, 0), (0.004, 0.16, 0), 0.1, 0.108, "abdomen")
    belly = pose["belly"]
    if belly:
        part.add((0.03 + belly, 0.03, 0), (0.03 + belly, 0.12, 0), 0.095, 0.09, "abdomen")
    return part.cones


def _thorax(s: Skeleton, pose: Pose) -> list[Cone]:
    part = Limbs(s.joints["ribs"], s.frames["thorax"], "shirt", "torso", above_hips=0.27)
    swell = pose["chest"]
    for _, z in SIDES:
        part.add((swell, 0, z * 0.06), (swell, 0.13, z * (0.082 + swell / 2)), 0.108, 0.098, "thorax", z)
        part.add((-0.005, 0.15, z * 0.075), (-0.012, 0.205, z * 0.12), 0.085, 0.055, "pec", z)
        part.add((-0.015, 0.225, z * 0.02), (-0.008, 0.198, z * 0.16), 0.052, 0.055, "trap", z)
    part.add((0.006 + swell, 0, 0), (0.002 + swell, 0.13, 0), 0.108, 0.098, "thorax")
    part.add((-0.002, 0.13, 0), (-0.012, 0.185, 0), 0.092, 0.066, "thorax")
    part.add((-0.03, 0.19, 0), (-0.026, 0.232, 0), 0.06, 0.045, "trap")
    return [*part.cones, *_collar(s)]


def _collar(s: Skeleton) -> list[Cone]:
    """A round neckline, lower in front."""
    ring = Limbs(s.joints["neck"], s.frames["thorax"] @ rot_z(-16), "shirt", "collar")
    angles = np.radians(np.linspace(0, 360, 17))
    places = [(0.007 + 0.053 * math.cos(a), 0.03, 0.062 * math.sin(a)) for a in angles]
    for a, b in pairwise(places):
        ring.add(a, b, 0.013, 0.013, "collar")
    return ring.cones


def _leg(s: Skeleton, side: str, sign: int) -> list[Cone]:
    hip, knee = s.joints["hip" + side], s.joints["knee" + side]
    group = side + "leg"
    thigh = Limbs(hip, s.frames["thigh" + side], "shorts", group, sign)
    thigh.add((0, 0, 0), (0, -0.42, 0), 0.086, 0.057, "thigh", split=(SHORTS_LENGTH, "skin"))
    shank = Limbs(knee, s.frames["shank" + side], "skin", group, sign)
    shank.add((0.004, 0, 0), (0, -0.375, 0), 0.056, 0.037, "shank")
    shank.add((-0.002, -0.02, 0), (-0.014, -0.12, 0), 0.053, 0.051, "calf", stretch=(0, 0.4))
    shank.add((-0.014, -0.12, 0), (-0.004, -0.30, 0), 0.051, 0.037, "calf", stretch=(0.4, 1))
    shank.add((0, -0.3, 0), (0, -0.405, 0), 0.037, 0.034, "shank", stretch=(0.75, 1))
    return [*thigh.cones, *shank.cones]


def _arm(s: Skeleton, side: str, sign: int) -> list[Cone]:
    group = side + "arm"
    upper = Limbs(s.joints["sh" + side], s.frames["upper_arm" + side], "shirt", group, sign)
    upper.add((0, 0, 0), (0, -0.285, 0), 0.058, 0.042, "uarm", split=(SLEEVE_LENGTH, "skin"))
    upper.add((0, -0.02, 0), (0, -0.06, 0), 0.061, 0.055, "delt")
    lower = Limbs(s.joints["elbow" + side], s.frames["lower_arm" + side], "skin", group, sign)
    lower.add((0, 0, 0), (0.004, -0.09, 0), 0.041, 0.042, "farm", stretch=(0, 0.36))
    lower.add((0.004, -0.09, 0), (0, -0.25, 0), 0.042, 0.026, "farm", stretch=(0.36, 1))
    return [*upper.cones, *lower.cones]
