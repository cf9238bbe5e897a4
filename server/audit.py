"""The audit log: one hash chain per clinic, appended in the same transaction as what it tells of.

`record` remembers an entry, `server.database.writing` appends what was remembered as the last thing before the
commit, so that writers of one clinic wait for each other as shortly as possible. Entries hold ids and codes only:
no values, no names, no free text. The database refuses to change or delete one.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, String, bindparam, text, update
from sqlalchemy import select as columns
from sqlmodel import Session, SQLModel, col

from server.bulk import insert_many
from server.tables.people import AuditHead, Device

SYSTEM = "system"
"""The chain of what belongs to no clinic."""

_FIRST = "0" * 64

_BEGIN = text("INSERT INTO audit_head (clinic_id, seq, digest) VALUES (:clinic, 0, :first) ON CONFLICT DO NOTHING")
_LOCKED = (
    columns(col(AuditHead.seq), col(AuditHead.digest))
    .where(col(AuditHead.clinic_id) == bindparam("clinic_id", type_=String))
    .with_for_update()
)
_MOVE = update(AuditHead).where(col(AuditHead.clinic_id) == bindparam("clinic", type_=String))
_ENTRIES = SQLModel.metadata.tables["audit_entry"]

Entry = dict[str, Any]
"""An audit entry by the columns of `AuditEntry`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: ids and codes only. `role` is a `hep.access.Role` value, `none` or `system`."""

    clinic_id: str = SYSTEM
    person_id: str = ""
    role: str = "none"
    device_id: str = ""
    address: str = ""
    request_id: str = ""


def of_device(stranger: Actor, device: Device) -> Actor:
    """The owner of a device as actor, where the request came without a sign-in of its own."""
    return replace(
        stranger,
        clinic_id=device.clinic_id,
        person_id=device.patient_id or device.staff_id or "",
        role="patient" if device.patient_id else "staff",
        device_id=device.id,
    )


def of_clinic(stranger: Actor, clinic_id: str) -> Actor:
    """Somebody who did not get in, in the chain of the clinic they tried."""
    return replace(stranger, clinic_id=clinic_id)


def record(
    session: Session,
    actor: Actor,
    action: str,
    now: datetime,
    *,
    resource: str,
    resource_id: str = "",
    patient_id: str = "",
    outcome: str = "ok",
) -> None:
    """Remember an entry for this transaction. `action` is a code such as `patient.read`, `outcome` ok or a code."""
    session.info.setdefault("audit", []).append(
        {
            "clinic_id": actor.clinic_id,
            "at": now.astimezone(UTC),
            "actor_id": actor.person_id,
            "role": actor.role,
            "device_id": actor.device_id,
            "address": actor.address,
            "action": action,
            "resource": resource,
            "resource_id": resource_id,
            "patient_id": patient_id,
            "outcome": outcome,
            "request_id": actor.request_id,
        }
    )


def append_recorded(session: Session) -> None:
    """Put what was recorded at the end of its chains. Called by `writing`, once, before the commit."""
    entries: list[Entry] = session.info.pop("audit", [])
    session.flush()
    for clinic_id in sorted({entry["clinic_id"] for entry in entries}):
        _append(session.connection(), clinic_id, [entry for entry in entries if entry["clinic_id"] == clinic_id])


def _append(connection: Connection, clinic_id: str, entries: list[Entry]) -> None:
    seq, digest = _locked_head(connection, clinic_id)
    for entry in entries:
        seq += 1
        entry |= {"seq": seq, "previous": digest}
        digest = entry["digest"] = digest_of(entry)
    insert_many(connection, _ENTRIES, entries, {})
    connection.execute(_MOVE, {"clinic": clinic_id, "seq": seq, "digest": digest})


def _locked_head(connection: Connection, clinic_id: str) -> tuple[int, str]:
    head = connection.execute(_LOCKED, {"clinic_id": clinic_id}).one_or_none()
    if head is None:
        connection.execute(_BEGIN, {"clinic": clinic_id, "first": _FIRST})
        head = connection.execute(_LOCKED, {"clinic_id": clinic_id}).one()
    return head.seq, head.digest


def digest_of(entry: Mapping[Any, Any]) -> str:
    """SHA-256 over the entry's canonical form, which names the digest before it."""
    row = {name: value for name, value in entry.items() if name != "digest"}
    row["at"] = entry["at"].astimezone(UTC).isoformat(timespec="microseconds")
    canonical = json.dumps(row, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verified:
    """The state of one chain: how many entries are sound from the beginning, and the first that is not."""

    entries: int
    head: str
    broken_at: int | None

    @property
    def sound(self) -> bool:
        """True when every entry is there, in order and unchanged."""
        return self.broken_at is None


class Walk:
    """A chain read from its beginning, entry by entry; after the first bad one nothing more is believed."""

    def __init__(self) -> None:
        self._count, self._previous = 0, _FIRST
        self._broken = False

    def step(self, entry: Mapping[Any, Any]) -> bool:
        """Take the next entry, by the columns of `AuditEntry`; False when the chain is broken."""
        says = (entry["seq"], entry["previous"], entry["digest"])
        if says != (self._count + 1, self._previous, digest_of(entry)):
            self._broken = True
        if not self._broken:
            self._count, self._previous = entry["seq"], entry["digest"]
        return not self._broken

    def ended(self, head: tuple[int, str] | None) -> Verified:
        """The state of a chain that has no more entries, against its recorded end (None: it has none)."""
        whole = not self._broken and (head or (0, _FIRST)) == (self._count, self._previous)
        return Verified(self._count, self._previous, None if whole else self._count + 1)


def verify(session: Session, clinic_id: str) -> Verified:
    """Walk a clinic's chain from its first entry to its recorded end."""
    walk = Walk()
    query = columns(_ENTRIES).where(_ENTRIES.c.clinic_id == clinic_id).order_by(_ENTRIES.c.seq)
    with closing(session.connection().execute(query.execution_options(yield_per=500)).mappings()) as rows:
        for entry in rows:
            if not walk.step(entry):
                break
    head = session.get(AuditHead, clinic_id)
    return walk.ended((head.seq, head.digest) if head else None)
