"""Invitations: how a patient's phone gets in. One use, 72 hours, five tries with the code, revocable.

The link carries a secret of 160 bits; the typed code has 50 bits and also asks for the birth date. Both are stored as
digests only: the code's is keyed, so that a copy of the database alone does not let anyone try codes. A phone that
lost the reply repeats its request with the same nonce and gets the same device and the same tokens.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import choice, token_urlsafe

from sqlmodel import Session, col, select

from hep import codec
from hep.ids import new_id
from hep.problems import Refused, check, check_text
from hep.views import InvitationView
from hep.wire import Redeem, Tokens
from server import audit, limits, sessions
from server.audit import Actor
from server.problems import Declined
from server.security import Keys, digest
from server.tables.people import Device, Invitation, Patient

LIFETIME = timedelta(hours=72)
MOST_TRIES = 5
"""Wrong birth dates with a right code (inclusive) after which the invitation is of no use."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011", "- ")
_SECRET_BYTES = 20
_CODE_LENGTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new invitation; `secret`, `code` and `link` are shown this once."""

    id: str
    secret: str
    code: str
    expires_at: datetime
    link: str


def make(session: Session, keys: Keys, patient: Patient, by: Actor, now: datetime, origin: str) -> Made:
    """Invite a patient. Earlier invitations stay as they are."""
    secret = token_urlsafe(_SECRET_BYTES)
    code = "".join(choice(_CROCKFORD) for _ in range(_CODE_LENGTH))
    made = Invitation(
        id=new_id(now),
        clinic_id=patient.clinic_id,
        patient_id=patient.id,
        created_by=by.person_id,
        secret_digest=digest(secret),
        code_digest=_code_digest(keys, code),
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(made)
    _record(session, by, "invitation.make", now, made)
    shown = f"{code[:5]}-{code[5:]}"
    return Made(id=made.id, secret=secret, code=shown, expires_at=made.expires_at, link=f"{origin}/#i={secret}")


def listed(session: Session, patient: Patient, now: datetime) -> tuple[InvitationView, ...]:
    """The patient's invitations, newest first, without their secrets."""
    query = select(Invitation).where(Invitation.patient_id == patient.id).order_by(col(Invitation.created_at).desc())
    return tuple(
        InvitationView(id=row.id, created_at=row.created_at, expires_at=row.expires_at, state=_state(row, now))
        for row in session.exec(query)
    )


def revoke(session: Session, patient: Patient, invitation_id: str, by: Actor, now: datetime) -> None:
    """Withdraw an invitation; one that was used stays used. Raises `Declined` (`not_found`)."""
    found = session.get(Invitation, invitation_id, with_for_update=True)
    if found is None or found.patient_id != patient.id:
        raise Declined("not_found")
    if found.redeemed_at is None and found.revoked_at is None:
        found.revoked_at = now
        session.add(found)
        _record(session, by, "invitation.revoke", now, found)


def redeem(session: Session, keys: Keys, wanted: Redeem, now: datetime, stranger: Actor) -> Tokens | Declined:
    """Turn an invitation into a device. A refusal is returned, so that the try it cost is committed.

    Raises `Refused` for a request that is no try at all.
    """
    _check(wanted)
    address = limits.address_key(keys, stranger.address)
    wait = limits.begin(session, address, limits.ADDRESS_TRIES, now)
    if wait is not None:
        return Declined("too_many_tries", retry_after=wait)
    found = _find(session, keys, wanted)
    if found is None or not _fits(session, found, wanted, now):
        _record_refusal(session, stranger, now, found)
        return Declined("invitation_invalid")
    limits.take_back(session, address)
    return _device_tokens(session, keys, found, wanted, now, stranger)


def _check(wanted: Redeem) -> None:
    by_code = wanted.code is not None and wanted.birth_date is not None
    check((wanted.secret is None) == by_code, "invalid", "Give the invitation's link, or its code and the birth date.")
    sessions.check_device(wanted.device_name, wanted.nonce)
    for value in (wanted.secret, wanted.code):
        if value is not None:
            check_text("invitation", value, 200)
    if wanted.birth_date is not None:
        _read_date(wanted.birth_date)


def _read_date(text: str) -> date:
    try:
        return codec.read_date(text)
    except Refused:
        raise Refused("birth_date_invalid", "Write the birth date as year, month and day.") from None


def _find(session: Session, keys: Keys, wanted: Redeem) -> Invitation | None:
    query = select(Invitation).with_for_update()
    if wanted.secret is not None:
        return session.exec(query.where(Invitation.secret_digest == digest(wanted.secret))).one_or_none()
    return session.exec(query.where(Invitation.code_digest == _code_digest(keys, wanted.code or ""))).one_or_none()


def _code_digest(keys: Keys, code: str) -> str:
    return keys.lookup("invitation code", code.upper().translate(_LOOKALIKES))


def _fits(session: Session, found: Invitation, wanted: Redeem, now: datetime) -> bool:
    state = _state(found, now)
    repeated = state == "used" and found.redeemed_nonce == digest(wanted.nonce)
    if not repeated and state != "open":
        return False
    if wanted.birth_date is None:
        return True
    patient = session.get_one(Patient, found.patient_id)
    if patient.birth_date == _read_date(wanted.birth_date):
        return True
    found.tries += 1
    session.add(found)
    return False


def _state(row: Invitation, now: datetime) -> str:
    if row.redeemed_at is not None:
        return "used"
    if row.revoked_at is not None or row.tries >= MOST_TRIES:
        return "revoked"
    return "open" if now < row.expires_at else "expired"


def _device_tokens(
    session: Session, keys: Keys, found: Invitation, wanted: Redeem, now: datetime, stranger: Actor
) -> Tokens | Declined:
    if found.device_id is None:
        device = sessions.new_device(session, found.clinic_id, wanted.device_name, now, patient_id=found.patient_id)
        found.device_id, found.redeemed_at, found.redeemed_nonce = device.id, now, digest(wanted.nonce)
        session.add(found)
        _record(session, audit.of_device(stranger, device), "invitation.redeem", now, found)
    device = session.get_one(Device, found.device_id)
    return sessions.issue(session, keys, device, now, ("invitation", found.id, wanted.nonce), found.id)


def _record(session: Session, by: Actor, action: str, now: datetime, row: Invitation, outcome: str = "ok") -> None:
    audit.record(
        session,
        by,
        action,
        now,
        resource="invitation",
        resource_id=row.id,
        patient_id=row.patient_id,
        outcome=outcome,
    )


def _record_refusal(session: Session, stranger: Actor, now: datetime, found: Invitation | None) -> None:
    code = "invitation_invalid"
    if found is None:
        audit.record(session, stranger, "invitation.redeem", now, resource="invitation", outcome=code)
    else:
        _record(session, audit.of_clinic(stranger, found.clinic_id), "invitation.redeem", now, found, code)
