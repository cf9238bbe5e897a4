"""Raises what a therapist should look at, each once with its evidence, and lets a therapist clear it.

A stop sign locks exercises until it is cleared with a note; nothing here ever clears by itself.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import String, bindparam
from sqlmodel import Session, col, select

from hep import codec, days, pain
from hep.facts import RedFlag, SkipReason
from hep.ids import new_id
from hep.plateau import STANDSTILL, Standstill, standstill
from hep.problems import check_text
from hep.records import Clearance, PainRule, Prescription
from hep.reminding import FLAG_DAYS, silent_days
from hep.stepback import two_reds
from hep.wire import ServerKind
from server import changes, stored
from server.card import stop_signs_of
from server.changes import Counter
from server.chart import Chart
from server.problems import Declined
from server.reminders import truth
from server.tables.care import ClearanceRow, Flag
from server.tables.people import Clinic, Patient

RED_FLAG, RED_TWICE, RISING, UNSURE_HOW, PLATEAU = "red_flag", "red_twice", "pain_rising", "unsure_how", "plateau"
LAPSED = "lapsed"

_OF_PATIENT = (
    select(Flag)
    .where(col(Flag.patient_id) == bindparam("patient_id", type_=String))
    .order_by(col(Flag.raised_at).desc(), col(Flag.id).desc())
)

UNSURE_WINDOW = timedelta(days=14)
"""Two skips "unsure how" of one prescription within this time ask the therapist to show it again. Source: ours."""


LAPSE_RESTS = timedelta(days=14)
"""So long after somebody looked into a lapse it is not flagged again. Source: ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a flag is raised: `key` names the evidence, so that it is raised once, cleared or not.

    `news`: rows that a flag cleared before must not have rested on, all of them, for this to be raised again.
    `rests`: how long after such a clearance it is not raised in any case.
    """

    key: str
    kind: str
    evidence: dict[str, Any]
    news: frozenset[str] = frozenset()
    rests: timedelta = timedelta(0)
    prescription_id: str | None = None
    fact_id: str | None = None
    locks: bool = False


def raise_red(session: Session, sync: Counter, fact_id: str, fact: RedFlag, now: datetime) -> None:
    """A stop sign: flagged and locked at once, whatever else happens. Kept in the words of the clinic's card."""
    text = _words_of(session.get(Clinic, sync.clinic_id), fact.sign)
    cause = Cause(
        key=f"{RED_FLAG}:{fact_id}",
        kind=RED_FLAG,
        evidence={"sign": fact.sign, "text": text, "family": fact.family, "row_ids": [fact_id]},
        prescription_id=fact.prescription_id,
        fact_id=fact_id,
        locks=True,
    )
    _add(session, sync.patient_id, sync.clinic_id, cause, now)
    session.flush()


def _words_of(clinic: Clinic | None, sign: str) -> str | None:
    """The card's sentence for a sign; None where the card holds none, or cannot be read: the flag does not wait."""
    try:
        signs = stop_signs_of(clinic) if clinic is not None else ()
    except stored.Unreadable:
        return None
    return next((row.text for row in signs if row.id == sign), None)


def review(session: Session, chart: Chart) -> Sequence[Flag]:
    """Raise what the facts now give cause for: while a flag is open, more of the same only adds to its evidence.

    Returns every flag of the patient.
    """
    patient = chart.patient
    raised, new = of_patient(session, patient.id), list[Flag]()
    for cause in (*_causes(chart), *_lapsed(session, chart)):
        same = [flag for flag in raised if (flag.kind, flag.prescription_id) == (cause.kind, cause.prescription_id)]
        cleared = [flag for flag in same if flag.cleared_at is not None]
        if any(flag.key == cause.key for flag in cleared):
            continue
        still_open = next((flag for flag in same if flag.cleared_at is None), None)
        if still_open is not None:
            still_open.key, still_open.evidence = cause.key, _dump(cause.evidence)
            session.add(still_open)
        elif not _looked_at(cause, cleared, chart.now):
            new.append(_add(session, patient.id, patient.clinic_id, cause, chart.now))
    session.flush()
    return (*new, *raised)


def _looked_at(cause: Cause, cleared: Sequence[Flag], now: datetime) -> bool:
    """Whether flags cleared before rested on all that this cause rests on, or were cleared just now."""
    if any(flag.cleared_at is not None and now - flag.cleared_at < cause.rests for flag in cleared):
        return True
    seen = {row for flag in cleared for row in evidence_of(flag)["row_ids"]}
    return bool(cause.news) and cause.news <= seen


def evidence_of(flag: Flag) -> dict[str, Any]:
    """What a flag rests on. Raises `Unreadable`."""
    evidence: dict[str, Any] = stored.parse(flag.evidence)
    return evidence


def _dump(evidence: dict[str, Any]) -> str:
    return orjson.dumps(evidence).decode()


def of_patient(session: Session, patient_id: str) -> Sequence[Flag]:
    """Every flag of the patient, newest first."""
    return session.exec(_OF_PATIENT, params={"patient_id": patient_id}).all()


def locked(flags: Iterable[Flag]) -> frozenset[str | None]:
    """The exercise families locked by flags not cleared; None among them: the whole program."""
    return frozenset(evidence_of(flag).get("family") for flag in flags if flag.locks and flag.cleared_at is None)


