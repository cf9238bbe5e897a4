"""The session under way on this phone: opened, resumed after the app was closed, and what is left of it.

It is kept as a small note in the store beside the sets themselves, so that it survives the app being killed. It
pins the version of the program it was opened under: a program that changes meanwhile begins with the next session.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app.store import Store
from hep import codec
from hep.days import window_end
from hep.facts import Provenance, SetLog
from hep.history import History
from hep.problems import Refused
from hep.records import Dose, Prescription, Side
from hep.schedule import PlannedItem


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session begun and not ended. `live`: done now, not entered afterward. `short`: the version for a bad day."""

    id: str
    on: date
    slot: int
    program_id: str
    version: int
    started_at: datetime
    live: bool = True
    short: bool = False
    caregiver: str | None = None


@dataclass(frozen=True, slots=True)
class SetTarget:
    """One set still to do: the item, its number from 1, and the side it is for (None: both at once)."""

    item: PlannedItem
    set_index: int
    side: Side | None


async def remember(store: Store, session: OpenSession | None) -> None:
    """Keep the note about the open session, or with None take it away. Raises `NotSaved`."""
    await store.set_meta({"session": None if session is None else json.dumps(codec.dump(session))})


async def open_session(history: History, store: Store, now: datetime) -> OpenSession | None:
    """The session to resume, or None: none was begun, it was ended, or its date is over (03:00, exclusive)."""
    text = await store.meta("session")
    try:
        session = codec.load(OpenSession, json.loads(text)) if text else None
    except (Refused, ValueError):
        return None
    if session is None or session.id in history.ends_by_session:
        return None
    if session.live and now >= window_end(session.on, history.zone):
        return None
    return session


def sets_of(session: OpenSession, history: History) -> tuple[SetLog, ...]:
    """The sets logged in this session, corrections applied."""
    return tuple(row.fact for row in history.rows if isinstance(row.fact, SetLog) and row.fact.session_id == session.id)


def remaining(
    session: OpenSession, items: Iterable[PlannedItem], history: History, dose: Callable[[Prescription], Dose | None]
) -> tuple[SetTarget, ...]:
    """The sets still to do, in order; the first is where to resume. An item skipped or stopped by pain is over.

    `dose` gives the dose that holds today (a regress overlay included), None for an exercise that rests.
    """
    done = sets_of(session, history)
    logged = {(log.planned, log.set_index, log.side) for log in done}
    over = {log.planned for log in done if log.stopped} | {str(key) for key in history.skips_by_item}
    return tuple(
        target
        for item in items
        if str(item.key) not in over
        for target in _targets(item, dose(item.prescription))
        if (str(item.key), target.set_index, target.side) not in logged
    )


def _targets(item: PlannedItem, dose: Dose | None) -> Iterable[SetTarget]:
    if dose is None:
        return ()
    side = item.prescription.side
    sides = (Side.LEFT, Side.RIGHT) if side is Side.BOTH else (side,)
    return (SetTarget(item, n, each) for each in sides for n in range(1, dose.sets + 1))


def provenance(session: OpenSession, sets: Iterable[SetLog], today: date) -> Provenance:
    """How the session came to be recorded (decisions 2).

    Back-filled on a later local date than its own; live-timed when it was done in the app and every set of it
    carries its own start and end; else entered the same day.
    """
    if today > session.on:
        return Provenance.BACK_FILLED
    logs = tuple(sets)
    timed = all(log.started_at and log.ended_at and log.started_at <= log.ended_at for log in logs)
    return Provenance.LIVE_TIMED if session.live and logs and timed else Provenance.SAME_DAY
