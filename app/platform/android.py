"""Notifications of an Android build: the phone itself reminds, at the instants it was given, without a server.

Behind an optional dependency (the extra `android`): a build without it has none and says so. iOS has none yet: it keeps
64 pending notifications only, and no extension of Flet's shows them. Not tried on a phone so far.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from app.platform.notifying import Notifying, Permission, Planned, Tap

AT_MOST = 50
"""Notifications that wait at once. Source: ours (Samsung's phones cap alarms at 500, iOS at 64)."""

_TITLE = "Stepwise"
_CHANNEL = "reminders"
_CHANNEL_NAME = "Reminders"


def service_here() -> Any | None:
    """The extension's service; None where it was not built in."""
    try:
        from flet_android_notifications import FletAndroidNotifications
    except ImportError:
        return None
    return FletAndroidNotifications()


class AndroidNotifying:
    """The part of `Platform` that reminds. `service` is flet-android-notifications' own."""

    schedules = True

    def __init__(self, service: Any) -> None:
        self._service = service
        self._refused = False
        self._taps: list[Callable[[Tap], None]] = []
        service.on_notification_tap = self._tapped

    async def notifying(self) -> Notifying:
        """Android tells only whether they are on: off counts as not asked until the person said no here."""
        if await self._service.are_notifications_enabled():
            return Notifying(Permission.GRANTED)
        return Notifying(Permission.DENIED if self._refused else Permission.DEFAULT)

    async def allow_notifying(self) -> Notifying:
        """See the port."""
        self._refused = not await self._service.request_permissions()
        return await self.notifying()

    async def subscribe(self, key: str) -> Notifying:
        """There is no push to a native build."""
        return await self.notifying()

    async def unsubscribe(self) -> Notifying:
        """There is no push to a native build."""
        return await self.notifying()

    async def schedule(self, planned: Sequence[Planned]) -> None:
        """See the port; the alarms are inexact, which needs no further consent."""
        await self._service.cancel_all()
        for number, each in enumerate(planned[:AT_MOST], 1):
            await self._service.schedule_notification(
                number,
                _TITLE,
                each.sentence,
                each.at,
                payload=json.dumps({"id": each.id, "path": each.path}),
                channel_id=_CHANNEL,
                channel_name=_CHANNEL_NAME,
                channel_description=_CHANNEL_NAME,
                schedule_mode="inexact_allow_while_idle",
                category="reminder",
            )

    def on_tap(self, callback: Callable[[Tap], None]) -> None:
        """See the port."""
        self._taps.append(callback)

    def _tapped(self, event: Any) -> None:
        try:
            said = json.loads(event.data)
            said = json.loads(said["payload"]) if "payload" in said else said
            tap = Tap(str(said["id"]), str(said["path"]))
        except (ValueError, KeyError, TypeError):
            return
        for callback in self._taps:
            callback(tap)
