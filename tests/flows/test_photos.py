"""A photo of the clinic's own on a patient's phone: there without a network, gone with the sign-in."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import flet as ft
import pytest

from app.parts.photos import PHOTOS
from app.patient.shell import start
from hep import codec
from hep.records import Exercise
from tests.app.harness import UI, run_ui
from tests.app.patient_world import turn_off
from tests.flows.conftest import MakePhone
from tests.flows.people import Clinic, Phone, a_squat
from tests.server.matrix import OCTETS, own_exercise
from tests.server.pictures import picture
from tests.server.world import World


@dataclass
class Screen:
    """A phone that is on."""

    ui: UI
    model: Any

    def photos(self) -> list[bytes]:
        """The photos on the screen."""
        return [image.src for image in self.ui.all(ft.Image) if isinstance(image.src, bytes)]

    async def until(self, true: Callable[[], object]) -> None:
        """Wait for a condition; the test's time limit ends a wait in vain."""
        while not true():
            await self.ui.settle()
        await self.ui.settle()


@asynccontextmanager
async def turned_on(phone: Phone) -> AsyncIterator[Screen]:
    """The app on this phone, begun anew with nothing in its memory."""
    models: list[Any] = []

    async def main(page: ft.Page) -> None:
        models.append(await start(page, phone.device, phone.now))

    async with run_ui(main) as ui:
        try:
            yield Screen(ui, models[0])
        finally:
            await turn_off(models[0])
            PHOTOS.clear()


@pytest.fixture
def clinic(sqlite_world: World) -> Clinic:
    """The clinic on SQLite alone: what phones do with photos does not touch the database."""
    return Clinic(sqlite_world)


@pytest.fixture
async def phone(clinic: Clinic, make_phone: MakePhone) -> Phone:
    """A phone whose program holds an exercise with a photo."""
    added = clinic.therapist.request("POST", "/v1/library/photos", content=picture(), headers=OCTETS)
    made = own_exercise(clinic.therapist, photo=added.json()["photo"], laterality="bilateral")["exercise"]
    own = replace(a_squat(clinic.today), id="own-raise-01", exercise=codec.load(Exercise, made))
    clinic.publish(own, reason="With a photo")
    return await make_phone(clinic)


def kept(phone: Phone) -> list[str]:
    return [path.stem for path in phone.device.folder.joinpath("photos").glob("*")]


async def test_a_photo_is_fetched_after_a_pull_shown_offline_and_wiped_with_the_sign_in(
    clinic: Clinic, phone: Phone
) -> None:
    await phone.close()
    # given a phone that was online once
    async with turned_on(phone) as screen:
        await screen.until(lambda: PHOTOS and kept(phone) == list(PHOTOS))
        assert screen.photos()
        (name,) = PHOTOS
    # then the photo is there without a network
    phone.link.down = True
    async with turned_on(phone) as screen:
        await screen.until(screen.photos)
        assert kept(phone) == [name]
    # and when the clinic signs the phone out, it is gone
    phone.link.down = False
    (device,) = clinic.therapist.get(f"/v1/patients/{clinic.patient_id}/devices").json()["devices"]
    clinic.therapist.post(f"/v1/patients/{clinic.patient_id}/devices/{device['id']}/revoke")
    async with turned_on(phone) as screen:
        await screen.until(lambda: not kept(phone))
        await screen.until(lambda: not PHOTOS)
        assert not screen.photos()
    await phone.open()


async def test_a_photo_is_let_go_of_when_it_is_no_longer_prescribed(clinic: Clinic, phone: Phone) -> None:
    await phone.close()
    async with turned_on(phone) as screen:
        await screen.until(lambda: PHOTOS and kept(phone) == list(PHOTOS))
        clinic.publish(a_squat(clinic.today), reason="Without it")
        await screen.model.fetch()
        await screen.until(lambda: not PHOTOS and not kept(phone))
    await phone.open()


async def test_a_photo_that_is_not_what_its_name_says_is_not_believed(
    clinic: Clinic, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    await phone.close()
    asked: list[str] = []

    async def another(_api: object, path: str) -> bytes:
        asked.append(path)
        return picture(0.9)

    monkeypatch.setattr("app.api.Api.fetch", another)
    async with turned_on(phone) as screen:
        await screen.until(lambda: asked)
        assert not PHOTOS
        assert not kept(phone)
    await phone.open()


async def test_signing_out_and_handing_the_phone_over_wipe_the_photos(clinic: Clinic, phone: Phone) -> None:
    for wipe in (lambda: phone.account.sign_out(leave_unsent=True), lambda: phone.store.hand_over("somebody-else")):
        await phone.device.keep_photo("0" * 64, b"photo")
        assert kept(phone) == ["0" * 64]
        await wipe()
        assert kept(phone) == []
