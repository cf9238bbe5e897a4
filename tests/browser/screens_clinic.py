"""The tours through the therapist's half. A tour changes its clinic: each gets a copy of its own."""

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

from PIL import Image
from playwright.sync_api import Page

from server.demo import PASSWORD
from tests.browser.demo_clinic import ADMIN, EMAIL, DemoClinic
from tests.browser.fingers import asks, choose, named, says, says_no_more, sign_in, tap, type_into
from tests.browser.screens_patient import WHO
from tests.browser.serving import ROOT
from tests.browser.visitor import Visitor, let_it_draw

ON_HOLD = "Evelyn Brooks"
Take = Callable[[Page, str], None]


def everything(visitor: Visitor, clinic: DemoClinic, take: Take) -> None:
    """From the sign-in to a published version, the stale one, a new patient and an invitation."""
    page = visitor.open(f"{clinic.url}/clinic")
    says(page, "Sign in")
    take(page, "sign-in")
    _caseload(page, take)
    tap(page, f"Review now: {ON_HOLD}")
    says(page, "Needs a look")
    take(page, "patient-on-hold")
    tap(page, "Back to caseload")
    says(page, "patients. Today")
    _patient(page, take)
    _decide(page, take)
    tap(page, "Invite")
    named(page, "button", "Copy link").wait_for(state="attached")
    scroll(page, 480)
    take(page, "invitation")
    scroll(page, -5000)
    _builder(page, clinic, take)
    tap(page, "Back to the patient")
    says(page, "Nothing changes")
    tap(page, "Back to caseload")
    says(page, "patients. Today")
    let_it_draw(page, frames=60)
    tap(page, "Add patient")
    says(page, "Precautions")
    take(page, "add-patient")
    tap(page, "Save and build")
    says(page, "another look")
    take(page, "add-patient-errors")
    our_exercises(visitor, page, take)


def our_exercises(visitor: Visitor, page: Page, take: Take) -> None:
    """The clinic's own: copied, photographed, saved, refused as a file, retired."""
    tap(page, "Exercises" if named(page, "button", "Exercises").count() else "Our exercises")
    says(page, "None yet")
    type_into(page, "Search the library", "bridge")
    tap(page, "Copy: Bridge")
    says(page, "Name the patient sees")
    let_it_draw(page, frames=30)
    take(page, "own-form")
    show(page, "Choose a photo")
    choose(page, "Choose a photo", _photo(visitor.profile))
    says(page, "as patients will see it")
    take(page, "own-photo")
    tap(page, "Save")
    says(page, "version 1 is saved")
    take(page, "own-list")
    choose(page, "Import a file", _strange_file(visitor.profile))
    says(page, "Nothing was imported")
    take(page, "own-refused")
    tap(page, "Edit: ")
    type_into(page, "Name the patient sees", "Bridge on the bed")
    tap(page, "Back to our exercises")
    says(page, "Leave without saving")
    take(page, "own-leaving")
    tap(page, "Discard changes")
    tap(page, "Retire: ")
    says(page, "no longer offered")
    take(page, "own-retired")


def _photo(folder: Path) -> Path:
    """A drawing of the library's in the shape of a phone's photo."""
    drawn = Image.open(ROOT / "assets" / "exercises" / "hip-bridge" / "end.webp").convert("RGB")
    drawn.resize((1200, 1200)).crop((0, 150, 1200, 1050)).save(folder / "photo.jpg")
    return folder / "photo.jpg"


def _strange_file(folder: Path) -> Path:
    file = folder / "strange.zip"
    with ZipFile(file, "w") as opened:
        opened.writestr("../library.json", "{}")
        opened.writestr("exercises/own-squat.docx", "")
        opened.writestr("photos/holiday.jpg", "")
    return file


def show(page: Page, name: str) -> None:
    """Scroll until a button is in sight."""
    size = page.viewport_size or {"height": 0}
    for _ in range(20):
        box = named(page, "button", name).first.bounding_box() if named(page, "button", name).count() else None
        if box is not None and 0 < box["y"] < size["height"] - 120:
            return
        scroll(page, 250)
        let_it_draw(page, frames=8)


