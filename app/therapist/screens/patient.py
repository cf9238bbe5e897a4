"""One patient: program on the left, what to decide and how it goes on the right."""

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, IconAction, Text
from app.theme import Color, Space, Style
from app.therapist.parts.access import Access
from app.therapist.parts.desk import DeskButton, Muted, Tag, Tone, act, column, flow, grow, lines, row, side_by_side
from app.therapist.parts.flags import Flags
from app.therapist.parts.program_card import ProgramCard
from app.therapist.parts.proposals import Proposals
from app.therapist.parts.reach import Reach
from app.therapist.parts.session_log import SessionLog
from app.therapist.parts.states import Banner, Failed, Skeleton, Trouble
from app.therapist.parts.trends import Trends
from app.therapist.parts.when import moment
from app.therapist.patient_state import PatientState
from app.therapist.state import Desk
from hep.precautions import flag_words
from hep.views import PatientDetail

LEFT_WIDTH = 424


@ft.component
def PatientScreen(desk: Desk, state: PatientState, wide: bool) -> ft.Control:
    """The whole page in its states; a refused act is said above it and changes nothing."""
    detail, problem = state.page.value, state.page.problem
    back = IconAction(ft.Icons.ARROW_BACK, words.BACK_TO_CASELOAD, desk.open_caseload, key="back", color=Color.ON)
    if detail is None:
        return column(row(back), Failed(problem, state.load) if problem else Skeleton(6), spacing=Space.L)
    notes: list[ft.Control] = [Banner(problem, state.load)] if problem else []
    if state.problem:
        notes.append(Trouble(state.problem))
    left = column(
        ProgramCard(desk, state, detail),
        Access(desk, state, detail),
        Reach(desk, detail.reach),
        *_messages(desk, detail),
        spacing=Space.L,
    )
    right = column(
        Flags(desk, state, detail),
        Proposals(state, detail),
        Trends(state, detail),
        SessionLog(detail),
        spacing=Space.L,
    )
    body = side_by_side(wide, left, right, LEFT_WIDTH)
    return column(_head(desk, detail, back, wide), *notes, body, spacing=Space.L)


def _head(desk: Desk, detail: PatientDetail, back: ft.Control, wide: bool) -> ft.Control:
    profile = detail.profile
    about = words.week_line(profile.problem, detail.week_of_care, detail.therapist_name)
    flags = [
        Tag(words.capital(flag_words(flag)), Tone.CAUTION, ft.Icons.WARNING_AMBER_ROUNDED) for flag in profile.flags
    ]
    label = words.EDIT_PROGRAM if detail.versions else words.BUILD_PROGRAM
    if desk.has_draft(profile.id):
        label = words.GO_ON_DRAFT
    edit = DeskButton(
        label, act(desk.open_builder, detail), key="edit-program", kind="tonal", icon=ft.Icons.EDIT_OUTLINED
    )
    who = lines(Heading(words.name_age(profile.name, detail.age)), Muted(about, Style.SMALL))
    if flags:
        who.controls.append(ft.Container(flow(*flags), padding=ft.Padding.only(top=Space.XS)))
    if wide:
        return row(back, _initials(profile.name), grow(who), edit)
    return column(row(back, grow(who), spacing=Space.XS, vertical_alignment=ft.CrossAxisAlignment.START), flow(edit))


def _initials(name: str) -> ft.Control:
    letters = "".join(part[0] for part in name.split()[:2])
    return ft.Container(
        Text(letters, Style.SMALL_STRONG, Color.ON_BLUE_CONTAINER, semantics_label=""),
        width=48,
        height=48,
        border_radius=24,
        bgcolor=Color.BLUE_CONTAINER,
        alignment=ft.Alignment.CENTER,
    )


def _messages(desk: Desk, detail: PatientDetail) -> list[ft.Control]:
    if not detail.messages:
        return []
    said = [
        lines(
            Text(message.text, Style.SMALL),
            Muted(words.from_patient(moment(message.at, desk.now(), desk.zone))),
        )
        for message in detail.messages[:5]
    ]
    return [Card(Heading(words.MESSAGES, Style.DESK_TITLE, 2), *said, padding=18)]
