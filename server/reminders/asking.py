""" "Send me one now": one message to each address of a patient, sent while they wait, and kept like any other.

Each is a row of the outbox that this request holds: should the process die, the tick sends it after the lease, under
the same id. What a channel wants later is tried again by the tick.
"""

import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from hep.reaching import Tried
from hep.reminding import Purpose, opens
from server import stored
from server.chart import open_chart
from server.database import writing
from server.reminders import addresses, outbox, planning
from server.reminders.addresses import Owner
from server.reminders.outbox import LEASE
from server.reminders.port import Address, Channel, Message, Outcome
from server.tables.people import Patient
from server.tables.reminding import Outbox, ReminderAddress

WORTH = timedelta(minutes=10)
"""Nobody waits longer for a trial."""

TIMEOUT_S = 10.0
AT_ONCE = 4


def ask(
    engine: Engine, channels: Mapping[str, Channel], owner: Owner, language: str, now: datetime
) -> tuple[Tried, ...]:
    """Send one to every address that is in use; what became of each."""
    with writing(engine) as session:
        usable = _usable(session, owner)
        posts = [_post(session, row, now) for row in usable]
    if not posts:
        return ()

    def hand_over(pair: tuple[Outbox, ReminderAddress]) -> Outcome:
        post, row = pair
        channel = channels.get(row.kind)
        if channel is None:
            return Outcome.refused("no_channel")
        to = Address(id=row.id, clinic_id=row.clinic_id, kind=row.kind, data=stored.parse(row.address))
        return channel.send(to, _message(post, language), TIMEOUT_S)

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="reminders-asked") as room:
        outcomes = list(room.map(hand_over, zip(posts, usable, strict=True)))
    with writing(engine) as session:
        for post, outcome in zip(posts, outcomes, strict=True):
            outbox.note(session, outbox.answered(post, outcome, now), now)
    return tuple(
        Tried(
            address_id=row.id,
            kind=row.kind,
            this_device=row.device_id == owner.device_id,
            result=outcome.result.value,
            code=outcome.code,
        )
        for row, outcome in zip(usable, outcomes, strict=True)
    )


def language_of(session: Session, patient_id: str, now: datetime) -> str:
    """The language the patient chose for what is shown outside of the app."""
    chart = open_chart(session, session.get_one(Patient, patient_id), now)
    return planning.reminding_of(chart.history).language


def _usable(session: Session, owner: Owner) -> list[ReminderAddress]:
    found = addresses.of_patient(session, owner.patient_id)
    return [row for row in found if row.state == addresses.OK and row.kind != addresses.CALENDAR]


def _post(session: Session, row: ReminderAddress, now: datetime) -> Outbox:
    post = Outbox(
        id=secrets.token_hex(16),
        clinic_id=row.clinic_id,
        patient_id=row.patient_id,
        address_id=row.id,
        kind=row.kind,
        purpose=Purpose.TEST.value,
        due_at=now,
        until_at=now + WORTH,
        not_before=now + LEASE,
        owner=secrets.token_hex(8),
    )
    session.add(post)
    return post


def _message(post: Outbox, language: str) -> Message:
    return Message(
        id=post.id,
        sentence=post.purpose,
        language=language,
        path=opens(Purpose(post.purpose)),
        ttl_s=int(WORTH.total_seconds()),
    )
