"""What holds for every history, order and zone."""

import json
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hep import codec
from hep.adherence import SessionState, adherence, day_state
from hep.days import local_on, week_dates, window_end
from hep.facts import Kind, SetLog
from hep.history import Stored, effective
from hep.pain import PainState, pain_of
from hep.progression import VerdictKind, What, assess, overlay
from hep.records import Dose, Load, LoadUnit, Prescription, Schedule
from hep.schedule import due_items, share_of_week, week_items
from hep.sessions import bouts
from tests.hep.build import D, Phone, at, exercise, kg, prescription, version

RX = (
    prescription("rx-daily-1"),
    prescription("rx-twice-1", schedule=Schedule(from_on=D(3), times_per_day=2, weekdays=(1, 2, 4))),
    prescription("rx-float-1", schedule=Schedule(from_on=D(1), per_week=3)),
)
LATER = version(RX[0], RX[2], number=2, effective_on=D(10))
NOW = at(D(30))

Event = tuple[str, int, int, int, int]
events = st.lists(
    st.tuples(
        st.sampled_from(["log", "extra", "skip", "pause", "retract", "morning", "float"]),
        st.integers(1, 25),
        st.integers(1, 2),
        st.integers(0, 15),
        st.integers(0, 10),
    ),
    max_size=40,
)


def lived(happened: list[Event]) -> Phone:
    phone = Phone()
    for what, day, slot, work, pain in happened:
        p = RX[slot - 1]
        if what in ("log", "extra"):
            v = 2 if day >= 10 else 1
            phone.log(p, D(day), work, slot=slot, pain=pain, extra=what == "extra", version=v)
        elif what == "float":
            iso = D(day).isocalendar()
            phone.log(RX[2], D(day), work, week=f"{iso.year}-W{iso.week:02d}", n=slot, pain=pain)
        elif what == "skip":
            phone.skip(p, D(day), slot=slot)
        elif what == "pause":
            phone.pause(D(day), D(day + slot))
        elif what == "morning":
            phone.morning(D(day), pain)
        elif phone.rows:
            phone.retract(phone.rows[work % len(phone.rows)].id, D(day))
    return phone


@settings(max_examples=60, deadline=None)
@given(events, st.integers(1, 20), st.integers(0, 20))
def test_adherence_is_never_above_one_hundred_percent_and_adds_up(happened: list[Event], first: int, span: int) -> None:
    history = lived(happened).history(version(*RX), LATER)
    result = adherence(history, D(first), D(first + span), NOW)
    assert result.due == result.done + result.partial + result.skipped + result.unknown + result.not_logged
    assert result.rate is None or 0 <= result.rate <= 1
    assert all(0 <= share <= 1 for share in result.dose.values())
    assert result.program_dose is None or 0 <= result.program_dose <= 1
    assert (result.rate is None) == (result.due == 0)


@settings(max_examples=40, deadline=None)
@given(events, st.integers(1, 20))
def test_more_days_never_make_less_due(happened: list[Event], first: int) -> None:
    history = lived(happened).history(version(*RX), LATER)
    due = [adherence(history, D(first), D(first + n), NOW).due for n in range(10)]
    assert due == sorted(due)


@settings(max_examples=40, deadline=None)
@given(events)
def test_time_only_turns_upcoming_into_unknown_and_unknown_into_not_logged(happened: list[Event]) -> None:
    history = lived(happened).history(version(*RX), LATER)
    order = [SessionState.UPCOMING, SessionState.UNKNOWN, SessionState.NOT_LOGGED]
    for on in (D(5), D(9), D(12)):
        states = [day_state(history, on, at(on, 12) + timedelta(hours=12 * n)) for n in range(8)]
        changing = [order.index(state) for state in states if state in order]
        assert changing == sorted(changing)


@settings(max_examples=60, deadline=None)
@given(events, st.randoms(use_true_random=False), st.data())
def test_what_counts_is_independent_of_the_order_of_arrival(
    happened: list[Event], random: Any, data: st.DataObject
) -> None:
    phone = lived(happened)
    for row in list(phone.rows):
        if isinstance(row.fact, SetLog) and data.draw(st.booleans()):
            phone.correct(row.id, D(26), Kind.SET_LOG, {**codec.dump(row.fact), "reps": data.draw(st.integers(0, 20))})
    unseen = [Stored(r.id, r.kind, r.fact, None if data.draw(st.booleans()) else r.seq, None) for r in phone.rows]
    for rows in (phone.rows, unseen):
        shuffled = rows * 2
        random.shuffle(shuffled)
        assert effective(shuffled) == effective(rows)
        assert not {row.kind for row in effective(rows)} & {Kind.CORRECTION, Kind.RETRACTION}


