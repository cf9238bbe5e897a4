"""The store's file in bad hours: killed in the middle, damaged, migrated, written by a newer app."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.store import NotSaved, Store, open_store
from app.storefile import MIGRATIONS, NAME, open_file
from hep.facts import Kind
from tests.app.clinic import tokens
from tests.app.device import Device
from tests.app.examples import NOW, PROGRAM, ZONE, a_set, change, program, words

ROOT = Path(__file__).parents[2]


def contents(folder: Path, pattern: str) -> set[bytes]:
    return {path.read_bytes() for path in folder.glob(pattern)}


def copy_as_it_lies(folder: Path, copy: Path) -> None:
    copy.mkdir()
    for path in folder.glob(f"{NAME}*"):
        (copy / path.name).write_bytes(path.read_bytes())


async def filled(folder: Path, count: int = 40) -> None:
    """A store with a program, a sign-in, and `count` unsent notes."""
    store, _ = await open_store(Device(folder, journal_mode="MEMORY"), NOW)
    await store.absorb([change(1, "program", f"{PROGRAM}:1", program(1))], cursor="c1", epoch=1)
    await store.set_meta({"tokens": tokens().access_token})
    for n in range(count):
        await store.put(Kind.MESSAGE, words(n), f"note-{n:04d}")
    store.close()


async def unsent(store: Store) -> list[str]:
    return [row.id for row in await store.batch(500)]


KILLED = """
import asyncio, sys
from pathlib import Path
from app.store import open_store
from hep.facts import Kind
from tests.app.device import Device
from tests.app.examples import NOW, words

class Slow(Device):
    async def flush(self):
        await super().flush()
        if self.flushes == 3:
            print("flushing", flush=True)
            await asyncio.Event().wait()

async def main():
    store, _ = await open_store(Slow(Path(sys.argv[1])), NOW)
    for n in range(9):
        await store.put(Kind.MESSAGE, words(n), f"note-{n:04d}")
        print(f"note-{n:04d}", flush=True)

asyncio.run(main())
"""


def confirmed_before_the_kill(folder: Path) -> list[str]:
    command = [sys.executable, "-c", KILLED, str(folder)]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line == "flushing\n":
                break
            lines.append(line.strip())
        os.kill(child.pid, signal.SIGKILL)
    return lines


async def test_what_was_confirmed_before_the_app_was_killed_is_there(tmp_path: Path) -> None:
    lines = confirmed_before_the_kill(tmp_path)

    store, repair = await open_store(Device(tmp_path), NOW)

    assert repair is None
    assert lines == ["note-0000", "note-0001"]
    assert (await unsent(store))[:2] == lines
    assert [row.id for row in await store.facts()] == await unsent(store)
    store.close()


ENDLESS = """
import asyncio, sys
from pathlib import Path
from app.store import open_store
from hep.facts import Kind
from tests.app.device import Device
from tests.app.examples import NOW, words

async def main():
    store, _ = await open_store(Device(Path(sys.argv[1])), NOW)
    while True:
        n = store.next_seq()
        await store.put(Kind.MESSAGE, words(n), f"note-{n:06d}")
        print(f"note-{n:06d}", flush=True)

asyncio.run(main())
"""


def killed_after(folder: Path, count: int) -> list[str]:
    command = [sys.executable, "-c", ENDLESS, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline().strip() for _ in range(count)]
        os.kill(child.pid, signal.SIGKILL)
        return lines + child.stdout.read().split()


async def test_an_app_killed_again_and_again_keeps_every_confirmed_entry_once(tmp_path: Path) -> None:
    confirmed: list[str] = []
    for count in (1, 4, 9, 25):
        confirmed += killed_after(tmp_path, count)

    store, repair = await open_store(Device(tmp_path), NOW)

    kept = await unsent(store)
    assert repair is None
    assert set(confirmed) <= set(kept)
    assert len(kept) == len(set(kept)) <= len(confirmed) + 4
    store.close()


class Tab(Device):
    """A browser's tab: the folder lives in memory, a flush copies it to what survives."""

    def __init__(self, memory: Path, disk: Path) -> None:
        super().__init__(memory, journal_mode="MEMORY")
        self.disk = disk

    async def flush(self) -> None:
        await super().flush()
        (self.disk / NAME).write_bytes((self.folder / NAME).read_bytes())


async def test_a_tab_that_crashes_before_a_flush_has_everything_that_was_confirmed(tmp_path: Path) -> None:
    memory, disk = tmp_path / "memory", tmp_path / "disk"
    memory.mkdir()
    disk.mkdir()
    tab = Tab(memory, disk)
    store, _ = await open_store(tab, NOW)
    await store.put(Kind.MESSAGE, words(1), "note-0001")
    tab.refuses = True
    with pytest.raises(NotSaved):
        await store.put(Kind.MESSAGE, words(2), "note-0002")
    store.close()

    after, repair = await open_store(Device(disk, journal_mode="MEMORY"), NOW)

    assert repair is None
    assert await unsent(after) == ["note-0001"]
    after.close()


async def test_a_file_that_is_no_database_is_kept_aside_and_the_person_is_told(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"not a database" * 100)

    store, repair = await open_store(Device(tmp_path), NOW)

    assert repair is not None
    assert (tmp_path / repair.kept_as).read_bytes() == b"not a database" * 100
    assert repair.rescued == 0
    assert "damaged" in str(repair)
    await store.put(Kind.MESSAGE, words(1), "note-0001")
    assert await unsent(store) == ["note-0001"]
    store.close()


