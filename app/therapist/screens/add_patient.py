"""A new patient: who, what for, what to beware of, what is at home. Then the builder opens."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, IconAction, Text
from app.parts.hooks import use_latest
from app.theme import Color, Space, Style
from app.therapist.enrolment import Form, mistakes, patient_of, toggled
from app.therapist.find import choices
from app.therapist.parts.desk import Chip, DeskButton, Field, Muted, Option, Picker, act, column, flow, grow, lines, row
from app.therapist.parts.states import Failed, Skeleton, Trouble
from app.therapist.state import Desk
from hep.precautions import flag_words
from hep.records import Exercise

Put = Callable[..., None]


@ft.component
def AddPatientScreen(desk: Desk, wide: bool) -> ft.Control:
    """The form, once the library has told which precautions and equipment there are."""
    back = IconAction(ft.Icons.ARROW_BACK, words.BACK_TO_CASELOAD, desk.open_caseload, key="back", color=Color.ON)
    head = row(back, grow(Heading(words.ADD_PATIENT)))
    library = desk.library
    if library.value is None:
        problem = library.problem
        return column(head, Failed(problem, desk.load_library) if problem else Skeleton(5), spacing=Space.L)
    return column(head, Enrolment(desk, library.value, wide), spacing=Space.L)


@ft.component
def Enrolment(desk: Desk, library: tuple[Exercise, ...], wide: bool) -> ft.Control:
    """The fields. What is wrong is said beside each once saving was tried."""
    newest, tried = use_latest(Form(zone=desk.zone)), use_latest(False)

    def put(**fields: Any) -> None:
        newest.change(lambda form: replace(form, **fields))

    def toggle(field: str, value: str) -> None:
        put(**{field: toggled(getattr(newest.value, field), value)})

    def wrong() -> dict[str, str]:
        return mistakes(newest.value, desk.now().date())

    async def save() -> None:
        tried.put(True)
        if not wrong() and not desk.busy:
            await desk.add_patient(patient_of(newest.value))

    form = newest.value
    shown = wrong() if tried.value else {}
    parts: list[ft.Control] = [Trouble(desk.problem)] if desk.problem else []
    return column(
        *parts,
        Who(form, put, shown, wide),
        What(form, put, shown, choices(library, "region")),
        Many(words.PRECAUTIONS_TITLE, _flags(library), form.flags, partial(toggle, "flags"), "flag"),
        Many(words.AT_HOME_TITLE, _kit(library), form.equipment, partial(toggle, "equipment"), "kit"),
        flow(
            DeskButton(words.SAVE_PATIENT, save, key="save-patient", kind="filled", disabled=desk.busy),
            Text(words.to_correct(len(shown)) if shown else "", Style.SMALL, Color.ERROR),
            spacing=Space.M,
        ),
        spacing=Space.L,
    )


def _flags(library: Sequence[Exercise]) -> list[Option]:
    known = {flag.flag for exercise in library for flag in exercise.flags}
    return sorted(
        (Option(flag, words.capital(flag_words(flag))) for flag in known), key=lambda option: option.label.casefold()
    )


def _kit(library: Sequence[Exercise]) -> list[Option]:
    known = {item for exercise in library for item in exercise.equipment}
    return [Option(item, words.plain(item)) for item in sorted(known)]


@ft.component
def Who(form: Form, put: Put, wrong: dict[str, str], wide: bool) -> ft.Control:
    """Name, birth date, time zone."""

    def field(name: str, label: str, value: str, **more: Any) -> ft.Control:
        box = Field(label, value, lambda typed: put(**{name: typed}), key=name, error=wrong.get(name), **more)
        return grow(box) if wide else box

    boxes = (
        field("name", words.NAME, form.name),
        field("birth", words.BIRTH, form.birth, hint_text="1961-04-03"),
        field("zone", words.ZONE, form.zone),
    )
    held = row(*boxes, vertical_alignment=ft.CrossAxisAlignment.START) if wide else column(*boxes, spacing=Space.M)
    return Card(Heading(words.WHO, Style.DESK_TITLE, 2), held)


@ft.component
def What(form: Form, put: Put, wrong: dict[str, str], regions: Sequence[str]) -> ft.Control:
    """The problem, its region, and how long a session may take."""
    options = [Option(region, words.plain(region)) for region in regions]
    picker = Picker(
        words.REGION,
        options,
        form.region,
        lambda region: put(region=region),
        key="region",
        empty=words.CHOOSE_REGION,
        missing="region" in wrong,
    )
    parts: list[ft.Control] = [Text(wrong["region"], Style.SMALL, Color.ERROR)] if "region" in wrong else []
    return Card(
        Heading(words.WHAT_FOR, Style.DESK_TITLE, 2),
        Field(
            words.PROBLEM,
            form.problem,
            lambda typed: put(problem=typed),
            key="problem",
            error=wrong.get("problem"),
            hint_text=words.PROBLEM_HINT,
        ),
        flow(picker, *parts, spacing=Space.M),
        flow(
            Field(
                words.BUDGET,
                form.budget,
                lambda typed: put(budget=typed),
                key="budget",
                error=wrong.get("budget"),
                width=320,
                keyboard_type=ft.KeyboardType.NUMBER,
            )
        ),
    )


@ft.component
def Many(
    title: tuple[str, str],
    options: Sequence[Option],
    chosen: tuple[str, ...],
    toggle: Callable[[str], None],
    key: str,
) -> ft.Control:
    """Any number of choices under a title with its help."""
    chips = [
        Chip(
            option.label,
            option.value in chosen,
            act(toggle, option.value),
            key=f"{key}-{option.value}",
        )
        for option in options
    ]
    return Card(lines(Heading(title[0], Style.DESK_TITLE, 2), Muted(title[1])), flow(*chips))
