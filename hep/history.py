"""What happened, ready to be asked: a patient's effective rows and program versions, indexed once.

Facts arrive in any order and from several devices; `effective` gives the same answer for every order. Refuses to
edit: a correction replaces the body of its root here, in the reading, and nowhere else.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from hep.days import window_end
from hep.facts import (
    Acknowledgement,
    CheckIn,
    Correction,
    Fact,
    ItemKey,
    ItemSkip,
    Kind,
    Pause,
    RedFlag,
    Retraction,
    SessionEnd,
    SetLog,
    read,
)
from hep.index import Entry, Index, worked_on
from hep.records import ProgramState, ProgramVersion

__all__ = ["Entry", "History", "Stored", "effective", "worked_on"]

F = TypeVar("F", bound=Fact)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stored:
    """A row as a store holds it. `seq` is the clinic's number, None while the clinic has not acknowledged the row."""

    id: str
    kind: Kind
    fact: Fact
    seq: int | None = None
    received_at: datetime | None = None


_PERMANENT = frozenset({Kind.RED_FLAG, Kind.RETRACTION})
"""Kinds no retraction withdraws: a red flag is cleared by a therapist only, a tombstone stays."""


def effective(rows: Iterable[Stored]) -> tuple[Stored, ...]:
    """The rows that count, in one order for every order of arrival.

    A correction (or a correction of a correction) gives its root a new fact; the newest wins: acknowledged ones by
    `seq`, unacknowledged ones after them, then by device counter. A retraction drops its target with everything that
    corrects it, and beats every correction. Corrections and retractions themselves are consumed. Rows whose root is
    unknown or of another kind are left out. A red flag cannot be withdrawn.
    """
    known = _by_id(rows)
    dead = {row.fact.target_id for row in known.values() if isinstance(row.fact, Retraction)}
    newest: dict[str, Stored] = {}
    for row in known.values():
        root = _root(row, row.fact.corrects, known, dead) if isinstance(row.fact, Correction) else None
        if root is not None and (root not in newest or _order(row) > _order(newest[root])):
            newest[root] = row
    kept = [
        _corrected(row, newest.get(row.id))
        for row in known.values()
        if row.kind not in (Kind.CORRECTION, Kind.RETRACTION) and (row.id not in dead or row.kind in _PERMANENT)
    ]
    return tuple(sorted(kept, key=_order))


def _by_id(rows: Iterable[Stored]) -> dict[str, Stored]:
    """One row an id: the acknowledged copy of a row wins over the phone's own."""
    known: dict[str, Stored] = {}
    for row in rows:
        other = known.get(row.id)
        if other is None or _order(row) < _order(other):
            known[row.id] = row
    return known


def _order(row: Stored) -> tuple[bool, int, int, str]:
    return (row.seq is None, row.seq or 0, row.fact.device_seq, row.id)


def _root(row: Stored, corrects: Kind, known: Mapping[str, Stored], dead: set[str]) -> str | None:
    """The id of the row that a correction ends at; None if it is withdrawn on the way, unknown or of another kind."""
    at, seen = row, set[str]()
    while isinstance(at.fact, Correction):
        if at.id in dead or at.id in seen or at.fact.target_id not in known:
            return None
        seen.add(at.id)
        at = known[at.fact.target_id]
    return at.id if at.kind is corrects else None


def _corrected(row: Stored, correction: Stored | None) -> Stored:
    if correction is None or not isinstance(correction.fact, Correction):
        return row
    return Stored(row.id, row.kind, read(row.kind, correction.fact.body), row.seq, row.received_at)


