"""The store of a phone that was in use for twelve weeks, made by the real server and the client's own store."""

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from app.store import open_store
from app.storefile import NAME
from hep import codec
from hep.facts import ItemKey, Provenance, SessionEnd
from hep.records import Prescription, Schedule
from hep.wire import Change, Tokens
from tests.app.device import Device
from tests.bench.workload import EXERCISES, SETS
from tests.server.care import Care, prescription
from tests.server.world import World

WEEKS = 12
_PUSH = 400
_IDLE_DAY = 7
"""Every seventh day nothing was done."""


def write_store(folder: Path) -> Path:
    """The file of a signed-in patient: five exercises of three sets a day; today's session is not begun."""
    now = datetime.now(UTC)
    with World(f"sqlite:///{folder / 'clinic.db'}", folder) as world:
        SQLModel.metadata.create_all(world.engine)
        world.now = now - timedelta(weeks=WEEKS)
        care = Care.begin(world, publish=False)
        care.publish(prescriptions=tuple(_prescription(care, name) for name in EXERCISES))
        care.later(weeks=WEEKS)
        rows = [row for back in range(WEEKS * 7 - 1, 0, -1) for row in _day(care, back)]
        rows.append(care.acknowledgement())
        for at in range(0, len(rows), _PUSH):
            assert set(care.statuses(*rows[at : at + _PUSH])) == {"accepted"}
        changes = [codec.load(Change, change) for change in care.pull_all()]
        asyncio.run(_absorb(folder, changes, care, now))
    return folder / NAME


def _prescription(care: Care, exercise: str) -> Prescription:
    schedule = Schedule(from_on=care.today, weekdays=tuple(range(1, 8)), times_per_day=1)
    return prescription(care.today, exercise=exercise, schedule=schedule, spacing_override=True)


def _day(care: Care, back: int) -> Iterable[dict[str, Any]]:
    on = care.today - timedelta(days=back)
    yield care.morning(on, pain=back % 3)
    if back % _IDLE_DAY == 0:
        return
    session = f"session-{on.isoformat()}"
    for rx in care.prescriptions:
        planned = str(ItemKey.dated(rx.id, on, 1))
        for index in range(1, SETS + 1):
            yield care.row(care.set_log(index, on, rx=rx, planned=planned, session=session, effort=5 + index))
    end = SessionEnd(**care.base(on, session=session), pain_after=1, provenance=Provenance.LIVE_TIMED, slot=1)
    yield care.row(end)


async def _absorb(folder: Path, changes: list[Change], care: Care, now: datetime) -> None:
    store, _ = await open_store(Device(folder, journal_mode="MEMORY"), now)
    tokens = codec.load(Tokens, care.phone.tokens)
    await store.belong_to(tokens.person_id)
    await store.absorb(changes, cursor=str(care.cursor), epoch=1)
    kept = {"tokens": codec.dump(tokens), "last_success_at": codec.dump(now), "server_time": codec.dump(now)}
    await store.set_meta({"tokens": json.dumps(kept.pop("tokens")), **kept})
    store.close()
