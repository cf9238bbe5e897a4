"""The therapist's screens, end to end in one process: real client, real wire, a clinic in memory."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import flet as ft

from app.therapist import shell
from hep import codec
from tests.app.device import Device
from tests.app.harness import UI, run_ui
from tests.app.therapist_clinic import (
    EMAIL,
    MARIA,
    NOW,
    PASSWORD,
    Clinic,
    colleague_publishes,
    newcomer,
    refuse,
    tokens,
)


@asynccontextmanager
async def desk(
    clinic: Clinic,
    *,
    signed_in: bool = True,
    width: int = 1280,
    percent: int | None = None,
    route: str = "/clinic",
    role: str = "therapist",
) -> AsyncIterator[UI]:
    """The therapist's client on a screen of that width."""
    device = Device(Path(), clinic)
    if signed_in:
        device.kept["tokens"] = json.dumps(codec.dump(tokens(role)))
    if percent:
        device.kept["text_percent"] = str(percent)
    async with run_ui(lambda page: shell.start(page, device, lambda: NOW), width=width, height=800, route=route) as ui:
        ui.device = device  # type: ignore[attr-defined]
        yield ui


async def open_maria(ui: UI) -> None:
    await ui.tap(f"review-{MARIA}")


async def open_builder(ui: UI) -> None:
    await open_maria(ui)
    await ui.tap("edit-program")


def names(ui: UI) -> list[str]:
    """What a screen reader says of buttons that share a label."""
    return [t.semantics_label for t in ui.all(ft.Text) if t.semantics_label]


def draft_keys(ui: UI, start: str) -> list[str]:
    return [c.key for c in ui.all() if isinstance(c.key, str) and c.key.startswith(start)]


async def test_signing_in_opens_the_caseload() -> None:
    # given
    async with desk(Clinic(), signed_in=False) as ui:
        assert ui.shows("Sign in")
        # when
        await ui.type("email", EMAIL)
        await ui.type("password", PASSWORD)
        await ui.tap("sign-in")
        # then
        assert ui.shows("6 patients. Today 3 need you.")
        assert "refresh-1" in ui.device.kept["tokens"]  # type: ignore[attr-defined]


async def test_a_wrong_password_is_said_in_words_and_what_was_typed_stays() -> None:
    async with desk(Clinic(), signed_in=False) as ui:
        await ui.type("email", EMAIL)
        await ui.type("password", "wrong horse")
        await ui.tap("sign-in")
        assert ui.shows("Email or password is not right.")
        assert ui.key("email").value == EMAIL


async def test_signing_in_without_a_network_says_so() -> None:
    async with desk(Clinic(down=True), signed_in=False) as ui:
        await ui.type("email", EMAIL)
        await ui.type("password", PASSWORD)
        await ui.tap("sign-in")
        assert ui.shows("Your clinic cannot be reached right now.")


async def test_signing_in_with_an_empty_field_asks_for_it_and_calls_nobody() -> None:
    clinic = Clinic()
    async with desk(clinic, signed_in=False) as ui:
        await ui.tap("sign-in")
        assert ui.key("password").error == "Enter your email and your password."
        assert clinic.calls == []


async def test_an_expired_sign_in_returns_to_the_door_and_keeps_nothing() -> None:
    # given
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_maria(ui)
        # when
        clinic.expired = True
        await ui.tap("back")
        # then
        assert ui.has("sign-in")
        assert ui.shows("Sign in again.")
        assert not ui.shows("Maria Santos")
        assert "refresh-1" not in ui.device.kept["tokens"]  # type: ignore[attr-defined]


async def test_signing_out_forgets_the_tokens_and_the_patients() -> None:
    async with desk(Clinic()) as ui:
        await ui.tap("sign-out")
        assert ui.has("sign-in")
        assert not ui.shows("Maria Santos")
        assert ui.device.kept["tokens"] == ""  # type: ignore[attr-defined]


async def test_the_caseload_keeps_the_clinics_order_and_says_why_in_words() -> None:
    async with desk(Clinic()) as ui:
        texts = ui.texts()
        order = [
            texts.index(name) for name in ("Robert Ellis", "Tom Becker", "Maria Santos", "Aisha Khan", "George Wu")
        ]
        assert order == sorted(order)
        assert ui.shows("Stop rule: calf hot, swollen")
        assert ui.shows("Nothing logged for 7 days")
        assert ui.shows("Order: stop rule, rising pain, silence.")
        assert "Review now: Robert Ellis" in names(ui)
        assert ui.shows("No pattern while locked")


