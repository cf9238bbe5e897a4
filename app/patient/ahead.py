"""Reminders that the phone shows by itself: the plan of the next days, given to a device that can keep it.

The same plan as the server's, made from what this phone knows, also without a network. Does nothing in a browser, which
cannot keep one.
"""

import asyncio

from app.patient.doing import Doing
from app.patient.views.reminders import reminding
from app.platform.notifying import Planned
from hep.reminding import Due, opens, plan, sentence

REST_S = 2.0
"""Seconds without a change before it is worked out."""


class Ahead:
    """Follows a model and keeps the device's plan."""

    def __init__(self, model: Doing) -> None:
        self._model = model
        self._given: tuple[Due, ...] | None = None
        self._work: asyncio.Task[None] | None = None

    def changed(self) -> None:
        """Something may have been logged or chosen."""
        if self._model.platform.schedules and (self._work is None or self._work.done()):
            self._work = asyncio.ensure_future(self._once_at_rest())

    async def _once_at_rest(self) -> None:
        await self._model.pause_for(REST_S)
        snapshot = self._model.here
        chosen = reminding(snapshot)
        due = plan(snapshot.history, snapshot.zone, chosen, snapshot.now, locked=snapshot.locked)
        coming = tuple(each for each in due if each.at > snapshot.now)
        if coming == self._given:
            return
        self._given = coming
        await self._model.platform.schedule(tuple(_planned(each, chosen.language) for each in coming))


def _planned(due: Due, language: str) -> Planned:
    id_ = f"{due.on.isoformat()}-{due.slot}-{due.purpose.value}"
    return Planned(id_, due.at, sentence(due.purpose, language), opens(due.purpose))
