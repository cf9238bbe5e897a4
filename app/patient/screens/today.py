"""Today: what to do now, in one tap."""

import flet as ft

from app.parts import (
    AppButton,
    Card,
    Choice,
    ExerciseCard,
    Figure,
    Heading,
    IconAction,
    IconTile,
    Legend,
    Mark,
    Notice,
    PainScale,
    Text,
    WeekStrip,
    shown,
)
from app.patient.doing import Doing
from app.patient.screens.frame import Tab
from app.patient.screens.reminder_cards import hint, why
from app.patient.views.session import ItemView
from app.patient.views.today import ChangeView, SessionCard, TodayView, done_line, item_line, skipped_line, today_view
from app.strings import words
from app.theme import Color, Radius, Space, Style

_ICONS = {"error": ft.Icons.ERROR_OUTLINE, "caution": ft.Icons.CLOUD_OFF_OUTLINED}
_LEGEND = (Mark.DONE, Mark.PARTIAL, Mark.SKIPPED, Mark.UNKNOWN, Mark.REST, Mark.PAUSED)


@ft.component
def TodayScreen(model: Doing) -> ft.Control:
    """The whole screen."""
    return today(model)


def today(model: Doing) -> ft.Control:
    """Its controls; at large text the session comes before the week."""
    view = today_view(model.here)
    top: list[ft.Control] = [_greeting(model, view), *_notices(model, view)]
    if not view.has_program:
        return Tab(model, "/", [*top, *_no_program(model)])
    first = [_hero(model, view)]
    week = [_week(model, view)]
    cards = [*_question(model, view), *_change(model, view.change), *_morning(model, view), *why(model)]
    body = [*top, *first, *cards, *week] if model.look.big else [*top, *week, *first, *cards]
    lists = [_list(model, card) for card in view.sessions if card.items]
    return Tab(model, "/", [*body, *_past(model, view), *lists, *hint(model)])


def _greeting(model: Doing, view: TodayView) -> ft.Control:
    names = ft.Column([Text(view.date_line, Style.SMALL, Color.MUTED), Heading(view.greeting)], spacing=2, expand=True)
    if model.look.big:
        return names
    stop = IconAction(
        ft.Icons.FRONT_HAND_OUTLINED, words.stop_link, lambda _: model.go("/stop"), key="stop", color=Color.MUTED
    )
    return ft.Row([names, stop])


def _notices(model: Doing, view: TodayView) -> list[ft.Control]:
    shown: list[ft.Control] = []
    if view.notice is not None:
        action = None
        if model.here.needs_sign_in:
            action = AppButton(words.connect, lambda _: model.go("/join"), key="sign-in", kind="outline", size="normal")
        elif view.notice.update:
            action = AppButton(
                words.update_now,
                lambda _: model.platform.tell_page("update", ""),
                key="update",
                kind="outline",
                size="normal",
            )
        icon = _ICONS.get(view.notice.kind)
        shown.append(Notice(view.notice.sentence, view.notice.kind, icon, action=action, key="notice"))
    if view.locked_all:
        clinic = model.here.clinic
        call = None
        if clinic is not None and clinic.phone.strip():
            link = tel(clinic.phone)
            call = AppButton(words.call_clinic, key="call-clinic", kind="outline", size="normal", url=link)
        shown.append(
            Notice(
                words.locked_all,
                "error",
                ft.Icons.LOCK_OUTLINE,
                detail=words.locked_all_help,
                action=call,
                key="locked-all",
            )
        )
    return shown


def tel(number: str) -> str:
    """The link that dials a number."""
    return "tel:" + "".join(c for c in number if c.isdigit() or c in "+*#")


def _week(model: Doing, view: TodayView) -> ft.Control:
    shown = {day.mark for day in view.week}
    legend = [(mark, word) for mark, word in zip(_LEGEND, words.legend, strict=True) if mark in shown]
    return Card(WeekStrip(view.week, model.look.big), Legend(legend), padding=14)


