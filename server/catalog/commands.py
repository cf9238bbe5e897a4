"""`python -m server library check` and `build`."""

import sys
from argparse import Namespace

from server.catalog.compiled import NAME, catalog_text, checked
from server.catalog.sources import FOLDER
from server.problems import CannotDo
from server.settings import Settings


def library(_settings: Settings, arguments: Namespace) -> int:
    """Check the library as it is written; with `build`, write the catalog. Raises CannotDo with every fault."""
    sources, faults = checked(FOLDER)
    if faults:
        raise CannotDo("\n".join(map(str, faults)))
    text, catalog = catalog_text(sources), FOLDER / NAME
    if arguments.what == "build":
        catalog.write_text(text, "utf-8")
    elif not catalog.is_file() or catalog.read_text("utf-8") != text:
        raise CannotDo(f"{NAME} is not what the exercises say: run `python -m server library build`.")
    reviewed = sum(row["review"]["status"] == "reviewed" for row in sources.rows)
    sys.stdout.write(f"{len(sources.rows)} exercises, {reviewed} reviewed by a clinician.\n")
    return 0
