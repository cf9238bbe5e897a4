"""What was on a page's screen, and when: frames of a screencast, and what can be told from comparing them.

A frame is what was painted, whichever event came when: the moment a button is seen is that of the first frame in which
the button looks as it does in the end.
"""

import base64
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops
from playwright.sync_api import Page

WIDTH = 240
"""Of a filmed frame, in points."""

_ALIKE = 32
"""Points this far apart, of 255, look alike: pictures are compressed."""


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
        self._session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    def first_with(self, wanted: Image.Image, box: Box, *, since: float) -> float:
        """The moment from which `wanted` was seen at the left and right of `box`, at any height, not before `since`."""
        frame = next(f for f in self._shown(since) if any(alike(wanted, part) for part in _heights(f, box)))
        return max(frame.at, since)

    def first_unlike(self, before: Image.Image, box: Box, share: float, *, since: float) -> float | None:
        """The moment after `since` at which more than `share` of the points in `box` had changed; None: not yet."""
        changed: Callable[[Frame], bool] = lambda f: unlike(before, box.of(f.gray())) > share  # noqa: E731
        return next((f.at for f in self.frames if f.at > since and changed(f)), None)

    def first_like(self, wanted: Image.Image, box: Box) -> float:
        """The moment from which a part of the screen looked like `wanted`."""
        return next(f.at for f in self.frames if alike(wanted, box.of(f.gray())))

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


def alike(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures of one size look the same."""
    return unlike(one, other) < 0.02


def _heights(frame: Frame, box: Box) -> Iterator[Image.Image]:
    """The part of the picture as wide and as high as the box, at each height of the picture."""
    picture = frame.gray()
    lowest = picture.height - round(box.bottom * WIDTH)
    for down in sorted(range(-round(box.top * WIDTH), lowest + 1), key=abs):
        yield box.of(picture, down)
