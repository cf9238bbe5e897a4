"""Every kind of equipment a pose file may name, with its parameters, their ranges and what they are when left out."""

from dataclasses import dataclass
from typing import Any

from server.pictures.schema import (
    BadPose,
    Check,
    flag,
    listing,
    number,
    numbers,
    one_of,
    place,
    text,
)

_AT = number(-3, 3)
_TURN = number(-180, 180)
_SIZE = number(0.01, 3)


@dataclass(frozen=True)
class Parameter:
    check: Check
    default: Any = None
    needed: bool = False


def _p(check: Check, default: Any = None) -> Parameter:
    return Parameter(check, default)


def _need(check: Check) -> Parameter:
    return Parameter(check, needed=True)


_SPOT = {"x": _p(_AT, 0.0), "z": _p(_AT, 0.0), "turn": _p(_TURN, 0.0)}
_HAND = one_of("handR", "handL")
_LIMB = one_of(
    *(name + side for name in ("foot", "ankle", "shin", "knee", "thigh", "hand", "forearm") for side in "RL")
)
_STRIP = {
    "path": _need(listing(place, 2, 8)),
    "wrap": _p(listing(_LIMB), []),
    "anchor": _p(one_of("none", "post", "door"), "none"),
    "slack": _p(number(0, 0.5), 0.0),
    "hug": _p(flag, True),
    "width": _p(number(0.005, 0.06), 0.028),
}
_SOFT = {"at": _need(place), "turn": _p(_TURN, 0.0), "tip": _p(_TURN, 0.0)}

KINDS: dict[str, dict[str, Parameter]] = {
    "mat": {"x": _p(_AT, 0.0), "z": _p(_AT, 0.0), "length": _p(_SIZE, 1.9), "width": _p(_SIZE, 0.75)},
    "bed": {**_SPOT, "length": _p(_SIZE, 2.0), "width": _p(_SIZE, 0.9), "height": _p(_SIZE, 0.5)},
    "chair": {
        **_SPOT,
        "seat": _p(number(0.2, 0.8), 0.44),
        "back": _p(flag, True),
        "armrests": _p(flag, False),
        "wheels": _p(flag, False),
    },
    "wall": {**_SPOT, "width": _p(_SIZE, 0.9), "height": _p(_SIZE, 1.9)},
    "doorway": {**_SPOT, "width": _p(_SIZE, 0.9), "height": _p(_SIZE, 2.0)},
    "counter": {**_SPOT, "width": _p(_SIZE, 1.0), "height": _p(_SIZE, 0.92), "depth": _p(_SIZE, 0.5)},
    "table": {**_SPOT, "width": _p(_SIZE, 0.9), "height": _p(_SIZE, 0.72), "depth": _p(_SIZE, 0.6)},
    "step": {**_SPOT, "width": _p(_SIZE, 0.55), "height": _p(_SIZE, 0.18), "depth": _p(_SIZE, 0.4)},
    "stairs": {
        **_SPOT,
        "count": _p(number(1, 6), 3),
        "rise": _p(_SIZE, 0.17),
        "run": _p(_SIZE, 0.27),
        "width": _p(_SIZE, 0.8),
        "rail": _p(one_of("R", "L", "both", "none"), "R"),
    },
    "box": {
        "at": _need(place),
        "size": _need(numbers(3, 0.005, 3, 3)),
        "turn": _p(_TURN, 0.0),
        "color": _p(text, "wood"),
    },
    "towel": {
        **_SOFT,
        "form": _p(one_of("folded", "rolled", "flat"), "folded"),
        "length": _p(_SIZE, 0.3),
        "width": _p(_SIZE, 0.18),
        "thick": _p(_SIZE, 0.05),
    },
    "pillow": {**_SOFT, "length": _p(_SIZE, 0.36), "width": _p(_SIZE, 0.5), "thick": _p(_SIZE, 0.1)},
    "roll": {**_SOFT, "length": _p(_SIZE, 0.45), "radius": _p(number(0.02, 0.25), 0.08)},
    "band": _STRIP,
    "light_band": _STRIP,
    "strap": {**_STRIP, "width": _p(number(0.005, 0.06), 0.022)},
    "loop_band": {"around": _need(listing(_LIMB, 2, 2)), "width": _p(number(0.01, 0.08), 0.04)},
    "dumbbell": {"at": _need(_HAND), "size": _p(number(0.5, 2), 1.0)},
    "weight": {
        "at": _need(_HAND),
        "form": _p(one_of("suitcase", "bag"), "suitcase"),
        "size": _p(number(0.4, 1.6), 1.0),
    },
    "ankle_weight": {"at": _need(one_of("ankleR", "ankleL", "wristR", "wristL"))},
    "stick": {
        "from": _need(place),
        "to": _need(place),
        "extend": _p(number(0, 1), 0.12),
        "thick": _p(number(0.005, 0.03), 0.013),
    },
    "hammer": {"at": _need(_HAND)},
    "putty": {"at": _need(_HAND), "radius": _p(number(0.015, 0.06), 0.032)},
    "ball": {"at": _need(place), "radius": _p(number(0.02, 0.4), 0.1)},
    "target_letter": {
        "at": _need(place),
        "turn": _p(_TURN, 0.0),
        "letter": _p(one_of("A", "E", "H", "X"), "E"),
        "size": _p(_SIZE, 0.16),
    },
    "walking_stick": {"at": _need(_HAND), "foot": _p(numbers(2, -3, 3, 2))},
}


def check_equipment(where: str, value: Any) -> None:
    """Refuses an unknown kind, an unknown parameter, a missing one and one out of its range."""
    if not isinstance(value, dict) or value.get("kind") not in KINDS:
        kind = value.get("kind") if isinstance(value, dict) else value
        raise BadPose(f"{where}.kind: there is no equipment {kind!r}; known are {', '.join(sorted(KINDS))}")
    parameters = KINDS[value["kind"]]
    for key, item in value.items():
        if key == "kind":
            continue
        if key not in parameters:
            known = ", ".join(sorted(parameters))
            raise BadPose(f"{where}: {value['kind']} has no parameter {key!r}; known are {known}")
        parameters[key].check(f"{where}.{key}", item)
    for key, parameter in parameters.items():
        if parameter.needed and key not in value:
            raise BadPose(f"{where}: {value['kind']} needs {key!r}")


def filled(item: dict[str, Any]) -> dict[str, Any]:
    """The item with every parameter it left out."""
    return {**{key: parameter.default for key, parameter in KINDS[item["kind"]].items()}, **item}
