"""How hard a text is to read, by the Flesch-Kincaid grade level.

Source of the formula: Kincaid, Fishburne, Rogers, Chissom: Derivation of new readability formulas for Navy enlisted
personnel, Research Branch Report 8-75, 1975. Syllables are counted by groups of vowels, which is right to within a
tenth for running text; a grade is a yardstick, not a judgment.
"""

import re
from collections.abc import Iterable

HARDEST_GRADE = 7.0
"""Inclusive: the seventh grade in the United States is begun at the age of twelve."""

LONGEST_SENTENCE = 16
"""Words of a sentence, inclusive. Source: ours."""

_SENTENCE_END = re.compile(r"[.!?]+(?:\s+|$)")
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d+")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouyscgxzhl])es$")
_BRITISH = re.compile(
    r"\b(\w*(?:centre|colour|favour|behaviour|litre|metre|programme|practise|grey|tonne|organis|stabilis)\w*)\b", re.I
)


def sentences(text: str) -> list[str]:
    """The sentences of a text; one without an end mark counts as one."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def words(text: str) -> list[str]:
    """The words of a text; a number is one word."""
    return _WORD.findall(text)


def syllables(word: str) -> int:
    """About how many syllables a word has: at least one."""
    spoken = _SILENT_END.sub("", word.lower())
    return max(1, len(_VOWELS.findall(spoken)))


def grade(texts: Iterable[str]) -> float:
    """The grade of all the texts together; 0 when there are none."""
    said = [sentence for text in texts for sentence in sentences(text)]
    spoken = [word for sentence in said for word in words(sentence)]
    if not spoken:
        return 0.0
    return 0.39 * len(spoken) / len(said) + 11.8 * sum(map(syllables, spoken)) / len(spoken) - 15.59


def british(text: str) -> list[str]:
    """The words that are not spelled as in the United States."""
    return _BRITISH.findall(text)
