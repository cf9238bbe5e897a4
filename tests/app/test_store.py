"""The store on real files: what it says is saved is saved, and what it could not save it does not claim."""

import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.reads import StoreUnreadable
from app.store import NotSaved, Store, StoreInUse, open_store
from hep import codec
from hep.facts import Kind, SetLog
from hep.wire import Op, Row, RowResult, Status
from tests.app.device import Device
from tests.app.examples import NOW, PROGRAM, TODAY, ZONE, a_set, change, program, words


@pytest.fixture(params=["WAL", "MEMORY"])
def device(request: pytest.FixtureRequest, tmp_path: Path) -> Device:
    return Device(tmp_path, journal_mode=request.param)


@pytest.fixture
async def store(device: Device) -> AsyncIterator[Store]:
    made, repair = await open_store(device, NOW)
    assert repair is None
    yield made
    made.close()


async def reopened(store: Store, device: Device) -> Store:
    store.close()
    again, repair = await open_store(device, NOW)
    assert repair is None
    return again


def accepted(*ids: str) -> tuple[RowResult, ...]:
    return tuple(RowResult(id=id_, status=Status.ACCEPTED) for id_ in ids)


async def put(store: Store, *ids: str) -> None:
    for n, id_ in enumerate(ids, 1):
        await store.put(Kind.SET_LOG, a_set(n), id_)


async def told_the_time(store: Store, now: datetime) -> None:
    await store.settle((), high=5, epoch=1, server_time=now)


async def pending(store: Store) -> list[str]:
    return [row.id for row in await store.batch(200)]


async def test_a_fact_is_there_after_a_restart_and_waits_to_be_sent(store: Store, device: Device) -> None:
    await put(store, "set-0001")

    again = await reopened(store, device)

    assert [row.fact for row in await again.facts()] == [a_set(1)]
    assert await pending(again) == ["set-0001"]


async def test_putting_a_row_again_after_an_error_does_not_double_it(store: Store) -> None:
    await put(store, "set-0001")
    await put(store, "set-0001")

    assert (await store.queue()).unsent == 1


async def test_an_id_never_stands_for_two_bodies(store: Store) -> None:
    await store.put(Kind.SET_LOG, a_set(reps=10), "set-0001")

    with pytest.raises(ValueError, match="one body"):
        await store.put(Kind.SET_LOG, a_set(reps=3), "set-0001")

    assert [row.fact for row in await store.facts()] == [a_set(reps=10)]


async def test_rows_that_belong_together_are_kept_together_or_not_at_all(store: Store) -> None:
    await store.put(Kind.SET_LOG, a_set(reps=10), "set-0002")
    good = Row(kind="set_log", id="set-0001", body=codec.dump(a_set()))
    clash = Row(kind="set_log", id="set-0002", body=codec.dump(a_set(reps=1)))

    with pytest.raises(ValueError, match="one body"):
        await store.put_rows((good, clash))

    assert await pending(store) == ["set-0002"]


async def test_a_device_that_cannot_keep_an_entry_says_so_and_keeps_nothing_of_it(store: Store, device: Device) -> None:
    device.refuses = True
    with pytest.raises(NotSaved, match="no room") as refused:
        await put(store, "set-0001")
    assert await store.facts() == ()
    assert (await store.queue()).unsent == 0

    device.refuses = False
    await store.put_rows(refused.value.rows)

    assert await pending(store) == ["set-0001"]


async def test_a_full_disk_is_said_and_the_store_works_again_when_there_is_room(store: Store) -> None:
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count={pages + 4}")
    saved = []
    with pytest.raises(NotSaved, match="no room"):
        for n in range(1, 200):
            await store.put(Kind.SET_LOG, a_set(1), f"set-{n:04d}")
            saved.append(f"set-{n:04d}")
    assert saved
    assert await pending(store) == saved

    store._db.execute("PRAGMA max_page_count=100000")
    await store.put(Kind.SET_LOG, a_set(1), "set-after")

    assert await pending(store) == [*saved, "set-after"]


async def test_only_rows_named_in_the_answer_leave_the_queue(store: Store) -> None:
    await put(store, "set-0001", "set-0002", "set-0003", "set-0004")
    results = (
        RowResult(id="set-0001", status=Status.ACCEPTED),
        RowResult(id="set-0002", status=Status.REJECTED, code="version_unknown", sentence="Ask your clinic."),
        RowResult(id="set-0003", status=Status.RETRY),
        RowResult(id="nobody-asked", status=Status.ACCEPTED),
    )

    await store.settle(results, high=7, epoch=1, server_time=NOW)

    assert await pending(store) == ["set-0003", "set-0004"]
    queue = await store.queue()
    assert (queue.unsent, queue.oldest_at) == (2, NOW)
    assert [(row.id, row.code, row.sentence) for row in queue.shelf] == [
        ("set-0002", "version_unknown", "Ask your clinic.")
    ]


