"""A screen as plain data: what the page paints before Python has started, box for box as Flutter will draw it.

It knows the controls that Today is made of and refuses others, so that a new one cannot be left out unseen. Nothing in
it answers a tap. Counterpart: `app/web/first.js`. Lengths are logical pixels; a color is a place in `palette`.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import flet as ft
import flet.canvas as cv

from app.theme import Color, Look, Size, icon_size, scheme, text_theme, theme

Node = dict[str, Any]


class Outline:
    """Outlines screens in one look. `palette` and `drawings` grow: each color as (light, dark), each figure once."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._texts = text_theme(look.percent)
        self._schemes = scheme(False), scheme(True)
        self._greeting = ""
        self.palette: list[tuple[str, str]] = []
        self.drawings: list[list[Any]] = []
        self._ways: dict[type, Callable[[Any], Node]] = {
            ft.SafeArea: lambda c: self._of(c.content),
            ft.Column: self._column,
            ft.Row: self._row,
            ft.Container: self._box,
            ft.Text: self._text,
            ft.Icon: self._icon,
            ft.Semantics: self._semantics,
            ft.MergeSemantics: lambda c: self._of(c.content),
            ft.FilledButton: self._button,
            ft.IconButton: self._icon_button,
            ft.Stack: self._stack,
            cv.Canvas: self._canvas,
            ft.Image: self._image,
            ft.NavigationBar: self._bar,
        }

    def of(self, control: Any, greeting: str) -> Node:
        """The outline of a screen; the text `greeting` is left to the page. Raises KeyError for an unknown control."""
        self._greeting = greeting
        return self._of(control)

    def _of(self, control: Any) -> Node:
        node = self._ways[type(control)](control)
        if getattr(control, "expand", None):
            node["grow"] = "loose" if control.expand_loose else "all"
        return node

    def _color(self, color: Any) -> int:
        name, _, opacity = str(getattr(color, "value", color)).partition(",")
        share = f"{round(float(opacity) * 255):02X}" if opacity else ""
        light, dark = (_value(scheme, name) + share for scheme in self._schemes)
        pair = (light, dark)
        if pair not in self.palette:
            self.palette.append(pair)
        return self.palette.index(pair)

    def _all(self, controls: Sequence[Any]) -> list[Node]:
        return [self._of(control) for control in controls]

    # Places

    def _column(self, column: ft.Column) -> Node:
        return _flex("column", column, column.horizontal_alignment, self._all(column.controls)) | (
            {"scrolls": True} if column.scroll else {}
        )

    def _row(self, row: ft.Row) -> Node:
        node = _flex("row", row, row.vertical_alignment, self._all(row.controls))
        return node | ({"lines": row.run_spacing} if row.wrap else {})

    def _box(self, box: ft.Container) -> Node:
        node: Node = {"as": "box", "in": [self._of(box.content)] if box.content is not None else []}
        node |= _sized(box)
        if box.padding is not None:
            node["pad"] = _edges(box.padding)
        if box.bgcolor:
            node["fill"] = self._color(box.bgcolor)
        if isinstance(box.border, ft.Border) and box.border.top is not None:
            node["line"] = [box.border.top.width, self._color(box.border.top.color)]
        if box.border_radius:
            node["round"] = box.border_radius
        if isinstance(box.gradient, ft.LinearGradient):
            node["blend"] = [self._color(color) for color in box.gradient.colors]
        return node | ({"middle": True} if box.alignment else {}) | ({"lift": True} if box.shadow else {})

    def _stack(self, stack: ft.Stack) -> Node:
        return {"as": "stack", "in": self._all(stack.controls), **_sized(stack)}

    def _semantics(self, control: ft.Semantics) -> Node:
        node = self._of(control.content)
        if control.exclude_semantics:
            node["said"] = control.label or ""
        return node | ({"level": control.heading_level} if control.header else {})

    # Contents

    def _text(self, text: ft.Text) -> Node:
        style = getattr(self._texts, text.theme_style.name.lower()) if text.theme_style else text.style
        if not isinstance(style, ft.TextStyle) or style.size is None:
            raise TypeError(type(style))
        said = {"greets": True} if text.value == self._greeting else {"words": text.value}
        node: Node = {"as": "text", **said, "ink": self._color(text.color)}
        node["font"] = [style.size, style.size * (style.height or 1.2), style.letter_spacing or 0]
        strong = {"strong": True} if style.font_family == "RobotoMedium" else {}
        return node | strong | ({"center": True} if text.text_align == ft.TextAlign.CENTER else {})

    def _icon(self, icon: ft.Icon) -> Node:
        size = icon.size or icon_size(self._look.percent)
        return {"as": "icon", "name": _name(icon.icon), "box": size, "ink": self._color(icon.color)}

    def _button(self, button: ft.FilledButton) -> Node:
        style = button.style or ft.ButtonStyle()
        node: Node = {"as": "box", "off": True, "in": [self._of(button.content)], "tall": 48}
        node["pad"] = _edges(style.padding)
        node["fill"] = self._color(style.bgcolor)
        if isinstance(style.shape, ft.RoundedRectangleBorder):
            node["round"] = style.shape.radius
        if isinstance(style.side, ft.BorderSide):
            node["edge"] = [style.side.width, self._color(style.side.color)]
        return node

    def _icon_button(self, button: ft.IconButton) -> Node:
        icon = {"as": "icon", "name": _name(button.icon), "box": button.icon_size}
        icon["ink"] = self._color(button.icon_color)
        return {"as": "box", "off": True, "in": [icon], "middle": True, "said": button.tooltip, **_sized(button)}

    def _canvas(self, canvas: cv.Canvas) -> Node:
        shapes = [self._shape(shape) for shape in canvas.shapes]
        if shapes not in self.drawings:
            self.drawings.append(shapes)
        return {"as": "draw", "drawing": self.drawings.index(shapes), **_sized(canvas)}

    def _shape(self, shape: Any) -> list[Any]:
        paint = shape.paint
        stroke = paint.stroke_width if paint.style == ft.PaintingStyle.STROKE else 0
        ink = [self._color(paint.color), stroke, bool(paint.stroke_dash_pattern)]
        if isinstance(shape, cv.Circle):
            return [[shape.x, shape.y, shape.radius], *ink]
        points = [f"{'M' if isinstance(step, cv.Path.MoveTo) else 'L'}{step.x:g} {step.y:g}" for step in shape.elements]
        return ["".join(points), *ink]

    def _image(self, image: ft.Image) -> Node:
        node: Node = {"as": "picture", "round": image.border_radius, **_sized(image)}
        if isinstance(image.src, str):  # a clinic's photo is not left with the page
            node["src"] = image.src
        return node | ({"flipped": True} if image.flip else {})

    def _bar(self, bar: ft.NavigationBar) -> Node:
        tabs = [
            [_name(tab.selected_icon if place == bar.selected_index else tab.icon), tab.label]
            for place, tab in enumerate(bar.destinations)
        ]
        colors = (Color.CARD, Color.PRIMARY_CONTAINER, Color.ON_PRIMARY_CONTAINER, Color.MUTED, Color.ON)
        node: Node = {"as": "bar", "tabs": tabs, "chosen": bar.selected_index, "box": Size.ICON}
        look = theme(False, self._look.percent).navigation_bar_theme
        if look is None or not isinstance(look.label_text_style, ft.TextStyle):
            raise TypeError(type(look))
        node |= {"font": look.label_text_style.size, "height": look.height}
        return node | {"colors": [self._color(color) for color in colors]}


def _value(colors: ft.ColorScheme, name: str) -> str:
    return "#00000000" if name == Color.CLEAR.value else str(getattr(colors, _field(name)))


@cache
def _field(name: str) -> str:
    """The field of a color scheme in which the color `name` is: Flet's names have no underscores, its fields do."""
    return next(color.name.lower() for color in ft.Colors if color.value == name)


def _flex(kind: str, control: Any, across: Any, held: list[Node]) -> Node:
    node: Node = {"as": kind, "gap": control.spacing, "across": across.value, "along": control.alignment.value}
    return node | {"in": held} | ({"tight": True} if control.tight else {})


def _sized(control: Any) -> Node:
    return {name: value for name in ("width", "height") if (value := getattr(control, name)) is not None}


def _edges(padding: Any) -> list[float]:
    if isinstance(padding, ft.Padding):
        return [padding.top, padding.right, padding.bottom, padding.left]
    return [padding] * 4


def _name(icon: Any) -> str:
    return str(icon.name).lower()
