"""One moment of an exercise as a picture."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from server.pictures import arrows
from server.pictures.camera import Camera
from server.pictures.ink import ink
from server.pictures.posefile import PoseFile
from server.pictures.raster import EMPTY, Bools, Buffers, Floats, looks, raster
from server.pictures.scene import Moments, Scene, Sign, arrow_points, camera
from server.pictures.shade import Colors, shade
from server.pictures.shapes import Box
from server.pictures.tint import tint
from server.pictures.vectors import unit, vec

_GHOST = 0.38


@dataclass
class Drawn:
    """Colors before arrows, with what the checks ask about."""

    color: Colors
    buffers: Buffers
    scene: Scene
    tints: Floats
    lines: Bools

    @property
    def body(self) -> Bools:
        """Where the figure itself is seen."""
        count = len(self.scene.body)
        return np.asarray((self.buffers.part != EMPTY) & (self.buffers.part < count))

    @property
    def shape(self) -> Bools:
        """Where the figure and what it holds or wears are seen, but not the furniture."""
        moving = [not isinstance(part, Box) for part in self.scene.parts]
        return np.asarray(np.array([*moving, False])[self.buffers.part])


class Artist:
    """Draws the moments of one exercise with one camera."""

    def __init__(self, file: PoseFile) -> None:
        self.file = file
        self.moments = Moments(file)
        self.camera: Camera = camera(self.moments)
        self.signs: list[Sign] = arrow_points(self.moments, self.camera)
        self._starts: dict[tuple[int, int], Drawn] = {}

    def draw(self, at: float, size: int, over: int, glow: float = 0.0) -> Drawn:
        now = self.moments.at(at)
        buffers = raster(now.parts, self.camera, size * over)
        names = self.file.get("muscles", []) if glow > 0 else []
        tints = tint(buffers, now.parts, names) * np.float32(glow)
        look = looks(buffers, now.parts)
        color = shade(buffers, now.parts, look, tints, now.skeleton.frames["pelvis"], self.file.get("floor", True))
        lines = ink(buffers, now.parts, look, color, over)
        return Drawn(color, buffers, now, tints, lines)

    def still(self, at: float, size: int = 480, over: int = 3) -> Image.Image:
        """The start (0) without tint, or the end (1) tinted and with the start's ghost behind it."""
        if at == 0:
            return self._finished(self._begin(size, over), size, at, 1.0)
        drawn = self.draw(at, size, over, glow=at)
        if at == 1 and self.file.get("ghost", True):
            _add_ghost(drawn, self._begin(size, over), over)
        return self._finished(drawn, size, at, 1.0)

    def _begin(self, size: int, over: int) -> Drawn:
        """The start, drawn once: it is a still of its own and the ghost of the end."""
        if (size, over) not in self._starts:
            self._starts[size, over] = self.draw(0, size, over)
        return self._starts[size, over]

    def frame(self, at: float, size: int, glow: float, press: float = 0.0) -> Image.Image:
        return _small(self.large(at, size, glow, press), size)

    def large(self, at: float, size: int, glow: float, press: float = 0.0) -> Image.Image:
        """A frame as it is drawn, larger than it is shown."""
        return self._inked(self.draw(at, size, 2, glow), at, press)

    def _finished(self, drawn: Drawn, size: int, at: float, press: float) -> Image.Image:
        return _small(self._inked(drawn, at, press), size)

    def _inked(self, drawn: Drawn, at: float, press: float) -> Image.Image:
        image = Image.fromarray(drawn.color)
        pen = ImageDraw.Draw(image)
        for stroke in self.strokes(drawn.buffers, at, press):
            arrows.draw_arrow(pen, stroke)
        for puff in self._puffs(drawn, at):
            arrows.draw_puff(pen, puff)
        return image

    def strokes(self, b: Buffers, at: float, press: float = 1.0) -> list[arrows.Stroke]:
        """The arrows shown at that moment, in pixels; pressing arrows come and go with the effort."""
        out = []
        close = self.camera.span < 1.2
        for sign in self.signs:
            if not _shown(sign.when, at):
                continue
            points = [vec(*b.to_pixels(point)) for point in sign.points]
            if sign.press:
                back = (points[0] - points[1]) * 0.35 * (1 - press)
                points = [point + back for point in points]
            out.append(arrows.Stroke(points, b.width * (sign.width or (0.022 if close else 0.017)), sign.both))
        return out

    def _puffs(self, drawn: Drawn, at: float) -> list[arrows.Puff]:
        wish = self.file.get("puff", False)
        if not wish:
            return []
        wish = {} if wish is True else wish
        if not _shown(wish.get("when", "end"), at):
            return []
        skeleton = drawn.scene.skeleton
        start = skeleton.place(wish.get("at", "mouth"))
        way = vec(*wish["dir"]) if "dir" in wish else skeleton.frames["head"][:, 0]
        a, b = (vec(*drawn.buffers.to_pixels(self.camera.see(p))) for p in (start, start + unit(way) * 0.1))
        size = drawn.buffers.width * 0.09 * wish.get("size", 1)
        return [arrows.Puff(a + unit(b - a) * size * 0.25, unit(b - a), size, wish.get("way", "out") == "in")]


def _small(image: Image.Image, size: int) -> Image.Image:
    return image.resize((size, size), Image.Resampling.LANCZOS)


def _shown(when: str, at: float) -> bool:
    late = 0.5 < at < 1.5
    return when == "always" or (when == "end") == late


def _add_ghost(drawn: Drawn, start: Drawn, over: int) -> None:
    """The start pose with what it holds, pale, behind the end; never over the figure, and without crumbs."""
    there = (start.shape | start.lines) & ~drawn.body & ~drawn.lines
    there &= start.buffers.depth > drawn.buffers.depth + 0.004
    there &= _without_crumbs(there, over * 2 + 1)
    mixed = drawn.color[there] * (1 - _GHOST) + start.color[there] * _GHOST
    drawn.color[there] = mixed.astype(np.uint8)


def _without_crumbs(mask: Bools, size: int) -> Bools:
    """What is left of a mask when everything thinner than `size` pixels is gone."""
    image = Image.fromarray(mask).convert("L")
    kept = image.filter(ImageFilter.MinFilter(size)).filter(ImageFilter.MaxFilter(size))
    return np.asarray(kept) > 0
