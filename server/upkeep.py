"""Brings up to date what is derived from a patient's facts: daily sums, flags, proposals, the caseload's line.

Everything here can be computed again from the facts. An accident in it is logged and leaves the facts admitted; the
patient's line is then marked stale and worked out again at the next read.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from hep import days, facts
from hep.facts import CheckIn, Correction, ItemSkip, Kind, Pause, Retraction, SetLog
from hep.history import Stored, key_of
from hep.records import ProgramVersion
from server import flags, proposals, rollups, summary
from server.chart import RECENT, Chart, open_after_push, open_chart
from server.rows import fact_of
from server.tables.care import Fact, PatientSummary, PatientSync
from server.tables.people import Patient

log = logging.getLogger("stepwise.upkeep")

ACCIDENTS = (ArithmeticError, AttributeError, AssertionError, LookupError, TypeError, ValueError)
"""What a mistake in derived work may raise; trouble with the database is none of these and ends the request."""

LATE = timedelta(days=7)
"""How far before a date the facts about it may lie: a floating item's week."""

TRY_AGAIN_AFTER = timedelta(minutes=10)


def after_push(session: Session, sync: PatientSync, new: Sequence[Stored], now: datetime) -> None:
    """What new rows (not empty) change, the newest under the counter. They stay admitted whatever happens here."""
    try:
        with session.begin_nested():
            chart = open_after_push(session, sync, new, now)
            dates = _touched(session, sync.patient_id, [row.fact for row in new], chart.today)
            _bring_up_to_date(session, chart, dates)
    except ACCIDENTS as error:
        log.error("upkeep after a push failed with %s", type(error).__name__)
        summary.mark_stale(session, sync.patient_id, now)


def after_publish(session: Session, patient: Patient, version: ProgramVersion, now: datetime) -> None:
    """What a new version changes: sums from its first day on, proposals, the caseload's line."""
    today = days.local_on(now, patient.zone)
    _bring_up_to_date(session, open_chart(session, patient, now), _span(version.effective_on, today))


def after_pull(session: Session, patient: Patient, now: datetime) -> None:
    """What a phone's first sight of a version changes: slots that nobody logged are judged by it."""
    chart = open_chart(session, patient, now)
    begun = min((version.effective_on for version in chart.versions), default=chart.today)
    rollups.recompute(session, chart, _span(max(begun, chart.today - RECENT), chart.today))
    summary.write(session, chart, flags.of_patient(session, patient.id), proposals.of_patient(session, patient.id))


def refresh(session: Session, patient: Patient, now: datetime) -> None:
    """Work out the patient's line for today, and the sums of the days since it was last worked out."""
    today = days.local_on(now, patient.zone)
    last = session.get(PatientSummary, patient.id)
    since = today if last is None else min(last.as_of, today)
    _bring_up_to_date(session, open_chart(session, patient, now), _span(since, today))


def refresh_or_postpone(session: Session, patient: Patient, now: datetime) -> None:
    """As `refresh`; after an accident the old line stays and is tried again later, so that one line blocks no list."""
    try:
        with session.begin_nested():
            refresh(session, patient, now)
    except ACCIDENTS as error:
        log.error("upkeep of a line failed with %s", type(error).__name__)
        summary.mark_stale(session, patient.id, now + TRY_AGAIN_AFTER)


def _bring_up_to_date(session: Session, chart: Chart, dates: Iterable[date]) -> None:
    """Sums of dates that the chart does not reach are taken from a longer one; all else looks at RECENT alone."""
    touched = set(dates)
    _recompute(session, chart, touched)
    raised = flags.review(session, chart)
    proposed = proposals.review(session, chart, raised)
    summary.write(session, chart, raised, proposed)


def _recompute(session: Session, chart: Chart, touched: set[date]) -> None:
    back = chart.today - min(touched, default=chart.today) + LATE
    reaching = chart if back <= RECENT else open_chart(session, chart.patient, chart.now, back=back)
    rollups.recompute(session, reaching, touched)


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _touched(session: Session, patient_id: str, new: Sequence[facts.Fact], today: date) -> set[date]:
    """Every date whose sums these facts may change: theirs, that of what they are about, and of what they correct."""
    dates: set[date] = set()
    targets: set[str] = set()
    for fact in new:
        dates |= _dates(fact, today)
        if isinstance(fact, Correction | Retraction):
            targets.add(fact.target_id)
    return dates | _dates_of_targets(session, patient_id, targets, today)


def _dates_of_targets(session: Session, patient_id: str, targets: set[str], today: date) -> set[date]:
    """Follows corrections of corrections to their root."""
    dates: set[date] = set()
    seen: set[str] = set()
    while targets - seen:
        query = select(Fact.kind, Fact.body).where(Fact.patient_id == patient_id, col(Fact.id).in_(targets - seen))
        seen |= targets
        for kind, body in session.exec(query).all():
            fact = fact_of(Kind(kind), body)
            dates |= _dates(fact, today)
            if isinstance(fact, Correction | Retraction):
                targets = targets | {fact.target_id}
    return dates


def _dates(fact: facts.Fact, today: date) -> set[date]:
    dates = {fact.on}
    if isinstance(fact, CheckIn):
        dates.add(fact.about_on)
    elif isinstance(fact, Pause):
        dates.update(_span(fact.from_on, min(fact.until_on, today)))
    elif isinstance(fact, SetLog | ItemSkip) and fact.planned is not None:
        planned_on = key_of(fact.planned).on
        dates |= {planned_on} if planned_on is not None else set()
    elif isinstance(fact, Correction):
        dates |= _dates(facts.read(fact.corrects, fact.body), today)
    return dates
