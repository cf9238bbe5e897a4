"""The calendar of a patient's sessions: a file for who is signed in, a feed for who knows its secret address.

The one secret of the API that stands in an address, because calendars can do no better: it shows times and one generic
title, ends when the patient says so, and is in no log.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlmodel import Session

from hep.reminding import agenda
from server import flags
from server.api.deps import PUBLIC, Database, KeysOf, Now
from server.api.errors import may
from server.chart import open_chart
from server.database import reading
from server.problems import Declined
from server.reminders import addresses, planning
from server.reminders.addresses import CALENDAR
from server.reminders.channels.calendar import DAYS, MEDIA_TYPE, written
from server.security import Keys
from server.settings import Settings
from server.tables.people import Device, Patient

router = APIRouter(prefix="/calendar", tags=["reminders"])

ICS = f"{MEDIA_TYPE}; charset=utf-8"
Secret = Annotated[str, Path(pattern=r"^[A-Za-z0-9_\-]{43}$", max_length=43)]


@router.get(
    "/{secret}.ics",
    dependencies=[PUBLIC],
    response_class=Response,
    responses=may("not_found") | {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
def feed(secret: Secret, engine: Database, keys: KeysOf, now: Now) -> Response:
    """The coming sessions, for a calendar that asks from time to time."""
    with reading(engine) as session:
        row = addresses.of_feed(session, keys, secret)
        patient = session.get(Patient, row.patient_id) if row is not None else None
        device = session.get(Device, row.device_id) if row is not None and row.device_id else None
        if patient is None or device is None or device.revoked_at is not None:
            raise Declined("not_found")
        return calendar(session, keys, patient, now)


def calendar(session: Session, keys: Keys, patient: Patient, now: Now) -> Response:
    """What the patient's plan holds of the next weeks."""
    chart = open_chart(session, patient, now)
    reminding, zone = planning.reminding_of(chart.history), planning.zone_of(chart)
    coming = agenda(chart.course, zone, reminding, now, DAYS, flags.locked(flags.of_patient(session, patient.id)))
    return Response(written(keys, patient.id, zone, reminding.language, coming, now), media_type=ICS)


def address_of(session: Session, keys: Keys, config: Settings, patient_id: str) -> str | None:
    """The secret address of the patient's calendar, None without one."""
    found = [row.id for row in addresses.of_patient(session, patient_id) if row.kind == CALENDAR]
    return f"{config.origin}/v1/calendar/{addresses.feed_secret(keys, found[-1])}.ics" if found else None
