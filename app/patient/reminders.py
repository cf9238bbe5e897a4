"""How this phone can be reminded: the person's consent, the clinic's channels, and what really happened.

What was chosen lies in the facts (`views.reminders`); this is only what needs the clinic or the device. Refuses to ask
the person for consent by itself: `allow` is called from a tap on a button that says what for.
"""

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from app.api import ApiError, ServerSaid
from app.patient.model import Model
from app.platform.notifying import Notifying, Permission, Subscription, Tap
from app.store import NotSaved
from hep import codec
from hep.problems import Refused
from hep.reaching import AddressView, MyReminders, NtfyTopic, Tried

ROUTE = "/reminders"
"""The screen that shows how things stand; no other one is drawn again for it."""

_PATH = "/v1/me/reminders"
_REPORTED, _OPENED = "reminders.reported", "reminders.opened"
"""What the clinic was told of this device, and the taps it was not told of yet; both lie in the store."""

OPENED_AT_MOST = 20

WEBPUSH, EMAIL, NTFY = "webpush", "email", "ntfy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the screen shows of it. `notifying` None: the device was not asked yet; `mine` None: nor the clinic.

    `tried`: how "send me one now" ended, empty before. `email`: the address that waits for its code.
    """

    notifying: Notifying | None = None
    mine: MyReminders | None = None
    busy: bool = False
    sentence: str = ""
    tried: str = ""
    topic: NtfyTopic | None = None
    waiting: AddressView | None = None

    @property
    def permission(self) -> Permission:
        """Whether this device may show notifications."""
        return self.notifying.permission if self.notifying else Permission.UNSUPPORTED

    def offers(self, kind: str) -> bool:
        """Whether the clinic has that channel."""
        return self.mine is not None and kind in self.mine.channels

    @property
    def is_connected(self) -> bool:
        """Whether the clinic knows how to reach this very device."""
        return self.mine is not None and any(
            each.this_device and each.kind == WEBPUSH and each.state == "ok" for each in self.mine.addresses
        )


class Reminders:
    """The conversation with the device and the clinic; the model is told after each change."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.standing = Standing()

    # Being up to date

    async def look(self) -> None:
        """How things stand, as far as device and clinic can be asked."""
        self._put(notifying=await self._model.platform.notifying())
        await self._talk(self._fetch)

    async def keep_up(self) -> None:
        """At each start, behind everything else: what the clinic knows of this device stays true.

        A browser may have renewed its subscription, and a person may have blocked notifications; nothing is said where
        nobody was ever asked.
        """
        notifying = await self._model.platform.notifying()
        self._put(notifying=notifying)
        if notifying.permission is Permission.GRANTED or await self._reported():
            await self._talk(self._renew)
        await self._talk(self._tell_opened)

    async def _renew(self) -> None:
        await self._report(self.standing.permission)
        if self.standing.permission is Permission.GRANTED:
            await self._fetch()
            await self._connect()

    # Consent

    async def allow(self) -> None:
        """The person asked to be reminded on this device: have the device ask them, then tell the clinic."""
        self._put(busy=True)
        self._put(notifying=await self._model.platform.allow_notifying())
        await self._talk(self._allowed)

    async def _allowed(self) -> None:
        await self._report(self.standing.permission)
        await self._fetch()
        await self._connect()

    async def _connect(self) -> None:
        mine = self.standing.mine
        if mine is None or mine.vapid_public_key is None or self.standing.permission is not Permission.GRANTED:
            return
        notifying = await self._model.platform.subscribe(mine.vapid_public_key)
        self._put(notifying=notifying)
        if notifying.subscription is not None and not await self._knows(notifying.subscription):
            await self._call("PUT", "/webpush", notifying.subscription)
            await self._note({"endpoint": notifying.subscription.endpoint})
            await self._fetch()

    async def _knows(self, subscription: Subscription) -> bool:
        return self.standing.is_connected and (await self._reported()).get("endpoint") == subscription.endpoint

    async def _report(self, permission: Permission) -> None:
        if (await self._reported()).get("permission") != permission.value:
            await self._call("PUT", "/permission", {"state": permission.value})
            await self._note({"permission": permission.value})

    async def _reported(self) -> dict[str, str]:
        with suppress(ValueError):
            kept = json.loads(await self._model.store.meta(_REPORTED) or "{}")
            return kept if isinstance(kept, dict) else {}
        return {}

    async def _note(self, change: dict[str, str]) -> None:
        await self._model.store.set_meta({_REPORTED: json.dumps({**await self._reported(), **change})})

    # Ways

    async def try_now(self) -> None:
        """Have the clinic send one now, and say what became of it."""
        await self._talk(self._try)

    async def _try(self) -> None:
        reply = await self._call("POST", "/test")
        results = codec.load(tuple[Tried, ...], _listed(reply, "tried"))
        best = next((each.result for wanted in ("sent", "later") for each in results if each.result == wanted), "")
        self._put(tried=best or (results[0].result if results else "nothing"))
        await self._fetch()

    async def add_email(self, address: str) -> None:
        """Have a code sent to an address."""
        await self._talk(lambda: self._add_email(address))

    async def _add_email(self, address: str) -> None:
        await self._call("POST", "/email", {"address": address})
        await self._fetch()

    async def confirm(self, code: str) -> None:
        """The code that came by mail."""
        await self._talk(lambda: self._confirm(code))

    async def _confirm(self, code: str) -> None:
        await self._call("POST", "/email/confirm", {"code": code})
        await self._fetch()

    async def add_ntfy(self) -> None:
        """Have the clinic make a topic for the ntfy app."""
        await self._talk(self._add_ntfy)

    async def _add_ntfy(self) -> None:
        self._put(topic=codec.load(NtfyTopic, await self._call("POST", "/ntfy")))
        await self._fetch()

    async def remove(self, address: AddressView) -> None:
        """Be reached there no more."""
        await self._talk(lambda: self._remove(address))

    async def _remove(self, address: AddressView) -> None:
        await self._call("DELETE", f"/addresses/{address.id}")
        if address.this_device and address.kind == WEBPUSH:
            self._put(notifying=await self._model.platform.unsubscribe())
        await self._fetch()

    async def calendar(self, wanted: bool) -> None:
        """Make the calendar's secret address, or end it."""
        await self._talk(lambda: self._calendar(wanted))

    async def _calendar(self, wanted: bool) -> None:
        await self._call("POST" if wanted else "DELETE", "/calendar")
        await self._fetch()

    # Taps on a notification

    def tapped(self, tap: Tap) -> None:
        """A notification was tapped while the app is open; the host calls, which knows of no page."""
        self._model.page.run_task(self._tapped, tap)

    async def _tapped(self, tap: Tap) -> None:
        self._model.go(tap.path)
        await self.opened(tap.id)

    async def opened(self, reminder_id: str) -> None:
        """The app was opened from a notification; the clinic hears of it now or later."""
        with suppress(NotSaved):
            waiting = (*await self._waiting(), reminder_id)[-OPENED_AT_MOST:]
            await self._model.store.set_meta({_OPENED: json.dumps(waiting)})
        await self._talk(self._tell_opened)

    async def _tell_opened(self) -> None:
        for reminder_id in await self._waiting():
            with suppress(ServerSaid):  # the clinic knows it no longer: then it need not know
                await self._call("POST", "/opened", {"id": reminder_id})
            left = [each for each in await self._waiting() if each != reminder_id]
            await self._model.store.set_meta({_OPENED: json.dumps(left)})

    async def _waiting(self) -> list[str]:
        with suppress(ValueError):
            kept = json.loads(await self._model.store.meta(_OPENED) or "[]")
            return [str(each) for each in kept] if isinstance(kept, list) else []
        return []

    # Talking

    async def _fetch(self) -> None:
        mine = codec.load(MyReminders, await self._call("GET", ""))
        waiting = next((each for each in mine.addresses if each.state == "unconfirmed"), None)
        self._put(mine=mine, waiting=waiting)

    async def _call(self, method: str, path: str, body: object = None) -> object:
        return (await self._model.api.call(method, f"{_PATH}{path}", body=body)).data

    async def _talk(self, action: Callable[[], Awaitable[None]]) -> None:
        self._put(busy=True, sentence="", tried="")
        try:
            await action()
        except (ApiError, NotSaved) as error:
            self._put(sentence=str(error))
        except Refused as error:
            self._put(sentence=error.sentence)
        finally:
            self._put(busy=False)

    def _put(self, **change: object) -> None:
        before, self.standing = self.standing, replace(self.standing, **change)  # type: ignore[arg-type]
        if self.standing != before and self._model.route == ROUTE:
            self._model.tell()


def _listed(reply: object, name: str) -> object:
    return reply.get(name) if isinstance(reply, dict) else reply
