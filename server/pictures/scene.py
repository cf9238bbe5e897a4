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


class Moments:
    """The scenes of one exercise, each built once."""

    def __init__(self, file: PoseFile) -> None:
        self.file = file
        self._known: dict[float, Scene] = {}

    def skeleton(self, at: float) -> Skeleton:
        return build(moment(self.file, at), self.file.lying)

    def at(self, at: float) -> Scene:
        """`at` runs from 0 (start) to 1 (end), and on to 2 (start again) on the way back."""
        if at not in self._known:
            pose = moment(self.file, at)
            skeleton = build(pose, self.file.lying)
            body = figure(skeleton, pose, bool(self.file.get("bare", False)))
            self._known[at] = Scene(skeleton, pose, body, equipment(skeleton, self.file.get("equipment", []), body))
        return self._known[at]


def camera(moments: Moments) -> Camera:
    """Frames start, middle and end with all arrows; or the close-up the file asks for."""
    view = moments.file.source["view"]
    eye = Camera(view["yaw"], view.get("pitch", 8))
    if "focus" in view:
        eye.center, eye.span = eye.see(vec(*view["focus"]))[:2], view.get("span", 1.0)
        return eye
    corners: list[Vec] = []
    for share in (0.0, 0.5, 1.0, 1.5) if moments.file.back else (0.0, 0.5, 1.0):
        low, high = eye.extents([part for part in moments.at(share).parts if part.framed])
        corners += [low.min(axis=0), high.max(axis=0)]
    for arrow in arrow_points(moments, eye):
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


def arrow_points(moments: Moments, eye: Camera) -> list[Sign]:
    return [sign for arrow in moments.file.get("arrows", []) for sign in _signs(moments, eye, arrow)]


def _signs(moments: Moments, eye: Camera, arrow: dict[str, Any]) -> list[Sign]:
    kind = arrow.get("kind", "path")
    both, width, when = arrow.get("both", False), arrow.get("w"), arrow.get("when", "always")
    if kind == "press":
        tip = moments.skeleton(1).place(arrow["at"])
        way = unit(vec(*arrow["dir"])) * arrow.get("length", 0.12)
        return [Sign([eye.see(tip - way)[:2], eye.see(tip)[:2]], both, width or 0.026, when, press=True)]
    if kind == "turn":
        return [Sign(_circle(moments, eye, arrow), both, width, when)]
    if "track" in arrow:
        shift = vec(*arrow.get("offset", [0, 0]))
        path = [moments.skeleton(float(t)).joints[arrow["track"]] for t in np.linspace(0, 1, 5)]
        return [Sign([eye.see(point)[:2] + shift for point in path], both, width, when)]
    return [Sign([eye.see(vec(*point))[:2] for point in arrow["pts"]], both, width, when)]


def _circle(moments: Moments, eye: Camera, arrow: dict[str, Any]) -> list[Vec]:
    """Part of a circle round `axis`; angle 0 points to world x (or to y when the axis is x)."""
    center = moments.skeleton(0).place(arrow["at"])
    frame = _round(unit(vec(*arrow["axis"])))
    angles = np.radians(np.linspace(arrow.get("from", 0), arrow.get("to", 120), 9))
    ring = [center + arrow["radius"] * (frame[:, 0] * np.cos(a) + frame[:, 1] * np.sin(a)) for a in angles]
    return [eye.see(point)[:2] for point in ring]


def _round(axis: Vec) -> Mat:
    start = vec(0, 1, 0) if abs(axis[0]) > 0.9 else vec(1, 0, 0)
    first = unit(start - axis * float(start @ axis))
    return columns(first, np.asarray(np.cross(axis, first)), axis)
