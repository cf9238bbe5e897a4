"""The main screens in a real Chromium as assistive technology meets them: names, sizes, headings; and no strange host.

The windows are tall, so that no screen is cut: a control that is half scrolled away has a smaller box.
"""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.fingers import named, open_tab, says, says_no_more, sign_in, tap
from tests.browser.real_clinic import EMAIL, PASSWORD, RealClinic
from tests.browser.visitor import let_it_draw

TALL_PHONE, TALL_DESK = {"width": 412, "height": 2000}, {"width": 1280, "height": 2000}
SMALLEST = 44
"""Pixels, in both directions: WCAG 2.2, target size (enhanced)."""

_TAPPABLES = """
() => [...document.querySelectorAll(
    "flt-semantics[flt-tappable], flt-semantics[role=button], flt-semantics[role=tab], flt-semantics input, " +
    "flt-semantics textarea, flt-semantics a"
)].map((node) => {
    const box = node.getBoundingClientRect();
    const inside = [...node.querySelectorAll("[aria-label]")].map((each) => each.getAttribute("aria-label")).join(" ");
    const name = (node.getAttribute("aria-label") || node.textContent || inside || "").trim();
    return {name, role: node.getAttribute("role") || node.tagName, width: box.width, height: box.height};
}).filter((each) => each.width && each.height)
"""
_HEADINGS = "document.querySelectorAll('flt-semantics-host :is(h1, h2, h3, h4, h5, h6, [role=heading])').length"


def check(page: Page, screen: str) -> None:
    """Every tappable of the screen has a name and is large enough, and a heading says where one is."""
    let_it_draw(page, frames=3)
    found: list[dict[str, Any]] = page.evaluate(_TAPPABLES)
    assert found, f"{screen}: nothing to tap"
    assert [each for each in found if not each["name"]] == [], f"{screen}: tappables without a name"
    small = [each for each in found if min(each["width"], each["height"]) < SMALLEST]
    assert small == [], f"{screen}: tappables under {SMALLEST} px"
    assert page.evaluate(_HEADINGS), f"{screen}: no heading"


def test_every_screen_of_the_patient_can_be_heard_and_touched(visit: Visit, known: Path, clinic: RealClinic) -> None:
    visitor = visit(viewport=TALL_PHONE, like=known, timezone_id=clinic.zone)
    page = visitor.open(clinic.url)
    says(page, "Welcome")
    check(page, "join")
    page.close()
    page = visitor.open(clinic.invitation())
    says(page, "Start session")
    check(page, "today")

    tap(page, "Sit to stand")
    says(page, "How to do it")
    check(page, "exercise")
    tap(page, "Back")
    _session(page)
    for tab, words in (("Program", "Version"), ("Progress", "last 4 weeks"), ("Settings", "Text size")):
        open_tab(page, tab)
        says(page, words)
        check(page, tab)
    tap(page, "When to stop")
    says(page, "Stop and sit down")
    check(page, "stop")

    visitor.assert_clean()


def _session(page: Page) -> None:
    tap(page, "Start session")
    says(page, "Set 1 now")
    check(page, "player")
    tap(page, "Skip")
    says(page, "Why skip")
    check(page, "skip")
    tap(page, "Back to the set")
    says_no_more(page, "Why skip")
    tap(page, "It hurts")
    says(page, "How much does it hurt")
    tap(page, "3 Mild")
    says(page, "Go on gently")
    check(page, "it hurts")
    tap(page, "Leave this exercise out")
    tap(page, "No time")
    says_no_more(page, "Why skip")
    tap(page, "Set 1 done")
    says(page, "Most pain")
    check(page, "pain and effort")
    tap(page, "1 Mild")
    tap(page, "Good")
    says(page, "How is the pain now")
    check(page, "pain after")
    tap(page, "1 Mild")
    says(page, "What you did")
    check(page, "finish")
    tap(page, "Set 1:")
    says(page, "Correct this set")
    check(page, "correct")
    tap(page, "Back")
    tap(page, "Done")
    says_no_more(page, "What you did")


def test_every_screen_of_the_therapist_can_be_heard_and_touched(visit: Visit, known: Path, clinic: RealClinic) -> None:
    visitor = visit(viewport=TALL_DESK, like=known, timezone_id=clinic.zone)
    page = visitor.open(f"{clinic.url}/clinic")
    says(page, "For therapists")
    check(page, "sign-in")
    sign_in(page, EMAIL, PASSWORD)
    on_track = page.get_by_role("button", name=re.compile("on track"))
    on_track.wait_for(state="attached")
    on_track.dispatch_event("click")
    says(page, clinic.patient)
    check(page, "caseload")
    tap(page, f"Review: {clinic.patient}")
    says(page, "Sit to stand")
    check(page, "patient")
    tap(page, "Invite")
    says(page, "Shown once")
    check(page, "invitation")
    tap(page, "Edit program")
    says(page, "min per session")
    check(page, "builder")
    details = named(page, "button", "Schedule, load and more")
    details.first.dispatch_event("click")
    says(page, "How often")
    check(page, "builder details")
    tap(page, "Close without publishing")
    tap(page, "Back to caseload")
    tap(page, "Add patient")
    says(page, "Save and build")
    check(page, "add patient")

    visitor.assert_clean()