def main(visitor: Visitor, clinic: DemoClinic, take: Take) -> None:
    """The screens most seen."""
    page = visitor.open(f"{clinic.url}/clinic")
    says(page, "Sign in")
    take(page, "sign-in")
    _caseload(page, take)
    _patient(page, take)
    tap(page, "Edit program")
    says(page, "min per session")
    take(page, "builder")
    scroll(page, 900)
    take(page, "builder-below")
    _look_up(page, take)
    tap(page, "Close without publishing")
    says(page, "Nothing changes")
    tap(page, "Back to caseload")
    says(page, "patients. Today")
    let_it_draw(page, frames=60)
    tap(page, "Add patient")
    says(page, "Precautions")
    take(page, "add-patient")
    our_exercises(visitor, page, take)


def admin(visitor: Visitor, clinic: DemoClinic, take: Take) -> None:
    """How a clinic reminds."""
    clinic.make_admin(ADMIN)
    page = visitor.open(f"{clinic.url}/clinic")
    sign_in(page, ADMIN, PASSWORD)
    says(page, "By which ways")
    take(page, "channels")
    scroll(page, 5000)
    take(page, "channels-below")


def main_large(visitor: Visitor, clinic: DemoClinic, take: Take) -> None:
    """The same with text at 200%."""
    page = visitor.open(f"{clinic.url}/clinic")
    sign_in(page, EMAIL, PASSWORD)
    says(page, WHO)
    tap(page, "Text size")
    let_it_draw(page, frames=40)
    item = page.get_by_role("menuitemcheckbox", name="200%").bounding_box()
    assert item is not None
    page.mouse.click(item["x"] + item["width"] / 2, item["y"] + item["height"] / 2)
    let_it_draw(page, frames=60)
    take(page, "caseload")
    tap(page, f"Review: {WHO}")
    says(page, "Nothing changes")
    take(page, "patient")
    tap(page, "Edit program")
    says(page, "min per session")
    take(page, "builder")
    tap(page, "Close without publishing")
    says(page, "Nothing changes")
    our_exercises(visitor, page, take)


def _look_up(page: Page, take: Take) -> None:
    """A search that the filters keep from finding, and an exercise in full."""
    show(page, "Add ")
    type_into(page, "Search", "hip opener")
    says(page, "Found outside")
    take(page, "builder-outside")
    tap(page, "How it is done: Clamshell")
    says(page, "Not yet reviewed")
    let_it_draw(page, frames=30)
    take(page, "builder-exercise")
    tap(page, "Back to the library")


def _caseload(page: Page, take: Take) -> None:
    sign_in(page, EMAIL, PASSWORD)
    says(page, WHO)
    take(page, "caseload")
    scroll(page, 900)
    take(page, "caseload-below")


def _patient(page: Page, take: Take) -> None:
    tap(page, f"Review: {WHO}")
    says(page, "Nothing changes")
    take(page, "patient")
    scroll(page, 800)
    take(page, "patient-below")
    scroll(page, 1600)
    take(page, "patient-charts")
    scroll(page, 5000)
    take(page, "patient-end")
    scroll(page, -8000)


def _decide(page: Page, take: Take) -> None:
    tap(page, "Modify")
    asks(page, "Why this dose instead")
    take(page, "proposal-modify")
    tap(page, "Cancel")
    tap(page, "Accept")
    says(page, "Not opened by the patient yet")
    take(page, "proposals-decided")


def _builder(page: Page, clinic: DemoClinic, take: Take) -> None:
    tap(page, "Edit program")
    says(page, "min per session")
    take(page, "builder")
    _look_up(page, take)
    type_into(page, "Search", "step-up")
    tap(page, "Add Forward step-up")
    says(page, "things? missing")
    scroll(page, 1120, at=0.8)
    take(page, "builder-gaps")
    tap(page, "Remove: Forward step-up")
    tap(page, "More: sets")
    scroll(page, 5000, at=0.8)
    type_into(page, "Why this version", "Stronger than last week")
    tap(page, "Publish")
    says(page, "What changes")
    take(page, "review")
    clinic.publish(WHO, "More time to catch breath", rest_s=90)
    tap(page, "Publish version")
    says(page, "Someone else published")
    take(page, "stale")
    tap(page, "Put my draft on top")
    says_no_more(page, "Someone else published")
    tap(page, "Publish version")
    says(page, "is published")
    take(page, "published")


def scroll(page: Page, pixels: int, *, at: float = 0.6) -> None:
    """Scroll what lies at this share of the window's width."""
    size = page.viewport_size or {"width": 0, "height": 0}
    page.mouse.move(size["width"] * at, size["height"] / 2)
    page.mouse.wheel(0, pixels)
