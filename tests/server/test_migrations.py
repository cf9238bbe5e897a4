from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

import server.tables  # noqa: F401
from hep.facts import Kind
from hep.wire import ServerKind
from server.database import open_database
from server.migrate import upgrade, upgrade_within


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a single table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    server: str = request.getfixturevalue("postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE bare")
        yield server.replace("/postgres?", "/bare?")
        connection.execute("DROP DATABASE bare WITH (FORCE)")


def test_the_newest_revision_is_what_the_tables_say(bare_url: str) -> None:
    engine = open_database(bare_url)
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    assert differences == []


def test_migrating_again_changes_nothing(bare_url: str) -> None:
    engine = open_database(bare_url)
    upgrade(engine)
    before = inspect(engine).get_table_names()
    upgrade(engine)
    assert inspect(engine).get_table_names() == before
    engine.dispose()


def test_two_servers_that_start_at_once_both_find_the_newest_shape(bare_url: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        engine = open_database(bare_url)
        try:
            upgrade(engine)
        except BaseException as error:
            failures.append(error)
        finally:
            engine.dispose()

    starts = [Thread(target=start) for _ in range(2)]
    for one in starts:
        one.start()
    for one in starts:
        one.join()
    assert failures == []


def test_the_facts_lines_leave_the_change_log_and_the_clinics_records_stay(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'bare.db'}")
    names = "patient_id, seq, clinic_id, kind, entity_id, op"
    line = text(f"INSERT INTO change ({names}) VALUES ('p', :n, 'c', :k, :k, 'put')")
    kinds = [*ServerKind, *Kind]
    with engine.execution_options(write=True).begin() as connection:
        upgrade_within(connection, "0002")
        connection.execute(line, [{"n": n, "k": kind.value} for n, kind in enumerate(kinds, 1)])
        upgrade_within(connection)
        left = connection.execute(text("SELECT kind FROM change ORDER BY seq")).scalars().all()
    engine.dispose()
    assert left == list(ServerKind)


def test_every_table_of_personal_data_names_its_clinic() -> None:
    without = {name for name, table in SQLModel.metadata.tables.items() if "clinic_id" not in table.columns}
    assert without == {"clinic", "sign_in_attempt"}


def test_a_sqlite_file_is_written_durably_and_keeps_its_references(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    with engine.connect() as connection:
        settings = [
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    engine.dispose()
    assert settings == ["wal", 2, 1, 5000]
