"""A pose file says what it means or is refused with the exercise, the field and the reason."""

import json
from pathlib import Path
from typing import Any

import pytest

from server.pictures.kinds import KINDS
from server.pictures.muscles import NAMES, PAIRED
from server.pictures.posefile import parse, read
from server.pictures.presets import PRESETS
from server.pictures.schema import BadPose
from tests.pictures.figures import SOUND, changed

DOCUMENT = Path("docs/pictures.md")


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("colour", "red", "there is no field 'colour'"),
        ("start.Rlegs", {}, "start: there is no field 'Rlegs'"),
        ("end.Rleg", {"hipp": [1, 2, 3]}, "end.Rleg: there is no field 'hipp'"),
        ("base", "flying", "base: 'flying' is none of"),
        ("start.pelvis", [0, 9, 0], r"start.pelvis\[1\]: 9 is outside -3 to 3"),
        ("start.pelvis", [0, 1], "start.pelvis: a list of 3 numbers is expected"),
        ("start.pelvis", [0, True, 0], r"start.pelvis\[1\]: a number is expected"),
        ("start.arms", {"curl": 1.2}, "start.arms.curl: 1.2 is outside 0 to 1"),
        ("arrows", [{"track": "tail", "offset": [0, 0]}], r"arrows\[0\].track: there is no joint 'tail'"),
        ("arrows", [{"w": 0.02}], r"arrows\[0\]: an arrow needs either 'track' or 'pts'"),
        ("arrows", [{"kind": "press", "at": "kneeR"}], r"arrows\[0\]: an arrow of kind 'press' needs 'dir'"),
        ("supports", ["footX"], r"supports\[0\]: there is no joint 'footX'"),
        ("muscles", ["brain"], r"muscles\[0\]: there is no muscle 'brain'"),
        ("muscles", ["quads"], r"muscles\[0\]: .*write quads.R or quads.L"),
        ("equipment", [{"kind": "trampoline"}], r"equipment\[0\].kind: there is no equipment 'trampoline'"),
        ("equipment", [{"kind": "mat", "color": 1}], r"equipment\[0\]: mat has no parameter 'color'"),
        ("equipment", [{"kind": "chair", "seat": 4}], r"equipment\[0\].seat: 4 is outside"),
        ("equipment", [{"kind": "dumbbell"}], r"equipment\[0\]: dumbbell needs 'at'"),
        ("mid_at", 1.5, "mid_at: 1.5 is outside 0.05 to 0.95"),
        ("bare", "yes", "bare: true or false is expected"),
        (
            "start.Rleg",
            {"foot": [0, 0.07, 0.1], "knee": 20},
            "start.Rleg: either angles or the target 'foot', not both",
        ),
        ("end.Rleg", {"knee": 20}, "end.Rleg: this limb starts with a target and must keep to it"),
    ],
)
def test_a_bad_file_is_refused_with_exercise_field_and_reason(path: str, value: Any, reason: str) -> None:
    with pytest.raises(BadPose, match=f"^test-squat.*{reason}"):
        parse(changed(path, value))


def test_a_file_that_is_no_json_or_has_another_id_is_refused(tmp_path: Path) -> None:
    # given a folder with a broken file and one with a copied file
    for name, text in (("kn-broken", "{"), ("kn-copied", json.dumps(SOUND))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pose.json").write_text(text)
    # then both are refused by name
    with pytest.raises(BadPose, match=r"kn-broken: pose\.json cannot be read"):
        read(tmp_path / "kn-broken" / "pose.json")
    with pytest.raises(BadPose, match=r"kn-copied\.id: the id must be the folder's name"):
        read(tmp_path / "kn-copied" / "pose.json")


def test_both_sides_are_set_at_once_and_the_left_is_mirrored() -> None:
    file = parse(SOUND)
    assert file.start["Rleg"]["foot"] == [0, 0.07, 0.11]
    assert file.start["Lleg"]["foot"] == [0, 0.07, -0.11]
    assert file.start["Larm"]["pole"] == [-1, -0.3, -0.4]


def test_a_place_on_the_body_is_mirrored_to_the_other_sides_joint() -> None:
    file = parse(changed("start.arms", {"hand": {"at": "kneeR", "offset": [0, 0.1, 0.02]}}))
    assert file.start["Larm"]["hand"] == {"at": "kneeL", "offset": [0, 0.1, -0.02]}


def test_every_word_the_format_knows_is_documented() -> None:
    text = DOCUMENT.read_text("utf-8")
    words = [*PRESETS, *KINDS, *PAIRED, *(name for name in NAMES if "." not in name)]
    assert [word for word in words if word not in text] == []