@settings(max_examples=60, deadline=None)
@given(events, st.integers(1, 28))
def test_due_items_have_keys_of_their_own(happened: list[Event], day: int) -> None:
    history = lived(happened).history(version(*RX), LATER)
    dated = [item.key for item in due_items(history, D(day))]
    floating = [item.key for item in week_items(history, "2026-W46")]
    assert len(set(dated)) == len(dated)
    assert len(set(floating)) == len(floating) <= 3


@settings(max_examples=80, deadline=None)
@given(events, st.booleans(), st.sampled_from([None, kg("4"), kg("20")]))
def test_no_red_session_is_followed_by_progress_or_by_more(
    happened: list[Event], loaded: bool, load: Load | None
) -> None:
    dose = Dose(sets=1, reps=8, reps_min=6, reps_max=8, load=load)
    p = prescription("rx-daily-1", ex=exercise(loaded=loaded), dose=dose)
    history = lived(happened).history(version(p, *RX[1:]), version(p, RX[2], number=2, effective_on=D(10)))
    verdict = assess(history, p, NOW)
    judged = bouts(history, p)
    last = pain_of(history, p.exercise, judged[-1].sets, NOW).state if judged else None
    if last is PainState.RED:
        assert verdict.kind is VerdictKind.REGRESS
        lighter = overlay(history, p, NOW)
        assert lighter is not None
        if isinstance(lighter, Dose):
            assert (lighter.reps or 0) * lighter.sets <= 8
    if verdict.kind is VerdictKind.ADVANCE:
        assert last is PainState.GREEN
        assert not verdict.blockers
        assert verdict.what in (What.LOAD, What.RUNG)
    if verdict.kind is VerdictKind.HOLD:
        assert verdict.blockers
        assert verdict.new is None


@settings(max_examples=60, deadline=None)
@given(
    st.builds(
        Dose,
        sets=st.integers(1, 20),
        reps=st.none() | st.integers(1, 200),
        hold_s=st.none() | st.integers(1, 7200),
        rest_s=st.integers(0, 1800),
        load_step_percent=st.integers(2, 10),
        load=st.none()
        | st.builds(
            Load,
            unit=st.sampled_from([LoadUnit.KG, LoadUnit.LB]),
            amount=st.decimals("0", "500", places=2, allow_nan=False, allow_infinity=False),
        )
        | st.builds(Load, unit=st.just(LoadUnit.BAND), band=st.sampled_from(["red", "grün"])),
    ),
    st.text('aZ é×漢🙂"\\\n', max_size=20),
)
def test_a_prescription_survives_json(dose: Dose, note: str) -> None:
    p = prescription(dose=dose, note=note)
    assert codec.load(Prescription, json.loads(json.dumps(codec.dump(p)))) == p


ZONES = [
    "America/Chicago",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Europe/Dublin",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Gaza",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "America/Nuuk",
    "Antarctica/Troll",
    "Atlantic/Azores",
    "UTC",
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ZONES), st.datetimes(datetime(2010, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001
def test_an_instant_lies_inside_the_window_of_its_local_date(name: str, moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC)
    on = local_on(instant, name)
    assert window_end(on - timedelta(days=1), name) <= instant < window_end(on, name)


@pytest.mark.parametrize("name", ZONES)
def test_every_night_of_a_year_ends_one_date_and_starts_the_next(name: str) -> None:
    for n in range(366):
        on = date(2026, 1, 1) + timedelta(days=n)
        end = window_end(on, name)
        assert local_on(end, name) == on + timedelta(days=1)
        assert local_on(end - timedelta(seconds=1), name) == on


def test_dates_never_run_backward_where_three_at_night_is_skipped_or_repeated() -> None:
    for night in (datetime(2026, 9, 26, 12, tzinfo=UTC), datetime(2026, 4, 4, 12, tzinfo=UTC)):
        dates = [local_on(night + timedelta(minutes=5 * n), "Pacific/Chatham") for n in range(48)]
        assert dates == sorted(dates)
        assert len(set(dates)) == 2


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_a_date_lies_in_its_own_week(on: date) -> None:
    iso = on.isocalendar()
    week = week_dates(f"{iso.year:04d}-W{iso.week:02d}")
    assert on in week
    assert (week[0].isoweekday(), len(week)) == (1, 7)


@given(st.integers(1, 7), st.integers(0, 7))
def test_a_cut_week_is_the_nearest_whole_number(per_week: int, active: int) -> None:
    assert share_of_week(per_week, active) == int(Fraction(per_week * active, 7) + Fraction(1, 2))
