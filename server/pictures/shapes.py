"""What a scene is made of: rounded cones and boxes, in world meters."""

from dataclasses import dataclass, field

import numpy as np

from server.pictures.vectors import Mat, Vec


@dataclass
class Cone:
    """Two spheres (a, ra) and (b, rb) and the skin between them."""

    a: Vec
    b: Vec
    ra: float
    rb: float
    material: str
    group: str
    segment: str = ""
    side: int = 0  # +1 right, -1 left: far limbs are drawn paler
    frame: Mat | None = None
    stretch: tuple[float, float] = (0.0, 1.0)  # which part of the segment this cone covers
    split: tuple[float, str] | None = None  # beyond this share of the length, another material
    shadow: bool = True
    framed: bool = True
    trunk: tuple[Vec, float] | None = None  # of the trunk: where its frame begins, and how far that is above the hips


@dataclass
class Box:
    center: Vec
    half: Vec
    material: str
    group: str
    frame: Mat = field(default_factory=lambda: np.eye(3))
    framed: bool = True
    surface: bool = False  # the body may rest on it and must not sink into it

    def corners(self) -> list[Vec]:
        signs = [np.array([1 if i >> bit & 1 else -1 for bit in range(3)], dtype=np.float64) for i in range(8)]
        return [self.center + self.frame @ (self.half * sign) for sign in signs]


Part = Cone | Box
