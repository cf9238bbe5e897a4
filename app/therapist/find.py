"""Finding an exercise in the library: a few words, forgiven a typo, and filters.

The index is built once for a library; a search then reads sets of exercises as the bits of whole numbers, so that a
thousand exercises are searched while the therapist types. It ranks names, never exercises: what suits a patient is the
therapist's to say.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from typing import TypeVar

from hep.records import Exercise

_FIELDS = ("region", "type", "position")
_SHORTEST_INSIDE, _SHORTEST_WITH_TYPO, _SHORTEST_WITH_TWO = 3, 4, 8
"""Letters of a word, inclusive: found inside another word, forgiven one typo, forgiven two. Source: ours."""

_SPACED = str.maketrans("_-,()/", "      ")
_Key = TypeVar("_Key")

_NAME, _SYNONYM, _OTHER, _INSIDE, _ONE_TYPO = range(5)
_TIERS = _ONE_TYPO + 2
"""How close a word is: it begins a word of the name, of a synonym, of what else is known of the exercise, it stands
inside a word, one typo, two.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the library list is narrowed to; None = any. `at_home`: only what needs nothing beyond `equipment`.

    `avoid`: flags; an exercise that carries one of them is left out.
    """

    words: str = ""
    region: str | None = None
    type: str | None = None
    position: str | None = None
    at_home: bool = False
    equipment: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


class Index:
    """A library made ready for searching."""

    def __init__(self, exercises: Iterable[Exercise]) -> None:
        self._exercises = tuple(sorted(exercises, key=lambda exercise: exercise.name.casefold()))
        self._everything = (1 << len(self._exercises)) - 1
        self._values: dict[tuple[str, str], int] = {}
        self._flags: dict[str, int] = {}
        self._kit: dict[str, int] = {}
        tokens: dict[str, list[int]] = {}
        phrases: tuple[dict[str, int], dict[str, int]] = ({}, {})
        for place, exercise in enumerate(self._exercises):
            bit = 1 << place
            self._note_filters(exercise, bit)
            for tier, text in _texts(exercise):
                if tier in (_NAME, _SYNONYM):
                    _add(phrases[tier], " ".join(_words(text)), bit)
                for token in _tokens(text):
                    tokens.setdefault(token, [0] * _TIERS)[tier] |= bit
        self._phrases = [sorted(each.items()) for each in phrases]
        self._tokens = sorted((token, tuple(tiers), _letters(token)) for token, tiers in tokens.items())
        self._found = lru_cache(maxsize=512)(self._of_word)

    def find(self, wanted: Filter) -> tuple[Exercise, ...]:
        """The exercises that pass the filters and match every word, closest match first, then by name."""
        left = self._passing(wanted)
        words = _words(wanted.words)
        if not words:
            return tuple(self._of(left))
        hits: list[Exercise] = []
        for matched in self._matching(words, guess=False) or self._matching(words, guess=True):
            hits += self._of(matched & left)
            left &= ~matched
        return tuple(hits)

    def flags(self) -> tuple[str, ...]:
        """The precautions that any exercise carries, in order of the alphabet."""
        return tuple(sorted(self._flags))

    def _note_filters(self, exercise: Exercise, bit: int) -> None:
        for field in _FIELDS:
            _add(self._values, (field, str(getattr(exercise, field))), bit)
        for flag in exercise.flags:
            _add(self._flags, flag.flag, bit)
        for thing in exercise.equipment:
            _add(self._kit, thing, bit)

    def _passing(self, wanted: Filter) -> int:
        left = self._everything
        for field in _FIELDS:
            value = getattr(wanted, field)
            if value is not None:
                left &= self._values.get((field, value), 0)
        for flag in wanted.avoid:
            left &= ~self._flags.get(flag, 0)
        if wanted.at_home:
            for thing, needing in self._kit.items():
                if thing not in wanted.equipment:
                    left &= ~needing
        return left

    def _of(self, bits: int) -> Iterator[Exercise]:
        return compress(self._exercises, map("1".__eq__, reversed(f"{bits:b}")))

    def _matching(self, words: list[str], *, guess: bool) -> list[int]:
        """The exercises whose name, whose synonym begins with the words, then those that match every word, by the tier
        of the least close one; empty when there are none.
        """
        tiers = [_begin(phrases, " ".join(words)) for phrases in self._phrases]
        reached = [0] * len(words)
        for tier in range(_TIERS):
            reached = [so_far | self._found(word, guess)[tier] for so_far, word in zip(reached, words, strict=True)]
            every = self._everything
            for matched in reached:
                every &= matched
            tiers.append(every)
        return tiers if any(tiers) else []

    def _of_word(self, word: str, guess: bool) -> tuple[int, ...]:
        """The exercises at each tier of closeness. Typos are looked for where nothing else is found, or to `guess`."""
        found = [0] * _TIERS
        place = bisect_left(self._tokens, (word,))
        while place < len(self._tokens) and self._tokens[place][0].startswith(word):
            found = [a | b for a, b in zip(found, self._tokens[place][1], strict=True)]
            place += 1
        if len(word) >= _SHORTEST_INSIDE:
            for token, tiers, _ in self._tokens:
                if word in token:
                    found[_INSIDE] |= tiers[_NAME] | tiers[_SYNONYM] | tiers[_OTHER]
        if (guess or not any(found)) and len(word) >= _SHORTEST_WITH_TYPO:
            self._guess(word, found)
        return tuple(found)

    def _guess(self, word: str, found: list[int]) -> None:
        most = 1 if len(word) < _SHORTEST_WITH_TWO else 2
        near = _near(_letters(word), most)
        shortest = len(word) - most
        for token, tiers, letters in self._tokens:
            if len(token) >= shortest and near(letters):
                counted = typos(word, token, most)
                if counted <= most:
                    found[_ONE_TYPO + counted - 1] |= tiers[_NAME] | tiers[_SYNONYM] | tiers[_OTHER]


def choices(exercises: Iterable[Exercise], field: str) -> tuple[str, ...]:
    """The distinct values of a field (region, type, position) in order of the alphabet."""
    return tuple(sorted({str(getattr(exercise, field)) for exercise in exercises}))


def _texts(exercise: Exercise) -> Iterator[tuple[int, str]]:
    yield _NAME, exercise.name
    yield from ((_SYNONYM, synonym) for synonym in exercise.synonyms)
    yield _OTHER, " ".join((exercise.region, exercise.type, exercise.position, *exercise.equipment))


def _tokens(text: str) -> set[str]:
    """The words of a text; what is joined by a hyphen is also one word, as people type it."""
    words = set(_words(text))
    if "-" in text:
        words.update(_words(text.replace("-", "")))
    return words


def _words(text: str) -> list[str]:
    return text.casefold().translate(_SPACED).split()


def _begin(phrases: list[tuple[str, int]], words: str) -> int:
    """The exercises with a phrase that begins with these words."""
    found, place = 0, bisect_left(phrases, (words, 0))
    while place < len(phrases) and phrases[place][0].startswith(words):
        found |= phrases[place][1]
        place += 1
    return found


def _add(sets: dict[_Key, int], key: _Key, bit: int) -> None:
    sets[key] = sets.get(key, 0) | bit


def _letters(word: str) -> int:
    """Which of the alphabet's letters are in a word, as bits; all others share one."""
    letters = 0
    for letter in word:
        place = ord(letter) - 97
        letters |= 1 << (place if 0 <= place < 26 else 26)
    return letters


