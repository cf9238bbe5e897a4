"""What the therapist's client does without a screen: finding, editing a draft, reading what was typed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.therapist import draft as edit
from app.therapist.enrolment import Form, mistakes, patient_of
from app.therapist.find import Filter, Index, typos
from app.therapist.parts.when import day_near, moment
from app.therapist.typed import date_of, number_of
from hep import prescribing
from hep.problems import Refused
from hep.records import Intent, LoadUnit
from tests.app.therapist_clinic import LIBRARY, NOW, TODAY, exercise, versions

ALL = tuple(LIBRARY.values())
INDEX = Index(ALL)


def names(**wanted: object) -> list[str]:
    return [found.name for found in INDEX.find(Filter(**wanted))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("heel slide", "Heel slide"),
        ("HEEL SLI", "Heel slide"),
        ("heal slide", "Heel slide"),
        ("brdige", "Bridge"),
        ("heel-slide", "Heel slide"),
        ("shoulder pendulm", "Shoulder pendulum"),
        ("clam", "Clamshell"),
        ("clamshel", "Clamshell"),
        ("hip opner", "Clamshell"),
        ("calf raises", "Double-leg heel raise"),
        ("qaud sets", "Quad set"),
        ("SLR", "Straight leg raise"),
        ("wall pushup", "Wall push-up"),
        ("pushup wall", "Wall push-up"),
        ("strait leg raise", "Straight leg raise"),
        ("tennis elbow", "Wrist extension isometric"),
        ("plantar faciitis", "Plantar fascia stretch"),
        ("hamstrng stretch", "Hamstring stretch with strap"),
        ("dizzyness exercise", "Gaze stabilization x1"),
    ],
)
def test_a_search_forgives_case_beginnings_and_typos(typed: str, expected: str) -> None:
    assert any(name.startswith(expected) for name in names(words=typed)[:3])


def test_an_exact_name_stands_before_a_similar_one() -> None:
    assert names(words="heel slide")[0] == "Heel slide"


def test_an_exercise_that_carries_a_precaution_to_avoid_is_left_out() -> None:
    found = INDEX.find(Filter(avoid=("osteoporosis", "dizzy")))

    assert 0 < len(found) < len(ALL)
    assert not [e for e in found if {flag.flag for flag in e.flags} & {"osteoporosis", "dizzy"}]
    assert set(INDEX.flags()) == {flag.flag for e in ALL for flag in e.flags}


def test_a_right_word_that_leads_nowhere_is_taken_for_a_typo() -> None:
    # given "heel" typed as "heal" where another exercise is really about healing
    index = Index((*ALL, replace(ALL[0], id="own-heal", name="Heal well", synonyms=())))

    assert index.find(Filter(words="heal slide"))[0].name == "Heel slide"


def test_every_exercise_is_found_first_by_its_own_name_and_at_all_by_each_of_its_synonyms() -> None:
    for each in ALL:
        assert INDEX.find(Filter(words=each.name))[0].name == each.name
        for synonym in each.synonyms:
            assert each in INDEX.find(Filter(words=synonym)), synonym


def test_short_words_are_not_guessed() -> None:
    assert names(words="xq") == []


def test_filters_narrow_together_and_no_words_find_everything() -> None:
    assert len(names()) == len(ALL)
    knee = INDEX.find(Filter(region="knee", type="strength"))
    assert knee and all((e.region, e.type) == ("knee", "strength") for e in knee)


def test_at_home_leaves_what_needs_nothing_more_than_there_is() -> None:
    found = INDEX.find(Filter(at_home=True, equipment=("chair",)))
    assert found and all(set(e.equipment) <= {"chair"} for e in found)


@pytest.mark.parametrize(
    ("word", "token", "most", "counted"),
    [
        ("clam", "clam", 1, 0),
        ("clam", "clamshell", 1, 0),
        ("calm", "clamshell", 1, 1),
        ("clmshell", "clamshell", 2, 1),
        ("clamshlel", "clamshell", 2, 1),
        ("clammshell", "clamshell", 2, 1),
        ("klamshall", "clamshell", 2, 2),
        ("klamshal", "clamshell", 1, 2),
        ("bridge", "brd", 2, 3),
        ("abcd", "xyz", 1, 2),
    ],
)
def test_typos_are_counted_up_to_the_limit_and_a_beginning_is_enough(
    word: str, token: str, most: int, counted: int
) -> None:
    assert typos(word, token, most) == counted


def draft() -> prescribing.Draft:
    """The draft of a third version."""
    return prescribing.draft_of(versions("p")[1], TODAY)


def test_a_step_never_leaves_what_a_record_allows() -> None:
    dose = draft().prescriptions[0].dose
    lowest = dose
    for _ in range(30):
        lowest = edit.stepped(lowest, "sets", -1)
    assert lowest.sets == 1
    assert edit.stepped(replace(dose, rest_s=0), "rest_s", -1).rest_s == 0


def test_a_rep_range_moves_along_with_its_reps() -> None:
    dose = replace(draft().prescriptions[0].dose, reps=10, reps_min=10, reps_max=12)
    assert edit.stepped(dose, "reps", -1).reps_min == 9
    up = edit.stepped(edit.stepped(edit.stepped(dose, "reps", 1), "reps", 1), "reps", 1)
    assert (up.reps, up.reps_max) == (13, 13)


def test_the_last_weekday_stays() -> None:
    given = edit.change_schedule(draft(), "rx-000001", weekdays=(3,))
    assert edit.toggle_weekday(given, "rx-000001", 3) == given
    both = edit.toggle_weekday(given, "rx-000001", 1)
    assert both.prescriptions[0].schedule.weekdays == (1, 3)


def test_times_a_week_resets_times_a_day_and_goes_back() -> None:
    given = edit.change_schedule(draft(), "rx-000001", times_per_day=3)
    weekly = edit.set_rhythm(given, "rx-000001", "per_week").prescriptions[0].schedule
    assert (weekly.per_week, weekly.times_per_day, edit.rhythm_of(weekly)) == (3, 1, "per_week")
    again = edit.set_rhythm(given, "rx-000001", "daily").prescriptions[0].schedule
    assert (again.per_week, edit.rhythm_of(again)) == (None, "daily")


def test_a_load_stays_in_its_unit_and_ends_at_nothing() -> None:
    pounds = edit.set_load(draft(), "rx-000001", edit.first_load("lb"))
    heavier = edit.step_load(edit.step_load(pounds, "rx-000001", 1), "rx-000001", 1).prescriptions[0].dose.load
    assert heavier is not None and (heavier.amount, heavier.unit) == (Decimal(3), LoadUnit.LB)
    assert edit.step_load(pounds, "rx-000001", -1).prescriptions[0].dose.load is None
    band = edit.set_load(draft(), "rx-000001", edit.first_load("band"))
    assert edit.step_load(band, "rx-000001", 1) == band


def test_the_first_goal_serves_every_exercise_and_a_removed_one_serves_none() -> None:
    empty = edit.blank("episode-0001", TODAY, NOW)
    with_exercise = edit.add(empty, exercise("Bridge"), NOW)
    aimed = edit.add_goal(with_exercise, NOW, " Walk the dog ", Intent.FUNCTION)
    assert aimed.prescriptions[0].goal_id == aimed.goals[0].id
    assert aimed.goals[0].text == "Walk the dog"
    assert edit.remove_goal(aimed, aimed.goals[0].id).prescriptions[0].goal_id is None


def test_a_second_goal_takes_no_exercise_from_the_first() -> None:
    first = edit.add(edit.add_goal(edit.blank("e", TODAY, NOW), NOW, "One", Intent.FUNCTION), exercise("Bridge"), NOW)
    both = edit.add_goal(first, NOW, "Two", Intent.CAPACITY)
    assert both.prescriptions[0].goal_id == first.goals[0].id


def test_accepting_a_warning_twice_keeps_the_last_reason() -> None:
    once = edit.accept_warning(draft(), "rx-000001", "dizzy", "Holds the chair")
    twice = edit.accept_warning(once, "rx-000001", "dizzy", "No dizziness for a month")
    assert [o.reason for o in twice.prescriptions[0].overrides] == ["No dizziness for a month"]
    with pytest.raises(Refused):
        edit.accept_warning(draft(), "rx-000001", "dizzy", "  ")


def test_moving_up_stops_at_the_top() -> None:
    moved = edit.move_up(draft(), "rx-000002")
    assert [p.id for p in moved.prescriptions][:2] == ["rx-000002", "rx-000001"]
    assert edit.move_up(moved, "rx-000002") == moved


def test_limits_of_progression_never_fall_below_todays_dose() -> None:
    given = edit.change_dose(draft(), "rx-000001", reps=10, reps_max=None)
    assert edit.step_envelope(given, "rx-000001", "reps_max", -1).prescriptions[0].dose.reps_max == 10
    assert edit.step_envelope(given, "rx-000001", "reps_max", 1).prescriptions[0].dose.reps_max == 11


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1961-04-03", date(1961, 4, 3)),
        (" 4/3/1961 ", date(1961, 4, 3)),
        ("2023-02-29", None),
        ("61", None),
        ("a-b-c", None),
        ("", None),
    ],
)
def test_dates_are_read_in_two_ways_and_nothing_is_guessed(typed: str, expected: date | None) -> None:
    assert date_of(typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("12", Decimal(12)), ("0,5", Decimal("0.5")), ("twelve", None), ("NaN", None), ("1e9", None), ("", None)],
)
def test_numbers_are_read_or_refused(typed: str, expected: Decimal | None) -> None:
    assert number_of(typed) == expected


FORM = Form(name="Nora", birth="1961-04-03", zone="America/New_York", problem="Shoulder", region="shoulder")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("birth", "2030-01-01"),
        ("birth", "1850-01-01"),
        ("zone", "Mars/Base"),
        ("problem", ""),
        ("region", None),
        ("budget", "0"),
        ("budget", "12.5"),
        ("budget", "241"),
    ],
)
def test_a_form_names_the_one_field_that_cannot_be_used(field: str, typed: Any) -> None:
    assert set(mistakes(replace(FORM, **{field: typed}), TODAY)) == {field}


def test_a_complete_form_becomes_a_record() -> None:
    assert mistakes(FORM, TODAY) == {}
    assert patient_of(replace(FORM, budget="15")).time_budget_min == 15
    with pytest.raises(ValueError, match="mistakes"):
        patient_of(replace(FORM, birth=""))


def test_moments_are_told_in_the_desks_zone() -> None:
    at = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
    assert moment(at, NOW, "America/New_York") == "Yesterday, 10:30 pm"
    assert day_near(NOW, NOW, "America/New_York") == "Today"
    assert day_near(datetime(2025, 3, 1, 12, 0, tzinfo=UTC), NOW, "UTC") == "Mar 1, 2025"
