"""`python -m tests.bench`: runs the measurements that ONLY names (`sync`, `upkeep`, `caseload`, `web`; all without it).

Prints a table and writes one flat object to build/bench.json. Figures of other runs stay in the file.
"""

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson

from tests.bench import caseload, sync, web
from tests.server import speed

WORK = {"sync": sync.measure, "upkeep": speed.figures, "caseload": caseload.measure, "web": web.measure}
FILE = Path("build/bench.json")


def main() -> None:
    """Measure, print and write."""
    chosen = os.environ.get("ONLY", "").split() or list(WORK)
    found: dict[str, object] = {} if not FILE.exists() else orjson.loads(FILE.read_bytes())
    for name in chosen:
        figures: dict[str, float] = WORK[name]()
        found |= figures
        sys.stdout.write("".join(f"{key:<36}{value:>12,}\n" for key, value in figures.items()))
    load = os.getloadavg()[0]
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    found |= {"machine": machine, "load_average": round(load, 1), "at": datetime.now(UTC).isoformat(timespec="seconds")}
    sys.stdout.write(f"{machine}, load average {load:.1f}\n")
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    main()
