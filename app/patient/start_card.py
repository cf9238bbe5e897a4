"""What the page paints at the next start, before Python runs: Today as it will then stand, from what is known now.

For the rest of this day and the two after it the very screen is outlined that the same store would show then; a start
later than that says of which day the little is that it knows. Nobody signed in: nothing is left. It is worked out
once the person rests, a piece at a time, so that no tap waits for it.
"""

import asyncio
import json
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from app.patient.doing import Doing
from app.patient.saving import Saving
from app.patient.screens.outline import Outline
from app.patient.screens.today import today
from app.patient.snapshot import Snapshot
from app.patient.views.today import today_view
from app.strings import words
from app.sync import SyncState
from hep.days import window_end, zone
from hep.pain import MORNING_CARD_FROM_HOUR

FORMAT = 2
"""Goes up when `app/web/first.js` of an older release could not paint it."""

DAYS_AHEAD = 2
REST_S = 2.0
"""Seconds without a change before it is worked out."""


class StartCard:
    """Follows a model and tells the page. `left`: what the page has, None when that is not known yet."""

    def __init__(self, model: Doing) -> None:
        self._model = model
        self._left: str | None = None
        self._changes = 0
        self._work: asyncio.Task[None] | None = None

    def changed(self) -> None:
        """Something may look different. Without a patient the page forgets at once."""
        self._changes += 1
        if self._model.here.profile is None:
            self._leave("")
        elif self._work is None or self._work.done():
            self._work = asyncio.ensure_future(self._once_at_rest())

    async def _once_at_rest(self) -> None:
        seen, card = -1, ""
        try:
            while seen != self._changes:
                seen = self._changes
                await self._model.pause_for(REST_S)
                if seen == self._changes:
                    card = await card_of(self._model) if self._model.here.profile is not None else ""
        finally:
            self._leave(card)  # rather nothing than what was true before

    def _leave(self, card: str) -> None:
        if card != self._left:
            self._left = card
            self._model.platform.tell_page("last-today", card)


async def card_of(model: Doing) -> str:
    """The card as JSON; the loop runs between its pieces."""
    snapshot, look = model.here, model.look
    outline = Outline(look)
    scenes: list[dict[str, Any]] = []
    for begins, ends in pairwise(_turns(snapshot)):
        await asyncio.sleep(0)
        then = _next_start(model, snapshot, begins)
        screen = outline.of(today(then), greeting=today_view(then.here).greeting)
        note = "" if then.here.today == snapshot.today else words.as_of(snapshot.today)
        scenes.append({"from": _ms(begins), "until": _ms(ends), "note": note, "screen": screen})
    card = {
        "format": FORMAT,
        "zone": snapshot.zone,
        "mode": look.mode.value,
        "wide": look.wide,
        "greetings": _greetings(snapshot),
        "palette": outline.palette,
        "drawings": outline.drawings,
        "scenes": list(_joined(scenes)),
        "late": _late(snapshot),
    }
    return json.dumps(card, separators=(",", ":"))


def _turns(snapshot: Snapshot) -> Iterator[datetime]:
    """The instants from now on at which Today changes by itself: a date begins, the morning question opens."""
    yield snapshot.now.replace(microsecond=0)
    for days in range(DAYS_AHEAD + 1):
        on = snapshot.today + timedelta(days=days)
        morning = datetime.combine(on, time(MORNING_CARD_FROM_HOUR), tzinfo=zone(snapshot.zone)).astimezone(UTC)
        if morning > snapshot.now:
            yield morning
        yield window_end(on, snapshot.zone)


def _next_start(model: Doing, snapshot: Snapshot, now: datetime) -> Doing:
    """The model as a start at `now` would find it: nothing opened, nothing pending, the clinic not yet asked."""
    then = copy(model)
    status = replace(snapshot.status, state=SyncState.IDLE, sentence=None)
    then.snapshot = replace(snapshot, now=now, status=status, memo={})
    then.queue = Saving(model.log.save, model.refresh)
    then.repair, then.morning_open, then.past_hidden = "", False, False
    return then


def _joined(scenes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Scenes that look the same as the one before are one."""
    held = scenes[0]
    for scene in scenes[1:]:
        if (scene["screen"], scene["note"]) == (held["screen"], held["note"]):
            held["until"] = scene["until"]
        else:
            yield held
            held = scene
    yield held


def _greetings(snapshot: Snapshot) -> list[tuple[int, str]]:
    """(first hour, greeting), from hour 0 on."""
    name = snapshot.profile.name if snapshot.profile else ""
    said = [words.greeting(hour, name) for hour in range(24)]
    return [(hour, text) for hour, text in enumerate(said) if hour == 0 or said[hour - 1] != text]


def _late(snapshot: Snapshot) -> list[str]:
    items = [item for session in today_view(snapshot).sessions for item in session.items]
    lines = [words.as_of(snapshot.today)]
    if items:
        lines.append(words.closed_of(sum(item.closed for item in items), len(items)))
    return [*lines, words.waiting(snapshot.status.unsent)] if snapshot.status.unsent else lines


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
