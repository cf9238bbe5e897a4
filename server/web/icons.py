"""Cuts the icon font down to the icons we draw, and tells where in the font each of them is.

The names come from our own sources; Flutter's widgets draw a few by themselves. A name the font does not know ends the
build. Same input, same bytes.
"""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from server.web.upstream import CLIENT

FONT = CLIENT / "assets" / "fonts" / "MaterialIcons-Regular.otf"
_NAMED = re.compile(r"\bIcons\.([A-Z][A-Z0-9_]*)")
_STYLES = ("outlined", "rounded", "sharp")
_OF_FLUTTER = (
    "arrow_back", "arrow_back_ios", "arrow_back_ios_new_rounded", "arrow_downward", "arrow_drop_down", "arrow_drop_up",
    "arrow_forward_ios", "arrow_left", "arrow_right", "arrow_upward", "calendar_today", "cancel", "check", "check_box",
    "chevron_left", "chevron_right", "clear", "close", "content_copy", "drag_handle", "edit", "edit_outlined", "error",
    "expand_less", "expand_more", "first_page", "info", "keyboard", "keyboard_arrow_down", "keyboard_arrow_left",
    "keyboard_arrow_right", "keyboard_arrow_up", "keyboard_outlined", "last_page", "menu", "mic", "more_horiz",
    "more_vert", "navigate_before", "navigate_next", "refresh", "remove", "schedule", "search", "unfold_more",
    "visibility", "visibility_off", "warning",
)  # fmt: skip


def icon_names(app: Path) -> list[str]:
    """The icons named anywhere in the client's sources, and Flutter's own, sorted."""
    found = {name.lower() for path in app.rglob("*.py") for name in _NAMED.findall(path.read_text("utf-8"))}
    return sorted({*found, *_OF_FLUTTER})


def write_icons(names: list[str], font: Path) -> dict[str, int]:
    """Write the cut `font`; returns the code point of each icon in it. Raises ValueError for a name it lacks."""
    whole = TTFont(FONT, recalcTimestamp=False)
    by_glyph = {glyph: code for code, glyph in whole.getBestCmap().items()}
    missing = [name for name in names if _glyph(name) not in by_glyph]
    if missing:
        raise ValueError(f"the icon font lacks {', '.join(missing)}")
    codes = {name: by_glyph[_glyph(name)] for name in names}
    subset.log.setLevel(logging.WARNING)  # what was cut concerns nobody who only starts the clinic
    options = subset.Options(layout_features=[], glyph_names=False, notdef_outline=True, desubroutinize=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes.values())
    cutter.subset(whole)
    cut = io.BytesIO()
    whole.save(cut, reorderTables=True)
    font.write_bytes(cut.getvalue())
    return codes


def _glyph(name: str) -> str:
    return name if name.endswith(_STYLES) else f"{name}_baseline"


def drawn_code_points(font: Path) -> Iterator[int]:
    """The code points a font can draw."""
    yield from TTFont(font).getBestCmap()
