"""Addresses of the therapist's screens: back stays inside the app, a reload stays on the patient."""

import pytest
from flet.messaging.protocol import MessageAction

from app.therapist.address import Address, Place, address_of
from tests.app.harness import UI
from tests.app.test_therapist_screens import desk, open_builder, open_maria
from tests.app.therapist_clinic import EMAIL, MARIA, PASSWORD, Clinic

PAGE = f"/clinic/patient/{MARIA}"


async def browser_goes(ui: UI, route: str) -> None:
    """Back, forward, or a typed address."""
    await ui.connection.went(route)
    await ui.settle()


def visited(ui: UI) -> list[str]:
    """The addresses the app gave the browser."""
    return [args["route"] for name, args in ui.connection.calls if name == "push_route"]


@pytest.mark.parametrize(
    ("route", "address"),
    [
        ("/clinic", Address(Place.CASELOAD)),
        ("/clinic/add", Address(Place.ADD_PATIENT)),
        ("/clinic/patient/0190-ab", Address(Place.PATIENT, "0190-ab")),
        ("/clinic/patient/0190-ab/edit", Address(Place.BUILDER, "0190-ab")),
    ],
)
def test_every_screen_has_its_own_address(route: str, address: Address) -> None:
    assert address_of(route) == address
    assert address.route() == route


@pytest.mark.parametrize(
    "route", ["/", "", "/clinic/", "/clinic/patient", "/clinic/patient/a%2Fb", "/clinic/patient/../x", "/clinic/other"]
)
def test_an_address_that_is_none_is_the_caseload(route: str) -> None:
    assert address_of(route) == Address(Place.CASELOAD)


async def test_each_screen_tells_the_browser_its_address() -> None:
    async with desk(Clinic()) as ui:
        await open_builder(ui)
        await ui.tap("close-builder")
        await ui.tap("back")
        await ui.tap("add-patient")

        assert visited(ui) == [PAGE, f"{PAGE}/edit", PAGE, "/clinic", "/clinic/add"]


async def test_back_goes_back_inside_the_app_and_keeps_the_draft() -> None:
    async with desk(Clinic()) as ui:
        await open_builder(ui)
        await ui.tap("remove-rx-000001")

        await browser_goes(ui, PAGE)
        assert ui.shows("Maria Santos, 61")
        await browser_goes(ui, "/clinic")
        assert ui.has(f"review-{MARIA}")
        await browser_goes(ui, f"{PAGE}/edit")

        assert ui.has("version-reason")
        assert not ui.has("remove-rx-000001")


async def test_a_browser_that_is_slow_to_say_where_it_went_does_not_take_the_therapist_back() -> None:
    clinic = Clinic()
    async with desk(clinic) as ui:
        ui.connection.slow = True
        await open_builder(ui)
        asked = len(clinic.calls)
        ui.connection.tell_late()
        await ui.settle()

        assert ui.has("version-reason")
        assert len(clinic.calls) == asked
        assert visited(ui) == [PAGE, f"{PAGE}/edit"]
        await browser_goes(ui, PAGE)
        assert ui.shows("Maria Santos, 61")


@pytest.mark.parametrize(("route", "shown"), [(PAGE, "Maria Santos, 61"), (f"{PAGE}/edit", "Maria Santos, version 3")])
async def test_a_reload_stays_on_the_patient(route: str, shown: str) -> None:
    async with desk(Clinic(), route=route) as ui:
        assert ui.shows(shown)
        assert visited(ui) == []


async def test_signing_in_at_a_patients_address_opens_the_patient() -> None:
    async with desk(Clinic(), signed_in=False, route=PAGE) as ui:
        assert not ui.shows("Maria Santos")
        await ui.type_and_tap({"email": EMAIL, "password": PASSWORD}, "sign-in")

        assert ui.shows("Maria Santos, 61")


async def test_signing_out_leaves_no_patient_in_the_address() -> None:
    async with desk(Clinic()) as ui:
        await open_maria(ui)
        await ui.tap("sign-out")
        assert visited(ui)[-1] == "/clinic"

        await browser_goes(ui, PAGE)
        assert ui.has("sign-in")
        assert not ui.shows("Maria Santos")


@pytest.mark.parametrize("route", [PAGE, f"{PAGE}/edit"])
async def test_an_expired_sign_in_at_a_patients_address_shows_the_door(route: str) -> None:
    async with desk(Clinic(expired=True), route=route) as ui:
        assert ui.has("sign-in")
        assert ui.shows("Sign in again.")


async def test_the_way_back_is_drawn_once_so_that_no_tap_meets_a_button_that_is_gone() -> None:
    async with desk(Clinic()) as ui:
        await open_maria(ui)
        before = len(ui.connection.sent)

        await ui.tap("back")

        drawn = [message for message in ui.connection.sent[before:] if message.action is MessageAction.PATCH_CONTROL]
        assert ui.has("add-patient")
        assert len(drawn) == 1
