"""Brings up to date what is derived from a patient's facts: sums, flags, proposals, reminders, the caseload's line.

A push only notes, in its own transaction, which dates its facts touch. `settle` works out what follows: moments later
by the server itself, and in any case before a therapist reads. Everything here can be computed again from the facts;
an accident in it is logged, keeps no fact out, and is tried again later.
"""

import logging
from collections.abc import Iterable, Sequence, Set
from datetime import date, datetime, timedelta

import orjson
from sqlmodel import Session, col, select

from hep import days, facts
from hep.facts import Acknowledgement, CheckIn, Correction, ItemKey, ItemSkip, Kind, Pause, Retraction, SetLog
from hep.records import ProgramVersion
from server import changes, flags, proposals, rollups, stored, summary
from server.changes import Counter
from server.chart import RECENT, Chart, open_chart, open_newest, versions_of
from server.reminders import planning
from server.rows import fact_of
from server.tables.care import Fact, PatientSummary, PatientSync, ProgramVersionRow
from server.tables.people import Patient

log = logging.getLogger("stepwise.upkeep")

ACCIDENTS = (ArithmeticError, AttributeError, AssertionError, LookupError, TypeError, ValueError)
"""What a mistake in derived work may raise; trouble with the database is none of these and ends the request."""

LATE = timedelta(days=7)
"""How far before a date the facts about it may lie: a floating item's week."""

TRY_AGAIN_AFTER = timedelta(minutes=10)


def after_push(session: Session, sync: Counter, new: Sequence[facts.Fact], now: datetime) -> None:
    """Note what new facts touch, in the counter that the caller holds and keeps. Nothing is worked out here."""
    sync.touched = _text(_waiting(sync) | _touched(session, sync.patient_id, new, now))
    sync.settle_at = now


def after_publish(session: Session, patient: Patient, version: ProgramVersion, now: datetime) -> None:
    """What a new version changes: sums from its first day on, proposals, the caseload's line."""
    today = days.local_on(now, patient.zone)
    _bring_up_to_date(session, patient, now, _span(version.effective_on, today))


def after_pull(session: Session, patient: Patient, first_seen: Set[str], now: datetime) -> None:
    """What a phone's first sight of a version changes: slots that nobody logged are judged by it from today on.

    All days of the programs in `first_seen` are: until any phone pulled one, it counts as known since it was published.
    """
    chart = open_chart(session, patient, now)
    begun = [each.effective_on for each in versions_of(session, patient.id) if each.program_id in first_seen]
    _recompute(session, chart, set(_span(min([chart.today, *begun]), chart.today)))
    summary.write(session, chart, flags.of_patient(session, patient.id), proposals.of_patient(session, patient.id))


def waits(session: Session, patient_id: str, now: datetime) -> bool:
    """Whether something of the patient's is to be worked out before it is read."""
    sync = session.get(PatientSync, patient_id)
    return sync is not None and sync.settle_at is not None and sync.settle_at <= now


def refresh(session: Session, patient: Patient, now: datetime) -> None:
    """Work out what waits, the patient's line for today, and the sums of the days since it was last worked out."""
    _bring_up_to_date(session, patient, now, ())


def settle(session: Session, patient: Patient, now: datetime) -> None:
    """As `refresh`; after an accident all stays as it was and is tried again later, so that one line blocks no list."""
    sync = changes.hold(session, patient.id, patient.clinic_id)
    try:
        with session.begin_nested():
            refresh(session, patient, now)
    except ACCIDENTS as error:
        log.error("upkeep failed with %s", type(error).__name__)
        summary.mark_stale(session, patient.id, now + TRY_AGAIN_AFTER)
        if sync.settle_at is not None:
            sync.settle_at = now + TRY_AGAIN_AFTER
            changes.keep(session, sync)


