"""Where every joint is and how every segment is turned, from one whole pose.

Knows lengths and the order of rotations; knows nothing of flesh, color or limits.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from server.pictures.presets import AXES, Pose
from server.pictures.vectors import Mat, Vec, at, columns, rot_x, rot_y, rot_z, unit, vec

THIGH, SHANK, UPPER_ARM, FOREARM = 0.42, 0.405, 0.285, 0.25
HIP_HALF, SHOULDER_HALF, SHOULDER_UP = 0.085, 0.178, 0.195
UP = vec(0, 1, 0)
SIDES = (("R", 1), ("L", -1))


@dataclass
class Skeleton:
    """Joints in world meters; frames have the columns forward, up, right of each segment."""

    joints: dict[str, Vec] = field(default_factory=dict)
    frames: dict[str, Mat] = field(default_factory=dict)
    short_of: dict[str, float] = field(default_factory=dict)  # how far a limb's target is out of its reach, in meters

    def place(self, spec: Any) -> Vec:
        """The world point of a target: [x, y, z], a joint's name, or an offset from a joint."""
        if isinstance(spec, str):
            return self.joints[spec]
        if isinstance(spec, list):
            return vec(*spec)
        if "parts" in spec:
            return np.asarray(sum(share * self.place(part) for share, part in spec["parts"]), dtype=np.float64)
        joint, offset = spec["at"], vec(*spec.get("offset", [0, 0, 0]))
        if spec.get("local"):
            offset = self.frames[owner(joint)] @ offset
        return self.joints[joint] + offset


_OWNERS = {
    "head": "head chin mouth nose crown eyes ear",
    "thorax": "chest neck sh scapula",
    "abdomen": "belly",
    "pelvis": "pelvis hip",
    "thigh": "thigh knee",
    "shank": "shin ankle",
    "foot": "heel toe sole foot",
    "upper_arm": "elbow",
    "lower_arm": "forearm wrist",
    "hand": "hand grip palm tips",
}
_SEGMENT_OF = {joint: segment for segment, joints in _OWNERS.items() for joint in joints.split()}


def owner(joint: str) -> str:
    """The name of the frame a joint belongs to: "head", "footR"."""
    if joint in _SEGMENT_OF:
        return _SEGMENT_OF[joint]
    segment = _SEGMENT_OF[joint[:-1]]
    return segment if segment in ("head", "thorax", "pelvis") else segment + joint[-1]


def build(pose: Pose, lying: str) -> Skeleton:
    """Raises KeyError when two limbs hang on each other's places."""
    s = Skeleton()
    _trunk(s, pose, AXES[lying])
    _head(s, pose)
    for place in (_leg, _arm):
        kind = place.__name__[1:]
        for side, sign in sorted(SIDES, key=lambda one: _hangs_on_other(pose[one[0] + kind], one[0], kind)):
            place(s, pose[side + kind], side, sign)
    return s


def _hangs_on_other(limb: Pose, side: str, kind: str) -> bool:
    goal = limb.get({"leg": "foot", "arm": "hand"}[kind])
    segments = ("thigh", "shank", "foot") if kind == "leg" else ("upper_arm", "lower_arm", "hand")
    return any(owner(joint)[:-1] in segments and joint[-1] != side for joint in _joints_of(goal))


def _joints_of(spec: Any) -> list[str]:
    if not isinstance(spec, dict):
        return []
    return [spec["at"]] if "at" in spec else [joint for _, part in spec["parts"] for joint in _joints_of(part)]


