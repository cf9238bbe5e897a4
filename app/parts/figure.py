"""A neutral figure in the exercise's position, until the drawn picture of the exercise itself is there.

It shows how to lie, sit or stand, and claims nothing about the movement.
"""

from dataclasses import dataclass

import flet as ft
import flet.canvas as cv

from app.theme import Color, Radius

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Pose:
    """Joints in a box of 100 × 100: the head, the trunk, limbs behind and before it, and things in the room."""

    head: Point
    trunk: tuple[Point, ...]
    limbs: tuple[tuple[Point, ...], ...]
    behind: tuple[tuple[Point, ...], ...] = ()
    things: tuple[tuple[Point, ...], ...] = ()


_POSES = {
    "standing": _Pose(
        (50, 15), ((50, 29), (50, 54)), (((50, 54), (52, 71), (51, 88), (58, 89)),), (((50, 31), (57, 43), (56, 55)),)
    ),
    "sitting": _Pose(
        (49, 24),
        ((48, 38), (45, 62)),
        (((45, 63), (65, 64), (65, 88), (73, 89)),),
        (((48, 40), (55, 52), (63, 58)),),
        (((33, 36), (34, 68), (56, 68)), ((36, 68), (36, 89)), ((54, 68), (54, 89))),
    ),
    "supine": _Pose((14, 76), ((26, 79), (52, 80)), (((53, 80), (68, 60), (77, 85)),), (((29, 82), (46, 86)),)),
    "prone": _Pose(
        (14, 76), ((26, 80), (54, 82)), (((54, 82), (72, 84), (90, 86)),), (((28, 82), (22, 88), (32, 88)),)
    ),
    "side_lying": _Pose(
        (15, 68), ((26, 74), (53, 81)), (((53, 80), (71, 68), (62, 86)),), (((53, 82), (72, 86), (62, 89)),)
    ),
    "quadruped": _Pose(
        (19, 47), ((30, 52), (62, 54)), (((62, 55), (64, 87), (78, 88)),), (((31, 54), (32, 72), (31, 88)),)
    ),
    "kneeling": _Pose(
        (50, 18), ((50, 32), (50, 57)), (((50, 57), (54, 84), (36, 88)),), (((50, 34), (58, 45), (60, 54)),)
    ),
    "long_sitting": _Pose(
        (33, 32), ((34, 46), (36, 78)), (((37, 80), (60, 82), (84, 84)),), (((35, 48), (45, 60), (54, 70)),)
    ),
}


def Figure(
    position: str,
    label: str,
    width: float | None = None,
    height: float = 76,
    radius: int = Radius.CHIP,
    ink: str | None = None,
) -> ft.Semantics:
    """The figure of a position on its ground, named `label`. Without `width` it fills its place; `ink` draws it
    in one color and without a ground.
    """
    side = min(width or height, height)
    ground = None
    if ink is None:
        ground = ft.LinearGradient(
            colors=[
                ft.Colors.with_opacity(0.55, Color.PRIMARY_CONTAINER),
                ft.Colors.with_opacity(0.55, Color.CLAY_CONTAINER),
            ],
            begin=ft.Alignment.TOP_LEFT,
            end=ft.Alignment.BOTTOM_RIGHT,
        )
    return ft.Semantics(
        label=label,
        image=True,
        exclude_semantics=True,
        content=ft.Container(
            drawing(position, side, ink),
            width=width,
            height=height,
            border_radius=radius,
            gradient=ground,
            alignment=ft.Alignment.CENTER,
        ),
    )


def drawing(position: str, side: float, ink: str | None = None) -> cv.Canvas:
    """The figure alone, in a square of `side` logical pixels."""
    pose = _POSES.get(position, _POSES["standing"])
    return cv.Canvas(_shapes(pose, side, ink), width=side, height=side)


def _shapes(pose: _Pose, side: float, ink: str | None) -> list[cv.Shape]:
    part = side / 100 * 0.92
    start = side * 0.04

    def stroke(points: tuple[Point, ...], color: str, width: float) -> cv.Path:
        (x, y), *rest = [(start + px * part, start + py * part) for px, py in points]
        paint = ft.Paint(
            color=ink or color,
            stroke_width=width * part,
            style=ft.PaintingStyle.STROKE,
            stroke_cap=ft.StrokeCap.ROUND,
            stroke_join=ft.StrokeJoin.ROUND,
        )
        return cv.Path([cv.Path.MoveTo(x, y), *(cv.Path.LineTo(*point) for point in rest)], paint=paint)

    body = ft.Colors.with_opacity(0.9, Color.PRIMARY)
    shapes: list[cv.Shape] = [stroke(((4, 97), (96, 97)), Color.OUTLINE, 1.6)]
    shapes += [stroke(points, Color.OUTLINE, 3) for points in pose.things]
    shapes += [stroke(points, Color.CLAY, 9) for points in pose.limbs]
    shapes.append(stroke(pose.trunk, body, 13))
    shapes += [stroke(points, body, 8) for points in pose.behind]
    head = (start + pose.head[0] * part, start + pose.head[1] * part)
    shapes.append(cv.Circle(*head, 8.5 * part, paint=ft.Paint(color=ink or body)))
    return shapes
