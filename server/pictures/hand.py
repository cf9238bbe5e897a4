"""The figure's hands: palm, four fingers of three bones, thumb."""

from itertools import pairwise

import numpy as np

from server.pictures.presets import Pose
from server.pictures.shapes import Cone
from server.pictures.skeleton import Skeleton
from server.pictures.vectors import Mat, Vec, at, rot_x, rot_z

FINGERS = ("index", "middle", "ring", "little")
_KNUCKLES, _LENGTHS = (0.03, 0.0105, -0.0095, -0.028), (0.07, 0.078, 0.073, 0.058)
_THUMB = 0.082
"""Meters from the thumb's middle joint to its tip, stretched."""
_BONES = (0.483, 0.3255, 0.2625)


def hand(s: Skeleton, arm: Pose, side: str, sign: int) -> list[Cone]:
    wrist, frame, group = s.joints["wrist" + side], s.frames["hand" + side], side + "arm"
    cones: list[Cone] = []

    def add(a: Vec, b: Vec, ra: float, rb: float, segment: str, part: str, axes: Mat = frame) -> None:
        cones.append(Cone(a, b, ra, rb, "skin", group + part, segment, sign, axes))

    add(wrist, at(wrist, frame, 0, -0.03, 0), 0.026, 0.022, "hand", "")
    tips = []
    for index, (across, length) in enumerate(zip(_KNUCKLES, _LENGTHS, strict=True)):
        knuckle = at(wrist, frame, across, -0.086 + abs(across) * 0.15, 0)
        add(at(wrist, frame, across * 0.55, -0.02, 0), knuckle, 0.0165, 0.0125, "hand", "")
        chain = _finger(knuckle, frame @ rot_z(arm.get("spread", 0) * across * 500), length, _curls(arm, index), sign)
        for bone, (start, end, axes) in enumerate(chain):
            radius = 0.0115 - 0.001 * bone
            add(start, end, radius, radius - 0.001, "finger", f"g{index}", axes)
        tips.append(chain[-1][1])
    points = _thumb(wrist, frame, arm, sign, tips)
    for (start, end), (ra, rb) in zip(
        pairwise(points), ((0.0165, 0.0135), (0.0125, 0.011), (0.011, 0.0095)), strict=True
    ):
        add(start, end, ra, rb, "hand", "t")
    return cones


def _curls(arm: Pose, index: int) -> list[float]:
    """Bend of the three finger joints in degrees."""
    own = arm.get("fingers", {}).get(FINGERS[index])
    if own:
        return [float(angle) for angle in own]
    curl = arm.get("curl", 0.25)
    return [float(angle) for angle in arm.get("curls", (curl * 80, curl * 95, curl * 60))]


def _finger(knuckle: Vec, frame: Mat, length: float, curls: list[float], sign: int) -> list[tuple[Vec, Vec, Mat]]:
    chain, axes, point = [], frame, knuckle
    for share, angle in zip(_BONES, curls, strict=True):
        axes = axes @ rot_x(sign * angle)
        end = point - axes[:, 1] * length * share
        chain.append((point, end, axes))
        point = end
    return chain


def _thumb(wrist: Vec, frame: Mat, arm: Pose, sign: int, tips: list[Vec]) -> list[Vec]:
    """Root, two joints and tip; `touch` [finger 1-4, share] draws the tip toward that finger's tip."""
    bend = float(arm["thumb"] if "thumb" in arm else arm.get("curl", 0.25))
    places = (
        (0.018, -0.025, 0.006),
        (0.047 - 0.012 * bend, -0.058, 0.012 + 0.02 * bend),
        (0.055 - 0.03 * bend, -0.088, 0.016 + 0.03 * bend),
        (0.056 - 0.045 * bend, -0.112 + 0.01 * bend, 0.018 + 0.035 * bend),
    )
    points = [at(wrist, frame, x, y, -sign * z) for x, y, z in places]
    finger, share = arm.get("touch", (1, 0))
    if share:
        low = int(np.clip(np.floor(finger), 1, 4))
        goal = tips[low - 1] + (tips[min(low, 3)] - tips[low - 1]) * (finger - low)
        inward = goal - frame @ (0, 0, -sign * 0.01)
        bent = [points[0], at(wrist, frame, 0.036, -0.055, -sign * 0.034)]
        far = float(np.linalg.norm(inward - bent[1]))
        inward = bent[1] + (inward - bent[1]) * min(1.0, _THUMB / max(far, 1e-9))
        bent += [bent[1] + (inward - bent[1]) * 0.55 + frame @ (0.006, 0, -sign * 0.012), inward]
        points = [a + (b - a) * min(share, 1) for a, b in zip(points, bent, strict=True)]
    return points
