"""The library file is complete, and its ladders lead somewhere without going in circles."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hep.library import exercises_from, prescribe, starting_schedule
from hep.phrases import sentence
from hep.prescribing import Draft, gaps
from hep.records import Exercise, Goal, Intent, Laterality, LoadUnit, Mode, PainRule, ProgressionRule, Severity, Side
from tests.hep.build import GOAL, D

FILE = Path(__file__).parents[2] / "assets" / "exercises" / "library.json"
DATA: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
LIBRARY = exercises_from(DATA)


def every_row(check: Callable[[Exercise], None]) -> Callable[[], None]:
    """Run a check on each row; a failure names the row."""

    def test() -> None:
        for exercise in LIBRARY.values():
            try:
                check(exercise)
            except AssertionError as failure:
                failure.add_note(f"in row {exercise.id}")
                raise

    return test


def test_there_are_109_exercises_with_ids_of_their_own() -> None:
    assert len(DATA["exercises"]) == len(LIBRARY) == DATA["meta"]["count"] == 109
    assert len({e.name.lower() for e in LIBRARY.values()}) == 109


@every_row
def test_a_row_is_complete(exercise: Exercise) -> None:
    texts = (exercise.name, exercise.region, exercise.type, exercise.position, exercise.precaution, exercise.family)
    assert all(text.strip() == text and text for text in texts)
    assert len(exercise.cues) >= 2
    assert exercise.stage in (1, 2, 3)
    assert 1 <= exercise.times_per_day <= 8
    assert 1 <= exercise.days_per_week <= 7


@every_row
def test_a_dose_fits_its_mode(exercise: Exercise) -> None:
    dose = exercise.dose
    if exercise.mode is Mode.REPS:
        assert dose.reps and not dose.duration_s
    elif exercise.mode is Mode.HOLD:
        assert dose.hold_s and not dose.duration_s
    else:
        assert dose.duration_s and not dose.hold_s and not dose.reps
    if dose.reps_min or dose.reps_max:
        assert dose.reps and dose.reps_min and dose.reps_max
        assert dose.reps_min <= dose.reps <= dose.reps_max


@every_row
def test_synonyms_are_at_least_two_and_none_is_the_name(exercise: Exercise) -> None:
    lower = [s.lower() for s in exercise.synonyms]
    assert len(set(lower)) == len(lower) >= 2
    assert exercise.name.lower() not in lower


@every_row
def test_every_flag_is_known_and_has_a_severity(exercise: Exercise) -> None:
    row = next(r for r in DATA["exercises"] if r["id"] == exercise.id)
    assert set(row["severity"]) == set(row["flags"]) <= set(DATA["meta"]["flags"])


@every_row
def test_a_row_becomes_a_prescription_with_nothing_missing_but_side_and_goal(exercise: Exercise) -> None:
    p = prescribe(exercise, prescription_id="rx-library-1", from_on=D(1))
    goal = Goal(id=GOAL, text="Walk", intent=Intent.FUNCTION)
    draft = Draft(
        program_id="program-01",
        episode_id="episode-01",
        base_version=0,
        reason="start",
        effective_on=D(1),
        goals=(goal,),
        prescriptions=(p,),
    )
    sided = exercise.laterality is Laterality.UNILATERAL
    assert [g.code for g in gaps(draft, ())] == (["side_missing"] if sided else []) + ["goal_missing"]
    assert sentence(prescribe(exercise, prescription_id="rx-library-1", from_on=D(1), side=Side.LEFT))
    schedule = starting_schedule(exercise, D(1))
    assert (schedule.times_per_day, len(schedule.weekdays)) == (exercise.times_per_day, exercise.days_per_week)


def test_ladders_lead_to_rows_that_exist_and_never_in_a_circle() -> None:
    def heights(next_of: dict[str, tuple[str, ...]]) -> None:
        done: set[str] = set()
        while len(done) < len(next_of):
            free = {i for i, targets in next_of.items() if i not in done and set(targets) <= done}
            assert free, "a ladder goes in a circle"
            done |= free

    heights({e.id: e.harder_ids for e in LIBRARY.values()})
    heights({e.id: e.easier_ids for e in LIBRARY.values()})


def test_one_way_ladders_are_the_ones_the_file_names() -> None:
    up = {f"{e.id} > {t}" for e in LIBRARY.values() for t in e.harder_ids if e.id not in LIBRARY[t].easier_ids}
    down = {f"{e.id} < {t}" for e in LIBRARY.values() for t in e.easier_ids if e.id not in LIBRARY[t].harder_ids}
    assert sorted(up | down) == sorted(DATA["meta"]["ladders"]["one_way"])


def test_only_true_contraindications_block() -> None:
    blocks = {(e.id, f.flag) for e in LIBRARY.values() for f in e.flags if f.severity is Severity.BLOCK}
    assert blocks == {
        ("core-curl-up", "osteoporosis"),
        ("hip-piriformis-stretch", "hip_precautions"),
        ("lb-single-knee-chest", "hip_precautions"),
        ("lb-child-pose", "hip_precautions"),
        ("vest-brandt-daroff", "vascular_neck"),
        ("neck-rotation-band", "vascular_neck"),
    }


@every_row
def test_load_on_tissue_is_judged_row_by_row(exercise: Exercise) -> None:
    unloading = {"rom", "stretch", "breathing", "balance"}
    assert not (exercise.loaded and exercise.type in unloading - {"rom"})
    if exercise.pain_rule is PainRule.TENDON:
        assert exercise.loaded, "tendons are judged by the next morning"
    if set(exercise.equipment) & {"band", "light_band", "loop_band", "dumbbell", "ankle_weight", "weight"}:
        assert exercise.loadable
    if exercise.loadable:
        assert exercise.progression in (ProgressionRule.DOUBLE, ProgressionRule.OTAGO_STRENGTH)


def test_the_file_is_readable_text_in_a_stable_order() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert text == json.dumps(DATA, indent=1, ensure_ascii=False) + "\n"
    assert next(iter(LIBRARY)) == "neck-rotation-arom"
    assert all(e.dose.load is None or e.dose.load.unit in LoadUnit for e in LIBRARY.values())


@every_row
def test_a_held_repetition_has_a_ceiling_of_its_own(exercise: Exercise) -> None:
    if exercise.mode is Mode.REPS and exercise.progression is ProgressionRule.HOLD and exercise.type != "rom":
        assert exercise.dose.hold_s and exercise.dose.hold_max_s
        assert exercise.dose.hold_s <= exercise.dose.hold_max_s <= 45
