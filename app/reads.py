"""What the store can be asked: unsent rows laid over what the clinic said, parsed once.

It never writes. A body that only a newer version of the app can read is left out here and kept in the file.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from hep import codec, facts
from hep.facts import Kind
from hep.history import History, Stored
from hep.problems import Refused
from hep.records import Clearance, ClinicCard, Profile, ProgramVersion
from hep.wire import ServerKind

T = TypeVar("T")

_FACTS = tuple(kind.value for kind in Kind)
_RawRow = tuple[str, str, str, int | None]


@dataclass(frozen=True, slots=True)
class Shelved:
    """A row the clinic refused, with the reason; it stays here until a person sends it again or discards it."""

    kind: str
    id: str
    body: Mapping[str, Any]
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Queue:
    """What has not reached the clinic: `unsent` rows wait, the oldest since `oldest_at`; the `shelf` was refused."""

    unsent: int
    oldest_at: datetime | None
    shelf: tuple[Shelved, ...]


class StoreUnreadable(Exception):
    """The file went bad while it was open; the next start repairs it."""

    def __init__(self) -> None:
        super().__init__("The data on this device cannot be read. Close the app and open it again to repair it.")


class Reads:
    """The reading half of the store. Every read raises `StoreUnreadable` when the file went bad."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._history: tuple[tuple[int, str], History] | None = None
        self._read: dict[tuple[str, str], tuple[str, int | None, Any]] = {}

    async def meta(self, key: str) -> str | None:
        """A value kept under `key`, or None."""
        return self._meta(key)

    def _meta(self, key: str) -> str | None:
        rows = self._rows_of("SELECT value FROM meta WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    async def queue(self) -> Queue:
        """How much is unsent, since when, and what stands on the shelf."""
        ((unsent,),) = self._rows_of("SELECT count(*) FROM outbox WHERE state = 'pending'")
        oldest = self._rows_of("SELECT body FROM outbox WHERE state = 'pending' ORDER BY n LIMIT 1")
        shelf = self._rows_of("SELECT kind, id, body, code, sentence FROM outbox WHERE state = 'shelved' ORDER BY n")
        return Queue(
            unsent=unsent,
            oldest_at=codec.read_instant(json.loads(oldest[0][0])["at"]) if oldest else None,
            shelf=tuple(Shelved(k, i, json.loads(b), c, s) for k, i, b, c, s in shelf),
        )

    async def body(self, id: str) -> dict[str, Any] | None:
        """The verbatim body of a fact, unknown fields included, or None."""
        return next((json.loads(body) for _, id_, body, _ in self._rows(_FACTS) if id_ == id), None)

    async def facts(self) -> tuple[Stored, ...]:
        """Every fact this version of the app can read, corrections and retractions included, unsent ones laid over."""
        return tuple(stored for row in self._rows(_FACTS) if (stored := self._parsed(row, self._stored)) is not None)

    async def history(self, zone: str) -> History:
        """What the rules judge: the versions of the newest program and all facts, in the phone's `zone`."""
        state = (self._db.total_changes, zone)
        if self._history is None or self._history[0] != state:
            self._history = (state, History.of(self._versions(), await self.facts(), zone))
        return self._history[1]

    def _versions(self) -> tuple[ProgramVersion, ...]:
        versions = self._records(ServerKind.PROGRAM, ProgramVersion)
        newest = max(versions, key=lambda v: (v.published_at, v.version), default=None)
        return tuple(v for v in versions if newest is not None and v.program_id == newest.program_id)

    async def profile(self) -> Profile | None:
        """The patient, as the clinic last said."""
        return next(iter(self._records(ServerKind.PROFILE, Profile)), None)

    async def clinic(self) -> ClinicCard | None:
        """The clinic's card, with the stop screen's texts and numbers."""
        return next(iter(self._records(ServerKind.CLINIC, ClinicCard)), None)

    async def clearances(self) -> tuple[Clearance, ...]:
        """The red flags a therapist has cleared."""
        return self._records(ServerKind.CLEARANCE, Clearance)

    def _records(self, kind: ServerKind, record: type[T]) -> tuple[T, ...]:
        rows = self._rows_of("SELECT kind, id, body, seq FROM record WHERE kind = ? ORDER BY seq", (kind.value,))
        parsed = (self._parsed(row, lambda r: codec.load(record, json.loads(r[2]))) for row in rows)
        return tuple(value for value in parsed if value is not None)

    def _rows(self, kinds: Sequence[str]) -> list[_RawRow]:
        marks = ", ".join("?" * len(kinds))
        query = f"""
            SELECT kind, id, body, seq FROM record
            WHERE kind IN ({marks}) AND id NOT IN (SELECT id FROM outbox WHERE state <> 'sent')
            UNION ALL
            SELECT kind, id, body, NULL FROM outbox WHERE state <> 'sent' AND kind IN ({marks})
        """  # noqa: S608
        return self._rows_of(query, (*kinds, *kinds))

    def _rows_of(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise StoreUnreadable from error

    def _parsed(self, row: _RawRow, parse: Callable[[Any], T]) -> T | None:
        """The row's value, parsed once; None for what only a newer app can read."""
        kind, id_, body, seq = row
        known = self._read.get((kind, id_))
        if known is None or known[:2] != (body, seq):
            try:
                value = parse(row)
            except Refused:
                value = None
            known = (body, seq, value)
            self._read[kind, id_] = known
        return known[2]

    @staticmethod
    def _stored(row: _RawRow) -> Stored:
        kind = Kind(row[0])
        return Stored(id=row[1], kind=kind, fact=facts.read(kind, json.loads(row[2])), seq=row[3], received_at=None)
