"""Admits what a phone sends: each row once, for ever, with a note of everything that follows from it.

Rows are facts: nothing here edits or drops one, and nothing is refused for being old or oddly timed. The caller
commits; a row counts as accepted only after that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Select, String, bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, SQLModel, col

from hep.access import Role
from hep.facts import Correction, Kind, RedFlag, SessionEnd
from hep.wire import RowResult, Status
from server import changes, flags, upkeep
from server.bulk import as_texts, given_texts, insert_many
from server.changes import Counter
from server.chart import versions_of
from server.rows import Sound, Unsound, Versions, judge
from server.tables.care import Fact, PushReject

CLOCK_SKEW = timedelta(minutes=5)
"""A batch whose sending time differs more than this from ours has its rows marked `clock_suspect` (sync.md)."""

_FACTS = SQLModel.metadata.tables["fact"]

_SENTENCE_CONFLICT = "Another entry with the same id was kept. Enter this one again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whose phone sent the rows, when by its own clock and when by ours. The patient comes from the token alone.

    `now` is later than `received_at` for rows that waited in quarantine.
    """

    patient_id: str
    clinic_id: str
    device_id: str
    role: Role
    sent_at: datetime
    received_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The verdicts in the order of the rows, the counter after them, and how many rows were new."""

    results: tuple[RowResult, ...]
    high: int
    epoch: int
    added: int


def admit(session: Session, sender: Sender, raw_rows: Sequence[object]) -> Admitted:
    """Judge, store and number the rows, and note what is to be worked out. Records no audit entry."""
    versions = _known_versions(session, sender.patient_id)
    judged = [judge(raw, sender.role, versions) for raw in raw_rows]
    sync = changes.hold(session, sender.patient_id, sender.clinic_id)
    batch = _Batch(session, sender, sync, [row for row in judged if isinstance(row, Sound)])
    results = tuple(batch.result(row) for row in judged)
    batch.store()
    return Admitted(results=results, high=sync.seq, epoch=sync.epoch, added=len(batch.new))


def _known_versions(session: Session, patient_id: str) -> Versions:
    return {
        (version.program_id, version.version): frozenset(p.id for p in version.prescriptions)
        for version in versions_of(session, patient_id)
    }


@lru_cache(maxsize=4)
def _known_among(dialect: Dialect) -> Select[str, str, str]:
    """A patient's facts of given ids: id, kind and digest."""
    given = columns(given_texts(dialect).c.value)
    return columns(col(Fact.id), col(Fact.kind), col(Fact.body_hash)).where(
        col(Fact.patient_id) == bindparam("patient_id", type_=String), col(Fact.id).in_(given)
    )


class _Batch:
    """One push on its way in: what is there already, what is new, what is turned away."""

    def __init__(self, session: Session, sender: Sender, sync: Counter, sound: list[Sound]) -> None:
        self.session, self.sender, self.sync = session, sender, sync
        self.new: list[Sound] = []
        self._skewed = abs(sender.received_at - sender.sent_at) > CLOCK_SKEW
        self._latest = sender.received_at + CLOCK_SKEW
        self._turned: list[tuple[str, str, str, str]] = []
        ids = {row.id for row in sound} | {target for row in sound if (target := _target(row)) is not None}
        self._known = self._stored(ids)

    def _stored(self, ids: set[str]) -> dict[str, tuple[str, str]]:
        connection = self.session.connection()
        query = _known_among(connection.dialect)
        found = connection.execute(query, {"patient_id": self.sender.patient_id, "texts": as_texts(ids)})
        return {row_id: (kind, digest) for row_id, kind, digest in found}

    def result(self, row: Sound | Unsound) -> RowResult:
        """The verdict on the next row; a second row of one batch with the same id meets the first."""
        if isinstance(row, Unsound):
            return self._turn_away(row, Status.REJECTED, row.code, row.sentence)
        known = self._known.get(row.id)
        if known is not None:
            if known[1] == row.digest:
                return RowResult(id=row.id, status=Status.DUPLICATE)
            return self._turn_away(row, Status.CONFLICT, "conflict", _SENTENCE_CONFLICT)
        if not self._fits_target(row):
            return self._turn_away(row, Status.REJECTED, "correction_invalid", "A correction is of another kind.")
        self._known[row.id] = (row.kind.value, row.digest)
        self.new.append(row)
        return RowResult(id=row.id, status=Status.ACCEPTED)

    def _fits_target(self, row: Sound) -> bool:
        """A correction of a row that is here already has its kind; one that comes later cannot be checked yet."""
        if not isinstance(row.fact, Correction):
            return True
        target = self._known.get(row.fact.target_id)
        return target is None or target[0] in (row.fact.corrects.value, Kind.CORRECTION.value)

    def _turn_away(self, row: Sound | Unsound, status: Status, code: str, sentence: str) -> RowResult:
        self._turned.append((row.id[:64], code, row.text, row.digest))
        return RowResult(id=row.id, status=status, code=code, sentence=sentence)

    def store(self) -> None:
        """Write the new rows, raise stop signs at once, and note what else follows."""
        self._keep_turned()
        if not self.new:
            return
        base = self.sync.seq
        rows = [self._columns(row, base + n) for n, row in enumerate(self.new, 1)]
        insert_many(self.session.connection(), _FACTS, rows, shared=self._shared())
        self.sync.seq += len(self.new)
        for row in self.new:
            if isinstance(row.fact, RedFlag):
                flags.raise_red(self.session, self.sync, row.id, row.fact, self.sender.received_at)
        upkeep.after_push(self.session, self.sync, [row.fact for row in self.new], self.sender.now)
        changes.keep(self.session, self.sync)

    def _shared(self) -> dict[str, Any]:
        """The columns that all rows of the batch have in common."""
        sender = self.sender
        return {
            "patient_id": sender.patient_id,
            "clinic_id": sender.clinic_id,
            "device_id": sender.device_id,
            "received_at": sender.received_at,
        }

    def _columns(self, row: Sound, seq: int) -> dict[str, Any]:
        fact = row.fact
        return {
            "id": row.id,
            "kind": row.kind.value,
            "body": row.text,
            "body_hash": row.digest,
            "session_id": fact.session_id,
            "local_on": fact.on,
            "at": fact.at,
            "zone": fact.zone,
            "prescription_id": getattr(fact, "prescription_id", None),
            "pain": _pain(row),
            "target_id": _target(row),
            "clock_suspect": self._skewed or fact.at > self._latest,
            "seq": seq,
        }

    def _keep_turned(self) -> None:
        sender = self.sender
        for entity_id, code, text, digest in self._turned:
            key = (sender.patient_id, sender.device_id, entity_id, digest)
            if self.session.get(PushReject, key) is None:
                self.session.add(
                    PushReject(
                        patient_id=sender.patient_id,
                        device_id=sender.device_id,
                        entity_id=entity_id,
                        body_hash=digest,
                        clinic_id=sender.clinic_id,
                        code=code,
                        row=text,
                        received_at=sender.received_at,
                    )
                )


def _pain(row: Sound) -> int | None:
    fact = row.fact
    return fact.pain_after if isinstance(fact, SessionEnd) else getattr(fact, "pain", None)


def _target(row: Sound) -> str | None:
    return getattr(row.fact, "target_id", None)
