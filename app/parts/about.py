"""What is told of an exercise beside its picture, the same to therapist and patient: how, how carefully, what for."""

from collections.abc import Sequence
from dataclasses import dataclass

import flet as ft

from app.parts.exercise import Cues
from app.parts.surfaces import Line
from app.theme import Color, Style
from hep.records import Exercise


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutNames:
    """The headings, and the words before an easier and a harder form."""

    how_to: str
    careful: str
    why: str
    ladder: str
    easier: str
    harder: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    content: tuple[ft.Control, ...]


def how_sections(exercise: Exercise, names: AboutNames) -> list[Section]:
    """The cues and the precaution."""
    sections = [Section(names.how_to, (Cues(exercise.cues),))]
    if exercise.precaution:
        sections.append(Section(names.careful, (_line(ft.Icons.HEALTH_AND_SAFETY_OUTLINED, exercise.precaution),)))
    return sections


def why_section(exercise: Exercise, names: AboutNames, goal: str = "") -> Section:
    """What it is good for, and the goal it is for."""
    said = [_line(ft.Icons.LIGHTBULB_OUTLINE, exercise.why)] if exercise.why else []
    return Section(names.why, (*said, *([_line(ft.Icons.FLAG_OUTLINED, goal)] if goal else [])))


def ladder_section(exercise: Exercise, names: AboutNames, more: Sequence[ft.Control] = ()) -> list[Section]:
    """The easier and harder forms in words, with `more` below; nothing when there are none."""
    forms = [
        _line(icon, f"{word}: {form}")
        for icon, word, named in (
            (ft.Icons.TRENDING_DOWN, names.easier, exercise.easier),
            (ft.Icons.TRENDING_UP, names.harder, exercise.harder),
        )
        for form in named
    ]
    return [Section(names.ladder, (*forms, *more))] if forms or more else []


def _line(icon: ft.IconData, sentence: str) -> ft.Control:
    return Line(icon, sentence, Style.BODY, Color.ON)
