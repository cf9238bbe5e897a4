"""What a patient sees before Python has started, in a real Chromium beside the screen that follows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser.chromium import DESK, PHONE
from tests.browser.handing_over import WATCH, hand_over
from tests.browser.real_clinic import RealClinic
from tests.browser.visitor import Visitor, run_python, wait_for, wait_until_drawn

KEPT = "localStorage.getItem('stepwise.last-today')"
FIND = "next(each for each in gc.get_objects() if isinstance(each, Doing))"
MODEL = f"import gc\nfrom app.patient.doing import Doing\nmodel = {FIND}\n"
MOVES_PX = 8
AHEAD = "const now = Date.now; Date.now = () => now() + DAYS * 86_400_000;"
STARTING = "performance.getEntriesByName('stepwise-python').length > 0"


@pytest.fixture(scope="module")
def signed_in(
    playwright: Playwright, one_clinic: RealClinic, known: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    """A phone whose patient has joined, and whose page keeps Today."""
    one_clinic.take_in()
    one_clinic.publish()
    profile = shutil.copytree(known, tmp_path_factory.mktemp("phone") / "profile", symlinks=True)
    visitor = Visitor(playwright, profile, timezone_id=one_clinic.zone)
    page = visitor.open(one_clinic.invitation())
    page.get_by_role("button", name="Start session").wait_for()
    wait_for(page, KEPT)
    yield visitor
    visitor.close()


def visit_anew(visitor: Visitor, url: str, *scripts: str) -> Page:
    """Leave what is open and go to an address in a tab of its own."""
    for page in visitor.context.pages[1:]:
        page.close()
    page = visitor.context.pages[0] if len(visitor.context.pages) == 1 else visitor.new_page()
    page.goto("about:blank")
    fresh = visitor.new_page()
    for script in scripts:
        fresh.add_init_script(script)
    fresh.goto(url, wait_until="commit")
    return fresh


def test_a_picture_of_an_earlier_day_says_so_and_an_old_one_claims_no_list(
    signed_in: Visitor, one_clinic: RealClinic
) -> None:
    page = visit_anew(signed_in, one_clinic.url, AHEAD.replace("DAYS", "1"))
    page.get_by_text("As of ").wait_for()
    assert page.get_by_text("2 exercises").count() == 1

    page = visit_anew(signed_in, one_clinic.url, AHEAD.replace("DAYS", "9"))
    page.locator("#last-today").get_by_text("As of ").wait_for()
    assert page.get_by_text("2 exercises", exact=True).count() == 0
    assert page.get_by_role("heading", name="Stepwise").is_visible()


@pytest.mark.parametrize(
    ("size", "percent", "brightness"), [(PHONE, 100, "light"), (PHONE, 200, "dark"), (DESK, 100, "light")]
)
def test_the_first_picture_is_the_screen_that_follows_and_nothing_moves_or_flashes_between(
    signed_in: Visitor, one_clinic: RealClinic, size: dict[str, int], percent: int, brightness: str
) -> None:
    page = visit_anew(signed_in, one_clinic.url)
    wait_until_drawn(page)
    before = page.evaluate(KEPT)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=brightness)  # type: ignore[arg-type]
    run_python(page, f"{MODEL}model.page.run_task(model.choose_look, {percent}, model.look.mode)\nTrue")
    if (size, percent) != (PHONE, 100):
        wait_for(page, f"{KEPT} !== {before!r}")
    page.add_init_script(WATCH)

    page.reload(wait_until="commit")
    wait_until_drawn(page)

    seen = hand_over(page)
    assert {"2 exercises", "Start session", "In this session"} <= set(seen.moved)
    assert [thing for thing, pixels in seen.moved.items() if pixels > MOVES_PX] == []
    assert seen.alone == []
    assert len(seen.states) == 1, seen.states
    assert seen.taps == 0
    assert seen.flash < 0.01
    signed_in.assert_clean()


def test_nobody_else_sees_the_picture_and_signing_out_takes_it_off_the_device(
    signed_in: Visitor, one_clinic: RealClinic
) -> None:
    for path in ("/clinic", "/#i=somebody-elses", "/progress"):
        page = visit_anew(signed_in, f"{one_clinic.url}{path}")
        wait_for(page, STARTING)
        assert page.locator("#last-today").is_hidden(), path
        assert page.evaluate(KEPT) is not None

    page = visit_anew(signed_in, one_clinic.url)
    wait_until_drawn(page)
    run_python(page, f"{MODEL}model.page.run_task(model.sign_out)\nTrue")

    wait_for(page, f"{KEPT} === null")
    stored = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "exercise" not in stored
