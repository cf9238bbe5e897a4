"""The ends of the audit chains, kept in a file outside of the database: what shows that a chain's newest part was cut.

One line of JSON for each chain and export, only ever added. A copied, edited or restored database is held against every
line: at that place in the chain there must be that entry, however much has come after it.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from server import audit
from server.tables.people import AuditEntry, AuditHead


class HeadsUnreadable(ValueError):
    """A line of the file is none that `export` wrote: `args[0]` is its number, counted from 1."""


@dataclass(frozen=True, slots=True)
class Head:
    """A chain had `seq` entries at the instant `at` (ISO text), and the last one's digest was `digest`."""

    clinic_id: str
    seq: int
    digest: str
    at: str


def export(session: Session, file: Path, now: datetime) -> int:
    """Add the end of every sound chain to the file. Returns how many.

    A chain that is broken is left out: its end must not become what it is held against.
    """
    found = []
    for clinic_id in chains(session):
        state = audit.verify(session, clinic_id)
        if state.sound:
            found.append(Head(clinic_id, state.entries, state.head, now.isoformat()))
    with file.open("a") as lines:
        lines.writelines(f"{json.dumps(asdict(head))}\n" for head in found)
    return len(found)


def chains(session: Session) -> list[str]:
    """The clinics that have a chain, in order."""
    return list(session.exec(select(AuditHead.clinic_id).order_by(AuditHead.clinic_id)).all())


def missing(session: Session, file: Path) -> Iterator[Head]:
    """The kept ends that the chains of today do not hold. Raises `HeadsUnreadable`, OSError."""
    for number, line in enumerate(file.read_text().splitlines(), 1):
        head = _read(number, line)
        kept = select(AuditEntry.digest).where(AuditEntry.clinic_id == head.clinic_id, col(AuditEntry.seq) == head.seq)
        if session.exec(kept).one_or_none() != head.digest:
            yield head


def _read(number: int, line: str) -> Head:
    try:
        head = Head(**json.loads(line))
    except (TypeError, ValueError):
        raise HeadsUnreadable(number) from None
    if not isinstance(head.seq, int):
        raise HeadsUnreadable(number)
    return head
