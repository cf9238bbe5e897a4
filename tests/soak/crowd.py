"""The clinic of the load test: its people made straight in the database, and what each of them does over HTTP."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import httpx
from sqlmodel import Session

from hep import codec
from hep.access import Role
from hep.days import local_on
from hep.facts import ItemKey, Kind, SetLog
from hep.ids import new_id
from hep.prescribing import Draft
from hep.wire import Status, Tokens
from server import sessions
from server.database import writing
from server.ledger import Sender, admit
from server.patients import NewPatient, take_in
from server.programs import Author, publish
from server.tables.people import Patient, Staff
from tests.flows.people import GOAL, ZONE, a_squat
from tests.server.world import World

PAST_DAYS = 20
"""Days of three sets each that every patient begins with."""


@dataclass
class Watch:
    """What every request took, and what came back that must not."""

    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    bad: list[tuple[str, int]] = field(default_factory=list)
    broken: int = 0
    """Connections that the server had closed as they were used."""

    async def send(self, client: httpx.AsyncClient, name: str, method: str, path: str, **more: Any) -> httpx.Response:
        """Send it, again if the connection broke as a phone would, and note its time under `name`."""
        began = perf_counter()
        try:
            reply = await client.request(method, path, **more)
        except httpx.TransportError:
            self.broken += 1
            reply = await client.request(method, path, **more)
        self.took[name].append(perf_counter() - began)
        if reply.status_code >= 500 or reply.status_code == 429:
            self.bad.append((name, reply.status_code))
        return reply


@dataclass
class LoadPhone:
    """A patient's phone: logs sets, pushes them, polls."""

    tokens: Tokens
    program_id: str
    watch: Watch
    chance: Random
    acknowledged: set[str] = field(default_factory=set)
    sets: int = 0
    cursor: str | None = None
    etag: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens.access_token}"}

    async def live(self, client: httpx.AsyncClient, until: float) -> None:
        """A set or two every half minute, a poll every minute, at its own pace."""
        await asyncio.sleep(self.chance.uniform(0, 30))
        while perf_counter() < until:
            await self.push(client, self.chance.randint(1, 2))
            if self.chance.random() < 0.5:
                await self.pull(client)
            await asyncio.sleep(self.chance.uniform(20, 40))

    async def wake(self, client: httpx.AsyncClient, within_s: float) -> None:
        """The morning: a new sign-in from the old one, what the night left to send, and what is new."""
        await asyncio.sleep(self.chance.uniform(0, within_s))
        body = {"refresh_token": self.tokens.refresh_token, "nonce": f"morning-{self.tokens.device_id}"}
        reply = await self.watch.send(client, "refresh", "POST", "/v1/auth/refresh", json=body)
        if reply.status_code == 200:
            self.tokens = codec.load(Tokens, reply.json())
        await self.push(client, 5)
        await self.pull(client)

    async def push(self, client: httpx.AsyncClient, count: int) -> None:
        """Push so many new sets; one that was not answered is not counted as sent."""
        now = datetime.now(UTC)
        body = {
            "device_id": self.tokens.device_id,
            "schema": 1,
            "batch_id": new_id(now),
            "sent_at": codec.dump(now),
            "rows": [self.row(now) for _ in range(count)],
        }
        reply = await self.watch.send(client, "push", "POST", "/v1/sync/push", json=body, headers=self.headers)
        if reply.status_code == 200:
            for result in reply.json()["results"]:
                assert result["status"] in ("accepted", "duplicate"), result
                self.acknowledged.add(result["id"])

    def row(self, now: datetime) -> dict[str, Any]:
        """The next set, done at that instant."""
        self.sets += 1
        on = local_on(now, ZONE)
        fact = SetLog(
            at=now,
            zone=ZONE,
            on=on,
            session_id=f"session-{on.isoformat()}",
            device_seq=self.sets,
            program_id=self.program_id,
            version=1,
            prescription_id="squat-0001",
            planned=str(ItemKey.dated("squat-0001", on, 1)),
            set_index=self.sets % 20 + 1,
            reps=10,
            pain=self.chance.randint(0, 4),
        )
        return {"kind": Kind.SET_LOG.value, "id": new_id(now), "body": codec.dump(fact)}

    async def pull(self, client: httpx.AsyncClient) -> None:
        """Pull until there is no more."""
        more = True
        while more:
            headers = self.headers | ({"If-None-Match": self.etag} if self.etag else {})
            params = {"cursor": self.cursor} if self.cursor else {}
            reply = await self.watch.send(client, "pull", "GET", "/v1/sync/pull", params=params, headers=headers)
            if reply.status_code != 200:
                return
            page = reply.json()
            self.cursor, self.etag, more = page["cursor"], reply.headers.get("etag"), page["more"]


