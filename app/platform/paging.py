"""Questions about notifications that the page answers for a worker. Counterpart: `app/web/notifying.js`."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from app.platform.notifying import Notifying, Permission, Subscription, Tap


class PageQuestions:
    """Numbers each question, so that its answer finds the one who asked."""

    def __init__(self, tell_page: Callable[[str, str], None]) -> None:
        self._tell_page = tell_page
        self._waiting: dict[int, asyncio.Future[Notifying]] = {}
        self._taps: list[Callable[[Tap], None]] = []

    async def ask(self, what: str, key: str = "") -> Notifying:
        """Ask `state`, `allow`, `subscribe` or `unsubscribe`; a consent may take the person as long as they like."""
        number = max(self._waiting, default=0) + 1
        answer: asyncio.Future[Notifying] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._tell_page("notifying", json.dumps({"id": number, "ask": what, "key": key}))
        try:
            return await answer
        finally:
            self._waiting.pop(number, None)

    def answered(self, payload: str) -> None:
        """The page answers."""
        said = json.loads(payload)
        waiting = self._waiting.get(said["id"])
        if waiting is not None and not waiting.done():
            waiting.set_result(Notifying(Permission(said["permission"]), _subscription(said["subscription"])))

    def on_tap(self, callback: Callable[[Tap], None]) -> None:
        """Call back at each tap on a notification."""
        self._taps.append(callback)

    def tapped(self, payload: str) -> None:
        """The page heard of a tap."""
        said = json.loads(payload)
        for callback in self._taps:
            callback(Tap(said["id"], said["path"]))


def _subscription(said: dict[str, Any] | None) -> Subscription | None:
    if said is None or not all(said.get(name) for name in ("endpoint", "p256dh", "auth")):
        return None
    return Subscription(said["endpoint"], said["p256dh"], said["auth"])
