"""The poses a pose file starts from."""

from typing import Any

from server.pictures.vectors import Mat, columns, rot_z, vec

Pose = dict[str, Any]

_HANG = {"sh": [0, 8, 0], "elbow": 10}
_BESIDE = {"sh": [-8, 12, 0], "elbow": 8, "pron": 80}
_ON_THIGH = {
    "hand": [0.3, 0.585, 0.12],
    "pole": [-1, -0.2, 0.4],
    "hdir": [1, -0.2, -0.1],
    "palm": [0, -1, 0],
    "curl": 0.15,
}
_LONG = {"foot": [0.81, 0.1, 0.09], "sole": 80, "toe": [1, 0, 0], "pole": [0.1, 1, 0]}
_PALM_DOWN = {"hdir": [1, 0, 0], "palm": [0, -1, 0], "curl": 0}

LYING: dict[str, str] = {
    "stand": "stand",
    "sit": "stand",
    "long_sit": "stand",
    "kneel": "stand",
    "half_kneel": "stand",
    "supine": "supine",
    "hook": "supine",
    "prone": "prone",
    "quadruped": "prone",
    "side": "side",
}
"""Which way the trunk lies before `tilt` turns it."""

PRESETS: dict[str, Pose] = {
    "stand": {
        "pelvis": [0, 0.897, 0],
        "legs": {"foot": [0, 0.07, 0.09], "sole": 0, "pole": [1, 0, 0]},
        "arms": _HANG,
    },
    "sit": {
        "pelvis": [0, 0.545, 0],
        "legs": {"foot": [0.4, 0.07, 0.1], "sole": 0, "pole": [1, 0.2, 0]},
        "arms": _ON_THIGH,
    },
    "long_sit": {
        "pelvis": [0, 0.125, 0],
        "legs": _LONG,
        "arms": {
            "hand": [-0.14, 0.06, 0.24],
            "pole": [-1, 0, 0.3],
            "hdir": [-0.9, -0.05, 0.4],
            "palm": [0, -1, 0],
            "curl": 0.1,
        },
    },
    "kneel": {
        "pelvis": [0, 0.497, 0],
        "legs": {"hip": [0, 4, 0], "knee": 92, "ankle": -70},
        "arms": _HANG,
    },
    "half_kneel": {
        "pelvis": [0, 0.497, 0],
        "Rleg": {"hip": [0, 2, 0], "knee": 92, "ankle": -70},
        "Lleg": {"foot": [0.42, 0.09, -0.11], "sole": 0, "pole": [1, 0.3, 0]},
        "arms": _HANG,
    },
    "supine": {
        "pelvis": [0, 0.155, 0],
        "legs": {"hip": [-4.5, 2, 5], "knee": 0, "ankle": -15},
        "arms": _BESIDE,
    },
    "hook": {
        "pelvis": [0, 0.155, 0],
        "legs": {"foot": [0.43, 0.09, 0.1], "sole": 0, "pole": [0.2, 1, 0]},
        "arms": _BESIDE,
    },
    "prone": {
        "pelvis": [0, 0.15, 0],
        "legs": {"hip": [2, 4, 0], "knee": 2, "ankle": -65},
        "arms": {"sh": [4, 14, 0], "elbow": 2, "pron": -80},
    },
    "quadruped": {
        "pelvis": [0, 0.51, 0],
        "tilt": [0, 5, 0],
        "neck": [-12, 0],
        "legs": {"hip": [95, 0, 0], "knee": 93, "ankle": -75},
        "arms": {"hand": [0.5, 0.05, 0.17], "pole": [-1, 0, 0], **_PALM_DOWN},
    },
    "side": {
        "pelvis": [0, 0.2, 0],
        "sidebend": 12,
        "head": [0, 0, -8],
        "legs": {"hip": [45, 0, 0], "knee": 80},
        "Rarm": {"hand": [0.22, 0.07, 0.3], "pole": [-0.3, 0.6, 0.3], "hdir": [-0.15, -0.1, 1], "palm": [0, -1, 0]},
        "Larm": {
            "hand": [0.62, 0.1, 0.1],
            "pole": [0.2, 0, 1],
            "hdir": [0.9, 0.1, -0.4],
            "palm": [0, 1, 0],
            "protract": 0.04,
        },
    },
}

AXES: dict[str, Mat] = {
    "stand": rot_z(0),
    "supine": rot_z(90),
    "prone": rot_z(-90),
    "side": columns(vec(0, 0, 1), vec(1, 0, 0), vec(0, 1, 0)),
}
