"""What phones do when the clinic's server comes back older than it was, and what becomes of an older phone."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.sync import SyncState
from hep.facts import ItemKey, SkipReason
from server import audit
from server.compaction import compact
from server.database import open_database, reading
from server.rebuild import rebuild
from server.vault import backup, key, restore
from tests.databases import copy_of_postgres, copy_of_sqlite
from tests.flows.conftest import MakePhone
from tests.flows.link import Fault
from tests.flows.people import Clinic, Phone, a_squat
from tests.server.world import World


class Vault:
    """Takes a backup of a clinic, and puts it back as often as asked, each time into a database of its own."""

    def __init__(self, clinic: Clinic, folder: Path, empty: Callable[[], str], stack: ExitStack) -> None:
        self._clinic, self._folder, self._empty, self._stack = clinic, folder, empty, stack
        key.make(folder / "backup.key", clinic.world.now)
        self._key = key.load(folder / "backup.key")
        self._file = folder / "clinic.backup"

    def back_up(self) -> None:
        backup.take(self._clinic.world.engine, self._file, self._key, self._clinic.world.now)

    def restore(self, *phones: Phone) -> None:
        """The old server is gone; a new one serves what the backup holds, and the phones reach it."""
        url, now, lost = self._empty(), self._clinic.world.now, self._clinic.world
        engine = open_database(url)
        restore.put_back(engine, self._file, self._key.identities, now)
        engine.dispose()
        again = self._stack.enter_context(World(url, self._folder))
        again.now, again._numbers = now, lost._numbers
        self._clinic.world = again
        for phone in phones:
            phone.link.lead_to(again.app)
        self._clinic.sign_in_again()

    def check(self) -> None:
        """What follows from the facts is right, and the audit log whole."""
        world = self._clinic.world
        assert rebuild(world.engine, world.now, check=True) == ()
        with reading(world.engine) as session:
            assert audit.verify(session, self._clinic.clinic_id).sound


EITHER = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
"""Once on each kind of database, before and after a restore. (A restore from one into the other: test_backup.py.)"""


@pytest.fixture
def kind() -> str:
    """The clinic's database: SQLite, unless a test is for `EITHER`."""
    return "sqlite"


@pytest.fixture
def clinic(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Clinic]:
    url = request.getfixturevalue("sqlite_url" if kind == "sqlite" else "postgres_url")
    with World(url, tmp_path) as world:
        made = Clinic(world)
        made.publish()
        yield made