async def test_a_confirmed_row_stays_in_sight_until_the_clinic_gives_it_back(store: Store) -> None:
    await put(store, "set-0001")

    await store.settle(accepted("set-0001"), high=5, epoch=1, server_time=NOW)
    before = await store.facts()
    await store.absorb([change(4, "set_log", "set-0001", a_set(1))], cursor="c1", epoch=1)
    after = await store.facts()

    assert [(row.id, row.seq) for row in before] == [("set-0001", 5)]
    assert [(row.id, row.seq) for row in after] == [("set-0001", 4)]


async def test_unconfirmed_rows_lie_over_what_the_clinic_said(store: Store) -> None:
    await store.absorb([change(3, "set_log", "set-0001", a_set(reps=4))], cursor="c1", epoch=1)
    await store.put(Kind.SET_LOG, a_set(reps=9), "set-0001")

    (row,) = await store.facts()

    assert isinstance(row.fact, SetLog)
    assert (row.fact.reps, row.seq) == (9, None)


async def test_a_row_the_clinic_refused_can_be_sent_again_or_discarded(store: Store) -> None:
    await put(store, "set-0001", "set-0002")
    await store.shelve("set-0001", "too_large", "Too much.")
    await store.shelve("set-0002", "too_large", "Too much.")

    await store.send_again("set-0001")
    await store.discard("set-0002")

    assert await pending(store) == ["set-0001"]
    assert (await store.queue()).shelf == ()


async def test_a_row_that_waits_cannot_be_discarded(store: Store) -> None:
    await put(store, "set-0001")

    await store.discard("set-0001")

    assert await pending(store) == ["set-0001"]


async def test_stop_signs_are_sent_before_everything_else(store: Store) -> None:
    from hep.facts import RedFlag

    await put(store, "set-0001")
    await store.put(Kind.RED_FLAG, RedFlag(at=NOW, zone=ZONE, on=TODAY, sign="chest_pain"), "flag-0001")

    assert await pending(store) == ["flag-0001", "set-0001"]


async def test_a_batch_is_bounded_in_rows_and_bytes_but_never_empty(store: Store) -> None:
    await put(store, "set-0001", "set-0002", "set-0003")

    assert len(await store.batch(2)) == 2
    assert len(await store.batch(200, most_bytes=1)) == 1
    assert [row.id for row in await store.batch(200, without=["set-0001"])] == ["set-0002", "set-0003"]


async def test_what_this_app_does_not_know_is_kept_word_for_word(store: Store, device: Device) -> None:
    body = codec.dump(a_set()) | {"grip": {"width": "narrow", "é": [1, 2.5, None]}}
    await store.absorb(
        [
            change(1, "set_log", "set-0001", body),
            change(2, "heart_rate", "pulse-0001", {"bpm": 70}),
            change(3, "set_log", "set-0002", {"pain": "from the future"}),
        ],
        cursor="c1",
        epoch=1,
    )

    again = await reopened(store, device)

    assert await again.body("set-0001") == body
    assert [row.id for row in await again.facts()] == ["set-0001"]
    kept = again._db.execute("SELECT body FROM record WHERE id IN ('pulse-0001', 'set-0002') ORDER BY id").fetchall()
    assert [json.loads(text) for (text,) in kept] == [{"bpm": 70}, {"pain": "from the future"}]


async def test_a_page_and_its_cursor_are_applied_together_or_not_at_all(store: Store) -> None:
    await store.absorb([change(1, "program", f"{PROGRAM}:1", program(1))], cursor="c1", epoch=1)
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count={pages}")
    flood = [change(n, "message", f"note-{n:04d}", words(n)) for n in range(2, 400)]

    with pytest.raises(NotSaved):
        await store.absorb(flood, cursor="c2", epoch=1, anew=True)

    assert await store.meta("cursor") == "c1"
    assert [v.version for v in (await store.history(ZONE)).versions] == [1]


async def test_fetching_anew_swaps_the_records_and_leaves_the_queue(store: Store) -> None:
    await store.absorb(
        [change(1, "program", f"{PROGRAM}:1", program(1)), change(2, "set_log", "gone-0001", a_set(1))],
        cursor="c1",
        epoch=1,
    )
    await put(store, "set-0001")

    await store.absorb([change(9, "program", f"{PROGRAM}:2", program(2))], cursor="c2", epoch=1, anew=True)

    assert [v.version for v in (await store.history(ZONE)).versions] == [2]
    assert [row.id for row in await store.facts()] == ["set-0001"]


async def test_a_record_the_clinic_dropped_is_gone(store: Store) -> None:
    await store.absorb([change(1, "message", "note-0001", words(1))], cursor="c1", epoch=1)

    await store.absorb([change(2, "message", "note-0001", None, Op.DROP)], cursor="c2", epoch=1)

    assert await store.facts() == ()


async def test_a_restored_server_is_offered_again_what_it_had_confirmed(store: Store) -> None:
    await put(store, "set-0001")
    await store.settle(accepted("set-0001"), high=5, epoch=1, server_time=NOW)
    await put(store, "set-0002")

    await store.settle(accepted("set-0002"), high=2, epoch=2, server_time=NOW)

    assert await pending(store) == ["set-0001"]


