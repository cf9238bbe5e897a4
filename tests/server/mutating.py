"""Pictures that mean harm: a corpus of thirty, and any number of mutated ones, each judged by the same rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from random import Random
from zlib import compress

from PIL import Image

from hep.problems import CATALOG
from server.photos.darkroom import Darkroom, darkroom
from server.photos.developing import LARGEST_SIDE, MOST_BYTES
from server.problems import Declined
from tests.server.pictures import SECRET, bomb, chunk, moving, picture, scene, text_chunk, with_place

MOST_MEMORY_KIB = 400 * 1024

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def _jpeg(**more: object) -> bytes:
    return picture(0.4, "JPEG", **more)


def _png(**more: object) -> bytes:
    return picture(0.4, "PNG", scene(0.4, (200, 170)), **more)


def _webp(**more: object) -> bytes:
    return picture(0.4, "WEBP", scene(0.4, (200, 170)), **more)


def _header(width: int, height: int, depth: int = 8, color: int = 2) -> bytes:
    content = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((depth, color, 0, 0, 0))
    return _SIGNATURE + chunk(b"IHDR", content)


TAKEN = "taken"
CORPUS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing at all": (lambda: b"", "picture_unknown"),
    "a text": (lambda: b"This is my knee.", "picture_unknown"),
    "a page": (lambda: b"<!doctype html><script>alert(1)</script>", "picture_unknown"),
    "a drawing with a script": (lambda: _SVG, "picture_unknown"),
    "a program": (lambda: b"\x7fELF" + bytes(500), "picture_unknown"),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 200 200\n", "picture_unknown"),
    "a zip": (lambda: b"PK\x03\x04" + bytes(500), "picture_unknown"),
    "a GIF": (lambda: picture(0.4, "GIF"), "picture_unknown"),
    "a TIFF": (lambda: picture(0.4, "TIFF"), "picture_unknown"),
    "a BMP": (lambda: picture(0.4, "BMP"), "picture_unknown"),
    "an ICO": (lambda: picture(0.4, "ICO", scene(0.4, (200, 200))), "picture_unknown"),
    "a sound in the box of a WebP": (lambda: b"RIFF" + b"\x24\0\0\0WAVEfmt " + bytes(300), "picture_unknown"),
    "400 megapixels in 48 kB": (bomb, "picture_too_large"),
    "just above the limit": (lambda: bomb(8_000, 3_126), "picture_too_large"),
    "a header alone that says four billion": (lambda: _header(65_535, 65_535), "picture_unknown"),
    "a strip": (lambda: bomb(100_000, 10), "picture_too_small"),
    "a dot": (lambda: picture(0.4, "PNG", scene(0.4, (1, 1))), "picture_too_small"),
    "no size": (lambda: _header(0, 0) + chunk(b"IEND", b""), "picture_unknown"),
    "a JPEG cut off": (lambda: _jpeg()[:5_000], "picture_damaged"),
    "a PNG cut off": (lambda: _png()[:5_000], "picture_damaged"),
    "a WebP cut off": (lambda: _webp()[:500], "picture_damaged"),
    "a PNG of a header alone": (lambda: _header(200, 200) + chunk(b"IEND", b""), "picture_damaged"),
    "a PNG whose sum is wrong": (lambda: _png()[:-20] + b"\0" * 20, "picture_damaged"),
    "a moving WebP": (lambda: moving("WEBP"), "picture_animated"),
    "a moving PNG": (lambda: moving("PNG"), "picture_animated"),
    "a text bomb in a PNG": (
        lambda: _png()[:33] + chunk(b"zTXt", b"k\0\0" + _deflated_zeros()) + _png()[33:],
        "picture_damaged",
    ),
    "a place and a name in a JPEG": (lambda: _jpeg(exif=with_place(), comment=SECRET), TAKEN),
    "a place and a name in a PNG": (lambda: _png(exif=with_place(), pnginfo=text_chunk(SECRET)), TAKEN),
    "a place and a name in a WebP": (lambda: _webp(exif=with_place(), xmp=SECRET, icc_profile=SECRET * 9), TAKEN),
    "a name behind the end": (lambda: _jpeg() + SECRET, TAKEN),
}
"""What it is → how it is made, and the code it is refused with, or that it is taken."""


def _deflated_zeros() -> bytes:
    return compress(bytes(50_000_000), 9)


@dataclass
class Outcome:
    """What became of the pictures: how often each answer was given, and what must not be."""

    answers: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    peak_kib: int = 0


def clean(content: bytes) -> list[str]:
    """What is wrong with a photo that was let in; empty for a small picture and nothing else."""
    wrong = []
    with Image.open(BytesIO(content)) as image:
        image.load()
        if image.format != "WEBP" or max(image.size) > LARGEST_SIDE or len(content) > MOST_BYTES:
            wrong.append(f"{image.format} {image.size} {len(content)}")
        if set(image.info) - {"loop", "background", "timestamp", "duration"} or dict(image.getexif()):
            wrong.append(f"metadata {sorted(image.info)}")
    if content[12:16] != b"VP8 " or len(content) - 20 - int.from_bytes(content[16:20], "little") not in (0, 1):
        wrong.append("more than one chunk")
    if SECRET in content or SECRET[:10] in content:
        wrong.append("the name is in it")
    return wrong


def mutated(seed: int) -> bytes:
    """A good picture with some harm done to it, the same for the same number."""
    random = Random(seed)
    content = bytearray(random.choice(_good()))
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        _harm(content, random)
    return bytes(content)


def _harm(content: bytearray, random: Random) -> None:
    at = random.randrange(len(content) or 1)
    what = random.randrange(6)
    if what == 0:
        content[at : at + 1] = bytes((random.randrange(256),))
    elif what == 1:
        del content[at : at + random.choice((1, 2, 100, 10_000))]
    elif what == 2:
        content[at:at] = random.randbytes(random.choice((1, 4, 64)))
    elif what == 3:
        number = random.choice((0, 1, 255, 2**31 - 1, 2**32 - 1))
        content[at : at + 4] = number.to_bytes(4, random.choice(("big", "little")))
    elif what == 4:
        head = random.randrange(min(64, len(content) or 1))
        content[head : head + 2] = random.randbytes(2)
    else:
        content[at:at] = content[at : at + random.choice((8, 500))]


_made: list[bytes] = []


def _good() -> list[bytes]:
    if not _made:
        small = scene(0.6, (176, 164), grain=6)
        for form in ("JPEG", "PNG", "WEBP"):
            _made.append(picture(0.6, form, small))
            _made.append(picture(0.6, form, small, exif=with_place()))
        _made.append(picture(0.6, "PNG", small, pnginfo=text_chunk(SECRET)))
        _made.append(picture(0.6, "JPEG", small, comment=SECRET, progressive=True))
        _made.append(picture(0.6, "PNG", scene(0.6, (176, 164), "P", grain=6)))
        _made.append(picture(0.6, "WEBP", scene(0.6, (176, 164), "RGBA", grain=6), lossless=True))
    return _made


def try_all(pictures: Iterator[bytes]) -> Outcome:
    """Show the pictures to one worker after another, as long as each lives."""
    outcome = Outcome()
    with darkroom() as room:
        for content in pictures:
            answer = _answer(room, content, outcome)
            outcome.answers[answer] = outcome.answers.get(answer, 0) + 1
            outcome.peak_kib = max(outcome.peak_kib, peak_kib(room))
    return outcome


def _answer(room: Darkroom, content: bytes, outcome: Outcome) -> str:
    try:
        made = room.develop(content)
    except Declined as declined:
        if not declined.code.startswith("picture_") or CATALOG[declined.code][0] != 422:
            outcome.wrong.append(declined.code)
        return declined.code
    outcome.wrong += clean(made.content)
    return TAKEN


def peak_kib(room: Darkroom) -> int:
    """The most memory the room's worker has had, in KiB; 0 without one."""
    if room.process_id is None:
        return 0
    status = Path(f"/proc/{room.process_id}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])
