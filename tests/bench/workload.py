"""What the synchronization is measured with: patients in care, and what their phones wrote in the last weeks.

Five exercises of three sets, twice a day, with the end of each session and each morning's answer. Every body is
encoded before a clock starts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from sqlmodel import SQLModel

from hep.facts import ItemKey, Provenance, SessionEnd
from hep.records import Prescription, Schedule
from tests.server.care import Care, prescription
from tests.server.world import World

PATIENTS, ROWS_EACH, BATCH, DAYS = 8, 1250, 100, 40
EXERCISES = ("kn-slr", "kn-saq", "kn-step-up", "hip-sidelying-abd", "an-heel-raise-single")
SETS, TIMES = 3, 2


@dataclass(frozen=True, slots=True)
class Load:
    """One patient's part: the bearer token, and the batches for the server and for the bare reference."""

    patient_id: str
    token: str
    batches: tuple[bytes, ...]
    bare: tuple[bytes, ...]


def prepare(url: str, folder: Path) -> tuple[Load, ...]:
    """Patients whose program began before the first row, in an empty database at `url`. Tokens last 15 minutes."""
    with World(url, folder) as world:
        SQLModel.metadata.create_all(world.engine)
        world.now = datetime.now(UTC) - timedelta(days=DAYS)
        cares = [Care.begin(world, publish=False)]
        cares += [Care.begin(world, publish=False, beside=cares[0]) for _ in range(PATIENTS - 1)]
        for care in cares:
            care.publish(prescriptions=tuple(_prescription(care.today, name) for name in EXERCISES))
            care.pull_all()
        return tuple(_load(care) for care in _now(world, cares))


def _now(world: World, cares: list[Care]) -> Iterable[Care]:
    world.later(days=DAYS)
    for care in cares:
        care.phone = world.signed(world.refresh(care.phone))
    return cares


def _prescription(on: date, exercise: str) -> Prescription:
    schedule = Schedule(from_on=on, weekdays=tuple(range(1, 8)), times_per_day=TIMES)
    return prescription(on, exercise=exercise, schedule=schedule, spacing_override=True)


def _load(care: Care) -> Load:
    rows = list(islice(_rows(care), ROWS_EACH))
    parts = [rows[n : n + BATCH] for n in range(0, len(rows), BATCH)]
    return Load(
        patient_id=care.patient_id,
        token=care.phone.tokens["access_token"],
        batches=tuple(orjson.dumps(care.envelope(*part)) for part in parts),
        bare=tuple(orjson.dumps({"rows": [_bare(care, row) for row in part]}) for part in parts),
    )


def _rows(care: Care) -> Iterable[dict[str, Any]]:
    for back in reversed(range(DAYS)):
        on = care.today - timedelta(days=back)
        yield care.morning(on - timedelta(days=1), pain=back % 3)
        for slot in range(1, TIMES + 1):
            yield from _session(care, on, slot)


def _session(care: Care, on: date, slot: int) -> Iterable[dict[str, Any]]:
    session = f"session-{care.patient_id}-{on.isoformat()}-{slot}"[-64:]
    for rx in care.prescriptions:
        planned = str(ItemKey.dated(rx.id, on, slot))
        for index in range(1, SETS + 1):
            yield care.row(care.set_log(index, on, rx=rx, planned=planned, session=session, effort=5 + index))
    end = SessionEnd(**care.base(on, session=session), pain_after=1, provenance=Provenance.LIVE_TIMED, slot=slot)
    yield care.row(end)


def _bare(care: Care, row: dict[str, Any]) -> dict[str, Any]:
    """The same row in the 14 fields of the bare reference."""
    body = row["body"]
    return {
        "id": row["id"],
        "patient_id": care.patient_id,
        "device_id": care.phone.device_id,
        "device_seq": body["device_seq"],
        "session_id": body["session_id"],
        "program_id": care.program_id,
        "program_version": care.version,
        "exercise_id": body.get("prescription_id"),
        "set_index": body.get("set_index"),
        "reps": body.get("reps"),
        "load_kg": (body.get("load") or {}).get("amount"),
        "pain": body.get("pain"),
        "rpe": body.get("effort"),
        "performed_at": body["at"],
    }
