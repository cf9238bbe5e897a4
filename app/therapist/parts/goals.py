"""The goals of a draft: in the patient's words, with what is measured now and what is aimed at."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, IconAction, Text
from app.parts.hooks import use_latest
from app.theme import Color, Style
from app.therapist import draft as edit
from app.therapist.builder_state import BuilderState
from app.therapist.parts.desk import Chip, DeskButton, Field, Muted, act, column, flow, grow, keyed, lines, row
from app.therapist.parts.when import full_day
from app.therapist.typed import date_of, number_of, unreadable
from hep.phrases import number_text
from hep.records import Goal, Intent


@ft.component
def Goals(state: BuilderState) -> ft.Control:
    """The list, and adding one. The form is open as long as there is no goal."""
    opened, set_opened = ft.use_state(False)
    goals = state.draft.goals
    add = DeskButton(words.ADD_GOAL, lambda: set_opened(True), key="add-goal", kind="text", icon=ft.Icons.ADD)
    form = opened or not goals
    return Card(
        flow(
            Heading(words.GOALS, Style.DESK_TITLE, 2),
            *([] if form else [add]),
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        ),
        *([Muted(words.NO_GOALS)] if not goals else []),
        *(_line(state, goal) for goal in goals),
        *([keyed(f"goal-form-{len(goals)}", GoalForm, state, act(set_opened, False))] if form else []),
        padding=14,
        spacing=8,
    )


def _line(state: BuilderState, goal: Goal) -> ft.Control:
    remove = IconAction(
        ft.Icons.DELETE_OUTLINE,
        f"{words.REMOVE}: {goal.text}",
        act(state.apply, edit.remove_goal, goal.id),
        key=f"remove-goal-{goal.id}",
    )
    return row(
        ft.Icon(ft.Icons.FLAG_OUTLINED, size=22, color=Color.PRIMARY),
        grow(lines(Text(goal.text, Style.LABEL), Muted(_measured(goal)))),
        remove,
    )


def _measured(goal: Goal) -> str:
    parts = [words.INTENTS[goal.intent.value]]
    if goal.measure:
        parts.append(goal.measure)
    unit = goal.unit if goal.unit == "°" else f" {goal.unit}" if goal.unit else ""
    for name, value in ((words.BASELINE_FIELD, goal.baseline), (words.TARGET_FIELD, goal.target)):
        if value is not None:
            parts.append(f"{name.lower()} {number_text(value)}{unit}")
    if goal.target_on:
        parts.append(words.by_date(full_day(goal.target_on)))
    return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedGoal:
    """A goal as it was typed; `on` is the date aimed at."""

    text: str = ""
    intent: Intent = Intent.FUNCTION
    measure: str = ""
    unit: str = ""
    baseline: str = ""
    target: str = ""
    on: str = ""

    def aim(self) -> dict[str, Any]:
        """The figures and the date, None for those left out."""
        return {
            "baseline": number_of(self.baseline),
            "target": number_of(self.target),
            "target_on": date_of(self.on),
        }

    def mistakes(self) -> dict[str, str]:
        """Field → what to do about it; empty when it can be added."""
        figures = {"baseline": self.baseline, "target": self.target}
        wrong = {name: words.NUMBER_WRONG for name, typed in figures.items() if unreadable(typed, number_of(typed))}
        if unreadable(self.on, date_of(self.on)):
            wrong["on"] = words.DATE_WRONG
        if not self.text.strip():
            wrong["text"] = words.GOAL_NEEDED
        return wrong


@ft.component
def GoalForm(state: BuilderState, close: Callable[[], Any]) -> ft.Control:
    """A new goal. Only the words are required; a number or date that cannot be read is said."""
    newest, tried = use_latest(TypedGoal()), use_latest(False)

    def save() -> None:
        tried.put(True)
        goal = newest.value
        if not goal.mistakes():
            state.add_goal(goal.text, goal.intent, goal.measure, goal.unit, **goal.aim())
            newest.put(TypedGoal())
            close()

    typed = newest.value
    wrong = typed.mistakes()
    if not tried.value:
        wrong.pop("text", None)

    def put(**fields: Any) -> None:
        newest.change(lambda last: replace(last, **fields))

    def field(name: str, label: str, width: float | None = None, hint: str | None = None) -> ft.Control:
        return Field(
            label,
            getattr(typed, name),
            lambda said: put(**{name: said}),
            key=f"goal-{name}",
            error=wrong.get(name),
            width=width,
            hint_text=hint,
        )

    return column(
        field("text", words.GOAL_TEXT, hint=words.GOAL_HINT),
        flow(
            *(
                Chip(said, typed.intent.value == value, act(put, intent=Intent(value)), key=f"intent-{value}")
                for value, said in words.INTENTS.items()
            )
        ),
        flow(
            field("measure", words.MEASURE, 200),
            field("unit", words.UNIT, 110),
            field("baseline", words.BASELINE_FIELD, 110),
            field("target", words.TARGET_FIELD, 110),
            field("on", words.TARGET_ON, 200),
        ),
        flow(DeskButton(words.ADD_GOAL, save, key="save-goal", kind="tonal")),
        spacing=10,
    )
