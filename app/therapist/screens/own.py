"""The clinic's own exercises: what there is, making one from nothing or from the library's, retiring, a file of all."""

from collections.abc import Sequence
from functools import partial

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, Notice, Picture, Text, shown
from app.theme import Color, Size, Space, Style
from app.therapist.own_state import OwnState
from app.therapist.parts.desk import DeskButton, Field, Muted, act, column, flow, grow, keyed, lines, row
from app.therapist.parts.own_form import OwnExerciseForm
from app.therapist.parts.states import Banner, Failed, Skeleton, Trouble
from hep.own import OwnExercise
from hep.own_wire import Entry, RefusedEntries
from hep.phrases import date_text
from hep.records import Exercise


@ft.component
def OwnScreen(state: OwnState, wide: bool) -> ft.Control:
    """The open form, else the list."""
    if state.form is not None:
        return keyed(f"form-{state.form.chosen.id}-{state.form.base_version}", OwnExerciseForm, state, wide)
    if state.listed.value is None:
        problem = state.listed.problem
        return _scrolling(_head(None, wide), Failed(problem, state.load) if problem else Skeleton(5))
    parts: list[ft.Control] = [keyed("own-head", _Begin, state, wide)]
    if state.listed.problem:
        parts.append(Banner(state.listed.problem, state.load))
    parts += _said(state)
    offered = [own for own in state.listed.value if not own.retired]
    retired = [own for own in state.listed.value if own.retired]
    lists = [_list(state, listed, wide) for listed in (offered, retired) if listed]
    return _scrolling(*parts, _copying(state), *(lists or [Card(Muted(words.OWN_EMPTY, Style.SMALL))]))


def _scrolling(*parts: ft.Control) -> ft.Control:
    return column(*parts, spacing=Space.L, scroll=ft.ScrollMode.AUTO, expand=True, key="scroll-own")


def _head(actions: ft.Control | None, wide: bool) -> ft.Control:
    said = lines(Heading(words.OUR_EXERCISES), Muted(words.OWN_HELP, Style.SMALL))
    if actions is None:
        return said
    return row(grow(said), actions) if wide else column(said, actions, spacing=Space.M)


def _said(state: OwnState) -> list[ft.Control]:
    """What the last action came to."""
    said: list[ft.Control] = [Trouble(state.problem)] if state.problem else []
    if state.said:
        said.append(Notice(state.said, "good", ft.Icons.CHECK_CIRCLE_OUTLINE, key="said"))
    done = state.imported
    if isinstance(done, RefusedEntries):
        said.append(Card(Notice(words.IMPORT_REFUSED, "error"), *_refused(done.refused), key="refused"))
    elif done is not None:
        text = words.imported(done.added, done.changed, done.unchanged)
        said.append(Notice(text, "good", ft.Icons.CHECK_CIRCLE_OUTLINE, key="imported"))
    return said


def _refused(entries: Sequence[Entry]) -> list[ft.Control]:
    """What was refused, each entry once with all that is wrong with it."""
    names = dict.fromkeys(each.entry for each in entries)
    return [
        lines(
            Text(name, Style.SMALL_STRONG),
            *(Text(each.sentence, Style.SMALL) for each in entries if each.entry == name),
        )
        for name in names
    ]


@ft.component
def _Begin(state: OwnState, wide: bool) -> ft.Control:
    """The title with a new one and the file of all."""
    picker: ft.FilePicker = ft.use_memo(ft.FilePicker, [])

    async def export() -> None:
        content = await state.export()
        if content:
            await picker.save_file(file_name=words.ARCHIVE_NAME, src_bytes=content)

    async def take_in() -> None:
        files = await picker.pick_files(
            file_type=ft.FilePickerFileType.CUSTOM,
            allowed_extensions=["zip"],
            with_data=True,
            cancel_upload_on_window_blur=False,
        )
        for file in files:
            await state.take_in(bytes(file.bytes or b""))

    nothing = state.busy or not state.listed.value
    buttons = (
        DeskButton(words.IMPORT, take_in, key="import", kind="outline", icon=ft.Icons.UPLOAD, disabled=state.busy),
        DeskButton(words.EXPORT, export, key="export", kind="outline", icon=ft.Icons.DOWNLOAD, disabled=nothing),
        DeskButton(words.NEW_EXERCISE, act(state.begin_new), key="new-exercise", kind="filled", icon=ft.Icons.ADD),
    )
    return _head(row(*buttons, spacing=Space.S, tight=True) if wide else flow(*reversed(buttons)), wide)


