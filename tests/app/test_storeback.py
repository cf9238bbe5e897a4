"""A newer app migrates the phone's store and gives way to the older one: nothing that was entered is lost."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.store import Store, open_store
from app.storeback import CAME_UP, StoreTooNew
from app.storefile import MIGRATIONS, NAME, open_file
from hep.facts import Kind
from tests.app.device import Device
from tests.app.examples import NOW, PROGRAM, ZONE, change, program, words

NEWER = (
    *MIGRATIONS,
    "ALTER TABLE outbox ADD color TEXT; CREATE TABLE extra (x); CREATE INDEX by_color ON outbox (color)",
    "ALTER TABLE record ADD weight INTEGER; ALTER TABLE meta ADD at TEXT",
)
OWNER = "person-1"


@pytest.fixture(params=["WAL", "MEMORY"])
def device(request: pytest.FixtureRequest, tmp_path: Path) -> Device:
    return Device(tmp_path, journal_mode=request.param)


async def older(device: Device) -> Store:
    """Today's app, opened."""
    store, repair = await open_store(device, NOW)
    assert repair is None
    return store


async def begin(device: Device) -> None:
    """The older app with a program, and one entry that waits."""
    store = await older(device)
    await store.belong_to(OWNER)
    await store.absorb([change(1, "program", f"{PROGRAM}:1", program(1))], cursor="c1", epoch=1)
    await store.put(Kind.MESSAGE, words(1), "note-0001")
    await store.came_up()
    store.close()


def with_the_newer_app(device: Device, *statements: str) -> None:
    """What a newer app does with the store while it is the one in use."""
    connection, repair = open_file(device.folder, device.journal_mode, NOW, NEWER)
    with closing(connection):
        for statement in statements:
            connection.execute(statement)
    assert repair is None


def entered(n: int, kind: str = "message", state: str = "pending") -> str:
    body = '{"text":"entered with the newer app","new_field":7}'
    return (
        f"INSERT INTO outbox (kind, id, body, state, color) VALUES ('{kind}', 'newer-{n}', '{body}', '{state}', 'red')"
    )


async def unsent(store: Store) -> list[str]:
    return [row.id for row in await store.batch(500)]


def files(device: Device, pattern: str = "stepwise-v*.db") -> set[str]:
    return {path.name for path in device.folder.glob(pattern)}


async def test_what_was_entered_with_the_newer_app_is_sent_by_the_older_one_word_for_word(device: Device) -> None:
    await begin(device)
    with_the_newer_app(device, entered(1), entered(2, kind="kind_of_tomorrow"), "DELETE FROM outbox WHERE n = 1")

    store = await older(device)

    rows = await store.batch(500)
    assert [(row.kind, row.id) for row in rows] == [("message", "newer-1"), ("kind_of_tomorrow", "newer-2")]
    assert rows[0].body == {"text": "entered with the newer app", "new_field": 7}
    assert store.next_seq() == 4
    assert await store.facts() == ()
    await store.put(Kind.MESSAGE, words(2), "note-0002")
    assert await unsent(store) == ["newer-1", "newer-2", "note-0002"]
    store.close()


async def test_the_program_is_there_without_a_network_and_pulling_goes_on_from_where_it_was(device: Device) -> None:
    await begin(device)
    with_the_newer_app(
        device,
        "DELETE FROM record",
        "UPDATE meta SET value = 'c9' WHERE key = 'cursor'",
        "INSERT INTO extra VALUES (1)",
    )

    store = await older(device)

    assert [version.version for version in (await store.history(ZONE)).versions] == [1]
    assert await store.meta("cursor") == "c1"
    store.close()


async def test_what_the_newer_app_sent_is_still_seen_and_not_sent_again(device: Device) -> None:
    await begin(device)
    with_the_newer_app(device, "UPDATE outbox SET state = 'sent', acked_at = '2026-11-22T12:00:00Z'")

    store = await older(device)

    assert await unsent(store) == []
    assert [fact.id for fact in await store.facts()] == ["note-0001"]
    store.close()


async def test_the_sign_in_is_the_newest_one(device: Device) -> None:
    await begin(device)
    with_the_newer_app(device, "INSERT INTO meta (key, value) VALUES ('tokens', 'rotated since')")

    store = await older(device)

    assert await store.meta("tokens") == "rotated since"
    store.close()


@pytest.mark.parametrize(
    "meanwhile",
    ["UPDATE meta SET value = 'person-2' WHERE key = 'owner'", "DELETE FROM meta WHERE key = 'cursor'"],
)
async def test_records_of_someone_else_or_wiped_since_do_not_come_back(device: Device, meanwhile: str) -> None:
    await begin(device)
    with_the_newer_app(device, meanwhile, "DELETE FROM record")

    store = await older(device)

    assert (await store.history(ZONE)).versions == ()
    assert await store.meta("cursor") is None
    store.close()


def gone(copy: Path) -> None:
    copy.unlink()


def damaged(copy: Path) -> None:
    copy.write_bytes(b"not a database" * 400)


@pytest.mark.parametrize("happened", [gone, damaged])
async def test_without_the_copy_everything_but_the_entries_is_fetched_anew(
    device: Device, happened: Callable[[Path], None]
) -> None:
    await begin(device)
    with_the_newer_app(device, entered(1))
    happened(device.folder / "stepwise-v1.db")

    store = await older(device)

    assert await unsent(store) == ["note-0001", "newer-1"]
    assert (await store.history(ZONE)).versions == ()
    assert await store.meta("cursor") is None
    store.close()


async def test_the_newer_app_comes_again_and_finds_what_was_entered_meanwhile(device: Device) -> None:
    await begin(device)
    for n in (1, 2):
        with_the_newer_app(device, entered(n))
        store = await older(device)
        await store.put(Kind.MESSAGE, words(n), f"between-{n:04d}")
        store.close()

    with_the_newer_app(device)

    with closing(sqlite3.connect(device.folder / NAME)) as connection:
        kept = [row[0] for row in connection.execute("SELECT id FROM outbox ORDER BY n")]
    assert kept == ["note-0001", "newer-1", "between-0001", "newer-2", "between-0002"]


async def test_the_copies_stay_until_the_app_has_come_up_once_and_go_with_the_next_start(device: Device) -> None:
    await begin(device)
    with_the_newer_app(device)
    with_the_newer_app(device)
    assert files(device) == {"stepwise-v1.db"}

    with_the_newer_app(device, f"INSERT OR REPLACE INTO meta (key, value) VALUES ('{CAME_UP}', '3')")
    assert files(device) == {"stepwise-v1.db"}

    with_the_newer_app(device)
    assert files(device) == set()

    # and the same on the way back, with the newer file
    store = await older(device)
    await store.came_up()
    store.close()
    assert files(device) == {"stepwise-v3.db"}
    (await older(device)).close()
    assert files(device) == set()


async def test_the_copies_go_with_what_came_from_the_clinic(device: Device) -> None:
    await begin(device)
    for wipe in (lambda store: store.purge(), lambda store: store.hand_over("person-2")):
        with_the_newer_app(device)
        store = await older(device)
        assert files(device) != set()
        await wipe(store)
        assert files(device) == set()
        store.close()


async def test_a_file_whose_queue_is_not_where_we_find_it_is_left_alone(device: Device) -> None:
    await begin(device)
    with_the_newer_app(device, "ALTER TABLE outbox RENAME TO queue")
    before = (device.folder / NAME).read_bytes()

    with pytest.raises(StoreTooNew, match="older"):
        await open_store(device, NOW)

    assert (device.folder / NAME).read_bytes() == before
