"""The work of one planned item: how much of the prescribed dose was done.

Partial credit for a partial set; never more than was prescribed. Source: ours (clinical-rules, adherence).
"""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from hep.facts import SetLog
from hep.history import Entry
from hep.loads import kilograms
from hep.records import Load, Mode, Prescription
from hep.sessions import Bout, sides


def item_work(prescription: Prescription, entries: Iterable[Entry[SetLog]]) -> tuple[Fraction, Fraction]:
    """(done, prescribed) work of one planned item: reps (× weight where one is prescribed), or seconds.

    Each set counts up to its prescribed work, and per side at most as many sets as prescribed: 40 s then 20 s of
    2 × 30 s is 50 of 60. A set logged without a weight counts at the prescribed one.
    """
    per_set = _set_work(prescription)
    worked_sides = sides(prescription)
    bout = Bout(date.min, 0, tuple(entries))
    done = Fraction()
    for side in worked_sides:
        logs = bout.of_side(prescription, side)
        best = sorted((min(_log_work(prescription, log), per_set) for log in logs), reverse=True)
        done += sum(best[: prescription.dose.sets], Fraction())
    return done, per_set * prescription.dose.sets * len(worked_sides)


def _set_work(prescription: Prescription) -> Fraction:
    dose, mode = prescription.dose, prescription.exercise.mode
    if mode is Mode.DURATION:
        return Fraction(dose.duration_s or 0)
    if mode is Mode.HOLD:
        return Fraction((dose.hold_s or 0) * (dose.reps or 1))
    return Fraction(dose.reps or 0) * _weight(dose.load, dose.load)


def _log_work(prescription: Prescription, log: SetLog) -> Fraction:
    dose, mode = prescription.dose, prescription.exercise.mode
    if mode is Mode.DURATION:
        return Fraction(log.seconds or 0)
    if mode is Mode.HOLD:
        return Fraction((log.seconds or 0) * (log.reps or dose.reps or 1))
    return Fraction(log.reps or 0) * _weight(log.load, dose.load)


def _weight(load: Load | None, prescribed: Load | None) -> Fraction:
    """Kilograms to multiply by: 1 where no weight is prescribed, the prescribed one where none was logged."""
    if prescribed is None or not prescribed.amount:
        return Fraction(1)
    own = kilograms(load) if load is not None else None
    return own if own is not None else kilograms(prescribed) or Fraction(1)
