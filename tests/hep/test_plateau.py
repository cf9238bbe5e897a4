"""Three weeks without progress: a plateau where it was done, barriers where it was not, nothing where nobody knows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from hep.plateau import Stalled, Standstill, standstill
from hep.records import Dose, Load, Prescription, ProgramState, ProgramVersion
from tests.hep.build import D, Phone, at, band, exercise, kg, lb, prescription, version

P = prescription()
TODAY = D(26)
FIRST = TODAY - timedelta(days=21)


def span() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(21)]


def three_weeks(
    phone: Phone, done: int = 21, mornings: Sequence[int] = (3,) * 21, p: Prescription = P, **more: Any
) -> Phone:
    """One session a day on the first `done` days, and every morning's answer."""
    for on in span()[:done]:
        phone.log(p, on, 10, 10, 10, **more)
    for on, pain in zip(span(), mornings, strict=True):
        phone.morning(on, pain)
    return phone


def found(phone: Phone, *versions: ProgramVersion, today: date = TODAY) -> Stalled | None:
    return standstill(phone.history(*(versions or (version(P),))), today, at(today))


def kind(phone: Phone, *versions: ProgramVersion) -> Standstill | None:
    stalled = found(phone, *versions)
    return stalled.kind if stalled else None


def test_three_weeks_of_doing_it_with_the_same_pain_and_dose_are_a_plateau() -> None:
    stalled = found(three_weeks(Phone()))
    assert stalled is not None
    assert (stalled.kind, stalled.since) == (Standstill.PLATEAU, FIRST)
    assert stalled.adherence.formula == "21 done ÷ 21 due = 100%"


@pytest.mark.parametrize(("done", "expected"), [(15, Standstill.PLATEAU), (14, Standstill.BARRIERS)])
def test_seventy_percent_of_the_sessions_divide_a_plateau_from_barriers(done: int, expected: Standstill) -> None:
    assert kind(three_weeks(Phone(), done)) is expected


@pytest.mark.parametrize(("last", "expected"), [(3, None), (4, Standstill.PLATEAU), (9, Standstill.PLATEAU)])
def test_two_points_less_in_the_morning_are_progress(last: int, expected: Standstill | None) -> None:
    mornings = (5,) * 14 + (last,) * 7
    assert kind(three_weeks(Phone(), mornings=mornings)) is expected


def test_two_points_less_during_the_exercises_are_progress_too() -> None:
    phone = three_weeks(Phone(), 0)
    for n, on in enumerate(span()):
        phone.log(P, on, 10, 10, 10, pain=5 if n < 14 else 3)
    assert kind(phone) is None


def test_pain_that_nobody_gave_is_not_called_unchanged() -> None:
    phone = Phone()
    for on in span():
        phone.log(P, on, 10, 10, 10)
    assert kind(phone) is None
    for on in (*span()[:3], *span()[-2:]):
        phone.morning(on, 3)
    assert kind(phone) is None
    phone.morning(span()[-3], 3)
    assert kind(phone) is Standstill.PLATEAU


def loaded(load: Load | None) -> Dose:
    return Dose(sets=3, reps=10, load=load)


@pytest.mark.parametrize(
    ("before", "after", "progress"),
    [
        (loaded(None), replace(loaded(None), reps=12), True),
        (loaded(None), replace(loaded(None), sets=4), True),
        (loaded(None), loaded(kg("1")), True),
        (loaded(kg("1")), loaded(kg("1.5")), True),
        (loaded(band("red")), loaded(band("green")), True),
        (loaded(kg("1")), loaded(lb("3")), True),
        (loaded(kg("1.5")), loaded(kg("1")), False),
        (loaded(kg("1")), loaded(None), False),
        (loaded(None), replace(loaded(None), reps=8), False),
        (loaded(None), replace(loaded(None), rest_s=60), False),
    ],
)
def test_asking_more_of_any_exercise_is_progress_and_asking_less_is_not(
    before: Dose, after: Dose, progress: bool
) -> None:
    one, other = prescription(dose=before), prescription(dose=after)
    newer = version(other, number=2, effective_on=TODAY - timedelta(days=5))
    assert kind(three_weeks(Phone()), version(one), newer) is (None if progress else Standstill.PLATEAU)


def test_another_exercise_is_progress_and_one_less_is_not() -> None:
    q = prescription("rx-bridge-1", ex=exercise(id="ex-bridge"))
    recent = TODAY - timedelta(days=5)
    assert kind(three_weeks(Phone()), version(P), version(P, q, number=2, effective_on=recent)) is None
    harder = replace(P, exercise=exercise(id="ex-lunge"))
    assert kind(three_weeks(Phone()), version(P), version(harder, number=2, effective_on=recent)) is None
    dropped = version(P, number=2, effective_on=recent)
    assert kind(three_weeks(Phone()), version(P, q), dropped) is not None


def test_progress_counts_for_three_weeks() -> None:
    more = replace(P, dose=replace(P.dose, reps=12))
    for ago, expected in ((20, None), (21, Standstill.PLATEAU)):
        newer = version(more, number=2, effective_on=TODAY - timedelta(days=ago))
        assert kind(three_weeks(Phone()), version(P), newer) is expected


def test_a_program_younger_than_three_weeks_or_ended_is_never_at_a_standstill() -> None:
    phone = three_weeks(Phone())
    assert kind(phone, version(P, effective_on=FIRST)) is Standstill.PLATEAU
    assert kind(phone, version(P, effective_on=FIRST + timedelta(days=1))) is None
    ended = version(P, number=2, effective_on=TODAY, state=ProgramState.ARCHIVED)
    assert kind(phone, version(P), ended) is None
    assert standstill(phone.history(), TODAY, at(TODAY)) is None


def test_three_weeks_away_are_no_standstill() -> None:
    phone = three_weeks(Phone(), 0)
    phone.pause(FIRST, TODAY)
    assert kind(phone) is None
