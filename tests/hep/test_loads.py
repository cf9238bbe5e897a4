"""Comparing loads, and the steps an equipment has."""

from fractions import Fraction

import pytest

from hep.loads import Equipment, first_load, kilograms, reaches, smallest_step_up, step_down, step_up
from hep.records import Load, LoadUnit
from tests.hep.build import band, kg, lb

COLORS = ("yellow", "red", "green")


def test_pounds_and_kilograms_are_compared_exactly() -> None:
    assert kilograms(lb("100")) == Fraction("45.359237")
    assert reaches(lb("3"), kg("1.36"))
    assert not reaches(kg("1.36"), lb("3")), "3 lb are 1.3608 kg"


def test_a_band_reaches_a_lighter_color_of_the_clinics_order() -> None:
    assert reaches(band("red"), band("red"))
    assert reaches(band("green"), band("red"), COLORS)
    assert not reaches(band("yellow"), band("red"), COLORS)
    assert not reaches(band("silver"), band("red"), COLORS)
    assert not reaches(kg("5"), band("red"), COLORS)


def test_no_prescribed_load_is_always_reached_and_a_missing_log_never_is() -> None:
    assert reaches(None, None)
    assert reaches(kg("1"), None)
    assert not reaches(None, kg("1"))


def test_a_profile_names_weights_and_bands() -> None:
    kit = Equipment.of(["2 kg", "5 lb", "Red band", "chair", "9999 kg", "1e3 kg"], COLORS)
    assert kit.weights == (kg("2"), lb("5"))
    assert kit.bands == ("red",)
    assert Equipment.of(["mat"], COLORS).bands == COLORS


@pytest.mark.parametrize(
    ("load", "lighter"),
    [(kg("20"), kg("18")), (kg("10.5"), kg("9")), (kg("1"), kg("0.5")), (kg("0.5"), None), (lb("3"), lb("2"))],
)
def test_a_step_down_is_a_tenth_rounded_down_and_at_least_one_step(load: Load, lighter: Load | None) -> None:
    assert step_down(load, 10, None) == lighter


def test_a_step_down_uses_the_weights_there_are() -> None:
    kit = Equipment(weights=(kg("2"), kg("4")), bands=COLORS)
    assert step_down(kg("4"), 10, kit) == kg("2")
    assert step_down(kg("2"), 10, kit) is None
    assert step_down(band("red"), 10, kit) == band("yellow")
    assert step_down(band("yellow"), 10, kit) is None


def test_a_larger_step_reaches_as_far_as_it_may() -> None:
    step = step_up(kg("20"), 10, None)
    assert step is not None and step.load == kg("22")
    assert step_up(band("silver"), 5, Equipment(bands=COLORS)) is None
    assert smallest_step_up(band("red"), Equipment(bands=COLORS)) is not None


def test_a_first_weight_is_the_lightest_and_light() -> None:
    step = first_load(Equipment(weights=(lb("2"), kg("2"))), weight_at_hand=False)
    assert step is not None and step.load == lb("2")
    assert first_load(Equipment(weights=(kg("2"),)), weight_at_hand=True) is None
    assert first_load(None, weight_at_hand=False) is None
    pound = first_load(Equipment(unit=LoadUnit.LB), weight_at_hand=True)
    assert pound is not None and pound.load == lb("1")
