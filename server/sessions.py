"""Devices and the bearer tokens they carry: issue, identify, refresh, revoke.

Patients: access 15 minutes, refresh 90 days from its last use. Staff: 15 minutes without a request or 12 hours after
signing in, whichever comes first. A refresh token is spent once; the same nonce repeats the same answer, another one
is taken for theft and ends the whole family. A revoked patient's device is refused everything at once; for 72 hours
its refresh token still buys one that may only push into quarantine.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, bindparam, delete, update
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from hep.access import Role
from hep.ids import new_id
from hep.problems import check, check_text
from hep.wire import Tokens
from server import audit
from server.audit import Actor
from server.problems import Declined
from server.security import Keys, digest
from server.tables.people import Clinic, Device, Patient, Staff, Token

ACCESS = timedelta(minutes=15)
REFRESH = timedelta(days=90)
STAFF_IDLE = timedelta(minutes=15)
STAFF_LONGEST = timedelta(hours=12)
QUARANTINE = timedelta(hours=72)
"""How long a revoked device may still hand in what it holds (decisions 10)."""

SEEN_EVERY = timedelta(minutes=1)
"""How often `last_seen_at` is written: staff are signed out after 14 to 15 idle minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose device it is."""

    role: Role
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an access token stands for. `stale`: it is time to note that the device was seen."""

    person: Person
    clinic_id: str
    device_id: str
    scope: str
    stale: bool


_KNOWN: Select[*tuple[Any, ...]] = (
    columns(
        col(Token.kind),
        col(Token.scope),
        col(Token.expires_at),
        col(Token.revoked_at),
        col(Device.id).label("device_id"),
        col(Device.clinic_id),
        col(Device.patient_id),
        col(Device.staff_id),
        col(Device.created_at),
        col(Device.last_seen_at),
        col(Device.revoked_at).label("cut_off_at"),
        col(Patient.name).label("patient_name"),
        col(Staff.name).label("staff_name"),
        col(Staff.role),
        col(Staff.active),
    )
    .join(Device, col(Device.id) == col(Token.device_id))
    .join(Patient, col(Patient.id) == col(Device.patient_id), isouter=True)
    .join(Staff, col(Staff.id) == col(Device.staff_id), isouter=True)
    .where(col(Token.digest) == bindparam("digest", type_=String))
)


def identify(session: Session, access_token: str, now: datetime) -> Known:
    """Who carries this access token. Raises `sign_in_required` or `device_revoked`."""
    found = session.connection().execute(_KNOWN, {"digest": digest(access_token)}).one_or_none()
    if found is None or found.kind != "access" or found.revoked_at is not None or found.expires_at <= now:
        raise Declined("sign_in_required")
    if found.cut_off_at is not None and (found.scope != "quarantine" or now >= found.cut_off_at + QUARANTINE):
        raise Declined("device_revoked" if found.patient_id else "sign_in_required")
    if found.patient_id is not None:
        person = Person(role=Role.PATIENT, id=found.patient_id, name=found.patient_name)
    elif found.active and not _idle(found.last_seen_at, found.created_at, now):
        person = Person(role=Role(found.role), id=found.staff_id, name=found.staff_name)
    else:
        raise Declined("sign_in_required")
    return Known(
        person=person,
        clinic_id=found.clinic_id,
        device_id=found.device_id,
        scope=found.scope,
        stale=now - found.last_seen_at >= SEEN_EVERY,
    )


def note_seen(session: Session, device_id: str, now: datetime) -> None:
    """Write that the device was heard of."""
    session.connection().execute(update(Device).where(col(Device.id) == device_id).values(last_seen_at=now))


def _owner(session: Session, device: Device) -> Person | None:
    if device.patient_id is not None:
        patient = session.get_one(Patient, device.patient_id)
        return Person(role=Role.PATIENT, id=patient.id, name=patient.name)
    staff = session.get_one(Staff, device.staff_id)
    return Person(role=Role(staff.role), id=staff.id, name=staff.name) if staff.active else None


def _timed_out(device: Device, now: datetime) -> bool:
    return device.staff_id is not None and _idle(device.last_seen_at, device.created_at, now)


def _idle(last_seen_at: datetime, created_at: datetime, now: datetime) -> bool:
    return now - last_seen_at >= STAFF_IDLE or now - created_at >= STAFF_LONGEST


def new_device(
    session: Session,
    clinic_id: str,
    name: str,
    now: datetime,
    *,
    patient_id: str | None = None,
    staff_id: str | None = None,
) -> Device:
    """A device of exactly one person, without tokens yet."""
    device = Device(
        id=new_id(now),
        clinic_id=clinic_id,
        patient_id=patient_id,
        staff_id=staff_id,
        name=name,
        created_at=now,
        last_seen_at=now,
    )
    session.add(device)
    session.flush()
    return device


