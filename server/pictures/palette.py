"""Colors of the drawing; each material has an index in the raster."""

import numpy as np
from numpy.typing import NDArray

Color = NDArray[np.float32]

_HEX = {
    "skin": "#E3AC86",
    "shirt": "#CFE3EA",
    "shorts": "#47698F",
    "shoe": "#F7F8FA",
    "hair": "#5A4033",
    "ink": "#27343F",
    "eye": "#27343F",
    "white": "#FDFDFB",
    "lip": "#A8564A",
    "mouth": "#5B2A26",
    "wood": "#D9B88C",
    "metal": "#8E9AA6",
    "mat": "#8CC7B5",
    "wall": "#DDE3E9",
    "cushion": "#F3E3C2",
    "linen": "#E9EDF4",
    "steel": "#59656F",
    "towel": "#F4D58D",
    "band": "#8A3FA8",
    "light_band": "#D98AC8",
    "strap": "#5E7F4B",
    "ball": "#E9A15B",
    "putty": "#59B6A5",
    "bag": "#7A8F5A",
    "case": "#7B5C46",
    "card": "#FFFFFF",
}


def color(code: str) -> Color:
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float32)


MATERIALS = tuple(_HEX)
INDEX = {name: index for index, name in enumerate(MATERIALS)}
TABLE: Color = np.stack([color(code) for code in _HEX.values()])
CARD, MUSCLE, ARROW, WHITE = color("#F4F6F8"), color("#E8433A"), color("#0B6BD3"), color("#FFFFFF")
FAR, SHADOW, PUFF = color("#7C8CA0"), color("#5D7183"), color("#6FA8DC")
INK = TABLE[INDEX["ink"]]
