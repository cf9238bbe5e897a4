"""Measures a push and the patient's page over HTTP: `python -m tests.server.speed [repeats]`. No test: it reports.

Ten weeks of one demo patient on SQLite; each push brings 100 sets over the last 10 days and is settled at once, alone.
CPU time of the whole process; the repeat with the cheapest push counts. The first push is left out: settling it reads
the patient's history, and those after it find it kept.
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from httpx import Response
from sqlmodel import SQLModel, select

from hep import codec
from hep.facts import ItemKey, SetLog
from hep.records import ProgramVersion
from server import demo, settling
from server.chart import versions_of
from server.database import reading
from server.demo.stories import STORIES
from server.tables.people import Patient
from tests.server.care import ZONE, fresh
from tests.server.world import Signed, World

NAME = "Maria Santos"
ROWS, DAYS = 100, 10


def rows(version: ProgramVersion, world: World) -> list[dict[str, Any]]:
    """Sets of every exercise in turn, of ids nobody used before."""
    made = []
    for n in range(ROWS):
        p, on = version.prescriptions[n % len(version.prescriptions)], world.now.date() - timedelta(days=1 + n % DAYS)
        fact = SetLog(
            at=world.now - timedelta(days=1 + n % DAYS),
            zone=ZONE,
            on=on,
            session_id=f"session-{on.isoformat()}",
            device_seq=n,
            program_id=version.program_id,
            version=version.version,
            prescription_id=p.id,
            planned=str(ItemKey.dated(p.id, on, 1)),
            set_index=1 + n % 5,
            reps=p.dose.reps or 1,
            seconds=p.dose.hold_s,
            load=p.dose.load,
            pain=1,
        )
        made.append({"kind": "set_log", "id": fresh(), "body": codec.dump(fact)})
    return made


def cpu(act: Callable[[], Response]) -> float:
    """CPU milliseconds of a request that is answered."""
    began = process_time()
    reply = act()
    took = (process_time() - began) * 1000
    assert reply.status_code == 200, reply.text
    return took


def push(world: World, phone: Signed, version: ProgramVersion) -> float:
    """One push of fresh rows."""
    envelope = {
        "device_id": phone.device_id,
        "schema": 1,
        "batch_id": fresh("batch"),
        "sent_at": codec.dump(world.now),
        "rows": rows(version, world),
    }
    return cpu(lambda: phone.post("/v1/sync/push", json=envelope))


def settle(world: World) -> float:
    """CPU milliseconds of working out what a push left."""
    began = process_time()
    assert settling.refresh(world.engine, lambda: world.now) == 1
    return (process_time() - began) * 1000


def measure(world: World, repeats: int) -> tuple[float, float, float]:
    """CPU milliseconds of the cheapest push, of settling it, and of the cheapest page."""
    access = demo.create(world.engine, world.settings, world.now, [s for s in STORIES if s.name == NAME])
    therapist = world.signed(world.sign_in(access.therapist_email, access.therapist_password))
    with reading(world.engine) as session:
        patient_id = session.exec(select(Patient.id)).one()
        version = versions_of(session, patient_id)[-1]
    phone = world.phone(therapist, patient_id)
    push(world, phone, version)
    settle(world)
    pushes = [(push(world, phone, version), settle(world)) for _ in range(repeats)]
    pages = [cpu(lambda: therapist.get(f"/v1/patients/{patient_id}")) for _ in range(repeats)]
    return *min(pushes), min(pages)


def figures(repeats: int = 8) -> dict[str, float]:
    """The figures of `upkeep.*`: milliseconds of CPU, and settling's share of both together."""
    with TemporaryDirectory() as folder, World(f"sqlite:///{folder}/clinic.db", Path(folder)) as world:
        SQLModel.metadata.create_all(world.engine)
        pushed, settled, page = measure(world, repeats)
    return {
        "upkeep.push_ms": round(pushed, 2),
        "upkeep.settle_ms": round(settled, 2),
        "upkeep.share": round(settled / (pushed + settled), 3),
        "upkeep.page_ms": round(page, 2),
    }


def main(repeats: int = 8) -> None:
    """Print the figures."""
    sys.stdout.write("".join(f"{name:<20}{value:>10,}\n" for name, value in figures(repeats).items()))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
