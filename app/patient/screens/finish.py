"""The end of a session: pain after it once, then the facts, where they are, and a way to correct them."""

import flet as ft

from app.parts import AppButton, Card, Heading, Line, Notice, Page, PainScale, Picture, Pill, RepCounter, Text, shown
from app.parts.hooks import use_latest
from app.patient.doing import Doing
from app.patient.screens.frame import Inner, Trouble, trouble, width
from app.patient.session import OpenSession
from app.patient.views.finish import DoneItem, FinishView, SetLine, finish_view
from app.patient.views.session import current, items_of
from app.strings import words
from app.theme import Color, Size, Space, Style, pain_color


@ft.component
def FinishScreen(model: Doing, session: OpenSession) -> ft.Control:
    """Ask, then, once the session is ended in the store, show."""
    if session.id not in model.here.history.ends_by_session:
        return _Ask(model, session)
    view = finish_view(model.here, session)
    return Page(
        [*trouble(model), *_top(view), _facts(view, model.look.big), _where(model), _list(model, view), _next(view)],
        bottom=AppButton(words.finish_done, lambda _: model.leave_finish(), key="finish-done"),
        width=width(model),
        spacing=14,
        key="finish",
    )


def _Ask(model: Doing, session: OpenSession) -> ft.Control:
    later = AppButton(
        words.rather_not, lambda _: model.finish(session, None), key="after-none", kind="text", size="normal"
    )
    return Inner(
        model,
        words.finish_title_short,
        [
            Heading(words.after_title, level=2),
            Text(words.one_tap, Style.BODY, Color.MUTED),
            PainScale(
                None,
                lambda pain: model.finish(session, pain),
                words.pain_words,
                model.look.big,
                key="after",
            ),
            later,
        ],
        back="/session" if current(items_of(model.here, session)) else "/",
        key="after",
    )


def _top(view: FinishView) -> list[ft.Control]:
    mark: list[ft.Control] = []
    if view.celebrate:
        check = ft.Container(
            ft.Icon(ft.Icons.CHECK, size=38, color=Color.ON_PRIMARY),
            width=76,
            height=76,
            border_radius=38,
            bgcolor=Color.PRIMARY,
            alignment=ft.Alignment.CENTER,
            border=ft.Border.all(8, Color.PRIMARY_CONTAINER),
        )
        mark.append(ft.Row([check], alignment=ft.MainAxisAlignment.CENTER))
    return [
        *mark,
        Heading(view.title, text_align=ft.TextAlign.CENTER),
        Text(view.line, Style.BODY, Color.MUTED, text_align=ft.TextAlign.CENTER),
    ]


def _facts(view: FinishView, big: bool) -> ft.Control:
    tiles: list[ft.Control] = [
        Card(
            ft.Row([ft.Icon(icon, size=22, color=Color.PRIMARY)]),
            Text(value, Style.TITLE),
            Text(label, Style.SMALL, Color.MUTED),
            padding=14,
            spacing=2,
            expand=not big,
        )
        for icon, value, label in (
            (
                ft.Icons.TIMER_OUTLINED,
                view.minutes if view.live else words.dash,
                words.timed_live if view.live else words.added_later,
            ),
            (ft.Icons.CHECKLIST, view.sets, words.sets_label),
            (ft.Icons.HEALING, view.most_pain, words.most_pain_label),
        )
    ]
    if big:
        return ft.Column(tiles, spacing=Space.S, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Row([*tiles], spacing=10, vertical_alignment=ft.CrossAxisAlignment.START)


def _where(model: Doing) -> ft.Control:
    if model.here.status.unsent:
        return Notice(words.safe_here, "caution", ft.Icons.PHONE_ANDROID, detail=words.safe_here_help, key="save-state")
    return Notice(words.sent_title, "good", ft.Icons.CLOUD_DONE_OUTLINED, key="save-state")


def _list(model: Doing, view: FinishView) -> ft.Control:
    rows: list[ft.Control] = [
        Heading(words.what_you_did, Style.SUB, 2),
        Text(words.correct_hint, Style.SMALL, Color.MUTED),
    ]
    for done in view.items:
        rows += _item(model, done)
    return Card(*rows, spacing=Space.S)


def _item(model: Doing, done: DoneItem) -> list[ft.Control]:
    exercise = done.item.prescription.exercise
    pain = (
        [Pill(words.pain_pill(done.pain), ground=pain_color(done.pain), ink=Color.ON_PAIN)]
        if done.pain is not None
        else []
    )
    head = ft.Row(
        [
            Picture(shown(exercise, done.item.prescription.side), "", Size.TARGET, Size.TARGET),
            ft.Container(Text(exercise.name, Style.BODY_STRONG), expand=True),
            *pain,
        ],
        spacing=Space.M,
    )
    skipped: list[ft.Control] = []
    if done.item.skip is not None:
        skipped.append(Line(ft.Icons.REMOVE, words.skipped(done.item.skip.reason)))
    lines = [
        AppButton(
            line.text,
            lambda _, i=line.id: model.go(f"/correct/{i}"),
            key=f"correct-{line.id}",
            kind="plain",
            size="normal",
            icon=ft.Icons.EDIT_OUTLINED,
        )
        for line in done.sets
    ]
    return [head, *lines, *skipped]


def _next(view: FinishView) -> ft.Control:
    return Card(
        Heading(words.what_next, Style.SUB, 2),
        *([Line(ft.Icons.WB_SUNNY_OUTLINED, words.next_morning, Style.BODY, Color.ON)] if view.asks_morning else []),
        Line(ft.Icons.EVENT_OUTLINED, view.next_line, Style.BODY, Color.ON),
    )


@ft.component
def CorrectScreen(model: Doing, set_id: str) -> ft.Control:
    """Give one logged set new values, or say it was not done. The first entry is kept."""
    session = model.ended or model.here.open_session
    line = _find(model, session, set_id) if session else None
    pain = use_latest(line.log.pain if line else None)
    count = use_latest((line.log.reps if line.log.reps is not None else line.log.seconds or 0) if line else 0)
    if line is None:
        back = AppButton(words.back_to_today, lambda _: model.leave_finish(), key="to-today")
        return Trouble(words.gone_entry, words.gone_entry_help, ft.Icons.INFO_OUTLINE, back, width(model))
    by_reps = line.log.reps is not None and line.log.seconds is None
    field = "reps" if by_reps else "seconds"
    return Inner(
        model,
        words.correct_title,
        [
            Text(line.text, Style.SUB),
            Text(words.correct_help, Style.SMALL, Color.MUTED),
            RepCounter(
                count.value,
                words.mode_unit(by_reps),
                lambda by: count.change(lambda n: min(999, max(0, n + by))),
                (words.fewer, words.more) if by_reps else (words.second_less, words.second_more),
                words.work(count.value, None) if by_reps else words.work(None, count.value),
            ),
            Text(words.most_pain, Style.LABEL),
            PainScale(pain.value, pain.put, words.pain_words, model.look.big, key="correct-pain"),
            AppButton(
                words.remove_set, lambda _: model.retract(set_id), key="remove-set", kind="outline", size="normal"
            ),
        ],
        bottom=AppButton(
            words.save_correction,
            lambda _: model.correct(set_id, pain=pain.value, **{field: count.value}),
            key="save-correction",
        ),
        back="/finish",
        key=f"correct-{set_id}",
    )


def _find(model: Doing, session: OpenSession, set_id: str) -> SetLine | None:
    view = finish_view(model.here, session)
    return next((line for done in view.items for line in done.sets if line.id == set_id), None)