def _bring_up_to_date(session: Session, patient: Patient, now: datetime, dates: Iterable[date]) -> None:
    """Sums of dates that the chart does not reach are taken from a longer one; all else looks at RECENT alone."""
    sync = changes.hold(session, patient.id, patient.clinic_id)
    chart = open_newest(session, patient, sync, now)
    _recompute(session, chart, {*dates, *_waiting(sync), *_moved(chart)})
    raised = flags.review(session, chart)
    proposed = proposals.review(session, chart, raised)
    planning.replan(session, chart, flags.locked(raised))
    summary.write(session, chart, raised, proposed)
    sync.settle_at = sync.touched = None
    changes.keep(session, sync)


def _moved(chart: Chart) -> set[date]:
    """The dates that corrected facts have now: a correction may have been here before what it corrects."""
    if not chart.corrected:
        return set()
    return {on for row in chart.history.rows if row.id in chart.corrected for on in _dates(row.fact)}


def _waiting(sync: Counter) -> set[date]:
    """The dates that pushes noted."""
    return set() if sync.touched is None else {date.fromisoformat(on) for on in stored.parse(sync.touched)}


def _text(dates: Iterable[date]) -> str:
    return orjson.dumps(sorted(dates)).decode()


def _recompute(session: Session, chart: Chart, touched: set[date]) -> None:
    """The sums of these dates, and of those since the patient's line was last worked out."""
    last = session.get(PatientSummary, chart.patient.id)
    since = chart.today if last is None else min(last.as_of, chart.today)
    dates = touched.union(_span(since, chart.today))
    back = chart.today - min(dates) + LATE
    reaching = chart if back <= RECENT else open_chart(session, chart.patient, chart.now, back=back)
    rollups.recompute(session, reaching, dates)


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _touched(session: Session, patient_id: str, new: Sequence[facts.Fact], now: datetime) -> set[date]:
    """Every date whose sums these facts may change: theirs, that of what they are about, and of what they correct."""
    named = [*new, *_targets(session, patient_id, new)]
    seen = [fact for fact in named if isinstance(fact, Acknowledgement)]
    return {on for fact in named for on in _dates(fact)} | _dates_known(session, patient_id, seen, now)


def _targets(session: Session, patient_id: str, new: Sequence[facts.Fact]) -> list[facts.Fact]:
    """What these facts correct or withdraw; follows corrections of corrections to their root."""
    found: list[facts.Fact] = []
    seen, targets = set[str](), _named_by(new)
    while targets - seen:
        query = select(Fact.kind, Fact.body).where(Fact.patient_id == patient_id, col(Fact.id).in_(targets - seen))
        seen |= targets
        found += [fact_of(Kind(kind), body) for kind, body in session.exec(query)]
        targets = targets | _named_by(found)
    return found


def _named_by(amending: Iterable[facts.Fact]) -> set[str]:
    return {fact.target_id for fact in amending if isinstance(fact, Correction | Retraction)}


def _dates_known(session: Session, patient_id: str, seen: Sequence[Acknowledgement], now: datetime) -> set[date]:
    """The dates that a version may come or cease to judge because the patient said, or withdrew, that they saw it."""
    dates: set[date] = set()
    for fact in seen:
        zone = session.get_one(Patient, patient_id).zone
        version = session.get_one(ProgramVersionRow, (fact.program_id, fact.version))
        known_on = days.local_on(fact.at, zone)
        dates.update(_span(max(version.effective_on, known_on), days.local_on(now, zone)))
    return dates


def _dates(fact: facts.Fact) -> set[date]:
    dates = {fact.on}
    if isinstance(fact, CheckIn):
        dates.add(fact.about_on)
    elif isinstance(fact, Pause):
        dates.update(_span(fact.from_on, fact.until_on))
    elif isinstance(fact, SetLog | ItemSkip) and fact.planned is not None:
        planned_on = ItemKey.parse(fact.planned).on
        dates |= {planned_on} if planned_on is not None else set()
    elif isinstance(fact, Correction):
        dates |= _dates(facts.read(fact.corrects, fact.body))
    return dates
