"""The automatic checks: each fault is a sentence with what was measured and what is allowed."""

from collections.abc import Iterator

import numpy as np

from server.pictures import balance, contact, legibility, limits
from server.pictures.camera import Camera
from server.pictures.posefile import PoseFile
from server.pictures.render import Artist
from server.pictures.scene import Moments, Scene, camera

MOMENTS = (0.0, 0.25, 0.5, 0.75, 1.0)
LEAST_FILL = 0.8
MOST_DRIFT = 0.01
"""Meters a support may move while it carries."""


def all_of(file: PoseFile) -> list[str]:
    """Every fault, the cheap checks first; nothing is drawn when those already fail."""
    return cheap(file) or drawn(file)


def cheap(file: PoseFile) -> list[str]:
    """Joint limits, reach, supports, frame: measured on the skeleton in every part of the loop, without drawing."""
    moments = Moments(file)
    eye, first = camera(moments), moments.at(0.0)
    faults: dict[str, None] = {}
    for at in (*MOMENTS, *(1 + at for at in MOMENTS[1:] if file.back is not None)):
        now = moments.at(at)
        found = [*_body(now), *contact.faults(file, now), *_frame(file, eye, now), *_drift(file, first, now)]
        if at in (0.0, 1.0):
            found += balance.faults(file, now)
        for fault in found:
            faults.setdefault(f"{fault} ({_moment(at)})")
    return _once(list(faults))


def _moment(at: float) -> str:
    names = {0.0: "at the start", 1.0: "at the end", 2.0: "back at the start"}
    way = "out" if at < 1 else "back"
    return names.get(at, f"{round(at % 1 * 100)} % of the way {way}")


def _once(faults: list[str]) -> list[str]:
    """One sentence for each kind of fault: the first moment it was seen."""
    seen: dict[str, str] = {}
    for fault in faults:
        seen.setdefault(fault.split(" is ")[0], fault)
    return list(seen.values())


def _body(now: Scene) -> Iterator[str]:
    for bend in limits.bends(now.skeleton):
        if bend.excess > limits.SLACK:
            yield str(bend)
    for name, missing in now.skeleton.short_of.items():
        if missing > limits.REACH_SLACK:
            yield f"the target of {name} is {missing * 100:.1f} cm out of reach, 1 cm is allowed"


def _frame(file: PoseFile, eye: Camera, now: Scene) -> Iterator[str]:
    if "focus" in file.source["view"]:
        return
    low, high = eye.extents(now.parts)
    beyond = np.maximum(np.abs(low - eye.center), np.abs(high - eye.center)).max(axis=1) - eye.span / 2
    for part, by in zip(now.parts, beyond, strict=True):
        if part.framed and by > 0:
            yield f"{part.group} is {by * 100:.0f} cm outside the picture, nothing may be"


def _drift(file: PoseFile, first: Scene, now: Scene) -> Iterator[str]:
    """A support posed by angles must not slide; one with a target goes where it is told to."""
    for name in file.get("supports", []):
        limb = {"foot": "leg", "heel": "leg", "toe": "leg", "sole": "leg", "knee": "leg"}.get(name[:-1])
        if limb is None or "foot" in file.start[name[-1] + limb]:
            continue
        moved = float(np.linalg.norm(now.skeleton.joints[name] - first.skeleton.joints[name]))
        if moved > MOST_DRIFT:
            yield f"the support {name} is {moved * 100:.1f} cm from its beginning, {MOST_DRIFT * 100:.0f} cm is allowed"


def drawn(file: PoseFile) -> list[str]:
    """What only the drawing tells: enough change, a visible tint, a filled picture, legible when small."""
    artist = Artist(file)
    return legibility.faults(file, artist) + _fill(file, artist)


def _fill(file: PoseFile, artist: Artist) -> list[str]:
    if "focus" in file.source["view"]:
        return []
    low, high = artist.camera.extents([part for at in (0.0, 1.0) for part in artist.moments.at(at).parts])
    used = float(np.max(high.max(axis=0) - low.min(axis=0))) / artist.camera.span
    if used >= LEAST_FILL:
        return []
    return [f"figure and equipment fill {used:.0%} of the picture, at least {LEAST_FILL:.0%} is needed"]