def _copying(state: OwnState) -> ft.Control:
    """Finding one of the library to begin with."""
    found = state.found()
    rows = [_suggestion(exercise, state, last=exercise is found[-1]) for exercise in found]
    nothing = [Muted(words.NO_EXERCISE, Style.SMALL)] if state.sought.strip() and not rows else []
    return Card(
        Heading(words.COPY_TITLE, Style.DESK_TITLE, 2),
        Field(words.COPY_HINT, state.sought, state.look_for, key="copy-search", prefix_icon=ft.Icons.SEARCH),
        *([column(*rows, spacing=0)] if rows else nothing),
    )


def _suggestion(exercise: Exercise, state: OwnState, last: bool) -> ft.Control:
    about = f"{words.plain(exercise.type)} · {words.plain(exercise.region).lower()}"
    button = DeskButton(
        words.COPY,
        act(state.begin_copy, exercise),
        key=f"copy-{exercise.id}",
        name=words.of_exercise(words.COPY, exercise.name),
    )
    picture = Picture(shown(exercise), exercise.name, Size.THUMB_SMALL, Size.THUMB_SMALL)
    return _row(row(picture, grow(lines(Text(exercise.name, Style.LABEL), Muted(about))), button), last)


def _list(state: OwnState, listed: list[OwnExercise], wide: bool) -> ft.Control:
    retired = listed[0].retired
    title = Heading(f"{words.RETIRED if retired else words.OFFERED} · {len(listed)}", Style.DESK_TITLE, 2)
    head = lines(title, Muted(words.RETIRED_HELP)) if retired else title
    return Card(head, column(*(_line(state, own, wide, last=own is listed[-1]) for own in listed), spacing=0))


def _line(state: OwnState, own: OwnExercise, wide: bool, last: bool) -> ft.Control:
    exercise = own.exercise
    about = f"{words.plain(exercise.type)} · {words.plain(exercise.region).lower()}"
    saved = words.own_about(own.version, own.changed_by, date_text(own.changed_at.date()))
    said = lines(Text(exercise.name, Style.LABEL), Muted(about), Muted(saved))
    button = partial(_button, exercise)
    change = words.OFFER_AGAIN if own.retired else words.RETIRE
    actions = (
        button(words.EDIT, act(state.begin_edit, own), "edit"),
        button(words.COPY, act(state.begin_copy, exercise), "copy-own"),
        button(change, act(state.retire, own, not own.retired), "retire"),
    )
    picture = Picture(shown(exercise), exercise.name, Size.THUMB, Size.THUMB)
    if wide:
        return _row(row(picture, grow(said), row(*actions, spacing=Space.XS, tight=True)), last)
    return _row(column(row(picture, grow(said)), flow(*actions, spacing=Space.XS)), last)


def _button(exercise: Exercise, label: str, on_click: object, key: str) -> ft.Control:
    name = words.of_exercise(label, exercise.name)
    return DeskButton(label, on_click, key=f"{key}-{exercise.id}", kind="text", name=name)  # type: ignore[arg-type]


def _row(content: ft.Control, last: bool) -> ft.Control:
    line = None if last else ft.Border(bottom=ft.BorderSide(1, Color.HAIRLINE))
    return ft.Container(content, padding=ft.Padding.symmetric(vertical=8), border=line)
