"""The library beside the draft: search that forgives a typo, filters, adding. Blocked rows stay, with the reason."""

from dataclasses import replace
from typing import Any

import flet as ft

from app import strings_clinic as words
from app.parts import Card, IconAction, Notice, Picture, Text, shown
from app.theme import Color, Size, Space, Style
from app.therapist.builder_state import BuilderState
from app.therapist.find import choices
from app.therapist.parts.desk import Chip, DeskButton, Field, Muted, Option, Picker, act, column, flow, grow, lines, row
from app.therapist.parts.states import Failed, Skeleton
from hep.precautions import findings, flag_words
from hep.records import Exercise, Severity

PAGE = 10
_ANY, _THEIRS = "any", "theirs"


@ft.component
def LibraryList(state: BuilderState) -> ft.Control:
    """Loading, failed, nothing found, or the rows that fit."""
    shown, set_shown = ft.use_state(PAGE)
    library = state.library
    if library.value is None:
        return Failed(library.problem, state.load) if library.problem else Skeleton(5)
    within = state.found()
    found = within or state.found_outside()
    chosen = {p.exercise.id for p in state.draft.prescriptions}
    rows: list[ft.Control] = [
        LibraryLine(exercise, exercise.id in chosen, blocked(exercise, state), state, key=exercise.id)
        for exercise in found[:shown]
    ]
    if len(found) > shown:
        more = words.SHOW_MORE.format(count=len(found))
        rows.append(
            flow(DeskButton(more, lambda: set_shown(lambda last: last + 2 * PAGE), key="more-exercises", kind="text"))
        )
    if not found:
        rows.append(Muted(words.NO_EXERCISE, Style.SMALL))
    if not within:
        rows.append(flow(DeskButton(words.CLEAR_FILTERS, state.clear_filters, key="clear-filters", kind="text")))
    return Card(
        Search(state, len(library.value)),
        _count(state, len(found), outside=bool(found) and not within),
        column(*rows, spacing=0),
        padding=16,
    )


def _count(state: BuilderState, count: int, outside: bool) -> ft.Control:
    if not outside:
        return Muted(words.exercises(count), Style.DESK_SMALL_STRONG)
    narrowed = (state.wanted.region, state.wanted.type, state.wanted.position)
    said = words.outside_filters(count, tuple(words.plain(value) for value in narrowed if value))
    return Notice(said, "info", ft.Icons.FILTER_ALT_OFF_OUTLINED, key="outside-filters")


def blocked(exercise: Exercise, state: BuilderState) -> str | None:
    """Why this exercise is not for this patient; None when it is."""
    found = findings(exercise, state.patient.profile.flags)
    return next((finding.text for finding in found if finding.severity is Severity.BLOCK), None)


@ft.component
def Search(state: BuilderState, count: int) -> ft.Control:
    """Words and filters."""
    wanted, library = state.wanted, state.library.value or ()

    def narrow(**fields: Any) -> None:
        state.look_for(replace(state.wanted, **fields))

    def pick(field: str, name: str, anything: str) -> ft.Control:
        options = [Option(_ANY, anything), *(Option(value, words.plain(value)) for value in choices(library, field))]
        return Picker(
            name,
            options,
            getattr(wanted, field) or _ANY,
            lambda value: narrow(**{field: None if value == _ANY else value}),
            key=f"filter-{field}",
            empty=anything,
        )

    flags = state.patient.profile.flags
    avoided = _THEIRS if flags and wanted.avoid == flags else next(iter(wanted.avoid), _ANY)
    theirs = [Option(_THEIRS, words.AVOID_THEIRS)] if flags else []
    each = [Option(flag, words.without(flag_words(flag))) for flag in state.precautions()]
    avoid = Picker(
        words.AVOID,
        [Option(_ANY, words.AVOID_NONE), *theirs, *each],
        avoided,
        lambda value: narrow(avoid=flags if value == _THEIRS else () if value == _ANY else (value,)),
        key="filter-avoid",
        empty=words.AVOID_NONE,
    )
    at_home = Chip(
        words.AT_HOME_CHIP, wanted.at_home, lambda: narrow(at_home=not state.wanted.at_home), key="filter-home"
    )
    return column(
        Field(
            words.SEARCH_LIBRARY.format(count=count),
            wanted.words,
            lambda typed: narrow(words=typed),
            key="search-library",
            prefix_icon=ft.Icons.SEARCH,
        ),
        flow(
            pick("region", words.REGION, words.ANY_REGION),
            pick("type", words.TYPE, words.ANY_TYPE),
            pick("position", words.POSITION, words.ANY_POSITION),
            avoid,
            at_home,
        ),
    )


@ft.component
def LibraryRow(exercise: Exercise, added: bool, block: str | None, state: BuilderState) -> ft.Control:
    """One exercise: picture, name, what it takes, and adding it."""
    kit = ", ".join(words.plain(item).lower() for item in exercise.equipment)
    about = " · ".join(part for part in (words.plain(exercise.type), words.plain(exercise.region).lower(), kit) if part)
    said: list[ft.Control] = [Text(exercise.name, Style.LABEL), Muted(about)]
    if block:
        said.append(Text(f"{words.BLOCKED}: {block}", Style.DESK_SMALL, Color.ERROR))
        right: ft.Control = ft.Icon(ft.Icons.BLOCK, size=Size.ICON, color=Color.ERROR)
    elif added:
        right = row(
            ft.Icon(ft.Icons.CHECK, size=20, color=Color.PRIMARY),
            Text(words.ADDED_ALREADY, Style.SMALL_STRONG, Color.PRIMARY),
            spacing=4,
            tight=True,
        )
    else:
        right = IconAction(
            ft.Icons.ADD,
            words.add_exercise(exercise.name),
            act(state.add, exercise),
            key=f"add-{exercise.id}",
            color=Color.ON_PRIMARY_CONTAINER,
            ground=Color.PRIMARY_CONTAINER,
        )
    look = IconAction(
        ft.Icons.INFO_OUTLINE, words.look_at(exercise.name), act(state.look_at, exercise.id), key=f"look-{exercise.id}"
    )
    picture = Picture(shown(exercise), exercise.name, Size.THUMB_SMALL, Size.THUMB_SMALL)
    return ft.Container(
        row(picture, grow(lines(*said)), row(look, right, spacing=0, tight=True), spacing=Space.S),
        padding=ft.Padding.symmetric(vertical=7),
        border=ft.Border(bottom=ft.BorderSide(1, Color.HAIRLINE)),
    )


LibraryLine = ft.memo(LibraryRow)  # type: ignore[no-untyped-call]
