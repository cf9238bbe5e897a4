"""Building a program: what publishing waits for, what the builder offers, and what is sent."""

from dataclasses import replace

import flet as ft

from hep.records import Severity, Side
from hep.views import PatientDetail
from tests.app.harness import UI
from tests.app.test_therapist_screens import desk, draft_keys, open_builder
from tests.app.therapist_clinic import LIBRARY, MARIA, Clinic, detail, exercise, newcomer, refuse

UNILATERAL, BOTH_SIDES = exercise("Quad set"), exercise("Sit to stand")


async def first_program(ui: UI) -> None:
    """The builder of a patient with no program yet, all regions shown."""
    await ui.tap(f"review-{MARIA}")
    await ui.tap("build")
    await ui.tap("filter-region-any")


async def write_goal(ui: UI, text: str = "Stairs without the rail") -> None:
    await ui.type("goal-text", text)
    await ui.tap("save-goal")


async def add(ui: UI, words: str, exercise_id: str) -> str:
    """Search, add, and answer the new prescription's id."""
    await ui.type("search-library", words)
    await ui.tap(f"add-{exercise_id}")
    return draft_keys(ui, "remove-")[-1].removeprefix("remove-")


def nobody() -> Clinic:
    plain = newcomer("Maria Santos")
    return Clinic(patients={MARIA: replace(plain, profile=replace(plain.profile, id=MARIA, flags=()))})


async def test_an_empty_program_cannot_be_published_and_says_what_is_missing() -> None:
    async with desk(nobody()) as ui:
        await first_program(ui)
        assert ui.key("publish").disabled
        assert ui.shows("2 things missing")
        assert ui.shows("Add at least one exercise.")


async def test_no_line_comes_or_goes_while_the_reason_is_written() -> None:
    async with desk(nobody()) as ui:
        await first_program(ui)
        await write_goal(ui)
        await add(ui, "sit to stand", BOTH_SIDES.id)
        before = len(ui.texts())
        assert ui.shows("1 thing missing")

        await ui.type("version-reason", "Fits the day better")

        assert ui.shows("Nothing missing")
        assert len(ui.texts()) == before


async def test_a_one_sided_exercise_needs_its_side_before_publishing() -> None:
    # given
    clinic = nobody()
    async with desk(clinic) as ui:
        await first_program(ui)
        await write_goal(ui)
        added = await add(ui, "quad set", UNILATERAL.id)
        await ui.tap("reason-0")
        # then
        assert ui.key("publish").disabled
        assert ui.shows("1 thing missing")
        assert ui.shows("Quad set: choose left, right or both.")
        # when
        await ui.tap(f"side-right-{added}")
        # then
        assert not ui.key("publish").disabled
        # when
        await ui.tap("publish")
        await ui.tap("publish-now")
        # then
        (sent,) = clinic.sent("/programs")
        assert sent["base_version"] == 0
        assert sent["prescriptions"][0]["side"] == Side.RIGHT.value
        assert sent["prescriptions"][0]["goal_id"] == sent["goals"][0]["id"]
        assert ui.shows("Version 1 is published")


async def test_a_both_sided_exercise_asks_for_no_side() -> None:
    async with desk(nobody()) as ui:
        await first_program(ui)
        added = await add(ui, "sit to stand", BOTH_SIDES.id)
        assert not ui.has(f"sides-{added}")


async def test_a_four_exercise_program_takes_few_taps_because_defaults_are_complete() -> None:
    # given
    clinic, taps = nobody(), 0
    async with desk(clinic) as ui:
        await first_program(ui)
        await write_goal(ui)
        # when: a search and one tap each, a side where one is needed
        for words, exercise_id in (
            ("quad set", UNILATERAL.id),
            ("sit to stand", BOTH_SIDES.id),
            ("heel slide", exercise("Heel slide").id),
            ("bridge", exercise("Bridge").id),
        ):
            added = await add(ui, words, exercise_id)
            taps += 1
            if ui.has(f"sides-{added}"):
                await ui.tap(f"side-left-{added}")
                taps += 1
        await ui.tap("reason-0")
        # then
        assert not ui.key("publish").disabled
        assert taps <= 8
        assert ui.shows("4 exercises: programs of up to 3 are followed better.")


async def test_the_preview_shows_the_sentences_and_the_difference() -> None:
    async with desk(Clinic(patients={MARIA: without_flags()})) as ui:
        await open_builder(ui)
        assert ui.key("publish").disabled
        await ui.tap("dose-rx-000002-reps-more")
        await ui.type("version-reason", "Sets complete twice")
        await ui.tap("publish")
        assert ui.shows("Supine heel slide, right, 2 × 13, 5 s hold, strap")
        assert any(s.label == "2 × 12, 5 s hold becomes 2 × 13, 5 s hold" for s in ui.all(ft.Semantics))
        assert not ui.has("publish")
        await ui.tap("back-to-edit")
        assert ui.has("publish")