def _hero(model: Doing, view: TodayView) -> ft.Control:
    card = view.hero
    if card is None:
        return Card(
            ft.Row(
                [
                    IconTile(ft.Icons.SELF_IMPROVEMENT),
                    ft.Column(
                        [Text(view.rest, Style.TITLE), Text(view.next_line, Style.BODY, Color.MUTED)], expand=True
                    ),
                ],
                spacing=14,
            )
        )
    lines = ft.Column(
        [
            Text(card.when, Style.SMALL_STRONG, Color.ON_HERO_MUTED),
            Text(card.count, Style.DISPLAY, Color.ON_HERO),
            Text(card.minutes, Style.TITLE, Color.ON_HERO_MUTED),
        ],
        spacing=2,
        expand=not model.look.big,
    )
    head: ft.Control = lines
    if not model.look.big:
        tint = ft.Colors.with_opacity(0.4, Color.ON_HERO)
        position = card.items[0].prescription.exercise.position
        head = ft.Row([lines, Figure(position, "", 108, 108, ink=tint)], spacing=Space.XS)
    return ft.Container(
        ft.Column([head, *_starts(model, card)], spacing=Space.M, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        padding=ft.Padding.only(left=20, right=20, top=18, bottom=14),
        border_radius=Radius.HERO,
        gradient=ft.LinearGradient(
            colors=[Color.HERO_START, Color.HERO_END],
            begin=ft.Alignment.TOP_LEFT,
            end=ft.Alignment.BOTTOM_RIGHT,
        ),
    )


def _starts(model: Doing, card: SessionCard) -> list[ft.Control]:
    label = words.resume if card.started else words.start
    buttons: list[ft.Control] = [
        AppButton(label, lambda _: model.start(card.slot), key="start", kind="hero", icon=ft.Icons.PLAY_ARROW)
    ]
    if card.started:
        buttons.append(
            AppButton(words.end_here, lambda _: model.go("/finish"), key="end-here", kind="hero_text", size="normal")
        )
    elif card.short:
        buttons.append(
            AppButton(
                card.short,
                lambda _: model.start(card.slot, short=True),
                key="start-short",
                kind="hero_text",
                size="normal",
                icon=ft.Icons.BOLT,
            )
        )
    return buttons


def _question(model: Doing, view: TodayView) -> list[ft.Control]:
    """The way back to the question after a session that was left before it was answered."""
    if not view.asks_after:
        return []
    return [
        Card(
            Heading(words.one_question_left, Style.SUB, 2),
            Text(words.after_title, Style.BODY, Color.MUTED),
            AppButton(words.answer, lambda _: model.go("/finish"), key="to-finish", kind="tonal", size="normal"),
        )
    ]


def _change(model: Doing, change: ChangeView | None) -> list[ft.Control]:
    if change is None:
        return []
    return [
        Card(
            ft.Row(
                [
                    IconTile(ft.Icons.TRENDING_UP),
                    ft.Column(
                        [Heading(words.changed_title, Style.SUB, 2), Text(change.by, Style.SMALL, Color.MUTED)],
                        spacing=0,
                        expand=True,
                    ),
                ],
                spacing=14,
            ),
            *(Text(line) for line in change.changes),
            Text(f"{words.because}: {change.reason}", Style.BODY, Color.MUTED),
            AppButton(
                words.got_it, lambda _: model.acknowledge(change.version), key="got-it", kind="tonal", size="normal"
            ),
        )
    ]


def _morning(model: Doing, view: TodayView) -> list[ft.Control]:
    on = view.morning_on
    if on is None:
        return []
    if not model.morning_open:
        answer = AppButton(
            words.answer,
            lambda _: model.open_morning(True),
            key="morning-open",
            kind="tonal",
            size="normal",
            fill=False,
        )
        texts = ft.Column(
            [Heading(words.morning_title, Style.SUB, 2), Text(words.morning_short, Style.SMALL, Color.MUTED)],
            spacing=0,
            expand=True,
        )
        sun = IconTile(ft.Icons.WB_SUNNY_OUTLINED, Color.CAUTION_CONTAINER, Color.CAUTION)
        if model.look.big:
            return [Card(ft.Row([sun, texts], spacing=Space.M), answer)]
        return [Card(ft.Row([sun, texts, answer], spacing=Space.M), padding=14)]
    stiff = [
        Choice(
            Text(label, Style.SMALL_STRONG, Color.ON_PRIMARY if chosen else Color.ON, text_align=ft.TextAlign.CENTER),
            lambda _, m=minutes: model.flip_stiffness(m),
            key=f"stiff-{minutes}",
            chosen=chosen,
            pad=14,
        )
        for minutes, label in words.stiffness_tiles
        for chosen in [model.stiffness == minutes]
    ]
    return [
        Card(
            Heading(words.morning_title, Style.SUB, 2),
            Text(words.stiffness, Style.SMALL, Color.MUTED),
            *(
                ft.Row(pair, spacing=Space.S, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
                for pair in (stiff[:2], stiff[2:])
            ),
            Text(words.morning_help),
            PainScale(None, lambda pain: model.check_in(pain, on), words.pain_words, model.look.big, key="morning"),
        )
    ]


def _past(model: Doing, view: TodayView) -> list[ft.Control]:
    if view.past is None or model.past_hidden:
        return []
    on, slot = view.past
    return [
        Card(
            Text(words.not_logged(on), Style.BODY),
            ft.Row(
                [
                    AppButton(
                        words.add_past,
                        lambda _: model.start(slot, on=on),
                        key="add-past",
                        kind="tonal",
                        size="normal",
                        expand=True,
                    ),
                    AppButton(
                        words.leave_it,
                        lambda _: model.hide_past(),
                        key="leave-past",
                        kind="text",
                        size="normal",
                        fill=False,
                    ),
                ],
                spacing=Space.S,
            ),
        )
    ]


def _list(model: Doing, card: SessionCard) -> ft.Control:
    title = words.in_session if card.when == words.slot(1, 1) else card.when
    return ft.Column(
        [Heading(title, Style.TITLE, 2), *(_exercise(model, item) for item in card.items)],
        spacing=Space.M,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _exercise(model: Doing, item: ItemView) -> ft.Control:
    prescription = item.prescription
    return ExerciseCard(
        prescription.exercise.name,
        item_line(item),
        shown(prescription.exercise, prescription.side),
        lambda _: model.go(f"/exercise/{prescription.id}"),
        key=f"exercise-{item.item.key}",
        change=words.stepped_back if item.stepped else words.any_time_this_week if item.item.offered else "",
        locked=words.locked if item.locked else "",
        done=done_line(item),
        skipped=skipped_line(item),
        big=model.look.big,
    )


def _no_program(model: Doing) -> list[ft.Control]:
    return [
        Card(
            Heading(words.no_program, Style.TITLE, 2),
            Text(words.no_program_help, Style.BODY, Color.MUTED),
            AppButton(words.fetch_now, lambda _: model.page.run_task(model.fetch), key="fetch", kind="tonal"),
        )
    ]