async def test_unsent_entries_are_rescued_from_a_damaged_file_and_the_rest_is_fetched_anew(tmp_path: Path) -> None:
    await filled(tmp_path)
    break_pages_of(tmp_path / NAME, "record")

    store, repair = await open_store(Device(tmp_path), NOW)

    assert repair is not None
    assert repair.rescued == 40
    assert "40 unsent entries were saved" in str(repair)
    assert await unsent(store) == [f"note-{n:04d}" for n in range(40)]
    assert await store.meta("tokens") == "access-1"
    assert await store.meta("cursor") is None
    assert store.next_seq() == 41
    store.close()


async def test_damage_inside_the_queue_costs_only_the_entries_it_hit(tmp_path: Path) -> None:
    await filled(tmp_path, count=200)
    break_middle_leaf_of(tmp_path / NAME, "outbox")

    store, repair = await open_store(Device(tmp_path), NOW)

    assert repair is not None
    saved = await unsent(store)
    assert 100 < repair.rescued == len(saved) < 200
    assert {"note-0000", "note-0199"} <= set(saved)
    assert saved == sorted(saved)
    store.close()


async def test_a_damaged_file_goes_with_what_came_from_the_clinic_and_what_was_rescued_stays(tmp_path: Path) -> None:
    for wipe, left in ((lambda store: store.purge(), 40), (lambda store: store.hand_over("person-2"), 0)):
        await filled(tmp_path)
        break_pages_of(tmp_path / NAME, "record")
        store, _ = await open_store(Device(tmp_path), NOW)
        (tmp_path / "stepwise-damaged-20261122T150000Z-2.db-wal").write_bytes(b"a log")
        assert len(contents(tmp_path, "stepwise-damaged-*")) == 2

        await wipe(store)

        assert contents(tmp_path, "stepwise-damaged-*") == set()
        assert len(await unsent(store)) == left
        store.close()
        (tmp_path / NAME).unlink()


async def test_a_second_damaged_file_of_the_same_moment_is_kept_too(tmp_path: Path) -> None:
    for content in (b"first" * 500, b"second" * 500):
        (tmp_path / NAME).write_bytes(content)
        store, _ = await open_store(Device(tmp_path, journal_mode="MEMORY"), NOW)
        store.close()

    assert contents(tmp_path, "stepwise-damaged-*.db") == {b"first" * 500, b"second" * 500}


def page_numbers(path: Path, table: str) -> list[int]:
    """Leaf pages of a table, found by looking for its rows' text in the file."""
    with closing(sqlite3.connect(path)) as connection:
        root = int(connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0])
    content = path.read_bytes()
    size = int.from_bytes(content[16:18], "big")
    page = content[(root - 1) * size : root * size]
    if page[0] not in (2, 5):
        return [root]
    cells = int.from_bytes(page[3:5], "big")
    pointers = [int.from_bytes(page[12 + 2 * n : 14 + 2 * n], "big") for n in range(cells)]
    return [int.from_bytes(page[at : at + 4], "big") for at in pointers] + [int.from_bytes(page[8:12], "big")]


def overwrite(path: Path, numbers: list[int]) -> None:
    content = bytearray(path.read_bytes())
    size = int.from_bytes(content[16:18], "big")
    for number in numbers:
        content[(number - 1) * size : number * size] = b"\xff" * size
    path.write_bytes(content)


def break_pages_of(path: Path, table: str) -> None:
    overwrite(path, page_numbers(path, table))


def break_middle_leaf_of(path: Path, table: str) -> None:
    leaves = page_numbers(path, table)
    assert len(leaves) > 4
    overwrite(path, [leaves[len(leaves) // 2]])


async def test_a_migration_keeps_every_entry_and_a_copy_of_the_file_before_it(tmp_path: Path) -> None:
    await filled(tmp_path, count=3)
    newer = (*MIGRATIONS, "ALTER TABLE outbox ADD COLUMN color TEXT; UPDATE outbox SET color = 'blue'")

    connection, repair = open_file(tmp_path, "WAL", NOW, newer)

    with closing(connection):
        assert connection.execute("SELECT id, color FROM outbox ORDER BY n").fetchall() == [
            (f"note-{n:04d}", "blue") for n in range(3)
        ]
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    with closing(sqlite3.connect(tmp_path / "stepwise-v1.db")) as copy:
        assert copy.execute("SELECT count(*) FROM outbox").fetchone() == (3,)
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
    assert repair is None


async def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    await filled(tmp_path, count=3)
    broken = (*MIGRATIONS, "UPDATE outbox SET body = ''; INSERT INTO no_such_table VALUES (1)")

    with pytest.raises(sqlite3.Error):
        open_file(tmp_path, "MEMORY", NOW, broken)

    store, repair = await open_store(Device(tmp_path, journal_mode="MEMORY"), NOW)
    assert repair is None
    assert len(await store.facts()) == 3
    assert len((await store.history(ZONE)).versions) == 1
    store.close()


async def test_a_store_killed_in_wal_mode_opens_in_the_next_one(tmp_path: Path) -> None:
    store, _ = await open_store(Device(tmp_path), NOW)
    await store.put(Kind.SET_LOG, a_set(1), "set-0001")
    copy_as_it_lies(tmp_path, tmp_path / "copy")
    store.close()

    again, repair = await open_store(Device(tmp_path / "copy"), NOW)

    assert repair is None
    assert await unsent(again) == ["set-0001"]
    again.close()
