"""The patient's half behind its screens: one snapshot, one route, one entry that may wait to be saved.

Every action ends by reading the store anew. A screen says "saved" only after the store did; an entry the device
could not keep stays here, with its rows, until it is saved. Rules are asked of `hep`, words of `strings`.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

import flet as ft

from app.account import Account, OtherPersonsEntries
from app.api import Api, ApiError
from app.patient.log import PatientLog
from app.patient.saving import Action, After, Pending, Saving
from app.patient.session import OpenSession
from app.patient.snapshot import Snapshot
from app.platform.port import Platform
from app.store import NotSaved, Store
from app.sync import Sync
from app.theme import TEXT_SIZES, Look, apply, top_edge
from hep import codec
from hep.pain import locked_families
from hep.problems import Refused
from hep.records import StopSign
from hep.views import DeviceView

WIDE = 700
_STEP = 10
"""Logical pixels; a window that grows or shrinks by less is not drawn anew."""

"""Width in logical pixels from which (inclusive) the app is a centered column."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The rest after a set."""

    seconds: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Join:
    """How the sign-in with an invitation goes. `others`: entries of another patient wait for a decision."""

    busy: bool = False
    sentence: str = ""
    others: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """One of the person's devices; `mine`: this one."""

    view: DeviceView
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What `shell` wires together."""

    store: Store
    log: PatientLog
    api: Api
    account: Account
    sync: Sync
    clock: Callable[[], datetime]
    pause: Callable[[float], Awaitable[None]]

    async def read(self, zone: str) -> Snapshot:
        """One reading of the store, in the phone's `zone`."""
        now = self.clock()
        history = await self.store.history(zone)
        return Snapshot(
            profile=await self.store.profile(),
            clinic=await self.store.clinic(),
            history=history,
            locked=locked_families(history.rows, await self.store.clearances()),
            status=await self.sync.status(),
            signed_in=await self.account.person() is not None,
            revoked=await self.account.revoked(),
            open_session=await self.log.resume(),
            zone=zone,
            now=now,
        )