def _trunk(s: Skeleton, pose: Pose, axes: Mat) -> None:
    yaw, lean, roll, turn = pose["tilt"]
    pelvis = rot_y(-yaw) @ axes @ rot_y(-turn) @ rot_z(lean) @ rot_x(roll)
    hips = vec(*pose["pelvis"])
    bend, twist = pose["sidebend"] / 2, -pose["twist"] / 2
    abdomen = pelvis @ rot_z(-pose["spine"][0]) @ rot_x(bend) @ rot_y(twist)
    waist = at(hips, pelvis, 0, 0.11, 0)
    thorax = abdomen @ rot_z(-pose["spine"][1]) @ rot_x(bend) @ rot_y(twist)
    ribs = at(waist, abdomen, 0, 0.16, 0)
    s.frames.update(pelvis=pelvis, abdomen=abdomen, thorax=thorax)
    s.joints.update(
        pelvis=hips,
        waist=waist,
        ribs=ribs,
        belly=at(waist, abdomen, 0.11, 0.04, 0),
        chest=at(ribs, thorax, 0.11, 0.1, 0),
        neck=at(ribs, thorax, -0.012, 0.225, 0),
    )
    for side, sign in SIDES:
        s.joints["hip" + side] = at(hips, pelvis, 0, 0, sign * HIP_HALF)
        s.joints["scapula" + side] = at(ribs, thorax, -0.1, 0.1, sign * 0.08)


def _head(s: Skeleton, pose: Pose) -> None:
    flex, glide, side = pose["neck"]
    nod, turn, tip = pose["head"]
    neck = s.frames["thorax"] @ rot_z(-flex) @ rot_x(side)
    base = at(s.joints["neck"], neck, 0.012 + glide, 0.1, 0)
    head = neck @ rot_z(-nod) @ rot_x(tip) @ rot_y(-turn)
    s.frames.update(neck=neck, head=head)
    s.joints["skull"] = base
    places: dict[str, tuple[float, float, float]] = {
        "head": (0, 0.1, 0),
        "chin": (0.08, -0.02, 0),
        "mouth": (0.1, 0.034, 0),
        "nose": (0.12, 0.06, 0),
        "crown": (0, 0.21, 0),
        "eyes": (0.09, 0.09, 0),
        "earR": (0, 0.075, 0.095),
        "earL": (0, 0.075, -0.095),
    }
    s.joints.update({name: at(base, head, *place) for name, place in places.items()})


def _leg(s: Skeleton, leg: Pose, side: str, sign: int) -> None:
    pelvis, hip = s.frames["pelvis"], s.joints["hip" + side]
    if "foot" in leg:
        pole = vec(*leg["pole"]) if "pole" in leg else pelvis[:, 0]
        knee, ankle, bend, missing = _two_bones(hip, s.place(leg["foot"]), THIGH, SHANK, pole)
        thigh, shank = _hinged(hip, knee, ankle, bend)
        s.short_of["foot" + side] = missing
    else:
        flex, abduct, turn = leg["hip"]
        thigh = pelvis @ rot_z(flex) @ rot_x(-sign * abduct) @ rot_y(-sign * turn)
        shank = thigh @ rot_z(-leg.get("knee", 0))
        knee = hip - thigh[:, 1] * THIGH
        ankle = knee - shank[:, 1] * SHANK
    foot = _foot_frame(leg, shank, sign)
    s.frames.update({"thigh" + side: thigh, "shank" + side: shank, "foot" + side: foot})
    s.joints.update({"knee" + side: knee, "ankle" + side: ankle})
    s.joints["thigh" + side] = at(hip, thigh, 0.07, -THIGH / 2, 0)
    s.joints["shin" + side] = at(knee, shank, 0.045, -SHANK / 2, 0)
    places = {"toe": (0.17, -0.05, 0), "heel": (-0.055, -0.05, 0), "sole": (0.05, -0.07, 0), "foot": (0.06, -0.02, 0)}
    s.joints.update({name + side: at(ankle, foot, *place) for name, place in places.items()})


def _foot_frame(leg: Pose, shank: Mat, sign: int) -> Mat:
    if "sole" in leg:
        forward = vec(*leg["toe"]) if "toe" in leg else shank[:, 0] * vec(1, 0, 1)
        forward = unit(forward if np.linalg.norm(forward) > 1e-6 else shank[:, 0])
        right = unit(np.cross(forward, UP))
        level = columns(forward, np.asarray(np.cross(right, forward)), right)
        return np.asarray(level @ rot_z(leg["sole"]) @ rot_x(sign * leg.get("invert", 0)))
    return np.asarray(shank @ rot_z(leg.get("ankle", 0)) @ rot_x(sign * leg.get("invert", 0)))


