"""The automatic checks: each fault is a sentence with what was measured and what is allowed."""

from collections.abc import Iterator

import numpy as np

from server.pictures import contact, limits
from server.pictures.camera import Camera
from server.pictures.posefile import PoseFile
from server.pictures.render import Artist
from server.pictures.scene import Scene, camera, scene

MOMENTS = (0.0, 0.25, 0.5, 0.75, 1.0)
LEAST_CHANGE, LEAST_TINT, LEAST_FILL = 0.015, 0.003, 0.8
_SMALL = 160


def all_of(file: PoseFile) -> list[str]:
    """Every fault, the cheap checks first; nothing is drawn when those already fail."""
    return cheap(file) or drawn(file)


def cheap(file: PoseFile) -> list[str]:
    """Joint limits, reach, supports, frame: measured on the skeleton in every part of the loop, without drawing."""
    eye = camera(file)
    faults: dict[str, None] = {}
    for at in (*MOMENTS, *(1 + at for at in MOMENTS[1:] if file.back is not None)):
        now = scene(file, at)
        for fault in (*_body(now), *contact.faults(file, now), *_frame(file, eye, now)):
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
    for part in now.parts:
        low, high = eye.extent(part)
        beyond = max(float(np.max(np.abs(edge - eye.center))) - eye.span / 2 for edge in (low, high))
        if part.framed and beyond > 0:
            yield f"{part.group} is {beyond * 100:.0f} cm outside the picture, nothing may be"


def drawn(file: PoseFile) -> list[str]:
    """What only the drawing tells: enough change, a visible tint, a filled picture."""
    artist = Artist(file)
    first, last = (artist.draw(at, _SMALL, 2, glow=at) for at in (0.0, 1.0))
    faults = []
    if not file.get("isometric", False):
        change = float(np.mean(np.abs(first.color.astype(int) - last.color).max(axis=-1) > 24))
        if change < LEAST_CHANGE:
            faults.append(f"start and end differ in {change:.1%} of the picture, at least {LEAST_CHANGE:.1%} is needed")
    shown = float(np.mean(last.tints > 0.3))
    if file.get("muscles") and shown < LEAST_TINT:
        faults.append(f"the tint covers {shown:.2%} of the picture, at least {LEAST_TINT:.1%} is needed")
    return faults
