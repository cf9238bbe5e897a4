"""Loads in the unit they were prescribed in: comparing two, and the next step up or down the equipment has.

Refuses to convert what is stored: kilograms appear only where two loads are compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

from hep.records import Load, LoadUnit

KG_PER_LB = Fraction(45359237, 100_000_000)
"""Kilograms in a pound, exact by definition."""

DEFAULT_STEP = {LoadUnit.KG: Decimal("0.5"), LoadUnit.LB: Decimal(1)}
"""The step of weights when nobody said which weights there are. Source: ours."""

LOAD_STEP_LIMIT_PERCENT = 10
"""A larger step is no load step. Source: ACSM 2009, 2–10% [17], secondary, unverified."""

SMALL_LOAD = {LoadUnit.KG: Decimal(5), LoadUnit.LB: Decimal(10)}
"""Up to this load (inclusive) the smallest step there is may exceed the limit. Source: ours."""

SMALL_LOAD_STEP = {LoadUnit.KG: Decimal(1), LoadUnit.LB: Decimal(2)}
"""That exceptional step is at most this (inclusive). Source: ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What the patient has: single weights, and bands in the clinic's order of colors (lightest first).

    No weights: weights come in the default step, in `unit` where the prescription names none.
    """

    weights: tuple[Load, ...] = ()
    bands: tuple[str, ...] = ()
    unit: LoadUnit = LoadUnit.KG

    @classmethod
    def of(cls, names: Iterable[str], band_order: Iterable[str] = ()) -> "Equipment":
        """Equipment from a profile's words: "2 kg" and "5 lb" are weights, a color of `band_order` is a band.

        Where no color is named, every color of the clinic counts as there.
        """
        words = [name.strip().lower() for name in names]
        weights = tuple(load for load in map(_weight, words) if load is not None)
        order = tuple(band_order)
        own = tuple(band for band in order if any(band.lower() in word.split() for word in words))
        return cls(weights=weights, bands=own or order)


@dataclass(frozen=True, slots=True)
class Step:
    """A step to `load`; `exceptional`: above the limit, allowed because the load is small."""

    load: Load
    exceptional: bool = False


def kilograms(load: Load) -> Fraction | None:
    """A weight in kilograms for comparing, None for a band."""
    if load.amount is None:
        return None
    return Fraction(load.amount) * (KG_PER_LB if load.unit is LoadUnit.LB else 1)


def reaches(logged: Load | None, prescribed: Load | None, bands: tuple[str, ...] = ()) -> bool:
    """Whether the logged load is at least the prescribed one; a missing one never reaches a prescribed load."""
    if prescribed is None:
        return True
    if logged is None:
        return False
    if prescribed.band is not None:
        return logged.band is not None and _band_reaches(logged.band, prescribed.band, bands)
    have, need = kilograms(logged), kilograms(prescribed)
    return have is not None and need is not None and have >= need


def step_up(load: Load, percent: int, equipment: Equipment | None) -> Step | None:
    """The next load: + `percent`, rounded down to what there is; None when there is no step that is allowed.

    Where rounding down gives no step, the smallest one up to 10% is taken, and up to 5 kg or 10 lb the smallest
    there is, at most 1 kg or 2 lb. A band's step is the next color.
    """
    if load.amount is None:
        return _band_step(load, equipment, up=True)
    amount = load.amount
    target = amount * (100 + percent) / 100
    amounts = _amounts(load.unit, equipment)
    best = _largest(amounts, load.unit, at_most=target)
    if best > amount:
        return Step(_weighing(load, best))
    smallest = _smallest_above(amounts, load.unit, amount)
    if smallest is None:
        return None
    if smallest <= amount * (100 + LOAD_STEP_LIMIT_PERCENT) / 100:
        return Step(_weighing(load, smallest))
    return _exceptional(load, smallest)


def smallest_step_up(load: Load, equipment: Equipment | None) -> Step | None:
    """The smallest heavier load, at most 1 kg or 2 lb more; for a band the next color; None without one."""
    if load.amount is None:
        return _band_step(load, equipment, up=True)
    smallest = _smallest_above(_amounts(load.unit, equipment), load.unit, load.amount)
    if smallest is None or smallest - load.amount > SMALL_LOAD_STEP[load.unit]:
        return None
    return Step(_weighing(load, smallest), smallest > load.amount * (100 + LOAD_STEP_LIMIT_PERCENT) / 100)


def first_load(equipment: Equipment | None, *, weight_at_hand: bool) -> Step | None:
    """The lightest weight to begin with, at most 1 kg or 2 lb; None without one.

    With no weights named, `weight_at_hand` (the exercise is prescribed with one) stands for the default step.
    """
    kit = equipment or Equipment()
    named = [w for w in kit.weights if w.amount]
    if not named and weight_at_hand and kit.unit is not LoadUnit.BAND:
        return Step(Load(unit=kit.unit, amount=DEFAULT_STEP[kit.unit]), exceptional=True)
    lightest = min(named, key=lambda w: kilograms(w) or Fraction(0), default=None)
    if lightest is None or lightest.amount is None or lightest.amount > SMALL_LOAD_STEP[lightest.unit]:
        return None
    return Step(lightest, exceptional=True)


def step_down(load: Load, percent: int, equipment: Equipment | None) -> Load | None:
    """− `percent`, rounded down, at least one step of the equipment; None when nothing lighter is left."""
    if load.amount is None:
        step = _band_step(load, equipment, up=False)
        return step.load if step else None
    target = load.amount * (100 - percent) / 100
    lighter = _largest(_amounts(load.unit, equipment), load.unit, at_most=target)
    return _weighing(load, lighter) if 0 < lighter < load.amount else None


def _exceptional(load: Load, amount: Decimal) -> Step | None:
    now = load.amount or Decimal(0)
    small = now <= SMALL_LOAD[load.unit] and amount - now <= SMALL_LOAD_STEP[load.unit]
    return Step(_weighing(load, amount), exceptional=True) if small else None


def _weighing(load: Load, amount: Decimal) -> Load:
    return Load(unit=load.unit, amount=amount)


def _amounts(unit: LoadUnit, equipment: Equipment | None) -> tuple[Decimal, ...]:
    weights = equipment.weights if equipment else ()
    return tuple(sorted(w.amount for w in weights if w.unit is unit and w.amount is not None))


def _largest(amounts: tuple[Decimal, ...], unit: LoadUnit, *, at_most: Decimal) -> Decimal:
    if amounts:
        return max((a for a in amounts if a <= at_most), default=Decimal(0))
    step = DEFAULT_STEP[unit]
    return (at_most / step).to_integral_value(ROUND_FLOOR) * step


def _smallest_above(amounts: tuple[Decimal, ...], unit: LoadUnit, amount: Decimal) -> Decimal | None:
    if amounts:
        return min((a for a in amounts if a > amount), default=None)
    step = DEFAULT_STEP[unit]
    above = (amount / step).to_integral_value(ROUND_CEILING) * step
    return above if above > amount else above + step


def _band_reaches(logged: str, prescribed: str, bands: tuple[str, ...]) -> bool:
    if logged == prescribed:
        return True
    return logged in bands and prescribed in bands and bands.index(logged) > bands.index(prescribed)


def _band_step(load: Load, equipment: Equipment | None, *, up: bool) -> Step | None:
    bands = equipment.bands if equipment else ()
    if load.band not in bands:
        return None
    at = bands.index(load.band) + (1 if up else -1)
    return Step(Load(unit=LoadUnit.BAND, band=bands[at])) if 0 <= at < len(bands) else None


def _weight(words: str) -> Load | None:
    amount, _, unit = words.partition(" ")
    digits = amount.replace(".", "", 1)
    if unit not in ("kg", "lb") or not (digits.isascii() and digits.isdecimal()) or len(amount) > 8:
        return None
    weight = Decimal(amount)
    return Load(unit=LoadUnit(unit), amount=weight) if 0 < weight <= 500 else None
