"""The figure's head: skull, face, ears, hair."""

from server.pictures.presets import Pose
from server.pictures.shapes import Cone
from server.pictures.skeleton import SIDES, Skeleton
from server.pictures.vectors import at, rot_y, rot_z

_Place = tuple[float, float, float]


def head(s: Skeleton, pose: Pose) -> list[Cone]:
    frame, base = s.frames["head"], s.joints["skull"]
    cones: list[Cone] = []

    def add(a: _Place, b: _Place, ra: float, rb: float, material: str, group: str) -> None:
        cones.append(Cone(at(base, frame, *a), at(base, frame, *b), ra, rb, material, group, "head", 0, frame))

    neck = s.frames["neck"]
    for sign in (1, -1):  # one cone a side, so that a tint can tell the sides apart
        low = at(s.joints["neck"], neck, -0.004, 0, sign * 0.006)
        high = base + frame @ (-0.012, 0.02, sign * 0.006)
        cones.append(Cone(low, high, 0.05, 0.047, "skin", "head", "neck", sign, neck))
    add((0, 0.108, 0), (0.012, 0.095, 0), 0.092, 0.086, "skin", "head")
    add((0.03, 0.085, 0), (0.058, 0.036, 0), 0.068, 0.04, "skin", "head")
    add((0.058, 0.036, 0), (0.066, 0.01, 0), 0.038, 0.026, "skin", "head")
    purse = pose["lips"]
    for _, z in SIDES:
        add((-0.005, 0.055, z * 0.042), (0.058, 0.012, z * 0.012), 0.04, 0.026, "skin", "head")
        add((-0.006, 0.086, z * 0.086), (-0.002, 0.064, z * 0.082), 0.016, 0.011, "skin", "ear")
        cones += _eye(s, pose, z)
        add((0.087, 0.1195, z * 0.020), (0.079, 0.1215, z * 0.046), 0.005, 0.0035, "hair", "head")
        corner = z * (0.025 - 0.018 * purse)
        forward = 0.008 * purse
        middle, end = (0.0985 + forward, 0.0335, 0), (0.0905 + forward, 0.0395 - 0.004 * purse, corner)
        add(middle, end, 0.0042 + 0.0022 * purse, 0.003, "lip", "head")
    add((0.088, 0.096, 0), (0.103, 0.068, 0), 0.008, 0.0115, "skin", "nose")
    if pose["mouth"]:
        wide = 0.006 + 0.011 * pose["mouth"]
        add((0.0905, 0.036, 0), (0.0885, 0.036 - wide, 0), wide, wide * 0.95, "mouth", "head")
    return cones + _hair(s)


def _eye(s: Skeleton, pose: Pose, side: int) -> list[Cone]:
    """A dot that reads small; where the gaze matters, a white with a pupil that moves in it."""
    frame, base = s.frames["head"], s.joints["skull"]
    right, up = pose["gaze"]
    z = side * 0.034
    if not pose["gazing"]:
        ends = (at(base, frame, 0.0855, 0.0975, z), at(base, frame, 0.0855, 0.0875, z))
        return [Cone(*ends, 0.0084, 0.0084, "eye", "head", "head", 0, frame)]
    middle = at(base, frame, 0.08, 0.0925, z)
    looking = frame @ rot_y(-right) @ rot_z(up)
    pupil = at(middle, looking, 0.0115, 0, 0)
    ends = (middle + frame @ (0, 0, -0.005), middle + frame @ (0, 0, 0.005))
    return [
        Cone(*ends, 0.0145, 0.0145, "white", "head", "head", 0, frame),
        Cone(pupil, pupil, 0.0072, 0.0072, "eye", "head", "head", 0, frame),
    ]


_HAIR: tuple[tuple[_Place, _Place, float, float], ...] = (
    ((-0.018, 0.13, 0), (-0.006, 0.142, 0), 0.097, 0.088),
    ((-0.032, 0.1, 0), (-0.037, 0.052, 0), 0.088, 0.06),
    ((0.018, 0.178, 0.046), (0.055, 0.17, -0.034), 0.036, 0.028),
    ((0.02, 0.184, 0.03), (0.062, 0.16, 0.04), 0.034, 0.017),
    ((0.03, 0.18, -0.03), (0.05, 0.15, -0.056), 0.03, 0.017),
    ((0.026, 0.138, 0.07), (0.03, 0.108, 0.079), 0.022, 0.011),
    ((0.026, 0.138, -0.07), (0.03, 0.108, -0.079), 0.022, 0.011),
)
"""The crown, the back, a fringe brushed to one side, its ends, sideburns."""


def _hair(s: Skeleton) -> list[Cone]:
    frame, base = s.frames["head"], s.joints["skull"]
    return [
        Cone(at(base, frame, *a), at(base, frame, *b), ra, rb, "hair", "hair", "head", 0, frame)
        for a, b, ra, rb in _HAIR
    ]
