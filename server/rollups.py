"""Daily sums of one patient, recomputed from the facts whenever a date is touched, never counted up.

They hold raw sums and no verdict: thresholds may change, facts do not. What is unknown or not logged is `due` minus
the rest, judged by the reader's clock. A day is judged by the program that was in force on it, in use today or not.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import delete, insert
from sqlmodel import Session, col

from hep.adherence import SessionState, session_state
from hep.days import UNKNOWN_GRACE, window_end
from hep.facts import Provenance
from hep.history import History
from hep.schedule import due_items
from server.chart import Chart
from server.tables.care import DayRollup


def recompute(session: Session, chart: Chart, dates: Iterable[date]) -> None:
    """Write the sums of these local dates (those after today are left out) anew."""
    touched = sorted({on for on in dates if on <= chart.today})
    if not touched:
        return
    patient = chart.patient
    session.exec(delete(DayRollup).where(col(DayRollup.patient_id) == patient.id, col(DayRollup.local_on).in_(touched)))
    rows = [sums(chart.course, on) | {"patient_id": patient.id, "clinic_id": patient.clinic_id} for on in touched]
    session.connection().execute(insert(DayRollup), rows)


def sums(history: History, on: date) -> dict[str, object]:
    """The sums of one local date, by the columns of `DayRollup`. `history` knows every program the patient had."""
    sets = [entry.fact for entry in history.sets_by_date.get(on, ())]
    pains = [log.pain for log in sets if log.pain is not None]
    ends = [entry.fact for entry in history.ends_by_date.get(on, ())]
    after = [end.pain_after for end in ends if end.pain_after is not None]
    morning = [entry.fact.pain for entry in history.check_ins.get(on, ())]
    return {
        "local_on": on,
        **_sessions(history, on),
        "sets": len(sets),
        "sessions": len({end.session_id for end in ends}),
        "live_timed": len({end.session_id for end in ends if end.provenance is Provenance.LIVE_TIMED}),
        "pain_sum": sum(pains),
        "pain_n": len(pains),
        "pain_max": max(pains, default=None),
        "after_max": max(after, default=None),
        "morning": morning[-1] if morning else None,
    }


def _sessions(history: History, on: date) -> dict[str, int]:
    """Sessions due by the version in force, and what the logs say of each once the time for them is over."""
    over = window_end(on, history.zone) + UNKNOWN_GRACE + timedelta(seconds=1)
    slots = {item.slot for item in due_items(history, on)}
    states = [session_state(history, on, slot, over) for slot in slots]
    return {
        "due": len(states),
        "done": states.count(SessionState.DONE),
        "partial": states.count(SessionState.PARTIAL),
        "skipped": states.count(SessionState.SKIPPED),
    }
