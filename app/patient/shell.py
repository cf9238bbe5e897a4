"""The patient's half put together: store, sign-in, sync, model and the first screen. Knows no rule and no sentence."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import flet as ft

from app.account import Account
from app.api import Api
from app.parts import AppButton
from app.patient.ahead import Ahead
from app.patient.doing import Doing
from app.patient.log import PatientLog
from app.patient.model import Parts
from app.patient.photos import Photos
from app.patient.pictures import Pictures
from app.patient.screens.frame import Trouble
from app.patient.screens.root import Root
from app.patient.snapshot import Snapshot
from app.patient.start_card import StartCard
from app.patient.views.today import today_view
from app.platform.port import Platform, StorageRefused
from app.store import NotSaved, Store, StoreInUse, open_store
from app.storeback import StoreTooNew
from app.storefile import Repair
from app.strings import words
from app.sync import Sync
from app.theme import Look, apply
from app.tokens import StoreKeeper

_SECRET = "i="  # noqa: S105
_TAPPED = "r="
"""What the address may carry behind `#`: an invitation's secret, or the opaque id of a reminder that was tapped."""


def utc_now() -> datetime:
    """The device's instant."""
    return datetime.now(UTC)


Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Beginning:
    """All that the first screen needs and that needs no page."""

    parts: Parts
    repair: Repair | None
    snapshot: Snapshot


_begun: "asyncio.Future[Beginning] | None" = None


def begin(platform: Platform) -> None:
    """Open and read the store while there is no page yet; the next `start` goes on from there."""
    global _begun
    _begun = asyncio.ensure_future(_begin(platform, utc_now, asyncio.sleep))


async def _begin(platform: Platform, clock: Callable[[], datetime], pause: Pause) -> Beginning:
    store, repair = await open_store(platform, clock())
    parts = wire(store, platform, clock, pause)
    snapshot = await parts.read(platform.zone)
    today_view(snapshot)
    return Beginning(parts, repair, snapshot)


async def start(
    page: ft.Page, platform: Platform, clock: Callable[[], datetime] = utc_now, pause: Pause = asyncio.sleep
) -> Doing | None:
    """Open the store and show the first screen; a page with the reason when it cannot be opened.

    `clock` gives the aware UTC now, `pause` waits that many seconds between two looks at a timer.
    """
    global _begun
    begun, _begun = _begun, None
    page.title = words.app
    page.padding = 0
    try:
        beginning = await (begun or _begin(platform, clock, pause))
    except StoreInUse:
        _instead(page, platform, clock, words.second_tab, words.second_tab_help, ft.Icons.TAB)
        return None
    except (StorageRefused, StoreTooNew, NotSaved) as error:
        _instead(page, platform, clock, words.storage_refused, str(error), ft.Icons.SD_CARD_ALERT_OUTLINED)
        return None
    model = Doing(page, platform, beginning.parts, str(beginning.repair) if beginning.repair else "")
    await model.load_look()
    await _open(model, beginning.snapshot)
    return model


def wire(store: Store, platform: Platform, clock: Callable[[], datetime], pause: Pause) -> Parts:
    """Everything behind the model."""
    api = Api(platform.base_url, platform.transport, StoreKeeper(store))
    sync = Sync(store, api, clock)
    log = PatientLog(store, clock, lambda: platform.zone, sync.nudge)
    account = Account(store, api, platform, sync.wake)
    return Parts(store=store, log=log, api=api, account=account, sync=sync, clock=clock, pause=pause)


async def _open(model: Doing, snapshot: Snapshot) -> None:
    page, platform = model.page, model.platform
    page.on_route_change = lambda e: model.arrived(e.route)
    page.on_resize = lambda _: model.resized()
    model.arrived(page.route or "/")
    model.show(snapshot)
    page.render(Root, model)
    model.come_in()
    platform.tell_page("started", "")
    with suppress(NotSaved):
        await model.store.came_up()
    model.store.listen(model.refresh_soon)
    model.sync.listen(model.refresh_soon)
    platform.on_wake(model.sync.wake)
    platform.on_tap(model.reminders.tapped)
    if platform.fragment.startswith(_TAPPED):
        page.run_task(model.reminders.opened, platform.fragment.removeprefix(_TAPPED))
    if platform.fragment.startswith(_SECRET):
        await model.redeem(secret=platform.fragment.removeprefix(_SECRET))
    model.background = asyncio.ensure_future(_go_on(model))


async def _go_on(model: Doing) -> None:
    """What the first screen does without: until it is shown it has the device for itself."""
    await model.platform.shown()
    for follower in (StartCard(model), Pictures(model), Photos(model), Ahead(model)):
        follower.changed()
        model.listen(follower.changed)
    await asyncio.gather(model.sync.run(), model.reminders.keep_up())


def _instead(
    page: ft.Page, platform: Platform, clock: Callable[[], datetime], title: str, sentence: str, icon: ft.IconData
) -> None:
    async def again(_: ft.Event[ft.FilledButton]) -> None:
        await start(page, platform, clock)

    apply(page, Look())
    page.views[0].controls = [Trouble(title, sentence, icon, AppButton(words.retry, again, key="again"))]
    page.update()
