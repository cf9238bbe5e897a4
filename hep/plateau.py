"""Whether three weeks brought neither less pain nor a harder program although, or because, little of it was done.

Source: clinical-rules (i). Refuses to infer: without enough pain given to compare, or with too little due, there is no
standstill to speak of.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from hep.adherence import Sessions, sessions
from hep.history import History
from hep.pain import morning_answer
from hep.records import Prescription, ProgramState, ProgramVersion

STANDSTILL = timedelta(days=21)
"""So long without progress is a standstill. Source: ours (rule i)."""

CHANGE_POINTS = 2
"""Points of 10 of mean pain that are a change. Source: Farrar 2001, the MCID of the NPRS, secondary, unverified."""

DOING_PERCENT = 70
"""From this session adherence on the program was given its chance. Source: ours (rule i)."""

ANSWERS, SESSIONS_DUE = 3, 3
"""Fewer days with pain given in a week, or fewer sessions due in three, tell nothing. Source: ours."""

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class Standstill(StrEnum):
    """What three weeks without progress ask for: another plan, or a look at what is in the way first."""

    PLATEAU = "plateau"
    BARRIERS = "barriers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stalled:
    """A standstill: which, since when (local date, inclusive), and the sessions of that span."""

    kind: Standstill
    since: date
    adherence: Sessions


def standstill(history: History, today: date, now: datetime) -> Stalled | None:
    """The standstill of the 21 days before `today` (exclusive); None when there was progress, or too little to tell."""
    return history.once(("standstill", today, now), lambda: _standstill(history, today, now))


def _standstill(history: History, today: date, now: datetime) -> Stalled | None:
    since = today - STANDSTILL
    versions = history.versions
    if not versions or versions[-1].state is not ProgramState.ACTIVE or versions[0].effective_on > since:
        return None
    if _plan_advanced(versions, since) or not _pain_stayed(history, since, today):
        return None
    done = sessions(history, since, today - _DAY, now)
    if done.rate is None or done.due < SESSIONS_DUE:
        return None
    doing = done.rate * 100 >= DOING_PERCENT
    return Stalled(kind=Standstill.PLATEAU if doing else Standstill.BARRIERS, since=since, adherence=done)


def _plan_advanced(versions: tuple[ProgramVersion, ...], since: date) -> bool:
    """Whether a version in force since then adds an exercise, changes one for another, or asks more of one."""
    pairs = pairwise(versions)
    return any(new.effective_on > since and _asks_more(old, new) for old, new in pairs)


def _asks_more(old: ProgramVersion, new: ProgramVersion) -> bool:
    return any(_is_more(old.prescription(p.id), p) for p in new.prescriptions)


def _is_more(old: Prescription | None, new: Prescription) -> bool:
    if old is None or old.exercise.id != new.exercise.id:
        return True
    before, after = old.dose, new.dose
    pairs = (
        (before.sets, after.sets),
        (before.reps, after.reps),
        (before.hold_s, after.hold_s),
        (before.duration_s, after.duration_s),
    )
    return _more_load(old, new) or any((b or 0) < (a or 0) for b, a in pairs)


def _more_load(old: Prescription, new: Prescription) -> bool:
    """A heavier weight; another band or unit, or a first load, is a change a therapist chose and counts too."""
    before, after = old.dose.load, new.dose.load
    if after is None or before == after:
        return False
    if before is None or before.unit is not after.unit or before.amount is None or after.amount is None:
        return True
    return after.amount > before.amount


def _pain_stayed(history: History, since: date, today: date) -> bool:
    """Whether pain is known and fell by less than the change that matters: mornings, and pain during the exercises."""
    falls = [
        fall
        for by_date in (_mornings(history, since, today), _peaks(history, since, today))
        if (fall := _fall(by_date, since, today)) is not None
    ]
    return bool(falls) and max(falls) < CHANGE_POINTS


def _fall(by_date: Iterable[tuple[date, int]], since: date, today: date) -> Fraction | None:
    """Mean of the first week minus mean of the last; None with too few days in either."""
    given = tuple(by_date)
    first = [pain for on, pain in given if on < since + _WEEK]
    last = [pain for on, pain in given if on >= today - _WEEK]
    if min(len(first), len(last)) < ANSWERS:
        return None
    return Fraction(sum(first), len(first)) - Fraction(sum(last), len(last))


def _mornings(history: History, since: date, today: date) -> Iterable[tuple[date, int]]:
    for on in _dates(since, today):
        answer = morning_answer(history, on)
        if answer is not None:
            yield on, answer.fact.pain


def _peaks(history: History, since: date, today: date) -> Iterable[tuple[date, int]]:
    for on in _dates(since, today):
        pains = [entry.fact.pain for entry in history.sets_by_date.get(on, ()) if entry.fact.pain is not None]
        if pains:
            yield on, max(pains)


def _dates(since: date, today: date) -> Iterable[date]:
    return (since + timedelta(days=n) for n in range((today - since).days))
