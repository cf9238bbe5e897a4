"""The phone of a demo patient: writes facts as the real client does, keeps them until a push, knows what it pulled.

It knows no table and no service: `simulate` carries its rows to the ledger.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from hep import codec
from hep.days import zone
from hep.facts import CheckIn, Fact, Kind, SetLog
from hep.history import History, Stored
from hep.ids import new_id
from hep.records import ProgramVersion

Randomness = Callable[[int], bytes]


def wall(on: date, hour: float, zone_name: str) -> datetime:
    """The instant (UTC, whole seconds) of a local wall clock; hours from 24 on lie in the night that follows."""
    at = datetime.combine(on, time(0), tzinfo=zone(zone_name)) + timedelta(seconds=round(hour * 3600))
    return at.astimezone(UTC)


@dataclass
class Phone:
    """One install of the app. `waiting` rows go with the next push, `kept` is all it wrote, `versions` all it has."""

    zone: str
    rng: Random
    device_id: str
    versions: list[ProgramVersion] = field(default_factory=list)
    kept: list[Stored] = field(default_factory=list)
    waiting: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)
    seen_version: int = 0
    counter: int = 0
    cursor: str | None = None

    @property
    def randomness(self) -> Randomness:
        """The seeded source of this phone's ids."""
        return self.rng.randbytes

    def write(self, kind: type[Fact], at: datetime, on: date, session_id: str | None = None, **fields: Any) -> str:
        """Keep a new fact of this kind and queue its row; gives the row's id. Raises `Refused` as the client would."""
        self.counter += 1
        fact = kind(at=at, zone=self.zone, on=on, session_id=session_id, device_seq=self.counter, **fields)
        row_id = new_id(at, self.randomness)
        self.kept.append(Stored(id=row_id, kind=fact.kind, fact=fact, seq=None, received_at=None))
        self.waiting.append((at, {"kind": fact.kind.value, "id": row_id, "body": codec.dump(fact)}))
        return row_id

    def take_rows(self, now: datetime) -> list[dict[str, Any]]:
        """The waiting rows written by `now` (inclusive), which wait no more."""
        rows = [row for at, row in self.waiting if at <= now]
        self.waiting = [(at, row) for at, row in self.waiting if at > now]
        return rows

    def history(self, *kinds: Kind) -> History:
        """What this phone knows; with `kinds`, only facts of those kinds (schedules need pauses, nothing else)."""
        rows = [row for row in self.kept if not kinds or row.kind in kinds]
        return History.of(tuple(self.versions), rows, self.zone)

    def last_set(self) -> tuple[str, SetLog] | None:
        """The newest set it wrote, with its id."""
        for row in reversed(self.kept):
            if isinstance(row.fact, SetLog):
                return row.id, row.fact
        return None

    def sore(self, on: date) -> bool:
        """Whether anything hurt 5 or more in the ten days up to `on`: only then can a dose be stepped back."""
        since = on - timedelta(days=10)
        return any(_pain(row.fact) >= 5 for row in self.kept[-400:] if row.fact.on >= since)

    def logged(self, on: date) -> bool:
        """Whether any set was done on that local date."""
        return any(isinstance(row.fact, SetLog) and row.fact.on == on for row in reversed(self.kept[-400:]))


def _pain(fact: Fact) -> int:
    return (fact.pain or 0) if isinstance(fact, SetLog | CheckIn) else 0
