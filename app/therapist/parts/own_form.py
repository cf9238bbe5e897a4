"""The form of an own exercise: what it is, how much, how to do it, its picture, precautions, rules and ladder."""

from collections.abc import Iterable, Sequence
from typing import Any

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, IconAction, Notice, Picture, Text, shown
from app.theme import Color, Radius, Space, Style
from app.therapist.find import choices
from app.therapist.own_form import OFTEN, OwnForm, figures_of, next_flag
from app.therapist.own_state import OwnState
from app.therapist.parts.desk import Chip, DeskButton, Field, Muted, Option, Picker, act, column, flow, grow, lines, row
from app.therapist.parts.states import Trouble
from hep.own import is_own
from hep.precautions import flag_words, known_flags
from hep.records import Exercise, Laterality, Mode, PainRule, ProgressionRule, Severity

_PICTURE, _BESIDE = 240, 320
_FIGURE = 190
_WIDTH = 880
"""Of the form on a wide screen, in logical pixels: longer lines are hard to read."""
_NONE = "none-at-all"


@ft.component
def OwnExerciseForm(state: OwnState, wide: bool) -> ft.Control:
    """All of it between its name and saving, with what is wrong beside each once saving was tried."""
    form = state.form
    if form is None:
        return column()
    wrong = state.wrong()
    back = IconAction(ft.Icons.ARROW_BACK, words.BACK_TO_OWN, act(state.close), key="back", color=Color.ON)
    head: list[ft.Control] = [row(back, grow(Heading(form.typed["name"].strip() or words.NEW_EXERCISE)), spacing=4)]
    if state.leaving:
        head.append(_leaving(state))
    if state.stale is not None:
        head.append(_stale(state))
    if state.problem is not None and not state.photo_refused:
        head.append(Trouble(state.problem))
    body = column(
        What(state, form, wrong),
        HowTo(state, form, wrong),
        Photo(state, form, wrong),
        HowMuch(state, form, wrong),
        Care(state, form, wrong),
        Rules(state, form, wrong),
        spacing=Space.L,
        scroll=ft.ScrollMode.AUTO,
        expand=True,
    )
    whole = column(*head, body, _saving(state, wrong), spacing=Space.M, expand=True)
    return row(ft.Container(whole, width=_WIDTH), vertical_alignment=ft.CrossAxisAlignment.STRETCH) if wide else whole


def _saving(state: OwnState, wrong: dict[str, str]) -> ft.Control:
    names = dict.fromkeys(words.OWN_FIELDS.get(field, words.OWN_FIELDS["dose"]) for field in wrong)
    said = [Text(words.to_correct(len(wrong), tuple(names)), Style.SMALL, Color.ERROR)] if wrong else []
    return column(
        *said,
        flow(
            DeskButton(words.SAVE_EXERCISE, state.save, key="save-exercise", kind="filled", disabled=state.busy),
            DeskButton(words.CANCEL, act(state.close), key="cancel-exercise", kind="text"),
        ),
    )


def _leaving(state: OwnState) -> ft.Control:
    actions = flow(
        DeskButton(words.KEEP_EDITING, act(state.stay), key="keep-editing"),
        DeskButton(words.DISCARD_CHANGES, act(state.discard), key="discard-exercise", kind="outline"),
    )
    return Notice(words.LEAVE_FORM, "caution", detail=words.LEAVE_FORM_HELP, action=actions, key="leaving")


def _stale(state: OwnState) -> ft.Control:
    version = state.stale.version if state.stale else 0
    actions = flow(
        DeskButton(words.PUT_MINE_ON_TOP, act(state.take_mine), key="take-mine"),
        DeskButton(words.DROP_MINE, act(state.take_theirs), key="take-theirs", kind="outline"),
    )
    title = words.STALE_EXERCISE.format(version=version)
    return Notice(title, "caution", ft.Icons.EDIT_OUTLINED, detail=words.STALE_EXERCISE_HELP, action=actions)


def _errors(wrong: dict[str, str], *fields: str) -> list[ft.Control]:
    return [Text(wrong[field], Style.SMALL, Color.ERROR) for field in fields if field in wrong]


def _field(state: OwnState, form: OwnForm, wrong: dict[str, str], name: str, label: str, **more: Any) -> ft.Control:
    return Field(
        label,
        form.typed[name],
        lambda typed: state.type(name, typed),
        key=f"own-{name}",
        error=wrong.get(name),
        **more,
    )


def _pick(state: OwnState, form: OwnForm, name: str, label: str, options: Sequence[Option], **more: Any) -> ft.Control:
    value = str(getattr(form.chosen, name))
    kind = type(getattr(form.chosen, name))

    def choose(chosen: str) -> None:
        state.choose(**{name: kind(chosen)})

    return _labeled(label, Picker(label, options, value, choose, key=f"own-{name}", **more))


