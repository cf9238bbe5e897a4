"""Effective rows, arranged for what is asked of them: by item, prescription, date, session and slot.

An index never changes; `extended` makes the index of more rows from it, without going through the old ones again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from hep.facts import CheckIn, Fact, ItemKey, ItemSkip, SessionEnd, SetLog

F = TypeVar("F", bound=Fact)
K = TypeVar("K")
V = TypeVar("V")

Named = frozenset[tuple[str, int]]
"""(program id, version) pairs."""


class Entry(NamedTuple, Generic[F]):
    """A fact with the id of its row, for evidence."""

    id: str
    fact: F


@lru_cache(maxsize=8192)
def _planned_on(planned: str) -> date | None:
    return ItemKey.parse(planned).on


def worked_on(log: SetLog) -> date:
    """The local date a set belongs to: its planned date, and for extras and floating items the device's own."""
    return log.on if log.planned is None else _planned_on(log.planned) or log.on


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Groups in the order of the rows. `named`: ISO date or week → slot or n → what its logs were made under.

    `slot_by_end` and `slot_by_set`: session id → the slot that its end names, and that of its dated sets.
    """

    by_kind: Mapping[type[Fact], tuple[Entry[Any], ...]] = field(default_factory=dict)
    sets_by_item: Mapping[ItemKey, tuple[Entry[SetLog], ...]] = field(default_factory=dict)
    sets_by_prescription: Mapping[str, tuple[Entry[SetLog], ...]] = field(default_factory=dict)
    sets_by_date: Mapping[date, tuple[Entry[SetLog], ...]] = field(default_factory=dict)
    floating_by_date: Mapping[date, tuple[Entry[SetLog], ...]] = field(default_factory=dict)
    skips_by_item: Mapping[ItemKey, tuple[Entry[ItemSkip], ...]] = field(default_factory=dict)
    ends_by_session: Mapping[str, tuple[Entry[SessionEnd], ...]] = field(default_factory=dict)
    ends_by_date: Mapping[date, tuple[Entry[SessionEnd], ...]] = field(default_factory=dict)
    check_ins: Mapping[date, tuple[Entry[CheckIn], ...]] = field(default_factory=dict)
    named: Mapping[str, Mapping[int, Named]] = field(default_factory=dict)
    slot_by_end: Mapping[str, int] = field(default_factory=dict)
    slot_by_set: Mapping[str, int] = field(default_factory=dict)

    def extended(self, later: Iterable[Entry[Any]]) -> "Index":
        """The index of these rows and later ones."""
        by_kind = _grouped((type(entry.fact), entry) for entry in later)
        sets: list[Entry[SetLog]] = by_kind.get(SetLog, [])
        skips: list[Entry[ItemSkip]] = by_kind.get(ItemSkip, [])
        ends: list[Entry[SessionEnd]] = by_kind.get(SessionEnd, [])
        check_ins: list[Entry[CheckIn]] = by_kind.get(CheckIn, [])
        planned = [(ItemKey.parse(e.fact.planned), e) for e in sets if e.fact.planned is not None]
        skipped = [(ItemKey.parse(e.fact.planned), e) for e in skips]
        return Index(
            by_kind=_merged(self.by_kind, by_kind),
            sets_by_item=_merged(self.sets_by_item, _grouped(planned)),
            sets_by_prescription=_merged(
                self.sets_by_prescription, _grouped((e.fact.prescription_id, e) for e in sets)
            ),
            sets_by_date=_merged(self.sets_by_date, _grouped((worked_on(e.fact), e) for e in sets)),
            floating_by_date=_merged(
                self.floating_by_date, _grouped((e.fact.on, e) for key, e in planned if key.floating)
            ),
            skips_by_item=_merged(self.skips_by_item, _grouped(skipped)),
            ends_by_session=_merged(self.ends_by_session, _grouped((e.fact.session_id or "", e) for e in ends)),
            ends_by_date=_merged(self.ends_by_date, _grouped((e.fact.on, e) for e in ends)),
            check_ins=_merged(self.check_ins, _grouped((e.fact.about_on, e) for e in check_ins)),
            named=_named(self.named, [*planned, *skipped]),
            slot_by_end={
                **self.slot_by_end,
                **{e.fact.session_id: e.fact.slot for e in ends if e.fact.session_id and e.fact.slot is not None},
            },
            slot_by_set={
                **self.slot_by_set,
                **{e.fact.session_id: key.n for key, e in planned if e.fact.session_id and not key.floating},
            },
        )


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _merged(old: Mapping[K, tuple[V, ...]], new: Mapping[K, list[V]]) -> dict[K, tuple[V, ...]]:
    return {**old, **{key: (*old.get(key, ()), *group) for key, group in new.items()}}


def _named(
    old: Mapping[str, Mapping[int, Named]], logs: Iterable[tuple[ItemKey, Entry[SetLog] | Entry[ItemSkip]]]
) -> dict[str, Mapping[int, Named]]:
    named = dict(old)
    for (when, n), under in _grouped(
        ((key.when, key.n), (entry.fact.program_id, entry.fact.version)) for key, entry in logs
    ).items():
        slots = named.get(when, {})
        named[when] = {**slots, n: slots.get(n, frozenset()).union(under)}
    return named
