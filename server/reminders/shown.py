"""A patient's addresses as they are shown: the address itself to nobody but its owner, and to them masked."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from hep.reaching import AddressView
from server import stored
from server.reminders import addresses
from server.reminders.channels import mail, ntfy
from server.tables.people import Device
from server.tables.reminding import ReminderAddress


def views(session: Session, patient_id: str, device_id: str | None = None) -> tuple[AddressView, ...]:
    """The patient's addresses without calendars and without those of devices that were signed out.

    `device_id`: as the patient sees them on that device; None: as the clinic does.
    """
    rows = [row for row in addresses.of_patient(session, patient_id) if row.kind != addresses.CALENDAR]
    names = _names(session, rows)
    return tuple(
        AddressView(
            id=row.id,
            kind=row.kind,
            state=row.state,
            device_name=names.get(row.device_id or "", ""),
            this_device=device_id is not None and row.device_id == device_id,
            masked="" if device_id is None else _masked(row),
            created_at=row.created_at,
            last_ok_at=row.last_ok_at,
            last_failure_at=row.last_failure_at,
            last_failure_code=row.last_failure_code,
        )
        for row in rows
        if row.device_id is None or row.device_id in names
    )


def _names(session: Session, rows: Sequence[ReminderAddress]) -> dict[str, str]:
    """The devices that are not signed out, by id."""
    ids = [row.device_id for row in rows if row.device_id is not None]
    found = session.exec(select(Device).where(col(Device.id).in_(ids), col(Device.revoked_at).is_(None))).all()
    return {device.id: device.name for device in found}


def _masked(row: ReminderAddress) -> str:
    told = stored.parse(row.address)
    if row.kind == mail.KIND:
        name, _, host = told["email"].partition("@")
        return f"{name[0]}…@{host}"
    return f"{told['server']}/{told['topic'][:3]}…" if row.kind == ntfy.KIND else ""
