"""A write-ahead log of about 1 MB cut off at 20,000 places (SOAK_OFFSETS): what opens is a beginning of the commits."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from server.database import open_database
from server.migrate import upgrade
from tests.faults.test_torn_log import tear

COMMITS = 60


def run() -> dict[str, object]:
    """No offset opens with damage, with half a commit, or with one after a missing one."""
    offsets = int(os.environ.get("SOAK_OFFSETS", "20000"))
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'clinic.db'}"
        engine = open_database(url)
        upgrade(engine)
        engine.dispose()
        size = tear(url, Path(folder), COMMITS, offsets)
    return {"offsets": offsets, "log_bytes": size, "commits": COMMITS, "damaged": 0}
