"""Writes the start page: with its style, its guard, the first picture's script and the fonts for it in the page itself.

So a start that paints the first picture waits for one file only. The fonts are cut down to what names and sentences in
Latin letters need; a character beyond that is drawn by the system's font. The server names the scripts by their hashes
in its content security policy (`server/web/serve.py`).
"""

import base64
import io
import json
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

_FONTS = {"Roboto": "roboto.woff2", "RobotoMedium": "Roboto-Medium.ttf", "MaterialIcons": "MaterialIcons-Regular.otf"}
_LATIN = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *map(ord, "\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u2192\u2212"),
)
_FEATURES = ["kern", "liga", "ccmp", "locl", "mark", "mkmk"]
_ICONS = "{ /* code points: written by the build */ }"


def page(sources: Path, fonts: Path, icons: dict[str, int]) -> str:
    """The text of `index.html` with everything in it but the addresses of this build.

    `sources` holds the page's own files, `fonts` those the engine draws with, `icons` where each icon is in its font.
    Raises ValueError where the script of the first picture has no place for them.
    """
    first = (sources / "first.js").read_text("utf-8")
    if _ICONS not in first:
        raise ValueError("first.js has no place for the icons")
    style = "\n".join([*(_face(name, fonts / file) for name, file in _FONTS.items()), _text(sources, "splash.css")])
    parts = {
        "{style}": style,
        "{guard}": _text(sources, "guard.js"),
        "{first}": f'(() => {{\n"use strict";\n{first.replace(_ICONS, json.dumps(icons))}\n}})();',
    }
    text = _text(sources, "index.html")
    for place, content in parts.items():
        text = text.replace(place, content)
    return text


def _text(sources: Path, name: str) -> str:
    return (sources / name).read_text("utf-8").strip()


def _face(family: str, path: Path) -> str:
    address = f"data:font/woff2;base64,{base64.b64encode(_cut(path)).decode()}"
    return f'@font-face {{ font-family: {family}; src: url("{address}") format("woff2"); }}'


def _cut(path: Path) -> bytes:
    font = TTFont(path, recalcTimestamp=False)
    known = set(font.getBestCmap())
    options = subset.Options(layout_features=_FEATURES, hinting=False, name_IDs=[], notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=known & set(_LATIN) or known)
    cutter.subset(font)
    font.flavor = "woff2"
    cut = io.BytesIO()
    font.save(cut)
    return cut.getvalue()
