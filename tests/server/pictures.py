"""Pictures made by the tests: good ones, and every kind that must be refused or cleaned."""

from io import BytesIO
from random import Random
from struct import pack
from zlib import compress, crc32

from PIL import Image, PngImagePlugin

SECRET = b"Ana Rivera, 12 Elm Street"
"""What no stored picture may hold."""


def scene(shade: float = 0.5, size: tuple[int, int] = (640, 480), mode: str = "RGB", grain: int = 32) -> Image.Image:
    """A picture with some structure, another one for each shade (0 to 1)."""
    tile = Image.frombytes("RGB", (grain, grain), Random(shade).randbytes(grain * grain * 3))
    return tile.resize(size, Image.Resampling.BICUBIC).convert(mode)


def picture(shade: float = 0.5, form: str = "JPEG", image: Image.Image | None = None, **more: object) -> bytes:
    """A file of that picture."""
    sink = BytesIO()
    (image or scene(shade)).save(sink, form, **more)
    return sink.getvalue()


def with_place(orientation: int = 6) -> Image.Exif:
    """What a phone writes into its photos: which side is up, a name, and where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 26.0, 46.0), 3: "W", 4: (79.0, 58.0, 56.0)})
    return exif


def bomb(width: int = 20_000, height: int = 20_000) -> bytes:
    """A small PNG that declares an enormous picture: 400 megapixels in about 48 kB."""
    rows = compress(b"\0" * ((width // 8 + 1) * height), 9)
    header = pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return pack(">I", len(content)) + kind + content + pack(">I", crc32(kind + content))


def moving(form: str) -> bytes:
    """Three frames."""
    frames = [scene(shade) for shade in (0.1, 0.2, 0.3)]
    return picture(0.1, form, frames[0], save_all=True, append_images=frames[1:], duration=100)


def text_chunk(text: bytes) -> PngImagePlugin.PngInfo:
    """Metadata of a PNG."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", text.decode())
    info.add_text("Long", text.decode() * 100, zip=True)
    return info
