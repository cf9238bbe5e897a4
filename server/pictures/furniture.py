"""What stands in the room: mats, beds, chairs, walls, tables, steps, stairs, a letter on a card."""

from typing import Any

from server.pictures.shapes import Box, Cone, Part
from server.pictures.skeleton import Skeleton
from server.pictures.vectors import Mat, Vec, at, rot_y, vec

_Item = dict[str, Any]


class _Spot:
    """Builds boxes in the piece's own axes: x away from its front edge, y up, z to the right."""

    def __init__(self, item: _Item) -> None:
        self.origin: Vec = vec(item["x"], 0, item["z"])
        self.frame: Mat = rot_y(-item["turn"])
        self.parts: list[Part] = []

    def box(
        self, low: tuple[float, float, float], high: tuple[float, float, float], material: str, surface: bool = False
    ) -> None:
        middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
        half = vec(*((b - a) / 2 for a, b in zip(low, high, strict=True)))
        center = at(self.origin, self.frame, *middle)
        self.parts.append(Box(center, half, material, f"b{len(self.parts)}", self.frame, surface=surface))

    def rod(self, a: tuple[float, float, float], b: tuple[float, float, float], radius: float, material: str) -> None:
        ends = at(self.origin, self.frame, *a), at(self.origin, self.frame, *b)
        self.parts.append(Cone(*ends, radius, radius, material, "rod", shadow=False))


def mat(_: Skeleton, item: _Item) -> list[Part]:
    half = vec(item["length"] / 2, 0.01, item["width"] / 2)
    return [Box(vec(item["x"], 0.01, item["z"]), half, "mat", "mat", framed=False, surface=True)]


def bed(_: Skeleton, item: _Item) -> list[Part]:
    spot, height = _Spot(item), item["height"]
    x, z = item["length"] / 2, item["width"] / 2
    spot.box((-x, height - 0.14, -z), (x, height, z), "linen", surface=True)
    spot.box((-x - 0.02, height - 0.24, -z - 0.01), (x + 0.02, height - 0.14, z + 0.01), "wood")
    for a in (-x + 0.06, x - 0.06):
        for b in (-z + 0.06, z - 0.06):
            spot.box((a - 0.03, 0, b - 0.03), (a + 0.03, height - 0.24, b + 0.03), "wood")
    return spot.parts


def chair(_: Skeleton, item: _Item) -> list[Part]:
    spot, seat = _Spot(item), item["seat"]
    spot.box((-0.22, seat - 0.04, -0.22), (0.22, seat, 0.22), "cushion", surface=True)
    for x in (-0.2, 0.2):
        for z in (-0.2, 0.2):
            spot.box((x - 0.018, 0, z - 0.018), (x + 0.018, seat - 0.04, z + 0.018), "wood")
    if item["back"]:
        for z in (-0.2, 0.2):
            spot.box((-0.232, seat - 0.01, z - 0.018), (-0.198, seat + 0.45, z + 0.018), "wood")
        spot.box((-0.23, seat + 0.27, -0.185), (-0.2, seat + 0.45, 0.185), "wood")
    if item["armrests"]:
        for z in (-0.235, 0.235):
            spot.box((-0.2, seat + 0.2, z - 0.025), (0.2, seat + 0.23, z + 0.025), "wood")
            spot.box((0.165, seat - 0.02, z - 0.018), (0.2, seat + 0.2, z + 0.018), "wood")
    return spot.parts


def wall(_: Skeleton, item: _Item) -> list[Part]:
    spot, z = _Spot(item), item["width"] / 2
    spot.box((0, 0, -z), (0.07, item["height"], z), "wall", surface=True)
    return spot.parts


def doorway(_: Skeleton, item: _Item) -> list[Part]:
    spot, z, top = _Spot(item), item["width"] / 2, item["height"]
    for side in (-1, 1):
        inner, outer = sorted((side * z, side * (z + 0.09)))
        spot.box((-0.06, 0, inner), (0.06, top + 0.09, outer), "wood")
    spot.box((-0.06, top, -z), (0.06, top + 0.09, z), "wood")
    return spot.parts


def counter(_: Skeleton, item: _Item) -> list[Part]:
    spot, z, deep, top = _Spot(item), item["width"] / 2, item["depth"], item["height"]
    spot.box((-0.02, top - 0.045, -z), (deep + 0.02, top, z), "wood", surface=True)
    spot.box((0.03, 0, -z + 0.03), (deep, top - 0.045, z - 0.03), "wall")
    return spot.parts


def table(_: Skeleton, item: _Item) -> list[Part]:
    spot, z, deep, top = _Spot(item), item["width"] / 2, item["depth"], item["height"]
    spot.box((0, top - 0.04, -z), (deep, top, z), "wood", surface=True)
    for x in (0.05, deep - 0.05):
        for side in (-z + 0.05, z - 0.05):
            spot.box((x - 0.022, 0, side - 0.022), (x + 0.022, top - 0.04, side + 0.022), "wood")
    return spot.parts


def step(_: Skeleton, item: _Item) -> list[Part]:
    spot, z = _Spot(item), item["width"] / 2
    spot.box((0, 0, -z), (item["depth"], item["height"], z), "wood", surface=True)
    return spot.parts


def stairs(_: Skeleton, item: _Item) -> list[Part]:
    spot, z, count = _Spot(item), item["width"] / 2, int(item["count"])
    rise, run = item["rise"], item["run"]
    for index in range(count):
        spot.box((index * run, index * rise, -z), (count * run, (index + 1) * rise, z), "wood", surface=True)
    rails = {"R": (z,), "L": (-z,), "both": (z, -z), "none": ()}[item["rail"]]
    for side in rails:
        low, high = (0.05, rise + 0.88, side), ((count - 0.3) * run, count * rise + 0.88, side)
        spot.rod(low, high, 0.024, "metal")
        spot.rod((low[0], rise, side), low, 0.016, "metal")
        spot.rod((high[0], count * rise, side), high, 0.016, "metal")
    return spot.parts


def box(s: Skeleton, item: _Item) -> list[Part]:
    half = vec(*item["size"]) / 2
    return [Box(s.place(item["at"]), half, item["color"], "box", rot_y(-item["turn"]), surface=True)]


_STROKES = {
    "A": (((-0.3, -0.4), (0, 0.4)), ((0, 0.4), (0.3, -0.4)), ((-0.18, -0.1), (0.18, -0.1))),
    "E": (((-0.22, -0.4), (-0.22, 0.4)), *(((-0.22, y), (0.25, y)) for y in (-0.4, 0, 0.4))),
    "H": (((-0.25, -0.4), (-0.25, 0.4)), ((0.25, -0.4), (0.25, 0.4)), ((-0.25, 0), (0.25, 0))),
    "X": (((-0.28, -0.4), (0.28, 0.4)), ((-0.28, 0.4), (0.28, -0.4))),
}


def target_letter(s: Skeleton, item: _Item) -> list[Part]:
    """A card whose front looks back along its own x axis: toward the figure when `turn` is 0."""
    center, frame, size = s.place(item["at"]), rot_y(-item["turn"]), item["size"]
    parts: list[Part] = [Box(center, vec(0.008, size * 0.68, size * 0.6), "card", "card", frame)]
    for (z1, y1), (z2, y2) in _STROKES[item["letter"]]:
        a, b = (at(center, frame, -0.012, y * size, z * size) for y, z in ((y1, z1), (y2, z2)))
        parts.append(Cone(a, b, size * 0.075, size * 0.075, "ink", "letter", shadow=False))
    return parts
