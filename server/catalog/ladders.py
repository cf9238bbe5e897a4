"""What a library must be as a whole: ids of their own, and ladders that lead somewhere without going in circles."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from server.catalog.faults import Fault

Row = Mapping[str, Any]


def faults_between(rows: Sequence[Row], one_way: Sequence[str] | None = None) -> list[Fault]:
    """What is wrong between rows that are each without faults.

    `one_way` lists, as "a > b" (harder) or "a < b" (easier), the steps that do not lead back on purpose; None: any may.
    """
    found = [*_twice(rows)]
    if not found:
        known = {row["id"]: row for row in rows}
        found = [*_missing(known)]
    if not found:
        found = [*_circles(known, "harder_ids"), *_circles(known, "easier_ids")]
        found += [] if one_way is None else _one_way(known, one_way)
    return found


def _twice(rows: Sequence[Row]) -> Iterator[Fault]:
    for field in ("id", "name"):
        seen: dict[str, str] = {}
        for row in rows:
            other = seen.setdefault(row[field].casefold(), row["id"])
            if row is not next(r for r in rows if r["id"] == other):
                yield Fault(entry=row["id"], field=field, sentence=f"“{row[field]}” is taken by {other}.")


def _missing(known: Mapping[str, Row]) -> Iterator[Fault]:
    for entry, row in known.items():
        for field in ("easier_ids", "harder_ids"):
            for step in row[field]:
                if step == entry:
                    yield Fault(entry=entry, field=field, sentence="An exercise cannot be a step from itself.")
                elif step not in known:
                    yield Fault(entry=entry, field=field, sentence=f"There is no exercise “{step}”.")


def _circles(known: Mapping[str, Row], field: str) -> Iterator[Fault]:
    done: set[str] = set()
    while True:
        free = {entry for entry, row in known.items() if entry not in done and set(row[field]) <= done}
        if not free:
            break
        done |= free
    left = [entry for entry in known if entry not in done]
    if left:
        path = [left[0]]
        while path[-1] not in path[:-1]:
            path.append(next(step for step in known[path[-1]][field] if step not in done))
        circle = path[path.index(path[-1]) :]
        yield Fault(entry=circle[0], field=field, sentence=f"The ladder goes in a circle: {' > '.join(circle)}.")


def _one_way(known: Mapping[str, Row], declared: Sequence[str]) -> Iterator[Fault]:
    steps = {f"{a} > {b}" for a, row in known.items() for b in row["harder_ids"] if a not in known[b]["easier_ids"]}
    steps |= {f"{a} < {b}" for a, row in known.items() for b in row["easier_ids"] if a not in known[b]["harder_ids"]}
    for step in sorted(steps - set(declared)):
        yield Fault(entry=step.split()[0], field="ladder", sentence=f"“{step}” has no way back; list it as one-way.")
    for step in sorted(set(declared) - steps):
        yield Fault(entry="library.toml", field="one_way", sentence=f"“{step}” is not a one-way step.")
