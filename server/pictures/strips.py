"""Bands, straps and loops: curved strips that lie on the body instead of cutting through it."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.pictures.shapes import Box, Cone, Part
from server.pictures.skeleton import UP, Skeleton
from server.pictures.vectors import Vec, at, spline, unit, vec

_Item = dict[str, Any]
_STEPS = 12
_GIRTHS = {"foot": 0.046, "ankle": 0.04, "shin": 0.054, "knee": 0.064, "thigh": 0.076, "hand": 0.04, "forearm": 0.044}
_SPOTS = {  # segment of the ring's axis, where along it, from which joint
    "foot": ("foot", "ankle", (0.07, -0.04, 0)),
    "ankle": ("shank", "ankle", (0, 0.06, 0)),
    "shin": ("shank", "knee", (0, -0.2, 0)),
    "knee": ("thigh", "knee", (0, 0.07, 0)),
    "thigh": ("thigh", "hip", (0, -0.24, 0)),
    "hand": ("hand", "wrist", (0, -0.06, 0)),
    "forearm": ("lower_arm", "elbow", (0, -0.13, 0)),
}


def strip(s: Skeleton, item: _Item, body: list[Cone], color: str) -> list[Part]:
    """A strip through its points, rings round what it wraps, and the post or door it is tied to at its end."""
    points = [s.place(point) for point in item["path"]]
    radius = item["width"] / 2
    curve = spline(points, _STEPS) if len(points) > 2 else [points[0] + (points[1] - points[0]) * t for t in _shares()]
    if item["slack"]:
        count = len(curve) - 1
        curve = [p - UP * item["slack"] * 4 * (i / count) * (1 - i / count) for i, p in enumerate(curve)]
    if item["hug"] and len(curve) > 4:
        curve = _on_the_body(curve, body, radius * 0.6)
    parts = _ribbon(curve, radius, color)
    for limb in item["wrap"]:
        parts += _ribbon(_ring(s, limb, radius), radius, color)
    return [*parts, *_anchor(points[-1], item["anchor"])]


def loop(s: Skeleton, item: _Item, _: list[Cone]) -> list[Part]:
    """One closed loop round two limbs, taut between them."""
    (one, r1, axis), (two, r2, _unused) = (_spot(s, limb) for limb in item["around"])
    across = unit(two - one)
    aside = unit(np.asarray(np.cross(axis, across)))
    points = []
    for center, radius, sign in ((one, r1, -1), (two, r2, 1)):
        for turn in np.linspace(-90, 90, 9) * (1 if sign > 0 else -1):
            angle = np.radians(turn)
            points.append(
                center + (across * sign * np.cos(angle) + aside * np.sin(angle)) * (radius - item["width"] * 0.1)
            )
    return _ribbon([*points, points[0]], item["width"] / 2, "band")


def _shares() -> list[float]:
    return [float(share) for share in np.linspace(0, 1, _STEPS * 2 + 1)]


def _ribbon(curve: list[Vec], radius: float, color: str) -> list[Part]:
    return [Cone(a, b, radius, radius, color, "strip", shadow=False) for a, b in pairwise(curve)]


def _spot(s: Skeleton, limb: str) -> tuple[Vec, float, Vec]:
    """Center, girth and axis of the place a strip goes round."""
    name, side = limb[:-1], limb[-1]
    segment, joint, place = _SPOTS[name]
    frame = s.frames[segment + side]
    return at(s.joints[joint + side], frame, *place), _GIRTHS[name], frame[:, 0 if name == "foot" else 1]


def _ring(s: Skeleton, limb: str, radius: float) -> list[Vec]:
    center, girth, axis = _spot(s, limb)
    first = unit(np.asarray(np.cross(axis, UP if abs(axis[1]) < 0.9 else vec(1, 0, 0))))
    second = np.asarray(np.cross(axis, first))
    angles = np.radians(np.linspace(0, 360, 21))
    return [center + (first * np.cos(a) + second * np.sin(a)) * (girth - radius * 0.3) for a in angles]


def _on_the_body(curve: list[Vec], body: list[Cone], clearance: float) -> list[Vec]:
    """Inner points pushed out of trunk and legs, twice, so that the second part does not push into the first."""
    inner = np.stack(curve)[2:-2]
    for cone in 2 * [cone for cone in body if "arm" not in cone.group]:
        _push_out(inner, cone, clearance)
    return [*curve[:2], *inner, *curve[-2:]]


def _push_out(points: NDArray[np.float64], cone: Cone, clearance: float) -> None:
    axis = cone.b - cone.a
    share = np.clip((points - cone.a) @ axis / max(float(axis @ axis), 1e-9), 0, 1)[:, None]
    near = cone.a + axis * share
    gap = points - near
    distance = np.sqrt((gap * gap).sum(axis=1))[:, None]
    wanted = cone.ra + (cone.rb - cone.ra) * share + clearance
    inside = ((distance > 1e-6) & (distance < wanted))[:, 0]
    points[inside] = (near + gap / np.maximum(distance, 1e-6) * wanted)[inside]


def _anchor(end: Vec, kind: str) -> list[Part]:
    if kind == "post":
        return [Box(vec(end[0], 0.75, end[2]), vec(0.035, 0.75, 0.035), "metal", "post")]
    if kind == "door":
        door = Box(vec(end[0] + 0.025, 0.95, end[2] - 0.3), vec(0.02, 0.95, 0.42), "wood", "door")
        return [door, Cone(vec(end[0], 0.98, end[2]), vec(end[0] - 0.04, 0.98, end[2]), 0.02, 0.025, "metal", "knob")]
    return []
