"""A backup: everything of one moment, encrypted, whole or refused; a restore: all of it into an empty database."""

import resource
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import orjson
import psycopg
import pytest
from sqlalchemy import JSON, BigInteger, Boolean, Column, Connection, Date, Engine, Integer, LargeBinary, Table, event
from sqlmodel import SQLModel, col, func, select

from server import audit
from server.database import open_database, reading, writing
from server.migrate import newest
from server.problems import CannotDo
from server.rebuild import rebuild
from server.tables.care import Fact, PatientSync
from server.tables.columns import Instant
from server.tables.people import AuditEntry, Clinic
from server.vault import backup, contents, key, restore, sealed
from server.vault.lines import Beginning, Shape, beginning_line, end_line, row_line, table_line
from tests.databases import copy_of_sqlite
from tests.server.care import Care
from tests.server.world import START, World

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def own(tmp_path: Path) -> key.Key:
    """A key that was just made."""
    key.make(tmp_path / "backup.key", START)
    return key.load(tmp_path / "backup.key")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "clinic.backup"


@pytest.fixture
def empty(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty SQLite database."""
    (tmp_path / "empty").mkdir()
    engine = open_database(copy_of_sqlite(sqlite_template, tmp_path / "empty"))
    yield engine
    engine.dispose()


@pytest.fixture
def small(sqlite_url: str) -> Iterator[Engine]:
    """The database of a clinic without anybody in it yet."""
    with opened(sqlite_url) as engine:
        with writing(engine) as session:
            session.add(Clinic(id="hillside", name="Marked Zebra Clinic", zone="UTC", created_at=START))
        yield engine


def add_facts(engine: Engine, count: int) -> None:
    """Facts with bodies that do not pack well."""
    row = odd_row(SQLModel.metadata.tables["fact"])
    rows = [row | {"id": f"fact-{n}", "seq": n, "body": Random(n).randbytes(500).hex()} for n in range(count)]
    with writing(engine) as session:
        session.connection().execute(SQLModel.metadata.tables["fact"].insert(), rows)


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    yield engine
    engine.dispose()


def every_row(engine: Engine) -> Rows:
    with reading(engine) as session:
        return {
            table.name: sorted(map(tuple, session.connection().execute(table.select())), key=repr)
            for table in SQLModel.metadata.sorted_tables
        }


def fill(engine: Engine) -> None:
    """Two rows in each table: of odd values, and of as few values as it may have."""
    with writing(engine) as session:
        for table in SQLModel.metadata.sorted_tables:
            odd = odd_row(table)
            bare = {name: None if table.columns[name].nullable else other(value) for name, value in odd.items()}
            session.connection().execute(table.insert(), [odd])
            session.connection().execute(table.insert(), [bare])


def odd_row(table: Table) -> dict[str, Any]:
    return {column.name: odd_value(column) for column in table.columns}


def odd_value(column: Column[Any]) -> Any:
    values: tuple[tuple[type[Any], Any], ...] = (
        (Instant, datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)),
        (Date, date(2000, 2, 29)),
        (Boolean, True),
        (BigInteger, 2**53 + 1),
        (Integer, 7),
        (JSON, [{"é": [1, None, "\n"]}]),
        (LargeBinary, bytes(range(256))),
    )
    return next((value for sort, value in values if isinstance(column.type, sort)), 'é\n"\\🙂')


def other(value: Any) -> Any:
    if isinstance(value, str):
        return "-"
    return value if isinstance(value, list | date | bytes) else value - 1


@pytest.fixture(params=["sqlite to sqlite", "sqlite to postgresql", "postgresql to sqlite"])
def ways(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> tuple[str, str]:
    """The addresses of two empty databases: of the clinic, and to restore into."""

    def address(kind: str) -> str:
        if kind == "postgresql":
            return str(request.getfixturevalue("postgres_url"))
        folder = tmp_path / f"folder-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return copy_of_sqlite(sqlite_template, folder)

    source, _, target = request.param.partition(" to ")
    return address(source), address(target)


def test_every_value_of_every_table_comes_back_as_it_was(ways: tuple[str, str], own: key.Key, file: Path) -> None:
    with opened(ways[0]) as source, opened(ways[1]) as target:
        fill(source)
        before = every_row(source)

        taken = backup.take(source, file, own, START)
        restore.put_back(target, file, own.identities, START)

        after = every_row(target)
    assert taken.rows == {name: 2 for name in before}
    epochs = {row[3] for row in before["patient_sync"]}
    names = list(SQLModel.metadata.tables["invitation"].columns.keys())
    void = names.index("revoked_at")
    assert [row[void] for row in before["invitation"]].count(None) == 1
    before["invitation"] = [(*row[:void], row[void] or START, *row[void + 1 :]) for row in before["invitation"]]
    for table in ("audit_entry", "audit_head", "patient_sync"):
        rows = before.pop(table), after.pop(table)
        assert table != "audit_entry" or set(rows[0]) <= set(rows[1])
        assert table != "patient_sync" or min(row[3] for row in rows[1]) > max(epochs)
    assert after == before


def test_a_clinic_goes_on_where_the_backup_was_taken(ways: tuple[str, str], own: key.Key, file: Path) -> None:
    with World(ways[0], file.parent) as world:
        care = Care.begin(world)
        care.push(*care.session())
        taken = backup.take(world.engine, file, own, world.now)
        care.push(care.row(care.set_log(9)))
    with opened(ways[1]) as target:
        restore.put_back(target, file, own.identities, world.later(hours=1))

    with World(ways[1], file.parent) as again:
        again.now = world.now
        back = again.signed(again.refresh(care.phone))
        assert back.get("/v1/sync/pull", params={"cursor": care.cursor}).status_code == 410
        kinds = [change["kind"] for change in back.get("/v1/sync/pull").json()["changes"]]
        assert kinds == ["profile", "clinic", "program", "set_log", "set_log", "session_end"]
        assert rebuild(again.engine, again.now, check=True) == ()
        with reading(again.engine) as session:
            assert audit.verify(session, care.clinic_id).sound
            notes = session.exec(select(AuditEntry).where(col(AuditEntry.action).startswith("backup."))).all()
    assert [(note.action, note.resource_id) for note in notes] == [("backup.restore", taken.digest)]


def test_that_a_backup_was_taken_stands_in_the_audit_log(small: Engine, own: key.Key, file: Path) -> None:
    taken = backup.take(small, file, own, START)

    with reading(small) as session:
        (note,) = session.exec(select(AuditEntry)).all()
        assert audit.verify(session, "hillside").sound
    assert (note.action, note.resource_id, note.clinic_id) == ("backup.take", taken.digest, "hillside")


def test_a_backup_shows_nothing_of_what_it_holds(small: Engine, own: key.Key, file: Path) -> None:
    backup.take(small, file, own, START)

    assert b"Zebra" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.parent.glob("*.part")] == []


def test_two_restores_of_one_backup_are_two_generations(
    small: Engine, own: key.Key, file: Path, sqlite_template: Path, tmp_path: Path
) -> None:
    with writing(small) as session:
        session.add(PatientSync(patient_id="patient-1", clinic_id="hillside"))
    backup.take(small, file, own, START)
    epochs = set()
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        with opened(copy_of_sqlite(sqlite_template, tmp_path / str(number))) as target:
            restore.put_back(target, file, own.identities, START)
            with reading(target) as session:
                epochs |= set(session.exec(select(PatientSync.epoch)))

    assert len(epochs) == 2
    assert min(epochs) > 1


def test_an_invitation_that_may_have_been_used_since_the_backup_is_void(
    sqlite_world: World, own: key.Key, file: Path, empty: Engine
) -> None:
    therapist = sqlite_world.therapist(sqlite_world.clinic())
    invitation = sqlite_world.invite(therapist, sqlite_world.patient(therapist))
    backup.take(sqlite_world.engine, file, own, START)
    restore.put_back(empty, file, own.identities, START)

    with World(str(empty.url), file.parent) as again:
        assert again.redeem(secret=invitation["secret"]).status_code == 410
    assert sqlite_world.redeem(secret=invitation["secret"]).status_code == 200


def test_a_patient_without_a_change_log_gets_a_new_generation_too(
    sqlite_world: World, own: key.Key, file: Path, empty: Engine
) -> None:
    care = Care.begin(sqlite_world, publish=False)
    with writing(sqlite_world.engine) as session:
        session.delete(session.get_one(PatientSync, care.patient_id))
    backup.take(sqlite_world.engine, file, own, START)

    restore.put_back(empty, file, own.identities, START)

    with reading(empty) as session:
        assert session.get_one(PatientSync, care.patient_id).epoch > 1


def test_a_database_that_does_not_exist_yet_is_made(small: Engine, own: key.Key, file: Path, tmp_path: Path) -> None:
    backup.take(small, file, own, START)
    with opened(f"sqlite:///{tmp_path / 'new.db'}") as target:
        restore.put_back(target, file, own.identities, START)
        with reading(target) as session:
            assert session.exec(select(Clinic.id)).all() == ["hillside"]


def test_a_database_with_a_single_row_is_left_alone(small: Engine, own: key.Key, file: Path, empty: Engine) -> None:
    backup.take(small, file, own, START)
    with writing(empty) as session:
        session.add(Clinic(id="other", name="Other", zone="UTC", created_at=START))

    with pytest.raises(CannotDo, match="not empty"):
        restore.put_back(empty, file, own.identities, START)

    with reading(empty) as session:
        assert session.exec(select(Clinic.id)).all() == ["other"]


def holds_nothing(engine: Engine) -> bool:
    return not any(every_row(engine).values())


def test_a_cut_or_changed_or_lengthened_file_is_refused_and_nothing_is_written(
    small: Engine, own: key.Key, file: Path, empty: Engine
) -> None:
    add_facts(small, 20)
    backup.take(small, file, own, START)
    whole, chance = file.read_bytes(), Random(5)
    places = [0, 1, 40, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(60))]
    broken = [whole[:place] for place in places]
    broken += [
        whole[:place] + bytes([whole[place] ^ 1 << chance.randrange(8)]) + whole[place + 1 :] for place in places
    ]
    broken += [whole + b"\0", whole + whole, b"not a backup"]

    for text in broken:
        file.write_bytes(text)
        with pytest.raises(CannotDo, match=r"damaged|another key"):
            contents.read(file, own.identities)
    with pytest.raises(CannotDo, match="damaged"):
        restore.put_back(empty, file, own.identities, START)

    assert holds_nothing(empty)


def test_another_key_opens_nothing(small: Engine, own: key.Key, file: Path, tmp_path: Path) -> None:
    backup.take(small, file, own, START)
    key.make(tmp_path / "other.key", START)

    with pytest.raises(CannotDo, match="another key"):
        contents.read(file, key.load(tmp_path / "other.key").identities)


def test_a_public_key_makes_backups_and_opens_none(small: Engine, own: key.Key, file: Path, tmp_path: Path) -> None:
    (tmp_path / "public.key").write_text(f"# for the server\n{own.recipients[0]}\n")
    public = key.load(tmp_path / "public.key")

    taken = backup.take(small, file, public, START)

    assert contents.read(file, own.identities) == taken
    with pytest.raises(CannotDo, match="public keys only"):
        public.opening()


def test_a_key_file_that_cannot_be_trusted_is_refused(own: key.Key, tmp_path: Path) -> None:
    path = tmp_path / "backup.key"
    with pytest.raises(CannotDo, match="never replaced"):
        key.make(path, START)
    path.chmod(0o640)
    with pytest.raises(CannotDo, match="chmod 600"):
        key.load(path)
    for text in ("", "# only a remark\n", "AGE-SECRET-KEY-1QQQ\n", "a passphrase\n"):
        path.write_text(text)
        with pytest.raises(CannotDo, match="your own copy"):
            key.load(path)
    with pytest.raises(CannotDo, match="cannot be read"):
        key.load(tmp_path / "missing.key")
    with pytest.raises(CannotDo, match="Set BACKUP_KEY_FILE"):
        key.load(None)


def test_a_file_of_that_name_is_never_replaced(small: Engine, own: key.Key, file: Path) -> None:
    file.write_text("older")
    with pytest.raises(CannotDo, match="never replaced"):
        backup.take(small, file, own, START)
    assert file.read_text() == "older"


@pytest.mark.parametrize("kept", ["half", "another"])
def test_what_the_disk_did_not_keep_as_it_was_written_is_no_backup(
    kept: str, small: Engine, own: key.Key, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = file.with_name("older.backup")
    backup.take(small, older, own, START)

    def fail_quietly(_handle: int) -> None:
        (part,) = file.parent.glob("*.part")
        part.write_bytes(older.read_bytes() if kept == "another" else part.read_bytes()[: part.stat().st_size // 2])

    monkeypatch.setattr(backup.os, "fsync", fail_quietly)
    with pytest.raises(CannotDo, match="otherwise than it was written"):
        backup.take(small, file, own, START)

    assert not file.exists()
    assert list(file.parent.glob("*.part")) == []


def test_without_room_for_it_no_backup_is_left(small: Engine, own: key.Key, file: Path) -> None:
    add_facts(small, 20)
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, unlimited[1]))
    try:
        with pytest.raises(CannotDo, match=r"too large.*Nothing was kept"):
            backup.take(small, file, own, START)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)

    assert [path for path in file.parent.iterdir() if path.name.startswith((".clinic", "clinic.backup"))] == []
    assert backup.take(small, file, own, START).rows["fact"] == 20


def test_a_restore_without_room_leaves_an_empty_database_and_works_afterwards(
    small: Engine, own: key.Key, file: Path, empty: Engine
) -> None:
    add_facts(small, 100)
    backup.take(small, file, own, START)

    def no_more_pages(connection: Connection) -> None:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {used + 2}")

    event.listen(empty, "begin", no_more_pages)
    with pytest.raises(CannotDo, match="as it was"):
        restore.put_back(empty, file, own.identities, START)
    event.remove(empty, "begin", no_more_pages)
    assert holds_nothing(empty)
    empty.dispose()
    with reading(empty) as session:
        session.connection().exec_driver_sql("PRAGMA max_page_count = 1073741823")

    restore.put_back(empty, file, own.identities, START)

    with reading(empty) as session:
        assert session.exec(select(func.count()).select_from(Fact)).one() == 100


def test_a_broken_audit_chain_is_told_of_and_stops_no_backup(
    small: Engine, own: key.Key, file: Path, empty: Engine
) -> None:
    with writing(small) as session:
        for clinic_id in ("hillside", "riverside") * 2:
            actor = audit.Actor(clinic_id=clinic_id)
            audit.record(session, actor, "patient.read", START, resource="patient")
    with small.execution_options(write=True).begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entry_no_update")
        connection.exec_driver_sql("UPDATE audit_entry SET outcome = 'other' WHERE seq = 2 AND clinic_id = 'hillside'")

    taken = backup.take(small, file, own, START)

    assert taken.broken == (("hillside", 2),)
    assert restore.put_back(empty, file, own.identities, START).broken == taken.broken


CLINIC = Shape("clinic", {"id": "text", "created_at": "instant"})
ROW = row_line(("clinic-1", START))
FIRST = beginning_line(Beginning(START, "0001"))
LAST = end_line({"clinic": 1}, "0" * 64)


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ([], "its end"),
        ([FIRST], "its end"),
        ([FIRST, table_line(CLINIC), ROW], "its end"),
        ([FIRST, table_line(CLINIC), ROW, LAST], "its end"),
        ([FIRST, LAST, LAST], "more after its end"),
        ([table_line(CLINIC)], "its beginning"),
        ([b"[1]\n"], "its beginning"),
        ([b'{"stepwise_backup":2}\n'], "newer version"),
        ([b'{"stepwise_backup":1,"made_at":"soon","revision":"1"}\n'], "its beginning"),
        ([FIRST, ROW], "a row of no table"),
        ([FIRST, table_line(CLINIC), table_line(CLINIC)], "clinic twice"),
        ([FIRST, table_line(CLINIC), row_line(("clinic-1",))], "a row of clinic"),
        ([FIRST, table_line(CLINIC), row_line((1, START))], "a row of clinic"),
        ([FIRST, table_line(CLINIC), row_line(("clinic-1", "soon"))], "a row of clinic"),
        ([FIRST, b'{"table":"clinic","columns":{"id":"color"}}\n'], "unknown sort"),
        ([FIRST, b'{"table":7}\n'], "unknown sort"),
        ([FIRST, b'{"more":1}\n'], "unknown sort"),
        ([FIRST, b"{\n"], "no JSON"),
        ([FIRST, b'"', b"x" * 2000], "too long"),
    ],
)
def test_a_file_that_opens_but_is_no_whole_backup_is_refused(
    lines: list[bytes], where: str, own: key.Key, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "LONGEST_LINE", 1000)
    with file.open("wb") as out:
        sealed.seal(iter(lines), out, own.recipients)
    with pytest.raises(CannotDo, match=where):
        contents.read(file, own.identities)


def test_a_backup_of_a_newer_version_is_refused(own: key.Key, file: Path, empty: Engine) -> None:
    first = beginning_line(Beginning(START, "9999"))
    with file.open("wb") as out:
        sealed.seal(iter([first, end_line({}, sha256(first).hexdigest())]), out, own.recipients)
    with pytest.raises(CannotDo, match="newer version"):
        restore.put_back(empty, file, own.identities, START)


def make_older(file: Path, own: key.Key) -> None:
    """Make of this backup what the first version would have written: without what a later revision added."""
    pieces: list[bytes] = []
    with file.open("rb") as packed:
        sealed.unseal(packed, pieces.append, own.identities)
    lines = b"".join(pieces).splitlines(keepends=True)[:-1]
    lines[0] = lines[0].replace(str(newest()).encode(), b"0001")
    start = next(n for n, line in enumerate(lines) if line.startswith(b'{"table":"patient_sync"'))
    later = b',"settle_at":"instant","touched":"text"'
    assert later in lines[start]
    lines[start] = lines[start].replace(later, b"")
    rows = Counter[str]()
    for number, line in enumerate(lines[1:], 1):
        value = orjson.loads(line)
        if isinstance(value, dict):
            name = value["table"]
            rows[name] = 0
        else:
            rows[name] += 1
            lines[number] = row_line(tuple(value[:5])) if name == "patient_sync" else line
    end = end_line(rows, sha256(b"".join(lines)).hexdigest())
    with file.open("wb") as out:
        sealed.seal(iter([*lines, end]), out, own.recipients)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_of_an_older_version_is_restored_in_its_shape_and_brought_up_to_date(
    kind: str, sqlite_world: World, own: key.Key, file: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    care = Care.begin(sqlite_world)
    care.push(*care.session())
    care.settle()
    backup.take(sqlite_world.engine, file, own, sqlite_world.now)
    make_older(file, own)
    url = f"sqlite:///{tmp_path / 'new.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres_url")
        with psycopg.connect(url) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    with opened(url) as target:
        assert restore.put_back(target, file, own.identities, START).beginning.revision == "0001"

        with reading(target) as session:
            assert backup.current_revision(session) == newest()
            assert session.exec(select(func.count()).select_from(Fact)).one() == 3
            assert audit.verify(session, care.clinic_id).sound
        assert rebuild(target, sqlite_world.now, check=True) == ()


def test_an_older_backup_does_not_go_into_tables_of_a_newer_shape(
    small: Engine, own: key.Key, file: Path, empty: Engine
) -> None:
    backup.take(small, file, own, START)
    make_older(file, own)
    with pytest.raises(CannotDo, match="without any tables"):
        restore.put_back(empty, file, own.identities, START)
    assert holds_nothing(empty)


def test_no_table_numbers_its_rows_by_itself() -> None:
    numbered = [
        table.name
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.identity is not None
        or (column.primary_key and len(table.primary_key) == 1 and odd_value(column) == 7)
    ]
    assert numbered == [], "a restore would have to set its sequence"
