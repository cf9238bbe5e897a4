"""The restore drill: backups under load, the server gone, one of them put back, and the phones come back to it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from server import audit
from server.database import open_database, reading
from server.rebuild import rebuild
from server.tables.care import Fact, PatientSync
from server.tables.people import Clinic as ClinicRow
from server.vault import backup, contents, key, restore
from tests.databases import copy_of_postgres, copy_of_sqlite
from tests.faults.victim import Victim
from tests.flows.people import Clinic, Phone
from tests.server.log import numbers
from tests.server.world import KEY, START, World

BACKUPS = 20
MORE = 3
PATIENCE_S = 60


@pytest.fixture(params=["sqlite to sqlite", "postgresql to postgresql", "sqlite to postgresql"])
def ways(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of two empty databases: of the clinic, and to restore into."""
    with ExitStack() as stack:

        def address(kind: str, name: str) -> str:
            if kind == "postgresql":
                return stack.enter_context(copy_of_postgres(request.getfixturevalue("postgres")))
            (tmp_path / name).mkdir()
            return copy_of_sqlite(sqlite_template, tmp_path / name)

        source, _, target = request.param.partition(" to ")
        yield address(source, "source"), address(target, "target")


@dataclass
class Tapper:
    """A phone whose finger never rests while the clinic's server is under load."""

    phone: Phone
    tapped: list[str] = field(default_factory=list)
    enough: int | None = None

    async def move_to(self, url: str) -> None:
        """The clinic answers at this address now."""
        self.phone.device.base_url, self.phone.device.link = url, httpx.AsyncHTTPTransport()
        await self.phone.restart()

    async def work(self) -> None:
        """Tap and sync until `enough` are confirmed."""
        session = await self.phone.log.resume() or await self.phone.begin()
        while self.enough is None or len(self.acknowledged()) < self.enough:
            self.tapped += await self.phone.squats(session, len(self.tapped) % 9 + 1)
            await self.phone.sync.once()

    def acknowledged(self) -> set[str]:
        """What the server has confirmed."""
        return {row[0] for row in self.phone.store._rows_of("SELECT id FROM outbox WHERE state = 'sent'")}


@asynccontextmanager
async def working(tappers: list[Tapper]) -> AsyncIterator[None]:
    """Everybody taps and syncs; ends when each got some more confirmed."""
    for tapper in tappers:
        tapper.enough = None
    tasks = [asyncio.ensure_future(tapper.work()) for tapper in tappers]
    yield
    for tapper in tappers:
        tapper.enough = len(tapper.acknowledged()) + MORE
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*tasks)


async def test_after_the_drill_nothing_acknowledged_is_lost_or_doubled(ways: tuple[str, str], tmp_path: Path) -> None:
    source, target = ways
    await drill(source, target, tmp_path, BACKUPS if {source[:6], target[:6]} == {"sqlite"} else 6)


async def drill(source: str, target: str, folder: Path, count: int) -> int:
    """Phones at work, `count` backups, the server gone, one put back, the phones come back. Returns how many taps."""
    tappers = await begin(source, folder)
    key.make(folder / "backup.key", START)
    own = key.load(folder / "backup.key")

    promised = await back_up_under_load(Victim(source, folder, KEY, START), source, tappers, own, folder, count)
    for number, acknowledged in enumerate(promised):
        assert acknowledged <= facts_in(folder / f"{number}.backup", own)

    acknowledged = set.union(*(tapper.acknowledged() for tapper in tappers))
    older = folder / f"{count // 2}.backup"
    assert not acknowledged <= facts_in(older, own), "nothing was lost with the old server"
    engine = open_database(target)
    restore.put_back(engine, older, own.identities, START)
    engine.dispose()
    restored = Victim(target, folder, KEY, START)
    restored.start()
    for tapper in tappers:
        await tapper.move_to(restored.url)
    async with working(tappers):
        pass
    for tapper in (*tappers, *tappers):
        await tapper.phone.settle()
    restored.kill()

    await check(target, tappers, acknowledged)
    for tapper in tappers:
        await tapper.phone.close()
    return sum(len(tapper.tapped) for tapper in tappers)


async def begin(url: str, folder: Path) -> list[Tapper]:
    """Two patients, one of them with two phones, all signed in."""
    with World(url, folder) as world:
        clinics = [Clinic(world), Clinic(world)]
        for clinic in clinics:
            clinic.publish()
        tappers = [Tapper(Phone(clinics[n // 2], folder / f"phone-{n}")) for n in range(3)]
        for tapper in tappers:
            await tapper.phone.open()
            await tapper.phone.account.redeem(secret=tapper.phone.clinic.invitation())
            await tapper.phone.settle()
    return tappers


async def back_up_under_load(
    victim: Victim, source: str, tappers: list[Tapper], own: key.Key, folder: Path, count: int
) -> list[set[str]]:
    """Backup after backup; what was acknowledged before each of them began."""
    victim.start()
    engine = open_database(source)
    promised = []
    for tapper in tappers:
        await tapper.move_to(victim.url)
    async with working(tappers):
        for number in range(count):
            promised.append(set.union(*(tapper.acknowledged() for tapper in tappers)))
            await asyncio.to_thread(backup.take, engine, folder / f"{number}.backup", own, START)
    engine.dispose()
    victim.kill()
    return promised


def facts_in(file: Path, own: key.Key) -> set[str]:
    ids: set[str] = set()
    found = contents.read(file, own.identities, lambda shape, row: ids.add(row["id"]) if shape.name == "fact" else None)
    assert found.broken == ()
    return ids


async def check(url: str, tappers: list[Tapper], acknowledged: set[str]) -> None:
    """Every tap is there once, in one order without a gap, on the server and on each phone of the patient."""
    engine = open_database(url)
    with reading(engine) as session:
        stored = session.exec(select(Fact.patient_id, Fact.kind, Fact.id)).all()
        tapped = [id_ for tapper in tappers for id_ in tapper.tapped]
        assert sorted(id_ for _, _, id_ in stored) == sorted(tapped)
        assert acknowledged < set(tapped)
        for tapper in tappers:
            patient_id = tapper.phone.clinic.patient_id
            assert await tapper.phone.facts() == sorted((kind, id_) for of, kind, id_ in stored if of == patient_id)
            assert (await tapper.phone.sync.status()).shelf == ()
            counter = session.get_one(PatientSync, patient_id).seq
            assert numbers(session, patient_id) == list(range(1, counter + 1))
        for clinic_id in session.exec(select(ClinicRow.id)).all():
            assert audit.verify(session, clinic_id).sound
    assert rebuild(engine, START, check=True) == ()
    engine.dispose()
