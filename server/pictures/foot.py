"""The figure's feet: shoes, or bare feet with five toes and an arch."""

from server.pictures.presets import Pose
from server.pictures.shapes import Cone
from server.pictures.skeleton import Skeleton
from server.pictures.vectors import Mat, Vec, at, rot_z

_TOES = (
    (-0.026, 0.0135, 0.036),
    (-0.008, 0.0095, 0.034),
    (0.006, 0.009, 0.031),
    (0.019, 0.0085, 0.027),
    (0.03, 0.008, 0.022),
)
"""Across the foot from the big toe (inner side) outward: place, radius, length."""


def foot(s: Skeleton, leg: Pose, side: str, sign: int, bare: bool) -> list[Cone]:
    draw = _bare if bare else _shoe
    return draw(s.joints["ankle" + side], s.frames["foot" + side], leg, side, sign)


def _shoe(ankle: Vec, frame: Mat, leg: Pose, side: str, sign: int) -> list[Cone]:
    group = side + "legf"
    cones = []
    bend = rot_z(leg.get("toes", 0))
    ball = at(ankle, frame, 0.12, -0.045, 0)
    rows = [
        ((-0.008, -0.018, 0), (0.10, -0.042, 0), 0.036, 0.028),
        ((-0.03, -0.033, 0), (0.05, -0.042, 0), 0.035, 0.028),
        ((0.02, -0.043, 0), (0.125, -0.046, 0), 0.03, 0.024),
        *(((-0.02, -0.04, z * 0.6), (0.12, -0.045, z), 0.03, 0.025) for z in (0.018, -0.018)),
    ]
    for a, b, ra, rb in rows:
        cones.append(Cone(at(ankle, frame, *a), at(ankle, frame, *b), ra, rb, "shoe", group, "foot", sign, frame))
    for z in (0.018, 0.0, -0.018):
        near, far = ball + frame @ (0, 0, z), at(ball, frame @ bend, 0.045, -0.005, z * 0.8)
        cones.append(Cone(near, far, 0.025, 0.02, "shoe", group, "foot", sign, frame))
    return cones


def _bare(ankle: Vec, frame: Mat, leg: Pose, side: str, sign: int) -> list[Cone]:
    lift = 0.024 * leg.get("arch", 0)
    shorter = 0.02 * leg.get("arch", 0)
    group = side + "legf"
    cones: list[Cone] = []

    def add(a: Vec, b: Vec, ra: float, rb: float, segment: str = "foot", group: str = group) -> None:
        cones.append(Cone(a, b, ra, rb, "skin", group, segment, sign, frame))

    def place(x: float, y: float, z: float) -> Vec:
        return at(ankle, frame, x, y, sign * z)

    add(place(-0.03, -0.035, 0), place(-0.02, -0.01, 0), 0.034, 0.032)
    add(place(-0.02, -0.04, 0.008), place(0.1, -0.052, 0.024), 0.03, 0.018)
    add(place(0, -0.012, 0), place(0.08, -0.038 + lift * 0.5, -0.008), 0.034, 0.024)
    add(place(-0.01, -0.04, -0.012), place(0.05, -0.04 + lift, -0.018), 0.028, 0.02, "arch")
    add(place(0.05, -0.04 + lift, -0.018), place(0.115 - shorter, -0.05, -0.022), 0.02, 0.02, "arch")
    ball = 0.118 - shorter
    add(place(ball, -0.051, -0.022), place(ball - 0.012, -0.053, 0.026), 0.019, 0.0165)
    bent = frame @ rot_z(leg.get("toes", 0))
    for index, (z, radius, length) in enumerate(_TOES):
        root = place(ball + 0.008 - 0.35 * max(z + 0.008, 0), -0.053, z)
        middle = at(root, bent, length * 0.55, -0.002, 0)
        tip = at(middle, bent, length * 0.45, -0.006, 0)
        add(root, middle, radius * 1.05, radius * 0.95, "toes", f"{group}{index}")
        add(middle, tip, radius * 0.95, radius, "toes", f"{group}{index}")
    return cones
