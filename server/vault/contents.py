"""Reads a backup from its first to its last line and says what it is worth: whole, of when, with sound audit chains.

What it hands over on the way is to be undone when the reading ends with an error.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyrage.x25519 import Identity

from server import audit
from server.problems import CannotDo
from server.vault import sealed
from server.vault.lines import Beginning, Damaged, Shape, parse, read_beginning, read_shape

LONGEST_LINE = 1 << 23
"""Bytes. The longest row there can be is what a revoked phone handed in at once: 1 MiB, somewhat more as JSON."""

Take = Callable[[Shape, dict[str, Any]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A backup that is whole. `broken` names each clinic whose audit chain is not, with its first bad entry."""

    beginning: Beginning
    rows: dict[str, int]
    digest: str
    entries: int
    broken: tuple[tuple[str, int], ...]


def read(path: Path, identities: Sequence[Identity], take: Take | None = None) -> Contents:
    """Read the whole file, handing each row to `take`. Raises `CannotDo`, and whatever `take` raises."""
    reading = _Reading(take)
    try:
        with path.open("rb") as file:
            sealed.unseal(file, reading.feed, identities)
        return reading.contents()
    except Damaged as damaged:
        raise CannotDo(f"{path} is damaged ({damaged}): use another backup.") from None
    except sealed.Unopened as error:
        if error.wrong_key:
            raise CannotDo(f"{path} was made for another key: set BACKUP_KEY_FILE to the file with that key.") from None
        raise CannotDo(f"{path} is damaged or no backup of Stepwise: use another one.") from None
    except OSError as error:
        raise CannotDo(f"{path} cannot be read ({error.strerror}). Check the name and your permissions.") from None


class _Reading:
    def __init__(self, take: Take | None) -> None:
        self._take = take
        self._rest = b""
        self._hash = hashlib.sha256()
        self._beginning: Beginning | None = None
        self._shape: Shape | None = None
        self._rows: dict[str, int] = {}
        self._chains = _Chains()
        self._end: tuple[dict[str, int], str] | None = None

    def feed(self, piece: bytes) -> None:
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._line(line)
        if len(self._rest) > LONGEST_LINE:
            raise Damaged("a line that is too long")

    def _line(self, line: bytes) -> None:
        if self._end is not None:
            raise Damaged("more after its end")
        value = parse(line)
        if self._beginning is None:
            self._beginning = read_beginning(value)
        elif isinstance(value, list):
            self._row(value)
        elif isinstance(value, dict) and "table" in value:
            self._begin_table(read_shape(value))
        elif isinstance(value, dict) and value.get("end") is True:
            self._end = (value.get("rows", {}), value.get("sha256", ""))
            return
        else:
            raise Damaged("a line of an unknown sort")
        self._hash.update(line + b"\n")

    def _begin_table(self, shape: Shape) -> None:
        if shape.name in self._rows:
            raise Damaged(f"{shape.name} twice")
        self._shape = shape
        self._rows[shape.name] = 0

    def _row(self, values: list[Any]) -> None:
        if self._shape is None:
            raise Damaged("a row of no table")
        row = self._shape.read(values)
        self._rows[self._shape.name] += 1
        self._chains.take(self._shape.name, row)
        if self._take is not None:
            self._take(self._shape, row)

    def contents(self) -> Contents:
        digest = self._hash.hexdigest()
        if self._beginning is None or self._rest or self._end != (self._rows, digest):
            raise Damaged("its end")
        return Contents(
            beginning=self._beginning,
            rows=self._rows,
            digest=digest,
            entries=self._rows.get("audit_entry", 0),
            broken=self._chains.broken(),
        )


@dataclass
class _Chains:
    """The audit chains, walked as their entries come by: each clinic's in their order."""

    walks: dict[str, audit.Walk] = field(default_factory=dict)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)

    def take(self, table: str, row: dict[str, Any]) -> None:
        if table == "audit_entry":
            self.walks.setdefault(row["clinic_id"], audit.Walk()).step(row)
        elif table == "audit_head":
            self.heads[row["clinic_id"]] = (row["seq"], row["digest"])

    def broken(self) -> tuple[tuple[str, int], ...]:
        """Every clinic whose chain is not sound, and the number of the first entry that is missing or changed."""
        found = (
            (clinic_id, self.walks.get(clinic_id, audit.Walk()).ended(self.heads.get(clinic_id)).broken_at)
            for clinic_id in sorted(self.walks.keys() | self.heads.keys())
        )
        return tuple((clinic_id, broken_at) for clinic_id, broken_at in found if broken_at is not None)
