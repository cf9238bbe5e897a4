"""The patient's page, put together from the record of the last ten weeks. Reads only; decides nothing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlmodel import Session, col, select

from hep import pain
from hep.adherence import Adherence, adherence, percent
from hep.facts import Message
from hep.history import History
from hep.phrases import load_text
from hep.prescribing import difference
from hep.records import Prescription, ProgramVersion
from hep.views import (
    AdherenceView,
    ChangeView,
    EvidenceView,
    ExerciseTrend,
    FlagView,
    LoadPoint,
    MessageView,
    PainPoint,
    PatientDetail,
    ProposalView,
    VersionView,
    WeekPoint,
)
from server import devices, exercises, flags, invitations, proposals, visits, wording
from server.chart import Chart, open_chart, versions_of
from server.patients import profile_of
from server.reminders import shown, truth
from server.summary import age_on, marks
from server.tables.care import Episode, Flag, Proposal
from server.tables.people import Patient, Staff

SPAN = timedelta(days=70)
ADHERENCE_SPAN = timedelta(days=28)
WEEKS = 8
MARKS = 28
DECIDED_SHOWN = 20


def read(session: Session, patient: Patient, now: datetime) -> PatientDetail:
    """Everything the page shows, as it stands at `now`."""
    chart = open_chart(session, patient, now, back=SPAN)
    episode = session.exec(
        select(Episode).where(Episode.patient_id == patient.id).order_by(col(Episode.started_on).desc())
    ).first()
    therapist = session.get(Staff, patient.therapist_id)
    usual = pain.baseline(chart.history, chart.today)
    four_weeks = adherence(chart.history, _four_weeks_ago(chart), chart.today, now)
    raised = flags.of_patient(session, patient.id)
    return PatientDetail(
        profile=profile_of(patient),
        birth_date=patient.birth_date,
        age=age_on(patient.birth_date, chart.today),
        therapist_name=therapist.name if therapist else "",
        episode_id=episode.id if episode else "",
        program_id=chart.head.id if chart.head else None,
        week_of_care=(chart.today - episode.started_on).days // 7 + 1 if episode else 1,
        today=chart.today,
        versions=_versions(chart),
        goals=chart.current.goals if chart.current else (),
        adherence=_adherence_view(chart, four_weeks),
        weekly=tuple(_weeks(chart)),
        days=marks(chart.history, chart.today, now, MARKS),
        pain=tuple(_pain_points(chart)),
        baseline=None if usual is None else Decimal(usual.numerator) / Decimal(usual.denominator),
        exercises=tuple(_trends(chart, four_weeks)),
        proposals=_proposals(session, chart, raised),
        flags=tuple(flag_view(flag) for flag in raised),
        sessions=visits.latest(chart),
        devices=devices.listed(session, patient_id=patient.id),
        invitations=invitations.listed(session, patient, now),
        messages=tuple(_messages(chart)),
        reach=truth.reach(session, patient.id, shown.views(session, patient.id)),
    )


def _versions(chart: Chart) -> tuple[VersionView, ...]:
    seen = {
        entry.fact.version: entry.fact.at
        for entry in reversed(chart.history.acknowledgements)
        if chart.head is not None and entry.fact.program_id == chart.head.id
    }
    before: list[ProgramVersion | None] = [None, *chart.versions]
    return tuple(
        VersionView(
            version=version,
            changes=tuple(
                ChangeView(
                    kind=change.kind.value,
                    prescription_id=change.prescription_id,
                    name=change.name,
                    before=change.before or "",
                    after=change.after or "",
                )
                for change in difference(old, version)
            ),
            acknowledged_at=seen.get(version.version),
        )
        for old, version in reversed(list(zip(before, chart.versions, strict=False)))
    )


def _four_weeks_ago(chart: Chart) -> date:
    return chart.today - ADHERENCE_SPAN + timedelta(days=1)


def _adherence_view(chart: Chart, found: Adherence) -> AdherenceView:
    dose, live = found.program_dose, found.live_timed_share
    return AdherenceView(
        from_on=_four_weeks_ago(chart),
        until_on=chart.today,
        due=found.due,
        done=found.done,
        partial=found.partial,
        skipped=found.skipped,
        unknown=found.unknown,
        not_logged=found.not_logged,
        extra=found.extra,
        rate_percent=None if found.rate is None else percent(found.rate),
        rate_text=found.formula,
        dose_text="No dose was due" if dose is None else f"{percent(dose)}% of the prescribed dose, mean of exercises",
        live_text="No session ended yet" if live is None else f"{percent(live)}% of sessions timed live",
    )


def _weeks(chart: Chart) -> Iterable[WeekPoint]:
    monday = chart.today - timedelta(days=chart.today.weekday())
    for back in reversed(range(WEEKS)):
        start = monday - timedelta(weeks=back)
        found: Adherence = adherence(chart.history, start, min(start + timedelta(days=6), chart.today), chart.now)
        yield WeekPoint(
            week_start=start,
            due=found.due,
            done=found.done,
            partial=found.partial,
            skipped=found.skipped,
            unknown=found.unknown,
            not_logged=found.not_logged,
        )


def _pain_points(chart: Chart) -> Iterable[PainPoint]:
    """The dates on which any pain was given."""
    history = chart.history
    after: dict[date, list[int]] = {}
    for end in history.session_ends:
        if end.fact.pain_after is not None:
            after.setdefault(end.fact.on, []).append(end.fact.pain_after)
    for back in reversed(range(SPAN.days)):
        on = chart.today - timedelta(days=back)
        during = [e.fact.pain for e in history.sets_by_date.get(on, ()) if e.fact.pain is not None]
        morning = [e.fact.pain for e in history.check_ins.get(on, ())]
        if during or morning or on in after:
            yield PainPoint(
                on=on,
                during=max(during, default=None),
                after=max(after.get(on, ()), default=None),
                morning=max(morning, default=None),
            )


def _trends(chart: Chart, four_weeks: Adherence) -> Iterable[ExerciseTrend]:
    for prescription in chart.current.prescriptions if chart.current else ():
        share = four_weeks.dose.get(prescription.id)
        yield ExerciseTrend(
            prescription_id=prescription.id,
            name=prescription.exercise.name,
            dose_text="Nothing was due" if share is None else f"{percent(share)}% of the dose in 28 days",
            points=tuple(_points(chart.history, prescription)),
        )


def _points(history: History, prescription: Prescription) -> Iterable[LoadPoint]:
    """The best set of each date."""
    by_date: dict[date, list[tuple[int, str, int | None]]] = {}
    for entry in history.sets_by_prescription.get(prescription.id, ()):
        log = entry.fact
        amount = log.reps if log.reps is not None else log.seconds or 0
        words = load_text(log.load) if log.load is not None else ""
        by_date.setdefault(log.on, []).append((amount, words, log.pain))
    for on, sets in sorted(by_date.items()):
        amount, words, _ = max(sets, key=lambda one: one[0])
        worst = max((given for *_, given in sets if given is not None), default=None)
        yield LoadPoint(on=on, amount=amount, load_text=words, pain=worst)


def _proposals(session: Session, chart: Chart, raised: Sequence[Flag]) -> tuple[ProposalView, ...]:
    """Open ones, then what holds and why, then what was decided."""
    rows = [row for row in proposals.of_patient(session, chart.patient.id) if row.state != proposals.State.SUPERSEDED]
    views = [_proposal_view(session, row, chart.versions) for row in rows]
    waiting = [view for view in views if view.state == proposals.State.OPEN]
    decided = [view for view in views if view.state != proposals.State.OPEN]
    return (
        *waiting,
        *_holds(session, chart, raised, {view.prescription_id for view in waiting}),
        *decided[:DECIDED_SHOWN],
    )


def _holds(session: Session, chart: Chart, raised: Sequence[Flag], waiting: set[str]) -> Iterable[ProposalView]:
    version = chart.current.version if chart.current else 0
    for each in proposals.assess_all(session, chart, raised):
        prescription, verdict = each.prescription, each.verdict
        if prescription.id not in waiting and verdict.kind is proposals.VerdictKind.HOLD:
            yield ProposalView(
                id=f"hold:{prescription.id}",
                prescription_id=prescription.id,
                name=prescription.exercise.name,
                kind=verdict.kind,
                what=verdict.what,
                before_text=wording.dose_and_load(verdict.old, prescription.exercise.mode),
                after_text=None,
                new_dose=None,
                next_exercise_id=None,
                reasons=_evidence(verdict.reasons),
                blockers=_evidence(verdict.blockers),
                state="hold",
                base_version=version,
            )


def proposal_view(session: Session, row: Proposal) -> ProposalView:
    """One proposal in words."""
    return _proposal_view(session, row, versions_of(session, row.patient_id))


def _proposal_view(session: Session, row: Proposal, versions: Sequence[ProgramVersion]) -> ProposalView:
    verdict = proposals.verdict_of(row)
    base = next((v for v in versions if (v.program_id, v.version) == (row.program_id, row.base_version)), None)
    prescription = base.prescription(row.prescription_id) if base else None
    mode = prescription.exercise.mode if prescription else None
    rung = exercises.any_of(session, row.clinic_id, verdict.next_exercise_id)
    return ProposalView(
        id=row.id,
        prescription_id=row.prescription_id,
        name=prescription.exercise.name if prescription else "",
        kind=verdict.kind,
        what=verdict.what,
        before_text=wording.dose_and_load(verdict.old, mode),
        after_text=wording.proposed(verdict, mode, rung),
        new_dose=verdict.new,
        next_exercise_id=verdict.next_exercise_id,
        reasons=_evidence(verdict.reasons),
        blockers=_evidence(verdict.blockers),
        state=row.state,
        base_version=row.base_version,
        created_at=row.created_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
    )


def _evidence(found: Iterable[proposals.Evidence]) -> tuple[EvidenceView, ...]:
    return tuple(EvidenceView(code=one.code, text=one.text, row_ids=one.row_ids) for one in found)


def flag_view(flag: Flag) -> FlagView:
    """One flag in words."""
    text, detail = wording.flag_text(flag.kind, flags.evidence_of(flag))
    return FlagView(
        id=flag.id,
        kind=flag.kind,
        text=text,
        detail=detail,
        locks=flag.locks,
        raised_at=flag.raised_at,
        cleared_at=flag.cleared_at,
        cleared_by=flag.cleared_by,
        note=flag.note,
    )


def _messages(chart: Chart) -> Iterable[MessageView]:
    for row in reversed(chart.history.rows):
        if isinstance(row.fact, Message):
            yield MessageView(id=row.id, at=row.fact.at, text=row.fact.text)
