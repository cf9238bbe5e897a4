"""The work of one planned item: how much of the prescribed dose was done.

Partial credit for a partial set; never more than was prescribed. Counted in whole numbers, because a list of
patients asks for it ten thousand times. Source: ours (clinical-rules, adherence).
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from hep.facts import SetLog
from hep.history import Entry
from hep.records import Load, LoadUnit, Mode, Prescription
from hep.sessions import Bout, sides

UNITS_PER = {LoadUnit.KG: 100_000_000, LoadUnit.LB: 45_359_237}
"""Weights are counted in units of 10 µg, in which a kilogram and a pound are both whole."""


def item_work(prescription: Prescription, entries: Iterable[Entry[SetLog]]) -> tuple[int, int]:
    """(done, prescribed) work of one planned item: reps (× weight where one is prescribed), or seconds.

    Both in one unit, meant to be summed and divided. Each set counts up to its prescribed work, and per side at most
    as many sets as prescribed: 40 s then 20 s of 2 × 30 s is 50 of 60. A set logged without a weight counts at the
    prescribed one.
    """
    per_set = _set_work(prescription)
    worked_sides = sides(prescription)
    bout = Bout(date.min, 0, tuple(entries))
    done = 0
    for side in worked_sides if bout.sets else ():
        logs = bout.of_side(prescription, side)
        best = sorted((min(_log_work(prescription, log), per_set) for log in logs), reverse=True)
        done += sum(best[: prescription.dose.sets])
    return done, per_set * prescription.dose.sets * len(worked_sides)


def _set_work(prescription: Prescription) -> int:
    dose, mode = prescription.dose, prescription.exercise.mode
    if mode is Mode.DURATION:
        return dose.duration_s or 0
    if mode is Mode.HOLD:
        return (dose.hold_s or 0) * (dose.reps or 1)
    return (dose.reps or 0) * _weight(dose.load, dose.load)


def _log_work(prescription: Prescription, log: SetLog) -> int:
    dose, mode = prescription.dose, prescription.exercise.mode
    if mode is Mode.DURATION:
        return log.seconds or 0
    if mode is Mode.HOLD:
        return (log.seconds or 0) * (log.reps or dose.reps or 1)
    return (log.reps or 0) * _weight(log.load, dose.load)


def _weight(load: Load | None, prescribed: Load | None) -> int:
    """What to multiply by: 1 where no weight is prescribed, the prescribed one where none was logged."""
    if prescribed is None or not prescribed.amount:
        return 1
    return _units(load if load is not None and load.amount is not None else prescribed)


@lru_cache(maxsize=256)
def _units(load: Load) -> int:
    return int((load.amount or 0) * UNITS_PER[load.unit])
