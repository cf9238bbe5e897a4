"""Pictures put side by side for looking at: one exercise at length, or many on a contact sheet."""

from PIL import Image, ImageDraw

from server.pictures.posefile import PoseFile
from server.pictures.render import Artist

_GAP, _BACK = 4, "#8a8f96"
_STRIP = (0.25, 0.5, 0.75, 1.25, 1.5, 1.75)


def look(file: PoseFile, size: int) -> Image.Image:
    """Start and end side by side; under them six moments of the way out and back."""
    artist = Artist(file)
    small = (2 * size + _GAP - 5 * _GAP) // 6
    out = Image.new("RGB", (2 * size + _GAP, size + small + _GAP), _BACK)
    out.paste(artist.still(0, size), (0, 0))
    out.paste(artist.still(1, size), (size + _GAP, 0))
    for index, at in enumerate(_STRIP):
        share = at if at <= 1 else 2 - at
        out.paste(artist.frame(at, small, share, 1.0), (index * (small + _GAP), size + _GAP))
    return out


def contact_sheet(pictures: list[tuple[str, Image.Image, Image.Image]], size: int, columns: int) -> Image.Image:
    """Pairs of start and end with the exercise's id beneath."""
    label = 14
    rows = -(-len(pictures) // columns)
    wide, high = 2 * size + _GAP, size + label
    out = Image.new("RGB", (columns * (wide + 2 * _GAP), rows * (high + _GAP)), "#ffffff")
    pen = ImageDraw.Draw(out)
    for index, (name, *pair) in enumerate(pictures):
        x, y = (index % columns) * (wide + 2 * _GAP), (index // columns) * (high + _GAP)
        for place, picture in enumerate(pair):
            out.paste(picture, (x + place * (size + _GAP), y))
        pen.text((x + 2, y + size + 1), name, fill="#27343F")
    return out