def _near(wanted: int, most: int) -> Callable[[int], bool]:
    """Whether a word has all of the wanted letters but `most`: with fewer typos than that it cannot lack more."""

    def near(letters: int) -> bool:
        missing = wanted & ~letters
        missing &= missing - 1
        return not (missing if most == 1 else missing & (missing - 1))

    return near


def typos(word: str, token: str, most: int) -> int:
    """Letters to add, drop, change or swap with a neighbor to turn `word` into `token` or into a beginning of it.

    A beginning is enough because the word may still be being typed. More than `most` is most + 1.
    """
    far, width = most + 1, min(len(token), len(word) + most)
    before: list[int] = []
    row: list[int] = [*range(far), *([far] * (width + 1))][: width + 1]
    for i, letter in enumerate(word, 1):
        first = max(1, i - most)
        above, row = row, [far] * (width + 1)
        if i <= most:
            row[0] = i
        for j in range(first, min(width, i + most) + 1):
            other = token[j - 1]
            cost = above[j - 1] if letter == other else 1 + min(above[j - 1], above[j], row[j - 1])
            if i > 1 and j > 1 and letter == token[j - 2] and word[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row[j] = cost
        if min(row) > most:
            return far
        before = above
    least: int = min(far, *row[max(0, len(word) - most) :])
    return least
