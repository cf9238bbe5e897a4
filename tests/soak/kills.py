"""The server killed 1,000 times (SOAK_KILLS), and PostgreSQL with it 100 times (SOAK_DATABASE_KILLS), at work."""

import os
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from server.database import open_database
from server.migrate import upgrade
from tests.faults.cluster import cluster
from tests.faults.deaths import Clinic, quick_check
from tests.faults.test_killed_database import both_die
from tests.server.world import World


def run() -> dict[str, object]:
    """Everything acknowledged is there after each death, once and in order; SQLite finds its file sound each time."""
    kills, with_database = int(os.environ.get("SOAK_KILLS", "1000")), int(os.environ.get("SOAK_DATABASE_KILLS", "100"))
    with TemporaryDirectory() as folder:
        sqlite_rows = _on_sqlite(Path(folder), kills)
    with TemporaryDirectory() as folder:
        postgres_rows = _on_postgres(Path(folder), with_database)
    return {
        "server_kills_sqlite": kills,
        "rows_sqlite": sqlite_rows,
        "database_kills_postgresql": with_database,
        "rows_postgresql": postgres_rows,
        "acknowledged_rows_lost": 0,
        "rows_doubled": 0,
    }


def _on_sqlite(folder: Path, kills: int) -> int:
    url = f"sqlite:///{folder / 'clinic.db'}"
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()
    with World(url, folder) as world:
        return Clinic.begin(world, url, folder).die(kills, Random(17), partial(quick_check, url))


def _on_postgres(folder: Path, kills: int) -> int:
    with cluster() as database, World(database.url, folder) as world:
        clinic, chance = Clinic.begin(world, database.url, folder), Random(19)
        clinic.kill = lambda: both_die(clinic, database, chance)
        return clinic.die(kills, chance)
