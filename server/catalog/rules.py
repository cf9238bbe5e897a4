"""What one exercise must be: complete, in known terms, and, for the house's own, easy to read.

Works on a row as the catalog has it (`assets/exercises/library.json`), so that a row from elsewhere is held to it too.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hep.library import LEAST_CUES, dose_faults, exercise_from
from hep.problems import Refused
from server.catalog import reading
from server.catalog.faults import Fault, Terms

Row = Mapping[str, Any]
Check = Callable[[Row, Terms], Iterator[tuple[str, str]]]

MOST_CUES, FEWEST_SYNONYMS = 5, 2
LONGEST = {"name": 60, "why": 120, "precaution": 160, "family": 40}
"""Characters, inclusive: what a phone's card holds in a few lines at 200 % text."""

_TEXTS = ("id", "name", "region", "type", "position", "side", "mode", "family", "progression", "pain_rule")
_LISTS = ("equipment", "easier", "harder", "easier_ids", "harder_ids", "synonyms", "cues", "flags")
_KINDS: Mapping[str, type] = {
    **dict.fromkeys((*_TEXTS, "why", "precaution"), str),
    **dict.fromkeys(_LISTS, list),
    **dict.fromkeys(("loadable", "loaded"), bool),
    **dict.fromkeys(("dose", "severity", "review"), dict),
    "stage": int,
}


def faults_of(row: Row, terms: Terms) -> list[Fault]:
    """All that is wrong with a row, apart from its place among others (`ladders`)."""
    entry = str(row.get("id", "an entry without an id"))
    shape = [Fault(entry=entry, field=field, sentence=said) for field, said in _shape(row)]
    if shape:
        return shape
    return [Fault(entry=entry, field=field, sentence=said) for check in _CHECKS for field, said in check(row, terms)]


def reading_faults(row: Row) -> list[Fault]:
    """What a patient of twelve years would stumble over, and spelling from elsewhere. Expects a row without faults."""
    texts = {"why": [row["why"]], "precaution": [row["precaution"]], "cues": row["cues"]}
    found = [
        (field, f"Say it in at most {reading.LONGEST_SENTENCE} words: “{sentence}”")
        for field, said in texts.items()
        for text in said
        for sentence in reading.sentences(text)
        if len(reading.words(sentence)) > reading.LONGEST_SENTENCE
    ]
    for field, said in texts.items():
        grade = reading.grade(said)
        if grade > reading.HARDEST_GRADE:
            found.append((field, f"Use shorter words and sentences: this is of grade {grade:.1f}, above 7."))
    everything = [text for said in texts.values() for text in said]
    for text in (row["name"], *everything, *row["easier"], *row["harder"]):
        found += [("spelling", f"Spell as in the United States: {word}") for word in reading.british(text)]
    return [Fault(entry=row["id"], field=field, sentence=said) for field, said in found]


def _shape(row: Row) -> Iterator[tuple[str, str]]:
    for field, kind in _KINDS.items():
        if field not in row:
            yield field, "This field is missing."
        elif type(row[field]) is not kind:
            yield field, f"This must be {_KIND_WORDS[kind]}."
        elif kind is list and any(type(item) is not str for item in row[field]):
            yield field, "This must be a list of texts."
    for field in sorted(set(row) - set(_KINDS)):
        yield field, "There is no such field."


def _texts(row: Row, _terms: Terms) -> Iterator[tuple[str, str]]:
    for field in (*_TEXTS, "why", "precaution"):
        text = row[field]
        if not text or text != text.strip() or not text.isprintable():
            yield field, "Write one line of text."
        elif len(text) > LONGEST.get(field, 80):
            yield field, f"Write at most {LONGEST.get(field, 80)} characters."
    for field in _LISTS:
        if any(not item or item != item.strip() or not item.isprintable() for item in row[field]):
            yield field, "Write lines of text."
        if len({item.casefold() for item in row[field]}) < len(row[field]):
            yield field, "Say each only once."


def _cues(row: Row, _terms: Terms) -> Iterator[tuple[str, str]]:
    if not LEAST_CUES <= len(row["cues"]) <= MOST_CUES:
        yield "cues", f"Write {LEAST_CUES} to {MOST_CUES} cues."
    if len(row["synonyms"]) < FEWEST_SYNONYMS:
        yield "synonyms", f"Add at least {FEWEST_SYNONYMS} names that people search for."
    if row["name"].casefold() in {name.casefold() for name in row["synonyms"]}:
        yield "synonyms", "The name itself needs no mention."


def _terms(row: Row, terms: Terms) -> Iterator[tuple[str, str]]:
    for field in ("region", "type", "position"):
        if row[field] not in getattr(terms, field):
            yield field, f"“{row[field]}” is not in the list: {', '.join(sorted(getattr(terms, field)))}."
    for field in ("equipment", "flags"):
        for item in row[field]:
            if item not in getattr(terms, field):
                yield field, f"“{item}” is not in the list of library.toml."
    if set(row["severity"]) != set(row["flags"]):
        yield "flags", "Give each flag its severity: warn or block."
    if row["stage"] not in (1, 2, 3):
        yield "stage", "Choose 1 (early), 2 or 3 (late)."


def _readable(row: Row, _terms: Terms) -> Iterator[tuple[str, str]]:
    try:
        exercise = exercise_from(row)
    except Refused as refused:
        yield "dose", refused.sentence
    except (KeyError, TypeError, ValueError) as error:
        yield "dose", f"A value is missing or not in its list ({type(error).__name__}: {error})."
    else:
        yield from (("dose", sentence) for sentence in dose_faults(exercise))


_CHECKS: tuple[Check, ...] = (_texts, _cues, _terms, _readable)
_KIND_WORDS = {str: "a text", list: "a list", bool: "true or false", dict: "a table", int: "a whole number"}
