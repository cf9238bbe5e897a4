"""The loop between the store and the clinic: push until the queue is empty, then pull until there is no more.

One round at a time. A failed round always leaves a time for the next one. It never decides what a row means and
never loses one: a row leaves the queue only when an answer names it.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.api import Api, ApiError, Offline, Resync, Revoked, ServerSaid, SignInNeeded, UpdateNeeded
from app.reads import Shelved
from app.store import NotSaved, Store
from hep import codec
from hep.ids import new_id
from hep.wire import PULL_LIMIT, SCHEMA, Change, PullReply, PushReply, PushRequest, Row, Status

BATCH = 200
"""Rows in one push, inclusive."""

POLL_S = 60.0
"""Seconds between rounds that went well, give or take a fifth."""

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 300.0
"""Seconds: the bounds of the wait after failed rounds (sync.md)."""

_TOO_MUCH = (400, 413, 422)
"""Answers to a whole push that one of its rows may have caused."""

_log = logging.getLogger(__name__)


class SyncState(StrEnum):
    """Where sync stands. TROUBLE: the server or the device is busy or full; it is tried again by itself."""

    IDLE = "idle"
    SYNCING = "syncing"
    OFFLINE = "offline"
    TROUBLE = "trouble"
    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"
    UPDATE_NEEDED = "update_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncStatus:
    """What to show: `unsent` rows, the oldest since `oldest_at`, the last round that went well, and the shelf."""

    state: SyncState
    sentence: str | None
    unsent: int
    oldest_at: datetime | None
    last_success_at: datetime | None
    shelf: tuple[Shelved, ...]

    def oldest_age(self, now: datetime) -> timedelta:
        """How long the oldest unsent row has waited; zero when nothing waits or the clock was set back."""
        return max(now - (self.oldest_at or now), timedelta(0))


class Sync:
    """One store and one server. `clock` gives the aware UTC now, `chance` a number in [0, 1)."""

    def __init__(
        self,
        store: Store,
        api: Api,
        clock: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._api = api
        self._clock = clock
        self._chance = chance
        self.state = SyncState.IDLE
        self._sentence: str | None = None
        self._failures = 0
        self._flight: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []
        self._etag: str | None = None
        self._last_success_at: datetime | None = None
        self.wait_s = 0.0
        """Seconds until the next round; always set."""

    def listen(self, callback: Callable[[], None]) -> None:
        """Call back whenever the state changes."""
        self._listeners.append(callback)

    def wake(self) -> None:
        """The network is back, the app visible again, or someone signed in: try now, with waiting forgotten."""
        self._failures = 0
        self._woken.set()

    def nudge(self) -> None:
        """Something new is in the queue: try now, unless failed rounds have told us to wait."""
        if not self._failures:
            self._woken.set()

    async def status(self) -> SyncStatus:
        """How sync stands now."""
        queue = await self._store.queue()
        if self._last_success_at is None and (text := await self._store.meta("last_success_at")):
            self._last_success_at = codec.read_instant(text)
        return SyncStatus(
            state=self.state,
            sentence=self._sentence,
            unsent=queue.unsent,
            oldest_at=queue.oldest_at,
            last_success_at=self._last_success_at,
            shelf=queue.shelf,
        )

    async def run(self) -> None:
        """Rounds for ever; cancel the task to end them."""
        while True:
            self._woken.clear()
            await self.once()
            try:
                await asyncio.wait_for(self._woken.wait(), self.wait_s)
            except TimeoutError:
                continue

    async def once(self) -> SyncState:
        """One round, or the one under way; never raises. Returns the state it ended in."""
        if self._flight is None or self._flight.done():
            self._flight = asyncio.ensure_future(self._round())
        await asyncio.shield(self._flight)
        return self.state

    # One round

    async def _round(self) -> None:
        self._show(SyncState.SYNCING)
        retry_after_s = None
        try:
            state, sentence = await self._exchange()
        except Offline as error:
            state, sentence = SyncState.OFFLINE, error.sentence
        except SignInNeeded as error:
            state, sentence = await self._signed_out(error)
        except ServerSaid as error:
            state, sentence, retry_after_s = SyncState.TROUBLE, error.sentence, error.retry_after_s
        except (ApiError, NotSaved) as error:
            state, sentence = SyncState.TROUBLE, str(error)
        except Exception as error:
            _log.error("a sync round failed: %s", type(error).__name__)
            state, sentence = SyncState.TROUBLE, ApiError.sentence
        self._plan(state, retry_after_s)
        self._show(state, sentence)

    async def _exchange(self) -> tuple[SyncState, str | None]:
        tokens = await self._api.tokens()
        if tokens is not None and not await self._store.belong_to(tokens.person_id):
            raise SignInNeeded
        if tokens is not None and tokens.scope != "full":
            return await self._part()
        try:
            return await self._talk()
        except Revoked:
            return await self._part()

    async def _talk(self) -> tuple[SyncState, str | None]:
        told, stalled = await self._push()
        try:
            told = await self._pull() or told
        except Resync:
            await self._push()
            told = await self._pull(anew=True)
        except UpdateNeeded as error:
            return SyncState.UPDATE_NEEDED, error.sentence
        if await self._store.batch(1, without=stalled):
            _, stalled = await self._push()
            await self._pull()
        if stalled:
            raise ServerSaid(503, "busy", ApiError.sentence)
        await self._succeeded(told)
        return SyncState.IDLE, None

    async def _succeeded(self, told: bool) -> None:
        self._last_success_at = self._clock()
        if told:
            await self._store.set_meta({"last_success_at": codec.dump(self._last_success_at)})

    async def _push(self) -> tuple[bool, set[str]]:
        """Push until nothing is left but rows the server could not take now; those are returned as stalled."""
        stalled: set[str] = set()
        pushed = False
        most = BATCH
        while rows := await self._store.batch(most, without=stalled):
            tenure = self._store.tenure
            try:
                reply = await self._post(rows)
            except ServerSaid as refusal:
                if refusal.status not in _TOO_MUCH:
                    raise
                if len(rows) == 1:
                    await self._store.shelve(rows[0].id, refusal.code, refusal.sentence)
                most = max(1, len(rows) // 2)
                continue
            asked = {row.id for row in rows}
            results = tuple(result for result in reply.results if result.id in asked)
            await self._store.settle(
                results, high=reply.high, epoch=reply.epoch, server_time=reply.server_time, tenure=tenure
            )
            stalled |= asked - {result.id for result in results if result.status is not Status.RETRY}
            pushed = True
        return pushed, stalled

    async def _post(self, rows: tuple[Row, ...]) -> PushReply:
        tokens = await self._api.tokens()
        if tokens is None or not await self._store.belong_to(tokens.person_id):
            raise SignInNeeded
        now = self._clock()
        request = PushRequest(device_id=tokens.device_id, schema=SCHEMA, batch_id=new_id(now), sent_at=now, rows=rows)
        reply = await self._api.call("POST", "/v1/sync/push", body=request, squeeze=True)
        return reply.read(PushReply)

    async def _pull(self, anew: bool = False) -> bool:
        """Pull until there is no more; `anew` gathers everything first and swaps it in at once."""
        tenure = self._store.tenure
        cursor = None if anew else await self._store.meta("cursor")
        gathered: list[Change] = []
        etag = None if anew else self._etag
        while True:
            query: dict[str, str | int] = {"limit": PULL_LIMIT, "schema": SCHEMA}
            if cursor is not None:
                query["cursor"] = cursor
            reply = await self._api.call("GET", "/v1/sync/pull", query=query, etag=etag)
            if reply.status == 304:
                return False
            page = reply.read(PullReply)
            self._etag = etag = None
            if page.more and page.cursor == cursor:
                raise ServerSaid(reply.status, "reply_unreadable", ApiError.sentence)
            gathered.extend(page.changes)
            if not anew or not page.more:
                await self._store.absorb(gathered, cursor=page.cursor, epoch=page.epoch, tenure=tenure, anew=anew)
                gathered = []
            if not page.more:
                self._etag = reply.etag
                return True
            cursor = page.cursor

    # When the sign-in is over

    async def _signed_out(self, error: SignInNeeded) -> tuple[SyncState, str]:
        if await self._store.meta("revoked"):
            return SyncState.REVOKED, Revoked.sentence
        return SyncState.SIGNED_OUT, error.sentence

    async def _part(self) -> tuple[SyncState, str]:
        """Revoked: a last push into quarantine, then everything that came from the clinic is wiped.

        A push that could not be made now is made by a later round; the wiping does not wait for it.
        """
        await self._store.set_meta({"revoked": "1"})
        try:
            done = await self._push_to_quarantine()
        except (Offline, ServerSaid):
            done = False
        await self._store.purge(forget=("tokens", "nonce", "spent", "session") if done else ("session",))
        return SyncState.REVOKED, Revoked.sentence

    async def _push_to_quarantine(self) -> bool:
        """True when the queue is empty or the clinic takes nothing any more."""
        try:
            tokens = await self._api.tokens()
            if tokens is not None and tokens.scope == "full":
                with suppress(Revoked):
                    await self._api.refresh(tokens)
            _, stalled = await self._push()
        except (SignInNeeded, Revoked):
            return True
        return not stalled

    def _plan(self, state: SyncState, retry_after_s: float | None) -> None:
        """When the next round is due: a poll after a good one, else full jitter under a doubling bound."""
        if state in (SyncState.IDLE, SyncState.UPDATE_NEEDED):
            self._failures = 0
            self.wait_s = POLL_S * (0.8 + 0.4 * self._chance())
            return
        bound = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(self._failures, 16))
        self._failures += 1
        self.wait_s = max(FIRST_WAIT_S, self._chance() * bound, retry_after_s or 0.0)

    def _show(self, state: SyncState, sentence: str | None = None) -> None:
        self.state, self._sentence = state, sentence
        for callback in self._listeners:
            callback()
