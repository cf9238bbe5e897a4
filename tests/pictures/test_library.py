"""The library's own pictures: every description can be drawn, every file is what its description draws."""

import platform
import sys
import tomllib
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from server.pictures.checks import cheap
from server.pictures.encode import LOOP_LIMIT, STILL_LIMIT, Files, files
from server.pictures.library import NAMES, engine, entry, manifest, poses
from server.pictures.likeness import alike
from server.pictures.posefile import PoseFile, read

LIBRARY = Path("assets/exercises")
SAMPLE = ("kn-slr", "hand-putty-grip")
PINNED = {"numpy": "2.4.6", "pillow": "13.0.0"}
MOST_DIFFERENT = 0.001
_PLAINLY = 32


@pytest.fixture(scope="module")
def described() -> dict[str, PoseFile]:
    return {name: read(path) for name, path in poses(LIBRARY).items()}


def test_every_pose_passes_the_checks_that_need_no_drawing(described: dict[str, PoseFile]) -> None:
    assert [f"{name}: {fault}" for name, file in described.items() for fault in cheap(file)] == []


def test_every_exercise_has_pictures_drawn_from_its_description_by_this_engine() -> None:
    known, drawer = manifest(LIBRARY), engine()
    assert sorted(known) == sorted(path.parent.name for path in LIBRARY.glob("*/exercise.toml"))
    stale = [name for name, pose in poses(LIBRARY).items() if known[name] != entry(pose, drawer)]
    assert stale == [], "make pictures draws them again"


def test_every_picture_is_small_enough_to_keep_offline() -> None:
    limits = dict(zip(NAMES, (STILL_LIMIT, STILL_LIMIT, LOOP_LIMIT), strict=True))
    sizes = {path: path.stat().st_size for name in NAMES for path in LIBRARY.glob(f"*/{name}")}
    assert [str(path) for path, size in sizes.items() if size > limits[path.name]] == []
    assert sum(sizes.values()) < 10_000_000


def test_every_loop_moves_and_repeats_for_ever() -> None:
    for path in LIBRARY.glob("*/loop.webp"):
        with Image.open(path) as loop:
            assert getattr(loop, "n_frames", 1) >= 6, path
            assert loop.info["loop"] == 0, path


def test_no_two_pictures_can_be_mistaken_unless_declared_neighbors(described: dict[str, PoseFile]) -> None:
    pairs = {name: (LIBRARY / name / "start.webp", LIBRARY / name / "end.webp") for name in described}
    undeclared = [
        f"{one} and {two} differ in {apart:.1%}"
        for one, two, apart in alike(pairs)
        if two not in described[one].get("neighbors", []) and one not in described[two].get("neighbors", [])
    ]
    assert undeclared == []


def test_every_declared_neighbor_is_on_a_ladder_with_it(described: dict[str, PoseFile]) -> None:
    ladders = {
        path.parent.name: tomllib.loads(path.read_text("utf-8"))["ladder"] for path in LIBRARY.glob("*/exercise.toml")
    }
    rungs: dict[str, set[str]] = {name: set() for name in ladders}
    for name, ladder in ladders.items():
        for other in (*ladder["easier_ids"], *ladder["harder_ids"]):
            rungs[name].add(other)
            rungs[other].add(name)
    strangers = [
        f"{name} and {other}"
        for name, file in described.items()
        for other in file.get("neighbors", [])
        if other not in _reached(rungs, name)
    ]
    assert strangers == []


def _reached(rungs: dict[str, set[str]], name: str) -> set[str]:
    seen, todo = {name}, [name]
    while todo:
        for other in rungs[todo.pop()] - seen:
            seen.add(other)
            todo.append(other)
    return seen - {name}


@pytest.mark.parametrize("name", SAMPLE)
def test_a_sample_drawn_again_is_the_same_picture(name: str) -> None:
    # given the committed files, and the same drawn now
    drawn = dict(files(read(LIBRARY / name / "pose.json")).items())
    for file, data in drawn.items():
        committed = (LIBRARY / name / file).read_bytes()
        # then the bytes are equal where they are promised to be, and elsewhere hardly a pixel differs
        if _pinned():
            assert data == committed, file
        assert _different(data, committed) <= MOST_DIFFERENT, file


def _pinned() -> bool:
    here = sys.platform == "linux" and platform.machine() == "x86_64"
    return here and all(version(name) == wanted for name, wanted in PINNED.items())


def _different(one: bytes, two: bytes) -> float:
    """The share of pixels that plainly differ, over all frames."""
    pairs = zip(_frames(one), _frames(two), strict=True)
    return float(np.mean([np.mean(np.abs(a - b).max(axis=-1) > _PLAINLY) for a, b in pairs]))


def _frames(data: bytes) -> list[np.ndarray]:
    with Image.open(BytesIO(data)) as picture:
        count = getattr(picture, "n_frames", 1)
        out = []
        for index in range(count):
            picture.seek(index)
            out.append(np.asarray(picture.convert("RGB"), np.int16))
        return out


def test_the_comparison_by_pixels_sees_a_moved_limb() -> None:
    first, second = ((LIBRARY / SAMPLE[0] / name).read_bytes() for name in ("start.webp", "end.webp"))
    assert _different(first, first) == 0
    assert _different(first, second) > MOST_DIFFERENT


def test_files_are_named_as_the_manifest_names_them() -> None:
    assert [name for name, _ in Files(b"", b"", b"").items()] == list(NAMES)
