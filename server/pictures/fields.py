"""Which fields a pose may have and in what range; limits of the body itself are measured later, by the checks."""

from server.pictures.schema import (
    DIRECTION,
    POINT,
    Check,
    either,
    flag,
    joint,
    listing,
    mapping,
    number,
    numbers,
    one_of,
    place,
    target,
)

_ANGLE = number(-180, 180)
_ANGLES = numbers(3, -180, 180)
_SHARE = number(0, 1)

LEG: dict[str, Check] = {
    "hip": _ANGLES,
    "knee": _ANGLE,
    "ankle": _ANGLE,
    "foot": target,
    "pole": DIRECTION,
    "sole": _ANGLE,
    "toe": DIRECTION,
    "invert": _ANGLE,
    "toes": number(-60, 90),
    "arch": _SHARE,
}
ARM: dict[str, Check] = {
    "sh": _ANGLES,
    "elbow": _ANGLE,
    "pron": _ANGLE,
    "wrist": _ANGLE,
    "dev": _ANGLE,
    "hand": target,
    "pole": DIRECTION,
    "hdir": DIRECTION,
    "palm": DIRECTION,
    "curl": _SHARE,
    "curls": numbers(3, -20, 120, least=3),
    "fingers": mapping({name: numbers(3, -20, 120, least=3) for name in ("index", "middle", "ring", "little")}),
    "spread": number(-1, 1),
    "thumb": number(-1, 1),
    "touch": numbers(2, 0, 4, least=2),
    "protract": number(-0.06, 0.06),
    "shrug": number(-0.06, 0.08),
}
POSE: dict[str, Check] = {
    "pelvis": POINT,
    "tilt": numbers(4, -180, 180),
    "spine": numbers(2, -60, 90),
    "twist": number(-90, 90),
    "sidebend": number(-60, 60),
    "neck": numbers(3, -90, 90),
    "head": numbers(3, -90, 90),
    "gaze": numbers(2, -40, 40),
    "lips": _SHARE,
    "mouth": _SHARE,
    "belly": number(-0.04, 0.08),
    "chest": number(-0.04, 0.06),
    **{key: mapping(LEG) for key in ("legs", "Rleg", "Lleg")},
    **{key: mapping(ARM) for key in ("arms", "Rarm", "Larm")},
}
VIEW: dict[str, Check] = {
    "yaw": _ANGLE,
    "pitch": number(-30, 89),
    "focus": POINT,
    "span": number(0.15, 4),
}
_WIDTH = number(0.008, 0.06)
ARROW: dict[str, Check] = {
    "kind": one_of("path", "press", "turn"),
    "track": joint,
    "offset": numbers(2, -2, 2, least=2),
    "pts": listing(POINT, 2, 8),
    "both": flag,
    "w": _WIDTH,
    "at": place,
    "dir": DIRECTION,
    "length": number(0.02, 0.5),
    "axis": DIRECTION,
    "radius": number(0.02, 0.8),
    "from": number(-360, 360),
    "to": number(-360, 360),
    "when": one_of("always", "start", "end"),
}
PUFF = either(
    flag,
    mapping(
        {
            "at": place,
            "dir": DIRECTION,
            "when": one_of("always", "start", "end"),
            "way": one_of("in", "out"),
            "size": number(0.3, 3),
        }
    ),
    hint="true or an object with at, dir, when, way, size",
)
MOMENT = {**POSE, "at": number(0.01, 0.99)}
