"""A clinic's own exercises: what makes one fit to prescribe, and what is still missing.

An own exercise is judged by the same words as the library: its regions, equipment, families and precautions are those
of the shared rows, so that filters, locks and warnings know them. Refuses to repair: what is wrong is named field by
field, and a sentence never repeats what was entered.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from hep.library import LEAST_CUES, dose_faults
from hep.precautions import known_flags
from hep.problems import Refused, check_text
from hep.records import Exercise, Mode, ProgressionRule, Review

PREFIX = "own-"
"""Every own exercise's id begins with it, and no id of the shared library does."""

MOST = 500
"""Own exercises a clinic may hold, retired ones too (inclusive)."""

MOST_LINES, LONGEST_LINE = 10, 160
"""At most so many lines of so many characters in any list (inclusive)."""

_ID = re.compile(rf"{PREFIX}[a-z0-9-]{{4,60}}")
_PHOTO = re.compile(r"[0-9a-f]{64}")
_MODES = {
    ProgressionRule.DOUBLE: {Mode.REPS, Mode.DURATION},
    ProgressionRule.OTAGO_STRENGTH: {Mode.REPS},
    ProgressionRule.TIME: {Mode.DURATION},
}
"""How a set may be measured where a rule counts or times; the other rules take any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDraft:
    """An exercise to save. `base_version` is the version it was opened from, 0 for a new one."""

    base_version: int
    exercise: Exercise


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnExercise:
    """An own exercise in its newest version. A retired one is no longer offered, and stays where it is prescribed."""

    exercise: Exercise
    version: int
    retired: bool
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What keeps an exercise from being saved: its field, a stable code, and what to do."""

    field: str
    code: str
    sentence: str


def is_own(exercise_id: str) -> bool:
    """Whether an id is that of a clinic's own exercise."""
    return exercise_id.startswith(PREFIX)


def faults(exercise: Exercise, shared: Mapping[str, Exercise], own: Mapping[str, Exercise]) -> tuple[Fault, ...]:
    """What is wrong with an own exercise; empty when it may be prescribed.

    `shared` is the library by id, `own` the clinic's other exercises by id; the exercise's own id there is replaced by
    it. The codes are those of `Fault`s: id_invalid, text_invalid, value_unknown, flag_unknown, dose_incomplete,
    ladder_unknown, ladder_loop.
    """
    everyone = {**shared, **own, exercise.id: exercise}
    return tuple(
        [
            *_identity(exercise, shared),
            *_words(exercise),
            *_vocabulary(exercise, shared),
            *_dose(exercise),
            *_ladder(exercise, everyone),
        ]
    )


def loops(exercise_id: str, everyone: Mapping[str, Exercise]) -> bool:
    """Whether the ladder leads from an exercise back to it, by "harder" from rung to rung (and "easier" turned round).

    Ladders of the shared rows may be one-way; each edge counts in the direction of more difficulty.
    """
    harder: dict[str, set[str]] = {}
    for exercise in everyone.values():
        harder.setdefault(exercise.id, set()).update(exercise.harder_ids)
        for easier in exercise.easier_ids:
            harder.setdefault(easier, set()).add(exercise.id)
    seen: set[str] = set()
    ahead = list(harder.get(exercise_id, ()))
    while ahead:
        rung = ahead.pop()
        if rung == exercise_id:
            return True
        if rung not in seen:
            seen.add(rung)
            ahead += harder.get(rung, ())
    return False


def _identity(exercise: Exercise, shared: Mapping[str, Exercise]) -> Iterator[Fault]:
    if not _ID.fullmatch(exercise.id):
        yield _fault("id", "id_invalid", "The exercise carries an id that cannot be used. Begin a new one.")
    if exercise.photo is not None and not _PHOTO.fullmatch(exercise.photo):
        yield _fault("photo", "value_unknown", "The photo cannot be found. Choose it again.")
    if exercise.review != Review():
        yield _fault("review", "value_unknown", "A review of the library's exercise does not hold for this one.")
    if exercise.drawing is not None and exercise.drawing not in shared:
        yield _fault("drawing", "value_unknown", "The drawing cannot be found. Choose another one, or none.")


def _words(exercise: Exercise) -> Iterator[Fault]:
    yield from _text("name", exercise.name, 80)
    yield from _text("precaution", exercise.precaution, 300)
    if exercise.why:
        yield from _text("why", exercise.why, 300)
    if len(exercise.cues) < LEAST_CUES:
        yield _fault("cues", "text_invalid", f"Write at least {LEAST_CUES} cues, one a line.")
    for field in ("cues", "easier", "harder", "synonyms"):
        lines: tuple[str, ...] = getattr(exercise, field)
        if len(lines) > MOST_LINES:
            yield _fault(field, "text_invalid", f"Write at most {MOST_LINES} lines.")
        wrong = (fault for line in lines[:MOST_LINES] for fault in _text(field, line, LONGEST_LINE))
        yield from list(wrong)[:1]


def _text(field: str, value: str, longest: int) -> Iterator[Fault]:
    try:
        check_text(field, value, longest)
    except Refused as refused:
        yield _fault(field, refused.code, refused.sentence)


def _vocabulary(exercise: Exercise, shared: Mapping[str, Exercise]) -> Iterator[Fault]:
    rows = shared.values()
    for field in ("region", "type", "position", "family"):
        if getattr(exercise, field) not in {getattr(row, field) for row in rows}:
            yield _fault(field, "value_unknown", f"Choose a {field} that the library knows.")
    known = {item for row in rows for item in row.equipment}
    if not _once_and_known(exercise.equipment, known):
        yield _fault("equipment", "value_unknown", "Choose equipment that the library knows, each once.")
    if not _once_and_known((flag.flag for flag in exercise.flags), known_flags(rows)):
        yield _fault("flags", "flag_unknown", "Choose precautions that the library knows, each once.")
    if not 0 <= exercise.stage <= MOST_LINES:
        yield _fault("stage", "value_unknown", f"Choose a stage between 0 and {MOST_LINES}.")


def _once_and_known(values: Iterable[str], known: Iterable[str]) -> bool:
    given = list(values)
    return len(set(given)) == len(given) and set(given) <= set(known)


def _dose(exercise: Exercise) -> Iterator[Fault]:
    for sentence in dose_faults(exercise):
        yield _fault("dose", "dose_incomplete", sentence)
    if exercise.mode not in _MODES.get(exercise.progression, set(Mode)):
        yield _fault("progression", "value_unknown", "This way to progress does not fit how a set is measured.")


def _ladder(exercise: Exercise, everyone: Mapping[str, Exercise]) -> Iterator[Fault]:
    for field in ("easier_ids", "harder_ids"):
        if not _once_and_known(getattr(exercise, field), everyone):
            yield _fault(field, "ladder_unknown", "The ladder names an exercise that cannot be found, or one twice.")
    if loops(exercise.id, everyone):
        yield _fault("harder_ids", "ladder_loop", "The ladder leads back to this exercise. Take one step out.")


def _fault(field: str, code: str, sentence: str) -> Fault:
    return Fault(field=field, code=code, sentence=sentence)