def _arm(s: Skeleton, arm: Pose, side: str, sign: int) -> None:
    thorax = s.frames["thorax"]
    shoulder = at(
        s.joints["ribs"],
        thorax,
        -0.005 + arm.get("protract", 0),
        SHOULDER_UP + arm.get("shrug", 0),
        sign * SHOULDER_HALF,
    )
    s.joints["sh" + side] = shoulder
    if "hand" in arm:
        pole = vec(*arm.get("pole", [-1, -0.5, sign * 0.3]))
        elbow, wrist, bend, missing = _two_bones(shoulder, s.place(arm["hand"]), UPPER_ARM, FOREARM, pole)
        upper, lower = _hinged(shoulder, elbow, wrist, -bend)
        s.short_of["hand" + side] = missing
    else:
        flex, abduct, turn = arm["sh"]
        upper = thorax @ rot_z(flex) @ rot_x(-sign * abduct) @ rot_y(-sign * turn)
        lower = upper @ rot_z(arm.get("elbow", 0))
        elbow = shoulder - upper[:, 1] * UPPER_ARM
        wrist = elbow - lower[:, 1] * FOREARM
    hand = _hand_frame(arm, lower, sign)
    s.frames.update({"upper_arm" + side: upper, "lower_arm" + side: lower, "hand" + side: hand})
    s.joints.update({"elbow" + side: elbow, "wrist" + side: wrist})
    s.joints["forearm" + side] = at(elbow, lower, 0, -FOREARM / 2, 0)
    places = {"hand": (0, -0.085, -0.015), "grip": (0, -0.075, -0.03), "palm": (0, -0.06, -0.02), "tips": (0, -0.17, 0)}
    s.joints.update({name + side: at(wrist, hand, x, y, sign * z) for name, (x, y, z) in places.items()})


def _hand_frame(arm: Pose, lower: Mat, sign: int) -> Mat:
    """Columns: thumb side, back along the fingers, right; the palm faces -z on the right hand."""
    if "hdir" not in arm:
        turn = rot_y(sign * arm.get("pron", 0)) @ rot_x(sign * arm.get("wrist", 0)) @ rot_z(arm.get("dev", 0))
        return np.asarray(lower @ turn)
    fingers = unit(vec(*arm["hdir"]))
    palm = vec(*arm.get("palm", [0, -1, 0]))
    palm = unit(palm - fingers * float(palm @ fingers))
    right = -sign * palm
    return columns(np.asarray(np.cross(-fingers, right)), -fingers, right)


def _two_bones(start: Vec, goal: Vec, first: float, second: float, pole: Vec) -> tuple[Vec, Vec, Vec, float]:
    """Middle joint, end joint, bending direction, and by how much the goal is out of reach."""
    away = goal - start
    distance = float(np.linalg.norm(away))
    used = min(max(distance, abs(first - second) + 0.01), (first + second) * 0.9995)
    line = unit(away)
    along = (first**2 - second**2 + used**2) / (2 * used)
    aside = unit(pole - line * float(pole @ line))
    height = math.sqrt(max(first**2 - along**2, 0.0))
    return start + line * along + aside * height, start + line * used, aside, abs(distance - used)


def _hinged(top: Vec, middle: Vec, end: Vec, bend: Vec) -> tuple[Mat, Mat]:
    """Frames of both bones of a limb bending in the plane of `bend`."""
    up = unit(top - middle)
    forward = unit(bend - up * float(bend @ up))
    upper = columns(forward, up, np.asarray(np.cross(forward, up)))
    lower_up = unit(middle - end)
    lower_forward = unit(np.asarray(np.cross(lower_up, upper[:, 2])))
    return upper, columns(lower_forward, lower_up, np.asarray(np.cross(lower_forward, lower_up)))
