"""Boundary vectors of the pain table first."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from hep.facts import Kind, RedFlag, Sign
from hep.history import Stored
from hep.pain import (
    PainState,
    baseline,
    ceiling,
    locked_families,
    morning_due,
    session_pain,
    stops,
    weekly_rising,
)
from hep.records import Clearance, Exercise, PainRule
from tests.hep.build import D, Phone, at, exercise, prescription, version

LOADED = exercise(loaded=True)
SETTLED = (1, 1, 1)
"""Three earlier mornings that make a baseline of 1."""


def judged(
    ex: Exercise,
    during: int | None,
    *,
    after: int | None = None,
    morning: int | None = None,
    mornings: tuple[int, ...] = (),
    signs: tuple[Sign, ...] = (),
    now: datetime | None = None,
) -> tuple[PainState | None, str]:
    p = prescription(ex=ex)
    phone = Phone()
    phone.mornings(D(20), *mornings)
    session = phone.log(p, D(20), 10, pain=during, signs=signs)
    phone.end(D(20), session, after=after)
    if morning is not None:
        phone.morning(D(20), morning)
    verdict = session_pain(phone.history(version(p)), p.id, session, now or at(D(22), 12))
    return verdict.state, verdict.reason


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        (PainRule.STANDARD, 5),
        (PainRule.TENDON, 5),
        (PainRule.CENTRALIZE, 5),
        (PainRule.NERVE, 5),
        (PainRule.VESTIBULAR, 5),
        (PainRule.STRETCH, 3),
        (PainRule.PAIN_FREE, 2),
    ],
)
def test_pain_at_the_ceiling_is_no_stop_and_one_more_is(rule: PainRule, allowed: int) -> None:
    assert ceiling(rule) == allowed
    assert not stops(rule, allowed)
    assert stops(rule, allowed + 1)
    assert judged(exercise(pain_rule=rule), allowed) == (PainState.AMBER, "peak_over_green")
    assert judged(exercise(pain_rule=rule), allowed + 1) == (PainState.RED, "peak_over_ceiling")


def test_nothing_stops_an_exercise_that_is_not_pain_limited() -> None:
    assert not stops(PainRule.NONE, 10)
    assert judged(exercise(pain_rule=PainRule.NONE), 10) == (PainState.GREEN, "not_pain_limited")
    assert judged(exercise(pain_rule=PainRule.NONE), None)[0] is PainState.GREEN


@pytest.mark.parametrize(("rule", "green"), [(PainRule.STANDARD, 3), (PainRule.STRETCH, 2), (PainRule.PAIN_FREE, 1)])
def test_the_green_limit_is_green_and_one_more_is_amber(rule: PainRule, green: int) -> None:
    assert judged(exercise(pain_rule=rule), green)[0] is PainState.GREEN
    assert judged(exercise(pain_rule=rule), green + 1)[0] is PainState.AMBER


def test_pain_after_counts_where_the_ceiling_is_five_and_not_elsewhere() -> None:
    assert judged(exercise(), 1, after=6)[0] is PainState.RED
    assert judged(exercise(), None, after=2)[0] is PainState.GREEN
    assert judged(exercise(pain_rule=PainRule.STRETCH), 1, after=6)[0] is PainState.GREEN


def test_without_any_number_there_is_no_pain_state() -> None:
    assert judged(exercise(), None) == (None, "not_given")
    assert judged(LOADED, None, mornings=SETTLED, morning=1) == (None, "not_given")


def test_a_morning_two_above_the_usual_is_red_and_one_above_repeats_the_dose() -> None:
    assert judged(LOADED, 2, mornings=SETTLED, morning=3) == (PainState.RED, "morning_rose")
    assert judged(LOADED, 2, mornings=SETTLED, morning=2) == (PainState.AMBER_UP, "morning_above_baseline")
    assert judged(LOADED, 2, mornings=SETTLED, morning=1) == (PainState.GREEN, "within_limits")


def test_a_red_morning_needs_no_number_from_the_session() -> None:
    assert judged(LOADED, None, mornings=SETTLED, morning=3)[0] is PainState.RED


def test_a_morning_of_six_is_red_with_a_usual_of_five_or_an_unknown_one() -> None:
    assert judged(LOADED, 2, mornings=(5, 5, 5), morning=6) == (PainState.RED, "morning_high")
    assert judged(LOADED, 2, morning=6) == (PainState.RED, "morning_high")
    assert judged(LOADED, 2, morning=5) == (PainState.NO_BASELINE, "no_baseline")


def test_a_usual_morning_of_six_holds_and_is_not_stepped_back() -> None:
    assert judged(LOADED, 2, mornings=(6, 6, 6), morning=6) == (PainState.AMBER_UP, "morning_high")
    assert judged(LOADED, 2, mornings=(6, 6, 6), morning=8)[0] is PainState.RED
    assert judged(LOADED, 2, mornings=(5, 5, 6, 6), morning=6) == (PainState.AMBER_UP, "morning_above_baseline")


def test_the_morning_is_pending_until_three_at_night_and_then_unanswered() -> None:
    assert judged(LOADED, 2, mornings=SETTLED, now=at(D(22), 2, 59)) == (PainState.PENDING, "morning_pending")
    assert judged(LOADED, 2, mornings=SETTLED, now=at(D(22), 3, 0)) == (PainState.UNANSWERED, "morning_unanswered")


def test_an_answer_in_time_that_synced_late_is_judged_and_a_late_answer_is_not() -> None:
    p = prescription(ex=LOADED)
    for answered, expected in ((D(21), PainState.GREEN), (D(22), PainState.UNANSWERED)):
        phone = Phone()
        phone.mornings(D(20), *SETTLED)
        session = phone.log(p, D(20), 10, pain=2)
        phone.morning(D(20), 1, on=answered)
        assert session_pain(phone.history(version(p)), p.id, session, at(D(25))).state is expected


def test_red_outranks_a_pending_morning_and_pending_outranks_amber() -> None:
    early = at(D(20), 13)
    assert judged(LOADED, 6, mornings=SETTLED, now=early)[0] is PainState.RED
    assert judged(LOADED, 5, mornings=SETTLED, now=early)[0] is PainState.PENDING
    assert judged(LOADED, 5, morning=1)[0] is PainState.AMBER, "amber outranks a missing baseline"


def test_exercises_that_load_nothing_are_judged_by_the_peak_alone() -> None:
    assert judged(exercise(loaded=False), 2, mornings=SETTLED, morning=9)[0] is PainState.GREEN


@pytest.mark.parametrize(
    ("rule", "sign"),
    [
        (PainRule.CENTRALIZE, Sign.MOVING_DOWN),
        (PainRule.NERVE, Sign.TINGLING_LASTS),
        (PainRule.VESTIBULAR, Sign.DIZZINESS_STAYS),
    ],
)
def test_the_rules_own_sign_is_red_whatever_the_number(rule: PainRule, sign: Sign) -> None:
    assert judged(exercise(pain_rule=rule), 0, signs=(sign,)) == (PainState.RED, "own_sign")
    assert judged(exercise(pain_rule=rule), None, signs=(sign,))[0] is PainState.RED
    assert judged(exercise(), 0, signs=(sign,))[0] is PainState.GREEN


def test_the_baseline_is_the_median_of_at_least_three_answers_of_the_fourteen_days_before() -> None:
    phone = Phone()
    phone.mornings(D(19), 1, 2)
    assert baseline(phone.history(), D(20)) is None
    phone.mornings(D(17), 5)
    assert baseline(phone.history(), D(20)) == 2
    phone.mornings(D(6), 5)
    assert baseline(phone.history(), D(20)) == Fraction(7, 2)
    assert baseline(phone.history(), D(21)) == 2, "the answer of 14 days ago counts, that of 15 days ago does not"


def test_today_is_no_part_of_its_own_baseline() -> None:
    phone = Phone()
    phone.mornings(D(20), 1, 1, 9)
    assert baseline(phone.history(), D(20)) is None
    assert baseline(phone.history(), D(21)) == 1


def test_of_two_answers_about_one_day_the_worse_counts_in_any_order() -> None:
    for pains in ((2, 4), (4, 2)):
        phone = Phone()
        phone.mornings(D(19), 0, 0)
        for pain in pains:
            phone.morning(D(16), pain)
        assert baseline(phone.history(), D(20)) == 0
        phone.mornings(D(16), 4)
        assert baseline(phone.history(), D(20)) == 2


def weekly(*means: int, stiffness: tuple[int, ...] = ()) -> Phone:
    phone = Phone()
    for week, pain in enumerate(means):
        for day in (1, 3, 5):
            stiff = stiffness[week] if stiffness else None
            phone.morning(D(2 + 7 * week + day), pain, stiffness=stiff)
    return phone


def test_morning_pain_rises_when_two_successive_weeks_each_went_up_by_one() -> None:
    assert weekly_rising(weekly(1, 2, 3).history(), D(23))
    assert not weekly_rising(weekly(1, 2, 2).history(), D(23))
    assert not weekly_rising(weekly(1, 1, 3).history(), D(23))
    assert not weekly_rising(weekly(2, 3).history(), D(23)), "two weeks are one rise"


def test_stiffness_counts_for_tendons_when_it_goes_up_by_a_quarter_twice() -> None:
    stiff = weekly(1, 1, 1, stiffness=(8, 10, 13)).history()
    assert weekly_rising(stiff, D(23), stiffness=True)
    assert not weekly_rising(stiff, D(23))
    assert not weekly_rising(weekly(1, 1, 1, stiffness=(8, 10, 12)).history(), D(23), stiffness=True)
    assert not weekly_rising(weekly(1, 1, 1, stiffness=(0, 0, 0)).history(), D(23), stiffness=True)


def test_the_morning_card_is_open_from_eight_to_three_after_any_session() -> None:
    p = prescription(ex=exercise(loaded=False))
    phone = Phone()
    phone.log(p, D(20), 10)
    history = phone.history(version(p))
    assert morning_due(history, at(D(21), 7, 59)) is None
    assert morning_due(history, at(D(21), 8, 0)) == D(20)
    assert morning_due(history, at(D(22), 2, 59)) == D(20)
    assert morning_due(history, at(D(22), 3, 0)) is None
    assert morning_due(history, at(D(20), 23, 0)) is None, "the day itself has no morning after"


def test_the_morning_is_asked_once_and_not_after_a_day_of_skips() -> None:
    p = prescription()
    phone = Phone()
    phone.skip(p, D(20))
    assert morning_due(phone.history(version(p)), at(D(21), 9)) is None
    phone.log(p, D(20), 10)
    assert morning_due(phone.history(version(p)), at(D(21), 9)) == D(20)
    phone.morning(D(20), 2)
    assert morning_due(phone.history(version(p)), at(D(21), 9)) is None


def red_flag(row_id: str, family: str | None) -> Stored:
    fact = RedFlag(at=at(D(20)), zone="America/Chicago", on=D(20), sign="calf_swelling", family=family)
    return Stored(row_id, Kind.RED_FLAG, fact, 1, None)


def test_a_red_flag_locks_its_family_until_that_very_flag_is_cleared() -> None:
    rows = [red_flag("flag-calf-1", "calf"), red_flag("flag-all-01", None)]
    assert locked_families(rows, ()) == {"calf", None}
    when = datetime(2026, 11, 21, tzinfo=UTC)
    clear = Clearance(id="clear-001", red_flag_id="flag-all-01", cleared_at=when, by="Ada", note="seen")
    assert locked_families(rows, [clear]) == {"calf"}


def test_a_red_flag_cannot_be_withdrawn_by_the_phone() -> None:
    phone = Phone()
    phone.rows.append(red_flag("flag-calf-1", "calf"))
    phone.retract("flag-calf-1", D(20))
    assert locked_families(phone.rows, ()) == {"calf"}


def test_a_session_nobody_logged_has_no_state() -> None:
    p = prescription()
    verdict = session_pain(Phone().history(version(p)), p.id, "session-none", at(D(20)) + timedelta(hours=1))
    assert (verdict.state, verdict.reason) == (None, "not_given")