async def test_days_and_pain_are_told_in_words_beside_their_pictures() -> None:
    async with desk(Clinic()) as ui:
        labels = [s.label for s in ui.all(ft.Semantics) if s.label]
        assert "Last 14 days: 3 done, 3 skipped, 7 not known, 3 nothing due" not in labels
        assert any(label.startswith("Last 14 days: 2 done, 2 skipped, 7 not known") for label in labels)
        assert "Morning pain: 4, 4, 3, 2, 2, 1 of 10, latest 1" in labels


async def test_patients_on_track_are_folded_until_asked_for() -> None:
    async with desk(Clinic()) as ui:
        assert "Lena Novak" not in ui.texts()
        await ui.tap("on-track")
        assert "Lena Novak" in ui.texts()


async def test_filters_and_search_narrow_the_list_and_can_be_cleared() -> None:
    async with desk(Clinic()) as ui:
        await ui.tap("show-mine")
        assert "Tom Becker" not in ui.texts()
        await ui.tap("show-unopened")
        assert "George Wu" in ui.texts() and "Maria Santos" not in ui.texts()
        await ui.type("find", "nobody of this name")
        assert ui.shows("No patient fits this search and filter.")
        await ui.tap("show-everyone")
        assert "Maria Santos" in ui.texts()


async def test_a_clinic_without_patients_shows_the_first_step() -> None:
    async with desk(Clinic(rows=())) as ui:
        assert ui.shows("No patients yet")
        assert ui.has("add-patient")


async def test_a_caseload_that_did_not_come_can_be_asked_for_again() -> None:
    # given
    clinic = Clinic(answers={"/caseload": lambda: refuse("busy")})
    async with desk(clinic) as ui:
        assert ui.shows("The server is busy.")
        # when
        clinic.answers.clear()
        await ui.tap("again")
        # then
        assert ui.shows("Maria Santos")


async def test_a_caseload_on_its_way_shows_that_it_loads() -> None:
    # given
    clinic = Clinic(held={"/caseload": asyncio.Event()})
    async with desk(clinic, signed_in=False) as ui:
        await ui.type("email", EMAIL)
        await ui.type("password", PASSWORD)
        # when
        tapping = asyncio.create_task(ui.tap("sign-in"))
        await ui.settle()
        # then
        assert ui.shows("Loading")
        assert not ui.shows("Maria Santos")
        clinic.held["/caseload"].set()
        await tapping
        assert ui.shows("Maria Santos")
        assert not ui.shows("Loading")


async def test_a_patient_on_the_way_shows_that_the_page_loads() -> None:
    clinic = Clinic(held={f"/patients/{MARIA}": asyncio.Event()})
    async with desk(clinic) as ui:
        tapping = asyncio.create_task(open_maria(ui))
        await ui.settle()
        assert ui.shows("Loading")
        clinic.held[f"/patients/{MARIA}"].set()
        await tapping
        assert ui.shows("Maria Santos, 61")
        assert not ui.shows("Loading")


async def test_going_offline_keeps_the_last_list_under_a_banner() -> None:
    # given
    clinic = Clinic()
    async with desk(clinic) as ui:
        # when
        clinic.down = True
        await ui.tap("nav-caseload")
        # then
        assert ui.shows("Your clinic cannot be reached right now.")
        assert ui.shows("Below is what was last known.")
        assert ui.shows("Maria Santos")
        clinic.down = False
        await ui.tap("reload")
        assert not ui.shows("cannot be reached")


async def test_a_change_of_program_is_three_taps_from_the_caseload() -> None:
    # given
    clinic = Clinic()
    async with desk(clinic) as ui:
        # when
        await ui.tap(f"review-{MARIA}")
        await ui.tap("accept-proposal-0001")
        # then
        assert clinic.sent("/proposals/proposal-0001/decision") == [{"decision": "accept", "reason": "", "dose": None}]
        assert clinic.calls[-1][:2] == ("GET", f"/patients/{MARIA}")


