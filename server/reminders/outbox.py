"""The outbox: who takes which message next, and what became of it.

Whoever takes a message leases it in its own name for `LEASE`; what it says of it later counts only under that lease,
so that one who comes too late undoes nothing. A message whose holder died is taken again after the lease, until it is
worth nothing.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, String, bindparam, func, update
from sqlalchemy import select as columns
from sqlmodel import Session, col

from server import audit
from server.reminders.planning import DROPPED, PLANNED
from server.reminders.port import Outcome, Result
from server.tables.columns import Instant
from server.tables.reminding import Outbox, Reminder, ReminderAddress

LEASE = timedelta(seconds=60)
"""For how long a message is its holder's alone; longer than a channel may take."""

MOST_TRIES = 5
BACK_OFF = timedelta(seconds=30)
"""Before the second try, twice as long before each further one, give or take a quarter. Source: ours."""

LONGEST_BACK_OFF = timedelta(minutes=15)

_LONGEST_WORTH = timedelta(days=2)
"""No reminder is worth sending so long after it was due."""

WAITING, SENT, OPENED, DEAD = "waiting", "sent", "opened", "dead"

_NOW = bindparam("now", type_=Instant())
_READY = (col(Outbox.state) == WAITING, col(Outbox.not_before) <= _NOW)
_KINDS = columns(col(Outbox.kind), func.count()).where(*_READY).group_by(col(Outbox.kind))
_NEXT = (
    columns(col(Outbox.id))
    .where(*_READY, col(Outbox.kind) == bindparam("of_kind", type_=String))
    .order_by(col(Outbox.not_before))
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
    .cte("taken")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
"""Found once, and not for each row: a limit with locks holds no longer when it is asked again."""

_LEASE = (
    update(Outbox)
    .where(col(Outbox.id).in_(columns(_NEXT.c.id)))
    .values(owner=bindparam("by", type_=String), not_before=bindparam("lease", type_=Instant()))
    .returning(
        col(Outbox.id),
        col(Outbox.clinic_id),
        col(Outbox.patient_id),
        col(Outbox.reminder_id),
        col(Outbox.address_id),
        col(Outbox.kind),
        col(Outbox.purpose),
        col(Outbox.due_at),
        col(Outbox.until_at),
        col(Outbox.owner),
        col(Outbox.tries),
    )
    .execution_options(synchronize_session=False)
)
_NOTE = (
    update(Outbox)
    .where(
        col(Outbox.id) == bindparam("of", type_=String),
        col(Outbox.owner) == bindparam("by", type_=String),
        col(Outbox.state) == WAITING,
    )
    .values(
        state=bindparam("is", type_=String),
        code=bindparam("why", type_=String),
        tries=bindparam("tried", type_=Integer),
        not_before=func.coalesce(bindparam("again", type_=Instant()), col(Outbox.not_before)),
        owner=bindparam("next_owner", type_=String),
        sent_at=bindparam("at", type_=Instant()),
    )
    .execution_options(synchronize_session=False)
)
_ADDRESS = bindparam("of", type_=String)
_REACHED = (
    update(ReminderAddress)
    .where(col(ReminderAddress.id) == _ADDRESS)
    .values(last_ok_at=bindparam("at", type_=Instant()), last_failure_at=None, last_failure_code=None)
)
_MISSED = (
    update(ReminderAddress)
    .where(col(ReminderAddress.id) == _ADDRESS)
    .values(last_failure_at=bindparam("at", type_=Instant()), last_failure_code=bindparam("why", type_=String))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What became of a message that somebody holds, and how the channel answered if it was asked.

    `again`: from when on it may be taken, for one that waits on; `tries` so far.
    """

    post: Any
    state: str
    code: str | None = None
    tries: int = 0
    again: datetime | None = None
    sent_at: datetime | None = None
    outcome: Outcome | None = None


def ready(session: Session, now: datetime) -> dict[str, int]:
    """Kind of channel → messages that wait for nobody but a sender."""
    return {kind: count for kind, count in session.connection().execute(_KINDS, {"now": now})}


def lease(session: Session, kind: str, owner: str, now: datetime, most: int) -> list[Any]:
    """The next messages of that kind, at most so many, leased. `owner` is a name that nobody had before."""
    given = {"now": now, "of_kind": kind, "by": owner, "lease": now + LEASE, "most": most}
    return sorted(session.connection().execute(_LEASE, given), key=lambda post: post.due_at)


def dropped(post: Any, code: str) -> Finished:
    """It is not wanted any more."""
    return Finished(post=post, state=DROPPED, code=code, tries=post.tries)


def held(post: Any, until: datetime) -> Finished:
    """It waits until then; given back before it was tried, it waits until now."""
    return Finished(post=post, state=WAITING, again=until, tries=post.tries)


def answered(post: Any, outcome: Outcome, now: datetime) -> Finished:
    """As the channel said."""
    tries = post.tries + 1
    if outcome.result is Result.SENT:
        return Finished(post=post, state=SENT, tries=tries, sent_at=now, outcome=outcome)
    again = now + _pause(tries, outcome)
    if outcome.result is not Result.LATER or tries >= MOST_TRIES or again >= post.until_at:
        return Finished(post=post, state=DEAD, code=outcome.code, tries=tries, outcome=outcome)
    return Finished(post=post, state=WAITING, code=outcome.code, tries=tries, again=again, outcome=outcome)


def _pause(tries: int, outcome: Outcome) -> timedelta:
    backed_off: timedelta = min(BACK_OFF * 2 ** (tries - 1), LONGEST_BACK_OFF) * random.uniform(0.75, 1.25)  # noqa: S311 no secret
    asked = timedelta(seconds=min(max(outcome.after_s, 0.0), 86_400.0))
    return max(backed_off, asked)


def note(session: Session, finished: Finished, now: datetime) -> bool:
    """Write what became of a message, and of its address. False when somebody else holds it by now."""
    post, connection = finished.post, session.connection()
    values = {
        "of": post.id,
        "by": post.owner,
        "is": finished.state,
        "why": finished.code,
        "tried": finished.tries,
        "again": finished.again,
        "next_owner": None if finished.state == WAITING else post.owner,
        "at": finished.sent_at,
    }
    if not connection.execute(_NOTE, values).rowcount:
        return False
    if finished.outcome is not None:
        _note_address(session, post, finished.outcome, now)
    return True


def _note_address(session: Session, post: Any, outcome: Outcome, now: datetime) -> None:
    connection = session.connection()
    if outcome.result is Result.SENT:
        connection.execute(_REACHED, {"of": post.address_id, "at": now})
        return
    connection.execute(_MISSED, {"of": post.address_id, "at": now, "why": outcome.code})
    if outcome.result is Result.GONE:
        connection.execute(
            update(ReminderAddress).where(col(ReminderAddress.id) == post.address_id).values(state="gone")
        )
        _give_up_rest(session, post, now)


def _give_up_rest(session: Session, post: Any, now: datetime) -> None:
    """Nothing else goes to an address that is gone."""
    rest = (col(Outbox.address_id) == post.address_id, col(Outbox.state) == WAITING, col(Outbox.id) != post.id)
    session.connection().execute(update(Outbox).where(*rest).values(state=DROPPED, code="address_gone"))
    audit.record(
        session,
        audit.Actor(clinic_id=post.clinic_id, role="system"),
        "reminder_address.gone",
        now,
        resource="reminder_address",
        resource_id=post.address_id,
        patient_id=post.patient_id,
    )


def after_clock_went_back(session: Session, now: datetime) -> None:
    """Undo what a clock that was ahead did: nothing waits for an hour that is far, nothing is late that is not."""
    connection = session.connection()
    far = (col(Outbox.state) == WAITING, col(Outbox.not_before) > now + LONGEST_BACK_OFF)
    connection.execute(update(Outbox).where(*far).values(not_before=now, owner=None))
    wrongly = (
        col(Reminder.state) == DROPPED,
        col(Reminder.code) == "late",
        col(Reminder.due_at) > now - _LONGEST_WORTH,
        col(Reminder.until_at) > now,
    )
    connection.execute(update(Reminder).where(*wrongly).values(state=PLANNED, code=None))
