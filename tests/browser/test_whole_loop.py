"""The main job in a real Chromium against the real server: prescribe, do it offline, see the trend, adjust."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from PIL import Image
from playwright.sync_api import Page, Playwright

from tests.browser import fingers
from tests.browser.chromium import DESK
from tests.browser.conftest import Visit
from tests.browser.fingers import choose, named, says, says_no_more, tap, type_into
from tests.browser.real_clinic import EMAIL, PASSWORD, RealClinic
from tests.browser.visitor import Visitor, let_it_draw, wait_for_color, wait_for_photo, wait_for_picture
from tests.server.pictures import picture

Phone = tuple[Visitor, Page]
PINK = (230, 40, 160)
"""No color of the app and of its drawings."""

SIT, HEEL = "fn-sit-to-stand-01", "an-heel-raise-01"


@dataclass
class Desk:
    """The therapist's screen, signed in."""

    visitor: Visitor
    page: Page
    unfolded: bool = False

    def open_patient(self, name: str) -> Page:
        """The page of a patient, wherever in the list they stand."""
        tap(self.page, "Caseload")
        if not self.unfolded:
            self.page.get_by_role("button", name=re.compile("on track")).first.dispatch_event("click")
            self.unfolded = True
        named(self.page, "button", f"Review: {name}").wait_for(state="attached")
        let_it_draw(self.page, frames=20)
        tap(self.page, f"Review: {name}")
        says(self.page, "Sit to stand")
        return self.page


