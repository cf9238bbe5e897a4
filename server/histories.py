"""Keeps what was read of a patient's facts, so that the next time only what is new is read.

Nothing here is ever the truth: what is kept names what it follows from and the number of the last fact in it, and is
handed out only to a transaction that holds the counter and finds the same. It is kept only once the transaction that
made it is committed, for one database, in one process, and forgotten when there is too much of it.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

from sqlmodel import Session

from hep.facts import Correction, Retraction
from hep.history import History, Stored
from hep.records import ProgramVersion

MOST_ROWS = 16_384
"""Rows kept in all, about 25 MB; the patients who pushed longest ago are forgotten first."""

OPTION = "histories"
"""The engine's execution option that holds its `Histories`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a record follows from besides the facts: the store's generation, the window's first date, the program."""

    epoch: int
    since: date
    zone: str
    versions: tuple[ProgramVersion, ...]
    pulled: tuple[tuple[int, datetime], ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A patient's history, the ids that its corrections and retractions name, and those that corrections alone name."""

    history: History
    targets: frozenset[str]
    corrected: frozenset[str]

    def can_take(self, later: Sequence[Stored]) -> bool:
        """Whether these rows change none that are here, and none that are here change them."""
        return not any(isinstance(row.fact, Correction | Retraction) or row.id in self.targets for row in later)


class Histories:
    """The records of one database. Safe to use from several threads."""

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows, self._rows = most_rows, 0
        self._kept: OrderedDict[str, tuple[Basis, int, Record]] = OrderedDict()
        self._lock = Lock()

    def find(self, patient_id: str, basis: Basis) -> tuple[int, Record] | None:
        """What was kept on exactly this basis, and the counter it was read at."""
        with self._lock:
            found = self._kept.get(patient_id)
        return (found[1], found[2]) if found is not None and found[0] == basis else None

    def keep(self, patient_id: str, basis: Basis, seq: int, record: Record) -> None:
        """Keep a patient's newest record in place of the one before; the oldest ones go when there is too much."""
        with self._lock:
            self._forget(patient_id)
            self._kept[patient_id] = (basis, seq, record)
            self._rows += len(record.history.rows)
            while self._rows > self._most_rows:
                self._forget(next(iter(self._kept)))

    def _forget(self, patient_id: str) -> None:
        if patient_id in self._kept:
            *_, record = self._kept.pop(patient_id)
            self._rows -= len(record.history.rows)


def of_session(session: Session) -> Histories:
    """The histories of the database a session works on."""
    found: Histories = session.get_bind().get_execution_options()[OPTION]
    return found


def keep_after_commit(session: Session, patient_id: str, basis: Basis, seq: int, record: Record) -> None:
    """Keep this if the transaction is committed, and never otherwise."""
    session.info.setdefault(OPTION, {})[patient_id] = (basis, seq, record)


def committed(session: Session) -> None:
    """Called by `writing` after the commit."""
    for patient_id, kept in session.info.pop(OPTION, {}).items():
        of_session(session).keep(patient_id, *kept)
