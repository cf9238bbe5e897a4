"""From the equipment a pose file names to parts of the scene."""

from collections.abc import Callable
from typing import Any

from server.pictures import furniture, held, soft, strips
from server.pictures.kinds import filled
from server.pictures.shapes import Cone, Part
from server.pictures.skeleton import Skeleton

_Maker = Callable[[Skeleton, dict[str, Any]], list[Part]]

_MAKERS: dict[str, _Maker] = {
    "mat": furniture.mat,
    "bed": furniture.bed,
    "chair": furniture.chair,
    "wall": furniture.wall,
    "doorway": furniture.doorway,
    "counter": furniture.counter,
    "table": furniture.table,
    "step": furniture.step,
    "stairs": furniture.stairs,
    "box": furniture.box,
    "target_letter": furniture.target_letter,
    "towel": soft.towel,
    "pillow": soft.pillow,
    "roll": soft.roll,
    "ball": soft.ball,
    "putty": soft.putty,
    "dumbbell": held.dumbbell,
    "weight": held.weight,
    "ankle_weight": held.ankle_weight,
    "stick": held.stick,
    "hammer": held.hammer,
    "walking_stick": held.walking_stick,
}
_STRIPS = {"band": "band", "light_band": "light_band", "strap": "strap"}


def equipment(s: Skeleton, items: list[dict[str, Any]], body: list[Cone]) -> list[Part]:
    """Everything but the figure, in the pose the skeleton has; strips lie on the body."""
    parts: list[Part] = []
    for index, item in enumerate(items):
        kind = item["kind"]
        if kind in _STRIPS:
            made = strips.strip(s, filled(item), body, _STRIPS[kind])
        elif kind == "loop_band":
            made = strips.loop(s, filled(item), body)
        else:
            made = _MAKERS[kind](s, filled(item))
        for part in made:
            part.group = f"eq{index}{part.group}"
        parts += made
    return parts
