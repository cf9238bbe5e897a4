"""A migration is killed at its statements, one after the other: the shape from before is there, and it runs again."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Table,
    inspect,
)
from sqlmodel import SQLModel

import server.tables  # noqa: F401
from app.storefile import MIGRATIONS, NAME, open_file
from hep.facts import Kind
from hep.wire import ServerKind
from server.database import open_database
from server.migrate import upgrade_within
from tests.faults.forks import FORKS
from tests.faults.migrator import LATER, migrate_phone, migrate_server
from tests.server.world import START

DEATHS, FEWER_DEATHS = 12, 6
OLDER = "0002"
"""The revision that a clinic's database is migrated from, with something in each of its tables."""


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[str]]:
    """Two databases without a single table."""
    names = ["bare_to_count", "bare_to_kill"]
    if request.param == "sqlite":
        yield [f"sqlite:///{tmp_path / name}.db" for name in names]
        return
    server: str = request.getfixturevalue("postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names:
            connection.execute(f"CREATE DATABASE {name}")
        yield [server.replace("/postgres?", f"/{name}?") for name in names]
        for name in names:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_servers_migration_killed_anywhere_leaves_nothing_and_runs_again(bare_urls: list[str]) -> None:
    to_count, bare_url = bare_urls
    statements = migrate_server(to_count, None)

    for number in range(DEATHS):
        die(migrate_server, bare_url, 1 + number * (statements - 1) // (DEATHS - 1))
        engine = open_database(bare_url)
        assert inspect(engine).get_table_names() == []
        engine.dispose()

    assert migrate_server(bare_url, None) > DEATHS
    engine = open_database(bare_url)
    assert_newest(engine)
    engine.dispose()


def test_a_clinic_of_an_older_version_keeps_every_row_wherever_its_migration_is_killed(bare_urls: list[str]) -> None:
    to_count, filled_url = bare_urls
    for url in bare_urls:
        engine = open_database(url)
        with engine.execution_options(write=True).begin() as connection:
            upgrade_within(connection, OLDER)
        engine.dispose()
    tables = tables_of(engine)
    fill(engine, tables)
    before = every_row(engine, tables)
    assert all(before.values())
    statements = migrate_server(to_count, None)

    for number in range(FEWER_DEATHS):
        die(migrate_server, filled_url, 1 + number * (statements - 1) // (FEWER_DEATHS - 1))
        assert every_row(engine, tables) == before
        assert {table.name for table in tables_of(engine)} == before.keys()

    migrate_server(filled_url, None)
    after = every_row(engine, tables)
    assert before.pop("alembic_version") != after.pop("alembic_version")
    before["change"] = [row for row in before["change"] if row["kind"] in set(ServerKind)]
    assert after == before
    assert_newest(engine)
    engine.dispose()


def tables_of(engine: Engine) -> list[Table]:
    """The tables as the database itself knows them, referenced ones first."""
    found = MetaData()
    found.reflect(engine)
    return found.sorted_tables


def fill(engine: Engine, tables: list[Table]) -> None:
    """A row in each of these tables, and a line of every kind in the change log."""
    lines = [{"seq": n, "kind": kind, "entity_id": kind} for n, kind in enumerate([*ServerKind, *Kind])]
    with engine.execution_options(write=True).begin() as connection:
        for table in tables:
            if table.name != "alembic_version":
                row = {column.name: value(column) for column in table.columns}
                connection.execute(table.insert(), [row | line for line in (lines if table.name == "change" else [{}])])


def value(column: Column[Any]) -> Any:
    """Of the column's kind, the same in every table, so that references find what they name."""
    values: tuple[tuple[type[Any], Any], ...] = (
        (DateTime, START),
        (Date, START.date()),
        (Boolean, True),
        (Integer, 7),
        (JSON, ["é", None]),
    )
    return next((made for sort, made in values if isinstance(column.type, sort)), 'é\n"🙂')


def every_row(engine: Engine, tables: list[Table]) -> dict[str, list[dict[str, Any]]]:
    """What these columns hold, table by table."""
    with engine.connect() as connection:
        return {
            table.name: list(map(dict, connection.execute(table.select().order_by(*table.primary_key)).mappings()))
            for table in tables
        }


def assert_newest(engine: Engine) -> None:
    """The tables are what this version says."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_phones_migration_killed_anywhere_loses_no_entry_and_runs_again(tmp_path: Path) -> None:
    before = tmp_path / "before"
    make_store(before)
    statements = migrate_phone(copytree(before, tmp_path / "count"), START, None)

    for number in range(1, statements + 1):
        folder = copytree(before, tmp_path / f"phone-{number}")
        die(migrate_phone, folder, START, number)
        with closing(sqlite3.connect(folder / NAME)) as connection:
            assert connection.execute("SELECT id FROM outbox ORDER BY n").fetchall() == [("note-0001",), ("note-0002",)]
        migrate_phone(folder, START, None)
        with closing(sqlite3.connect(folder / NAME)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (len(LATER),)
            assert connection.execute("SELECT id, color FROM outbox ORDER BY n").fetchall() == [
                ("note-0001", "blue"),
                ("note-0002", "blue"),
            ]
            assert connection.execute("SELECT count(*) FROM note").fetchone() == (2,)


def test_a_phones_way_back_killed_anywhere_loses_no_entry_and_runs_again(tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    make_store(newer)
    migrate_phone(newer, START, None)
    with closing(sqlite3.connect(newer / NAME)) as connection, connection:
        connection.execute("INSERT INTO outbox (kind, id, body, color) VALUES ('message', 'note-0003', '{}', 'red')")
    entered = [(f"note-{number:04d}",) for number in (1, 2, 3)]
    statements = migrate_phone(copytree(newer, tmp_path / "count"), START, None, MIGRATIONS)
    assert statements > DEATHS

    for number in range(1, statements + 1):
        folder = copytree(newer, tmp_path / f"phone-{number}")
        die(migrate_phone, folder, START, number, MIGRATIONS)
        with closing(sqlite3.connect(folder / NAME)) as connection:
            assert connection.execute("SELECT id FROM outbox ORDER BY n").fetchall() == entered
        migrate_phone(folder, START, None, MIGRATIONS)
        with closing(sqlite3.connect(folder / NAME)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
            assert connection.execute("SELECT id FROM outbox ORDER BY n").fetchall() == entered


def make_store(folder: Path) -> None:
    """A phone of today's version with two entries waiting."""
    folder.mkdir()
    connection, _ = open_file(folder, "WAL", START)
    with closing(connection):
        for number in (1, 2):
            connection.execute(
                "INSERT INTO outbox (kind, id, body) VALUES ('message', ?, '{}')", (f"note-{number:04d}",)
            )


def die(migrate: Any, *given: Any) -> None:
    """Run it in a process of its own that does not survive it."""
    process = FORKS.Process(target=migrate, args=given, daemon=True)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
