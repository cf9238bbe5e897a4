"""Each automatic check finds the fault it is there for, and says what was measured and what is allowed."""

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.pictures import legibility
from server.pictures.checks import cheap, drawn
from server.pictures.likeness import alike
from server.pictures.posefile import parse
from server.pictures.render import Artist
from tests.pictures.figures import SOUND, spoiled


def test_a_sound_picture_passes_every_check() -> None:
    file = parse(SOUND)
    assert cheap(file) == []
    assert drawn(file) == []


LYING: dict[str, Any] = {"id": "t", "base": "supine", "view": {"yaw": 24, "pitch": 14}, "equipment": [{"kind": "mat"}]}


@pytest.mark.parametrize(
    ("leg", "sentence"),
    [
        ({"hip": [-4, 2, 0], "knee": -25}, r"kneeR is at -25°, the limit is 0 to 150°"),
        ({"hip": [150, 2, 0], "knee": 90}, r"hipR flex is at 150°, the limit is -30 to 130°"),
        ({"hip": [-25, 2, 0]}, r"footR is \d+\.\d cm inside the floor or furniture, 1 cm is allowed"),
        ({"foot": [1.2, 0.1, 0.1]}, r"the target of footR is \d+\.\d cm out of reach, 1 cm is allowed"),
    ],
)
def test_what_a_body_cannot_do_is_found(leg: dict[str, Any], sentence: str) -> None:
    faults = cheap(parse({**LYING, "end": {} if "foot" in leg else {"Rleg": leg}, "start": {"Rleg": leg}}))
    assert any(_matches(sentence, fault) for fault in faults), faults


def test_a_limit_passed_between_start_and_end_is_found() -> None:
    faults = cheap(parse({**LYING, "mid": {"Rleg": {"hip": [-4, 2, 0], "knee": 170}}}))
    assert any("kneeR is at 170°" in fault and "50 % of the way out" in fault for fault in faults), faults


def test_a_support_that_hovers_is_found() -> None:
    faults = cheap(spoiled("end.Rleg", {"foot": [0, 0.11, 0.11]}))
    assert faults == ["the support footR is 1.7 cm above its surface, 1 cm is allowed (50 % of the way out)"]


def test_a_support_that_slides_is_found() -> None:
    file = parse({**LYING, "supports": ["heelR"], "end": {"Rleg": {"hip": [-4.5, 14, 5]}}})
    assert any(_matches(r"the support heelR is \d+\.\d cm from its beginning", fault) for fault in cheap(file))


def test_a_figure_that_would_fall_is_found() -> None:
    file = parse(
        {"id": "t", "base": "stand", "view": {"yaw": 14}, "end": {"pelvis": [0.12, 0.88, 0], "tilt": [0, -75, 0]}}
    )
    assert any(
        _matches(r"the center of mass is \d+ cm outside the feet, 3 cm is allowed", fault) for fault in cheap(file)
    )
    held = parse({**file.source, "unbalanced": "a partner holds the hands"})
    assert not any("center of mass" in fault for fault in cheap(held))


def test_what_leaves_the_frame_between_the_framed_moments_is_found() -> None:
    file = parse(
        {"id": "t", "base": "stand", "view": {"yaw": 0}, "end": {}, "mid": {"pelvis": [2.2, 0.897, 0]}, "mid_at": 0.25}
    )
    assert any("outside the picture, nothing may be" in fault for fault in cheap(file))


def test_an_end_like_the_start_is_found_unless_it_is_an_isometric() -> None:
    still = {key: value for key, value in SOUND.items() if key not in ("end", "muscles")}
    assert any("start and end differ in 0.0%" in fault for fault in drawn(parse(still)))
    assert not any("differ" in fault for fault in drawn(parse({**still, "isometric": True})))


def test_a_tint_that_nobody_sees_is_found() -> None:
    assert any("the tint covers" in fault for fault in drawn(spoiled("muscles", ["foot_arch.R"])))


def test_an_arrow_over_the_figure_is_found() -> None:
    arrow = {"pts": [[-0.05, 1.4, 0.3], [-0.1, 0.2, 0.3]], "w": 0.06}
    assert any("arrows cover" in fault for fault in drawn(spoiled("arrows", [arrow])))


def test_a_limb_too_thin_at_the_smallest_size_is_found() -> None:
    faults = drawn(spoiled("view", {"yaw": 14, "pitch": 9, "span": 4}))
    assert any("a forearm is 2.1 pixels thick at 160 px, at least 3 are needed" in fault for fault in faults)
    assert any("figure and equipment fill" in fault for fault in faults)


def test_a_figure_that_does_not_stand_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    # given a printer that fades everything to the color of the card
    artist = Artist(parse(SOUND))
    plain = artist.frame
    card = Image.new("RGB", (legibility.SMALL, legibility.SMALL), "#F4F6F8")
    monkeypatch.setattr(artist, "frame", lambda *args: Image.blend(plain(*args), card, 0.85))
    # then the lack of contrast is told
    assert any("contrast of 1." in fault for fault in legibility.faults(artist.file, artist))


def test_two_pictures_alike_are_found_and_others_are_not(tmp_path: Path) -> None:
    # given two squats that differ in a wrist's turn, and a lying figure
    squat, twin = parse(SOUND), spoiled("start.neck", [1, 0])
    lying = parse({**LYING, "end": {"Rleg": {"hip": [40, 2, 0]}}})
    pictures = {}
    for name, file in (("squat", squat), ("twin", twin), ("lying", lying)):
        pair = (tmp_path / f"{name}-start.png", tmp_path / f"{name}-end.png")
        for at, path in enumerate(pair):
            Artist(file).frame(at, 160, at).save(path)
        pictures[name] = pair
    # then only the twins are told
    assert [pair[:2] for pair in alike(pictures)] == [("squat", "twin")]


def _matches(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None
