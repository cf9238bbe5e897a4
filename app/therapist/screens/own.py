"""The clinic's own exercises: what there is, making one from nothing or from the library's, retiring, a file of all."""

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
from hep.phrases import date_text
from hep.records import Exercise


@ft.component
def OwnScreen(state: OwnState, wide: bool) -> ft.Control:
    """The open form, else the list."""
    if state.form is not None:
        return keyed(f"form-{state.form.chosen.id}-{state.form.base_version}", OwnExerciseForm, state, wide)
    head = lines(Heading(words.OUR_EXERCISES), Muted(words.OWN_HELP, Style.SMALL))
    if state.listed.value is None:
        problem = state.listed.problem
        return column(head, Failed(problem, state.load) if problem else Skeleton(5), spacing=Space.L)
    parts: list[ft.Control] = [head]
    if state.listed.problem:
        parts.append(Banner(state.listed.problem, state.load))
    parts += _said(state)
    offered = [own for own in state.listed.value if not own.retired]
    retired = [own for own in state.listed.value if own.retired]
    parts += [_Begin(state), _list(state, offered, wide)]
    if retired:
        parts.append(_list(state, retired, wide))
    return column(*parts, spacing=Space.L)


def _said(state: OwnState) -> list[ft.Control]:
    """What the last action came to."""
    said: list[ft.Control] = [Trouble(state.problem)] if state.problem else []
    if state.said:
        said.append(Notice(state.said, "good", ft.Icons.CHECK_CIRCLE_OUTLINE, key="said"))
    done = state.imported
    if done is not None and done.refused:
        entries = [lines(Text(e.entry, Style.SMALL_STRONG), Text(e.sentence, Style.SMALL)) for e in done.refused]
        said.append(Card(Notice(words.IMPORT_REFUSED, "error"), *entries, key="refused"))
    elif done is not None:
        text = words.imported(done.added, done.changed, done.unchanged)
        said.append(Notice(text, "good", ft.Icons.CHECK_CIRCLE_OUTLINE, key="imported"))
    return said


@ft.component
def _Begin(state: OwnState) -> ft.Control:
    """Beginning one, and the file of all."""
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

    rows = [_suggestion(exercise, state) for exercise in state.found()]
    return Card(
        Heading(words.COPY_TITLE, Style.DESK_TITLE, 2),
        Field(words.COPY_HINT, state.sought, state.look_for, key="copy-search", prefix_icon=ft.Icons.SEARCH),
        column(*rows, spacing=0),
        flow(
            DeskButton(words.NEW_EXERCISE, act(state.begin_new), key="new-exercise", kind="filled", icon=ft.Icons.ADD),
            DeskButton(words.EXPORT, export, key="export", kind="outline", icon=ft.Icons.DOWNLOAD, disabled=state.busy),
            DeskButton(words.IMPORT, take_in, key="import", kind="outline", icon=ft.Icons.UPLOAD, disabled=state.busy),
        ),
    )


def _suggestion(exercise: Exercise, state: OwnState) -> ft.Control:
    about = f"{words.plain(exercise.type)} · {words.plain(exercise.region).lower()}"
    button = DeskButton(
        words.COPY,
        act(state.begin_copy, exercise),
        key=f"copy-{exercise.id}",
        name=words.of_exercise(words.COPY, exercise.name),
    )
    picture = Picture(shown(exercise), exercise.name, Size.TARGET, Size.TARGET)
    return _row(row(picture, grow(lines(Text(exercise.name, Style.LABEL), Muted(about))), button))


def _list(state: OwnState, listed: list[OwnExercise], wide: bool) -> ft.Control:
    retired = bool(listed) and listed[0].retired
    head: list[ft.Control] = [Heading(f"{words.RETIRED} · {len(listed)}", Style.DESK_TITLE, 2)] if retired else []
    if retired:
        head.append(Muted(words.RETIRED_HELP))
    if not listed:
        head.append(Muted(words.OWN_EMPTY, Style.SMALL))
    return Card(*head, column(*(_line(state, own, wide) for own in listed), spacing=0))


def _line(state: OwnState, own: OwnExercise, wide: bool) -> ft.Control:
    exercise = own.exercise
    about = f"{words.plain(exercise.type)} · {words.plain(exercise.region).lower()}"
    saved = words.own_about(own.version, own.changed_by, date_text(own.changed_at.date()))
    said = lines(Text(exercise.name, Style.LABEL), Muted(about), Muted(saved))
    button = partial(_button, exercise)
    change = words.OFFER_AGAIN if own.retired else words.RETIRE
    actions = flow(
        button(words.EDIT, act(state.begin_edit, own), "edit"),
        button(words.COPY, act(state.begin_copy, exercise), "copy-own"),
        button(change, act(state.retire, own, not own.retired), "retire"),
        spacing=Space.XS,
    )
    picture = Picture(shown(exercise), exercise.name, Size.THUMB, Size.THUMB)
    if wide:
        return _row(row(picture, grow(said), ft.Container(actions, width=330)))
    return _row(column(row(picture, grow(said)), actions))


def _button(exercise: Exercise, label: str, on_click: object, key: str) -> ft.Control:
    name = words.of_exercise(label, exercise.name)
    return DeskButton(label, on_click, key=f"{key}-{exercise.id}", kind="text", name=name)  # type: ignore[arg-type]


def _row(content: ft.Control) -> ft.Control:
    return ft.Container(
        content,
        padding=ft.Padding.symmetric(vertical=8),
        border=ft.Border(bottom=ft.BorderSide(1, Color.HAIRLINE)),
    )