def clear(session: Session, patient: Patient, flag_id: str, by: str, note: str, now: datetime) -> None:
    """Close a flag with a written note; a stop sign's clearance goes to the phone. Clearing twice changes nothing.

    Raises `Refused` for a blank note, `Declined` (`not_found`).
    """
    check_text("note", note, 500)
    sync = changes.hold(session, patient.id, patient.clinic_id)
    flag = session.get(Flag, flag_id)
    if flag is None or flag.patient_id != patient.id:
        raise Declined("not_found")
    if flag.cleared_at is not None:
        return
    flag.cleared_at, flag.cleared_by, flag.note = now, by, note
    session.add(flag)
    if flag.fact_id is not None and flag.locks:
        _unlock(session, sync, flag.fact_id, by, note, now)
    session.flush()


def _unlock(session: Session, sync: Counter, fact_id: str, by: str, note: str, now: datetime) -> None:
    clearance = Clearance(id=new_id(now), red_flag_id=fact_id, cleared_at=now, by=by, note=note)
    session.add(
        ClearanceRow(
            id=clearance.id,
            clinic_id=sync.clinic_id,
            patient_id=sync.patient_id,
            red_flag_id=fact_id,
            cleared_at=now,
            body=orjson.dumps(codec.dump(clearance)).decode(),
        )
    )
    changes.announce(session, sync, ServerKind.CLEARANCE, [clearance.id])


def _add(session: Session, patient_id: str, clinic_id: str, cause: Cause, now: datetime) -> Flag:
    flag = Flag(
        id=new_id(now),
        clinic_id=clinic_id,
        patient_id=patient_id,
        key=cause.key,
        kind=cause.kind,
        prescription_id=cause.prescription_id,
        fact_id=cause.fact_id,
        locks=cause.locks,
        evidence=_dump(cause.evidence),
        raised_at=now,
    )
    session.add(flag)
    return flag


def _causes(chart: Chart) -> Iterable[Cause]:
    prescriptions = chart.current.prescriptions if chart.current else ()
    tendon = any(p.exercise.pain_rule is PainRule.TENDON for p in prescriptions)
    if pain.weekly_rising(chart.history, chart.today, stiffness=tendon):
        week = days.iso_week(chart.today)
        yield Cause(key=f"{RISING}:{week}", kind=RISING, evidence={"week": week, "row_ids": []})
    yield from _plateau(chart)
    for prescription in prescriptions:
        yield from _reds(chart, prescription)
        yield from _unsure(chart, prescription)


def _lapsed(session: Session, chart: Chart) -> Iterable[Cause]:
    """A week of days without an entry, with whether any reminder went out meanwhile."""
    week = (chart.today - timedelta(days=n) for n in range(FLAG_DAYS))
    if chart.current is None or any(chart.history.sets_by_date.get(on) for on in week):
        return
    silent = silent_days(chart.course, chart.now)
    if silent >= FLAG_DAYS:
        since = chart.today - timedelta(days=silent)
        reminded = truth.sent_since(session, chart.patient.id, days.window_end(since, chart.patient.zone))
        yield Cause(
            key=f"{LAPSED}:{since.isoformat()}",
            kind=LAPSED,
            evidence={"since": since.isoformat(), "days": silent, "reminded": reminded, "row_ids": []},
            rests=LAPSE_RESTS,
        )


def _plateau(chart: Chart) -> Iterable[Cause]:
    found = standstill(chart.history, chart.today, chart.now)
    if found is not None and found.kind is Standstill.PLATEAU:
        yield Cause(
            key=f"{PLATEAU}:{days.iso_week(chart.today)}",
            kind=PLATEAU,
            evidence={"since": found.since.isoformat(), "rate_text": found.adherence.formula, "row_ids": []},
            rests=STANDSTILL,
        )


def _reds(chart: Chart, prescription: Prescription) -> Iterable[Cause]:
    rows = two_reds(chart.history, prescription, chart.now)
    if rows:
        digest = hashlib.sha256(" ".join(sorted(rows)).encode()).hexdigest()
        yield Cause(
            key=f"{RED_TWICE}:{prescription.id}:{digest[:40]}",
            kind=RED_TWICE,
            evidence={"name": prescription.exercise.name, "row_ids": rows},
            prescription_id=prescription.id,
            news=frozenset(rows).intersection(entry.id for entry in chart.history.sets),
        )


def _unsure(chart: Chart, prescription: Prescription) -> Iterable[Cause]:
    since = chart.today - UNSURE_WINDOW
    skips = [
        entry
        for entry in chart.history.skips
        if entry.fact.prescription_id == prescription.id
        and entry.fact.reason is SkipReason.UNSURE_HOW
        and entry.fact.on >= since
    ]
    if len(skips) >= 2:
        ids = [entry.id for entry in skips[-2:]]
        yield Cause(
            key=f"{UNSURE_HOW}:{':'.join(ids)}"[:200],
            kind=UNSURE_HOW,
            evidence={"name": prescription.exercise.name, "row_ids": ids},
            prescription_id=prescription.id,
        )
