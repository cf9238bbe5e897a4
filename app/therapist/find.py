"""Finding an exercise in the library: a few words, forgiven a typo, and four filters.

It ranks names, never exercises: what suits a patient is the therapist's to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from hep.records import Exercise

NO_MATCH = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the library list is narrowed to; None = any. `at_home`: only what needs nothing beyond `equipment`."""

    words: str = ""
    region: str | None = None
    type: str | None = None
    position: str | None = None
    at_home: bool = False
    equipment: tuple[str, ...] = ()


def find(exercises: Iterable[Exercise], wanted: Filter) -> tuple[Exercise, ...]:
    """The exercises that pass the filters and match every word, closest match first, then by name."""
    words = _words(wanted.words)
    ranked = ((_rank(exercise, words), exercise) for exercise in exercises if _passes(exercise, wanted))
    hits = [(rank, exercise.name, exercise) for rank, exercise in ranked if rank < NO_MATCH]
    return tuple(exercise for _, _, exercise in sorted(hits, key=lambda hit: hit[:2]))


def choices(exercises: Iterable[Exercise], field: str) -> tuple[str, ...]:
    """The distinct values of a field (region, type, position) in order of the alphabet."""
    return tuple(sorted({str(getattr(exercise, field)) for exercise in exercises}))


def _passes(exercise: Exercise, wanted: Filter) -> bool:
    return (
        wanted.region in (None, exercise.region)
        and wanted.type in (None, exercise.type)
        and wanted.position in (None, exercise.position)
        and (not wanted.at_home or set(exercise.equipment) <= set(wanted.equipment))
    )


def _rank(exercise: Exercise, words: list[str]) -> int:
    text = f"{exercise.name} {' '.join(exercise.synonyms)} {exercise.region} {exercise.type}"
    known = _words(text)
    return max((min((_distance(word, other) for other in known), default=NO_MATCH) for word in words), default=0)


def _words(text: str) -> list[str]:
    return text.casefold().replace("_", " ").replace("-", " ").replace(",", " ").split()


@lru_cache(maxsize=8192)
def _distance(word: str, known: str) -> int:
    if known.startswith(word):
        return 0
    if word in known:
        return 1
    if len(word) < 4:
        return NO_MATCH
    allowed = 1 if len(word) < 8 else 2
    start = known[: len(word) + allowed]
    typos = min(edits(word, known, allowed), edits(word, start, allowed), edits(word, known[: len(word)], allowed))
    return 1 + typos if typos <= allowed else NO_MATCH


def edits(a: str, b: str, most: int) -> int:
    """Letters to add, drop, change or swap with a neighbor to turn `a` into `b`; more than `most` is most + 1."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        above, row = row, [i]
        for j, other in enumerate(b, 1):
            cost = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = above
    return min(row[-1], most + 1)
