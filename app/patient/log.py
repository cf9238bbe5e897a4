"""What a patient can record: each function turns a tap into one fact, kept durably before it returns.

Every one raises `NotSaved` (its `rows` can be tried again with `PatientLog.save`) when the device could not keep
the entry, and `Refused` when the entry is impossible. Nothing here waits for a network, and nothing is edited: a
correction is a new fact, a withdrawal a tombstone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.patient.session import OpenSession, open_session, provenance, remember, sets_of
from app.store import NotSaved, Store
from hep import codec
from hep.days import local_on
from hep.facts import (
    Acknowledgement,
    CheckIn,
    Correction,
    Fact,
    ItemKey,
    ItemSkip,
    Message,
    Pause,
    Preference,
    RedFlag,
    Retraction,
    SessionEnd,
    SetLog,
    Sign,
    SkipReason,
)
from hep.history import Stored
from hep.ids import new_id
from hep.records import Load, ProgramVersion, Side
from hep.wire import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDone:
    """One set as the screen has it. `reps` or `seconds`; `started_at` and `ended_at` when the app timed it."""

    set_index: int
    side: Side | None = None
    reps: int | None = None
    seconds: int | None = None
    load: Load | None = None
    pain: int | None = None
    effort: int | None = None
    signs: tuple[Sign, ...] = ()
    lost_balance: bool = False
    stopped: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None


class PatientLog:
    """Writes facts into `store`. `clock` gives the aware UTC now, `zone` the phone's IANA zone, both at each tap.

    `saved` is called after each entry is durable, so that sync can start.
    """

    def __init__(
        self, store: Store, clock: Callable[[], datetime], zone: Callable[[], str], saved: Callable[[], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._saved = saved

    # A session

    async def start_session(
        self, version: ProgramVersion, on: date, slot: int, *, short: bool = False, caregiver: str | None = None
    ) -> OpenSession:
        """Begin a session under `version`, which it keeps to its end. It is live when `on` is today."""
        now = self._clock()
        session = OpenSession(
            id=new_id(now),
            on=on,
            slot=slot,
            program_id=version.program_id,
            version=version.version,
            started_at=now,
            live=on == local_on(now, self._zone()),
            short=short,
            caregiver=caregiver,
        )
        await remember(self._store, session)
        return session

    async def resume(self) -> OpenSession | None:
        """The session begun and not ended, also after the app was closed; None if there is none."""
        return await open_session(await self._store.history(self._zone()), self._store, self._clock())

    async def log_set(self, session: OpenSession, prescription_id: str, planned: ItemKey | None, done: SetDone) -> str:
        """Record a set; `planned` None for an extra one. Returns the fact's id."""
        return await self._record(
            SetLog(
                **self._stamp(session.on, session.id),
                program_id=session.program_id,
                version=session.version,
                prescription_id=prescription_id,
                planned=None if planned is None else str(planned),
                **{name: getattr(done, name) for name in SetDone.__dataclass_fields__},
            )
        )

    async def skip_items(
        self, session: OpenSession, planned: Sequence[ItemKey], reason: SkipReason, note: str | None = None
    ) -> tuple[str, ...]:
        """Record that planned items were not done, and why; all of them or none. Returns the facts' ids."""
        return await self._record_all(
            ItemSkip(
                **self._stamp(session.on, session.id),
                program_id=session.program_id,
                version=session.version,
                prescription_id=key.prescription_id,
                planned=str(key),
                reason=reason,
                note=note,
            )
            for key in planned
        )

    async def end_session(self, session: OpenSession, pain_after: int | None) -> str:
        """End the session with the pain after it (0–10, None: not answered). Returns the fact's id."""
        now = self._clock()
        history = await self._store.history(self._zone())
        logs = sets_of(session, history)
        ended = SessionEnd(
            **self._stamp(session.on, session.id),
            pain_after=pain_after,
            provenance=provenance(session, logs, local_on(now, self._zone())),
            started_at=session.started_at if session.live else None,
            ended_at=now if session.live else None,
            short_version=session.short,
            caregiver=session.caregiver,
            slot=session.slot,
        )
        id_ = await self._record(ended)
        with suppress(NotSaved):  # an ended session is not resumed, whether its note is still there or not
            await remember(self._store, None)
        return id_

    async def leave_session(self) -> None:
        """Forget the open session without ending it; its sets stay."""
        await remember(self._store, None)

    # Beside sessions

    async def check_in(self, pain: int, about_on: date, stiffness_min: int | None = None) -> str:
        """Record the morning answer about all sessions of `about_on`."""
        return await self._record(CheckIn(**self._stamp(), pain=pain, about_on=about_on, stiffness_min=stiffness_min))

    async def acknowledge(self, version: ProgramVersion) -> str:
        """Record that the patient has seen this version."""
        return await self._record(
            Acknowledgement(**self._stamp(), program_id=version.program_id, version=version.version)
        )

    async def raise_red_flag(
        self,
        sign: str,
        family: str | None = None,
        prescription_id: str | None = None,
        session: OpenSession | None = None,
    ) -> str:
        """Record a stop sign; it locks `family`, or with None the whole program, until the clinic clears it."""
        stamp = self._stamp(None, session.id if session else None)
        return await self._record(RedFlag(**stamp, sign=sign, family=family, prescription_id=prescription_id))

    async def set_preference(self, name: str, value: str) -> str:
        """Record a setting; the newest of a name wins (see `preferences`)."""
        return await self._record(Preference(**self._stamp(), name=name, value=value))

    async def pause(self, from_on: date, until_on: date, reason: SkipReason) -> str:
        """Record days away, both dates inclusive."""
        return await self._record(Pause(**self._stamp(), from_on=from_on, until_on=until_on, reason=reason))

    async def message(self, text: str) -> str:
        """Record a few words to the clinic."""
        return await self._record(Message(**self._stamp(), text=text))

    # What was recorded before

    async def correct(self, target: Stored, changes: Mapping[str, Any]) -> str:
        """Give the (effective) entry `target` new values by field name; what else it holds stays as it is."""
        verbatim = await self._store.body(target.id) or {}
        body = {**verbatim, **codec.dump(target.fact), **codec.dump(dict(changes))}
        return await self._record(
            Correction(
                **self._stamp(target.fact.on, target.fact.session_id),
                target_id=target.id,
                corrects=target.kind,
                body=body,
            )
        )

    async def retract(self, target: Stored) -> str:
        """Withdraw the entry `target` and all its corrections."""
        stamp = self._stamp(target.fact.on, target.fact.session_id)
        return await self._record(Retraction(**stamp, target_id=target.id))

    async def save(self, rows: Sequence[Row]) -> None:
        """Try again with the rows of a `NotSaved`; rows kept meanwhile are not doubled."""
        await self._store.put_rows(rows)
        self._saved()

    async def _record(self, fact: Fact) -> str:
        return (await self._record_all((fact,)))[0]

    async def _record_all(self, new_facts: Iterable[Fact]) -> tuple[str, ...]:
        rows = tuple(Row(kind=fact.kind.value, id=new_id(fact.at), body=codec.dump(fact)) for fact in new_facts)
        await self.save(rows)
        return tuple(row.id for row in rows)

    def _stamp(self, on: date | None = None, session_id: str | None = None) -> dict[str, Any]:
        now, zone = self._clock(), self._zone()
        return {
            "at": now,
            "zone": zone,
            "on": on or local_on(now, zone),
            "session_id": session_id,
            "device_seq": self._store.next_seq(),
        }


def preferences(rows: Sequence[Stored]) -> dict[str, str]:
    """The newest value of each name: what the clinic confirmed last, and over it what was chosen here since."""
    chosen = [row for row in rows if isinstance(row.fact, Preference)]
    chosen.sort(key=lambda row: (row.seq is None, row.seq or 0, row.fact.device_seq))
    return {row.fact.name: row.fact.value for row in chosen if isinstance(row.fact, Preference)}
