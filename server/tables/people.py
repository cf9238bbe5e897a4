"""Clinics, the people in them, and how they get in. Clinical content lives in `care`, never here.

Every table that holds personal data carries `clinic_id`. No table holds a password, a token, an invitation secret or
a network address in the clear.
"""

from datetime import date, datetime
from typing import Any

from sqlmodel import JSON, Field, SQLModel

from server.tables.columns import Instant


class Clinic(SQLModel, table=True):
    """The tenant. `demo` marks a clinic of invented people, the only kind that may be thrown away."""

    __tablename__ = "clinic"
    id: str = Field(primary_key=True)
    name: str
    zone: str
    phone: str = ""
    emergency_number: str = ""
    emergency_text: str = ""
    clinic_text: str = ""
    stop_signs: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    band_order: list[str] = Field(default_factory=list, sa_type=JSON)
    demo: bool = False
    created_at: datetime = Field(sa_type=Instant)


class Staff(SQLModel, table=True):
    """A person who signs in with email and password; `role` is a `hep.access.Role` value, never patient."""

    __tablename__ = "staff"
    id: str = Field(primary_key=True)
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    name: str
    email: str = Field(unique=True)
    password_hash: str
    role: str
    active: bool = True
    created_at: datetime = Field(sa_type=Instant)


class Patient(SQLModel, table=True):
    """A person in care. What the phone may know of them is `hep.records.Profile`."""

    __tablename__ = "patient"
    id: str = Field(primary_key=True)
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    therapist_id: str = Field(foreign_key="staff.id", index=True)
    name: str
    birth_date: date
    zone: str
    flags: list[str] = Field(default_factory=list, sa_type=JSON)
    equipment: list[str] = Field(default_factory=list, sa_type=JSON)
    time_budget_min: int | None = None
    problem: str = ""
    region: str = ""
    next_visit_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)


class Device(SQLModel, table=True):
    """One install of the app, or one browser session of a staff member: what tokens hang on and revoking cuts off.

    Exactly one of `patient_id` and `staff_id` is set. `last_seen_at` is exact to a minute.
    """

    __tablename__ = "device"
    id: str = Field(primary_key=True)
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    patient_id: str | None = Field(default=None, foreign_key="patient.id", index=True)
    staff_id: str | None = Field(default=None, foreign_key="staff.id", index=True)
    name: str
    created_at: datetime = Field(sa_type=Instant)
    last_seen_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_by: str | None = None


class Token(SQLModel, table=True):
    """A bearer token by its SHA-256. `used_nonce` (a hash) marks a refresh token that was exchanged.

    `family` names the chain that began with one sign-in; reuse of a spent token revokes the whole chain.
    """

    __tablename__ = "token"
    digest: str = Field(primary_key=True)
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    family: str = Field(index=True)
    kind: str
    scope: str
    issued_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    used_nonce: str | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class Invitation(SQLModel, table=True):
    """A one-time way in for one patient: the link's secret, or the typed code with the birth date, both hashed."""

    __tablename__ = "invitation"
    id: str = Field(primary_key=True)
    clinic_id: str = Field(foreign_key="clinic.id", index=True)
    patient_id: str = Field(foreign_key="patient.id", index=True)
    created_by: str = Field(foreign_key="staff.id")
    secret_digest: str = Field(unique=True)
    code_digest: str = Field(unique=True)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    tries: int = 0
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    redeemed_at: datetime | None = Field(default=None, sa_type=Instant)
    redeemed_nonce: str | None = None
    device_id: str | None = Field(default=None, foreign_key="device.id")


class SignInAttempt(SQLModel, table=True):
    """Failures in a row for one key: a keyed hash of an account or of an address, so that neither can be read here."""

    __tablename__ = "sign_in_attempt"
    key: str = Field(primary_key=True)
    failures: int
    last_at: datetime = Field(sa_type=Instant, index=True)


class AuditEntry(SQLModel, table=True):
    """One link of a clinic's audit chain: who did what to which record, and how it ended. No values, no free text.

    `clinic_id` is `system` for what belongs to no clinic, such as a sign-in with an unknown email.
    """

    __tablename__ = "audit_entry"
    clinic_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    actor_id: str
    role: str
    device_id: str
    address: str
    action: str
    resource: str
    resource_id: str
    patient_id: str
    outcome: str
    request_id: str
    previous: str
    digest: str


class AuditHead(SQLModel, table=True):
    """The end of each audit chain; its row is the lock that keeps the chain in one line."""

    __tablename__ = "audit_head"
    clinic_id: str = Field(primary_key=True)
    seq: int
    digest: str
