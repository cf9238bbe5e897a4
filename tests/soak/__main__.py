"""`python -m tests.soak`: the long tests that ONLY names, all without it, each in under an hour.

A part is a module here with `run() -> dict[str, object]`, which raises AssertionError for what must not be (its
`figures`, if it has any, are reported too). Prints a table and writes build/soak.json; what other parts found stays in
the file.
"""

import os
import platform
import sys
import traceback
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import monotonic

import orjson

PARTS = ("model", "kills", "torn", "load", "requests", "restore", "uploads")
FILE = Path("build/soak.json")


def main() -> int:
    """Run the parts, print and write. Returns how many failed."""
    chosen = os.environ.get("ONLY", "").split() or PARTS
    failed = 0
    for name in chosen:
        found = _run(name)
        failed += found["outcome"] != "passed"
        _keep(name, found)
        sys.stdout.write("".join(f"{name + '.' + key:<44}{value!s:>24}\n" for key, value in found.items()))
        sys.stdout.flush()
    return failed


def _run(name: str) -> dict[str, object]:
    began = monotonic()
    try:
        figures: dict[str, object] = import_module(f"tests.soak.{name}").run()
        outcome = "passed"
    except Exception as error:
        traceback.print_exc()
        figures, outcome = getattr(error, "figures", {}), f"failed: {type(error).__name__}"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    about = {
        "outcome": outcome,
        "minutes": round((monotonic() - began) / 60, 1),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "load_average": round(os.getloadavg()[0], 1),
    }
    return figures | about


def _keep(name: str, found: dict[str, object]) -> None:
    kept: dict[str, object] = orjson.loads(FILE.read_bytes()) if FILE.exists() else {}
    kept = {key: value for key, value in kept.items() if not key.startswith(f"{name}.")}
    kept |= {f"{name}.{key}": value for key, value in found.items()}
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    sys.exit(main())
