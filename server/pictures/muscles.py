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


_FRONT, _BACK, _OUT, _IN = (1, 0, 0), (-1, 0, 0), (0, 0, 1), (0, 0, -1)
_PAIRED: dict[str, tuple[Patch, ...]] = {
    "quads": (Patch("thigh", 0.08, 0.95, _FRONT, 0.25),),
    "hamstrings": (Patch("thigh", 0.15, 0.98, _BACK, 0.15),),
    "glutes": (Patch("glute", 0, 1, _BACK, 0.1), Patch("thigh", -0.4, 0.25, _BACK, 0.2)),
    "hip_abductors": (
        Patch("glute", 0, 1, (-0.2, 0.1, 1), -0.1),
        Patch("pelvis", -0.5, 1.05, (-0.3, 0, 1), 0.1),
        Patch("thigh", -0.35, 0.3, (-0.2, 0, 1), 0.0),
    ),
    "hip_flexors": (Patch("thigh", -0.4, 0.35, _FRONT, 0.2), Patch("pelvis", -0.5, 0.9, _FRONT, 0.3)),
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
    "wrist_ext": (Patch("farm", 0.02, 0.92, (0.7, 0, 0.7), 0.2),),
    "wrist_flex": (Patch("farm", 0.02, 0.92, (0.3, 0, -0.9), 0.1),),
    "forearm": (Patch("farm", 0.02, 0.85, _FRONT, -0.4),),
    "hand": (Patch("hand", 0, 1, _IN, 0.0),),
    "pecs": (Patch("pec", 0, 1, (1, 0.1, 0), 0.1), Patch("thorax", 0.25, 1.2, (1, 0, 0.25), 0.15)),
    "lats": (Patch("thorax", 0, 1, (-0.7, 0, 0.8), 0.3),),
    "rhomboids": (Patch("thorax", 0, 1, _BACK, 0.4),),
    "serratus": (Patch("thorax", -0.2, 0.75, (0.35, 0, 1), 0.5),),
    "upper_trap": (Patch("trap", 0, 1, (-0.4, 1, 0.2), -0.1), Patch("neck", -0.2, 0.8, (-0.4, 0, 1), 0.3)),
    "levator": (Patch("neck", 0, 1, (-0.7, 0, 0.9), 0.1), Patch("trap", 0, 0.6, (-0.6, 0.8, 0), 0.1)),
    "obliques": (Patch("abdomen", -0.2, 1.1, (0.35, 0, 1), 0.2),),
    "quadratus": (Patch("abdomen", -0.2, 1.0, (-0.8, 0, 0.6), 0.3),),
}
_MIDDLE: dict[str, tuple[Patch, ...]] = {
    "abs": (Patch("abdomen", -0.2, 1.1, _FRONT, 0.2), Patch("pelvis", 0.4, 1.1, _FRONT, 0.4)),
    "back_extensors": (Patch("abdomen", -0.3, 1.1, _BACK, 0.2), Patch("thorax", -0.4, 0.5, _BACK, 0.45)),
    "neck_flexors": (Patch("neck", 0.1, 1, _FRONT, 0.1),),
    "neck_extensors": (Patch("neck", 0, 1, _BACK, 0.1),),
    "diaphragm": (Patch("abdomen", 0.3, 1.3, _FRONT, 0.1),),
    "chest": (Patch("thorax", -0.2, 0.9, (1, 0, 0), 0.2),),
}
_SIDED_NECK: dict[str, tuple[Patch, ...]] = {
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


def patches(name: str) -> tuple[int, tuple[Patch, ...]]:
    """The side (+1 right, -1 left, 0 middle) and the patches of a muscle name."""
    if name in _MIDDLE:
        return 0, _MIDDLE[name]
    stem, side = name.rsplit(".", 1)
    return (1 if side == "R" else -1), PAIRED[stem]
