"""What befalls a staff member's account: another password, another role, leaving and coming back.

Each ends all their sessions in the same transaction, so that no token from before is good for one more request.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from hep.access import Role
from hep.problems import check
from server import audit, sessions
from server.audit import Actor
from server.security import Passwords, check_password
from server.tables.people import Device, Staff

ROLES = frozenset(Role) - {Role.PATIENT, Role.CAREGIVER}


def set_password(session: Session, passwords: Passwords, staff: Staff, password: str, now: datetime) -> None:
    """Give a new password. Raises `Refused` for a weak one."""
    check_password(password)
    staff.password_hash = passwords.hash(password)
    _changed(session, staff, "staff.password", now)


def set_role(session: Session, staff: Staff, role: Role, now: datetime) -> None:
    """Give another role. Raises `Refused` for one that is not of the staff."""
    check(role in ROLES, "invalid", "Choose a role of the clinic's staff.")
    staff.role = role.value
    _changed(session, staff, "staff.role", now)


def leave(session: Session, staff: Staff, now: datetime) -> None:
    """They work here no more: what they wrote stays, they cannot sign in."""
    staff.active = False
    _changed(session, staff, "staff.leave", now)


def come_back(session: Session, staff: Staff, now: datetime) -> None:
    """They may sign in again."""
    staff.active = True
    _changed(session, staff, "staff.return", now)


def _changed(session: Session, staff: Staff, action: str, now: datetime) -> None:
    session.add(staff)
    mine = select(Device).where(Device.staff_id == staff.id, col(Device.revoked_at).is_(None))
    for device in session.exec(mine).all():
        sessions.sign_out(session, device.id, "system", now)
    actor = Actor(clinic_id=staff.clinic_id, role="system")
    audit.record(session, actor, action, now, resource="staff", resource_id=staff.id)
