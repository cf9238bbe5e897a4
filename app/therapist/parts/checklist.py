"""What the draft asks of the patient, what is still missing, and the reason the patient is told."""

from collections.abc import Sequence

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, Line, Text
from app.theme import Color, Style
from app.therapist.builder_state import BuilderState
from app.therapist.parts.desk import Chip, Field, Muted, Tag, Tone, act, column, flow
from hep.prescribing import Gap

TOO_MANY = "too_many"
REASON_MISSING = "reason_missing"


@ft.component
def Meter(state: BuilderState) -> ft.Control:
    """Minutes per session against what the patient has, and how many exercises."""
    minutes, budget = state.minutes(), state.patient.profile.time_budget_min
    count = len(state.draft.prescriptions)
    crowded = any(warning.code == TOO_MANY for warning in state.warnings())
    if not count:
        return Card(Line(ft.Icons.TIMER_OUTLINED, words.BURDEN_EMPTY), padding=14)
    said = [Muted(words.PER_WEEK.format(minutes=state.weekly_minutes()), Style.SMALL)]
    if budget:
        said.append(Muted(words.BUDGET_OF.format(name=state.patient.profile.name, minutes=budget), Style.SMALL))
    tag = Tag(
        words.exercises(count), Tone.CAUTION if crowded else Tone.GOOD, ft.Icons.INFO_OUTLINE if crowded else None
    )
    head = flow(
        ft.Icon(ft.Icons.TIMER_OUTLINED, size=22, color=Color.PRIMARY),
        Text(words.PER_SESSION.format(minutes=minutes), Style.TITLE),
        *said,
        tag,
    )
    over = budget is not None and minutes > budget
    bar = ft.ProgressBar(
        value=min(1.0, minutes / (budget or max(minutes, 1))),
        bar_height=10,
        border_radius=5,
        color=Color.CAUTION if over else Color.PRIMARY,
        bgcolor=Color.HIGH,
        semantics_label=words.meter_label(minutes, budget),
    )
    return Card(head, *([bar] if budget else []), padding=14, spacing=10)


@ft.component
def Checklist(state: BuilderState, gaps: Sequence[Gap]) -> ft.Control:
    """Gaps that keep from publishing, then warnings that do not.

    The line of the reason stays once it is written: nothing moves under the finger that writes it.
    """
    warnings = state.warnings()
    parts: list[ft.Control] = [Heading(words.still_missing(len(gaps)), Style.LABEL, 2)]
    parts += [Line(ft.Icons.ERROR_OUTLINE, gap.sentence, Style.SMALL, Color.ERROR) for gap in gaps]
    if not any(gap.code == REASON_MISSING for gap in gaps):
        given = Line(ft.Icons.CHECK_CIRCLE_OUTLINE, words.REASON_GIVEN, Style.SMALL, Color.PRIMARY)
        parts.insert(1, given)
    if warnings:
        parts.append(Heading(words.WARNINGS, Style.LABEL, 2))
        parts += [
            Line(ft.Icons.WARNING_AMBER_ROUNDED, warning.sentence, Style.SMALL, Color.CAUTION) for warning in warnings
        ]
    return Card(*parts, padding=14, spacing=8, key="checklist")


@ft.component
def Reason(state: BuilderState, gaps: Sequence[Gap]) -> ft.Control:
    """Why this version, in words the patient reads; common ones are one tap."""
    missing = any(gap.code == REASON_MISSING for gap in gaps)
    quick = [
        Chip(said, state.draft.reason == said, act(state.say_why, said), key=f"reason-{n}")
        for n, said in enumerate(words.REASON_QUICK)
    ]
    return Card(
        column(
            Field(
                words.REASON,
                state.draft.reason,
                state.say_why,
                key="version-reason",
                max_length=500,
                needed=missing,
            ),
            flow(*quick),
            Muted(words.REASON_HELP),
        ),
        padding=14,
    )
