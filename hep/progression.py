"""Advance, hold or regress: a proposal with its reasons. The engine proposes, a therapist decides.

Pain first, then what holds everything, then the rule of the exercise. Refuses to write: nothing here changes a
program.
"""

from datetime import datetime

from hep.advancing import RULES, Case
from hep.days import local_on
from hep.history import History
from hep.loads import Equipment
from hep.pain import weekly_rising
from hep.phrases import date_text
from hep.readiness import Evidence, pain_words
from hep.records import Dose, PainRule, Prescription, ProgressionRule
from hep.sessions import bouts
from hep.stepback import REST, Judged, Rest, overlay, reds_since_green, two_reds
from hep.verdicts import RULE_SET, Verdict, VerdictKind, What

__all__ = [
    "REST",
    "RULE_SET",
    "Equipment",
    "Evidence",
    "Rest",
    "Verdict",
    "VerdictKind",
    "What",
    "assess",
    "overlay",
    "two_reds",
]


def assess(
    history: History,
    prescription: Prescription,
    now: datetime,
    *,
    loads: Equipment | None = None,
    locked: frozenset[str | None] = frozenset(),
) -> Verdict:
    """The verdict on one prescription (of the version in force) as it stands at `now`.

    Judged on the sessions since its own dose last changed. `loads`: what the patient has, for the next load step.
    `locked`: families a stop sign locked (`pain.locked_families`); they hold. Pain comes first: a red state
    regresses whatever the progression rule is.
    """
    case = Case(
        history,
        prescription,
        now,
        local_on(now, history.zone),
        loads,
        bouts(history, prescription, since_version=prescription.dose_since_version),
    )
    reds = reds_since_green(history, prescription, now)
    if reds:
        return _regress(case, reds)
    if prescription.progression is ProgressionRule.NONE:
        return case.hold(Evidence("rule_none", "This exercise does not progress by itself."))
    held = _held(case, locked)
    if held:
        return case.hold(*held)
    return RULES[prescription.progression](case)


def _held(case: Case, locked: frozenset[str | None]) -> tuple[Evidence, ...]:
    """What holds every rule: a lock, two reds in seven days, morning pain that rises week by week."""
    exercise, found = case.prescription.exercise, []
    if None in locked or exercise.family in locked:
        found.append(Evidence("locked", "A stop sign locked this exercise until a clinician clears it."))
    rows = two_reds(case.history, case.prescription, case.now)
    if rows:
        found.append(Evidence("two_reds", "Two red sessions in seven days.", rows))
    if weekly_rising(case.history, case.today, stiffness=exercise.pain_rule is PainRule.TENDON):
        found.append(Evidence("rising", "Morning pain or stiffness went up two weeks in a row."))
    return tuple(found)


def _regress(case: Case, reds: tuple[Judged, ...]) -> Verdict:
    p = case.prescription
    lighter = overlay(case.history, p, case.now, loads=case.loads)
    new = lighter if isinstance(lighter, Dose) else None
    rows = two_reds(case.history, p, case.now)
    flags = (Evidence("two_reds", "Two red sessions in seven days.", rows),) if rows else ()
    easier = p.exercise.easier_ids
    return Verdict(
        kind=VerdictKind.REGRESS,
        what=_changed(p.dose, new),
        old=p.dose,
        new=new,
        next_exercise_id=easier[0] if easier else None,
        reasons=tuple(
            Evidence("pain_red", f"{date_text(bout.on)}: {pain_words(verdict)}", verdict.row_ids)
            for bout, verdict in reds
        ),
        blockers=flags,
    )


def _changed(old: Dose, new: Dose | None) -> What:
    if new is None:
        return What.REST
    pairs = (
        (What.LOAD, old.load != new.load),
        (What.REPS, old.reps != new.reps),
        (What.HOLD, old.hold_s != new.hold_s),
        (What.TIME, old.duration_s != new.duration_s),
    )
    return next((what for what, differs in pairs if differs), What.SETS)
