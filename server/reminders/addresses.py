"""Where a patient wants to be reached: each phone's subscription and topic, an email address once it is confirmed.

A device has at most one address of each kind, a patient one email address. What is stored is checked when it comes in
and again before every message. Codes of confirmation are kept as keyed digests, with their end and the tries so far.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbelow

from sqlmodel import Session, col, select

from hep.ids import new_id
from hep.reaching import NtfyTopic
from server import audit
from server.audit import Actor
from server.problems import Declined
from server.reminders import planning
from server.reminders.channels import mail, ntfy, webpush
from server.security import Keys
from server.tables.people import Patient
from server.tables.reminding import ReminderAddress

UNCONFIRMED, OK, BLOCKED, GONE = "unconfirmed", "ok", "blocked", "gone"
CALENDAR = "calendar"

CODE_LASTS = timedelta(minutes=30)
CODE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose address, and on which device."""

    clinic_id: str
    patient_id: str
    device_id: str
    actor: Actor


def of_patient(session: Session, patient_id: str) -> Sequence[ReminderAddress]:
    """The patient's addresses, oldest first."""
    query = select(ReminderAddress).where(ReminderAddress.patient_id == patient_id)
    return session.exec(query.order_by(col(ReminderAddress.created_at), col(ReminderAddress.id))).all()


def subscribe(session: Session, keys: Keys, owner: Owner, subscription: Mapping[str, str], now: datetime) -> None:
    """Reach this device by Web Push. The same browser is taken away from whoever had it before."""
    _hold(session, owner)
    digest = keys.lookup("endpoint", subscription["endpoint"])
    row = _of_device(session, owner, webpush.KIND)
    text = json.dumps(dict(subscription), sort_keys=True)
    if row is not None and (row.address, row.state) == (text, OK):
        return
    _hand_over(session, digest, row, now)
    row = row or _new(owner, webpush.KIND, now)
    row.address, row.digest, row.state = text, digest, OK
    row.last_failure_at = row.last_failure_code = None
    _keep(session, owner, row, "reminder_address.add", now)


def _hand_over(session: Session, digest: str, own: ReminderAddress | None, now: datetime) -> None:
    """End this browser for anybody else who used it: they are signed out there, or it was given away."""
    for row in session.exec(select(ReminderAddress).where(ReminderAddress.digest == digest)).all():
        if own is None or row.id != own.id:
            _end(session, row)
            by = Actor(clinic_id=row.clinic_id, role="system")
            _record(session, by, "reminder_address.gone", row, now)


def note_permission(session: Session, owner: Owner, said: str, now: datetime) -> None:
    """Keep what this device says of notifications: blocked is shown to patient and therapist."""
    _hold(session, owner)
    row = _of_device(session, owner, webpush.KIND)
    if said in ("denied", "unsupported"):
        _block(session, owner, row, f"permission_{said}", now)
    elif row is not None and (row.state == BLOCKED or said == "default"):
        _end(session, row)
        _record(session, owner.actor, "reminder_address.remove", row, now)
        planning.wake(session, owner.patient_id, now)


def _block(session: Session, owner: Owner, row: ReminderAddress | None, code: str, now: datetime) -> None:
    if row is not None and (row.state, row.last_failure_code) == (BLOCKED, code):
        return
    row = row or _new(owner, webpush.KIND, now)
    row.address, row.digest, row.state = "{}", None, BLOCKED
    row.last_failure_at, row.last_failure_code = now, code
    _keep(session, owner, row, "reminder_address.block", now)


def ask_email(session: Session, keys: Keys, owner: Owner, email: str, now: datetime) -> tuple[str, str]:
    """Note an address that is to be confirmed; one that waited before is forgotten. Returns its id and the code."""
    _hold(session, owner)
    for row in _emails(session, owner.patient_id):
        if row.state == UNCONFIRMED:
            _end(session, row)
    code = f"{randbelow(1_000_000):06d}"
    row = _new(owner, mail.KIND, now)
    row.device_id, row.address, row.state = None, json.dumps({"email": email}), UNCONFIRMED
    row.confirm_digest, row.confirm_until = _code_digest(keys, row.id, code), now + CODE_LASTS
    session.add(row)
    _record(session, owner.actor, "reminder_address.ask", row, now)
    return row.id, code


def forget(session: Session, address_id: str) -> None:
    """Let an address go whose code could not be sent."""
    row = session.get(ReminderAddress, address_id)
    if row is not None and row.state == UNCONFIRMED:
        _end(session, row)


