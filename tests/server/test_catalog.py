"""The library as it is written: complete, easy to read, without circles, and compiled; what is wrong is named."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from server.__main__ import main
from server.catalog import reading
from server.catalog.compiled import NAME, catalog_text, checked
from server.catalog.faults import Fault
from server.catalog.rules import faults_of, reading_faults
from server.catalog.sources import FOLDER, OWN, SHARED, read_sources, row_from

CLAM = "hip-clamshell"
TERMS = read_sources()[0].terms


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The library in a folder of its own, without its pictures."""
    keep = shutil.ignore_patterns("*.webp", "pose.json", "*.png")
    return Path(shutil.copytree(FOLDER, tmp_path / "exercises", ignore=keep))


def change(copy: Path, old: str, new: str, entry: str = CLAM) -> None:
    """Write an exercise otherwise."""
    path = copy / entry / OWN
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def said(faults: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.entry, fault.field) for fault in faults]


def test_the_library_has_no_fault_and_its_catalog_is_the_one_that_is_shipped() -> None:
    sources, faults = checked()

    assert not faults
    assert len(sources.rows) == 109
    assert catalog_text(sources) == (FOLDER / NAME).read_text("utf-8")


def test_every_exercise_says_why_and_that_no_clinician_has_reviewed_it_yet() -> None:
    sources, _ = checked()

    assert all(row["why"].endswith(".") for row in sources.rows)
    assert {row["review"]["status"] for row in sources.rows} == {"not_reviewed"}


def test_the_check_is_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["library", "check"]) == 0
    assert capsys.readouterr().out == "109 exercises, 0 reviewed by a clinician.\n"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('mode = "reps"', 'mode = "duration"', "dose"),
        ("reps = 12\n", "", "dose"),
        ("sets = 3", "sets = 33", "dose"),
        ("days_per_week = 3", "days_per_week = 9", "dose"),
        ("reps_min = 10", "reps_min = 14", "dose"),
        ("reps_min = 10\nreps_max = 15\n", "", "dose"),
        ('side = "unilateral"', 'side = "one"', "dose"),
        ('side = "unilateral"', "", "side"),
        ('precaution = "', 'precaution = ""\nother = "', "other"),
        ('precaution = "', 'caution = "', "precaution"),
        ('equipment = ["mat"]', 'equipment = ["moon boots"]', "equipment"),
        ('equipment = ["mat"]', 'equipment = "mat"', "equipment"),
        ('equipment = ["mat"]', "equipment = [1]", "equipment"),
        ('region = "hip"', 'region = "tail"', "region"),
        ("hip_precautions =", "bad_mood =", "flags"),
        ('hip_precautions = "warn"', 'hip_precautions = "shout"', "dose"),
        ("stage = 1", "stage = 7", "stage"),
        ('  "Lower slowly",\n', '  "Lower slowly",\n  "lower slowly",\n', "cues"),
        ('status = "not_reviewed"', 'status = "reviewed"', "dose"),
        ('why = "Trains', 'why = "Organised practise. Trains', "spelling"),
        (
            'why = "Trains',
            'why = "One of those sentences that go on and on and on and never seem to end, which trains',
            "why",
        ),
        (
            "cues = [\n",
            'cues = [\n"Neuromuscular proprioceptive facilitation", "Musculoskeletal rehabilitation activities",\n',
            "cues",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_entry_and_field(old: str, new: str, field: str) -> None:
    text = (FOLDER / CLAM / OWN).read_text("utf-8")
    assert old in text

    row = row_from(CLAM, text.replace(old, new, 1))

    faults = faults_of(row, TERMS) or reading_faults(row)
    assert (CLAM, field) in said(faults)
    assert all(fault.entry == CLAM for fault in faults)


def drop_cues(copy: Path) -> None:
    path = copy / CLAM / OWN
    before, rest = path.read_text("utf-8").split("cues = [", 1)
    path.write_text(before + 'cues = ["Lie down"]' + rest.split("]", 1)[1], "utf-8")


def drop_synonyms(copy: Path) -> None:
    path = copy / CLAM / OWN
    lines = path.read_text("utf-8").splitlines()
    path.write_text(
        "\n".join('synonyms = ["clamshell"]' if line.startswith("synonyms") else line for line in lines), "utf-8"
    )


def break_the_text(copy: Path) -> None:
    (copy / CLAM / OWN).write_text("name = ", "utf-8")


def take_it_away(copy: Path) -> None:
    shutil.rmtree(copy / CLAM)


def hide_it(copy: Path) -> None:
    path = copy / SHARED
    path.write_text(path.read_text("utf-8").replace(f'  "{CLAM}",\n', ""), "utf-8")


def list_it_twice(copy: Path) -> None:
    path = copy / SHARED
    path.write_text(path.read_text("utf-8").replace(f'  "{CLAM}",\n', f'  "{CLAM}",\n' * 2), "utf-8")


def name_it_as_another(copy: Path) -> None:
    change(copy, 'name = "Clamshell"', 'name = "Quad set"')


def lead_nowhere(copy: Path) -> None:
    change(copy, 'harder_ids = ["hip-sidelying-abd"]', 'harder_ids = ["hip-on-the-moon"]')


def lead_to_itself(copy: Path) -> None:
    change(copy, 'harder_ids = ["hip-sidelying-abd"]', f'harder_ids = ["{CLAM}"]')


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (drop_cues, "cues"),
        (drop_synonyms, "synonyms"),
        (break_the_text, OWN),
        (take_it_away, "id"),
        (hide_it, "id"),
        (list_it_twice, "id"),
        (lead_nowhere, "harder_ids"),
        (lead_to_itself, "harder_ids"),
    ],
)
def test_what_is_missing_is_named(copy: Path, wrong: Callable[[Path], None], field: str) -> None:
    wrong(copy)

    _, faults = checked(copy)

    assert (CLAM, field) in said(faults)


