"""Opens a picture from outside and draws it anew: small, upright, of one frame, and without anything but the picture.

Runs in the worker process only, because it trusts nothing about what it opens. What it gives back was painted onto an
empty image and written by our own encoder, so that no metadata of any kind can come along.
"""

from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

from PIL import Image, UnidentifiedImageError, WebPImagePlugin

from server.photos.wire import MOST_BYTES, Developed

LARGEST_SIDE = 960
"""Pixels, inclusive: twice the width the picture has on a phone."""

MOST_PIXELS = {"JPEG": 25_000_000, "MPO": 25_000_000, "PNG": 25_000_000, "WEBP": 16_000_000}
"""Of a picture that is opened, inclusive, by format: a phone's camera gives up to 24.5 million. Decoding takes some
twelve bytes for each at worst, of WebP twenty."""

LEAST_SIDE = 160
"""Pixels, inclusive: less shows no exercise."""

FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITIES = (82, 64, 46, 30)
_ORIENTATION, _LOCATION = 0x0112, 0x8825
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SCALES_AS_IT_IS = {"L", "RGB", "RGBA", "CMYK", "YCbCr"}

WebPImagePlugin.WebPImageFile.format  # noqa: B018 the import registers the format, so that no other plugin is loaded
Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())


class Unfit(Exception):
    """The picture cannot be used; the argument is a code of `hep.problems.CATALOG`."""


def develop(content: bytes) -> Developed:
    """The picture drawn anew. Raises `Unfit`: unknown, damaged, too large, too small, animated, too hard to open."""
    with _opened(content) as image:
        _check(image)
        painted, had_location = _painted(image)
    written, (width, height) = _written(painted)
    return Developed(written, width, height, had_location)


def as_it_is(content: bytes) -> Developed | None:
    """A photo that was developed already, by this server or another one: as it is. None for anything else.

    It is a WebP file of a single lossy frame, with no room for anything beside it, that opens.
    """
    bare = content[:4] == b"RIFF" and content[8:16] == b"WEBPVP8 " and len(content) <= MOST_BYTES
    sizes = (int.from_bytes(content[4:8], "little") + 8, int.from_bytes(content[16:20], "little") + 20)
    if not bare or sizes[0] != len(content) or not 0 <= len(content) - sizes[1] <= 1:
        return None
    with _opened(content) as image:
        _check(image)
        _loaded(image)
        width, height = image.size
    return Developed(content, width, height, False) if max(width, height) <= LARGEST_SIDE else None


def _opened(content: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        raise Unfit("picture_unknown") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Unfit("picture_too_large") from None


def _check(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS[image.format or ""]:
        raise Unfit("picture_too_large")
    if min(width, height) < LEAST_SIDE:
        raise Unfit("picture_too_small")
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:  # MPO: a phone's JPEG with helpers behind the photo
        raise Unfit("picture_animated")


def _loaded(image: Image.Image) -> None:
    try:
        image.load()
    except MemoryError:
        raise Unfit("picture_too_hard") from None
    except Exception:
        raise Unfit("picture_damaged") from None


def _painted(image: Image.Image) -> tuple[Image.Image, bool]:
    """Small, upright, on white; and whether the file told of a place."""
    image.draft("RGB", (2 * LARGEST_SIDE, 2 * LARGEST_SIDE))
    _loaded(image)
    orientation, had_location = _told(image)
    small = _nearer(image if image.mode in _SCALES_AS_IT_IS else _in_color(image))
    small.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    if orientation in _UPRIGHT:
        small = small.transpose(_UPRIGHT[orientation])
    paper = Image.new("RGB", small.size, "white")
    paper.paste(small.convert("RGB"), mask=small.getchannel("A") if small.mode == "RGBA" else None)
    return paper, had_location


def _nearer(image: Image.Image) -> Image.Image:
    """At most four times as large as it will be, one channel after the other: no second copy of a large picture."""
    share = max(image.size) // (2 * LARGEST_SIDE)
    if share < 2:
        return image
    return Image.merge(image.mode, [image.getchannel(name).reduce(share) for name in image.getbands()])


def _told(image: Image.Image) -> tuple[int, bool]:
    """Which side is up, and whether a place is named; what cannot be read tells nothing."""
    with suppress(Exception):
        exif = image.getexif()
        return int(exif.get(_ORIENTATION, 1)), bool(exif.get_ifd(_LOCATION))
    return 1, False


def _in_color(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _written(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    for attempt in _smaller_and_smaller(image):
        for quality in _QUALITIES:
            sink = BytesIO()
            attempt.save(sink, "WEBP", quality=quality, method=4)
            if sink.tell() <= MOST_BYTES:
                return sink.getvalue(), attempt.size
    raise Unfit("picture_too_hard")


def _smaller_and_smaller(image: Image.Image) -> Iterator[Image.Image]:
    yield image
    for share in (0.75, 0.5):
        size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
        yield image.resize(size, Image.Resampling.LANCZOS)
