"""Sheets for strangers: numbered exercises in an order of chance, without a word, and the key to them.

Each line is a number and three moments of one exercise: start, halfway, end as the patient sees them.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

from server.pictures.posefile import PoseFile
from server.pictures.render import Artist

_GAP, _MARGIN, _LINES = 8, 56, 4
_MOMENTS = (0.0, 0.5, 1.0)


def write_sheets(files: Sequence[PoseFile], folder: Path, size: int, seed: int) -> list[Path]:
    """Write `sheet-NN.png` and `key.json` (number → id) into the folder. Returns the sheets."""
    folder.mkdir(parents=True, exist_ok=True)
    order = list(files)
    Random(seed).shuffle(order)  # noqa: S311
    key = {str(number): file.id for number, file in enumerate(order, 1)}
    (folder / "key.json").write_text(json.dumps(key, indent=1) + "\n", "utf-8")
    columns = max(1, 1280 // (_MARGIN + len(_MOMENTS) * (size + _GAP)))
    lines = max(_LINES, 1280 // (size + _GAP))
    each = columns * lines
    sheets = []
    for first in range(0, len(order), each):
        path = folder / f"sheet-{first // each + 1:02d}.png"
        _sheet(order[first : first + each], first + 1, size, columns).save(path)
        sheets.append(path)
    return sheets


def _sheet(files: Sequence[PoseFile], number: int, size: int, columns: int) -> Image.Image:
    wide, high = _MARGIN + len(_MOMENTS) * (size + _GAP), size + _GAP
    sheet = Image.new("RGB", (columns * wide, -(-len(files) // columns) * high), "#ffffff")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(22)
    for index, file in enumerate(files):
        x, y = index % columns * wide, index // columns * high
        pen.text((x + 6, y + size // 2 - 14), str(number + index), fill="#27343F", font=font)
        for place, moment in enumerate(_MOMENTS):
            sheet.paste(_moment(file, moment, size), (x + _MARGIN + place * (size + _GAP), y))
    return sheet


def _moment(file: PoseFile, moment: float, size: int) -> Image.Image:
    artist = Artist(file)
    return artist.still(int(moment), size) if moment in (0, 1) else artist.frame(moment, size, moment, 1.0)