class Model:
    """State and actions. Screens call an action and are drawn again from what they find here."""

    def __init__(self, page: ft.Page, platform: Platform, parts: Parts, repair: str = "") -> None:
        self.page = page
        self.platform = platform
        self.parts = parts
        self.store, self.log, self.account, self.sync = parts.store, parts.log, parts.account, parts.sync
        self.api = parts.api
        self.clock, self.pause_for = parts.clock, parts.pause
        self.repair = repair
        self.snapshot: Snapshot | None = None
        self.route = "/"
        self.look = Look()
        self.queue = Saving(self.log.save, self.refresh)
        self.rest: Rest | None = None
        self.join = Join()
        self.morning_open = False
        self.stiffness: int | None = None
        self.past_hidden = False
        self.ended: OpenSession | None = None
        self.chosen_sign: StopSign | None = None
        self.devices: tuple[Device, ...] | None = None
        self._listeners: list[Callable[[], None]] = []
        self.background: asyncio.Future[None] | None = None
        self._refreshing: asyncio.Task[None] | None = None

    # Being watched

    def listen(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after every change; returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def tell(self) -> None:
        """Have the screen drawn again."""
        for callback in tuple(self._listeners):
            callback()

    # Reading

    async def refresh(self) -> None:
        """Read the store anew."""
        self.show(await self.parts.read(self.platform.zone))

    def show(self, snapshot: Snapshot) -> None:
        """Have the screen drawn from this reading."""
        self.snapshot = snapshot
        self.tell()

    def refresh_soon(self) -> None:
        """Read the store anew once what is under way is over; many calls make one reading."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.ensure_future(self._refresh_later())

    async def _refresh_later(self) -> None:
        await asyncio.sleep(0)
        await self.refresh()

    # Where we are

    def go(self, route: str) -> None:
        """Show another screen; the browser's back button comes back here."""
        if route != self.route:
            self.route = route
            self.page.navigate(route)
            self.tell()

    def arrived(self, route: str) -> None:
        """The browser or the phone went to a route."""
        if route != self.route:
            self.route = route
            self.tell()

    # Saving

    @property
    def pending(self) -> Pending | None:
        """The first entry that is not saved."""
        return next(iter(self.queue.pending), None)

    @property
    def saving(self) -> bool:
        """An action is at work."""
        return self.queue.busy

    @property
    def refused(self) -> str:
        """Why the last entry was impossible; empty when it was not."""
        return self.queue.refused

    async def save(self, action: Action, after: After | None = None, key: str = "") -> None:
        """Do an action that writes, after those tapped before it. Only once it is durable `after` is called."""
        if self.queue.claim(key):
            await self.queue.save(action, after, key)

    def run(self, action: Action, after: After | None = None, key: str = "") -> None:
        """Save in the background of a tap. A tap that records the same `key` as one under way is the same tap."""
        if self.queue.claim(key):
            self.page.run_task(self.queue.save, action, after, key)

    async def save_again(self) -> None:
        """Try what is not saved once more, with the same rows."""
        await self.queue.again()

    def set_rest(self, seconds: int) -> None:
        """Begin a rest, or with 0 end it."""
        self.rest = Rest(seconds, self.clock()) if seconds else None
        self.tell()

    # How it looks

    async def load_look(self) -> None:
        """Dress the page as the person chose it."""
        text = await self.store.meta("look")
        try:
            kept = json.loads(text) if text else {}
            percent = int(kept.get("percent", 100))
            mode = ft.ThemeMode(kept.get("mode", "system"))
        except (ValueError, AttributeError, TypeError):
            percent, mode = 100, ft.ThemeMode.SYSTEM
        still = self.platform.reduced_motion
        self.wear(self._fitted(Look(percent if percent in TEXT_SIZES else 100, mode, still=still)))

    def wear(self, look: Look) -> None:
        """Dress the page."""
        self.look = look
        apply(self.page, look)
        if look.mode is not ft.ThemeMode.SYSTEM:
            self.platform.tell_page("theme", top_edge(look.mode is ft.ThemeMode.DARK))
        self.tell()

    def resized(self) -> None:
        """The window has another size: a wide one gets a column, a tall one a large picture."""
        look = self._fitted(self.look)
        if look != self.look:
            self.look = look
            self.tell()

    def _fitted(self, look: Look) -> Look:
        width, height = self.page.width or 0, self.page.height or 0
        window = (int(width) // _STEP * _STEP, int(height) // _STEP * _STEP)
        return replace(look, wide=width >= WIDE, window=window)

    async def choose_look(self, percent: int, mode: ft.ThemeMode) -> None:
        """Wear and keep a look."""
        self.wear(replace(self.look, percent=percent, mode=mode))
        kept = json.dumps({"percent": percent, "mode": mode.value})
        await self.save(lambda: self.store.set_meta({"look": kept}))

    # Signing in and out

    async def redeem(
        self, *, secret: str | None = None, code: str | None = None, birth_date: str | None = None
    ) -> None:
        """Sign in with an invitation, then fetch the program."""
        await self._join(lambda: self.account.redeem(secret=secret, code=code, birth_date=birth_date))

    async def take_over(self) -> None:
        """Delete another patient's unsent entries and go on."""
        await self._join(self.account.take_over)

    async def step_back(self) -> None:
        """Leave another patient's entries alone."""
        await self.account.step_back()
        self.join = Join()
        await self.refresh()

    async def _join(self, action: Action) -> None:
        self.join = Join(busy=True)
        self.tell()
        try:
            await action()
            await self.sync.once()
            self.join = Join()
        except OtherPersonsEntries as error:
            self.join = Join(sentence=str(error), others=True)
        except (ApiError, NotSaved) as error:
            self.join = Join(sentence=str(error))
        await self.refresh()
        if not self.join.sentence:
            self.go("/")

    async def fetch(self) -> None:
        """Send and fetch now."""
        self.sync.wake()
        await self.sync.once()
        await self.refresh()

    async def load_devices(self) -> None:
        """The person's devices, when the clinic can be asked; None when it cannot."""
        try:
            tokens = await self.api.tokens()
            reply = await self.api.call("GET", "/v1/me/devices")
            listed = codec.load(tuple[DeviceView, ...], reply.data.get("devices"))
            self.devices = tuple(Device(d, tokens is not None and d.id == tokens.device_id) for d in listed)
        except (ApiError, NotSaved, Refused, AttributeError):
            self.devices = None
        self.tell()

    async def revoke(self, device_id: str) -> None:
        """Sign another device of this person out."""
        with suppress(ApiError, NotSaved):
            await self.api.call("POST", f"/v1/me/devices/{device_id}/revoke")
        await self.load_devices()

    async def unsent_text(self) -> str:
        """Every entry the clinic does not have, as text to copy."""
        queue = await self.store.queue()
        rows = [*await self.store.batch(10_000, most_bytes=10_000_000)]
        entries = [{"kind": row.kind, "id": row.id, "body": row.body} for row in rows]
        entries += [{"kind": row.kind, "id": row.id, "body": dict(row.body)} for row in queue.shelf]
        return json.dumps(entries, indent=1)

    async def sign_out(self) -> None:
        """Forget the sign-in and what came from the clinic, after the warning; unsent entries stay on this phone."""
        await self.save(lambda: self.account.sign_out(leave_unsent=True), lambda: self.go("/"))
