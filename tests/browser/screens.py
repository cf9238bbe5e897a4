"""`make screens`: photographs every screen of the demo clinic into docs/screens, as `<device>-<look>-<screen>.png`.

Pictures are reduced to a palette, so that the folder stays small. `python -m tests.browser.screens phone-dark` takes
one tour only.
"""

import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, Playwright, sync_playwright

from server.web.build import WEB, build_web, is_current
from tests.browser import screens_clinic, screens_patient
from tests.browser.chromium import DESK, PHONE
from tests.browser.demo_clinic import ZONE, DemoClinic
from tests.browser.serving import ROOT
from tests.browser.visitor import Visitor, let_it_draw

FOLDER = ROOT / "docs" / "screens"
_COLORS = 160
_LOOKS_AT_MOST = 8


@dataclass(frozen=True)
class Tour:
    """One walk through one half of the app with one look."""

    name: str
    walk: Callable[[Visitor, DemoClinic, Callable[[Page, str], None]], None]
    viewport: dict[str, int]
    dark: bool = False


TOURS = (
    Tour("phone-light", screens_patient.everything, PHONE),
    Tour("phone-dark", screens_patient.everything, PHONE, dark=True),
    Tour("phone-light-200", screens_patient.everything_large, PHONE),
    Tour("phone-light", screens_patient.trouble, PHONE),
    Tour("desk-light", screens_patient.main, DESK),
    Tour("desk-light", screens_clinic.everything, DESK),
    Tour("desk-dark", screens_clinic.main, DESK, dark=True),
    Tour("phone-light", screens_clinic.main, PHONE),
    Tour("phone-light-200", screens_clinic.main_large, PHONE),
    Tour("desk-light", screens_clinic.admin, DESK),
    Tour("phone-dark", screens_clinic.admin, PHONE, dark=True),
)


def main(wanted: list[str]) -> int:
    """Take the tours whose name is wanted, or all of them."""
    if not is_current(WEB):
        build_web(WEB)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        made = DemoClinic(Path(place, "made"))
        made.make()
        for number, tour in enumerate(TOURS):
            if not wanted or tour.name in wanted or f"{tour.name}:{tour.walk.__name__}" in wanted:
                _take(playwright, tour, made.copy(Path(place, f"data-{number}")), Path(place, f"profile-{number}"))
    return 0


def _take(playwright: Playwright, tour: Tour, clinic: DemoClinic, profile: Path) -> None:
    scheme = "dark" if tour.dark else "light"
    visitor = Visitor(playwright, profile, tour.viewport, timezone_id=ZONE, color_scheme=scheme)
    try:
        tour.walk(visitor, clinic, lambda page, screen: _photograph(page, FOLDER / f"{tour.name}-{screen}.png"))
    finally:
        visitor.close()
        clinic.close()


def _photograph(page: Page, file: Path) -> None:
    """Save what the page shows, pointer away, once it stands still or after a few looks where a clock runs."""
    seen = b""
    page.mouse.move(0, 0)
    for _ in range(_LOOKS_AT_MOST):
        let_it_draw(page, frames=12)
        last, seen = seen, page.screenshot()
        if seen == last:
            break
    picture = Image.open(io.BytesIO(seen)).convert("RGB").quantize(_COLORS, dither=Image.Dither.NONE)
    picture.save(file, optimize=True)
    sys.stdout.write(f"{file.name}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