async def test_the_patient_page_shows_program_difference_reason_and_evidence() -> None:
    async with desk(Clinic()) as ui:
        await open_maria(ui)
        assert ui.shows("Maria Santos, 61")
        assert ui.shows("Opened by the patient Nov 17, 10:00 am")
        assert ui.shows("For: Stairs without the rail")
        assert ui.shows("Reason: Sets complete twice, pain 2 or less. Dana Ruiz")
        assert ui.shows("Both last sessions complete")
        assert ui.shows("Blocked: 8 of 10 in the last set on Nov 21")
        assert ui.shows("28 done ÷ 35 due = 80%")
        assert any("becomes" in (s.label or "") for s in ui.all(ft.Semantics))


async def test_an_older_version_can_be_looked_at() -> None:
    async with desk(Clinic()) as ui:
        await open_maria(ui)
        await ui.tap("version-1")
        assert ui.shows("First version")
        assert ui.shows("Reason: Starting program. Dana Ruiz")


async def test_modifying_a_proposal_needs_a_reason_and_sends_the_dose() -> None:
    # given
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_maria(ui)
        await ui.tap("modify-proposal-0001")
        # when nothing is written
        await ui.tap("send-decision")
        # then
        assert ui.key("reason").error == "Write a reason."
        assert clinic.sent("/decision") == []
        # when
        await ui.tap("modify-reps-less")
        await ui.type("reason", "One step is enough")
        await ui.tap("send-decision")
        # then
        (sent,) = clinic.sent("/decision")
        assert (sent["decision"], sent["reason"], sent["dose"]["reps"]) == ("modify", "One step is enough", 11)


async def test_declining_a_proposal_sends_the_reason_and_no_dose() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_maria(ui)
        await ui.tap("decline-proposal-0001")
        await ui.type("reason", "Busy week")
        await ui.tap("send-decision")
        assert clinic.sent("/decision") == [{"decision": "decline", "reason": "Busy week", "dose": None}]


async def test_a_proposal_someone_else_decided_is_said_and_nothing_is_lost() -> None:
    clinic = Clinic(answers={"/decision": lambda: refuse("already_decided")})
    async with desk(clinic) as ui:
        await open_maria(ui)
        await ui.tap("accept-proposal-0001")
        assert ui.shows("This was already decided.")
        assert ui.has("accept-proposal-0001")


async def test_clearing_a_lock_needs_a_note() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_maria(ui)
        await ui.tap("clear-flag-0001")
        await ui.tap("send-clear")
        assert clinic.sent("/clear") == []
        await ui.type("clear-note", "Seen by the doctor, no clot")
        await ui.tap("send-clear")
        assert clinic.sent("/flags/flag-0001/clear") == [{"note": "Seen by the doctor, no clot"}]


async def test_charts_have_the_same_rows_as_a_table() -> None:
    async with desk(Clinic()) as ui:
        await open_maria(ui)
        labels = [s.label or "" for s in ui.all(ft.Semantics)]
        assert any(label.startswith("Sessions per week: week of Oct 12, 4 of 6 done") for label in labels)
        assert any("during exercise from 6 to 1" in label for label in labels)
        await ui.tap("table-switch")
        tables = ui.all(ft.DataTable)
        assert [len(table.rows) for table in tables] == [6, 21]
        assert ui.shows("Not known")


async def test_one_exercise_can_be_looked_at_alone() -> None:
    async with desk(Clinic()) as ui:
        await open_maria(ui)
        await ui.tap("trend-exercise-rx-000001")
        assert ui.shows("252 of 300 repetitions = 84%")
        await ui.tap("table-switch")
        assert ui.shows("Best set")


async def test_a_session_opens_to_its_sets_with_how_they_were_recorded() -> None:
    async with desk(Clinic()) as ui:
        await open_maria(ui)
        assert ui.shows("timed live, pain after 2")
        await ui.tap("session-session-0001")
        assert ui.shows("10 (corrected)")
        assert ui.shows("Skipped: no time")


async def test_an_invitation_shows_its_link_and_code_once() -> None:
    async with desk(Clinic()) as ui:
        await open_maria(ui)
        await ui.tap("invite")
        assert ui.shows("https://clinic.example/#i=s")
        assert ui.shows("48KX-93PQ")
        await ui.tap("back")
        await open_maria(ui)
        assert not ui.shows("48KX-93PQ")


async def test_signing_a_phone_out_asks_once_more() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_maria(ui)
        await ui.tap("revoke-device-0001")
        assert clinic.sent("/revoke") == []
        await ui.tap("revoke-yes-device-0001")
        assert clinic.sent("/devices/device-0001/revoke") == [None]