def check_device(name: str, nonce: str) -> None:
    """Refuse a device name or a nonce that cannot be used."""
    check_text("device name", name, 80)
    _check_nonce(nonce)


def _check_nonce(nonce: str) -> None:
    check(16 <= len(nonce) <= 200 and nonce.isascii(), "nonce_invalid", "Update the app and try again.")


def issue(
    session: Session, keys: Keys, device: Device, now: datetime, seed: tuple[str, ...], family: str
) -> Tokens | Declined:
    """Hand out the pair of tokens that `seed` stands for; the same seed gives the same pair again.

    A phone may repeat a request whose reply was lost hours later: while the pair's refresh token is unspent, its
    access token is made valid anew. After that a repetition is refused with `sign_in_required`.
    """
    access, refresh = keys.derive("access", *seed), keys.derive("refresh", *seed)
    known = session.get(Token, digest(refresh))
    unspent = known is None or (known.used_nonce is None and known.revoked_at is None)
    if known is None:
        session.add(_token(device, family, "refresh", refresh, now, REFRESH))
    if unspent and session.get(Token, digest(access)) is None:
        session.add(_token(device, family, "access", access, now, ACCESS))
    session.flush()
    stored, person = session.get(Token, digest(access)), _owner(session, device)
    if stored is None or person is None:
        return Declined("sign_in_required")
    return Tokens(
        access_token=access,
        refresh_token=refresh,
        access_expires_at=stored.expires_at,
        role=person.role.value,
        device_id=device.id,
        person_id=person.id,
        person_name=person.name,
        clinic_name=session.get_one(Clinic, device.clinic_id).name,
        scope=stored.scope,
    )


def _token(device: Device, family: str, kind: str, token: str, now: datetime, lasts: timedelta) -> Token:
    ends = _latest_end(device)
    return Token(
        digest=digest(token),
        clinic_id=device.clinic_id,
        device_id=device.id,
        family=family,
        kind=kind,
        scope="full" if device.revoked_at is None else "quarantine",
        issued_at=now,
        expires_at=now + lasts if ends is None else min(now + lasts, ends),
    )


def _latest_end(device: Device) -> datetime | None:
    if device.revoked_at is not None:
        return device.revoked_at + QUARANTINE
    return device.created_at + STAFF_LONGEST if device.staff_id else None


def exchange(
    session: Session, keys: Keys, refresh_token: str, nonce: str, now: datetime, stranger: Actor
) -> Tokens | Declined:
    """Spend a refresh token. A refusal is returned, not raised, so that what it revokes is committed."""
    check(len(refresh_token) <= 200, "invalid", "Sign in again.")
    _check_nonce(nonce)
    spent = digest(refresh_token)
    token = session.exec(select(Token).where(Token.digest == spent).with_for_update()).one_or_none()
    if token is None or token.kind != "refresh" or token.revoked_at is not None:
        return Declined("sign_in_required")
    device = session.get_one(Device, token.device_id)
    refusal = _refusal(session, device, now)
    if refusal is not None or token.expires_at <= now:
        return Declined(refusal or "sign_in_required")
    if token.used_nonce not in (None, digest(nonce)):
        _end_family(session, device, token, now, stranger)
        return Declined("token_reused")
    token.used_nonce = digest(nonce)
    device.last_seen_at = now
    session.add_all((token, device))
    _forget_expired(session, device, now)
    return issue(session, keys, device, now, (refresh_token, nonce), token.family)


def _refusal(session: Session, device: Device, now: datetime) -> str | None:
    if device.revoked_at is not None and (device.staff_id or now >= device.revoked_at + QUARANTINE):
        return "device_revoked" if device.patient_id else "sign_in_required"
    if _timed_out(device, now) or _owner(session, device) is None:
        return "sign_in_required"
    return None


def _end_family(session: Session, device: Device, token: Token, now: datetime, stranger: Actor) -> None:
    family = update(Token).where(col(Token.family) == token.family, col(Token.revoked_at).is_(None))
    session.connection().execute(family.values(revoked_at=now))
    actor = audit.of_device(stranger, device)
    audit.record(session, actor, "token.reuse", now, resource="device", resource_id=device.id, outcome="token_reused")


def _forget_expired(session: Session, device: Device, now: datetime) -> None:
    old = delete(Token).where(col(Token.device_id) == device.id, col(Token.expires_at) <= now)
    session.connection().execute(old)


def sign_out(session: Session, device_id: str, by: str, now: datetime) -> None:
    """End a device for good, at its own wish: no token of it is worth anything, not even for quarantine."""
    tokens = update(Token).where(col(Token.device_id) == device_id, col(Token.revoked_at).is_(None))
    session.connection().execute(tokens.values(revoked_at=now))
    revoke(session, session.get_one(Device, device_id), by, now)


def revoke(session: Session, device: Device, by: str, now: datetime) -> None:
    """Cut a device off. Doing it twice keeps the first instant."""
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by = now, by
        session.add(device)
        session.flush()