def without_flags() -> PatientDetail:
    patient = detail()
    return replace(patient, profile=replace(patient.profile, flags=()))


async def test_a_draft_that_changes_nothing_cannot_be_published() -> None:
    async with desk(Clinic(patients={MARIA: without_flags()})) as ui:
        await open_builder(ui)
        assert ui.key("publish").disabled


async def test_a_precaution_is_accepted_only_in_writing_and_the_reason_is_sent() -> None:
    # given a patient whose precaution warns at the quad set
    clinic = Clinic()
    async with desk(clinic) as ui:
        await open_builder(ui)
        await ui.type("version-reason", "Goal changed")
        assert ui.shows("Quad set needs your review with: high blood pressure (static holds).")
        assert ui.key("publish").disabled
        await ui.tap("accept-rx-000001-hypertension_isometric")
        assert ui.key("why-rx-000001-hypertension_isometric").error == "Write a reason."
        assert ui.key("publish").disabled
        # when
        await ui.type("why-rx-000001-hypertension_isometric", "Counts aloud, well controlled")
        await ui.tap("accept-rx-000001-hypertension_isometric")
        # then
        assert not ui.key("publish").disabled
        await ui.tap("publish")
        await ui.tap("publish-now")
        overrides = clinic.sent("/programs")[0]["prescriptions"][0]["overrides"]
        assert overrides == [{"flag": "hypertension_isometric", "reason": "Counts aloud, well controlled"}]


async def test_a_blocked_exercise_stays_in_the_library_with_its_reason_and_without_a_plus() -> None:
    found, flag = next((e, f.flag) for e in LIBRARY.values() for f in e.flags if f.severity is Severity.BLOCK)
    patient = detail()
    clinic = Clinic(patients={MARIA: replace(patient, profile=replace(patient.profile, flags=(flag,)))})
    async with desk(clinic) as ui:
        await open_builder(ui)
        await ui.tap("filter-region-any")
        await ui.type("search-library", found.name)
        assert ui.shows(f"Blocked: {found.name} is not for patients with")
        assert not ui.has(f"add-{found.id}")


async def test_the_library_forgives_a_typo_and_says_when_nothing_fits() -> None:
    async with desk(Clinic()) as ui:
        await open_builder(ui)
        await ui.type("search-library", "heal slied")
        assert ui.has(f"add-{exercise('Heel slide').id}") or ui.shows("Added")
        await ui.type("search-library", "zzzzzz")
        assert ui.shows("No exercise fits.")


async def test_what_the_filters_keep_out_is_found_outside_of_them_and_labeled_so() -> None:
    clam = exercise("Clamshell")
    async with desk(Clinic()) as ui:
        await open_builder(ui)
        await ui.type("search-library", "hip opener")
        assert ui.shows("Nothing under Knee. Found outside: 1 exercise.")
        assert ui.has(f"look-{clam.id}")
        await ui.type("search-library", "heel slide")
        assert not ui.has("outside-filters")
        await ui.tap("filter-position-standing")
        assert ui.shows("Nothing under Knee, Standing. Found outside: ")
        await ui.tap("clear-filters")
        assert not ui.has("outside-filters")


async def test_schedule_load_and_progression_are_set_in_the_details() -> None:
    clinic = Clinic(patients={MARIA: without_flags()})
    async with desk(clinic) as ui:
        await open_builder(ui)
        added = await add(ui, "sit to stand", BOTH_SIDES.id)
        await ui.tap(f"rhythm-per_week-{added}")
        await ui.tap(f"often-{added}-less")
        await ui.type(f"until-{added}", "not a date")
        assert ui.key(f"until-{added}").error == "Write a date such as 2027-01-31, or nothing."
        await ui.type(f"until-{added}", "2027-01-31")
        await ui.tap(f"rule-{added}-none")
        await ui.tap(f"goal-{added}-goal-0002")
        await ui.type("version-reason", "Goal changed")
        await ui.tap("publish")
        await ui.tap("publish-now")
        sent = clinic.sent("/programs")[0]["prescriptions"][-1]
        assert (sent["schedule"]["per_week"], sent["schedule"]["until_on"]) == (2, "2027-01-31")
        assert (sent["progression"], sent["goal_id"]) == ("none", "goal-0002")


