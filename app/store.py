"""What the phone keeps: records the clinic sent, the queue of what was done here, and a few values about itself.

A write returns only once the device has it for good; `NotSaved` means nothing of it was kept, and the rows are in
the error to try again with. Reads lay rows the clinic has not confirmed over what it said. Bodies stay verbatim.
It never sends anything, never judges a row, and never deletes an unsent row unless a person asked for just that.
"""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from app.platform.port import Platform, StorageRefused
from app.reads import Reads
from app.storeback import CAME_UP, drop_files_beside
from app.storefile import Repair, open_file
from hep import codec
from hep.facts import Fact, Kind
from hep.wire import Change, Op, Row, RowResult, ServerKind, Status

KEEP_SENT = timedelta(days=30)
"""How long confirmed rows stay for a server restored from a backup (decisions 14)."""

KEEP_DAYS = 90
"""Local dates of history that the phone keeps, inclusive of today (decisions 15)."""

_AGING = (Kind.SET_LOG, Kind.ITEM_SKIP, Kind.SESSION_END, Kind.CHECK_IN, Kind.CORRECTION, Kind.RETRACTION)
_SEND_AWAITING = """
    UPDATE outbox SET state = 'pending', code = NULL, sentence = NULL
    WHERE state = 'shelved' AND code = 'version_unknown' AND ? IN (
        json_extract(body, '$.program_id') || ':' || json_extract(body, '$.version'),
        json_extract(body, '$.body.program_id') || ':' || json_extract(body, '$.body.version')
    )
"""
"""What the clinic refused for a version it did not have, as after a restore, goes again once that version comes."""

_NO_ROOM = "This device has no room left. Free some space and try again."
_NO_WRITING = "This device could not save that. Close the app, open it again and try once more."
_REFUSED = "Your clinic could not accept this entry. Ask your therapist."


class NotSaved(Exception):
    """The device could not keep the `rows`; nothing of them was saved. `str()` is a sentence a person can act on."""

    def __init__(self, sentence: str, rows: Sequence[Row] = ()) -> None:
        super().__init__(sentence)
        self.rows = tuple(rows)


class StoreInUse(Exception):
    """Another tab holds the store."""

    def __init__(self) -> None:
        super().__init__("Stepwise is already open in another tab. Use that one, or close it and reload this page.")


async def open_store(platform: Platform, now: datetime) -> tuple["Store", Repair | None]:
    """Open the store of this device, repaired if need be (the `Repair` says so in a sentence).

    Raises `StoreInUse`, `StorageRefused`, `StoreTooNew`, or `NotSaved` when the device has no room.
    """
    if not await platform.hold("store"):
        raise StoreInUse
    folder = await platform.open_folder()
    try:
        connection, repair = open_file(folder, platform.journal_mode, now)
    except sqlite3.Error as error:
        raise NotSaved(_why(error)) from error
    store = Store(connection, platform)
    await store.tidy()
    return store, repair


