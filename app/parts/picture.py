"""The picture of an exercise: a still, or the movement in a loop with a button that stops it.

Pictures are drawn for the right side; the left one is the same picture mirrored here. A clinic's own exercise shows its
photo, or the drawing it names. Where there is no picture (yet), the neutral figure of the position stands in.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import flet as ft

from app.parts.controls import IconAction
from app.parts.figure import drawing
from app.parts.hooks import use_value
from app.parts.photos import GALLERY, FetchContext
from app.platform.here import PICTURES
from app.theme import Color, LookContext, Radius, Size
from hep.own import is_own
from hep.records import Exercise, Side

STILL, LOOP = "end", "loop"
"""The still that stands for an exercise shows where the movement ends, the start behind it; the loop shows it all."""

_THUMB_PIXELS = 160
"""A thumb is made smaller in two steps: in one, the lines of a drawing fall between the pixels of a coarse screen."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to show of an exercise. `drawn_as` names its drawings, if any; `mirrored`: for the left side."""

    position: str
    drawn_as: str | None
    photo: str | None = None
    mirrored: bool = False

    @property
    def moves(self) -> bool:
        """Whether there is a loop beside the still."""
        return self.photo is None and self.drawn_as is not None


def shown(exercise: Exercise, side: Side | None = None) -> Shown:
    """What to show of an exercise on a side; without one, and for both, as it is drawn."""
    drawn_as = exercise.drawing or (None if is_own(exercise.id) else exercise.id)
    return Shown(exercise.position, drawn_as, exercise.photo, mirrored=side is Side.LEFT)


def address(drawn_as: str, part: str) -> str:
    """Where a drawing is."""
    return f"{PICTURES}/{drawn_as}/{part}.webp"


def Picture(
    what: Shown,
    label: str,
    width: float | None = None,
    height: float = Size.THUMB,
    radius: int = Radius.CHIP,
    part: str = STILL,
) -> ft.Semantics:
    """A picture on its ground, named `label`. Without `width` it fills its place, whole, with the ground beside it."""
    return ft.Semantics(
        label=label,
        image=True,
        exclude_semantics=True,
        content=ft.Container(
            _content(what, (width, height), radius, part),
            width=width,
            height=height,
            border_radius=radius,
            bgcolor=Color.PICTURE_GROUND,
            alignment=ft.Alignment.CENTER,
        ),
    )


@ft.component
def MovingPicture(
    what: Shown,
    label: str,
    names: tuple[str, str],
    height: float,
    over: ft.Control | None = None,
    corner: ft.Control | None = None,
) -> ft.Control:
    """The loop, as wide as its place, with a button to stop and play it; `names` are those of playing and stopping.

    Who asked for less motion begins with the still. `over` and `corner` lie on the
    upper left and the upper right.
    """
    still = ft.use_context(LookContext).still
    playing, set_playing = use_value(not still)
    part = LOOP if what.moves and playing else STILL
    layers: list[ft.Control] = [Picture(what, label, height=height, radius=Radius.HERO, part=part)]
    if over is not None:
        layers.append(ft.Container(over, left=12, top=12))
    if corner is not None:
        layers.append(ft.Container(corner, right=8, top=8))
    if what.moves:
        layers.append(ft.Container(_button(playing, names, lambda: set_playing(not playing)), right=8, bottom=8))
    return ft.Stack(layers)


def _button(playing: bool, names: tuple[str, str], on_click: Callable[[], None]) -> ft.Control:
    return IconAction(
        ft.Icons.PAUSE if playing else ft.Icons.PLAY_ARROW,
        names[playing],
        lambda _: on_click(),
        key="picture-motion",
        color=Color.ON_PRIMARY_CONTAINER,
        ground=Color.PRIMARY_CONTAINER,
    )


def _content(what: Shown, size: tuple[float | None, float], radius: int, part: str) -> ft.Control:
    return _drawn(what, size, radius, part) if what.photo is None else _Photo(what, what.photo, size, radius)


@ft.component
def _Photo(what: Shown, photo: str, size: tuple[float | None, float], radius: int) -> ft.Control:
    """The photo once it is there; what else there is of the exercise until then."""
    gallery, _ = use_value(GALLERY)
    fetch = ft.use_context(FetchContext)

    async def want() -> None:
        await gallery.want(photo, fetch)

    ft.use_effect(want, [photo])
    content = gallery.held.get(photo)
    instead = _drawn(what, size, radius, STILL)
    return instead if content is None else _image(content, replace(what, mirrored=False), size, radius, instead)


def _drawn(what: Shown, size: tuple[float | None, float], radius: int, part: str) -> ft.Control:
    """The drawing; instead of a loop that is not there the still, instead of that the neutral figure."""
    width, height = size
    instead: ft.Control = drawing(what.position, min(width or height, height))
    if what.drawn_as is None:
        return instead
    if part == LOOP:
        instead = _image(address(what.drawn_as, STILL), what, size, radius, instead)
    return _image(address(what.drawn_as, part), what, size, radius, instead)


def _image(
    src: str | bytes, what: Shown, size: tuple[float | None, float], radius: int, instead: ft.Control
) -> ft.Control:
    width, height = size
    thumb = width is not None and width <= Size.THUMB
    return ft.Image(
        src=src,
        error_content=instead,
        width=width,
        height=height,
        cache_width=_THUMB_PIXELS if thumb else None,
        fit=ft.BoxFit.COVER if thumb else ft.BoxFit.CONTAIN,
        border_radius=radius,
        gapless_playback=True,
        color=Color.PICTURE_LIGHT,
        color_blend_mode=ft.BlendMode.MODULATE,
        flip=ft.Flip(flip_x=True) if what.mirrored else None,
    )