async def test_a_draft_waits_in_the_tab_while_the_patient_is_looked_at() -> None:
    async with desk(Clinic()) as ui:
        await open_builder(ui)
        await ui.tap("remove-rx-000001")
        await ui.tap("close-builder")
        assert ui.shows("Go on with your draft")
        await ui.tap("edit-program")
        assert len(draft_keys(ui, "remove-rx-")) == 2


async def test_a_publish_that_could_not_be_sent_keeps_the_draft() -> None:
    clinic = Clinic(patients={MARIA: without_flags()})
    async with desk(clinic) as ui:
        await open_builder(ui)
        await ui.tap("remove-rx-000001")
        await ui.type("version-reason", "Fits the day better")
        await ui.tap("publish")
        clinic.down = True
        await ui.tap("publish-now")
        assert ui.shows("Your clinic cannot be reached right now.")
        assert len(draft_keys(ui, "remove-rx-")) == 2


async def test_a_goal_needs_words_and_readable_numbers() -> None:
    async with desk(nobody()) as ui:
        await first_program(ui)
        await ui.type("goal-baseline", "four")
        await ui.tap("save-goal")
        assert ui.key("goal-text").error == "Write the goal."
        assert ui.key("goal-baseline").error == "Write a number, or nothing."
        await ui.type("goal-baseline", "4")
        await ui.type("goal-target", "12")
        await ui.type("goal-unit", "steps")
        await write_goal(ui)
        assert ui.shows("now 4 steps, target 12 steps")


async def test_a_library_that_did_not_come_can_be_asked_for_again() -> None:
    clinic = Clinic(answers={"/library": lambda: refuse("busy")})
    async with desk(clinic) as ui:
        await open_builder(ui)
        assert ui.shows("The server is busy.")
        clinic.answers.clear()
        await ui.tap("again")
        assert ui.has("search-library")


async def test_an_exercise_opens_in_full_from_the_list_with_its_ladder_and_what_no_clinician_has_done_yet() -> None:
    clam = exercise("Clamshell")
    async with desk(nobody()) as ui:
        await first_program(ui)
        await ui.type("search-library", "hip opner")
        await ui.tap(f"look-{clam.id}")

        assert ui.shows("Not yet reviewed by a clinician")
        assert ui.shows(clam.why) and ui.shows(clam.precaution) and ui.shows(clam.cues[0])
        assert ui.shows("Needs your review with: hip precautions")
        assert ui.shows("Harder: Band above knees")
        assert ui.has("picture-motion")

        # when the therapist goes up the ladder and takes that one
        await ui.tap("rung-hip-sidelying-abd")
        assert ui.shows("Side-lying leg lift")
        await ui.tap("take-hip-sidelying-abd-add")

        assert ui.shows("Added")
        assert len(draft_keys(ui, "look-at-")) == 1
        await ui.tap("back-to-library")
        assert ui.has("search-library")


async def test_a_step_of_the_ladder_takes_the_place_of_the_exercise_it_was_opened_from() -> None:
    clam = exercise("Clamshell")
    async with desk(nobody()) as ui:
        await first_program(ui)
        await write_goal(ui)
        id_ = await add(ui, "clam", clam.id)
        await ui.tap(f"side-left-{id_}")
        await add(ui, "sit to stand", BOTH_SIDES.id)
        await ui.tap(f"look-at-{id_}")

        await ui.tap("rung-take-hip-sidelying-abd-swap")

        first, _ = draft_keys(ui, "look-at-")
        swapped = first.removeprefix("look-at-")
        assert swapped != id_
        assert ui.shows("Harder: Ankle weight")
        assert ui.all(ft.Semantics, lambda s: s.selected and s.content.key == f"side-left-{swapped}")
        assert not ui.shows("Choose a side")


async def test_a_precaution_can_be_left_out_of_the_list() -> None:
    kneeling = next(e for e in LIBRARY.values() if "kneeling_intolerant" in {f.flag for f in e.flags})
    async with desk(nobody()) as ui:
        await first_program(ui)
        await ui.type("search-library", kneeling.name)
        assert ui.has(f"look-{kneeling.id}")

        await ui.tap("filter-avoid-kneeling_intolerant")

        assert not ui.has(f"look-{kneeling.id}")
        assert not ui.has("filter-avoid-theirs")


async def test_the_program_in_force_shows_an_exercise_in_full() -> None:
    async with desk(Clinic()) as ui:
        await ui.tap(f"review-{MARIA}")
        looks = draft_keys(ui, "look-at-")

        await ui.tap(looks[0])

        assert ui.shows("How it is done")
        assert ui.shows("Not yet reviewed by a clinician")
        await ui.tap(looks[0])
        assert not ui.shows("How it is done")
