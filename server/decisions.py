"""Carries out what a therapist decides about a proposal: a new program version, or none, and always a record of it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from hep import days
from hep.facts import Kind
from hep.prescribing import draft_of
from hep.problems import check, check_text
from hep.progression import Verdict, VerdictKind, What
from hep.records import Dose, Exercise, Laterality, Prescription, ProgramState, ProgramVersion
from server import changes, exercises, programs, upkeep, wording
from server.chart import active_program, read_version
from server.problems import Declined
from server.proposals import State, verdict_of
from server.tables.care import Fact, ProgramVersionRow, Proposal
from server.tables.people import Patient


class Choice(StrEnum):
    """What a therapist may decide."""

    ACCEPT = "accept"
    MODIFY = "modify"
    DECLINE = "decline"


_OUTCOMES = {Choice.ACCEPT: State.ACCEPTED, Choice.MODIFY: State.MODIFIED, Choice.DECLINE: State.DECLINED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The therapist's word on a proposal. `dose` with modify only; a reason is needed but to accept."""

    decision: Choice
    reason: str = ""
    dose: Dose | None = None


def decide(
    session: Session, patient: Patient, author: programs.Author, proposal_id: str, decision: Decision, now: datetime
) -> tuple[Proposal, ProgramVersion | None]:
    """Carry out a decision; accepting and modifying publish a version in the same transaction.

    Raises `Declined`: `not_found`, `already_decided`, `proposal_outdated`, and what `programs.publish` raises.
    """
    changes.hold(session, patient.id, patient.clinic_id)
    if upkeep.waits(session, patient.id, now):
        upkeep.settle(session, patient, now)
    row = session.get(Proposal, proposal_id)
    if row is None or row.patient_id != patient.id:
        raise Declined("not_found")
    if row.state == State.SUPERSEDED:
        raise Declined("proposal_outdated")
    if row.state != State.OPEN:
        raise Declined("already_decided")
    _check(decision)
    verdict = verdict_of(row)
    reason = decision.reason.strip() or _default_reason(verdict)
    row.state = _OUTCOMES[decision.decision].value
    row.open_key, row.decided_at, row.decided_by, row.decision_reason = None, now, author.name, reason
    session.add(row)
    session.flush()
    if decision.decision is Choice.DECLINE:
        upkeep.refresh(session, patient, now)
        return row, None
    rung = exercises.any_of(session, patient.clinic_id, verdict.next_exercise_id)
    version = _publish(session, patient, author, row, _Step(verdict, decision.dose, rung), reason, now)
    row.result_version = version.version
    session.add(row)
    session.flush()
    return row, version


def _check(decision: Decision) -> None:
    if decision.decision is not Choice.ACCEPT:
        check_text("reason", decision.reason, 500)
    check(len(decision.reason) <= 500, "text_invalid", "Write a reason of at most 500 characters.")
    modifies = decision.decision is Choice.MODIFY
    check((decision.dose is not None) == modifies, "invalid", "Give a dose to modify a proposal, and only then.")


def _default_reason(verdict: Verdict) -> str:
    return wording.EASIER if verdict.kind is VerdictKind.REGRESS else wording.HARDER


@dataclass(frozen=True, slots=True)
class _Step:
    """What changes: the therapist's own dose, else what the verdict proposed."""

    verdict: Verdict
    own_dose: Dose | None
    rung: Exercise | None

    def applied(self, prescription: Prescription) -> Prescription | None:
        """The prescription after the step: another dose, another rung under the same id, or None: it stops."""
        dose = self.own_dose or self.verdict.new
        if dose is not None and self.verdict.what is not What.RUNG:
            return replace(prescription, dose=dose)
        if self.verdict.next_exercise_id is None:
            return None if dose is None else replace(prescription, dose=dose)
        exercise = self.rung
        if exercise is None:
            raise Declined("proposal_outdated")
        return replace(
            prescription,
            exercise=exercise,
            dose=dose or exercise.dose,
            side=prescription.side if exercise.laterality is Laterality.UNILATERAL else None,
            progression=exercise.progression,
        )


def _publish(
    session: Session,
    patient: Patient,
    author: programs.Author,
    row: Proposal,
    step: _Step,
    reason: str,
    now: datetime,
) -> ProgramVersion:
    current = _current(session, patient, row)
    changed = (step.applied(p) if p.id == row.prescription_id else p for p in current.prescriptions)
    draft = replace(
        draft_of(current, _starts_on(session, patient, now)),
        reason=reason,
        prescriptions=tuple(p for p in changed if p is not None),
    )
    return programs.publish(session, patient, author, draft, now).program


def _current(session: Session, patient: Patient, row: Proposal) -> ProgramVersion:
    """The version in use, if the proposal still fits it. Raises `Declined` (`proposal_outdated`)."""
    head = active_program(session, patient.id)
    stored = None if head is None else session.get(ProgramVersionRow, (head.id, head.version))
    current = None if stored is None else read_version(stored.body)
    prescription = None if current is None else current.prescription(row.prescription_id)
    if current is None or prescription is None or current.state is not ProgramState.ACTIVE:
        raise Declined("proposal_outdated")
    if current.program_id != row.program_id or prescription.dose_since_version != row.dose_since_version:
        raise Declined("proposal_outdated")
    return current


def _starts_on(session: Session, patient: Patient, now: datetime) -> date:
    """Today, or tomorrow when something was already done today: a version starts with the next session."""
    today = days.local_on(now, patient.zone)
    query = select(Fact.id).where(
        Fact.patient_id == patient.id, col(Fact.local_on) == today, col(Fact.kind) == Kind.SET_LOG.value
    )
    return today + timedelta(days=1) if session.exec(query.limit(1)).first() else today
