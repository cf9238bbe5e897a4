"""One patient in the caseload: a line of cells on a desk, a card where room is short or text is large."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import flet as ft

from app import strings_clinic as words
from app.parts import Text
from app.theme import Color, Space, Style
from app.therapist.caseload_state import unopened
from app.therapist.parts.desk import DeskButton, IconBox, Muted, Tone, act, column, flow, grow, lines, row
from app.therapist.parts.strip import quadrant, spark, strip
from app.therapist.parts.when import clock, day_near
from hep.views import CaseloadRow

WIDTHS: tuple[int | None, ...] = (176, None, 190, 142, 106, 76, 120)
_PICTURE = 24
_PICTURE_BELOW_ICON = 38
"""As wide as the icon of the reason, so that the words of both begin at one line."""
_DEFAULT = (ft.Icons.CHECK_CIRCLE_OUTLINE, Tone.GOOD)
_WHY: dict[str, tuple[ft.IconData, Tone]] = {
    "stop_rule": (ft.Icons.FRONT_HAND_OUTLINED, Tone.ERROR),
    "pain_rising": (ft.Icons.TRENDING_UP, Tone.CAUTION),
    "red_twice": (ft.Icons.TRENDING_UP, Tone.CAUTION),
    "proposal": (ft.Icons.TASK_ALT, Tone.GOOD),
    "nothing_logged": (ft.Icons.HISTORY_TOGGLE_OFF, Tone.CAUTION),
    "lapsed": (ft.Icons.HISTORY_TOGGLE_OFF, Tone.CAUTION),
    "unsure_how": (ft.Icons.HELP_OUTLINE, Tone.CAUTION),
    "adherence_low": (ft.Icons.TRENDING_DOWN, Tone.CAUTION),
    "adherence_falling": (ft.Icons.TRENDING_DOWN, Tone.CAUTION),
    "plateau": (ft.Icons.TRENDING_FLAT, Tone.CAUTION),
    "message": (ft.Icons.CHAT_BUBBLE_OUTLINE, Tone.INFO),
    "program_missing": (ft.Icons.EDIT_NOTE, Tone.INFO),
    "program_unopened": (ft.Icons.MARK_EMAIL_UNREAD_OUTLINED, Tone.INFO),
}


def cell(content: ft.Control, n: int) -> ft.Container:
    """The n-th cell of a line, as wide as its column."""
    width = WIDTHS[n]
    return ft.Container(content, width=width, expand=width is None)


@ft.component
def PatientRow(
    patient: CaseloadRow, wide: bool, now: datetime, zone: str, open_patient: Callable[[str], Any]
) -> ft.Control:
    """One patient: who, why now, pattern, fourteen days, morning pain, last seen, and the way in."""
    pattern = _pattern(patient, _PICTURE if wide else _PICTURE_BELOW_ICON)
    cells = (_who(patient), _why(patient), pattern, strip(patient.days), _morning(patient))
    seen, review = _seen(patient, now, zone), _review(patient, open_patient)
    if wide:
        line = row(*(cell(content, n) for n, content in enumerate((*cells, seen, review))), spacing=10)
        body: ft.Control = line
    else:
        who, why, pattern, days, morning = cells
        body = column(row(grow(who), review), why, pattern, flow(days, morning, seen, spacing=Space.L), spacing=10)
    return ft.Container(
        body,
        padding=ft.Padding.only(left=16, right=12, top=8, bottom=8),
        border=ft.Border(bottom=ft.BorderSide(1, Color.HAIRLINE)),
    )


PatientLine = ft.memo(PatientRow)  # type: ignore[no-untyped-call]


def _who(patient: CaseloadRow) -> ft.Control:
    version = f"v{patient.program_version}" if patient.program_version else words.NO_PROGRAM
    parts: list[ft.Control] = [
        Text(patient.name, Style.LABEL),
        Muted(f"{patient.age} · {version} · {patient.problem}"),
    ]
    if unopened(patient):
        parts.append(Muted(words.NOT_OPENED))
    return lines(*parts)


def _why(patient: CaseloadRow) -> ft.Control:
    icon, tone = _WHY.get(patient.why, _DEFAULT)
    return row(
        IconBox(icon, Tone.ERROR if patient.locked else tone),
        grow(lines(Text(patient.why_text, Style.SMALL_STRONG), Muted(patient.why_detail))),
        spacing=10,
    )


def _pattern(patient: CaseloadRow, width: int) -> ft.Control:
    picture = quadrant(patient.pattern) if patient.pattern else None
    if patient.locked:
        picture = ft.Icon(ft.Icons.LOCK_OUTLINE, size=22, color=Color.MUTED)
    place = ft.Container(picture, width=width, alignment=ft.Alignment.CENTER)
    said = lines(Text(patient.pattern_text, Style.SMALL_STRONG), Muted(patient.pattern_detail))
    return row(place, grow(said), spacing=10)


def _morning(patient: CaseloadRow) -> ft.Control:
    given = [point.morning for point in patient.morning_pain if point.morning is not None]
    if not given:
        return Muted(words.NO_MORNING)
    return row(spark(patient.morning_pain), Text(str(given[-1]), Style.LABEL), spacing=8, tight=True)


def _seen(patient: CaseloadRow, now: datetime, zone: str) -> ft.Control:
    if patient.last_seen_at is None:
        return Muted(words.NEVER_SEEN)
    at = patient.last_seen_at
    return lines(Muted(day_near(at, now, zone)), Muted(clock(at, zone)))


def _review(patient: CaseloadRow, open_patient: Callable[[str], Any]) -> ft.Control:
    label = words.REVIEW_NOW if patient.locked else words.REVIEW
    return DeskButton(
        label,
        act(open_patient, patient.patient_id),
        key=f"review-{patient.patient_id}",
        kind="danger" if patient.locked else "tonal",
        name=f"{label}: {patient.name}",
    )
