"""A backup or a restore is killed at its statements: no half file, no half database, and it runs again."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from server.database import open_database, reading
from server.vault import contents, key
from tests.databases import copy_of_postgres, copy_of_sqlite
from tests.faults.test_killed_migration import die
from tests.faults.vaulter import put_back, take_backup
from tests.server.care import Care
from tests.server.world import START, World

DEATHS = 4


@pytest.fixture
def clinic_url(sqlite_world: World) -> str:
    """The address of a clinic's database with something in it."""
    care = Care.begin(sqlite_world)
    care.push(*care.session())
    return str(sqlite_world.settings.database)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    key.make(tmp_path / "backup.key", START)
    return tmp_path / "backup.key"


def places(statements: int) -> list[int]:
    """The numbers of the statements to die at, the first and the last among them."""
    return [1 + number * (statements - 1) // (DEATHS - 1) for number in range(DEATHS)]


def rows(url: str) -> int:
    engine = open_database(url)
    with reading(engine) as session:
        tables = SQLModel.metadata.sorted_tables
        found = sum(len(session.connection().execute(table.select()).all()) for table in tables)
    engine.dispose()
    return found


def test_a_backup_that_dies_leaves_no_file_of_that_name_or_a_whole_one(
    clinic_url: str, own: Path, tmp_path: Path
) -> None:
    statements = take_backup(clinic_url, tmp_path / "counted.backup", own, START, None)
    assert statements > DEATHS

    for number, place in enumerate(places(statements)):
        file = tmp_path / f"{number}.backup"
        die(take_backup, clinic_url, file, own, START, place)
        if file.exists():
            assert contents.read(file, key.load(own).identities).rows["fact"] == 3
            assert place == statements, "only its note in the audit log was still to be written"
        else:
            assert take_backup(clinic_url, file, own, START, None) == statements


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restore_that_dies_leaves_the_database_empty_and_runs_again(
    kind: str, clinic_url: str, own: Path, tmp_path: Path, sqlite_template: Path, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "clinic.backup"
    take_backup(clinic_url, file, own, START, None)
    with ExitStack() as stack:

        def empty(name: str) -> str:
            if kind == "postgresql":
                return stack.enter_context(copy_of_postgres(request.getfixturevalue("postgres")))
            (tmp_path / name).mkdir()
            return copy_of_sqlite(sqlite_template, tmp_path / name)

        statements = put_back(empty("counted"), file, own, START, None)
        target = empty("target")
        for place in places(statements):
            die(put_back, target, file, own, START, place)
            assert rows(target) == 0
        assert put_back(target, file, own, START, None) == statements
        assert rows(target) > 20
