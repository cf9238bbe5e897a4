"""The main job in a real Chromium against the real server: prescribe, do it offline, see the trend, adjust."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import fingers
from tests.browser.chromium import DESK
from tests.browser.conftest import Visit
from tests.browser.fingers import says, says_no_more, tap, type_into
from tests.browser.real_clinic import EMAIL, PASSWORD, RealClinic
from tests.browser.visitor import Visitor, wait_until_kept

SIT, HEEL = "fn-sit-to-stand-01", "an-heel-raise-01"


@pytest.fixture
def clinic(web_build: Path, tmp_path: Path) -> Iterator[RealClinic]:
    """A clinic whose patient has a program of two exercises."""
    made = RealClinic(tmp_path / "clinic")
    made.open()
    made.publish()
    yield made
    made.server.kill()


def patient_at(visit: Visit, clinic: RealClinic) -> tuple[Visitor, Page]:
    """A patient who has just opened the invitation on a phone."""
    visitor = visit(timezone_id=clinic.zone)
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


def sign_in(visit: Visit, clinic: RealClinic) -> tuple[Visitor, Page]:
    """The therapist at the desk."""
    visitor = visit(viewport=DESK, timezone_id=clinic.zone)
    page = visitor.open(f"{clinic.url}/clinic")
    fingers.sign_in(page, EMAIL, PASSWORD)
    says(page, "Add patient")
    return visitor, page


def open_patient(desk: Page) -> None:
    """The only patient's page, wherever in the list they stand."""
    if desk.get_by_role("button", name=re.compile("^Review")).count() == 0:
        tap(desk, "1 patient on track")
    tap(desk, "Review")
    says(desk, "Sit to stand")


def test_a_session_done_on_the_phone_is_in_the_clinic_with_every_set(visit: Visit, clinic: RealClinic) -> None:
    visitor, page = patient_at(visit, clinic)
    says(page, "2 exercises")

    do_session(page)

    says(page, "Sent to your clinic")
    assert clinic.sets_logged() == [(HEEL, 1, 1), (SIT, 1, 1), (SIT, 2, 1)]
    assert clinic.detail().sessions[0].pain_after == 2
    assert "i=" not in page.url
    visitor.assert_clean()


def test_a_session_done_without_server_and_after_a_restart_arrives_once(visit: Visit, clinic: RealClinic) -> None:
    visitor, page = patient_at(visit, clinic)
    wait_until_kept(page)
    clinic.server.kill()
    visitor.restart()

    page = visitor.open(clinic.url)
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


def test_an_exercise_can_be_skipped_with_a_reason(visit: Visit, clinic: RealClinic) -> None:
    _, page = patient_at(visit, clinic)
    tap(page, "Start session")

    tap(page, "Skip")
    tap(page, "No time")
    do_set(page, 1)
    finish(page, "0 No pain")

    says(page, "Sent to your clinic")
    done = {each.prescription_id: each for each in clinic.detail().sessions[0].exercises}
    assert done[SIT].skip_reason == "no_time"
    assert [logged.index for logged in done[HEEL].sets] == [1]


def test_pain_of_five_goes_on_and_pain_of_six_ends_the_exercise_with_the_stop_list(
    visit: Visit, clinic: RealClinic
) -> None:
    _, page = patient_at(visit, clinic)
    tap(page, "Start session")
    do_set(page, 1, pain="5 Moderate")
    says(page, "Set 2 now")

    tap(page, "Set 2 done")
    tap(page, "6 Moderate")

    says(page, "Stop and sit down")
    assert page.get_by_role("button", name="None of these").count() == 1


def test_the_morning_answer_is_one_tap_and_lets_a_proposal_rise_that_the_therapist_accepts(
    visit: Visit, clinic: RealClinic
) -> None:
    earlier = clinic.earlier_phone()
    program = clinic.detail().versions[0].version
    for days_ago in (5, 4, 3, 2, 1):
        for prescription in program.prescriptions:
            earlier.did(days_ago, prescription)
    assert [proposal.state for proposal in clinic.detail().proposals if proposal.state == "open"] == []
    visitor, page = patient_at(visit, clinic)
    says(page, "Morning check")

    tap(page, "Answer")
    tap(page, "1 Mild")

    says(page, "Morning check is saved")
    _, desk = sign_in(visit, clinic)
    says(desk, "proposal")
    open_patient(desk)
    tap(desk, "Accept")
    says(desk, "What changed from version 1")
    newest = clinic.detail().versions[0]
    assert newest.version.version == 2
    assert newest.acknowledged_at is None
    visitor.assert_clean()


def test_a_change_reaches_the_phone_as_a_difference_and_its_acknowledgement_reaches_the_therapist(
    visit: Visit, clinic: RealClinic
) -> None:
    visitor, page = patient_at(visit, clinic)
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
    _, desk = sign_in(visit, clinic)
    open_patient(desk)
    says(desk, "Opened by the patient")
    assert clinic.detail().versions[0].acknowledged_at is not None
    assert sit.id == SIT
    visitor.assert_clean()


def test_the_therapist_changes_a_dose_with_a_reason_in_the_builder(visit: Visit, clinic: RealClinic) -> None:
    visitor, desk = sign_in(visit, clinic)
    open_patient(desk)

    tap(desk, "Edit program")
    says(desk, r"\d+ exercises$")
    tap(desk, "More: sets, Sit to stand")
    says(desk, "3 sets")
    type_into(desk, "Why this version?", "Stronger than last week")
    tap(desk, "Publish")
    tap(desk, "Publish version 2")

    says(desk, "Version 2 is published")
    newest = clinic.detail().versions[0].version
    assert newest.version == 2
    assert newest.reason == "Stronger than last week"
    assert {p.dose.sets for p in newest.prescriptions} == {3, 1}
    visitor.assert_clean()


def test_a_second_tab_is_refused_kindly(visit: Visit, clinic: RealClinic) -> None:
    visitor, page = patient_at(visit, clinic)

    second = visitor.open(clinic.url)

    says(second, "Stepwise is open in another tab")
    assert page.get_by_role("button", name="Start session").count() == 1


def test_a_used_invitation_says_what_to_do(visit: Visit, clinic: RealClinic) -> None:
    link = clinic.invitation()
    first = visit(timezone_id=clinic.zone)
    first.open(link).get_by_role("button", name="Start session").wait_for()

    page = visit(timezone_id=clinic.zone).open(link)

    says(page, "Ask your clinic for a new one")
