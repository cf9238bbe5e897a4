"""Done, partial, skipped, unknown, not logged: judged by the version in force and never inferred."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from hep.adherence import (
    Adherence,
    SessionState,
    Track,
    adherence,
    day_state,
    percent,
    session_state,
    track,
    trend,
)
from hep.days import iso_week, local_on, window_end
from hep.facts import Kind, Provenance
from hep.history import History
from hep.records import Dose, Laterality, Mode, Prescription, Schedule, Side
from hep.work import item_work
from tests.hep.build import D, Phone, at, exercise, kg, lb, prescription, version

P, Q = prescription("rx-aaaa-1"), prescription("rx-bbbb-1")
V = version(P, Q)
LATE = at(D(29))


def of(history: History, first: int, last: int, now: datetime = LATE) -> Adherence:
    return adherence(history, D(first), D(last), now)


def test_a_session_is_done_partial_skipped_unknown_and_then_not_logged() -> None:
    phone = Phone()
    phone.log(P, D(2), 10)
    phone.log(Q, D(2), 10)
    phone.log(P, D(3), 1)
    phone.skip(P, D(4))
    phone.skip(Q, D(4))
    phone.skip(P, D(5))
    history = phone.history(V)
    states = [session_state(history, D(n), 1, at(D(6))) for n in range(2, 8)]
    assert states == [
        SessionState.DONE,
        SessionState.PARTIAL,
        SessionState.SKIPPED,
        SessionState.UNKNOWN,
        SessionState.UPCOMING,
        SessionState.UPCOMING,
    ]
    assert session_state(history, D(5), 1, LATE) is SessionState.NOT_LOGGED


def test_one_set_and_one_reason_make_a_partial_session() -> None:
    phone = Phone()
    phone.log(P, D(4), 10)
    phone.skip(Q, D(4))
    assert session_state(phone.history(V), D(4), 1, LATE) is SessionState.PARTIAL


def test_the_window_ends_at_three_and_unknown_lasts_forty_eight_hours_more() -> None:
    history = Phone().history(V)
    moments = [at(D(6), 2, 59), at(D(6), 3), at(D(8), 2, 59), at(D(8), 3)]
    assert [session_state(history, D(5), 1, now) for now in moments] == [
        SessionState.UPCOMING,
        SessionState.UNKNOWN,
        SessionState.UNKNOWN,
        SessionState.NOT_LOGGED,
    ]


def test_a_session_after_midnight_belongs_to_the_evening() -> None:
    assert local_on(at(D(6), 2, 59), "America/Chicago") == D(5)
    assert local_on(at(D(6), 3, 0), "America/Chicago") == D(6)


@pytest.mark.parametrize(("on", "hours"), [(date(2026, 3, 7), 23), (date(2026, 10, 31), 25), (date(2026, 7, 1), 24)])
def test_a_day_has_23_or_25_hours_when_the_clock_changes(on: date, hours: int) -> None:
    zone = "America/Chicago"
    start, end = window_end(on - timedelta(days=1), zone), window_end(on, zone)
    assert end - start == timedelta(hours=hours)
    assert local_on(start, zone) == on
    assert local_on(end - timedelta(seconds=1), zone) == on
    assert local_on(end, zone) == on + timedelta(days=1)


def test_adherence_counts_sessions_and_shows_its_formula() -> None:
    phone = Phone()
    for n in range(2, 6):
        phone.log(P, D(n), 10)
        phone.log(Q, D(n), 10)
    phone.log(P, D(6), 10)
    result = of(phone.history(V), 2, 8)
    assert (result.done, result.partial, result.not_logged, result.due) == (4, 1, 2, 7)
    assert result.rate == Fraction(4, 7)
    assert result.formula == "4 done ÷ 7 due = 57%"


def test_nothing_due_is_not_zero_percent() -> None:
    phone = Phone()
    phone.pause(D(1), D(28))
    for history in (Phone().history(), phone.history(V)):
        result = of(history, 2, 8)
        assert (result.due, result.rate, result.formula) == (0, None, "Nothing was due")
    assert track(None) is None


def test_a_pause_takes_both_its_ends_out_and_work_in_it_is_extra() -> None:
    phone = Phone()
    phone.pause(D(3), D(4))
    phone.log(P, D(4), 10)
    result = of(phone.history(V), 2, 5)
    assert (result.due, result.extra) == (2, 1)
    assert session_state(phone.history(V), D(4), 1, LATE) is SessionState.PAUSED
    assert day_state(phone.history(V), D(4), LATE) is SessionState.PAUSED


def test_today_is_due_only_once_it_is_done() -> None:
    phone = Phone()
    now = at(D(5), 12)
    assert of(phone.history(V), 5, 5, now).rate is None
    phone.log(P, D(5), 10)
    assert of(phone.history(V), 5, 5, now).rate is None, "partial and open: not due yet"
    phone.log(Q, D(5), 10)
    assert of(phone.history(V), 5, 5, now).rate == 1


def test_extra_sessions_stand_beside_and_never_inside() -> None:
    phone = Phone()
    phone.log(P, D(2), 10)
    phone.log(Q, D(2), 10)
    phone.log(P, D(2), 10, extra=True, session="session-extra-1")
    result = of(phone.history(V), 2, 2)
    assert (result.done, result.due, result.extra, result.rate) == (1, 1, 1, 1)


def test_a_slot_logged_under_the_old_version_is_judged_by_it() -> None:
    more = version(P, Q, prescription("rx-cccc-1"), number=2, effective_on=D(4))
    phone = Phone()
    for n in (4, 5):
        phone.log(P, D(n), 10, version=1)
        phone.log(Q, D(n), 10, version=1)
    history = phone.history(V, more)
    assert of(history, 4, 5).rate == 1
    assert of(history, 4, 6).rate == Fraction(2, 3)


def test_a_late_log_turns_not_logged_into_done() -> None:
    phone = Phone()
    assert of(phone.history(V), 2, 2).not_logged == 1
    phone.log(P, D(2), 10)
    phone.log(Q, D(2), 10)
    assert of(phone.history(V), 2, 2).done == 1


def test_a_day_is_marked_by_all_its_sessions() -> None:
    twice = prescription(schedule=Schedule(from_on=D(1), times_per_day=2, weekdays=(1, 2, 3, 4, 5)))
    phone = Phone()
    phone.log(twice, D(2), 10, slot=1)
    phone.log(twice, D(2), 10, slot=2)
    phone.log(twice, D(3), 10, slot=1)
    phone.skip(twice, D(4), slot=1)
    phone.skip(twice, D(4), slot=2)
    phone.skip(twice, D(5), slot=1)
    history = phone.history(version(twice))
    marks = [day_state(history, D(n), LATE) for n in range(2, 8)]
    assert marks == [
        SessionState.DONE,
        SessionState.PARTIAL,
        SessionState.SKIPPED,
        SessionState.NOT_LOGGED,
        SessionState.NOT_LOGGED,
        SessionState.REST,
    ]


def timed(sets: int, seconds: int) -> Prescription:
    ex = exercise(mode=Mode.HOLD, dose=Dose(sets=sets, reps=1, hold_s=seconds))
    return prescription(ex=ex)


def work(p: Prescription, phone: Phone) -> tuple[int, int]:
    (group,) = phone.history(version(p)).sets_by_item.values()
    return item_work(p, group)


def test_forty_then_twenty_of_two_thirties_is_fifty_of_sixty() -> None:
    p, phone = timed(2, 30), Phone()
    phone.log(p, D(2), 40, 20)
    assert work(p, phone) == (50, 60)
    assert of(phone.history(version(p)), 2, 2).dose == {p.id: Fraction(5, 6)}


def test_more_sets_than_prescribed_are_no_more_dose() -> None:
    p, phone = timed(2, 30), Phone()
    phone.log(p, D(2), 30, 30, 30)
    assert work(p, phone) == (60, 60)


def test_weight_multiplies_the_work_in_any_unit() -> None:
    p = prescription(dose=Dose(sets=2, reps=10, load=kg("4")))
    phone = Phone()
    phone.log(p, D(2), 10, load=kg("2"))
    phone.log(p, D(2), 10, load=lb("20"), first=2)
    done, prescribed = work(p, phone)
    assert Fraction(done, prescribed) == Fraction(60, 80)


def test_both_sides_are_due_and_one_cannot_stand_for_the_other() -> None:
    one_sided = exercise(laterality=Laterality.UNILATERAL)
    p = prescription(ex=one_sided, side=Side.BOTH, dose=Dose(sets=2, reps=10))
    phone = Phone()
    phone.log(p, D(2), 10, 10, 10, 10, side=Side.LEFT)
    assert work(p, phone) == (20, 40)


def test_program_dose_is_the_mean_over_exercises_and_not_over_sets() -> None:
    long = prescription("rx-aaaa-1", dose=Dose(sets=10, reps=10))
    phone = Phone()
    phone.log(long, D(2), *[10] * 10)
    result = of(phone.history(version(long, Q)), 2, 2)
    assert result.dose == {long.id: 1, Q.id: 0}
    assert result.program_dose == Fraction(1, 2)


def test_the_share_of_live_timed_sessions_is_told() -> None:
    phone = Phone()
    phone.end(D(2), "session-aaaa")
    phone.end(D(3), "session-bbbb", provenance=Provenance.PAPER)
    assert of(phone.history(V), 2, 3).live_timed_share == Fraction(1, 2)
    assert of(phone.history(V), 4, 5).live_timed_share is None


FLOAT = prescription("rx-float-1", schedule=Schedule(from_on=D(2), per_week=3))
WEEK = iso_week(D(2))


def test_in_a_mixed_program_floating_items_are_dose_and_not_sessions() -> None:
    phone = Phone()
    phone.log(FLOAT, D(3), 10, 10, 10, week=WEEK, n=1)
    result = of(phone.history(version(P, FLOAT)), 2, 8)
    assert (result.due, result.done) == (7, 0)
    assert result.dose == {P.id: 0, FLOAT.id: Fraction(1, 3)}


def test_a_floating_item_joins_the_session_it_was_done_in() -> None:
    phone = Phone()
    session = phone.log(FLOAT, D(3), 10, week=WEEK, n=1)
    history = phone.history(version(P, FLOAT))
    assert session_state(history, D(3), 1, LATE) is SessionState.PARTIAL
    phone.log(P, D(3), 10, session=session)
    assert session_state(phone.history(version(P, FLOAT)), D(3), 1, LATE) is SessionState.DONE


def test_a_program_of_floating_items_alone_has_its_largest_n_as_sessions() -> None:
    other = prescription("rx-float-2", schedule=Schedule(from_on=D(2), per_week=2))
    phone = Phone()
    phone.log(FLOAT, D(2), 10, week=WEEK, n=1)
    phone.log(other, D(2), 10, week=WEEK, n=1)
    phone.log(FLOAT, D(4), 10, week=WEEK, n=2)
    phone.log(FLOAT, D(6), 10, week=WEEK, n=3)
    history = phone.history(version(FLOAT, other))
    result = of(history, 2, 8)
    assert (result.due, result.done, result.partial) == (3, 2, 1)
    assert day_state(history, D(2), LATE) is SessionState.DONE
    assert day_state(history, D(3), LATE) is SessionState.REST


def test_an_open_floating_week_counts_only_what_is_done() -> None:
    other = prescription("rx-float-2", schedule=Schedule(from_on=D(2), per_week=3))
    phone = Phone()
    phone.log(FLOAT, D(2), 10, week=WEEK, n=1)
    history = phone.history(version(FLOAT, other))
    assert of(history, 2, 4, at(D(4))).rate is None, "half of the first session is no done session"
    phone.log(other, D(3), 10, week=WEEK, n=1)
    assert of(phone.history(version(FLOAT, other)), 2, 4, at(D(4))).rate == 1
    assert of(phone.history(version(FLOAT, other)), 2, 8).rate == Fraction(1, 3)


def test_an_open_week_of_a_mixed_program_counts_what_was_done_of_it() -> None:
    phone = Phone()
    phone.log(FLOAT, D(2), 10, 10, week=WEEK, n=1)
    history = phone.history(version(P, FLOAT))
    assert of(history, 2, 3, at(D(4))).dose[FLOAT.id] == Fraction(2, 3)
    assert FLOAT.id not in of(history, 3, 3, at(D(4))).dose


def test_an_ended_week_counts_in_the_range_that_holds_its_sunday() -> None:
    phone = Phone()
    phone.log(FLOAT, D(2), 10, week=WEEK, n=1)
    history = phone.history(version(FLOAT))
    assert of(history, 2, 7).due == 0
    assert of(history, 8, 14).due == 3


def test_a_week_cut_by_a_pause_is_due_in_part() -> None:
    phone = Phone()
    phone.pause(D(2), D(4))
    assert of(phone.history(version(FLOAT)), 2, 8).due == 2, "3 × 4 days ÷ 7 = 1.7"


def test_the_trend_is_the_last_fourteen_days_minus_the_fourteen_before() -> None:
    one = version(P)
    phone = Phone()
    for n in range(15, 29):
        phone.log(P, D(n), 10)
    for n in range(1, 8):
        phone.log(P, D(n), 10)
    history = phone.history(one)
    assert trend(history, D(28), LATE) == Fraction(1, 2)
    assert trend(Phone().history(version(P, effective_on=D(15))), D(28), LATE) is None


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (Fraction(80, 100), Track.ON_TRACK),
        (Fraction(799, 1000), Track.WATCH),
        (Fraction(50, 100), Track.WATCH),
        (Fraction(499, 1000), Track.ACT),
    ],
)
def test_tracks_begin_at_eighty_and_fifty_percent(share: Fraction, expected: Track) -> None:
    assert track(share) is expected


def test_percent_rounds_half_up() -> None:
    assert [percent(Fraction(n, 200)) for n in (1, 165, 166, 200)] == [1, 83, 83, 100]


def test_a_retracted_set_is_not_done_any_more() -> None:
    one, phone = version(P), Phone()
    phone.log(P, D(2), 10)
    assert of(phone.history(one), 2, 2).rate == 1
    phone.retract(phone.rows[0].id, D(3))
    assert of(phone.history(one), 2, 2).rate == 0
    assert phone.rows[-1].kind is Kind.RETRACTION