def _labeled(label: str, picker: ft.Control) -> ft.Control:
    """A picker below its name, which it tells a screen reader itself."""
    return lines(ft.Semantics(exclude_semantics=True, content=Muted(label)), picker, spacing=4)


@ft.component
def What(state: OwnState, form: OwnForm, wrong: dict[str, str]) -> ft.Control:
    """Name, region, type, position, tissue, sides."""

    def known(field: str) -> list[Option]:
        return [Option(value, words.plain(value)) for value in choices(state.shared.values(), field)]

    sides = [Option(each.value, words.LATERALITIES[each.value]) for each in Laterality]
    return Card(
        Heading(words.WHAT_IT_IS, Style.DESK_TITLE, 2),
        _field(state, form, wrong, "name", words.EXERCISE_NAME),
        flow(
            _pick(state, form, "region", words.REGION, known("region"), empty=words.CHOOSE_REGION),
            _pick(state, form, "type", words.TYPE, known("type"), empty=words.TYPE),
            _pick(state, form, "position", words.POSITION, known("position"), empty=words.POSITION),
            _pick(state, form, "laterality", words.SIDE, sides, empty=words.SIDE),
        ),
        _pick(
            state,
            form,
            "family",
            words.FAMILY,
            known("family"),
            empty=words.CHOOSE_FAMILY,
            missing="family" in wrong,
        ),
        Muted(words.FAMILY_HELP),
        *_errors(wrong, "family", "region", "type", "position"),
    )


@ft.component
def HowTo(state: OwnState, form: OwnForm, wrong: dict[str, str]) -> ft.Control:
    """Cues, care, why, other names."""
    several = {"multiline": True, "min_lines": 3, "max_lines": 10}
    sentence = {"multiline": True, "min_lines": 1, "max_lines": 4}
    return Card(
        Heading(words.HOW_TO_DO_IT, Style.DESK_TITLE, 2),
        _field(state, form, wrong, "cues", words.CUES, **several),
        _field(state, form, wrong, "precaution", words.PRECAUTION, **sentence),
        _field(state, form, wrong, "why", words.WHY_IT_HELPS, **sentence),
        _field(state, form, wrong, "synonyms", words.SYNONYMS, **(several | {"min_lines": 2})),
    )


@ft.component
def Photo(state: OwnState, form: OwnForm, wrong: dict[str, str]) -> ft.Control:
    """The picture as patients will see it, a photo to choose, or the drawing to show."""
    exercise = form.chosen
    picker: ft.FilePicker = ft.use_memo(ft.FilePicker, [])

    async def choose() -> None:
        files = await picker.pick_files(
            file_type=ft.FilePickerFileType.CUSTOM,
            allowed_extensions=["jpg", "jpeg", "png", "webp"],
            with_data=True,
            cancel_upload_on_window_blur=False,
        )
        for file in files:
            await state.add_photo(bytes(file.bytes or b""))

    label = words.OTHER_PHOTO if exercise.photo else words.CHOOSE_PHOTO
    actions = [
        DeskButton(label, choose, key="choose-photo", icon=ft.Icons.ADD_A_PHOTO_OUTLINED, disabled=state.busy),
    ]
    if exercise.photo:
        away = act(state.choose, photo=None)
        actions.append(DeskButton(words.REMOVE_PHOTO, away, key="remove-photo", kind="outline"))
    said: list[ft.Control] = [Muted(state.said, Style.SMALL)] if state.said else []
    if state.problem is not None and state.photo_refused:
        said.append(Trouble(state.problem))
    picture = Picture(shown(exercise), form.typed["name"] or words.PICTURE[0], _PICTURE, _PICTURE, Radius.CHIP)
    return Card(
        lines(Heading(words.PICTURE[0], Style.DESK_TITLE, 2), Muted(words.PICTURE[1])),
        flow(
            picture,
            column(*actions, *_drawing(state, form), *said, *_errors(wrong, "photo", "drawing"), width=_BESIDE),
            spacing=Space.L,
        ),
    )


def _drawing(state: OwnState, form: OwnForm) -> list[ft.Control]:
    """Whether the drawing it came with is shown; a photo goes before it."""
    if form.lent is None or form.chosen.photo is not None:
        return []
    drawn = form.chosen.drawing is not None
    change = act(state.choose, drawing=None if drawn else form.lent)
    return [Chip(words.SHOW_DRAWING, drawn, change, key="own-drawing")]


