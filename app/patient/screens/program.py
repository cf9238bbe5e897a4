"""The program: every exercise, the version, why, and what changed before."""

import flet as ft

from app.parts import AppButton, Card, ExerciseCard, Heading, Line, Text, shown
from app.patient.doing import Doing
from app.patient.screens.frame import Tab
from app.patient.views.common import dose_line
from app.patient.views.program import VersionLine, program_view, schedule_line
from app.strings import words
from app.theme import Color, Space, Style


@ft.component
def ProgramScreen(model: Doing) -> ft.Control:
    """The version in force, or a word that there is none yet."""
    view = program_view(model.here)
    if view.version is None:
        fetch = AppButton(words.fetch_now, lambda _: model.page.run_task(model.fetch), key="fetch", kind="tonal")
        empty = Card(Heading(words.no_program, Style.TITLE, 2), Text(words.no_program_help, color=Color.MUTED), fetch)
        return Tab(model, "/program", [Heading(words.program_title), empty])
    exercises = [
        ExerciseCard(
            p.exercise.name,
            f"{dose_line(p)} · {schedule_line(p)}",
            shown(p.exercise, p.side),
            lambda _, i=p.id: model.go(f"/exercise/{i}"),
            key=f"program-{p.id}",
            locked=words.locked if model.here.is_locked(p) else "",
            big=model.look.big,
        )
        for p in view.version.prescriptions
    ]
    goals = [
        Card(
            Heading(words.goals, Style.SUB, 2),
            *(Line(ft.Icons.FLAG_OUTLINED, g, Style.BODY, Color.ON) for g in view.goals),
        )
    ]
    return Tab(
        model,
        "/program",
        [
            Heading(words.program_title),
            Card(*_version(view.history[0]), spacing=Space.XS),
            *(goals if view.goals else []),
            Heading(words.all_exercises, Style.TITLE, 2),
            *exercises,
            *_history(view.history[1:]),
        ],
    )


def _version(line: VersionLine) -> list[ft.Control]:
    changes = [Line(ft.Icons.CHANGE_CIRCLE_OUTLINED, change, Style.SMALL, Color.MUTED) for change in line.changes]
    return [Text(line.name, Style.SUB), Text(line.by, Style.SMALL, Color.MUTED), Text(line.reason), *changes]


def _history(lines: tuple[VersionLine, ...]) -> list[ft.Control]:
    if not lines:
        return []
    return [
        Heading(words.history_title, Style.TITLE, 2),
        *(Card(*_version(line), spacing=Space.XS) for line in lines),
    ]
