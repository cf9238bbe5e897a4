"""A person's devices, as they and their clinic see them, and cutting one off."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from hep.views import DeviceView
from server import audit, sessions
from server.audit import Actor
from server.problems import Declined
from server.tables.care import Quarantine
from server.tables.people import Device


def listed(session: Session, *, patient_id: str | None = None, staff_id: str | None = None) -> tuple[DeviceView, ...]:
    """The devices of one person, newest first; `waiting` counts rows in quarantine that nobody decided about."""
    owned = select(Device).where(Device.patient_id == patient_id, Device.staff_id == staff_id)
    devices = session.exec(owned.order_by(col(Device.created_at).desc())).all()
    waiting = _waiting(session, [device.id for device in devices])
    return tuple(
        DeviceView(
            id=device.id,
            name=device.name,
            last_seen_at=device.last_seen_at,
            revoked_at=device.revoked_at,
            waiting=waiting.get(device.id, 0),
        )
        for device in devices
    )


def revoke(
    session: Session,
    device_id: str,
    by: Actor,
    now: datetime,
    *,
    patient_id: str | None = None,
    staff_id: str | None = None,
) -> None:
    """Cut off a device of that person. Raises `Declined` (`not_found`) for anyone else's."""
    device = session.get(Device, device_id, with_for_update=True)
    if device is None or (device.patient_id, device.staff_id) != (patient_id, staff_id):
        raise Declined("not_found")
    sessions.revoke(session, device, by.person_id, now)
    audit.record(
        session, by, "device.revoke", now, resource="device", resource_id=device.id, patient_id=patient_id or ""
    )


def _waiting(session: Session, device_ids: list[str]) -> dict[str, int]:
    held = select(Quarantine.device_id, func.sum(Quarantine.row_count)).where(Quarantine.state == "held")
    return dict(
        session.exec(held.where(col(Quarantine.device_id).in_(device_ids)).group_by(Quarantine.device_id)).all()
    )
