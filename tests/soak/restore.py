"""The restore drill 10 times (SOAK_DRILLS) with 50 backups each; a clinic of about 1 GB (SOAK_FACTS) against time."""

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from server.database import open_database
from server.migrate import upgrade
from tests.databases import columns
from tests.faults.test_restored_server import drill
from tests.server.care import Care
from tests.server.world import KEY, World

BACKUPS = 50
LONGEST_MINUTES = 10
"""A restore of 1 GB takes no longer (design of the fault plan)."""


def run() -> dict[str, object]:
    """Nothing acknowledged is lost or doubled in any drill; the large clinic is back within its time."""
    drills, facts = int(os.environ.get("SOAK_DRILLS", "10")), int(os.environ.get("SOAK_FACTS", "750000"))
    taps = 0
    for _ in range(drills):
        with TemporaryDirectory() as name:
            source, target = _empty(Path(name) / "source.db"), _empty(Path(name) / "target.db")
            taps += asyncio.run(drill(source, target, Path(name), BACKUPS))
    with TemporaryDirectory() as name:
        figures = _timed(Path(name), facts)
    return {"drills": drills, "backups": drills * BACKUPS, "taps": taps, "lost": 0, "doubled": 0} | figures


def _empty(path: Path) -> str:
    url = f"sqlite:///{path}"
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()
    return url


def _timed(folder: Path, facts: int) -> dict[str, object]:
    clinic, restored, file = folder / "clinic.db", folder / "restored.db", folder / "clinic.backup"
    _fill(clinic, folder, facts)
    seconds = {"backup-key": _command(folder, clinic, "backup-key", folder / "backup.key")}
    seconds["backup"] = _command(folder, clinic, "backup", file)
    seconds["verify"] = _command(folder, clinic, "verify", file)
    seconds["restore"] = _command(folder, restored, "restore", file)
    assert seconds["restore"] < LONGEST_MINUTES * 60, seconds
    for path in (clinic, restored):
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT count(*) FROM fact").fetchone()[0] > facts
    return {
        "facts": facts,
        "database_mb": clinic.stat().st_size >> 20,
        "file_mb": file.stat().st_size >> 20,
        "backup_s": seconds["backup"],
        "verify_s": seconds["verify"],
        "restore_s": seconds["restore"],
        "most_memory_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10,
    }


def _command(folder: Path, database: Path, name: str, file: Path) -> float:
    """How many seconds the command took."""
    settings = {
        "DATABASE_URL": f"sqlite:///{database}",
        "DATA_DIR": str(folder),
        "SECRET_KEY": KEY,
        "BACKUP_KEY_FILE": str(folder / "backup.key"),
    }
    began = monotonic()
    subprocess.run([sys.executable, "-m", "server", name, str(file)], check=True, env=os.environ | settings)
    return round(monotonic() - began, 1)


def _fill(database: Path, folder: Path, facts: int) -> None:
    """Facts as one phone pushed them, with ids and bodies of their own."""
    with World(_empty(database), folder) as world:
        care = Care.begin(world)
        care.push(*care.session())
    copy = """
        WITH RECURSIVE counted (n) AS (SELECT 1000 UNION ALL SELECT n + 1 FROM counted WHERE n < 1000 + :facts)
        INSERT INTO fact SELECT {columns} FROM counted, (SELECT * FROM fact WHERE kind = 'set_log' LIMIT 1) AS fact
    """
    changed = {
        "id": "lower(hex(randomblob(16)))",
        "seq": "n",
        "body": "json_set(body, '$.session_id', lower(hex(randomblob(16))))",
    }
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(copy.format(columns=columns(connection, "fact", changed)), {"facts": facts})
