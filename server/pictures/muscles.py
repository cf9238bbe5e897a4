"""Muscle names and where each is tinted: segment, share of its length, direction it faces, how far it wraps."""

from dataclasses import dataclass
from typing import Any

from server.pictures.schema import BadPose


@dataclass(frozen=True)
class Patch:
    """`facing` is in the segment's own axes (forward, up, outward); a lower threshold wraps further round."""

    segment: str
    low: float
    high: float
    facing: tuple[float, float, float]
    threshold: float


@dataclass(frozen=True)
class Band:
    """A muscle of the trunk: from `low` to `high` meters above the hips, one side of it when the name has one."""

    low: float
    high: float
    facing: tuple[float, float, float]
    threshold: float


Place = Patch | Band
_FRONT, _BACK, _OUT, _IN = (1, 0, 0), (-1, 0, 0), (0, 0, 1), (0, 0, -1)
_PAIRED: dict[str, tuple[Place, ...]] = {
    "quads": (Patch("thigh", 0.08, 0.95, _FRONT, 0.25),),
    "hamstrings": (Patch("thigh", 0.15, 0.98, _BACK, 0.15),),
    "glutes": (Patch("glute", 0, 1, _BACK, 0.1), Patch("thigh", -0.4, 0.25, _BACK, 0.2)),
    "hip_abductors": (
        Patch("glute", 0, 1, (-0.2, 0.1, 1), -0.1),
        Band(-0.04, 0.1, (-0.3, 0, 1), 0.1),
        Patch("thigh", -0.35, 0.3, (-0.2, 0, 1), 0.0),
    ),
    "hip_flexors": (Patch("thigh", -0.4, 0.35, _FRONT, 0.2), Band(-0.02, 0.11, _FRONT, 0.3)),
    "adductors": (Patch("thigh", 0.05, 0.8, _IN, 0.1),),
    "calf": (Patch("shank", 0.02, 0.75, _BACK, 0.1), Patch("calf", 0.02, 0.98, _BACK, -0.35)),
    "soleus": (Patch("shank", 0.4, 0.95, _BACK, -0.2), Patch("calf", 0.45, 0.98, _BACK, -0.35)),
    "tibialis": (Patch("shank", 0.05, 0.8, (1, 0, 0.4), 0.2), Patch("calf", 0.05, 0.9, (1, 0, 0.4), 0.3)),
    "peroneals": (Patch("shank", 0.1, 0.85, (0.1, 0, 1), 0.2), Patch("calf", 0.1, 0.95, (0.1, 0, 1), 0.2)),
    "foot_arch": (Patch("foot", 0.1, 0.9, (0.1, -1, -0.9), 0.1), Patch("arch", 0, 1, (0, -0.3, -1), -0.2)),
    "plantar_fascia": (Patch("foot", 0.05, 0.98, (0, -1, -0.2), 0.1), Patch("arch", 0, 1, (0, -1, -0.3), -0.1)),
    "deltoid": (Patch("delt", 0, 1, (0.2, 0.2, 1), -0.5), Patch("uarm", -0.3, 0.55, (0.2, 0, 1), -0.2)),
    "rear_deltoid": (Patch("delt", 0, 1, (-1, 0, 0.3), 0.0), Patch("uarm", -0.3, 0.45, (-1, 0, 0.3), 0.2)),
    "rotator_cuff": (Patch("delt", 0, 1, (-0.4, 0, 1), -0.6), Patch("uarm", -0.3, 0.55, (-0.3, 0, 1), -0.4)),
    "biceps": (Patch("uarm", 0.15, 0.98, _FRONT, -0.15),),
    "triceps": (Patch("uarm", 0.1, 0.98, _BACK, -0.15),),
    "wrist_ext": (Patch("farm", 0.02, 0.92, (0.7, 0, 0.7), 0.0),),
    "wrist_flex": (Patch("farm", 0.02, 0.92, (0.3, 0, -0.9), -0.1),),
    "forearm": (Patch("farm", 0.02, 0.85, _FRONT, -0.4),),
    "hand": (Patch("hand", 0, 1, _IN, 0.0),),
    "pecs": (Band(0.31, 0.49, (1, 0.1, 0.15), 0.2),),
    "lats": (Band(0.2, 0.42, (-0.7, 0, 0.8), 0.2),),
    "rhomboids": (Band(0.3, 0.48, _BACK, 0.2),),
    "serratus": (Band(0.25, 0.42, (0.45, 0, 1), 0.3),),
    "upper_trap": (Patch("trap", 0, 1, (-0.4, 1, 0.2), -0.1), Patch("neck", -0.2, 0.8, (-0.4, 0, 1), 0.3)),
    "levator": (Patch("neck", 0, 1, (-0.7, 0, 0.9), 0.1), Patch("trap", 0, 0.6, (-0.6, 0.8, 0), 0.1)),
    "obliques": (Band(0.08, 0.31, (0.45, 0, 1), 0.15),),
    "quadratus": (Band(0.08, 0.28, (-0.8, 0, 0.6), 0.2),),
}
_MIDDLE: dict[str, tuple[Place, ...]] = {
    "abs": (Band(0.05, 0.32, _FRONT, 0.2),),
    "back_extensors": (Band(0.03, 0.42, _BACK, 0.25),),
    "neck_flexors": (Patch("neck", 0.1, 1, _FRONT, 0.1),),
    "neck_extensors": (Patch("neck", 0, 1, _BACK, 0.1),),
    "diaphragm": (Band(0.12, 0.36, _FRONT, 0.1),),
    "chest": (Band(0.2, 0.44, _FRONT, 0.1),),
}
_SIDED_NECK: dict[str, tuple[Place, ...]] = {
    "neck_rotators": (Patch("neck", 0.05, 1, (0.5, 0, 1), 0.0),),
    "neck_side": (Patch("neck", 0.0, 1, (0, 0, 1), 0.1),),
}
PAIRED = {**_PAIRED, **_SIDED_NECK}
NAMES = frozenset([*_MIDDLE, *(f"{name}.{side}" for name in PAIRED for side in "RL")])


def muscle(where: str, value: Any) -> None:
    """Refuses what is no muscle name; those of two sides need .R or .L."""
    if not isinstance(value, str) or value not in NAMES:
        hint = f" (write {value}.R or {value}.L)" if isinstance(value, str) and value in PAIRED else ""
        raise BadPose(f"{where}: there is no muscle {value!r}{hint} (docs/pictures.md lists them)")


def places(name: str) -> tuple[int, tuple[Place, ...]]:
    """The side (+1 right, -1 left, 0 middle) and the places of a muscle name."""
    if name in _MIDDLE:
        return 0, _MIDDLE[name]
    stem, side = name.rsplit(".", 1)
    return (1 if side == "R" else -1), PAIRED[stem]
