"""How far each joint is bent in a skeleton, and whether a body can do that."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from server.pictures.skeleton import SIDES, Skeleton
from server.pictures.vectors import Mat, angles_yxz, angles_zxy

SLACK = 1.0
"""Degrees a joint may pass its limit before it counts: rounding of targets."""

REACH_SLACK = 0.01
"""Meters a target may lie out of reach."""

_TRUNK = {
    "spine lumbar": ("pelvis", "abdomen", (-35, 60), (-35, 35), (-60, 60)),
    "spine thoracic": ("abdomen", "thorax", (-25, 40), (-35, 35), (-60, 60)),
    "neck": ("thorax", "neck", (-60, 60), (-30, 30), (-20, 20)),
    "head": ("neck", "head", (-60, 50), (-45, 45), (-85, 85)),
}
_HIP = ((-30, 130), (-30, 50), (-45, 60))
_SHOULDER = ((-60, 180), (-45, 185), (-110, 95))
_RAISED = ((-60, 185), (-45, 185), (-150, 95))
"""With the arm raised forward, turning inward points the forearm past the body toward the feet."""
_KNEE, _ELBOW, _ANKLE = (0, 150), (0, 150), (-75, 36)  # an ankle under weight gives more than a hanging one
_WRIST, _DEVIATION = (-80, 85), (-45, 45)


@dataclass(frozen=True)
class Bend:
    """One measured angle in degrees, with the range a body allows."""

    name: str
    angle: float
    low: float
    high: float

    @property
    def excess(self) -> float:
        return max(self.low - self.angle, self.angle - self.high, 0.0)

    def __str__(self) -> str:
        return f"{self.name} is at {self.angle:.0f}°, the limit is {self.low:.0f} to {self.high:.0f}°"


_Range = tuple[float, float]


def bends(s: Skeleton) -> Iterator[Bend]:
    """Every joint of the skeleton, trunk first."""
    for name, (below, above, *ranges) in _TRUNK.items():
        flex, side, turn = angles_zxy(_between(s, below, above))
        for kind, angle, (low, high) in zip(("flex", "side", "turn"), (-flex, side, -turn), ranges, strict=True):
            yield Bend(f"{name} {kind}", angle, low, high)
    for side_name, sign in SIDES:
        yield from _ball("hip" + side_name, _between(s, "pelvis", "thigh" + side_name), sign, _HIP)
        raised = _between(s, "thorax", "upper_arm" + side_name)
        yield from _ball("sh" + side_name, raised, sign, _RAISED if _flexed(raised) else _SHOULDER)
        yield Bend("knee" + side_name, -angles_zxy(_between(s, "thigh" + side_name, "shank" + side_name))[0], *_KNEE)
        elbow = angles_zxy(_between(s, "upper_arm" + side_name, "lower_arm" + side_name))[0]
        yield Bend("elbow" + side_name, elbow, *_ELBOW)
        yield Bend("ankle" + side_name, angles_zxy(_between(s, "shank" + side_name, "foot" + side_name))[0], *_ANKLE)
        bent = _between(s, "lower_arm" + side_name, "hand" + side_name)
        wrist, deviation = angles_yxz(bent)[1], math.degrees(math.asin(max(-1.0, min(1.0, bent[1, 0]))))
        yield Bend("wrist" + side_name, sign * wrist, *_WRIST)
        yield Bend("wrist deviation" + side_name, deviation, *_DEVIATION)


def _between(s: Skeleton, below: str, above: str) -> Mat:
    return s.frames[below].T @ s.frames[above]


def _flexed(shoulder: Mat) -> bool:
    """The arm is raised forward by more than 60 degrees."""
    return angles_zxy(shoulder)[0] > 60


def _ball(name: str, turned: Mat, sign: int, ranges: tuple[_Range, _Range, _Range]) -> list[Bend]:
    """The same turn can be told in two ways; the one a body finds easier counts."""
    flex, abduct, turn = angles_zxy(turned)
    abduct, turn = -sign * abduct, -sign * turn
    ways = [(flex, abduct, turn), (_wrap(flex + 180), _wrap(180 - abduct), _wrap(turn + 180))]
    kinds = (f"{name} flex", f"{name} abd", f"{name} rot")
    told = [[Bend(kind, _nearest(a, *r), *r) for kind, a, r in zip(kinds, way, ranges, strict=True)] for way in ways]
    return min(told, key=lambda way: sum(bend.excess for bend in way))


def _wrap(angle: float) -> float:
    return (angle + 180) % 360 - 180


def _nearest(angle: float, low: float, high: float) -> float:
    """The same angle a turn further, if that lies within the range."""
    return min((angle, angle + 360, angle - 360), key=lambda a: max(low - a, a - high, 0.0))