def test_two_exercises_cannot_have_one_name(copy: Path) -> None:
    name_it_as_another(copy)

    _, faults = checked(copy)

    assert said(faults) == [("kn-quad-set", "name")]
    assert CLAM in faults[0].sentence


def test_a_circle_is_told_step_by_step(copy: Path) -> None:
    # given the harder exercise leading back to the one it is harder than
    change(copy, "harder_ids = []", f'harder_ids = ["{CLAM}"]', entry="hip-sidelying-abd")

    _, faults = checked(copy)

    (circle,) = [fault for fault in faults if "circle" in fault.sentence]
    assert (circle.entry, circle.field) == (CLAM, "harder_ids")
    assert f"{CLAM} > hip-sidelying-abd > {CLAM}" in circle.sentence


def test_a_step_without_a_way_back_must_be_meant(copy: Path) -> None:
    change(copy, f'"{CLAM}", ', "", entry="hip-sidelying-abd")

    _, faults = checked(copy)

    assert said(faults) == [(CLAM, "ladder")]
    assert "one-way" in faults[0].sentence


def test_a_catalog_that_is_not_what_the_exercises_say_fails_the_check(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("server.catalog.commands.FOLDER", copy)
    change(copy, "Trains the side of your hip", "Trains your hip")

    assert main(["library", "check"]) == 1
    assert "library build" in capsys.readouterr().err
    assert main(["library", "build"]) == 0
    assert main(["library", "check"]) == 0


def test_a_fault_is_printed_and_nothing_is_written(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("server.catalog.commands.FOLDER", copy)
    before = (copy / NAME).read_bytes()
    change(copy, "stage = 1", "stage = 0")

    assert main(["library", "build"]) == 1

    assert capsys.readouterr().err == f"{CLAM}: stage: Choose 1 (early), 2 or 3 (late).\n"
    assert (copy / NAME).read_bytes() == before


def test_reading_grades_follow_the_published_formula() -> None:
    # 0.39 × 10 words a sentence + 11.8 × 13 syllables ÷ 10 words − 15.59
    assert reading.grade(["The cat sat on the mat beside the other table"]) == pytest.approx(3.9 + 15.34 - 15.59)
    assert [reading.syllables(word) for word in ("knee", "muscle", "stretches", "slowly", "raised", "the")] == [
        1,
        2,
        2,
        2,
        1,
        1,
    ]
    assert reading.grade([]) == 0
