"""A phone process to kill: the real client on a real file and a real connection, its finger never at rest.

It tells the id of each set once the client calls it saved.
"""

import asyncio
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

import httpx

from app.api import Api
from app.patient.log import PatientLog, SetDone
from app.store import open_store
from app.sync import Sync
from app.tokens import StoreKeeper
from hep.days import local_on
from hep.facts import ItemKey
from tests.app.device import Device

ZONE = "America/New_York"
SQUAT = "squat-0001"
PAUSE_S = 0.002


def tap_until_killed(url: str, folder: Path, now: datetime, saved: Connection) -> None:
    """Log set after set of today's squat and sync beside it, for ever."""
    asyncio.run(_tap(url, folder, now, saved))


async def _tap(url: str, folder: Path, now: datetime, saved: Connection) -> None:
    device = Device(folder, httpx.AsyncHTTPTransport())
    device.base_url = url
    store, _ = await open_store(device, now)
    sync = Sync(store, Api(url, device.transport, StoreKeeper(store)), lambda: now, lambda: 0.5)
    log = PatientLog(store, lambda: now, lambda: ZONE, sync.nudge)
    on = local_on(now, ZONE)
    version = (await store.history(ZONE)).version_on(on)
    assert version is not None
    session = await log.resume() or await log.start_session(version, on, 1)
    syncing = asyncio.ensure_future(_sync(sync))
    while not syncing.done():
        key = ItemKey.dated(SQUAT, session.on, session.slot)
        saved.send(await log.log_set(session, SQUAT, key, SetDone(set_index=1, reps=10, pain=1)))
        await asyncio.sleep(PAUSE_S)
    await syncing


async def _sync(sync: Sync) -> None:
    while True:
        await sync.once()