async def test_what_a_signed_out_phone_sent_is_settled_with_a_reason() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_maria(ui)
        assert ui.shows("4 entries wait for your decision")
        await ui.tap("release-device-0002")
        assert clinic.sent("/release") == []
        await ui.type("settle-reason-device-0002", "She lost the phone for a day")
        await ui.tap("release-device-0002")
        assert clinic.sent("/quarantine/batch-01/release") == [{"reason": "She lost the phone for a day"}]
        assert clinic.sent("/quarantine/batch-00/release") == []


async def test_a_page_that_did_not_come_can_be_asked_for_again() -> None:
    clinic = Clinic(answers={f"/patients/{MARIA}": lambda: refuse("internal")})
    async with desk(clinic) as ui:
        await open_maria(ui)
        assert ui.shows("Something went wrong here.")
        clinic.answers.clear()
        await ui.tap("again")
        assert ui.shows("Maria Santos, 61")


async def test_a_patient_without_a_program_is_shown_the_first_step() -> None:
    clinic = Clinic(patients={MARIA: newcomer("Maria Santos")})
    async with desk(clinic) as ui:
        await open_maria(ui)
        assert ui.shows("No program yet")
        assert ui.shows("No phone is connected yet.")
        assert ui.shows("Nothing is logged yet.")


async def test_a_new_patient_is_checked_saved_and_taken_to_the_builder() -> None:
    # given
    clinic = Clinic()
    async with desk(clinic) as ui:
        await ui.tap("add-patient")
        # when nothing is filled in
        await ui.tap("save-patient")
        # then
        assert ui.key("name").error == "Write a name of 1 to 120 characters."
        assert ui.shows("4 entries need another look.")
        assert clinic.sent("/patients") == []
        # when
        await ui.type("name", "Nora Blum")
        await ui.type("birth", "4/3/1961")
        await ui.type("problem", "Stiff shoulder")
        await ui.tap("region-shoulder")
        await ui.tap("flag-kneeling_intolerant")
        await ui.tap("kit-band")
        await ui.type("budget", "12")
        await ui.tap("save-patient")
        # then
        (sent,) = clinic.sent("/patients")
        assert (sent["birth_date"], sent["time_budget_min"]) == ("1961-04-03", 12)
        assert (sent["flags"], sent["equipment"]) == (["kneeling_intolerant"], ["band"])
        assert ui.shows("Nora Blum, version 1")


async def test_every_screen_stands_on_a_phone_and_at_200_percent_text() -> None:
    for width, percent in ((412, None), (412, 200), (1280, 200)):
        async with desk(Clinic(), width=width, percent=percent) as ui:
            assert ui.shows("Maria Santos")
            await open_builder(ui)
            assert ui.shows("Maria Santos, version 3")
            await ui.tap("close-builder")
            await ui.tap("back")
            await ui.tap("add-patient")
            assert ui.has("save-patient")


async def test_no_two_buttons_of_a_screen_share_a_key() -> None:
    async with desk(Clinic()) as ui:
        for step in (lambda: open_maria(ui), lambda: ui.tap("edit-program")):
            await step()
            keys = [c.key for c in ui.all(ft.FilledButton) + ui.all(ft.IconButton) + ui.all(ft.TextField)]
            assert None not in keys
            assert len(keys) == len(set(keys))


async def test_a_newer_version_of_a_colleague_stands_beside_the_draft() -> None:
    # given
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_builder(ui)
        await ui.tap("remove-rx-000001")
        await ui.type("version-reason", "Fits the day better")
        colleague_publishes(clinic)
        # when
        await ui.tap("publish")
        await ui.tap("publish-now")
        # then
        assert ui.shows("Someone else published version 3")
        assert ui.shows("Published by Sam Ortiz") and ui.shows("Your draft")
        assert len(clinic.sent("/programs")) == 1
        # when
        await ui.tap("take-mine")
        await ui.tap("publish-now")
        # then
        assert clinic.sent("/programs")[-1]["base_version"] == 3
        assert ui.shows("Version 4 is published")


async def test_a_draft_can_be_dropped_for_a_colleagues_version() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_builder(ui)
        await ui.tap("remove-rx-000001")
        await ui.type("version-reason", "Fits the day better")
        colleague_publishes(clinic)
        await ui.tap("publish")
        await ui.tap("publish-now")
        await ui.tap("take-theirs")
        assert ui.shows("Maria Santos, version 4")
        assert len(draft_keys(ui, "remove-rx-")) == 2
