"""`make pictures` draws what changed and leaves the rest alone."""

import json
from pathlib import Path

import pytest

from server.pictures import library
from server.pictures.encode import Files
from server.pictures.library import MANIFEST, NAMES, Outcome, make, manifest
from tests.pictures.figures import SOUND


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two described exercises, and a quick hand that writes their names instead of drawing."""
    monkeypatch.setattr(library, "files", lambda file: Files(*(file.id.encode() + name.encode() for name in NAMES)))
    for name in ("kn-one", "kn-two"):
        _describe(tmp_path, name)
    return tmp_path


def _describe(shelf: Path, name: str, **changes: object) -> None:
    (shelf / name).mkdir(exist_ok=True)
    (shelf / name / "pose.json").write_text(json.dumps({**SOUND, "id": name, **changes}))


def _made(shelf: Path) -> list[Outcome]:
    outcomes: list[Outcome] = []
    make(shelf, 1, outcomes.append)
    return outcomes


def test_everything_is_drawn_once_and_then_left_alone(shelf: Path) -> None:
    # given a library drawn for the first time
    assert [outcome.id for outcome in _made(shelf)] == ["kn-one", "kn-two"]
    before = {path: path.read_bytes() for path in shelf.rglob("*") if path.is_file()}
    # when nothing has changed, then nothing is drawn and every byte stays
    assert _made(shelf) == []
    assert {path: path.read_bytes() for path in shelf.rglob("*") if path.is_file()} == before


def test_only_the_changed_description_is_drawn_again(shelf: Path) -> None:
    _made(shelf)
    _describe(shelf, "kn-two", bare=True)
    assert [outcome.id for outcome in _made(shelf)] == ["kn-two"]


def test_a_lost_or_altered_file_is_drawn_again(shelf: Path) -> None:
    _made(shelf)
    (shelf / "kn-one" / "end.webp").unlink()
    (shelf / "kn-two" / "loop.webp").write_bytes(b"retouched")
    assert [outcome.id for outcome in _made(shelf)] == ["kn-one", "kn-two"]


def test_another_engine_draws_everything_again(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _made(shelf)
    monkeypatch.setattr(library, "engine", lambda: "another")
    assert [outcome.id for outcome in _made(shelf)] == ["kn-one", "kn-two"]


def test_a_bad_description_is_told_and_the_others_are_drawn(shelf: Path) -> None:
    _describe(shelf, "kn-one", base="flying")
    outcomes = {outcome.id: outcome.error for outcome in _made(shelf)}
    assert outcomes["kn-two"] == ""
    assert "kn-one.base: 'flying' is none of" in outcomes["kn-one"]
    assert list(manifest(shelf)) == ["kn-two"]


def test_an_exercise_that_is_gone_leaves_the_manifest(shelf: Path) -> None:
    _made(shelf)
    (shelf / "kn-one" / "pose.json").unlink()
    _made(shelf)
    assert list(json.loads((shelf / MANIFEST).read_text())) == ["kn-two"]
