"""What travels between phone and clinic: push, pull, and the tokens they ride on.

Two verbs and one cursor. The cursor is opaque to the phone. Unknown fields are errors everywhere except inside a
row's body.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

SCHEMA = 1
"""The version of these types. The server keeps reading older pushes for ever and refuses pulls below OLDEST_PULL."""

OLDEST_PULL = 1
MAX_ROWS = 500
"""Rows in one push, inclusive (sync.md)."""

MAX_BYTES = 1024 * 1024
"""Bytes of a request body after decompression, inclusive (sync.md)."""

PULL_LIMIT = 500


class Status(StrEnum):
    """The verdict on one pushed row. All but RETRY take it off the phone's queue; REJECTED puts it on the shelf."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    REJECTED = "rejected"
    RETRY = "retry"


class Op(StrEnum):
    """What a change does to the phone's copy of a record."""

    PUT = "put"
    DROP = "drop"


class ServerKind(StrEnum):
    """Records that only the clinic writes. Their ids: patient, clinic, `program:version`, and a UUID."""

    PROFILE = "profile"
    CLINIC = "clinic"
    PROGRAM = "program"
    CLEARANCE = "clearance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One fact on its way: `body` is kept verbatim, `id` is the device's UUID."""

    kind: str
    id: str
    body: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    """A batch of at most MAX_ROWS rows. `batch_id` is for tracing only: a retry may cut its batches elsewhere."""

    device_id: str
    schema: int
    batch_id: str
    sent_at: datetime
    rows: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """The verdict on one row; `code` and `sentence` say why a row was rejected."""

    id: str
    status: Status
    code: str | None = None
    sentence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PushReply:
    """`high` is the patient's change counter after this push, `epoch` the restore generation it belongs to."""

    results: tuple[RowResult, ...]
    high: int
    epoch: int
    server_time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of a patient's change log, newest state of its record included."""

    seq: int
    kind: str
    id: str
    op: Op
    body: dict[str, Any] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReply:
    """A page of changes in the one order that every device applies them in."""

    changes: tuple[Change, ...]
    cursor: str
    more: bool
    epoch: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeem:
    """Turn an invitation into a device: the link's `secret`, or the typed `code` with the birth date."""

    device_name: str
    nonce: str
    secret: str | None = None
    code: str | None = None
    birth_date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A staff member's email and password."""

    email: str
    password: str
    device_name: str
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """Exchange a refresh token. Repeating it with the same nonce gives the same successor (decisions 12)."""

    refresh_token: str
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Opaque bearer tokens. `scope` is `full`, or `quarantine` for a revoked device that may only push."""

    access_token: str
    refresh_token: str
    access_expires_at: datetime
    role: str
    device_id: str
    person_id: str
    person_name: str
    clinic_name: str
    scope: str = "full"
