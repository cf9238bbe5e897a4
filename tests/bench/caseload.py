"""The caseload of 1,000 patients with a year behind each, beside a bare fetch of as many summary rows.

The patients are copies of one who pushed for real, each with a line, 365 days of sums and 90 days of facts, put into
the file in bulk. Then that one's page, 90 days out of a year of facts, beside the same bare fetch.
"""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from sqlmodel import SQLModel

from tests.bench import bare
from tests.bench.serving import Client, serving
from tests.databases import columns
from tests.server.care import Care
from tests.server.world import KEY, World

PATIENTS, DAYS, READS = int(os.environ.get("PATIENTS", "1000")), 365, 100
PAGE_DAYS, PAGE_READS = 90, 20

_OLDER = {
    "id": "fact.id || '-' || quarter.n",
    "local_on": "date(fact.local_on, -(quarter.n * :days) || ' days')",
    "seq": "fact.seq + 100000 * quarter.n",
}
_OLDER_SETS = """
    WITH quarter (n) AS (VALUES (1), (2), (3))
    INSERT INTO fact SELECT {columns} FROM fact, quarter WHERE patient_id = :model AND kind = 'set_log'
"""
_OTHERS = {"patient_id": "patient.id"}
_FACTS_OF_OTHERS = """
    INSERT INTO fact SELECT {columns} FROM fact, patient
    WHERE fact.patient_id = :model AND patient.id <> :model
"""


def measure() -> dict[str, float]:
    """The figures of `caseload.*`."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / "clinic.db"
        token, patient_id = _prepare(database, folder)
        _copy_summaries(database, folder / "bare.db")
        settings = {"DATABASE_URL": f"sqlite:///{database}", "DATA_DIR": str(folder), "SECRET_KEY": KEY}
        with (
            serving("tests.bench.ours:app", settings) as ours,
            serving("tests.bench.bare:app", {bare.DATABASE: str(folder / "bare.db")}) as reference,
        ):
            bearer = {"Authorization": f"Bearer {token}"}
            mine, theirs = _reads(ours, reference, "/v1/caseload", bearer, READS)
            page, beside = _reads(ours, reference, f"/v1/patients/{patient_id}", bearer, PAGE_READS)
    found = {
        "caseload.patients": PATIENTS,
        "caseload.page_p50_ms": round(_percentile(page, 50), 2),
        "caseload.page_ratio": round(_percentile(page, 50) / _percentile(beside, 50), 3),
        "caseload.p50_ms": round(_percentile(mine, 50), 2),
        "caseload.p50_ms_bare": round(_percentile(theirs, 50), 2),
    }
    for percent, name in ((50, "ratio"), (99, "p99_ratio")):
        found[f"caseload.{name}"] = round(_percentile(mine, percent) / _percentile(theirs, percent), 3)
    return found


def _reads(ours: int, reference: int, path: str, bearer: dict[str, str], count: int) -> tuple[list[float], list[float]]:
    """Milliseconds of `count` reads each, in turn, after one of each that does not count."""
    with closing(Client(ours)) as mine, closing(Client(reference)) as theirs:
        pairs = [
            (mine.send("GET", path, None, bearer).took, theirs.send("GET", "/summaries").took) for _ in range(count + 1)
        ][1:]
    return [one * 1000 for one, _ in pairs], [other * 1000 for _, other in pairs]


def _percentile(times: list[float], percent: int) -> float:
    return quantiles(times, n=100)[percent - 1]


def _prepare(database: Path, folder: Path) -> tuple[str, str]:
    """A clinic of PATIENTS. Returns a therapist's token, good for 15 minutes, and the patient with 90 days of sets."""
    with World(f"sqlite:///{database}", folder) as world:
        SQLModel.metadata.create_all(world.engine)
        world.now = datetime.now(UTC) - timedelta(days=PAGE_DAYS)
        care = Care.begin(world)
        world.later(days=PAGE_DAYS - 1)
        care.phone = world.signed(world.refresh(care.phone))
        for back in range(PAGE_DAYS):
            on = care.today - timedelta(days=back)
            care.push(*care.session(on), care.morning(on - timedelta(days=1)))
        world.now = datetime.now(UTC)
        token: str = world.sign_in(care.email).json()["access_token"]
        world.client.get("/v1/caseload", headers={"Authorization": f"Bearer {token}"}).raise_for_status()
    with closing(sqlite3.connect(database)) as connection, connection:
        _copy(connection, care.patient_id)
    return token, care.patient_id


def _copy(connection: sqlite3.Connection, model: str) -> None:
    """Patients like `model`, each with a line, the sums of DAYS and its facts; then older sets of its own."""
    others = [f"patient-{n:05d}" for n in range(1, PATIENTS)]
    _insert(connection, "patient", ({"id": other} for other in others), f"id = '{model}'")
    for table in ("patient_sync", "patient_summary"):
        _insert(connection, table, ({"patient_id": other} for other in others), f"patient_id = '{model}'")
    today = datetime.now(UTC).date()
    dates = [(today - timedelta(days=n)).isoformat() for n in range(2, DAYS + 2)]
    sums = ({"patient_id": other, "local_on": on} for other in others for on in dates)
    _insert(connection, "day_rollup", sums, f"patient_id = '{model}'")
    for statement, changed in ((_FACTS_OF_OTHERS, _OTHERS), (_OLDER_SETS, _OLDER)):
        filled = statement.format(columns=columns(connection, "fact", changed))
        connection.execute(filled, {"model": model, "days": PAGE_DAYS})


def _insert(connection: sqlite3.Connection, table: str, changes: Iterable[dict[str, str]], model: str) -> None:
    """Copies of the first row that fits `model`, each with its changes."""
    found = connection.execute(f"SELECT * FROM {table} WHERE {model} LIMIT 1")
    columns = [column for column, *_ in found.description]
    row = dict(zip(columns, found.fetchone(), strict=True))
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"
    connection.executemany(insert, (row | change for change in changes))


def _copy_summaries(database: Path, bare_database: Path) -> None:
    """The same lines for the bare reference."""
    with closing(sqlite3.connect(database)) as connection:
        lines = connection.execute("SELECT patient_id, row FROM patient_summary").fetchall()
    with closing(sqlite3.connect(bare_database)) as connection, connection:
        connection.execute("CREATE TABLE summary (patient_id TEXT PRIMARY KEY, row TEXT)")
        connection.executemany("INSERT INTO summary VALUES (?, ?)", lines)