async def test_confirmed_rows_stay_thirty_days_and_unsent_ones_for_ever(store: Store, device: Device) -> None:
    await put(store, "set-0001", "set-0002")
    await store.settle(accepted("set-0001"), high=5, epoch=1, server_time=NOW)

    await told_the_time(store, NOW + timedelta(days=30))
    await store.tidy()
    kept = store._db.execute("SELECT id FROM outbox ORDER BY n").fetchall()
    await told_the_time(store, NOW + timedelta(days=30, seconds=1))
    await store.tidy()
    after = store._db.execute("SELECT id FROM outbox ORDER BY n").fetchall()

    assert kept == [("set-0001",), ("set-0002",)]
    assert after == [("set-0002",)]


async def test_history_older_than_ninety_days_leaves_the_phone_but_the_program_stays(store: Store) -> None:
    old, recent = a_set(1, on=TODAY - timedelta(days=91)), a_set(2, on=TODAY - timedelta(days=90))
    await store.absorb(
        [
            change(1, "program", f"{PROGRAM}:1", program(1)),
            change(2, "set_log", "set-0001", old),
            change(3, "set_log", "set-0002", recent),
        ],
        cursor="c1",
        epoch=1,
    )

    await told_the_time(store, NOW)

    await store.tidy()

    assert [row.id for row in await store.facts()] == ["set-0002"]
    assert [v.version for v in (await store.history(ZONE)).versions] == [1]


async def test_a_device_whose_clock_jumped_years_ahead_forgets_nothing(store: Store, device: Device) -> None:
    await store.absorb([change(2, "set_log", "set-0001", a_set(1))], cursor="c1", epoch=1)
    await put(store, "set-0002")
    await store.settle(accepted("set-0002"), high=5, epoch=1, server_time=NOW)
    store.close()

    again, _ = await open_store(device, NOW + timedelta(days=3650))

    assert [row.id for row in await again.facts()] == ["set-0001", "set-0002"]


async def test_a_file_that_went_bad_while_open_is_said_in_a_sentence(store: Store) -> None:
    store._db.execute("DROP TABLE meta")

    with pytest.raises(StoreUnreadable, match="open it again"):
        await store.meta("cursor")
    with pytest.raises(NotSaved, match="open it again"):
        await store.set_meta({"cursor": "c1"})


async def test_the_devices_counter_goes_on_after_a_restart(store: Store, device: Device) -> None:
    first = [store.next_seq() for _ in range(2)]
    await put(store, "set-0001", "set-0002")

    again = await reopened(store, device)

    assert first == [1, 2]
    assert again.next_seq() == 3


async def test_another_persons_unsent_rows_are_not_taken_over_silently(store: Store) -> None:
    assert await store.belong_to("patient-a")
    await put(store, "set-0001")

    assert not await store.belong_to("patient-b")
    assert await pending(store) == ["set-0001"]

    await store.hand_over("patient-b")
    assert await pending(store) == []
    assert not await store.facts()
    assert await store.belong_to("patient-b")


async def test_purging_wipes_the_clinics_records_and_keeps_what_is_unsent(store: Store) -> None:
    await store.absorb([change(1, "program", f"{PROGRAM}:1", program(1))], cursor="c1", epoch=1)
    await put(store, "set-0001", "set-0002")
    await store.settle(accepted("set-0001"), high=5, epoch=1, server_time=NOW)

    await store.purge(forget=("session",))

    assert await pending(store) == ["set-0002"]
    assert (await store.history(ZONE)).versions == ()
    assert await store.meta("cursor") is None


async def test_listeners_hear_of_writes_that_succeeded_only(store: Store, device: Device) -> None:
    heard: list[int] = []
    store.listen(lambda: heard.append(1))

    await put(store, "set-0001")
    device.refuses = True
    with pytest.raises(NotSaved):
        await put(store, "set-0001", "set-0002")

    assert len(heard) == 1


async def test_native_storage_commits_with_full_durability(tmp_path: Path) -> None:
    store, _ = await open_store(Device(tmp_path), NOW)

    assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)
    store.close()


async def test_a_second_tab_is_told_to_use_the_first(tmp_path: Path) -> None:
    device = Device(tmp_path)
    device.held = True

    with pytest.raises(StoreInUse, match="another tab"):
        await open_store(device, NOW)


async def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    missing = tmp_path / "not-there"

    with pytest.raises(NotSaved, match="could not save"):
        await open_store(Device(missing), NOW)


def test_the_store_can_be_read_with_plain_sqlite(tmp_path: Path) -> None:
    from app.storefile import open_file

    connection, _ = open_file(tmp_path, "MEMORY", NOW)
    connection.close()

    with sqlite3.connect(tmp_path / "stepwise.db") as plain:
        tables = {name for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    plain.close()
    assert {"record", "outbox", "meta"} <= tables
