"""Malformed requests at length: ten thousand and more of each caller, over every route, in process on SQLite."""

import os
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from server.database import open_database
from server.migrate import upgrade
from tests.server.fuzzing import Run, fuzz
from tests.server.matrix import ALLOWED, Cast
from tests.server.world import World

ROLES = ("patient", "therapist", "admin", "revoked phone")
EXAMPLES = 400
"""Random requests a route and caller; with the description's corners more than ten thousand a caller."""


def run() -> dict[str, object]:
    """No answer of 500 or above, none that the description does not know, nothing accepted that it forbids."""
    least, examples = int(os.environ.get("SOAK_REQUESTS", "10000")), int(os.environ.get("SOAK_EXAMPLES", EXAMPLES))
    figures: dict[str, object] = {}
    statuses: Counter[int] = Counter()
    for role in ROLES:
        with TemporaryDirectory() as folder:
            done = _as(role, Path(folder), examples)
        assert done.found == [], "\n".join(done.found[:20])
        made = sum(count for (_, who), count in done.sent.items() if who == role)
        assert made >= least, (role, made)
        statuses += done.statuses
        figures[f"cases_{role.replace(' ', '_')}"] = made
    assert max(statuses) < 500, statuses
    return figures | {"answers_below_300": sum(n for status, n in statuses.items() if status < 300)}


def _as(role: str, folder: Path, examples: int) -> Run:
    url = f"sqlite:///{folder / 'clinic.db'}"
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()
    with World(url, folder) as world:
        done = fuzz(Cast(world), [role], examples=examples)
    assert {f"{method} {path}" for method, path in ALLOWED} <= {route for route, _ in done.sent}
    return done
