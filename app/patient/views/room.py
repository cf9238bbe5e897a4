"""How tall the player's picture and ring may be, so that all of a set is on the screen without scrolling.

Lines of text are counted, not measured: a little too many rather than one too few. Where even the least does not fit,
the screen scrolls.
"""

from dataclasses import dataclass

from app.patient.views.common import amount, load_line
from app.patient.views.session import ItemView
from app.theme import Look, Size, Space
from hep.records import Mode

LEAST, MOST = 150, 320
"""Height of the picture in logical pixels, inclusive."""

MOST_SET_BOXES = 4
"""More sets than this (exclusive) are told in words: their boxes would not fit a phone."""

_LETTER = 0.455
"""Mean width of a letter as a share of the text's size: a little more than Roboto's in the cues of the library."""

_FRAME = 240
"""Head, foot with two rows of buttons, and what lies around the column."""

_GAP, _PILL, _NOTICE, _COUNTER, _BOXES = 14, 34, 68, 112, 44


@dataclass(frozen=True, slots=True)
class Room:
    """Heights in logical pixels."""

    picture: float
    ring: float


def room_of(look: Look, item: ItemView, noted: bool) -> Room:
    """The room for a set of `item`; `noted`: a pain number stands above it. Large text leaves the least."""
    if look.big:
        return Room(LEAST, Size.RING_BIG)
    timed = item.prescription.exercise.mode is not Mode.REPS
    width, height = look.window
    left = height - _FRAME - _texts(item, min(width, Space.COLUMN) - 2 * Space.PAGE) - _GAP
    left -= (_NOTICE + _GAP) * (item.stepped + noted)
    if not timed:
        return Room(_within(left - _COUNTER), Size.RING)
    ring = Size.RING if left - Size.RING >= LEAST else Size.RING_SMALL
    return Room(_within(left - ring), ring)


def lines(text: str, size: int, width: float) -> int:
    """How many lines a text takes, broken between words."""
    most, count, used = int(width / (size * _LETTER)), 1, 0
    for word in text.split():
        if used and used + 1 + len(word) > most:
            count, used = count + 1, 0
        used += len(word) + bool(used)
    return count


def _texts(item: ItemView, column: float) -> float:
    """Title, cues, precaution and sets, each with the gap above it."""
    exercise = item.prescription.exercise
    cues = sum(lines(cue, 16, column - 36) * 24 + 8 for cue in exercise.cues[:3])
    care = lines(exercise.precaution, 14, column - 32) * 20 + 2 + _GAP if exercise.precaution else 0
    sets = 20 if len(item.steps) > MOST_SET_BOXES else _BOXES
    return _title(item, column) + cues + care + sets + 3 * _GAP


def _title(item: ItemView, column: float) -> float:
    exercise, dose = item.prescription.exercise, amount(item.prescription, item.dose)
    load = load_line(item.dose.load) if item.dose else ""
    if exercise.mode is Mode.REPS and not load:
        pill = len(dose) * 15 * _LETTER + 2 * Space.M
        return max(lines(exercise.name, 26, column - pill - Space.S) * 32, _PILL)
    return lines(exercise.name, 26, column) * 32 + Space.S + lines(f"{dose} {load}", 20, column) * _PILL


def _within(height: float) -> float:
    return min(max(height, LEAST), MOST)
