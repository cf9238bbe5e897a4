"""Lets the change log forget history that no phone is given any more, once it is thirteen months old.

No fact goes: the floor rises above those that a first pull leaves out for their age. A phone that was away since
before gets `resync` for its old cursor, sends what it holds and fetches anew. A newer line of one of the clinic's own
records replaces the older one at once (`changes.announce`). Reminders that are long over go the same night.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Engine, func, true
from sqlmodel import Session, col, select

from hep import days
from server import changes
from server.chart import LASTING
from server.database import reading, writing
from server.feed import HISTORY
from server.reminders.forgetting import forget
from server.tables.care import Fact, PatientSync
from server.tables.people import Patient

log = logging.getLogger("stepwise.compaction")

KEEP = timedelta(days=396)
"""How long a phone may be away and still be told only what is new."""

QUIET = CronTrigger(hour=9, minute=5, timezone=UTC)
"""The small hours in America."""

MISSED_S = 3600
"""Seconds by which a night's run may be late (a sleeping machine) and still happen."""


def add_to(timer: BackgroundScheduler, engine: Engine, clock: Callable[[], datetime]) -> None:
    """Have the server do this every night."""
    timer.add_job(
        _try_to_compact,
        QUIET,
        args=(engine, clock),
        id="compaction",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=MISSED_S,
    )


def _try_to_compact(engine: Engine, clock: Callable[[], datetime]) -> None:
    """Never raises: an accident is logged by its type, and what is old waits for the next night."""
    try:
        compact(engine, clock())
        forget(engine, clock())
    except Exception as error:
        log.error("compacting failed with %s", type(error).__name__)


def compact(engine: Engine, now: datetime) -> int:
    """Forget what is old of every patient, each in a transaction of its own. Returns how many lines that were."""
    with reading(engine) as session:
        patients = session.exec(select(Patient).order_by(col(Patient.id))).all()
        floors = dict(session.exec(select(PatientSync.patient_id, PatientSync.floor)).all())
        due = [each.id for each in patients if _old(session, each, floors.get(each.id, 0), now)[0]]
    return sum(_forget(engine, patient_id, now) for patient_id in due)


def _forget(engine: Engine, patient_id: str, now: datetime) -> int:
    with writing(engine) as session:
        patient = session.get_one(Patient, patient_id)
        sync = changes.hold(session, patient_id, patient.clinic_id)
        lines, highest = _old(session, patient, sync.floor, now)
        sync.floor = max(sync.floor, highest)
        changes.keep(session, sync)
        return lines


def _old(session: Session, patient: Patient, floor: int, now: datetime) -> tuple[int, int]:
    """How many facts above the floor are too old for a first pull, and the highest number of them.

    Only up to the first that came within `KEEP`.
    """
    of_patient = col(Fact.patient_id) == patient.id
    first_kept = session.exec(select(func.min(Fact.seq)).where(of_patient, col(Fact.received_at) >= now - KEEP)).one()
    old = select(func.count(), func.coalesce(func.max(Fact.seq), 0)).where(
        of_patient,
        col(Fact.seq) > floor,
        col(Fact.local_on) < days.local_on(now, patient.zone) - HISTORY,
        col(Fact.kind).not_in([kind.value for kind in LASTING]),
        col(Fact.seq) < first_kept if first_kept is not None else true(),
    )
    return session.exec(old).one()
