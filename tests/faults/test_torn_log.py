"""SQLite's write-ahead log cut off anywhere, as lost power leaves it: what opens is a beginning of the commits."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from server.database import open_database, writing
from server.tables.people import Clinic

AT = datetime(2026, 11, 22, tzinfo=UTC)
COMMITS, OFFSETS = 60, 500


def test_a_log_cut_off_anywhere_opens_with_the_first_commits_and_none_after_a_missing_one(
    sqlite_url: str, tmp_path: Path
) -> None:
    tear(sqlite_url, tmp_path, COMMITS, OFFSETS)


def tear(sqlite_url: str, folder: Path, commits: int, offsets: int) -> int:
    """Cut the log of so many commits off at so many places, and open what is left. Returns the log's bytes."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    engine = open_database(sqlite_url)
    for number in range(commits):
        with writing(engine) as session:
            for half in ("a", "b"):
                session.add(Clinic(id=f"clinic-{number:03d}-{half}", name="Hillside", zone="UTC", created_at=AT))
    whole, log = path.read_bytes(), path.with_name(f"{path.name}-wal").read_bytes()
    engine.dispose()
    chance = Random(11)
    found = set()

    for offset in (0, len(log), *(chance.randrange(len(log)) for _ in range(offsets - 2))):
        copy = folder / "copy.db"
        copy.write_bytes(whole)
        copy.with_name("copy.db-wal").write_bytes(log[:offset])
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
            ids = [row[0] for row in connection.execute("SELECT id FROM clinic ORDER BY id")]
        assert ids == [f"clinic-{number:03d}-{half}" for number in range(len(ids) // 2) for half in ("a", "b")]
        found.add(len(ids) // 2)

    assert {0, commits} <= found
    assert len(found) > commits / 2
    return len(log)
