"""The questions about a set: pain and effort in two taps, what hurts, and why an exercise is left out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import flet as ft

from app.parts import AppButton, Choice, EffortRow, Heading, Page, PainScale, RepCounter, Text
from app.parts.scales import EFFORT_TILES
from app.patient.doing import Doing
from app.patient.draft import Draft, Phase, Save, SetDraft, asks_balance, must_stop, sign_of
from app.patient.screens.frame import trouble, width
from app.patient.views.session import ItemView, Step, last_answers
from app.strings import words
from app.theme import Color, Space, Style
from hep.facts import SkipReason
from hep.pain import ceiling
from hep.records import Mode


def AskScreen(
    model: Doing, item: ItemView, step: Step, draft: Draft, set_draft: SetDraft, save: Save, head: ft.Control
) -> ft.Control:
    """Pain, then effort; the second answer saves the set. Pain above the ceiling saves and stops at once."""

    def answer(update: Callable[[Draft], Draft]) -> None:
        given = set_draft(update)
        if given.answered or (given.pain is not None and must_stop(item, given.pain)):
            save(given)

    timed = item.prescription.exercise.mode is not Mode.REPS
    effort_words = words.effort_words_time if timed else words.effort_words
    body: list[ft.Control] = [*trouble(model)]
    if draft.answered and model.pending is None and not model.saving:
        body.append(AppButton(words.save_set, lambda _: answer(lambda d: d), key="save-set"))
    body += _same(item, draft, answer)
    body += [
        ft.Column([Heading(words.most_pain), Text(words.one_tap, Style.BODY, Color.MUTED)], spacing=Space.XS),
        PainScale(draft.pain, lambda pain: answer(lambda d: replace(d, pain=pain)), words.pain_words, model.look.big),
        *_own_signs(item, draft, set_draft),
        ft.Column(
            [
                Heading(words.could_do_more, Style.TITLE, 2),
                Text(words.effort_help_time if timed else words.reps_left, Style.SMALL, Color.MUTED),
            ],
            spacing=0,
        ),
        EffortRow(
            draft.effort, lambda effort: answer(lambda d: replace(d, effort=effort)), effort_words, model.look.big
        ),
        AppButton(
            words.back_to_set,
            lambda _: set_draft(lambda d: replace(d, phase=Phase.WORK, pain=None, effort=None, all_left=False)),
            key="back-to-set",
            kind="text",
            size="normal",
        ),
    ]
    return Page(body, head=head, width=width(model), spacing=14, key=f"ask-{step.number}")


def _same(item: ItemView, draft: Draft, answer: Callable[[Callable[[Draft], Draft]], None]) -> list[ft.Control]:
    last = last_answers(item)
    if last is None or draft.pain is not None:
        return []
    pain, effort = last
    name = words.effort_words[EFFORT_TILES.index(effort)][0] if effort in EFFORT_TILES else str(effort)
    return [
        AppButton(
            words.last_answers_are(pain, name),
            lambda _: answer(lambda d: replace(d, pain=pain, effort=effort)),
            key="same-answers",
            kind="tonal",
            icon=ft.Icons.REPLAY,
        )
    ]


def _own_signs(item: ItemView, draft: Draft, set_draft: SetDraft) -> list[ft.Control]:
    rows: list[ft.Control] = []
    sign = sign_of(item)
    if sign is not None:
        rows.append(
            _yes(words.sign_words[sign], draft.sign, lambda: set_draft(lambda d: replace(d, sign=not d.sign)), "sign")
        )
    if asks_balance(item):
        rows.append(_yes(words.lost_balance, draft.lost_balance, lambda: set_draft(_flip_balance), "lost-balance"))
    return [Heading(words.signs_title, Style.TITLE, 2), *rows] if rows else []


def _flip_balance(draft: Draft) -> Draft:
    return replace(draft, lost_balance=not draft.lost_balance)


def _yes(label: str, chosen: bool, flip: Callable[[], object], key: str) -> ft.Control:
    ink = Color.ON_PRIMARY if chosen else Color.ON
    icon = ft.Icons.CHECK_BOX if chosen else ft.Icons.CHECK_BOX_OUTLINE_BLANK
    row = ft.Row(
        [ft.Icon(icon, color=ink), ft.Container(Text(label, Style.BODY_STRONG, ink), expand=True)], spacing=Space.M
    )
    content = ft.Container(row, padding=ft.Padding.symmetric(horizontal=Space.M))
    return Choice(content, lambda _: flip(), key=key, chosen=chosen, pad=14, expand=None)


def HurtsScreen(
    model: Doing, item: ItemView, draft: Draft, set_draft: SetDraft, save: Save, head: ft.Control
) -> ft.Control:
    """It hurts: how much. Above the ceiling the set ends and the stop screen opens; else the patient chooses."""

    def answer(pain: int) -> None:
        given = set_draft(lambda d: replace(d, pain=pain))
        if must_stop(item, pain):
            save(given)

    body: list[ft.Control] = [
        *trouble(model),
        ft.Column([Heading(words.how_much), Text(words.one_tap, Style.BODY, Color.MUTED)], spacing=Space.XS),
    ]
    if item.prescription.exercise.mode is Mode.REPS:
        body += [
            Text(words.reps_before, Style.LABEL),
            RepCounter(
                draft.count,
                words.reps_before_short,
                lambda by: set_draft(lambda d: d.counted(by)),
                (words.fewer, words.more),
                words.plural(draft.count, "repetition", "repetitions"),
            ),
        ]
    body.append(PainScale(draft.pain, answer, words.pain_words, model.look.big, key="hurts"))
    return Page(
        body,
        head=head,
        bottom=_after_hurt(model, item, draft, set_draft),
        width=width(model),
        spacing=14,
        key="hurts",
    )


def _after_hurt(model: Doing, item: ItemView, draft: Draft, set_draft: SetDraft) -> ft.Control:
    rows: list[ft.Control] = []
    if draft.pain is not None:
        limit = ceiling(item.prescription.exercise.pain_rule)
        rows.append(Text(words.within_limit(draft.pain, limit), Style.BODY))
        rows.append(
            AppButton(
                words.go_on_gently,
                lambda _: set_draft(lambda d: _begun_again(d, item, model.clock())),
                key="go-on",
                kind="tonal",
            )
        )
        rows.append(
            AppButton(
                words.skip_it,
                lambda _: set_draft(lambda d: replace(d, phase=Phase.SKIP)),
                key="skip-after-hurt",
                kind="plain",
                size="normal",
            )
        )
    rows.append(
        AppButton(
            words.stop_link,
            lambda _: model.go(f"/stop/{item.prescription.id}"),
            key="stop-signs",
            kind="outline",
            size="normal",
            icon=ft.Icons.FRONT_HAND_OUTLINED,
        )
    )
    return ft.Column(rows, spacing=Space.S, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _begun_again(draft: Draft, item: ItemView, now: datetime) -> Draft:
    """The set from its start, with the pain already told."""
    if item.dose is None:
        return draft
    return replace(Draft.of(item.dose, item.prescription.exercise.mode, now), pain=draft.pain)


def SkipScreen(
    model: Doing, draft: Draft, set_draft: SetDraft, choose: Callable[[SkipReason], None], head: ft.Control
) -> ft.Control:
    """Why an exercise is left out: any reason is fine, one tap."""
    reasons: list[ft.Control] = [
        AppButton(
            label,
            lambda _, r=reason: choose(r),
            key=f"skip-{reason.value}",
            kind="plain",
        )
        for reason, label in words.skip_reasons.items()
    ]
    back = AppButton(
        words.back_to_set,
        lambda _: set_draft(lambda d: replace(d, phase=Phase.WORK)),
        key="skip-back",
        kind="outline",
    )
    return Page(
        [*trouble(model), Heading(words.why_skip), *reasons],
        head=head,
        bottom=back,
        width=width(model),
        spacing=Space.M,
        key="skip",
    )