@dataclass
class LoadTherapist:
    """A therapist at the desk: the caseload, patients' pages, a new version now and then."""

    tokens: Tokens
    patients: list[str]
    watch: Watch
    chance: Random

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens.access_token}"}

    async def live(self, client: httpx.AsyncClient, until: float) -> None:
        """A page every ten seconds or so."""
        while perf_counter() < until:
            await self.look(client)
            await asyncio.sleep(self.chance.uniform(6, 14))

    async def look(self, client: httpx.AsyncClient) -> None:
        """The caseload, one patient's page, and for one in ten a new version of their program."""
        await self.watch.send(client, "caseload", "GET", "/v1/caseload", headers=self.headers)
        path = f"/v1/patients/{self.chance.choice(self.patients)}"
        page = await self.watch.send(client, "patient", "GET", path, headers=self.headers)
        if self.chance.random() < 0.1 and page.status_code == 200:
            newest = dict(page.json()["versions"][0]["version"])
            draft = {name: newest[name] for name in ("program_id", "episode_id", "goals", "prescriptions", "state")}
            draft |= {"base_version": newest["version"], "reason": "As discussed"}
            draft |= {"effective_on": date.today().isoformat()}  # noqa: DTZ011
            name = f"{path}/programs"
            reply = await self.watch.send(client, "publish", "POST", name, json=draft, headers=self.headers)
            assert reply.status_code in (201, 409), reply.text


def populate(url: str, folder: Path, watch: Watch, phones: int, therapists: int) -> tuple[list[Any], list[Any]]:
    """The phones and the therapists, signed in, of one clinic whose patients each have a program."""
    world, chance = World(url, folder), Random(23)
    world.now = now = datetime.now(UTC)
    clinic_id, keys = world.clinic(), world.app.state.keys
    staff = [new_id(now) for _ in range(therapists)]
    patients: list[str] = []
    made: list[LoadPhone] = []
    desks: list[LoadTherapist] = []
    with writing(world.engine) as session:
        for number, id_ in enumerate(staff):
            session.add(
                Staff(
                    id=id_,
                    clinic_id=clinic_id,
                    name="Dana Cole",
                    email=f"staff{number}@example.org",
                    password_hash="",
                    role=Role.THERAPIST.value,
                    created_at=now,
                )
            )
    for number in range(phones):
        with writing(world.engine) as session:
            author = staff[number % therapists]
            patient_id, program_id = _take_in(session, clinic_id, author, now, number)
            device = sessions.new_device(session, clinic_id, "Phone", now, patient_id=patient_id)
            tokens = sessions.issue(session, keys, device, now, ("load", device.id), device.id)
            assert isinstance(tokens, Tokens)
            phone = LoadPhone(tokens, program_id, watch, Random(chance.random()))
            _remember(session, clinic_id, phone, now)
        patients.append(patient_id)
        made.append(phone)
    for id_ in staff:
        with writing(world.engine) as session:
            device = sessions.new_device(session, clinic_id, "Desk", now, staff_id=id_)
            tokens = sessions.issue(session, keys, device, now, ("load", device.id), device.id)
            assert isinstance(tokens, Tokens)
        desks.append(LoadTherapist(tokens, patients, watch, Random(chance.random())))
    world.app.state.passwords.close()
    world.engine.dispose()
    return made, desks


def _remember(session: Session, clinic_id: str, phone: LoadPhone, now: datetime) -> None:
    """The sets of the last weeks: what a server at work has in its memory."""
    sender = Sender(
        patient_id=phone.tokens.person_id,
        clinic_id=clinic_id,
        device_id=phone.tokens.device_id,
        role=Role.PATIENT,
        sent_at=now,
        received_at=now,
        now=now,
    )
    rows = [phone.row(now - timedelta(days=PAST_DAYS - n // 3)) for n in range(3 * PAST_DAYS)]
    assert {result.status for result in admit(session, sender, rows).results} == {Status.ACCEPTED}


def _take_in(session: Session, clinic_id: str, author: str, now: datetime, number: int) -> tuple[str, str]:
    new = NewPatient(name=f"Patient {number}", birth_date=date(1961, 4, 9), zone=ZONE, problem="Knee", region="knee")
    patient_id, episode_id = take_in(session, clinic_id, author, new, now)
    today, program_id = local_on(now, ZONE), new_id(now)
    draft = Draft(
        program_id=program_id,
        episode_id=episode_id,
        base_version=0,
        reason="A good start",
        effective_on=today,
        goals=(GOAL,),
        prescriptions=(a_squat(today, sets=3),),
    )
    publish(session, session.get_one(Patient, patient_id), Author(id=author, name="Dana Cole"), draft, now)
    return patient_id, program_id