@dataclass(frozen=True)
class History:
    """One program's versions (ascending) and the patient's effective rows; `zone` is an IANA name.

    `pulled`: (version, instant the phone had it), where a server knows; with it, slots nobody logged are judged by
    what the phone could know (acknowledgements count as pulled). None: a version is known from its publication, the
    first one from its effective date.
    """

    versions: tuple[ProgramVersion, ...]
    rows: tuple[Stored, ...]
    zone: str
    pulled: tuple[tuple[int, datetime], ...] | None = None

    @classmethod
    def of(
        cls,
        versions: Iterable[ProgramVersion],
        raw_rows: Iterable[Stored],
        zone: str,
        *,
        pulled: Iterable[tuple[int, datetime]] | None = None,
    ) -> "History":
        """A history from rows as stored: corrections and retractions are applied here."""
        ascending = tuple(sorted(versions, key=lambda v: v.version))
        return cls(ascending, effective(raw_rows), zone, None if pulled is None else tuple(pulled))

    def extended(self, later: Iterable[Stored]) -> "History":
        """This history with rows that came after all of its own.

        None of them may correct or withdraw a row, or be named by a correction or retraction that came before it.
        """
        rows = tuple(later)
        made = replace(self, rows=self.rows + rows)
        made.__dict__["_index"] = self._index.extended([Entry(row.id, row.fact) for row in rows])
        return made

    def under(self, versions: tuple[ProgramVersion, ...], pulled: tuple[tuple[int, datetime], ...] | None) -> "History":
        """The same rows under another program's versions (ascending)."""
        made = replace(self, versions=versions, pulled=pulled)
        made.__dict__["_index"] = self._index
        return made

    @cached_property
    def _index(self) -> Index:
        return Index().extended([Entry(row.id, row.fact) for row in self.rows])

    def _facts(self, kind: type[F]) -> tuple[Entry[F], ...]:
        return self._index.by_kind.get(kind, ())

    @property
    def sets(self) -> tuple[Entry[SetLog], ...]:
        """Every effective set, oldest first by the clinic's order."""
        return self._facts(SetLog)

    @property
    def skips(self) -> tuple[Entry[ItemSkip], ...]:
        """Every effective skip."""
        return self._facts(ItemSkip)

    @property
    def sets_by_item(self) -> Mapping[ItemKey, tuple[Entry[SetLog], ...]]:
        """The sets logged for each planned item; extras are not among them."""
        return self._index.sets_by_item

    @property
    def sets_by_prescription(self) -> Mapping[str, tuple[Entry[SetLog], ...]]:
        """Every set of each prescription, extras included."""
        return self._index.sets_by_prescription

    @property
    def sets_by_date(self) -> Mapping[date, tuple[Entry[SetLog], ...]]:
        """Every set of each local date (see `worked_on`)."""
        return self._index.sets_by_date

    @property
    def floating_by_date(self) -> Mapping[date, tuple[Entry[SetLog], ...]]:
        """The sets of floating items of each local date."""
        return self._index.floating_by_date

    @property
    def skips_by_item(self) -> Mapping[ItemKey, tuple[Entry[ItemSkip], ...]]:
        """The skips of each planned item."""
        return self._index.skips_by_item

    @property
    def session_ends(self) -> tuple[Entry[SessionEnd], ...]:
        """Every end of a session."""
        return self._facts(SessionEnd)

    @property
    def ends_by_session(self) -> Mapping[str, tuple[Entry[SessionEnd], ...]]:
        """The ends of each session id."""
        return self._index.ends_by_session

    @property
    def ends_by_date(self) -> Mapping[date, tuple[Entry[SessionEnd], ...]]:
        """The ends of each local date."""
        return self._index.ends_by_date

    @property
    def check_ins(self) -> Mapping[date, tuple[Entry[CheckIn], ...]]:
        """The morning answers by the date they are about."""
        return self._index.check_ins

    @cached_property
    def pauses(self) -> tuple[Pause, ...]:
        """Every effective pause."""
        return tuple(entry.fact for entry in self._facts(Pause))

    @property
    def acknowledgements(self) -> tuple[Entry[Acknowledgement], ...]:
        """Which versions the patient has seen."""
        return self._facts(Acknowledgement)

    @property
    def red_flags(self) -> tuple[Entry[RedFlag], ...]:
        """Every red flag ever raised, cleared or not."""
        return self._facts(RedFlag)

    @cached_property
    def _by_number(self) -> Mapping[int, ProgramVersion]:
        return {version.version: version for version in self.versions}

    @cached_property
    def _prescriptions(self) -> Mapping[int, frozenset[str]]:
        return {v.version: frozenset(p.id for p in v.prescriptions) for v in self.versions}

    def numbered(self, number: int) -> ProgramVersion | None:
        """The version of that number, or None."""
        return self._by_number.get(number)

    @cached_property
    def _program_ids(self) -> frozenset[str]:
        return frozenset(version.program_id for version in self.versions)

    def named_on(self, when: str) -> Mapping[int, ProgramVersion]:
        """Slot (or n) of an ISO date (or week) → the newest version that a log of it names, for those with a log."""
        found: dict[int, ProgramVersion] = {}
        for slot, named in self._index.named.get(when, {}).items():
            known = [n for program, n in named if program in self._program_ids and n in self._by_number]
            if known:
                found[slot] = self._by_number[max(known)]
        return found

    @cached_property
    def _known_at(self) -> Mapping[int, datetime | None]:
        """Version → the instant the phone could know it (None: always)."""
        if self.pulled is None:
            return {v.version: None if n == 0 else v.published_at for n, v in enumerate(self.versions)}
        known: dict[int, datetime | None] = {}
        own = (e.fact for e in self.acknowledgements if e.fact.program_id in self._program_ids)
        acknowledged = [(fact.version, fact.at) for fact in own]
        for number, at in (*self.pulled, *acknowledged):
            earlier = known.get(number)
            known[number] = at if earlier is None else min(earlier, at)
        return known

    @cached_property
    def _newest(self) -> dict[date, ProgramVersion | None]:
        return {}

    def version_on(self, on: date) -> ProgramVersion | None:
        """The version in force on a local date: the newest that was effective by then and known before the day ended.

        None when there is none, or when it is archived or withdrawn.
        """
        newest = self.newest_on(on)
        return newest if newest is not None and newest.state is ProgramState.ACTIVE else None

    def newest_on(self, on: date) -> ProgramVersion | None:
        """As `version_on`, be the version active or not."""
        if on not in self._newest:
            self._newest[on] = self._find_version(on)
        return self._newest[on]

    def _find_version(self, on: date) -> ProgramVersion | None:
        ends_at: datetime | None = None
        for version in reversed(self.versions):
            if version.effective_on > on or version.version not in self._known_at:
                continue
            known_at = self._known_at[version.version]
            if known_at is not None:
                ends_at = ends_at or window_end(on, self.zone)
                if known_at >= ends_at:
                    continue
            return version
        return None

    @cached_property
    def _worked_out(self) -> dict[tuple[Hashable, ...], Any]:
        return {}

    def once(self, key: tuple[Hashable, ...], work_out: Callable[[], T]) -> T:
        """What `work_out` gives, asked once for each key: a history never changes, and the rules ask it much twice."""
        if key not in self._worked_out:
            self._worked_out[key] = work_out()
        found: T = self._worked_out[key]
        return found

    def paused_on(self, on: date) -> bool:
        """Whether a pause covers the date; both its ends are inside."""
        return bool(self.pauses) and any(pause.from_on <= on <= pause.until_on for pause in self.pauses)

    @cached_property
    def slot_of_session(self) -> Mapping[str, int]:
        """Session id → the slot it filled: that of its dated items, else the one its end names."""
        return {**self._index.slot_by_end, **self._index.slot_by_set}
