"""Phones and a desk at work on a server that dies again and again, and what must be there after each death."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
from sqlmodel import select

from hep import codec
from server import audit
from server.database import reading
from server.rebuild import rebuild
from server.tables.care import Fact, PatientSync, ProgramVersionRow
from tests.faults.victim import Victim
from tests.server.care import Care
from tests.server.log import numbers, waiting
from tests.server.world import KEY, START, World

PATIENTS = 4
ROWS = 5
PATIENCE_S = 30
TIMERS = 3
"""In one life of so many the server's timers are at work; such a life takes an eighth longer."""

BUSY = 503
"""What the server answers when its database went away: nothing is acknowledged."""


@dataclass
class Phone:
    """Pushes batch after batch until the connection breaks; an unanswered batch is sent again by the next one."""

    care: Care
    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    answered: threading.Event = field(default_factory=threading.Event)

    def push(self, url: str, *, until_broken: bool) -> None:
        with httpx.Client(base_url=url, headers=self.care.phone.headers, timeout=30, trust_env=False) as client:
            while True:
                if not self.waiting:
                    self.waiting = [self.care.row(self.care.set_log(n % 9 + 1)) for n in range(ROWS)]
                    self.sent |= {row["id"] for row in self.waiting}
                try:
                    reply = client.post("/v1/sync/push", json=self.care.envelope(*self.waiting))
                except httpx.TransportError:
                    return
                if reply.status_code == BUSY:
                    return
                results = reply.json()["results"]
                assert {result["status"] for result in results} <= {"accepted", "duplicate"}, reply.text
                self.acknowledged |= {result["id"] for result in results}
                self.waiting = []
                self.answered.set()
                if not until_broken:
                    return


@dataclass
class Desk:
    """Publishes one version; what became of it when the connection broke, it asks the next time."""

    care: Care
    published: set[int] = field(default_factory=set)
    answered: threading.Event = field(default_factory=threading.Event)

    def publish(self, url: str) -> None:
        path = f"/v1/patients/{self.care.patient_id}"
        with httpx.Client(base_url=url, headers=self.care.therapist.headers, timeout=30, trust_env=False) as client:
            try:
                page = client.get(path)
                if page.status_code == BUSY:
                    return
                self.care.version = page.json()["versions"][0]["version"]["version"]
                reply = client.post(f"{path}/programs", json=codec.dump(self.care.draft()))
            except httpx.TransportError:
                return
            if reply.status_code == BUSY:
                return
            assert reply.status_code == 201, reply.text
            self.published.add(reply.json()["program"]["version"])
            self.answered.set()


@dataclass
class Clinic:
    """Patients with phones and a desk on one database, and the server that serves and kills them."""

    world: World
    victim: Victim
    phones: list[Phone]
    desk: Desk
    kill: Callable[[], None]
    """Kills the server, and whatever else dies with it; what does is back when this returns."""

    @classmethod
    def begin(cls, world: World, database_url: str, folder: Path) -> "Clinic":
        """Patients in care with a phone each, their server not started."""
        first = Care.begin(world)
        cares = [first, *(Care.begin(world, beside=first) for _ in range(PATIENTS - 1))]
        victim = Victim(database_url, folder, KEY, START)
        return cls(world, victim, [Phone(care) for care in cares], Desk(first), victim.kill)

    def die(self, kills: int, chance: Random, check: Callable[[], None] = lambda: None) -> int:
        """So many rounds, each with its checks; then all is settled and checked again. Returns the rows sent."""
        for number in range(kills):
            self.round(number, chance.uniform(0.0, 0.1))
            self.check()
            check()
        self.settle()
        self.check_all()
        assert self.desk.published
        return sum(len(phone.sent) for phone in self.phones)

    def round(self, number: int, seconds: float) -> None:
        """Everybody works until the server dies: at once, or so many seconds after it answered the desk or a phone."""
        phones = [self.phones[(number + n) % PATIENTS] for n in range(2)]
        workers = [threading.Thread(target=self.desk.publish, args=(self.victim.url,))]
        workers += [threading.Thread(target=phone.push, args=(self.victim.url,), kwargs=BROKEN) for phone in phones]
        awaited = (None, self.desk.answered, phones[0].answered, phones[1].answered)[number % 4]
        self.victim.start(timers=number % TIMERS == 0)
        for each in (self.desk, *phones):
            each.answered.clear()
        for worker in workers:
            worker.start()
        assert awaited is None or awaited.wait(PATIENCE_S)
        time.sleep(seconds)
        self.kill()
        for worker in workers:
            worker.join()

    def check(self) -> None:
        """Every acknowledged row and version is in the database."""
        with reading(self.world.engine) as session:
            stored = set(session.exec(select(Fact.id)).all())
            versions = set(session.exec(_versions(self.desk.care)).all())
        for phone in self.phones:
            assert phone.acknowledged <= stored
        assert self.desk.published <= versions

    def settle(self) -> None:
        """What was never answered is sent once more to a server that lives, until its timer has worked all out."""
        self.victim.start(timers=True)
        for phone in self.phones:
            phone.push(self.victim.url, until_broken=False)
        end = time.monotonic() + PATIENCE_S
        while waiting(self.world.engine):
            assert time.monotonic() < end, "the server's own timer does not settle"
            time.sleep(0.05)
        self.victim.kill()

    def check_all(self) -> None:
        """Everything sent is there once, in one order without a gap; what follows from it is right; no trace is cut."""
        with reading(self.world.engine) as session:
            for phone in self.phones:
                patient = phone.care.patient_id
                facts = session.exec(select(Fact.id).where(Fact.patient_id == patient)).all()
                assert sorted(facts) == sorted(phone.sent)
                counter = session.exec(select(PatientSync.seq).where(PatientSync.patient_id == patient)).one()
                assert numbers(session, patient) == list(range(1, counter + 1))
            versions = sorted(session.exec(_versions(self.desk.care)).all())
            assert versions == list(range(1, len(versions) + 1))
            assert audit.verify(session, self.phones[0].care.clinic_id).sound
        assert rebuild_finds_nothing(self.world)


BROKEN = {"until_broken": True}


def _versions(care: Care) -> Any:
    return select(ProgramVersionRow.version).where(ProgramVersionRow.patient_id == care.patient_id)


def rebuild_finds_nothing(world: World) -> bool:
    """Whether the derived rows are what the facts say."""
    return rebuild(world.engine, world.now, check=True) == ()


def quick_check(database_url: str) -> None:
    """SQLite finds nothing wrong with the file."""
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
