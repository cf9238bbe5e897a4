"""Whether the last sessions of a prescription support progress, and which row of which session says no.

Every missing answer counts against progress, except effort: a missing effort is noted and does not block. Refuses to
propose: that is `progression`. Source of the rules: ours (clinical-rules, progression).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hep.facts import SetLog
from hep.history import History
from hep.loads import reaches
from hep.pain import PainState, PainVerdict, pain_of
from hep.phrases import date_text, load_text, number_text, seconds_text
from hep.records import Mode, Prescription, ProgressionRule, Side
from hep.sessions import Bout, sides

EFFORT_LIMIT = 8
"""Effort above this of 10 does not support progress. Source: ours."""

TWO_FOR_TWO_REPS = 2
"""Repetitions over target in the last set (variant 2-for-2). Source: Graves and Baechle [18], secondary, unverified."""

GAP_DAYS = 14
"""A gap of more days than this between sessions starts the count anew. Source: ours."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: a stable code, a sentence, and the rows it rests on."""

    code: str
    text: str
    row_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Readiness:
    """`reasons` tell what supports progress, `blockers` what holds it; ready when nothing blocks."""

    reasons: tuple[Evidence, ...]
    blockers: tuple[Evidence, ...]


def readiness(
    history: History,
    prescription: Prescription,
    recent: Sequence[Bout],
    now: datetime,
    today: date,
    *,
    needed: int,
    bands: tuple[str, ...] = (),
    balance: bool = False,
) -> Readiness:
    """Judge the last `needed` of the bouts since the dose last changed (`recent`, oldest first).

    `balance`: a loss of balance in any of them blocks.
    """
    chosen = unbroken(recent, today)[-needed:]
    blockers: list[Evidence] = []
    if len(chosen) < needed:
        text = f"{len(chosen)} of {needed} sessions in a row with this dose."
        blockers.append(Evidence("too_few_sessions", text, _rows(chosen)))
    verdicts = [pain_of(history, prescription.exercise, bout.sets, now) for bout in chosen]
    for bout in chosen:
        blockers += shortfalls(prescription, bout, bands)
        if balance and any(entry.fact.lost_balance for entry in bout.sets):
            blockers.append(Evidence("lost_balance", f"{date_text(bout.on)}: balance was lost.", bout.row_ids))
    blockers += _pain_blockers(prescription, chosen, verdicts)
    reasons = [_complete(prescription, bout, verdict) for bout, verdict in zip(chosen, verdicts, strict=True)]
    return Readiness((*reasons, *_effort_notes(chosen)), tuple(blockers))


def unbroken(recent: Sequence[Bout], today: date) -> tuple[Bout, ...]:
    """The bouts after the last gap of more than 14 days, oldest first; none when the last itself is longer ago."""
    kept: list[Bout] = []
    later = today
    for bout in reversed(recent):
        if later - bout.on > timedelta(days=GAP_DAYS):
            break
        kept.append(bout)
        later = bout.on
    return tuple(reversed(kept))


def shortfalls(prescription: Prescription, bout: Bout, bands: tuple[str, ...] = ()) -> list[Evidence]:
    """Where a bout falls short of the prescribed dose, side by side; the text names the side that does."""
    found: list[Evidence] = []
    worked = sides(prescription)
    for side in worked:
        lead = f"{date_text(bout.on)}{_side_words(side, len(worked))}: "
        logs = bout.of_side(prescription, side)
        found += [
            Evidence(code, lead + text, bout.row_ids) for code, text in _side_shortfalls(prescription, logs, bands)
        ]
    hard = [entry for entry in bout.sets if (entry.fact.effort or 0) > EFFORT_LIMIT]
    if hard:
        most = max(entry.fact.effort or 0 for entry in hard)
        text = f"{date_text(bout.on)}: effort {most} of 10, above {EFFORT_LIMIT}."
        found.append(Evidence("effort_high", text, tuple(entry.id for entry in hard)))
    return found


