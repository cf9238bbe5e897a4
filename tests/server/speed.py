"""Measures a push and the patient's page over HTTP: `python -m tests.server.speed [repeats]`. No test: it reports.

Ten weeks of one demo patient on SQLite; each push brings 100 sets over the last 10 days. CPU time of the whole
process and, within it, of what follows from the facts; the repeat with the cheapest push counts. The first push reads
the patient's history and is left out; the pushes after it find it kept.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time, thread_time
from typing import Any
from unittest.mock import patch

from httpx import Response
from sqlmodel import SQLModel, select

from hep import codec
from hep.facts import ItemKey, SetLog
from hep.records import ProgramVersion
from server import demo, upkeep
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


@contextmanager
def timed_upkeep() -> Iterator[list[float]]:
    """The CPU milliseconds of each settling after a push, while the block runs."""
    spent: list[float] = []
    settle = upkeep.settle

    def timed(*given: Any) -> None:
        began = thread_time()
        settle(*given)
        spent.append((thread_time() - began) * 1000)

    with patch.object(upkeep, "settle", timed):
        yield spent


def measure(world: World, repeats: int) -> tuple[float, float, float]:
    """CPU milliseconds of the cheapest push, of the upkeep in it, and of the cheapest page."""
    access = demo.create(world.engine, world.settings, world.now, [s for s in STORIES if s.name == NAME])
    therapist = world.signed(world.sign_in(access.therapist_email, access.therapist_password))
    with reading(world.engine) as session:
        patient_id = session.exec(select(Patient.id)).one()
        version = versions_of(session, patient_id)[-1]
    phone = world.phone(therapist, patient_id)
    push(world, phone, version)
    with timed_upkeep() as spent:
        whole = [push(world, phone, version) for _ in range(repeats)]
    pages = [cpu(lambda: therapist.get(f"/v1/patients/{patient_id}")) for _ in range(repeats)]
    return *min(zip(whole, spent, strict=True)), min(pages)


def main(repeats: int = 5) -> None:
    """Print the figures and their ratios."""
    with TemporaryDirectory() as folder, World(f"sqlite:///{folder}/clinic.db", Path(folder)) as world:
        SQLModel.metadata.create_all(world.engine)
        whole, follows, page = measure(world, repeats)
    share = 100 * follows / whole
    sys.stdout.write(f"push {whole:.1f} ms, upkeep {follows:.1f} ms of it: {share:.0f} % of a push\n")
    sys.stdout.write(f"page {page:.1f} ms, {page / (whole - follows):.1f} × a push without upkeep\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
