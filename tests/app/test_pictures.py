"""The picture of an exercise: which one, of which side, moving or not, and which ones the phone keeps."""

import json
from dataclasses import replace
from pathlib import Path

import flet as ft
import flet.canvas as cv
import pytest

from app.parts import MovingPicture, Picture, shown
from app.parts.photos import PHOTOS
from app.theme import Color
from hep.records import Side
from tests.app.device import Device
from tests.app.harness import UI, run_ui
from tests.app.patient_world import bridge, patient, version
from tests.app.therapist_clinic import exercise

NAMES = ("Play the movement", "Stop the movement")
SLR = exercise("Straight leg raise")
OWN = replace(SLR, id="own-leg-raise")


def image(control: ft.Control) -> ft.Image:
    assert isinstance(control, ft.Semantics)
    assert isinstance(control.content, ft.Container)
    inside = control.content.content
    assert isinstance(inside, ft.Image)
    return inside


def sources(ui: UI) -> list[str | bytes]:
    return [picture.src for picture in ui.all(ft.Image)]


def test_a_picture_is_named_and_lies_on_its_own_ground_that_dims_in_the_dark() -> None:
    picture = Picture(shown(SLR), "Picture: Straight leg raise")

    assert (picture.label, picture.image, picture.exclude_semantics) == ("Picture: Straight leg raise", True, True)
    assert isinstance(picture.content, ft.Container)
    assert picture.content.bgcolor is Color.PICTURE_GROUND
    assert image(picture).color is Color.PICTURE_LIGHT
    assert image(picture).src == "exercises/kn-slr/end.webp"


@pytest.mark.parametrize(
    ("side", "mirrored"), [(Side.LEFT, True), (Side.RIGHT, False), (Side.BOTH, False), (None, False)]
)
def test_the_left_side_is_the_right_one_mirrored(side: Side | None, mirrored: bool) -> None:
    assert bool(image(Picture(shown(SLR, side), "")).flip) is mirrored


def test_a_picture_that_is_not_there_is_the_figure_and_a_loop_that_is_not_there_the_still() -> None:
    loop = image(Picture(shown(SLR), "", part="loop"))

    assert isinstance(loop.error_content, ft.Image)
    assert loop.error_content.src == "exercises/kn-slr/end.webp"
    assert isinstance(loop.error_content.error_content, cv.Canvas)


async def test_an_exercise_of_the_clinic_shows_its_photo_once_it_is_there_and_never_mirrored() -> None:
    photographed = replace(OWN, photo="f" * 64, drawing="kn-slr")
    async with run_ui(lambda page: page.render(Picture, shown(photographed, Side.LEFT), "")) as ui:
        assert sources(ui) == ["exercises/kn-slr/end.webp"]
        PHOTOS["f" * 64] = b"a photo"
        await ui.settle()
        photo = ui.all(ft.Image)[0]
        assert (photo.src, photo.flip) == (b"a photo", None)
        PHOTOS.clear()


def test_without_a_photo_it_shows_the_drawing_it_names_or_the_figure() -> None:
    assert image(Picture(shown(replace(OWN, drawing="kn-slr")), "")).src == "exercises/kn-slr/end.webp"
    figure = Picture(shown(OWN), "").content
    assert isinstance(figure, ft.Container)
    assert isinstance(figure.content, cv.Canvas)


async def test_the_loop_plays_and_a_named_button_stops_it() -> None:
    async with run_ui(lambda page: page.render(MovingPicture, shown(SLR), "leg", NAMES, 200)) as ui:
        assert sources(ui)[0] == "exercises/kn-slr/loop.webp"
        assert ui.key("picture-motion").tooltip == "Stop the movement"

        await ui.tap("picture-motion")

        assert sources(ui) == ["exercises/kn-slr/end.webp"]
        assert ui.key("picture-motion").tooltip == "Play the movement"


async def test_what_does_not_move_has_no_button() -> None:
    async with run_ui(lambda page: page.render(MovingPicture, shown(OWN), "leg", NAMES, 200)) as ui:
        assert not ui.has("picture-motion")


async def test_who_asked_for_less_motion_sees_the_still_until_they_press_play(tmp_path: Path) -> None:
    # given a device that asks for less motion
    device = Device(tmp_path)
    device.reduced_motion = True
    prescribed = bridge(side=Side.LEFT)
    prescribed = replace(prescribed, exercise=replace(prescribed.exercise, id="hip-bridge"))
    async with patient(tmp_path, version(1, prescribed), device=device, route="/exercise/bridge-0001") as world:
        assert sources(world.ui) == ["exercises/hip-bridge/end.webp"]

        await world.ui.tap("picture-motion")

        assert sources(world.ui)[0] == "exercises/hip-bridge/loop.webp"
        assert all(picture.flip for picture in world.ui.all(ft.Image))


async def test_the_phone_keeps_the_loops_of_what_is_prescribed_and_of_what_begins_later(tmp_path: Path) -> None:
    def kept(world_told: list[tuple[str, str]]) -> list[list[str]]:
        return [json.loads(payload) for topic, payload in world_told if topic == "keep-pictures"]

    now = bridge()
    own = replace(bridge(), id="own-0001", exercise=replace(now.exercise, id="own-thing"))
    async with patient(tmp_path, version(1, now, own)) as world:
        (told,) = kept(world.device.told)
        assert told == ["exercises/bridge/end.webp", "exercises/bridge/loop.webp"]

        # when something else changes, the page is not told again
        world.model.tell()
        assert len(kept(world.device.told)) == 1