@pytest.fixture
def vault(
    clinic: Clinic, kind: str, request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> Iterator[Vault]:
    """Restores into databases of the clinic's kind."""

    def empty() -> str:
        if kind == "postgresql":
            return stack.enter_context(copy_of_postgres(request.getfixturevalue("postgres")))
        place = tmp_path / f"restored-{len(list(tmp_path.iterdir()))}"
        place.mkdir()
        return copy_of_sqlite(sqlite_template, place)

    with ExitStack() as stack:
        yield Vault(clinic, tmp_path, empty, stack)


@EITHER
async def test_what_the_lost_server_had_confirmed_comes_back_from_the_phones(
    clinic: Clinic, phone: Phone, make_phone: MakePhone, vault: Vault
) -> None:
    other = await make_phone(clinic)
    session = await phone.begin()
    ids = await phone.squats(session, 1)
    await phone.settle()
    vault.back_up()
    ids += await phone.squats(session, 2)
    await phone.settle()
    await other.settle()
    ids += await other.squats(await other.begin(), 3)
    await other.settle()
    phone.link.down = True
    ids += await phone.squats(session, 4)
    await phone.sync.once()

    vault.restore(phone, other)
    phone.link.down = False
    for each in (phone, other, phone):
        await each.settle()

    assert [id_ for _, id_ in clinic.stored()] == sorted(ids)
    assert await phone.facts() == await other.facts() == clinic.stored()
    assert (await phone.history()).rows == (await other.history()).rows
    vault.check()


async def test_corrections_withdrawals_and_stop_signs_come_back_too(clinic: Clinic, phone: Phone, vault: Vault) -> None:
    session = await phone.begin()
    await phone.squats(session, 1, 2, 3)
    await phone.settle()
    vault.back_up()
    first, second, _ = (await phone.history()).rows
    await phone.log.correct(first, {"reps": 7})
    await phone.log.retract(second)
    await phone.log.skip_items(session, [ItemKey.dated("squat-0001", session.on, 1)], SkipReason.PAIN)
    await phone.log.end_session(session, 2)
    await phone.settle()
    before = (await phone.history()).rows

    vault.restore(phone)
    await phone.settle()

    assert await phone.facts() == clinic.stored()
    assert [(row.id, row.fact) for row in (await phone.history()).rows] == [(row.id, row.fact) for row in before]
    assert (await phone.sync.status()).shelf == ()
    vault.check()


async def test_restored_twice_from_the_same_backup_the_phones_come_back_twice(
    clinic: Clinic, phone: Phone, vault: Vault
) -> None:
    vault.back_up()
    session = await phone.begin()
    ids: list[str] = []
    for number in (1, 2):
        ids += await phone.squats(session, number)
        await phone.settle()
        vault.restore(phone)
        await phone.settle()
        assert [id_ for _, id_ in clinic.stored()] == sorted(ids)
    vault.check()


async def test_a_phone_that_renewed_its_sign_in_after_the_backup_is_let_in_again(
    clinic: Clinic, phone: Phone, vault: Vault
) -> None:
    session, ids = await phone.begin(), []
    for number in range(1, 7):
        clinic.world.later(hours=1)
        ids += await phone.squats(session, number)
        if number == 5:
            phone.link.faults.extend((None, Fault.LOSE))
            await phone.sync.once()
        await phone.settle()
        if number == 2:
            vault.back_up()

    vault.restore(phone)
    for number in (7, 8):
        clinic.world.later(hours=1)
        ids += await phone.squats(session, number)
        await phone.settle()

    assert [id_ for _, id_ in clinic.stored()] == sorted(ids)
    assert await phone.facts() == clinic.stored()
    vault.restore(phone)
    await phone.settle()
    assert [id_ for _, id_ in clinic.stored()] == sorted(ids)


async def test_a_phone_whose_sign_in_was_ended_gets_no_way_back_by_older_ones(clinic: Clinic, phone: Phone) -> None:
    session = await phone.begin()
    for number in (1, 2, 3):
        clinic.world.later(hours=1)
        await phone.squats(session, number)
        await phone.settle()
    stolen = (await phone.api.tokens() or pytest.fail()).refresh_token
    for nonce in ("of-the-thief-0001", "of-the-thief-0002"):
        clinic.world.client.post("/v1/auth/refresh", json={"refresh_token": stolen, "nonce": nonce})
    clinic.world.later(hours=1)

    assert await phone.sync.once() is SyncState.SIGNED_OUT
    phone.link.paths.clear()
    assert await phone.sync.once() is SyncState.SIGNED_OUT
    assert phone.link.paths == []


async def test_a_phone_that_signed_in_after_the_backup_loses_nothing_either(
    clinic: Clinic, make_phone: MakePhone, vault: Vault
) -> None:
    vault.back_up()
    phone = await make_phone(clinic)
    ids = await phone.squats(await phone.begin(), 1)
    await phone.settle()

    vault.restore(phone)
    assert await phone.sync.once() is SyncState.SIGNED_OUT
    await phone.account.redeem(secret=clinic.invitation())
    await phone.settle()

    assert [id_ for _, id_ in clinic.stored()] == ids


async def test_sets_of_a_version_the_backup_lacks_arrive_once_it_is_published_again(
    clinic: Clinic, phone: Phone, vault: Vault
) -> None:
    vault.back_up()
    clinic.publish(a_squat(clinic.today, sets=3), reason="Two good weeks")
    await phone.settle()
    session = await phone.begin()
    clinic.world.later(days=1)
    await phone.settle()
    session = await phone.begin()
    assert session.version == 2
    ids = await phone.squats(session, 1)
    await phone.settle()
    (logged,) = (await phone.history()).rows
    ids.append(str(await phone.log.correct(logged, {"reps": 7})))
    await phone.settle()

    vault.restore(phone)
    await phone.settle()
    assert clinic.stored() == []
    assert {row.code for row in (await phone.sync.status()).shelf} == {"version_unknown"}
    assert len(await phone.facts()) == 2

    clinic.version = 1
    clinic.publish(a_squat(clinic.today, sets=3), reason="Two good weeks")
    await phone.settle()

    assert len(clinic.stored()) == 2
    assert (await phone.sync.status()).shelf == ()
    assert await phone.facts() == clinic.stored()
    vault.check()


# An older copy of the phone


def kept_copy(phone: Phone) -> Path:
    """A backup of the phone's own data."""
    copy = phone.device.folder.with_name("kept")
    shutil.copytree(phone.device.folder, copy)
    return copy


async def put_back(phone: Phone, copy: Path) -> None:
    await phone.close()
    shutil.rmtree(phone.device.folder)
    shutil.copytree(copy, phone.device.folder)
    await phone.open()


@EITHER
async def test_an_older_copy_of_the_phone_sends_again_and_doubles_nothing(clinic: Clinic, phone: Phone) -> None:
    session = await phone.begin()
    phone.link.down = True
    ids = await phone.squats(session, 1, 2)
    await phone.close()
    copy = kept_copy(phone)
    await phone.open()
    phone.link.down = False
    await phone.settle()
    ids += await phone.squats(session, 3)
    await phone.settle()

    await put_back(phone, copy)
    ids += await phone.squats(await phone.log.resume() or session, 4)
    await phone.settle()

    assert [id_ for _, id_ in clinic.stored()] == sorted(ids)
    assert await phone.facts() == clinic.stored()
    assert (await phone.sync.status()).shelf == ()


async def test_an_older_copy_whose_sign_in_is_spent_asks_for_a_new_one_and_loses_nothing(
    clinic: Clinic, phone: Phone
) -> None:
    session = await phone.begin()
    phone.link.down = True
    ids = await phone.squats(session, 1)
    await phone.close()
    copy = kept_copy(phone)
    await phone.open()
    phone.link.down = False
    clinic.world.later(hours=1)
    await phone.settle()

    await put_back(phone, copy)
    ids += await phone.squats(session, 2)
    assert await phone.sync.once() is SyncState.SIGNED_OUT
    assert (await phone.sync.status()).unsent == 2
    clinic.sign_in_again()
    await phone.account.redeem(secret=clinic.invitation())
    await phone.settle()

    assert [id_ for _, id_ in clinic.stored()] == sorted(ids)
    assert await phone.facts() == clinic.stored()


@EITHER
async def test_an_id_that_an_older_copy_gave_a_second_time_keeps_both_entries(clinic: Clinic, phone: Phone) -> None:
    session = await phone.begin()
    await phone.close()
    copy = kept_copy(phone)
    await phone.open()
    (id_,) = await phone.squats(session, 1, reps=10)
    await phone.settle()
    body = await phone.store.body(id_)
    assert body is not None

    await put_back(phone, copy)
    ((other, *_),) = [await phone.squats(session, 2, reps=4)]
    with phone.store._transaction() as db:
        db.execute("UPDATE outbox SET id = ? WHERE id = ?", (id_, other))
    await phone.settle()

    assert clinic.stored() == [("set_log", id_)]
    (kept,) = (await phone.sync.status()).shelf
    assert (kept.id, kept.code, kept.body["reps"]) == (id_, "conflict", 4)


# A phone that was away for long


@EITHER
async def test_a_phone_away_for_thirteen_months_sends_first_and_then_begins_anew(
    clinic: Clinic, phone: Phone, make_phone: MakePhone
) -> None:
    session = await phone.begin()
    ids = await phone.squats(session, 1)
    await phone.settle()
    phone.link.down = True
    queued = await phone.squats(session, 2)
    other = await make_phone(clinic)
    ids += await other.squats(await other.begin(), 3)
    await other.settle()
    clinic.world.later(days=400)
    clinic.sign_in_again()
    assert compact(clinic.world.engine, clinic.world.now) == 2

    phone.link.down = False
    assert await phone.sync.once() is SyncState.SIGNED_OUT
    await phone.account.redeem(secret=clinic.invitation())
    phone.link.paths.clear()
    await phone.settle()

    assert phone.link.paths[:3] == ["/v1/sync/push", "/v1/sync/pull", "/v1/sync/pull"]
    assert [id_ for _, id_ in clinic.stored()] == sorted(ids + queued)
    assert (await phone.sync.status()).shelf == ()
    assert await phone.due() == ["2x10"]
    assert compact(clinic.world.engine, clinic.world.now) == 0
    clinic.publish(a_squat(clinic.today, sets=3), reason="Welcome back")
    await phone.settle()
    assert [version.version for version in (await phone.history()).versions] == [1, 2]
