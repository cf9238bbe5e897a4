"""`python -m tests.bench`: runs the measurements that ONLY names (see `WORK`; all without it).

Prints a table and writes one flat object to build/bench.json. Figures of other runs stay in the file.
"""

import os
import platform
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson

from tests.bench import caseload, library, reminders, sync, web
from tests.server import speed

Figures = dict[str, float]
WORK: dict[str, Callable[[], Figures | Iterator[Figures]]] = {
    "sync": sync.measure,
    "upkeep": speed.figures,
    "caseload": caseload.measure,
    "web": web.measure,
    "library": library.measure,
    "reminders": reminders.measure,
}
FILE = Path("build/bench.json")


def main() -> None:
    """Measure, print and write; what takes long is written as it comes."""
    for name in os.environ.get("ONLY", "").split() or list(WORK):
        made = WORK[name]()
        told: Figures = {}
        for figures in [made] if isinstance(made, dict) else made:
            told |= figures
            _write(figures)
        sys.stdout.write("".join(f"{key:<36}{value:>12,}\n" for key, value in told.items()))
    sys.stdout.write(f"{_machine()}, load average {os.getloadavg()[0]:.1f}\n")


def _write(figures: Figures) -> None:
    found: dict[str, object] = {} if not FILE.exists() else orjson.loads(FILE.read_bytes())
    load = round(os.getloadavg()[0], 1)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    found |= {**figures, "machine": _machine(), "load_average": load, "at": at}
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
