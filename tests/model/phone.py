"""A phone of the model: the real client, its store in memory, its line to the server a plan of faults."""

import sqlite3
from datetime import date
from typing import Self

from app.store import Store
from app.storefile import MIGRATIONS, Repair
from app.sync import SyncState
from app.tokens import StoreKeeper
from hep.days import local_on
from hep.facts import Correction, ItemKey, Kind, Message, Retraction, SkipReason
from hep.history import Stored
from hep.ids import new_id
from hep.wire import Row, Tokens
from tests.flows.people import ZONE, Phone
from tests.model.clinic import Case
from tests.model.near import Died, Line


class Handset(Phone):
    """`taps` are the ids of everything its owner was told is saved; `poison` those that the clinic must refuse."""

    link: Line
    clinic: Case  # type: ignore[assignment]

    def __init__(self, case: Case) -> None:
        self._db = sqlite3.connect(":memory:", isolation_level=None)
        self._db.executescript(f"{MIGRATIONS[0]};PRAGMA user_version=1;")
        self.taps: set[str] = set()
        self.poison: set[str] = set()
        super().__init__(case, case.server.path.parent)

    def _link(self) -> Line:
        return Line(self.clinic.world.app, self.clinic.server.near)

    async def _open_store(self) -> tuple[Store, Repair | None]:
        """What was committed is there again; what was only in memory is not."""
        store = Store(self._db, self.device)
        await store.tidy()
        return store, None

    async def begin_with(self, tokens: Tokens) -> Self:
        """Open the app, signed in."""
        await self.open()
        await StoreKeeper(self.store).save(tokens)
        await self.store.belong_to(tokens.person_id)
        return self

    async def close(self) -> None:
        """The app is gone, its file is not."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        await self.api.close()

    async def throw_away(self) -> None:
        """Nobody needs this phone any more."""
        await self.close()
        self._db.close()

    # What its owner does

    @property
    def on(self) -> date:
        """The local date by this phone's clock."""
        return local_on(self.now(), ZONE)

    async def tap(self, what: str, number: int) -> None:
        """Record something; what needs a program is a message without one."""
        history = await self.history()
        version = history.version_on(self.on)
        session = await self.log.resume()
        if session is None and version is not None and what in ("set", "skip", "end"):
            session = await self.log.start_session(version, self.on, 1)
        if session is not None and what == "set":
            self.taps |= set(await self.squats(session, number % 3 + 1, pain=number % 8, reps=number % 12 + 1))
        elif session is not None and what == "skip":
            key = ItemKey.dated("squat-0001", session.on, session.slot)
            self.taps |= set(await self.log.skip_items(session, [key], SkipReason.PAIN))
        elif session is not None and what == "end":
            self.taps.add(await self.log.end_session(session, number % 8))
        elif version is not None and what == "seen":
            self.taps.add(await self.log.acknowledge(version))
        elif what == "morning":
            self.taps.add(await self.log.check_in(number % 8, self.on))
        elif what == "stop":
            self.taps.add(await self.log.raise_red_flag("chest_pain"))
        else:
            self.taps.add(await self.log.message(f"words {number}"))

    async def correct(self, number: int) -> None:
        """Give a set another number of repetitions, as the screen does."""
        target = _pick([row for row in (await self.history()).rows if row.kind is Kind.SET_LOG], number)
        if target is not None:
            self.taps.add(await self.log.correct(target, {"reps": number % 12 + 1}))

    async def correct_again(self, number: int) -> None:
        """Correct a correction, be it withdrawn or not."""
        target = _pick([row for row in await self.store.facts() if row.kind is Kind.CORRECTION], number)
        if target is not None and isinstance(target.fact, Correction):
            stamp = self.log._stamp(target.fact.on, target.fact.session_id)
            body = target.fact.body | {"reps": number % 12 + 1}
            await self._put(Correction(**stamp, target_id=target.id, corrects=target.fact.corrects, body=body))

    async def retract(self, number: int) -> None:
        """Withdraw anything: an entry, a correction, a withdrawal, a stop sign."""
        target = _pick(list(await self.store.facts()), number)
        if target is not None:
            stamp = self.log._stamp(target.fact.on, target.fact.session_id)
            await self._put(Retraction(**stamp, target_id=target.id))

    async def _put(self, fact: Correction | Retraction) -> None:
        id_ = new_id(fact.at)
        await self.store.put(fact.kind, fact, id_)
        self.taps.add(id_)

    async def spoil(self, number: int) -> None:
        """A mistake of the app: an entry that no clinic can take."""
        stamp, id_ = self.log._stamp(), new_id(self.now())
        message = Message(**stamp, text="words")
        kind = ("message", "martian", "set_log")[number % 3]
        body = {"text": 7} if kind == "message" else {"at": message.at.isoformat()}
        await self.store.put_rows((Row(kind=kind, id=id_, body={"at": "2026-11-22T15:00:00Z"} | body),))
        self.taps.add(id_)
        self.poison.add(id_)

    # What is seen of it

    async def round(self) -> SyncState | None:
        """One round; None when the app was killed in it, and opened again."""
        try:
            return await self.sync.once()
        except Died:
            await self.restart()
            return None

    def records(self) -> set[str]:
        """The ids of what the clinic sent or confirmed."""
        return {row[0] for row in self._db.execute("SELECT id FROM record")}

    def waiting(self) -> set[str]:
        """The ids in the queue."""
        return {row[0] for row in self._db.execute("SELECT id FROM outbox WHERE state = 'pending'")}

    def shelved(self) -> set[str]:
        """The ids on the shelf."""
        return {row[0] for row in self._db.execute("SELECT id FROM outbox WHERE state = 'shelved'")}


def _pick(rows: list[Stored], number: int) -> Stored | None:
    return rows[number % len(rows)] if rows else None
