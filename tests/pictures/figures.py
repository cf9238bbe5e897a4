"""Pose files for the tests: a sound one, and ways to spoil it."""

import copy
from typing import Any

from server.pictures.posefile import PoseFile, parse

SOUND: dict[str, Any] = {
    "id": "test-squat",
    "base": "stand",
    "start": {
        "tilt": [0, -9, 0],
        "legs": {"foot": [0, 0.07, 0.11], "pole": [1, 0, 0.15]},
        "arms": {
            "hand": [0.39, 0.955, 0.18],
            "pole": [-1, -0.3, 0.4],
            "hdir": [1, 0, 0],
            "palm": [0, -1, 0],
            "curl": 0.1,
        },
    },
    "end": {"pelvis": [-0.18, 0.73, 0], "tilt": [0, -28, 0], "neck": [-18, 0]},
    "view": {"yaw": 14, "pitch": 9},
    "equipment": [{"kind": "counter", "x": 0.35, "height": 0.92}],
    "muscles": ["quads.R", "quads.L", "glutes.R"],
    "arrows": [{"pts": [[-0.42, 0.98, 0.1], [-0.42, 0.66, 0.1]]}],
    "supports": ["footR", "footL", "handR", "handL"],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The sound description with one field set; `path` is like "start.legs.foot"."""
    source = copy.deepcopy(SOUND)
    *folders, last = path.split(".")
    place = source
    for folder in folders:
        place = place.setdefault(folder, {})
    place[last] = value
    return source


def spoiled(path: str, value: Any) -> PoseFile:
    return parse(changed(path, value))
