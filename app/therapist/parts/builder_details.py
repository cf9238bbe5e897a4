"""The rarer settings of one prescription: when, with what load, how it may advance, a note."""

from functools import partial

import flet as ft

from app import strings_clinic as words
from app.parts import Text
from app.parts.hooks import use_latest
from app.theme import Space, Style
from app.therapist import draft as edit
from app.therapist.builder_state import BuilderState
from app.therapist.parts.desk import Chip, Field, Muted, Option, Picker, Rule, act, column, flow
from app.therapist.parts.stepper import Stepper
from app.therapist.typed import date_of, unreadable
from hep.phrases import load_text, seconds_text
from hep.records import Load, LoadUnit, Prescription, ProgressionRule


@ft.component
def Details(state: BuilderState, prescription: Prescription) -> ft.Control:
    """Schedule, load, progression, note."""
    return column(
        Rule(),
        When(state, prescription),
        *([_load(state, prescription)] if prescription.exercise.loadable else []),
        _advance(state, prescription),
        Field(
            words.NOTE,
            prescription.note,
            lambda typed: state.apply(edit.change, prescription.id, note=typed),
            key=f"note-{prescription.id}",
            max_length=300,
        ),
        spacing=14,
    )


@ft.component
def When(state: BuilderState, prescription: Prescription) -> ft.Control:
    """Every day, certain days or times a week; times a day; from and until."""
    schedule, key = prescription.schedule, prescription.id
    rhythm = edit.rhythm_of(schedule)
    kinds = [
        Chip(said, rhythm == kind, act(state.apply, edit.set_rhythm, key, kind), key=f"rhythm-{kind}-{key}")
        for kind, said in words.RHYTHMS.items()
    ]
    parts: list[ft.Control] = [Text(words.HOW_OFTEN, Style.SMALL_STRONG), flow(*kinds)]
    if rhythm == "weekdays":
        days = [
            Chip(
                name,
                n in schedule.weekdays,
                act(state.apply, edit.toggle_weekday, key, n),
                key=f"day-{n}-{key}",
            )
            for n, name in enumerate(words.WEEKDAYS, 1)
        ]
        parts.append(flow(*days, spacing=4))
    field = "per_week" if rhythm == "per_week" else "times_per_day"
    name = words.TIMES_A_WEEK if rhythm == "per_week" else words.TIMES_A_DAY
    step = partial(state.apply, edit.step_schedule, key, field)
    parts.append(flow(Stepper(name, words.often(getattr(schedule, field), name), step, key=f"often-{key}")))
    return column(*parts, Span(state, prescription), spacing=Space.M)


@ft.component
def Span(state: BuilderState, prescription: Prescription) -> ft.Control:
    """The first and the last day; what cannot be read is said and changes nothing."""
    schedule = prescription.schedule
    first = use_latest(schedule.from_on.isoformat())
    last = use_latest(schedule.until_on.isoformat() if schedule.until_on else "")

    def begin(typed: str) -> None:
        first.put(typed)
        if (day := date_of(typed)) is not None:
            state.apply(edit.change_schedule, prescription.id, from_on=day)

    def end(typed: str) -> None:
        last.put(typed)
        if not unreadable(typed, day := date_of(typed)):
            state.apply(edit.change_schedule, prescription.id, until_on=day)

    wrong_first = words.DATE_WRONG if date_of(first.value) is None else None
    wrong_last = words.DATE_WRONG if unreadable(last.value, date_of(last.value)) else None
    return flow(
        Field(words.FROM, first.value, begin, key=f"from-{prescription.id}", width=220, error=wrong_first),
        Field(words.UNTIL, last.value, end, key=f"until-{prescription.id}", width=300, error=wrong_last),
    )


def _load(state: BuilderState, prescription: Prescription) -> ft.Control:
    load, key = prescription.dose.load, prescription.id
    kinds = [Option(kind, said) for kind, said in words.LOAD_KINDS.items()]
    picker = Picker(
        words.LOAD_KIND,
        kinds,
        load.unit.value if load else "none",
        lambda kind: state.apply(edit.set_load, key, edit.first_load(kind)),
        key=f"load-kind-{key}",
        empty=words.NO_LOAD,
    )
    parts: list[ft.Control] = [picker]
    if load and load.unit is LoadUnit.BAND:
        parts.append(Band(state, prescription))
    elif load:
        step = partial(state.apply, edit.step_load, key)
        parts.append(Stepper(words.LOAD, load_text(load), step, key=f"load-{key}"))
    return column(Text(words.LOAD, Style.SMALL_STRONG), flow(*parts))


@ft.component
def Band(state: BuilderState, prescription: Prescription) -> ft.Control:
    """The band's color."""
    load = prescription.dose.load
    typed = use_latest((load.band if load else None) or "")

    def put(value: str) -> None:
        typed.put(value)
        if value.strip():
            state.apply(edit.set_load, prescription.id, Load(unit=LoadUnit.BAND, band=value.strip()))

    return Field(words.BAND, typed.value, put, key=f"band-{prescription.id}", width=200, max_length=40)


_ENVELOPE = {
    ProgressionRule.DOUBLE: (("reps_max", words.TOP_REPS), ("load_step_percent", words.LOAD_STEP)),
    ProgressionRule.HOLD: (("hold_max_s", words.LONGEST_HOLD),),
    ProgressionRule.TIME: (("duration_max_s", words.LONGEST_TIME),),
}


def _advance(state: BuilderState, prescription: Prescription) -> ft.Control:
    key = prescription.id
    rules = [Option(rule, said) for rule, said in words.RULES.items()]
    picker = Picker(
        words.PROGRESSION,
        rules,
        prescription.progression.value,
        lambda rule: state.apply(edit.change, key, progression=ProgressionRule(rule)),
        key=f"rule-{key}",
        empty="",
    )
    figures = [
        Stepper(
            name,
            f"{name}: {_figure(field, getattr(prescription.dose, field))}",
            partial(state.apply, edit.step_envelope, key, field),
            key=f"{field}-{key}",
        )
        for field, name in _ENVELOPE.get(prescription.progression, ())
    ]
    flags = [("amber_may_progress", words.AMBER), ("spacing_override", words.SPACING)]
    if prescription.progression is ProgressionRule.DOUBLE:
        flags.append(("two_for_two", words.TWO_FOR_TWO))
    chips = [
        Chip(
            said,
            getattr(prescription, field),
            act(state.apply, edit.flip, key, field),
            key=f"{field}-{key}",
        )
        for field, said in flags
    ]
    return column(
        Text(words.PROGRESSION, Style.SMALL_STRONG), flow(picker, *figures), flow(*chips), Muted(words.ENVELOPE_HELP)
    )


def _figure(field: str, value: int | None) -> str:
    if value is None:
        return words.AS_THE_RULE
    return f"{value}%" if field == "load_step_percent" else seconds_text(value) if field.endswith("_s") else str(value)