def _side_shortfalls(p: Prescription, logs: Sequence[SetLog], bands: tuple[str, ...]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if len(logs) < p.dose.sets:
        found.append(("sets_missing", f"{len(logs)} of {p.dose.sets} sets."))
    if any(not _reached(p, log) for log in logs):
        found.append(("work_short", f"{_work_words(p, logs)}."))
    elif p.two_for_two and logs and p.dose.reps is not None:
        goal = p.dose.reps + TWO_FOR_TWO_REPS
        if (logs[-1].reps or 0) < goal:
            found.append(("last_set_short", f"last set {logs[-1].reps or 0}, {goal} needed."))
    if any(not reaches(log.load, p.dose.load, bands) for log in logs):
        found.append(("load_below", f"load below {load_text(p.dose.load)} or not logged."))
    return found


def _reached(p: Prescription, log: SetLog) -> bool:
    dose, mode = p.dose, p.exercise.mode
    if mode is Mode.DURATION:
        return (log.seconds or 0) >= (dose.duration_s or 0)
    if mode is Mode.HOLD:
        return (log.seconds or 0) >= (dose.hold_s or 0) and (log.reps is None or log.reps >= (dose.reps or 1))
    held = p.progression is not ProgressionRule.HOLD or log.seconds is None or log.seconds >= (dose.hold_s or 0)
    return held and (log.reps or 0) >= (dose.reps or 0)


def _work_words(p: Prescription, logs: Sequence[SetLog]) -> str:
    dose = p.dose
    if p.exercise.mode is Mode.REPS:
        return f"{', '.join(str(log.reps or 0) for log in logs)} of {dose.reps or 0} reps"
    goal = dose.duration_s if p.exercise.mode is Mode.DURATION else dose.hold_s
    return f"{', '.join(str(log.seconds or 0) for log in logs)} of {seconds_text(goal or 0)}"


def _side_words(side: Side | None, count: int) -> str:
    return f", {side.value} side" if side is not None and count > 1 else ""


def _complete(p: Prescription, bout: Bout, verdict: PainVerdict) -> Evidence:
    worked = sides(p)
    work = "; ".join(f"{_work_words(p, bout.of_side(p, side))}{_side_words(side, len(worked))}" for side in worked)
    pain = "" if verdict.peak is None else f", pain {verdict.peak} of 10"
    morning = "" if verdict.morning is None else f", next morning {verdict.morning}"
    rows = tuple(dict.fromkeys((*bout.row_ids, *verdict.row_ids)))
    return Evidence("session", f"{date_text(bout.on)}: {work}{pain}{morning}.", rows)


def _effort_notes(chosen: Sequence[Bout]) -> list[Evidence]:
    missing = [bout for bout in chosen if all(entry.fact.effort is None for entry in bout.sets)]
    return [
        Evidence("effort_missing", f"{date_text(bout.on)}: effort was not given.", bout.row_ids) for bout in missing
    ]


def _pain_blockers(p: Prescription, chosen: Sequence[Bout], verdicts: Sequence[PainVerdict]) -> list[Evidence]:
    states = {verdict.state for verdict in verdicts}
    amber_twice = states == {PainState.AMBER} and p.amber_may_progress and p.progression is ProgressionRule.DOUBLE
    if amber_twice:
        return []
    return [
        Evidence(f"pain_{verdict.state or 'missing'}", f"{date_text(bout.on)}: {pain_words(verdict)}", verdict.row_ids)
        for bout, verdict in zip(chosen, verdicts, strict=True)
        if verdict.state is not PainState.GREEN
    ]


def pain_words(verdict: PainVerdict) -> str:
    """A verdict as a sentence, with the numbers it rests on."""
    usual = "unknown" if verdict.baseline is None else _decimal_words(verdict.baseline)
    return {
        "own_sign": "the sign this exercise is stopped for was there.",
        "peak_over_ceiling": f"pain {verdict.peak} of 10, above {verdict.ceiling}.",
        "morning_rose": f"next morning {verdict.morning} of 10, usual {usual}.",
        "morning_high": f"next morning {verdict.morning} of 10, usual {usual}.",
        "not_given": "no pain was given.",
        "morning_pending": "the next-morning answer is still to come.",
        "morning_unanswered": "the next-morning question was not answered.",
        "morning_above_baseline": f"next morning {verdict.morning} of 10, usual {usual}.",
        "peak_over_green": f"pain {verdict.peak} of 10.",
        "no_baseline": "fewer than three morning answers in the 14 days before.",
        "within_limits": f"pain {verdict.peak} of 10.",
        "not_pain_limited": "not limited by pain.",
    }[verdict.reason]


def _decimal_words(value: Fraction) -> str:
    return number_text(Decimal(value.numerator) / Decimal(value.denominator))


def _rows(chosen: Sequence[Bout]) -> tuple[str, ...]:
    return tuple(row for bout in chosen for row in bout.row_ids)