@ft.component
def HowMuch(state: OwnState, form: OwnForm, wrong: dict[str, str]) -> ft.Control:
    """How a set is measured, the dose to begin with, and how often."""
    figures = [
        _field(
            state,
            form,
            wrong,
            name,
            words.OWN_FIGURES[name],
            width=_FIGURE,
            keyboard_type=ft.KeyboardType.NUMBER,
        )
        for name in (*figures_of(form), *OFTEN)
    ]
    modes = [Option(each.value, words.MODES[each.value]) for each in Mode]
    return Card(
        Heading(words.HOW_MUCH, Style.DESK_TITLE, 2),
        _pick(state, form, "mode", words.HOW_COUNTED, modes, empty=words.HOW_COUNTED),
        flow(*figures, spacing=Space.M),
        *_errors(wrong, "dose"),
    )


@ft.component
def Care(state: OwnState, form: OwnForm, wrong: dict[str, str]) -> ft.Control:
    """Equipment and precautions."""
    exercise, rows = form.chosen, tuple(state.shared.values())
    kit = sorted({item for each in rows for item in each.equipment})
    held = {flag.flag: flag.severity for flag in exercise.flags}
    flags = sorted(known_flags(rows), key=flag_words)
    return Card(
        lines(Heading(words.EQUIPMENT[0], Style.DESK_TITLE, 2), Muted(words.EQUIPMENT[1])),
        flow(
            *(
                Chip(
                    words.plain(item), item in exercise.equipment, act(_toggle_kit, state, item), key=f"own-kit-{item}"
                )
                for item in kit
            )
        ),
        lines(Heading(words.OWN_FLAGS[0], Style.DESK_TITLE, 2), Muted(words.OWN_FLAGS[1])),
        flow(
            *(
                Chip(
                    _flag_label(flag, held.get(flag)),
                    flag in held,
                    act(_step_flag, state, flag),
                    key=f"own-flag-{flag}",
                )
                for flag in flags
            )
        ),
        *_errors(wrong, "equipment", "flags"),
    )


def _flag_label(flag: str, severity: Severity | None) -> str:
    name = words.capital(flag_words(flag))
    if severity is None:
        return name
    return f"{name}: {words.FLAG_BLOCKS if severity is Severity.BLOCK else words.FLAG_WARNS}"


def _toggle_kit(state: OwnState, item: str) -> None:
    if state.form is not None:
        held = state.form.chosen.equipment
        state.choose(equipment=tuple(each for each in held if each != item) if item in held else (*held, item))


def _step_flag(state: OwnState, flag: str) -> None:
    if state.form is not None:
        state.choose(flags=next_flag(state.form.chosen.flags, flag))


@ft.component
def Rules(state: OwnState, form: OwnForm, wrong: dict[str, str]) -> ft.Control:
    """Progression, pain, load, ladder."""
    exercise = form.chosen
    progress = [Option(each.value, words.RULES[each.value]) for each in ProgressionRule]
    pain = [Option(each.value, words.PAIN_RULES[each.value]) for each in PainRule]
    return Card(
        lines(Heading(words.RULES_TITLE[0], Style.DESK_TITLE, 2), Muted(words.RULES_TITLE[1])),
        flow(
            _pick(state, form, "progression", words.PROGRESSION, progress, empty=words.PROGRESSION),
            _pick(state, form, "pain_rule", words.PAIN_RULE, pain, empty=words.PAIN_RULE),
        ),
        flow(
            Chip(words.LOADABLE, exercise.loadable, act(_flip, state, "loadable"), key="own-loadable"),
            Chip(words.LOADED, exercise.loaded, act(_flip, state, "loaded"), key="own-loaded"),
        ),
        *_errors(wrong, "progression", "pain_rule", "stage"),
        lines(Heading(words.OWN_LADDER[0], Style.DESK_TITLE, 2), Muted(words.OWN_LADDER[1])),
        flow(_rung(state, exercise, "easier_ids", words.EASIER), _rung(state, exercise, "harder_ids", words.HARDER)),
        *_errors(wrong, "ladder"),
    )


def _flip(state: OwnState, field: str) -> None:
    if state.form is not None:
        state.choose(**{field: not getattr(state.form.chosen, field)})


def _rung(state: OwnState, exercise: Exercise, field: str, name: str) -> ft.Control:
    """The first step in that direction, among the exercises of the same region."""
    options = [Option(_NONE, words.NO_STEP), *_steps(exercise, (*state.shared.values(), *state.own().values()), field)]
    held: tuple[str, ...] = getattr(exercise, field)

    def choose(chosen: str) -> None:
        state.choose(**{field: () if chosen == _NONE else (chosen,)})

    value = held[0] if held else _NONE
    return _labeled(name, Picker(name, options, value, choose, key=f"own-{field}", empty=words.NO_STEP))


def _steps(exercise: Exercise, everyone: Iterable[Exercise], field: str) -> list[Option]:
    near = [
        each
        for each in everyone
        if each.id != exercise.id and (each.region == exercise.region or each.id in getattr(exercise, field))
    ]
    return [Option(each.id, each.name) for each in sorted(near, key=lambda each: (is_own(each.id), each.name))]
