"""Makes the one catalog that the server reads and the client ships: same folder, same bytes."""

import json
from pathlib import Path

from server.catalog.faults import Fault
from server.catalog.ladders import faults_between
from server.catalog.rules import faults_of, reading_faults
from server.catalog.sources import FOLDER, Sources, read_sources

NAME = "library.json"


def checked(folder: Path = FOLDER) -> tuple[Sources, list[Fault]]:
    """The library below `folder` and all that is wrong with it. Raises OSError when there is none."""
    sources, faults = read_sources(folder)
    for row in sources.rows:
        own = faults_of(row, sources.terms)
        faults += own or reading_faults(row)
    if not faults:
        faults = faults_between(sources.rows, sources.meta["ladders"]["one_way"])
    return sources, faults


def catalog_text(sources: Sources) -> str:
    """The catalog as text."""
    meta = {**sources.meta, "count": len(sources.rows)}
    return json.dumps({"meta": meta, "exercises": sources.rows}, indent=1, ensure_ascii=False) + "\n"
