"""One exercise in full: what it looks like, how it is done, what for, where its ladder leads, and who reviewed it."""

from collections.abc import Sequence

import flet as ft

from app import strings_clinic as words
from app.parts import Heading, Line, MovingPicture, shown
from app.parts.about import AboutNames, Section, how_sections, ladder_section, why_section
from app.theme import Color, Space, Style
from app.therapist.parts.desk import Tag, Tone, column, flow
from hep.precautions import flag_words
from hep.records import Exercise, Review, ReviewStatus, Severity, Side

_NAMES = AboutNames(
    how_to=words.HOW_TO,
    careful=words.CAREFUL,
    why=words.WHY_FOR_PATIENT,
    ladder=words.LADDER,
    easier=words.EASIER,
    harder=words.HARDER,
)
_PICTURE = 260
"""Height in logical pixels: the column is 400 wide."""


def about(exercise: Exercise, side: Side | None = None, rungs: Sequence[ft.Control] = ()) -> list[ft.Control]:
    """All of it below the name; `rungs` are the ladder's exercises, with what can be done with them."""
    sections = [
        *how_sections(exercise, _NAMES),
        why_section(exercise, _NAMES),
        *_precautions(exercise),
        *ladder_section(exercise, _NAMES, rungs),
    ]
    return [
        MovingPicture(shown(exercise, side), words.picture_of(exercise.name), words.PICTURE_MOTION, _PICTURE),
        flow(*_tags(exercise), _review(exercise.review)),
        *(
            column(Heading(section.title, Style.SMALL_STRONG, 3), *section.content, spacing=Space.S)
            for section in sections
            if section.content
        ),
    ]


def _tags(exercise: Exercise) -> list[ft.Control]:
    return [Tag(words.plain(said)) for said in (exercise.type, exercise.region, exercise.position, *exercise.equipment)]


def _review(review: Review) -> ft.Control:
    if review.status is ReviewStatus.NOT_REVIEWED:
        return Tag(words.NOT_REVIEWED, Tone.CAUTION, ft.Icons.PENDING_ACTIONS)
    said = words.reviewed_by(review.reviewer or "", review.credentials or "", str(review.reviewed_on))
    return Tag(said, Tone.GOOD, ft.Icons.VERIFIED_OUTLINED)


def _precautions(exercise: Exercise) -> list[Section]:
    lines = [
        Line(
            ft.Icons.BLOCK if flag.severity is Severity.BLOCK else ft.Icons.WARNING_AMBER_ROUNDED,
            (words.BLOCKS if flag.severity is Severity.BLOCK else words.WARNS).format(flag=flag_words(flag.flag)),
            Style.SMALL,
            Color.ERROR if flag.severity is Severity.BLOCK else Color.CAUTION,
        )
        for flag in exercise.flags
    ]
    return [Section(words.AVOID, tuple(lines))] if lines else []
