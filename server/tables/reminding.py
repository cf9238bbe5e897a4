"""What is to be sent when, to where, and what became of it. Nothing here says what a patient does or suffers from.

Planned rows follow from the facts and are worked out again at any time; what was taken from the plan stays as it
happened. Addresses are personal, credentials are secret: neither ever reaches a log.
"""

from datetime import date, datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import Instant


class Reminder(SQLModel, table=True):
    """One thing to remind a patient of: due at an instant, worthless from another one on (exclusive).

    `purpose` is a `hep.reminding.Purpose`. `state`: planned; taken (it is in the outbox); dropped, and `code` why.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("patient_id", "on_date", "slot", "purpose", name="uq_reminder_key"),
        Index("ix_reminder_due", "state", "due_at"),
    )

    id: str = Field(primary_key=True, max_length=64)
    clinic_id: str = Field(max_length=64)
    patient_id: str = Field(max_length=64)
    on_date: date
    slot: int
    purpose: str = Field(max_length=24)
    due_at: datetime = Field(sa_type=Instant)
    until_at: datetime = Field(sa_type=Instant)
    state: str = Field(default="planned", max_length=16)
    code: str | None = Field(default=None, max_length=40)


class ReminderAddress(SQLModel, table=True):
    """Where a patient wants to be reached. `address` is JSON of the channel `kind`; `digest` finds it by a secret.

    `state`: unconfirmed, ok, blocked (the phone refuses), gone (the channel says there is nobody). `device_id`: the
    device it belongs to and ends with. A confirmation's code is kept hashed, with its end and the tries so far.
    """

    __tablename__ = "reminder_address"
    __table_args__ = (Index("ix_reminder_address_patient_id", "patient_id", "state"),)

    id: str = Field(primary_key=True, max_length=64)
    clinic_id: str = Field(max_length=64)
    patient_id: str = Field(max_length=64)
    device_id: str | None = Field(default=None, max_length=64)
    kind: str = Field(max_length=16)
    address: str = Field(sa_type=Text)
    digest: str | None = Field(default=None, max_length=64, index=True)
    state: str = Field(default="unconfirmed", max_length=16)
    created_at: datetime = Field(sa_type=Instant)
    last_ok_at: datetime | None = Field(default=None, sa_type=Instant)
    last_failure_at: datetime | None = Field(default=None, sa_type=Instant)
    last_failure_code: str | None = Field(default=None, max_length=40)
    confirm_digest: str | None = Field(default=None, max_length=64)
    confirm_until: datetime | None = Field(default=None, sa_type=Instant)
    confirm_tries: int = 0


class Outbox(SQLModel, table=True):
    """One message to one address. `id` is opaque and the collapse key: a phone that has shown it shows no second.

    `state`: waiting, sent, opened, dead (given up), dropped (no longer wanted); `code` says why it is not sent.
    `not_before`: nobody takes it earlier; whoever takes it puts its own lease there and its name in `owner`.
    `reminder_id` is None for a message that somebody asked for ("send me one now").
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("reminder_id", "address_id", "due_at", name="uq_outbox_due"),
        Index("ix_outbox_waiting", "state", "not_before"),
        Index("ix_outbox_patient_id", "patient_id", "due_at"),
    )

    id: str = Field(primary_key=True, max_length=32)
    clinic_id: str = Field(max_length=64)
    patient_id: str = Field(max_length=64)
    reminder_id: str | None = Field(default=None, max_length=64)
    address_id: str = Field(max_length=64)
    kind: str = Field(max_length=16)
    purpose: str = Field(max_length=24)
    due_at: datetime = Field(sa_type=Instant)
    until_at: datetime = Field(sa_type=Instant)
    not_before: datetime = Field(sa_type=Instant)
    owner: str | None = Field(default=None, max_length=64)
    tries: int = 0
    state: str = Field(default="waiting", max_length=16)
    code: str | None = Field(default=None, max_length=40)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    opened_at: datetime | None = Field(default=None, sa_type=Instant)


class ClinicChannel(SQLModel, table=True):
    """A channel as the clinic's admin set it up: `settings` is JSON with credentials.

    The server's own keys stand under the clinic `system`.
    """

    __tablename__ = "clinic_channel"

    clinic_id: str = Field(primary_key=True, max_length=64)
    kind: str = Field(primary_key=True, max_length=16)
    settings: str = Field(sa_type=Text)
    enabled: bool = True
    changed_at: datetime = Field(sa_type=Instant)
