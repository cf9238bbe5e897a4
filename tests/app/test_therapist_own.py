"""Our exercises on the desk: made, copied, changed, retired, with a photo, in and out as a file."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import flet as ft
import pytest

from app.parts.photos import PHOTOS
from app.therapist.own_form import blank, copy_of, exercise_of, mistakes, next_flag
from hep import codec
from hep.own import OwnDraft
from hep.records import ExerciseFlag, Mode, ProgressionRule, Review, Severity
from tests.app.harness import UI
from tests.app.test_therapist_screens import desk
from tests.app.therapist_clinic import LIBRARY, MARIA, NOW, PHOTO, PICTURE, Clinic, exercise, own, refuse, says

RAISE = exercise("Straight leg raise")
OURS = replace(RAISE, id="own-raise-0001", name="Our leg raise", drawing=RAISE.id, review=Review())
FILE = [{"id": 1, "name": "knee.jpg", "size": 4, "path": None, "bytes": list(b"file")}]


@asynccontextmanager
async def ours(clinic: Clinic, files: Any = FILE, **more: Any) -> AsyncIterator[UI]:
    """The desk at our exercises; the file picker gives `files`."""
    async with desk(clinic, route="/clinic/exercises", **more) as ui:
        ui.connection.results["pick_files"] = files
        ui.session.apply_page_patch({"web": True})
        yield ui
        PHOTOS.clear()


def sent(clinic: Clinic) -> list[OwnDraft]:
    return [codec.load(OwnDraft, body) for body in clinic.sent("/library/own")]


async def test_copying_and_adapting_a_library_exercise_makes_one_of_our_own() -> None:
    clinic = Clinic()
    async with ours(clinic) as ui:
        await ui.type("copy-search", "straight leg raise")
        await ui.tap(f"copy-{RAISE.id}")
        await ui.type("own-name", "Our leg raise")
        await ui.type("own-cues", "Tighten the thigh\nLift slowly\n\n")
        await ui.tap("save-exercise")
        assert ui.shows("Our leg raise: version 1 is saved.")
        assert ui.has(f"edit-{next(iter(clinic.own))}")
    (draft,) = sent(clinic)
    made = draft.exercise
    assert (draft.base_version, made.name, made.drawing, made.review) == (0, "Our leg raise", RAISE.id, Review())
    assert made.cues == ("Tighten the thigh", "Lift slowly")
    assert made.id.startswith("own-")


async def test_a_new_exercise_is_saved_only_when_nothing_is_missing() -> None:
    clinic = Clinic()
    async with ours(clinic) as ui:
        await ui.tap("new-exercise")
        await ui.tap("save-exercise")
        assert sent(clinic) == []
        assert ui.key("own-name").error
        assert ui.shows("4 entries need another look: name, what to be careful about, cues, tissue.")
        await ui.type_and_tap({"own-name": "Wall slide", "own-cues": "Slide\nBreathe"}, "own-family-core")
        await ui.type("own-precaution", "Stop for\nsharp pain.\n")
        await ui.tap("own-flag-falls_risk")
        await ui.tap("own-flag-falls_risk")
        await ui.tap("own-kit-wall")
        await ui.tap("save-exercise")
    (draft,) = sent(clinic)
    assert draft.exercise.flags == (ExerciseFlag(flag="falls_risk", severity=Severity.BLOCK),)
    assert (draft.exercise.family, draft.exercise.equipment) == ("core", ("wall",))
    assert draft.exercise.precaution == "Stop for sharp pain."


async def test_a_photo_is_shown_as_the_server_made_it_and_saved_with_the_exercise() -> None:
    clinic = Clinic(own={OURS.id: own(OURS)})
    async with ours(clinic) as ui:
        await ui.tap(f"edit-{OURS.id}")
        await ui.tap("choose-photo")
        assert ui.shows("It told where it was taken: that was removed.")
        assert ui.all(ft.Image)[0].src == PICTURE
        await ui.tap("save-exercise")
    assert clinic.sent("/library/photos") == [b"file"]
    assert sent(clinic)[0].exercise.photo == PHOTO


async def test_a_picture_that_is_refused_says_why_and_what_was_written_stays() -> None:
    clinic = Clinic(own={OURS.id: own(OURS)}, answers={"/library/photos": lambda: refuse("picture_animated")})
    async with ours(clinic) as ui:
        await ui.tap(f"edit-{OURS.id}")
        await ui.type("own-name", "Another name")
        await ui.tap("choose-photo")
        assert ui.shows("This picture moves. Choose one that holds a single image.")
        assert ui.key("own-name").value == "Another name"


async def test_choosing_no_file_changes_nothing() -> None:
    clinic = Clinic(own={OURS.id: own(OURS)})
    async with ours(clinic, files=[]) as ui:
        await ui.tap(f"edit-{OURS.id}")
        await ui.tap("choose-photo")
    assert clinic.sent("/library/photos") == []


async def test_somebody_elses_version_is_told_of_and_nothing_is_lost() -> None:
    clinic = Clinic(own={OURS.id: own(OURS)})
    async with ours(clinic) as ui:
        await ui.tap(f"edit-{OURS.id}")
        await ui.type("own-name", "Mine")
        clinic.own[OURS.id] = own(replace(OURS, name="Theirs"), 2)
        await ui.tap("save-exercise")
        assert ui.shows("Someone else saved version 2")
        await ui.tap("take-mine")
        await ui.tap("save-exercise")
        assert ui.shows("Mine: version 3 is saved.")


async def test_dropping_mine_shows_theirs() -> None:
    clinic = Clinic(own={OURS.id: own(OURS)})
    async with ours(clinic) as ui:
        await ui.tap(f"edit-{OURS.id}")
        await ui.type("own-name", "Mine")
        clinic.own[OURS.id] = own(replace(OURS, name="Theirs"), 2)
        await ui.tap("save-exercise")
        await ui.tap("take-theirs")
        assert ui.key("own-name").value == "Theirs"


async def test_leaving_the_form_asks_before_it_drops_what_was_changed() -> None:
    clinic = Clinic(own={OURS.id: own(OURS)})
    async with ours(clinic) as ui:
        # nothing was changed: nothing is asked
        await ui.tap(f"edit-{OURS.id}")
        await ui.tap("back")
        assert ui.has("new-exercise")
        # something was: it stays until it is given up
        await ui.tap(f"edit-{OURS.id}")
        await ui.type("own-name", "Mine")
        await ui.tap("cancel-exercise")
        assert ui.shows("Leave without saving?")
        await ui.tap("keep-editing")
        assert not ui.shows("Leave without saving?")
        assert ui.key("own-name").value == "Mine"
        await ui.tap("back")
        await ui.tap("discard-exercise")
        assert ui.shows("Our leg raise")
    assert sent(clinic) == []


async def test_a_retired_exercise_stands_apart_and_can_be_offered_again() -> None:
    clinic = Clinic(own={OURS.id: own(OURS)})
    async with ours(clinic) as ui:
        await ui.tap(f"retire-{OURS.id}")
        assert ui.shows("Our leg raise is no longer offered.")
        assert ui.shows("Retired · 1")
        await ui.tap(f"retire-{OURS.id}")
        assert ui.shows("Our leg raise is offered again.")
        assert not ui.shows("Retired · 1")


async def test_a_file_of_all_is_saved_and_another_one_taken_in() -> None:
    clinic = Clinic(own={OURS.id: own(OURS)})
    async with ours(clinic) as ui:
        await ui.tap("export")
        assert [args["src_bytes"] for name, args in ui.connection.calls if name == "save_file"] == [b"PK-archive"]
        await ui.tap("import")
        assert ui.shows("2 exercises added, 1 changed, 3 already here.")
    assert clinic.sent("/library/archive") == [b"file"]


async def test_a_file_that_is_refused_says_why_entry_by_entry() -> None:
    evil, bare = "../evil.toml", "exercises/own-bare.json"
    reasons = [(evil, "This name leads out of the file."), (bare, "cues: Write two."), (bare, "region: Choose one.")]
    refused = {"refused": [{"entry": entry, "sentence": why} for entry, why in reasons]}
    clinic = Clinic(answers={"/library/archive": lambda: refuse("archive_refused", refused)})
    async with ours(clinic) as ui:
        await ui.tap("import")
        assert ui.shows("Nothing was imported.")
        assert [text for text in ui.texts() if text in (evil, bare)] == [evil, bare]
        assert all(ui.shows(why) for _, why in reasons)


async def test_our_exercises_come_with_their_photos_and_go_with_the_sign_in() -> None:
    clinic = Clinic(own={OURS.id: own(replace(OURS, photo=PHOTO))})
    async with ours(clinic) as ui:
        assert PICTURE in [image.src for image in ui.all(ft.Image)]
        await ui.tap("sign-out")
        assert PHOTOS == {}


async def test_a_patients_page_shows_the_photos_of_what_is_prescribed() -> None:
    clinic = Clinic()
    page = clinic.patients[MARIA]
    newest, *older = page.versions
    first, *others = newest.version.prescriptions
    shown = replace(newest.version, prescriptions=(replace(first, exercise=replace(OURS, photo=PHOTO)), *others))
    clinic.patients[MARIA] = replace(page, versions=(replace(newest, version=shown), *older))
    async with desk(clinic, route=f"/clinic/patient/{MARIA}") as ui:
        assert PICTURE in [image.src for image in ui.all(ft.Image)]
        PHOTOS.clear()


async def test_a_page_says_its_words_while_a_photo_is_on_its_way_and_shows_it_when_it_comes() -> None:
    clinic = Clinic(own={OURS.id: own(replace(OURS, photo=PHOTO))})
    clinic.held[PHOTO] = asyncio.Event()
    async with ours(clinic) as ui:
        assert ui.shows("Our leg raise")
        assert PICTURE not in [image.src for image in ui.all(ft.Image)]
        clinic.held[PHOTO].set()
        await ui.settle()
        assert PICTURE in [image.src for image in ui.all(ft.Image)]


@pytest.mark.parametrize(("width", "percent"), [(1280, 100), (412, 100), (412, 200)])
async def test_the_list_and_the_form_are_drawn_at_every_width(width: int, percent: int) -> None:
    clinic = Clinic(own={OURS.id: own(OURS)})
    async with ours(clinic, width=width, percent=percent) as ui:
        assert ui.shows("Our leg raise")
        await ui.tap(f"edit-{OURS.id}")
        assert ui.has("save-exercise")
        await ui.tap("back")
        assert ui.has("new-exercise")


async def test_without_a_network_the_list_says_so_and_tries_again() -> None:
    clinic = Clinic(own={OURS.id: own(OURS)}, answers={"/library/own": lambda: refuse("busy")})
    async with ours(clinic) as ui:
        assert ui.shows("The server is busy. Try again in a moment.")
        clinic.answers["/library/own"] = lambda: says({"exercises": list(clinic.own.values())})
        await ui.tap("again")
        assert ui.shows("Our leg raise")


def test_a_figure_that_is_none_is_said_beside_its_field() -> None:
    form = copy_of(RAISE, NOW).with_typed("reps", "ten")
    assert set(mistakes(form, LIBRARY, {})) == {"reps"}
    assert set(mistakes(copy_of(RAISE, NOW).with_typed("sets", "0"), LIBRARY, {})) == {"dose"}


def test_a_counted_exercise_made_a_timed_one_has_no_repetitions_left() -> None:
    form = copy_of(RAISE, NOW).with_chosen(mode=Mode.DURATION, progression=ProgressionRule.TIME)
    assert set(mistakes(form, LIBRARY, {})) == {"dose"}
    timed = form.with_typed("duration_s", "60")
    assert mistakes(timed, LIBRARY, {}) == {}
    dose = exercise_of(timed).dose
    assert (dose.duration_s, dose.reps, dose.hold_s, dose.reps_min, dose.reps_max) == (60, None, None, None, None)


def test_a_copy_says_the_same_under_another_id_and_name() -> None:
    made = exercise_of(copy_of(RAISE, NOW))
    same = {"id": RAISE.id, "name": RAISE.name, "review": RAISE.review, "drawing": RAISE.drawing}
    assert replace(made, **same) == RAISE
    assert mistakes(copy_of(RAISE, NOW), LIBRARY, {}) == {}
    assert "name" in mistakes(blank("knee", NOW), LIBRARY, {})


def test_every_row_of_the_library_can_be_copied_as_it_is() -> None:
    assert {row.id: mistakes(copy_of(row, NOW), LIBRARY, {}) for row in LIBRARY.values()} == {
        key: {} for key in LIBRARY
    }


def test_a_precaution_warns_blocks_and_goes() -> None:
    flags: tuple[ExerciseFlag, ...] = ()
    seen = []
    for _ in range(3):
        flags = next_flag(flags, "dizzy")
        seen.append([flag.severity.value for flag in flags])
    assert seen == [["warn"], ["block"], []]
