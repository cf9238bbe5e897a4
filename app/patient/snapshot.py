"""What the screens are drawn from: one reading of the store, and of how sync stands, at one instant."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from app.patient.session import OpenSession
from app.sync import SyncState, SyncStatus
from hep.days import local_on
from hep.history import History
from hep.records import ClinicCard, Prescription, Profile, ProgramVersion

T = TypeVar("T")


@dataclass(frozen=True, eq=False, kw_only=True)
class Snapshot:
    """One reading. `locked`: exercise families on hold, None among them for the whole program.

    `memo`: what was worked out from it already.
    """

    profile: Profile | None
    clinic: ClinicCard | None
    history: History
    locked: frozenset[str | None]
    status: SyncStatus
    signed_in: bool
    revoked: bool
    open_session: OpenSession | None
    zone: str
    now: datetime
    memo: dict[object, Any] = field(default_factory=dict)

    def once(self, key: object, work: Callable[[], T]) -> T:
        """What `work` gives, worked out once for this snapshot."""
        if key not in self.memo:
            self.memo[key] = work()
        return self.memo[key]  # type: ignore[no-any-return]

    def without(self, sessions: frozenset[str | None]) -> History:
        """The history as it was before some sessions: what they log must not change their own dose."""

        def leave_out() -> History:
            rows = tuple(row for row in self.history.rows if row.fact.session_id not in sessions)
            return replace(self.history, rows=rows)

        return self.once(("without", sessions), leave_out) if sessions else self.history

    @property
    def today(self) -> date:
        """The local date: it changes at 03:00."""
        return local_on(self.now, self.zone)

    @property
    def version(self) -> ProgramVersion | None:
        """The version in force today, None when there is no program or it has ended."""
        return self.history.version_on(self.today)

    @property
    def offline(self) -> bool:
        """The clinic could not be reached lately. Not a failure: everything works."""
        return self.status.state is SyncState.OFFLINE

    @property
    def needs_sign_in(self) -> bool:
        """The sign-in ran out or was taken back."""
        return not self.signed_in or self.revoked or self.status.state is SyncState.SIGNED_OUT

    def is_locked(self, prescription: Prescription) -> bool:
        """Whether a stop sign holds this exercise's family, or everything."""
        return None in self.locked or prescription.exercise.family in self.locked
