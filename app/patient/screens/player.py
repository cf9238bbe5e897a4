"""The player: one set of one exercise at a time. What is logged decides what comes next."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import flet as ft

from app.parts import (
    AppButton,
    Heading,
    HoldRing,
    IconAction,
    Notice,
    Page,
    RepCounter,
    Segments,
    Text,
)
from app.parts.hooks import keyed, use_latest, use_value
from app.patient.doing import Doing
from app.patient.draft import Draft, Phase, SetDraft
from app.patient.model import Rest
from app.patient.screens.asking import AskScreen, HurtsScreen, SkipScreen
from app.patient.screens.exercise import HelpScreen
from app.patient.screens.finish import FinishScreen
from app.patient.screens.frame import trouble, width
from app.patient.screens.guide import guide
from app.patient.session import OpenSession
from app.patient.views.room import room_of
from app.patient.views.session import ItemView, Step, current, items_of
from app.strings import words
from app.theme import Color, Size, Space, Style
from hep.facts import SkipReason
from hep.records import Dose, Mode

_TICK_S = 0.5


def nothing() -> None:
    """An effect with a cleanup is canceled when its screen goes; one without would tick on."""


@ft.component
def PlayerScreen(model: Doing, session: OpenSession) -> ft.Control:
    """The session under way: the rest, the set to do, or the question at its end."""
    items = items_of(model.here, session)
    item = current(items)
    if item is None:
        return keyed(FinishScreen, "finish", model, session)
    head = _head(model, items, items.index(item))
    if model.rest is not None:
        return keyed(RestScreen, "rest", model, model.rest, head)
    step, dose = item.next_step, item.dose
    if dose is None or step is None:
        return _rests(model, session, item, head)
    place = f"{item.item.key}-{step.number}-{step.side}"
    return keyed(SetScreen, f"set-{place}", model, session, item, step, dose, head)


def _head(model: Doing, items: tuple[ItemView, ...], place: int) -> ft.Control:
    shown = min(place + 1, len(items))
    words_and_bar = ft.Column(
        [Text(words.place(shown, len(items)), Style.SMALL_STRONG, Color.MUTED), Segments(len(items), shown)],
        spacing=6,
        expand=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    close = IconAction(ft.Icons.CLOSE, words.end_session, lambda _: model.go("/"), key="leave", color=Color.ON)
    return ft.Row([close, words_and_bar, ft.Container(width=Space.S)], spacing=Space.S)


@ft.component
def SetScreen(
    model: Doing, session: OpenSession, item: ItemView, step: Step, dose: Dose, head: ft.Control
) -> ft.Control:
    """One set, from doing it to the answers about it."""
    mode = item.prescription.exercise.mode
    latest = use_latest(Draft.of(dose, mode, model.clock()))
    draft, set_draft = latest.value, latest.change

    async def tick() -> None:
        while latest.value.running_since is not None:
            now = model.clock()
            if latest.value.left(now) <= 0:
                set_draft(partial(Draft.held, holds=dose.reps or 1, now=now))
                model.announce(words.time_over)
                return
            set_draft(partial(Draft.shown, now=now))
            await model.pause_for(_TICK_S)

    ft.use_effect(tick, [draft.running_since], cleanup=nothing)

    def save(answered: Draft) -> None:
        model.save_set(session, item, step, answered)

    def help_me() -> None:
        set_draft(lambda d: replace(d.halt(model.clock()), phase=Phase.HELP))

    instead: dict[Phase, Callable[[], ft.Control]] = {
        Phase.ASK: lambda: AskScreen(model, item, step, draft, set_draft, save, head),
        Phase.HURTS: lambda: HurtsScreen(model, item, draft, set_draft, save, head),
        Phase.HELP: lambda: HelpScreen(model, item, set_draft),
        Phase.SKIP: lambda: SkipScreen(model, draft, set_draft, lambda reason: model.skip(session, item, reason), head),
    }
    if draft.phase in instead:
        return instead[draft.phase]()
    room = room_of(model.look, item, noted=draft.pain is not None)
    return Page(
        [
            *trouble(model),
            *guide(model, item, step, draft, help_me, room.picture),
            _work(model, item, dose, draft, set_draft, room.ring),
        ],
        head=head,
        bottom=_buttons(model, item, step, draft, set_draft),
        width=width(model),
        spacing=14,
        key="set",
    )


def _work(model: Doing, item: ItemView, dose: Dose, draft: Draft, set_draft: SetDraft, ring: float) -> ft.Control:
    reps = dose.reps or 1
    if item.prescription.exercise.mode is Mode.REPS:
        return RepCounter(
            draft.count,
            words.of_reps(reps),
            lambda by: set_draft(lambda d: d.counted(by)),
            (words.fewer, words.more),
            words.reps_spoken(draft.count, reps),
        )
    left = draft.left(model.clock())
    under = words.seconds_left if reps == 1 else words.hold_of(draft.count + 1, reps)
    return HoldRing(left, draft.goal_s, under, words.seconds_spoken(left), ring)


def _buttons(model: Doing, item: ItemView, step: Step, draft: Draft, set_draft: SetDraft) -> ft.Control:
    side = step.side if len({s.side for s in item.steps}) > 1 else None
    done = words.set_done(step.number, side)
    timed = item.prescription.exercise.mode is not Mode.REPS
    rows: list[ft.Control] = []

    def over(_: object = None) -> None:
        set_draft(lambda d: d.ask(model.clock()))

    if timed:
        rows.append(_timer_button(model, draft, set_draft))
        first = _small(words.finish_set, over, "finish-set", None)
    else:
        rows.append(AppButton(done, over, key="set-done", icon=ft.Icons.CHECK))
        first = _all_left(model, len(item.steps_left), set_draft)
    skip = _small(
        words.skip,
        lambda _: set_draft(lambda d: replace(d.halt(model.clock()), phase=Phase.SKIP)),
        "skip",
        ft.Icons.SKIP_NEXT,
    )
    hurts = AppButton(
        words.it_hurts,
        lambda _: set_draft(lambda d: d.hurts(model.clock())),
        key="it-hurts",
        kind="stop",
        size="normal",
        icon=ft.Icons.FRONT_HAND,
        expand=True,
    )
    small = [first, skip, hurts]
    if model.look.big:
        rows += [
            ft.Row(
                [first, skip],
                spacing=Space.S,
                intrinsic_height=True,
                vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            hurts,
        ]
    else:
        rows.append(ft.Row(small, spacing=Space.S))
    return ft.Column(rows, spacing=10, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _all_left(model: Doing, left: int, set_draft: SetDraft) -> ft.Control:
    """Every set left was done alike; with one left its place stays empty, so that Skip and It hurts never move."""
    if left == 1:
        return ft.Container(expand=True)
    return _small(words.all_done, lambda _: set_draft(lambda d: d.ask(model.clock(), all_left=True)), "all-done", None)


def _small(label: str, on_click: Callable[..., object], key: str, icon: ft.IconData | None) -> ft.Control:
    return AppButton(label, on_click, key=key, kind="plain", size="normal", icon=icon, expand=True)


def _timer_button(model: Doing, draft: Draft, set_draft: SetDraft) -> ft.Control:
    if draft.running_since is not None:
        return AppButton(
            words.pause_timer,
            lambda _: set_draft(lambda d: d.halt(model.clock())),
            key="timer-pause",
            icon=ft.Icons.PAUSE,
        )
    label = words.continue_timer if draft.ran_s else words.start_timer
    return AppButton(
        label,
        lambda _: set_draft(lambda d: d.run(model.clock())),
        key="timer-start",
        icon=ft.Icons.PLAY_ARROW,
    )


@ft.component
def RestScreen(model: Doing, rest: Rest, head: ft.Control) -> ft.Control:
    """The rest after a set; it may be skipped, and it ends by itself."""
    gone, set_gone = use_value(0)

    async def tick() -> None:
        while model.rest is rest:
            passed = int((model.clock() - rest.since).total_seconds())
            if passed >= rest.seconds:
                model.announce(words.rest_over)
                model.set_rest(0)
                return
            set_gone(passed)
            await model.pause_for(_TICK_S)

    ft.use_effect(tick, [], cleanup=nothing)
    left = max(0, rest.seconds - gone)
    ring = Size.RING_BIG if model.look.big else Size.RING
    return Page(
        [
            *trouble(model),
            Notice(words.saved_here, "good", key="saved"),
            Heading(words.rest_now, text_align=ft.TextAlign.CENTER),
            HoldRing(left, rest.seconds, words.seconds_left, words.seconds_spoken(left), ring),
        ],
        head=head,
        bottom=AppButton(words.skip_rest, lambda _: model.set_rest(0), key="skip-rest", icon=ft.Icons.SKIP_NEXT),
        width=width(model),
        key="rest",
    )


def _rests(model: Doing, session: OpenSession, item: ItemView, head: ft.Control) -> ft.Control:
    """Nothing is left to take off the dose: the exercise rests, and its place is recorded with the reason."""
    return Page(
        [
            *trouble(model),
            Heading(item.prescription.exercise.name),
            Notice(words.rests_today, "info", ft.Icons.SELF_IMPROVEMENT, detail=words.rests_help, key="rests"),
        ],
        head=head,
        bottom=AppButton(
            words.next_exercise,
            lambda _: model.skip(session, item, SkipReason.PAIN),
            key="rests-next",
            icon=ft.Icons.ARROW_FORWARD,
            icon_last=True,
        ),
        width=width(model),
        key="rests",
    )