@pytest.fixture(scope="module")
def desk(
    playwright: Playwright, one_clinic: RealClinic, known: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """One desk for all tests of this file; each has a patient of its own."""
    profile = shutil.copytree(known, tmp_path_factory.mktemp("desk") / "profile", symlinks=True)
    visitor = Visitor(playwright, profile, DESK, timezone_id=one_clinic.zone)
    page = visitor.open(f"{one_clinic.url}/clinic")
    fingers.sign_in(page, EMAIL, PASSWORD)
    says(page, "Add patient")
    yield Desk(visitor, page)
    visitor.close()


@pytest.fixture
def photo(clinic: RealClinic) -> str:
    """A program whose heel raise is the clinic's own, with this photo: a field of one color."""
    own = clinic.own_exercise(
        "Our heel raise", "an-heel-raise", picture(image=Image.new("RGB", (640, 480), PINK), form="PNG")
    )
    heel = clinic.prescription("an-heel-raise", 1, exercise=own)
    clinic.publish(clinic.prescription("fn-sit-to-stand", 2), heel)
    return str(own.photo)


@pytest.fixture
def phone(visit: Visit, known: Path, clinic: RealClinic) -> Phone:
    """A patient who has just opened the invitation on a phone."""
    visitor = visit(like=known, timezone_id=clinic.zone)
    page = visitor.open(clinic.invitation())
    page.get_by_role("button", name="Start session").wait_for()
    return visitor, page


def do_set(page: Page, number: int, *, pain: str = "1 Mild", effort: str = "Good") -> None:
    """Log the set on screen with its answers."""
    tap(page, f"Set {number} done")
    tap(page, pain)
    tap(page, effort)


def do_session(page: Page, *, pain_after: str = "2 Mild") -> None:
    """Both exercises of the program, two sets and one, and the question at the end."""
    tap(page, "Start session")
    do_set(page, 1)
    do_set(page, 2)
    do_set(page, 1)
    finish(page, pain_after)


def finish(page: Page, pain_after: str) -> None:
    """Answer the question at the end."""
    says(page, "How is the pain now")
    tap(page, pain_after)


def test_a_session_done_on_the_phone_is_in_the_clinic_with_every_set_while_a_second_tab_is_refused(
    phone: Phone, clinic: RealClinic
) -> None:
    visitor, page = phone
    says(page, "2 exercises")
    second = visitor.open(clinic.url)
    says(second, "Stepwise is open in another tab")
    second.close()

    do_session(page)

    says(page, "Sent to your clinic")
    assert clinic.sets_logged() == [(HEEL, 1, 1), (SIT, 1, 1), (SIT, 2, 1)]
    assert clinic.detail().sessions[0].pain_after == 2
    assert "i=" not in page.url
    visitor.assert_clean()


def test_a_session_done_without_server_and_after_a_restart_arrives_once(
    photo: str, phone: Phone, clinic: RealClinic
) -> None:
    visitor, page = phone
    wait_for_picture(page, "fn-sit-to-stand/loop")
    wait_for_photo(page, photo)
    clinic.server.kill()
    visitor.restart()

    # then the clinic's own photo and how the other exercise moves are shown without the server, too
    page = visitor.open(clinic.url)
    tap(page, "Our heel raise")
    says(page, "How to do it")
    wait_for_color(page, PINK)
    tap(page, "Back")
    with page.expect_response(lambda answer: "/pictures/fn-sit-to-stand/loop.webp" in answer.url) as answered:
        tap(page, "Sit to stand")
    assert (answered.value.status, answered.value.from_service_worker) == (200, True)
    says(page, "How to do it")
    named(page, "button", "Stop the movement").wait_for(state="attached")
    tap(page, "Back")

    tap(page, "Start session")
    do_set(page, 1)
    says(page, "Set 2 now")
    visitor.restart()
    page = visitor.open(clinic.url)
    says(page, r"1 entry is safe on this phone")
    tap(page, "Continue session")
    do_set(page, 2)
    do_set(page, 1)
    finish(page, "3 Mild")
    says(page, "Safe on this phone")

    clinic.server.start()

    page.reload()
    says(page, "Today's session is done")
    clinic.wait_for_sets(3)
    says_no_more(page, "safe on this phone")
    assert clinic.sets_logged() == [(HEEL, 1, 1), (SIT, 1, 1), (SIT, 2, 1)]


def test_pain_of_five_goes_on_and_pain_of_six_ends_the_exercise_with_the_stop_list_and_another_can_be_skipped(
    phone: Phone, clinic: RealClinic
) -> None:
    _, page = phone
    tap(page, "Start session")
    do_set(page, 1, pain="5 Moderate")
    says(page, "Set 2 now")

    tap(page, "Set 2 done")
    tap(page, "6 Moderate")
    says(page, "Stop and sit down")
    tap(page, "None of these")
    says(page, "Set 1 now")
    tap(page, "Skip")
    tap(page, "No time")
    finish(page, "0 No pain")

    says(page, "Sent to your clinic")
    done = {each.prescription_id: each for each in clinic.detail().sessions[0].exercises}
    assert [(logged.index, logged.pain) for logged in done[SIT].sets] == [(1, 5), (2, 6)]
    assert done[HEEL].skip_reason == "no_time"


def test_the_morning_answer_is_one_tap_and_lets_a_proposal_rise_that_the_therapist_accepts(
    phone: Phone, desk: Desk, clinic: RealClinic
) -> None:
    earlier = clinic.earlier_phone()
    program = clinic.detail().versions[0].version
    for days_ago in (5, 4, 3, 2, 1):
        for prescription in program.prescriptions:
            earlier.did(days_ago, prescription)
    assert [proposal.state for proposal in clinic.detail().proposals if proposal.state == "open"] == []
    visitor, page = phone
    page.evaluate("dispatchEvent(new Event('online'))")
    says(page, "Morning check")

    tap(page, "Answer")
    tap(page, "1 Mild")

    says_no_more(page, "Morning check")
    seen = desk.open_patient(clinic.patient)
    tap(seen, "Accept")
    says(seen, "What changed from version 1")
    newest = clinic.detail().versions[0]
    assert newest.version.version == 2
    assert newest.acknowledged_at is None
    visitor.assert_clean()


def test_a_change_reaches_the_phone_as_a_difference_and_its_acknowledgement_reaches_the_therapist(
    phone: Phone, desk: Desk, clinic: RealClinic
) -> None:
    visitor, page = phone
    program = clinic.detail().versions[0].version
    sit, heel = program.prescriptions
    clinic.publish(clinic.prescription("fn-sit-to-stand", 3), heel, reason="you stand up well")

    page.reload()

    says(page, "Your program changed")
    says(page, "2 sets of 10")
    says(page, "3 sets of 10")
    says(page, "you stand up well")
    tap(page, "Got it")
    says_no_more(page, "Your program changed")
    seen = desk.open_patient(clinic.patient)
    says(seen, "Opened by the patient")
    assert clinic.detail().versions[0].acknowledged_at is not None
    assert sit.id == SIT
    visitor.assert_clean()


def test_the_therapist_changes_a_dose_with_a_reason_in_the_builder(desk: Desk, clinic: RealClinic) -> None:
    page = desk.open_patient(clinic.patient)

    tap(page, "Edit program")
    says(page, r"\d+ exercises$")
    tap(page, "More: sets, Sit to stand")
    says(page, "3 sets")
    type_into(page, "Why this version?", "Stronger than last week")
    tap(page, "Publish")
    tap(page, "Publish version 2")

    says(page, "Version 2 is published")
    newest = clinic.detail().versions[0].version
    assert newest.version == 2
    assert newest.reason == "Stronger than last week"
    assert {p.dose.sets for p in newest.prescriptions} == {3, 1}
    desk.visitor.assert_clean()


def test_our_exercises_leave_as_a_file_come_back_unchanged_and_a_file_that_is_refused_says_why_entry_by_entry(
    desk: Desk, clinic: RealClinic, tmp_path: Path
) -> None:
    own = clinic.own_exercise(
        "Our heel raise", "an-heel-raise", picture(image=Image.new("RGB", (640, 480), PINK), form="PNG")
    )
    page = desk.page
    tap(page, "Exercises")
    says(page, "Version 1, Dana Ruiz")

    with page.expect_download() as saved:
        tap(page, "Export all")
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    choose(page, "Import a file", file)

    says(page, "what the file holds is here already")
    bad = shutil.copy(file, tmp_path / "bad.zip")
    with ZipFile(bad, "a") as opened:
        opened.writestr("../outside.json", "{}")
        opened.writestr("exercises/movie.mp4", b"")
    choose(page, "Import a file", bad)
    for said in ("Nothing was imported", "../outside.json", "leads out of the file", "movie.mp4", "has no place"):
        says(page, said)
    with ZipFile(file) as opened:
        assert f"exercises/{own.id}.json" in opened.namelist()
        assert f"photos/{own.photo}.webp" in opened.namelist()
    desk.visitor.assert_clean()


def test_a_used_invitation_says_what_to_do(desk: Desk, clinic: RealClinic) -> None:
    link = clinic.invitation()
    clinic.earlier_phone(link)

    page = desk.visitor.open(link)

    says(page, "Ask your clinic for a new one")
    page.close()
