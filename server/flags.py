"""Raises what a therapist should look at, each once with its evidence, and lets a therapist clear it.

A stop sign locks exercises until it is cleared with a note; nothing here ever clears by itself.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlmodel import Session, col, select

from hep import codec, days, pain
from hep.facts import RedFlag, SkipReason
from hep.ids import new_id
from hep.problems import check_text
from hep.records import Clearance, PainRule, Prescription
from hep.stepback import two_reds
from hep.wire import ServerKind
from server import changes
from server.chart import Chart
from server.problems import Declined
from server.tables.care import ClearanceRow, Flag, PatientSync
from server.tables.people import Patient

RED_FLAG, RED_TWICE, RISING, UNSURE_HOW = "red_flag", "red_twice", "pain_rising", "unsure_how"

UNSURE_WINDOW = timedelta(days=14)
"""Two skips "unsure how" of one prescription within this time ask the therapist to show it again. Source: ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a flag is raised: `key` names the evidence, so that it is raised once, cleared or not."""

    key: str
    kind: str
    evidence: dict[str, Any]
    prescription_id: str | None = None
    fact_id: str | None = None
    locks: bool = False


def raise_red(session: Session, sync: PatientSync, fact_id: str, fact: RedFlag, now: datetime) -> None:
    """A stop sign: flagged and locked at once, whatever else happens."""
    cause = Cause(
        key=f"{RED_FLAG}:{fact_id}",
        kind=RED_FLAG,
        evidence={"sign": fact.sign, "family": fact.family, "row_ids": [fact_id]},
        prescription_id=fact.prescription_id,
        fact_id=fact_id,
        locks=True,
    )
    _raise(session, sync.patient_id, sync.clinic_id, [cause], now)


def review(session: Session, chart: Chart) -> None:
    """Raise what the facts now give cause for."""
    patient = chart.patient
    _raise(session, patient.id, patient.clinic_id, list(_causes(chart)), chart.now)


def of_patient(session: Session, patient_id: str) -> Sequence[Flag]:
    """Every flag of the patient, newest first."""
    query = select(Flag).where(Flag.patient_id == patient_id).order_by(col(Flag.raised_at).desc(), col(Flag.id).desc())
    return session.exec(query).all()


def locked(flags: Iterable[Flag]) -> frozenset[str | None]:
    """The exercise families locked by flags not cleared; None among them: the whole program."""
    return frozenset(
        orjson.loads(flag.evidence).get("family") for flag in flags if flag.locks and flag.cleared_at is None
    )


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


def _unlock(session: Session, sync: PatientSync, fact_id: str, by: str, note: str, now: datetime) -> None:
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


def _raise(session: Session, patient_id: str, clinic_id: str, causes: Sequence[Cause], now: datetime) -> None:
    keys = [cause.key for cause in causes]
    query = select(Flag.key).where(Flag.patient_id == patient_id, col(Flag.key).in_(keys))
    known = set(session.exec(query)) if keys else set()
    for cause in causes:
        if cause.key not in known:
            known.add(cause.key)
            session.add(
                Flag(
                    id=new_id(now),
                    clinic_id=clinic_id,
                    patient_id=patient_id,
                    key=cause.key,
                    kind=cause.kind,
                    prescription_id=cause.prescription_id,
                    fact_id=cause.fact_id,
                    locks=cause.locks,
                    evidence=orjson.dumps(cause.evidence).decode(),
                    raised_at=now,
                )
            )
    session.flush()


def _causes(chart: Chart) -> Iterable[Cause]:
    prescriptions = chart.current.prescriptions if chart.current else ()
    tendon = any(p.exercise.pain_rule is PainRule.TENDON for p in prescriptions)
    if pain.weekly_rising(chart.history, chart.today, stiffness=tendon):
        week = days.iso_week(chart.today)
        yield Cause(key=f"{RISING}:{week}", kind=RISING, evidence={"week": week, "row_ids": []})
    for prescription in prescriptions:
        yield from _reds(chart, prescription)
        yield from _unsure(chart, prescription)


def _reds(chart: Chart, prescription: Prescription) -> Iterable[Cause]:
    rows = two_reds(chart.history, prescription, chart.now)
    if rows:
        digest = hashlib.sha256(" ".join(sorted(rows)).encode()).hexdigest()
        yield Cause(
            key=f"{RED_TWICE}:{prescription.id}:{digest[:40]}",
            kind=RED_TWICE,
            evidence={"name": prescription.exercise.name, "row_ids": rows},
            prescription_id=prescription.id,
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
