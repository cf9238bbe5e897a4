"""What the rules propose, with their reasons, and what stays with what blocks it. The therapist decides."""

from typing import Any

import flet as ft

from app import strings_clinic as words
from app.parts import Card, Heading, Line, Text
from app.parts.hooks import use_latest
from app.theme import Color, Radius, Space, Style
from app.therapist.draft import stepped
from app.therapist.parts.desk import Arrow, DeskButton, Field, Muted, act, column, flow, grow, keyed, lines, row
from app.therapist.parts.stepper import dose_steppers
from app.therapist.patient_state import PatientState
from hep.records import Dose, Prescription
from hep.views import PatientDetail, ProposalView


@ft.component
def Proposals(state: PatientState, detail: PatientDetail) -> ft.Control:
    """Open proposals first, then what stays, then what was decided."""
    waiting = [p for p in detail.proposals if p.state == "open"]
    holds = [p for p in detail.proposals if p.state == "hold"]
    decided = [p for p in detail.proposals if p.state in words.DECIDED]
    newest = detail.versions[0].version if detail.versions else None
    cards = [
        keyed(p.id, Proposal, state, p, newest.prescription(p.prescription_id) if newest else None, place == 0)
        for place, p in enumerate(waiting)
    ]
    head = flow(
        Heading(words.PROPOSALS, Style.TITLE, 2),
        Muted(words.NOTHING_CHANGES),
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
    )
    nothing = [] if waiting else [Muted(words.NO_PROPOSALS, Style.SMALL)]
    return Card(head, *nothing, *cards, *(_hold(p) for p in holds), *_before(decided), padding=18)


@ft.component
def Proposal(state: PatientState, proposal: ProposalView, prescription: Prescription | None, first: bool) -> ft.Control:
    """Before and after, the evidence, and three answers; two of them ask why. Only the first has a filled button."""
    answer, set_answer = ft.use_state("")
    busy = state.acting
    accept = DeskButton(
        words.ACCEPT,
        act(state.decide, proposal, "accept"),
        key=f"accept-{proposal.id}",
        kind="filled" if first else "tonal",
        icon=ft.Icons.CHECK,
        disabled=busy,
        name=f"{words.ACCEPT}: {proposal.name}",
    )
    parts: list[ft.Control] = [
        flow(
            lines(Text(proposal.name, Style.LABEL), _step(proposal)),
            flow(accept, *_others(proposal, prescription, busy, set_answer)),
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        ),
        column(*(_evidence(reason.text) for reason in proposal.reasons), spacing=4),
    ]
    if answer:
        parts.append(keyed(answer, Answer, state, proposal, prescription, answer, act(set_answer, "")))
    return ft.Container(
        column(*parts, spacing=10), bgcolor=Color.LOW, border_radius=Radius.BUTTON, padding=14, key=proposal.id
    )


def _others(proposal: ProposalView, prescription: Prescription | None, busy: bool, set_answer: Any) -> list[ft.Control]:
    modify = DeskButton(
        words.MODIFY,
        act(set_answer, "modify"),
        key=f"modify-{proposal.id}",
        kind="outline",
        disabled=busy,
        name=f"{words.MODIFY}: {proposal.name}",
    )
    decline = DeskButton(
        words.DECLINE,
        act(set_answer, "decline"),
        key=f"decline-{proposal.id}",
        kind="text",
        disabled=busy,
        name=f"{words.DECLINE}: {proposal.name}",
    )
    return [modify, decline] if prescription else [decline]


def _step(proposal: ProposalView) -> ft.Control:
    return Arrow(proposal.before_text, proposal.after_text or words.NEXT_RUNG, Style.SUB)


@ft.component
def Answer(
    state: PatientState, proposal: ProposalView, prescription: Prescription | None, answer: str, close: Any
) -> ft.Control:
    """Another dose, or none, and the reason, which is required."""
    reason, tried = use_latest(""), use_latest(False)
    dose = use_latest(_first_dose(proposal, prescription))
    modifying = answer == "modify"

    def step(field: str, direction: int) -> None:
        dose.change(lambda last: stepped(last, field, direction) if last else last)

    async def send() -> None:
        tried.put(True)
        if reason.value.strip() and not state.acting:
            await state.decide(proposal, answer, reason.value.strip(), dose.value if modifying else None)

    figures: list[ft.Control] = []
    if modifying and dose.value and prescription:
        figures = [flow(*dose_steppers(dose.value, prescription.exercise, step, key="modify"))]
    return column(
        *figures,
        Field(
            words.WHY_MODIFY if modifying else words.WHY_DECLINE,
            reason.value,
            reason.put,
            key="reason",
            error=words.REASON_NEEDED if tried.value and not reason.value.strip() else None,
        ),
        flow(
            DeskButton(words.SEND_DECISION[answer], send, key="send-decision", kind="tonal", disabled=state.acting),
            DeskButton(words.CANCEL, close, key="cancel-decision", kind="text"),
        ),
        spacing=Space.M,
    )


def _first_dose(proposal: ProposalView, prescription: Prescription | None) -> Dose | None:
    return proposal.new_dose or (prescription.dose if prescription else None)


def _evidence(said: str) -> ft.Control:
    return Line(ft.Icons.CHECK_CIRCLE, said, Style.SMALL, Color.PRIMARY)


def _hold(proposal: ProposalView) -> ft.Control:
    blockers = proposal.blockers or proposal.reasons
    return ft.Container(
        lines(
            Text(f"{proposal.name} {words.STAYS}: {proposal.before_text}", Style.LABEL),
            *(
                row(
                    ft.Icon(ft.Icons.DO_NOT_DISTURB_ON, size=20, color=Color.CLAY),
                    grow(Text(blocker.text, Style.SMALL)),
                    spacing=10,
                )
                for blocker in blockers
            ),
            spacing=4,
        ),
        border=ft.Border.all(1, Color.HAIRLINE),
        border_radius=Radius.BUTTON,
        padding=ft.Padding.symmetric(horizontal=14, vertical=10),
    )


def _before(decided: list[ProposalView]) -> list[ft.Control]:
    if not decided:
        return []
    said = [_decision(p) for p in decided[:5]]
    return [column(Heading(words.DECIDED_BEFORE, Style.LABEL, 3), *said, spacing=4)]


def _decision(proposal: ProposalView) -> ft.Control:
    why = f": {proposal.decision_reason}" if proposal.decision_reason else ""
    by = f", {proposal.decided_by}" if proposal.decided_by else ""
    return Muted(f"{proposal.name}, {words.DECIDED[proposal.state].lower()}{by}{why}")
