"""Staff sign-in: a counted try, a password, a device. The password is checked between two short transactions.

An unknown email, a wrong password and a person who left get the same answer after the same time.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, select

from hep.problems import check, check_text
from hep.wire import SignIn, Tokens
from server import audit, limits, sessions
from server.audit import Actor
from server.database import writing
from server.problems import Declined
from server.security import LONGEST_PASSWORD, Keys
from server.tables.people import Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Who may be signing in. `password_hash` None: nobody who could."""

    email: str
    staff_id: str | None
    password_hash: str | None


def begin(engine: Engine, keys: Keys, wanted: SignIn, now: datetime, stranger: Actor) -> Candidate:
    """Count the try and find the person. Raises `Declined` (`too_many_tries`), `Refused`."""
    check_text("email", wanted.email, 254)
    check(0 < len(wanted.password) <= LONGEST_PASSWORD, "invalid", "Write the password.")
    sessions.check_device(wanted.device_name, wanted.nonce)
    email = normal_email(wanted.email)
    with writing(engine) as session:
        wait = _count(session, keys, email, now, stranger)
        if wait is None:
            staff = session.exec(select(Staff).where(Staff.email == email, Staff.active)).one_or_none()
            return Candidate(
                email=email,
                staff_id=staff.id if staff else None,
                password_hash=staff.password_hash if staff else None,
            )
    raise Declined("too_many_tries", retry_after=wait)


def normal_email(email: str) -> str:
    """An email as it is stored and compared."""
    return email.strip().casefold()


def _count(session: Session, keys: Keys, email: str, now: datetime, stranger: Actor) -> int | None:
    address = limits.begin(session, limits.address_key(keys, stranger.address), limits.ADDRESS_TRIES, now)
    if address is not None:
        return address
    account = limits.begin(session, limits.account_key(keys, email), limits.ACCOUNT_TRIES, now)
    if account is not None:
        limits.take_back(session, limits.address_key(keys, stranger.address))
    return account


def refuse(engine: Engine, candidate: Candidate, now: datetime, stranger: Actor) -> Declined:
    """Write down a failed sign-in; returns what to answer."""
    with writing(engine) as session:
        staff = session.get(Staff, candidate.staff_id) if candidate.staff_id else None
        actor = audit.of_clinic(stranger, staff.clinic_id) if staff else stranger
        audit.record(
            session,
            actor,
            "sign_in",
            now,
            resource="staff",
            resource_id=staff.id if staff else "",
            outcome="sign_in_failed",
        )
    return Declined("sign_in_failed")


def accept(
    engine: Engine,
    keys: Keys,
    candidate: Candidate,
    wanted: SignIn,
    renewed_hash: str | None,
    now: datetime,
    stranger: Actor,
) -> Tokens | Declined:
    """Open a session for the person whose password fitted."""
    with writing(engine) as session:
        staff = session.get_one(Staff, candidate.staff_id)
        if renewed_hash is not None:
            staff.password_hash = renewed_hash
            session.add(staff)
        limits.forget(session, limits.account_key(keys, candidate.email))
        limits.take_back(session, limits.address_key(keys, stranger.address))
        device = sessions.new_device(session, staff.clinic_id, wanted.device_name, now, staff_id=staff.id)
        actor = audit.of_device(stranger, device)
        audit.record(session, actor, "sign_in", now, resource="device", resource_id=device.id)
        return sessions.issue(session, keys, device, now, ("sign-in", device.id, wanted.nonce), device.id)