def confirm_email(session: Session, keys: Keys, owner: Owner, code: str, now: datetime) -> bool:
    """Take the address whose code this is, in place of the one before. False, and a try less, for any other code."""
    _hold(session, owner)
    emails = _emails(session, owner.patient_id)
    row = next((each for each in emails if each.state == UNCONFIRMED), None)
    if row is None or row.confirm_until is None or row.confirm_until <= now or row.confirm_tries >= CODE_TRIES:
        return False
    row.confirm_tries += 1
    session.add(row)
    if not hmac.compare_digest(row.confirm_digest or "", _code_digest(keys, row.id, code)):
        return False
    for other in emails:
        if other.id != row.id:
            _end(session, other)
    row.state, row.confirm_digest, row.confirm_until = OK, None, None
    _keep(session, owner, row, "reminder_address.add", now)
    return True


def _code_digest(keys: Keys, address_id: str, code: str) -> str:
    return keys.lookup("email-code", address_id, code)


def _emails(session: Session, patient_id: str) -> list[ReminderAddress]:
    return [row for row in of_patient(session, patient_id) if row.kind == mail.KIND]


def add_topic(session: Session, owner: Owner, server: str, now: datetime) -> NtfyTopic:
    """Reach this device by a new topic of that ntfy server; its topic before is forgotten."""
    _hold(session, owner)
    before = _of_device(session, owner, ntfy.KIND)
    if before is not None:
        _end(session, before)
    row, topic = _new(owner, ntfy.KIND, now), ntfy.new_topic()
    row.address, row.state = json.dumps({"server": server, "topic": topic}), OK
    _keep(session, owner, row, "reminder_address.add", now)
    return NtfyTopic(id=row.id, server=server, topic=topic, address=f"{server}/{topic}")


def remove(session: Session, owner: Owner, address_id: str, now: datetime) -> None:
    """Forget one of the patient's addresses. Raises `Declined` (`not_found`) for anyone else's."""
    _hold(session, owner)
    row = session.get(ReminderAddress, address_id)
    if row is None or row.patient_id != owner.patient_id:
        raise Declined("not_found")
    _end(session, row)
    _record(session, owner.actor, "reminder_address.remove", row, now)
    planning.wake(session, owner.patient_id, now)


def begin_feed(session: Session, keys: Keys, owner: Owner, now: datetime) -> str:
    """A new secret for the patient's calendar; the one before opens nothing more. Returns it."""
    _hold(session, owner)
    _end_feeds(session, owner)
    row = _new(owner, CALENDAR, now)
    row.address, row.state = "{}", OK
    row.digest = keys.lookup("feed", feed_secret(keys, row.id))
    session.add(row)
    _record(session, owner.actor, "calendar.begin", row, now)
    return feed_secret(keys, row.id)


def end_feed(session: Session, owner: Owner, now: datetime) -> None:
    """End the patient's calendar, if there is one."""
    _hold(session, owner)
    for row in _end_feeds(session, owner):
        _record(session, owner.actor, "calendar.end", row, now)


def _end_feeds(session: Session, owner: Owner) -> list[ReminderAddress]:
    ended = [row for row in of_patient(session, owner.patient_id) if row.kind == CALENDAR]
    for row in ended:
        _end(session, row)
    return ended


def feed_secret(keys: Keys, address_id: str) -> str:
    """The secret of a feed: 43 characters that only this server can make of its id."""
    return keys.derive("feed", address_id)


def of_feed(session: Session, keys: Keys, secret: str) -> ReminderAddress | None:
    """The calendar that a secret opens."""
    query = select(ReminderAddress).where(ReminderAddress.digest == keys.lookup("feed", secret))
    return session.exec(query.where(ReminderAddress.kind == CALENDAR)).one_or_none()


def _hold(session: Session, owner: Owner) -> None:
    """One change of a patient's addresses at a time."""
    session.exec(select(Patient.id).where(Patient.id == owner.patient_id).with_for_update()).one()


def _of_device(session: Session, owner: Owner, kind: str) -> ReminderAddress | None:
    query = select(ReminderAddress).where(ReminderAddress.device_id == owner.device_id, ReminderAddress.kind == kind)
    return session.exec(query.where(ReminderAddress.patient_id == owner.patient_id)).first()


def _new(owner: Owner, kind: str, now: datetime) -> ReminderAddress:
    return ReminderAddress(
        id=new_id(now),
        clinic_id=owner.clinic_id,
        patient_id=owner.patient_id,
        device_id=owner.device_id,
        kind=kind,
        address="{}",
        created_at=now,
    )


def _keep(session: Session, owner: Owner, row: ReminderAddress, action: str, now: datetime) -> None:
    session.add(row)
    _record(session, owner.actor, action, row, now)
    planning.wake(session, owner.patient_id, now)


def _end(session: Session, row: ReminderAddress) -> None:
    session.delete(row)
    session.flush()


def _record(session: Session, actor: Actor, action: str, row: ReminderAddress, now: datetime) -> None:
    audit.record(
        session, actor, action, now, resource="reminder_address", resource_id=row.id, patient_id=row.patient_id
    )
