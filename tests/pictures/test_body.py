"""Signs, contacts and the order of moments: what the words of a pose file do to the figure."""

from typing import Any

import numpy as np
import pytest

from server.pictures.motion import frames, moment
from server.pictures.posefile import parse
from server.pictures.scene import Moments, Scene
from server.pictures.shapes import Cone
from tests.pictures.figures import SOUND, changed


def _posed(pose: dict[str, Any], **more: Any) -> Scene:
    return Moments(parse({"id": "t", "base": "stand", "view": {"yaw": 0}, "start": pose, **more})).at(0)


_HANGING = {"legs": {"hip": [0, 0, 0], "knee": 0}}


@pytest.mark.parametrize(
    ("pose", "joint", "axis", "sign"),
    [
        ({"Rleg": {"hip": [40, 0, 0]}}, "kneeR", 0, 1),
        ({"Rleg": {"hip": [0, 30, 0]}}, "kneeR", 2, 1),
        ({"Lleg": {"hip": [0, 30, 0]}}, "kneeL", 2, -1),
        ({"Rleg": {"hip": [0, 0, 0], "knee": 60}}, "ankleR", 0, -1),
        ({"Rleg": {"hip": [0, 0, 40]}}, "toeR", 2, 1),
        ({"Lleg": {"hip": [0, 0, 40]}}, "toeL", 2, -1),
        ({"Rarm": {"sh": [40, 0, 0]}}, "wristR", 0, 1),
        ({"Rarm": {"sh": [0, 40, 0], "elbow": 0}}, "wristR", 2, 1),
        ({"Rarm": {"sh": [0, 0, 40], "elbow": 90}}, "wristR", 2, 1),
        ({"Larm": {"sh": [0, 0, 40], "elbow": 90}}, "wristL", 2, -1),
        ({"head": [0, 40, 0]}, "nose", 2, 1),
        ({"head": [0, 0, 30]}, "crown", 2, 1),
        ({"neck": [30, 0]}, "head", 0, 1),
        ({"neck": [0, 0.03]}, "head", 0, 1),
        ({"spine": [20, 20]}, "neck", 0, 1),
        ({"twist": 30}, "shR", 0, -1),
        ({"sidebend": 20}, "neck", 2, 1),
        ({"tilt": [0, 20, 0]}, "neck", 0, -1),
        ({"tilt": [0, 0, 20]}, "neck", 2, 1),
        ({"tilt": [40, 0, 0]}, "chest", 2, 1),
    ],
)
def test_a_positive_number_moves_the_joint_the_way_the_document_says(
    pose: dict[str, Any], joint: str, axis: int, sign: int
) -> None:
    moved = _posed({**_HANGING, **pose}).skeleton.joints[joint] - _posed(_HANGING).skeleton.joints[joint]
    assert moved[axis] * sign > 0.01


def test_a_planted_foot_and_hand_stay_where_they_are_through_the_whole_loop() -> None:
    moments = Moments(parse(SOUND))
    places = np.array(
        [[moments.skeleton(at).joints[name] for name in ("ankleR", "wristL")] for at in np.linspace(0, 1, 9)]
    )
    assert np.ptp(places, axis=0).max() < 0.005


def test_a_hand_on_the_hip_follows_it() -> None:
    # given a hand that hangs on a hip, and a squat
    moments = Moments(parse(changed("start.Rarm", {"hand": {"at": "hipR", "offset": [0.05, 0.1, 0.15]}})))
    # then it keeps its distance all the way
    for at in (0.0, 0.4, 1.0):
        joints = moments.skeleton(at).joints
        assert np.allclose(joints["wristR"] - joints["hipR"], [0.05, 0.1, 0.15], atol=0.001)


def test_a_moment_between_lies_on_the_way_and_the_way_back_may_be_another() -> None:
    file = parse(changed("mid", {"pelvis": [0.3, 0.8, 0]}) | {"back": {"pelvis": [-0.3, 0.8, 0]}})
    assert moment(file, 0.5)["pelvis"] == [0.3, 0.8, 0]
    assert moment(file, 1.5)["pelvis"] == [-0.3, 0.8, 0]
    assert moment(file, 2)["pelvis"] == moment(file, 0)["pelvis"] == [0, 0.897, 0]


def test_a_loop_holds_start_and_end_and_returns_the_way_it_came() -> None:
    shown = frames(parse(SOUND), 6, 130)
    assert [frame.milliseconds for frame in shown if frame.at in (0, 1)] == [700, 1000]
    assert len(shown) == 2 + 2 * 5
    assert shown[1].at < 1 / 6, "it sets off gently"


def test_a_band_lies_on_the_trunk_instead_of_cutting_through() -> None:
    # given a band from the right hand, behind the back, to the left hand
    band = {"kind": "band", "path": ["gripR", [-0.05, 1.2, 0], "gripL"]}
    scene = _posed({"arms": {"sh": [10, 30, 0]}}, equipment=[band])
    trunk = [cone for cone in scene.body if cone.group == "torso"]
    strip = [part for part in scene.things if isinstance(part, Cone)]
    # then no middle piece of it is deep inside the trunk
    assert max(_depth(part.a, cone) for part in strip[3:-3] for cone in trunk) < 0.01


def _depth(point: np.ndarray, cone: Cone) -> float:
    axis = cone.b - cone.a
    share = float(np.clip((point - cone.a) @ axis / max(axis @ axis, 1e-9), 0, 1))
    return cone.ra + (cone.rb - cone.ra) * share - float(np.linalg.norm(point - cone.a - axis * share))
