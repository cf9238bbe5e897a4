"""What was on a page's screen, and when: frames of a screencast, and what can be told from comparing them.

A frame is what was painted, whichever event came when: the moment a button is seen is that of the first frame in which
the button looks as it does in the end.
"""

import base64
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops
from playwright.sync_api import Error, Page

WIDTH = 240
"""Of a filmed frame, in points."""

_ALIKE = 32
"""Points this far apart, of 255, look alike: pictures are compressed."""
_SHIFTED = 0.12
"""Share of points that differ where the same thing stands a part of a point higher or lower."""
_EDGES = 4
"""Rows of points that differ for the same reason."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What was on the screen from a moment on, in seconds since 1970."""

    at: float
    picture: bytes

    def gray(self) -> Image.Image:
        """The picture without colors, WIDTH points wide."""
        picture = Image.open(io.BytesIO(self.picture)).convert("L")
        return picture.resize((WIDTH, picture.height * WIDTH // picture.width))


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the page, as shares of its width: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def of(self, picture: Image.Image, down: int = 0) -> Image.Image:
        """That part of a picture, or what lies `down` points below it."""
        left, top, right, bottom = (round(side * WIDTH) for side in (self.left, self.top, self.right, self.bottom))
        return picture.crop((left, top + down, right, bottom + down))


class Film:
    """The frames of a page from now on; the list grows while Playwright waits for something."""

    def __init__(self, page: Page) -> None:
        self.frames: list[Frame] = []
        self._session = page.context.new_cdp_session(page)
        self._session.on("Page.screencastFrame", self._take)
        size = {"maxWidth": WIDTH, "maxHeight": 3 * WIDTH}
        self._session.send("Page.startScreencast", {"format": "jpeg", "quality": 70, **size})

    def _take(self, event: dict[str, Any]) -> None:
        self.frames.append(Frame(event["metadata"]["timestamp"], base64.b64decode(event["data"])))
        with suppress(Error):  # the page has been closed meanwhile
            self._session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    def first_with(self, wanted: Image.Image, box: Box, *, since: float) -> float:
        """The moment from which `wanted` was seen between the left and right of `box`, at any height, not before
        `since`. `wanted` has a rim of what is around it, by which it is told from other things of its kind."""
        return max(next(frame.at for frame in self._shown(since) if _is_in(frame, wanted, box)), since)

    def first_without(self, gone: Image.Image, box: Box, *, since: float) -> float | None:
        """The moment after `since` from which that was seen no more; None: it still is."""
        return next((frame.at for frame in self.frames if frame.at > since and not _is_in(frame, gone, box)), None)

    def first_unlike(self, before: Image.Image, box: Box, share: float, *, since: float) -> float | None:
        """The moment after `since` at which more than `share` of the points in `box` had changed; None: not yet."""
        changed: Callable[[Frame], bool] = lambda f: unlike(before, box.of(f.gray())) > share  # noqa: E731
        return next((f.at for f in self.frames if f.at > since and changed(f)), None)

    def first_after(self, moment: float) -> float:
        """The first change of the screen at or after a moment."""
        return next(frame.at for frame in self.frames if frame.at >= moment)

    def _shown(self, since: float) -> list[Frame]:
        """The frame that stood at that moment, and all later ones."""
        earlier = [frame for frame in self.frames if frame.at < since]
        return earlier[-1:] + [frame for frame in self.frames if frame.at >= since]


def unlike(one: Image.Image, other: Image.Image) -> float:
    """The share of the points that differ."""
    histogram = ImageChops.difference(one, other).histogram()
    return sum(histogram[_ALIKE:]) / sum(histogram)


def _is_in(frame: Frame, wanted: Image.Image, box: Box) -> bool:
    return any(unlike(wanted, part) < _SHIFTED for part in _places(frame, box, _rows(wanted)))


def _places(frame: Frame, box: Box, rows: bytes) -> Iterator[Image.Image]:
    """The parts of a picture, as wide and as high as the box, whose rows are about as bright as `rows`."""
    picture = frame.gray()
    top, height = round(box.top * WIDTH), picture.height
    column = _rows(Box(box.left, 0, box.right, height / WIDTH).of(picture))
    for down in sorted(range(-top, height - len(rows) - top + 1), key=abs):
        here = column[top + down : top + down + len(rows)]
        if sum(abs(one - other) > _ALIKE for one, other in zip(here, rows, strict=True)) <= _EDGES:
            yield box.of(picture, down)


def _rows(picture: Image.Image) -> bytes:
    """How bright each row of points is."""
    return picture.resize((1, picture.height), Image.Resampling.BOX).tobytes()
