"""Forms on a slow phone: a tap right after typing, or two quick taps, count with the newest value."""

from pathlib import Path
from typing import Any

import flet as ft

from app.parts import AppButton, TypedField
from app.parts.hooks import use_latest
from app.theme import Color
from tests.app.clinic import Clinic as PatientsClinic
from tests.app.device import Device
from tests.app.harness import run_ui
from tests.app.patient_world import patient
from tests.app.test_therapist_screens import desk, open_builder, open_maria
from tests.app.therapist_clinic import EMAIL, PASSWORD, Clinic


async def test_enter_right_after_the_last_letter_signs_in() -> None:
    async with desk(Clinic(), signed_in=False) as ui:
        await ui.type_and_tap({"email": EMAIL, "password": PASSWORD}, "password", "submit")

        assert ui.shows("6 patients. Today 3 need you.")


async def test_what_is_typed_has_the_color_of_the_look() -> None:
    async with desk(Clinic(), signed_in=False) as ui:
        assert {field.color for field in ui.all(ft.TextField)} == {Color.ON}


async def test_two_quick_taps_on_sign_in_ask_once() -> None:
    clinic = Clinic()
    async with desk(clinic, signed_in=False) as ui:
        await ui.type("email", EMAIL)
        await ui.type("password", PASSWORD)
        await ui.tap_together("sign-in", "sign-in")

        assert len([path for _, path, *_ in clinic.calls if path.endswith("/sign-in")]) == 1


async def test_a_code_and_a_birth_date_join_at_once(tmp_path: Path) -> None:
    clinic = PatientsClinic()
    async with patient(tmp_path, signed_in=False, device=Device(tmp_path, clinic)) as world:
        await world.ui.type_and_tap({"code": "48kx-93pq7m", "birth": "1961-04-03"}, "join")

        (asked,) = clinic.bodies("/v1/auth/redeem")
        assert (asked["code"], asked["birth_date"]) == ("48KX93PQ7M", "1961-04-03")


async def test_the_reason_of_a_version_is_the_newest_one_when_it_is_published_at_once() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_builder(ui)
        await ui.tap("remove-rx-000001")
        await ui.type("version-reason", "Fits the day")
        await ui.type_and_tap({"version-reason": "Fits the day better"}, "publish")
        await ui.tap_together("publish-now", "publish-now")

        assert [sent["reason"] for sent in clinic.sent("/programs")] == ["Fits the day better"]


async def test_two_quick_taps_on_publish_stay_with_the_last_look() -> None:
    async with desk(Clinic()) as ui:
        await open_builder(ui)
        await ui.tap("remove-rx-000001")
        await ui.type("version-reason", "Fits the day better")
        await ui.tap_together("publish", "publish")

        assert ui.has("publish-now")


async def test_declining_at_once_sends_the_reason_as_it_was_typed() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_maria(ui)
        await ui.tap("decline-proposal-0001")
        await ui.type_and_tap({"reason": "Busy week"}, "send-decision")

        assert [sent["reason"] for sent in clinic.sent("/decision")] == ["Busy week"]


async def test_two_quick_taps_on_accept_decide_once() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_maria(ui)
        await ui.tap_together("accept-proposal-0001", "accept-proposal-0001")

        assert len(clinic.sent("/decision")) == 1


async def test_two_quick_steps_of_a_modified_dose_both_count() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_maria(ui)
        await ui.tap("modify-proposal-0001")
        await ui.tap_together("modify-reps-less", "modify-reps-less")
        await ui.type_and_tap({"reason": "One step is enough"}, "send-decision")

        (sent,) = clinic.sent("/decision")
        assert (sent["reason"], sent["dose"]["reps"]) == ("One step is enough", 10)


async def test_a_lock_is_cleared_with_the_note_as_it_was_typed() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_maria(ui)
        await ui.tap("clear-flag-0001")
        await ui.type_and_tap({"clear-note": "Seen by the doctor"}, "send-clear")

        assert clinic.sent("/flags/flag-0001/clear") == [{"note": "Seen by the doctor"}]


async def test_what_a_signed_out_phone_sent_is_settled_with_the_reason_as_it_was_typed() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_maria(ui)
        await ui.type_and_tap({"settle-reason-device-0002": "Lost for a day"}, "release-device-0002")

        assert clinic.sent("/release") == [{"reason": "Lost for a day"}]


async def test_a_new_patient_is_saved_right_after_the_last_letter() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        await ui.tap("add-patient")
        await ui.tap_together("region-shoulder", "flag-kneeling_intolerant", "kit-band", "flag-kneeling_intolerant")
        typed = {"name": "Nora Blum", "birth": "4/3/1961", "problem": "Stiff shoulder", "budget": "12"}
        await ui.type_and_tap(typed, "save-patient")

        (sent,) = clinic.sent("/patients")
        assert (sent["name"], sent["birth_date"], sent["problem"]) == ("Nora Blum", "1961-04-03", "Stiff shoulder")
        assert (sent["flags"], sent["equipment"], sent["time_budget_min"]) == ([], ["band"], 12)


async def test_a_goal_is_added_once_and_as_it_was_typed() -> None:
    async with desk(Clinic()) as ui:
        await open_builder(ui)
        await ui.tap("add-goal")
        await ui.type_and_tap({"goal-text": "Carry the shopping", "goal-baseline": "2"}, "save-goal")

        assert ui.shows("Carry the shopping") and ui.shows("now 2")


async def test_two_quick_steps_in_the_builder_both_count() -> None:
    async with desk(Clinic()) as ui:
        await open_builder(ui)
        before = ui.key("dose-rx-000001-rest_s-value").content.value
        await ui.tap_together("dose-rx-000001-rest_s-more", "dose-rx-000001-rest_s-more")
        await ui.tap_together("dose-rx-000001-rest_s-less", "dose-rx-000001-rest_s-less")

        assert ui.key("dose-rx-000001-rest_s-value").content.value == before


async def test_a_drawing_gives_no_older_text_back_to_the_client() -> None:
    heard: list[str] = []

    @ft.component
    def Form() -> ft.Control:
        text, turns = use_latest(""), use_latest(0)

        def typed(value: str) -> None:
            heard.append(text.put(value))

        def turn(_: Any) -> None:
            turns.change(lambda n: n + 1)

        return ft.Column(
            [
                TypedField(text.value, typed, key="field"),
                AppButton(str(turns.value), turn, key="turn"),
                AppButton("Clear", lambda _: text.put(""), key="clear"),
            ]
        )

    async with run_ui(lambda page: page.render(Form)) as ui:
        await ui.type("field", "a")
        await ui.type_unheard("field", "ab")
        await ui.tap("turn")
        await ui.tap("turn")
        assert ui.key("field").value == "ab"

        await ui.fire(ui.key("field"), "change")
        assert heard == ["a", "ab"]

        await ui.tap("clear")
        assert ui.key("field").value == ""
