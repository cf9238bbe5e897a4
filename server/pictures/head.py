"""The figure's head: skull, face, ears, hair."""

from server.pictures.presets import Pose
from server.pictures.shapes import Cone
from server.pictures.skeleton import SIDES, Skeleton
from server.pictures.vectors import at

_Place = tuple[float, float, float]


def head(s: Skeleton, pose: Pose) -> list[Cone]:
    frame, base = s.frames["head"], s.joints["skull"]
    cones: list[Cone] = []

    def add(a: _Place, b: _Place, ra: float, rb: float, material: str, group: str) -> None:
        cones.append(Cone(at(base, frame, *a), at(base, frame, *b), ra, rb, material, group, "head", 0, frame))

    neck = s.frames["neck"]
    for sign in (1, -1):  # one cone a side, so that a tint can tell the sides apart
        low = at(s.joints["neck"], neck, 0, -0.01, sign * 0.006)
        high = base + frame @ (-0.012, 0.02, sign * 0.006)
        cones.append(Cone(low, high, 0.054, 0.047, "skin", "head", "neck", sign, neck))
    add((0, 0.108, 0), (0.012, 0.095, 0), 0.092, 0.086, "skin", "head")
    add((0.03, 0.085, 0), (0.058, 0.036, 0), 0.068, 0.04, "skin", "head")
    add((0.058, 0.036, 0), (0.066, 0.01, 0), 0.038, 0.026, "skin", "head")
    right, up = pose["gaze"]
    purse = pose["lips"]
    for _, z in SIDES:
        add((-0.005, 0.055, z * 0.042), (0.058, 0.012, z * 0.012), 0.04, 0.026, "skin", "head")
        add((-0.008, 0.088, z * 0.084), (-0.004, 0.062, z * 0.08), 0.019, 0.013, "skin", "ear")
        y, side = 0.0925 + up * 0.0003, z * 0.034 + right * 0.0003
        add((0.0855, y + 0.0045, side), (0.0855, y - 0.0045, side), 0.0078, 0.0078, "eye", "head")
        add((0.086, 0.119, z * 0.022), (0.079, 0.119, z * 0.047), 0.0055, 0.004, "hair", "head")
        corner = z * (0.023 - 0.017 * purse)
        forward = 0.012 * purse
        add(
            (0.0985 + forward, 0.034, 0),
            (0.0915 + forward, 0.038, corner),
            0.0042 + 0.004 * purse,
            0.003,
            "lip",
            "head",
        )
    add((0.088, 0.096, 0), (0.103, 0.068, 0), 0.009, 0.0125, "skin", "nose")
    add((-0.018, 0.128, 0), (-0.004, 0.142, 0), 0.099, 0.089, "hair", "hair")
    add((-0.03, 0.1, 0), (-0.035, 0.05, 0), 0.092, 0.062, "hair", "hair")
    return cones
