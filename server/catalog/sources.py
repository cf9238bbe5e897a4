"""Reads the library as it is written: `library.toml` and one `<id>/exercise.toml` for each exercise."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from server.catalog.faults import Fault, Terms

FOLDER = Path(__file__).parents[2] / "assets" / "exercises"
SHARED, OWN = "library.toml", "exercise.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What was read: what the file says of itself, and the rows in its order, as the catalog has them."""

    meta: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]

    @property
    def terms(self) -> Terms:
        """The terms the rows may use."""
        terms = {name: frozenset(values) for name, values in self.meta["terms"].items()}
        return Terms(**terms, flags=frozenset(self.meta["flags"]))


def read_sources(folder: Path = FOLDER) -> tuple[Sources, list[Fault]]:
    """The library below `folder` and what could not be read of it. Raises OSError when there is no `library.toml`."""
    meta = tomllib.loads((folder / SHARED).read_text("utf-8"))
    order = meta.pop("order")["exercises"]
    there = {path.parent.name for path in folder.glob(f"*/{OWN}")}
    faults = [_fault(entry, "id", "library.toml lists it twice.") for entry in set(order) if order.count(entry) > 1]
    faults += [_fault(entry, "id", f"It has no {OWN}.") for entry in order if entry not in there]
    faults += [_fault(entry, "id", "library.toml does not list it.") for entry in sorted(there - set(order))]
    rows = []
    for entry in dict.fromkeys(order):
        if entry in there:
            try:
                rows.append(row_from(entry, (folder / entry / OWN).read_text("utf-8")))
            except ValueError as error:
                faults.append(_fault(entry, OWN, f"It cannot be read: {error}."))
    return Sources(meta=meta, rows=tuple(rows)), faults


def row_from(entry: str, text: str) -> dict[str, Any]:
    """A row of the catalog from the text of an `exercise.toml`. Raises ValueError when it is no TOML."""
    table = tomllib.loads(text)
    ladder, flags = table.pop("ladder", {}), table.pop("flags", {})
    row = {"id": entry, **table, **ladder, "flags": list(flags), "severity": flags}
    row["review"] = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in table.get("review", {}).items()
    }
    return {name: row[name] for name in (*(n for n in _ORDER if n in row), *sorted(set(row) - set(_ORDER)))}


def _fault(entry: str, field: str, sentence: str) -> Fault:
    return Fault(entry=entry, field=field, sentence=sentence)


_ORDER = (
    "id", "name", "region", "type", "position", "side", "mode", "dose", "equipment", "easier", "harder", "cues",
    "precaution", "why", "progression", "pain_rule", "flags", "severity", "easier_ids", "harder_ids", "loadable",
    "loaded", "family", "stage", "synonyms", "review",
)  # fmt: skip
