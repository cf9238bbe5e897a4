"""One moment of an exercise as a scene, and the one camera all its moments share."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from server.pictures.camera import Camera
from server.pictures.equipment import equipment
from server.pictures.figure import figure
from server.pictures.motion import moment
from server.pictures.posefile import PoseFile
from server.pictures.presets import Pose
from server.pictures.shapes import Cone, Part
from server.pictures.skeleton import Skeleton, build
from server.pictures.vectors import Mat, Vec, columns, unit, vec

_ARROW_MARGIN = 0.04


@dataclass
class Scene:
    skeleton: Skeleton
    pose: Pose
    body: list[Cone]
    things: list[Part]

    @property
    def parts(self) -> list[Part]:
        return [*self.body, *self.things]


def scene(file: PoseFile, at: float) -> Scene:
    """`at` runs from 0 (start) to 1 (end), and on to 2 (start again) on the way back."""
    pose = moment(file, at)
    skeleton = build(pose, file.lying)
    body = figure(skeleton, pose, bool(file.get("bare", False)))
    return Scene(skeleton, pose, body, equipment(skeleton, file.get("equipment", []), body))


def camera(file: PoseFile) -> Camera:
    """Frames start, middle and end with all arrows; or the close-up the file asks for."""
    view = file.source["view"]
    eye = Camera(view["yaw"], view.get("pitch", 8))
    if "focus" in view:
        eye.center, eye.span = eye.see(vec(*view["focus"]))[:2], view.get("span", 1.0)
        return eye
    corners: list[Vec] = []
    for share in (0.0, 0.5, 1.0, 1.5):
        for part in scene(file, share).parts:
            if part.framed:
                corners += eye.extent(part)
    for arrow in arrow_points(file, eye):
        corners += [point + shift for point in arrow.points for shift in (-_ARROW_MARGIN, _ARROW_MARGIN)]
    stacked = np.stack(corners)
    eye.frame(stacked.min(axis=0), stacked.max(axis=0))
    eye.span = max(eye.span, view.get("span", 0))
    return eye


@dataclass(frozen=True)
class Sign:
    """An arrow in screen meters, and when it is shown: always, start, end."""

    points: list[Vec]
    both: bool
    width: float | None
    when: str
    press: bool = False


def arrow_points(file: PoseFile, eye: Camera) -> list[Sign]:
    return [sign for arrow in file.get("arrows", []) for sign in _signs(file, eye, arrow)]


def _signs(file: PoseFile, eye: Camera, arrow: dict[str, Any]) -> list[Sign]:
    kind = arrow.get("kind", "path")
    both, width, when = arrow.get("both", False), arrow.get("w"), arrow.get("when", "always")
    if kind == "press":
        tip = scene(file, 1).skeleton.place(arrow["at"])
        way = unit(vec(*arrow["dir"])) * arrow.get("length", 0.12)
        return [Sign([eye.see(tip - way)[:2], eye.see(tip)[:2]], both, width or 0.026, when, press=True)]
    if kind == "turn":
        return [Sign(_circle(file, eye, arrow), both, width, when)]
    if "track" in arrow:
        shift = vec(*arrow.get("offset", [0, 0]))
        path = [scene(file, float(t)).skeleton.joints[arrow["track"]] for t in np.linspace(0, 1, 5)]
        return [Sign([eye.see(point)[:2] + shift for point in path], both, width, when)]
    return [Sign([eye.see(vec(*point))[:2] for point in arrow["pts"]], both, width, when)]


def _circle(file: PoseFile, eye: Camera, arrow: dict[str, Any]) -> list[Vec]:
    """Part of a circle round `axis`; angle 0 points to world x (or to y when the axis is x)."""
    center = scene(file, 0).skeleton.place(arrow["at"])
    frame = _round(unit(vec(*arrow["axis"])))
    angles = np.radians(np.linspace(arrow.get("from", 0), arrow.get("to", 120), 9))
    ring = [center + arrow["radius"] * (frame[:, 0] * np.cos(a) + frame[:, 1] * np.sin(a)) for a in angles]
    return [eye.see(point)[:2] for point in ring]


def _round(axis: Vec) -> Mat:
    start = vec(0, 1, 0) if abs(axis[0]) > 0.9 else vec(1, 0, 0)
    first = unit(start - axis * float(start @ axis))
    return columns(first, np.asarray(np.cross(axis, first)), axis)
