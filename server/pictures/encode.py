"""Pictures as WebP files of at most the size the library allows, the same bytes every time."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from PIL import Image

from server.pictures.motion import Frame, frames
from server.pictures.posefile import PoseFile
from server.pictures.render import Artist

STILL_SIZE, STILL_OVER = 480, 3
STILL_LIMIT, LOOP_LIMIT = 15_000, 60_000
_STILL_QUALITIES = (82, 74, 66, 58, 50, 42)
_LOOP_SIZES, _LOOP_QUALITIES, _LOOP_STEPS = (480, 400), (60, 48, 38), (6, 5)
_WEIGHTS = {60: 1.0, 48: 0.9, 38: 0.8}
_HOPELESS = 1.04
"""Settings expected to miss the limit by more are not tried."""
_MOVING = 1100
"""Milliseconds the way out takes, about."""


class TooLarge(ValueError):
    """A picture that no setting brings under its limit."""


@dataclass(frozen=True)
class Files:
    start: bytes
    end: bytes
    loop: bytes

    def items(self) -> list[tuple[str, bytes]]:
        return [("start.webp", self.start), ("end.webp", self.end), ("loop.webp", self.loop)]


def files(file: PoseFile) -> Files:
    """All three files of an exercise. Raises TooLarge."""
    artist = Artist(file)
    start, end = (still(artist.still(at, STILL_SIZE, STILL_OVER), file.id) for at in (0, 1))
    return Files(start, end, loop(artist))


def still(image: Image.Image, name: str) -> bytes:
    for quality in _STILL_QUALITIES:
        out = io.BytesIO()
        image.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= STILL_LIMIT:
            return out.getvalue()
    raise TooLarge(f"{name}: a still takes {out.tell()} bytes, {STILL_LIMIT} are allowed")


def loop(artist: Artist) -> bytes:
    """The loop at the best size and quality that fits. Raises TooLarge."""
    drawn: dict[tuple[int, Frame], Image.Image] = {}
    expected, taken = 0.0, 0
    for steps, size, quality in _settings(int(artist.file.get("steps", _LOOP_STEPS[0]))):
        weight = steps * size * _WEIGHTS[quality]
        if expected * weight > LOOP_LIMIT * _HOPELESS:
            continue
        shown = frames(artist.file, steps, _MOVING // (steps + 2))
        images = [_drawn(artist, drawn, size, frame) for frame in shown]
        data = _webp(images, [frame.milliseconds for frame in shown], quality)
        if len(data) <= LOOP_LIMIT:
            return data
        taken = len(data)
        expected = taken / weight
    raise TooLarge(f"{artist.file.id}: the loop takes {taken} bytes, {LOOP_LIMIT} are allowed")


def _settings(first_steps: int) -> Iterator[tuple[int, int, int]]:
    fewer = [first_steps, *(steps for steps in _LOOP_STEPS if steps < first_steps)]
    return product(fewer, _LOOP_SIZES, _LOOP_QUALITIES)


def _drawn(artist: Artist, known: dict[tuple[int, Frame], Image.Image], size: int, frame: Frame) -> Image.Image:
    """Each picture is drawn once, under size 0; the way back shows those of the way out unless it is another way."""
    at = frame.at if frame.at <= 1 or artist.file.back is not None else 2 - frame.at
    key = Frame(round(at, 6), 0, round(frame.glow, 6), frame.press)
    if (0, key) not in known:
        known[0, key] = artist.large(at, _LOOP_SIZES[0], frame.glow, frame.press)
    if (size, key) not in known:
        known[size, key] = known[0, key].resize((size, size), Image.Resampling.LANCZOS)
    return known[size, key]


def _webp(images: list[Image.Image], milliseconds: list[int], quality: int) -> bytes:
    out = io.BytesIO()
    images[0].save(
        out,
        "WEBP",
        save_all=True,
        append_images=images[1:],
        duration=milliseconds,
        loop=0,
        quality=quality,
        method=4,
        minimize_size=False,
        allow_mixed=False,
    )
    return out.getvalue()