class Store(Reads):
    """Three tables and one writer. Made by `open_store`."""

    def __init__(self, connection: sqlite3.Connection, platform: Platform) -> None:
        super().__init__(connection)
        self._platform = platform
        self._writer = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []
        row = connection.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
        self._device_seq: int = row[0] or 0
        self.tenure = 0
        """Goes up whenever what came from the clinic is wiped; an answer asked for before that is of no use."""

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def listen(self, callback: Callable[[], None]) -> None:
        """Call back after every write that changed what reads return."""
        self._listeners.append(callback)

    def next_seq(self) -> int:
        """The next value of this device's own counter, from 1; gaps are allowed, repeats are not."""
        self._device_seq += 1
        return self._device_seq

    # What the patient does

    async def put(self, kind: Kind, fact: Fact, id: str) -> None:
        """Keep a fact and queue it, at once and durably. Raises `NotSaved`."""
        await self.put_rows((Row(kind=kind.value, id=id, body=codec.dump(fact)),))

    async def put_rows(self, rows: Sequence[Row]) -> None:
        """Keep and queue all the rows or none. A row already kept is left alone. Raises `NotSaved`."""
        async with self._writer:
            with self._transaction(rows) as db:
                added = [row.id for row in rows if self._enqueue(db, row)]
            try:
                await self._platform.flush()
            except StorageRefused as refused:
                with suppress(NotSaved), self._transaction() as db:
                    db.executemany("DELETE FROM outbox WHERE id = ?", [(id_,) for id_ in added])
                raise NotSaved(str(refused), rows) from refused
        self._tell()

    @staticmethod
    def _enqueue(db: sqlite3.Connection, row: Row) -> bool:
        body = _text(row.body)
        cursor = db.execute(
            "INSERT INTO outbox (kind, id, body) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
            (row.kind, row.id, body),
        )
        if cursor.rowcount:
            return True
        kept = db.execute("SELECT kind, body FROM outbox WHERE id = ?", (row.id,)).fetchone()
        if kept != (row.kind, body):
            raise ValueError("an id stands for one body for ever")
        return False

    # What sync does

    async def batch(self, most: int, without: Iterable[str] = (), most_bytes: int = 512 * 1024) -> tuple[Row, ...]:
        """The next rows to send, stop signs first, at most `most` rows and (from the second on) `most_bytes`."""
        skipped = set(without)
        picked: list[Row] = []
        size = 0
        query = "SELECT kind, id, body FROM outbox WHERE state = 'pending' ORDER BY kind <> 'red_flag', n"
        for kind, id_, body in self._rows_of(query):
            if id_ in skipped:
                continue
            size += len(body)
            if len(picked) == most or (picked and size > most_bytes):
                break
            picked.append(Row(kind=kind, id=id_, body=json.loads(body)))
        return tuple(picked)

    async def settle(
        self,
        results: Iterable[RowResult],
        *,
        high: int,
        epoch: int,
        server_time: datetime,
        tenure: int | None = None,
    ) -> None:
        """Take what the clinic answered for off the queue; a row without a verdict stays. Raises `NotSaved`.

        Does nothing for an answer asked for in an earlier `tenure`: its rows are simply sent again.
        """
        async with self._saving() as db:
            if tenure not in (None, self.tenure):
                return
            self._note_epoch(db, epoch)
            self._set_meta(db, {"server_time": codec.dump(server_time)})
            for result in results:
                if result.status in (Status.REJECTED, Status.CONFLICT):
                    self._shelve(db, result)
                elif result.status is not Status.RETRY:
                    self._confirm(db, result, high, server_time)

    @staticmethod
    def _shelve(db: sqlite3.Connection, result: RowResult) -> None:
        db.execute(
            "UPDATE outbox SET state = 'shelved', code = ?, sentence = ? WHERE id = ? AND state = 'pending'",
            (result.code or "rejected", result.sentence or _REFUSED, result.id),
        )

    @staticmethod
    def _confirm(db: sqlite3.Connection, result: RowResult, high: int, at: datetime) -> None:
        cursor = db.execute(
            "UPDATE outbox SET state = 'sent', acked_at = ? WHERE id = ? AND state = 'pending'",
            (codec.dump(at), result.id),
        )
        if cursor.rowcount:
            db.execute(
                "INSERT INTO record SELECT kind, id, body, ? FROM outbox WHERE id = ? "
                "ON CONFLICT (kind, id) DO NOTHING",
                (high, result.id),
            )

    async def shelve(self, id: str, code: str, sentence: str) -> None:
        """Put one row on the shelf, for a request that was refused because of it alone. Raises `NotSaved`."""
        async with self._saving() as db:
            self._shelve(db, RowResult(id=id, status=Status.REJECTED, code=code, sentence=sentence))

    async def absorb(
        self, changes: Iterable[Change], *, cursor: str, epoch: int, anew: bool = False, tenure: int | None = None
    ) -> None:
        """Apply changes and their cursor in one transaction; `anew` swaps them for all records. Raises `NotSaved`.

        Does nothing for an answer asked for in an earlier `tenure`.
        """
        async with self._saving() as db:
            if tenure not in (None, self.tenure):
                return
            self._note_epoch(db, epoch)
            if anew:
                db.execute("DELETE FROM record")
            for change in changes:
                self._apply(db, change)
            self._set_meta(db, {"cursor": cursor})

    @staticmethod
    def _apply(db: sqlite3.Connection, change: Change) -> None:
        if change.op is Op.DROP or change.body is None:
            db.execute("DELETE FROM record WHERE kind = ? AND id = ?", (change.kind, change.id))
            return
        db.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?) "
            "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, seq = excluded.seq",
            (change.kind, change.id, _text(change.body), change.seq),
        )
        if change.kind == ServerKind.PROGRAM.value:
            db.execute(_SEND_AWAITING, (change.id,))

    def _note_epoch(self, db: sqlite3.Connection, epoch: int) -> None:
        """A new epoch means a server restored from a backup: everything it confirmed lately is offered again."""
        known = self._meta("epoch")
        if known is not None and known != str(epoch):
            db.execute("UPDATE outbox SET state = 'pending', acked_at = NULL WHERE state = 'sent'")
        self._set_meta(db, {"epoch": str(epoch)})

    # What the account does

    async def purge(self, forget: Iterable[str] = ()) -> None:
        """Wipe what came from the clinic or is damaged, and what it has confirmed; keep every unsent row.

        `forget` names values to wipe with it. Raises `NotSaved`.
        """
        async with self._saving() as db:
            db.execute("DELETE FROM record")
            db.execute("DELETE FROM outbox WHERE state = 'sent'")
            self._set_meta(db, dict.fromkeys((*forget, "cursor", "epoch")))
            drop_files_beside(db)
            self._begin_tenure()
        await self._platform.drop_photos()

    async def belong_to(self, person: str) -> bool:
        """Make this the store of `person`; False, and nothing changed, while it holds another's unsent rows."""
        owner = self._meta("owner")
        if owner == person:
            return True
        if owner is None:
            await self.set_meta({"owner": person})
            return True
        if self._rows_of("SELECT 1 FROM outbox WHERE state <> 'sent' LIMIT 1"):
            return False
        await self.hand_over(person)
        return True

    async def hand_over(self, person: str) -> None:
        """Wipe all records and rows, unsent ones too, and make this the store of `person`. Raises `NotSaved`."""
        async with self._saving() as db:
            db.execute("DELETE FROM record")
            db.execute("DELETE FROM outbox")
            self._set_meta(db, {**dict.fromkeys(("cursor", "epoch", "session", "last_success_at")), "owner": person})
            drop_files_beside(db)
            self._begin_tenure()
        await self._platform.drop_photos()

    def _begin_tenure(self) -> None:
        self._platform.tell_page("last-today", "")  # before the wiping is durable: it may be cut short
        self.tenure += 1
        self._read.clear()

    # The shelf

    async def send_again(self, id: str) -> None:
        """Take a row off the shelf and queue it again. Raises `NotSaved`."""
        async with self._saving() as db:
            db.execute(
                "UPDATE outbox SET state = 'pending', code = NULL, sentence = NULL WHERE id = ? AND state = 'shelved'",
                (id,),
            )

    async def discard(self, id: str) -> None:
        """Delete a row from the shelf because the person asked for it. Raises `NotSaved`."""
        async with self._saving() as db:
            db.execute("DELETE FROM outbox WHERE id = ? AND state = 'shelved'", (id,))

    # Values about this device

    async def set_meta(self, values: Mapping[str, str | None]) -> None:
        """Keep values together; None forgets one. Raises `NotSaved`."""
        async with self._saving() as db:
            self._set_meta(db, values)

    async def came_up(self) -> None:
        """Note that the app came up with the file as it is: the next start lets go of the copies kept for a way back.

        Raises `NotSaved`.
        """
        version = str(self._rows_of("PRAGMA user_version")[0][0])
        if self._meta(CAME_UP) != version:
            await self.set_meta({CAME_UP: version})

    @staticmethod
    def _set_meta(db: sqlite3.Connection, values: Mapping[str, str | None]) -> None:
        for key, value in values.items():
            if value is None:
                db.execute("DELETE FROM meta WHERE key = ?", (key,))
            else:
                db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    async def tidy(self) -> None:
        """Forget confirmed rows and history past their keep, by the clinic's clock. Raises `NotSaved`.

        The device's own clock may be years off, and what it made us forget would not be fetched again.
        """
        told = self._meta("server_time")
        if told is None:
            return
        clinic_now = codec.read_instant(told)
        first_on = (clinic_now - timedelta(days=KEEP_DAYS)).date().isoformat()
        marks = ", ".join("?" * len(_AGING))
        old_sent = "outbox WHERE state = 'sent' AND acked_at < ?"
        old_record = f"record WHERE kind IN ({marks}) AND json_extract(body, '$.on') < ?"
        jobs = ((old_sent, (codec.dump(clinic_now - KEEP_SENT),)), (old_record, (*_AGING, first_on)))
        for where, values in jobs:
            if self._rows_of(f"SELECT 1 FROM {where} LIMIT 1", values):  # noqa: S608
                async with self._saving() as db:
                    db.execute(f"DELETE FROM {where}", values)  # noqa: S608

    # How a write becomes durable

    @asynccontextmanager
    async def _saving(self) -> AsyncIterator[sqlite3.Connection]:
        """One transaction, flushed. What a refused flush leaves behind is harmless: sync simply says it again."""
        async with self._writer:
            with self._transaction() as db:
                yield db
            try:
                await self._platform.flush()
            except StorageRefused as refused:
                raise NotSaved(str(refused)) from refused
        self._tell()

    @contextmanager
    def _transaction(self, rows: Sequence[Row] = ()) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise NotSaved(_why(error), rows) from error
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _tell(self) -> None:
        for callback in self._listeners:
            callback()


def _why(error: sqlite3.Error) -> str:
    return _NO_ROOM if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL else _NO_WRITING


def _text(body: Any) -> str:
    return json.dumps(body, separators=(",", ":"))
