"""What was prescribed, done and decided. Facts and versions are only ever added; the rest is derived or a decision.

Bodies are JSON text with every field that was sent, known here or not. Columns beside a body repeat only what queries
filter by.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.tables.columns import Instant


class Episode(SQLModel, table=True):
    """One problem, from referral to discharge."""

    __tablename__ = "episode"

    id: str = Field(primary_key=True, max_length=64)
    clinic_id: str = Field(index=True, max_length=64)
    patient_id: str = Field(index=True, max_length=64)
    problem: str = Field(max_length=200)
    region: str = Field(default="", max_length=80)
    started_on: date
    ended_on: date | None = None


class ProgramHead(SQLModel, table=True):
    """A program and the number of its newest version; publishing moves it on by compare-and-set."""

    __tablename__ = "program"

    id: str = Field(primary_key=True, max_length=64)
    clinic_id: str = Field(index=True, max_length=64)
    patient_id: str = Field(index=True, max_length=64)
    episode_id: str = Field(max_length=64)
    version: int
    state: str = Field(max_length=16)


class ProgramVersionRow(SQLModel, table=True):
    """An immutable version; `body` is the dumped `ProgramVersion`."""

    __tablename__ = "program_version"

    program_id: str = Field(primary_key=True, max_length=64)
    version: int = Field(primary_key=True)
    clinic_id: str = Field(max_length=64)
    patient_id: str = Field(index=True, max_length=64)
    author_id: str = Field(max_length=64)
    published_at: datetime = Field(sa_type=Instant)
    effective_on: date
    body: str = Field(sa_type=Text)


class Pulled(SQLModel, table=True):
    """A device was given a version: slots that nobody logged are judged by what the phone knew (decisions 2)."""

    __tablename__ = "pulled"

    device_id: str = Field(primary_key=True, max_length=64)
    program_id: str = Field(primary_key=True, max_length=64)
    version: int = Field(primary_key=True)
    clinic_id: str = Field(max_length=64)
    patient_id: str = Field(index=True, max_length=64)
    pulled_at: datetime = Field(sa_type=Instant)


class Fact(SQLModel, table=True):
    """A row a phone wrote, never changed. `body_hash` is over its canonical JSON; `seq` its place in the change log."""

    __tablename__ = "fact"
    __table_args__ = (
        Index("ix_fact_trend", "patient_id", "local_on", "kind", "prescription_id", "pain"),
        Index("ix_fact_seq", "patient_id", "seq", unique=True),
    )

    patient_id: str = Field(primary_key=True, max_length=64)
    id: str = Field(primary_key=True, max_length=64)
    clinic_id: str = Field(max_length=64)
    kind: str = Field(max_length=24)
    body: str = Field(sa_type=Text)
    body_hash: str = Field(max_length=64)
    device_id: str = Field(max_length=64)
    session_id: str | None = Field(default=None, max_length=64)
    local_on: date
    at: datetime = Field(sa_type=Instant)
    zone: str = Field(max_length=64)
    prescription_id: str | None = Field(default=None, max_length=64)
    pain: int | None = None
    target_id: str | None = Field(default=None, max_length=64)
    clock_suspect: bool = False
    received_at: datetime = Field(sa_type=Instant)
    seq: int = Field(sa_type=BigInteger)


class Change(SQLModel, table=True):
    """The clinic's part of a patient's change log, beside the facts' own numbers: each record's newest change alone."""

    __tablename__ = "change"
    __table_args__ = (UniqueConstraint("patient_id", "kind", "entity_id", name="uq_change_entity"),)

    patient_id: str = Field(primary_key=True, max_length=64)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    clinic_id: str = Field(max_length=64)
    kind: str = Field(max_length=24)
    entity_id: str = Field(max_length=160)
    op: str = Field(default="put", max_length=8)


class PatientSync(SQLModel, table=True):
    """A patient's counter. `epoch` rises after a restore; a cursor below `floor` must start again.

    `settle_at`: when what follows from new facts is to be worked out, None when nothing waits; `touched`: the local
    dates whose sums wait, as a JSON list.
    """

    __tablename__ = "patient_sync"

    patient_id: str = Field(primary_key=True, max_length=64)
    clinic_id: str = Field(max_length=64)
    seq: int = Field(default=0, sa_type=BigInteger)
    epoch: int = 1
    floor: int = Field(default=0, sa_type=BigInteger)
    settle_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    touched: str | None = Field(default=None, sa_type=Text)


class PushReject(SQLModel, table=True):
    """A row that was not admitted, kept so that nothing a patient wrote is lost. One line, however often it is sent."""

    __tablename__ = "push_reject"

    patient_id: str = Field(primary_key=True, max_length=64)
    device_id: str = Field(primary_key=True, max_length=64)
    entity_id: str = Field(primary_key=True, max_length=64)
    body_hash: str = Field(primary_key=True, max_length=64)
    clinic_id: str = Field(max_length=64)
    code: str = Field(max_length=40)
    row: str = Field(sa_type=Text)
    received_at: datetime = Field(sa_type=Instant)


class Quarantine(SQLModel, table=True):
    """What a revoked phone still had to say, until a therapist releases or discards it. `rows` as sent."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("device_id", "rows_hash", name="uq_quarantine_rows"),)

    id: str = Field(primary_key=True, max_length=64)
    clinic_id: str = Field(index=True, max_length=64)
    patient_id: str = Field(index=True, max_length=64)
    device_id: str = Field(max_length=64)
    rows_hash: str = Field(max_length=64)
    row_count: int
    rows: str = Field(sa_type=Text)
    sent_at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    state: str = Field(default="held", max_length=16)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: str | None = Field(default=None, max_length=64)
    reason: str | None = Field(default=None, max_length=500)


class DayRollup(SQLModel, table=True):
    """Raw sums of one local date, recomputed from the facts: sessions due and logged, sets, pain. No verdicts."""

    __tablename__ = "day_rollup"

    patient_id: str = Field(primary_key=True, max_length=64)
    local_on: date = Field(primary_key=True)
    clinic_id: str = Field(max_length=64)
    due: int = 0
    done: int = 0
    partial: int = 0
    skipped: int = 0
    sets: int = 0
    sessions: int = 0
    live_timed: int = 0
    pain_sum: int = 0
    pain_n: int = 0
    pain_max: int | None = None
    after_max: int | None = None
    morning: int | None = None


class PatientSummary(SQLModel, table=True):
    """One line of the caseload, ready to read. It holds for `as_of`, the patient's local date."""

    __tablename__ = "patient_summary"

    patient_id: str = Field(primary_key=True, max_length=64)
    clinic_id: str = Field(index=True, max_length=64)
    as_of: date
    computed_at: datetime = Field(sa_type=Instant)
    stale_at: datetime = Field(sa_type=Instant, index=True)
    therapist_id: str = Field(index=True, max_length=64)
    rank: int
    row: str = Field(sa_type=Text)


class Proposal(SQLModel, table=True):
    """A change the engine proposes. `open_key` is set only while it is open: one per prescription and dose."""

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("patient_id", "open_key", name="uq_proposal_open"),)

    id: str = Field(primary_key=True, max_length=64)
    clinic_id: str = Field(max_length=64)
    patient_id: str = Field(index=True, max_length=64)
    program_id: str = Field(max_length=64)
    prescription_id: str = Field(max_length=64)
    base_version: int
    dose_since_version: int
    open_key: str | None = Field(default=None, max_length=160)
    state: str = Field(default="open", max_length=16)
    rule_set: str = Field(max_length=40)
    verdict: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: str | None = Field(default=None, max_length=120)
    decision_reason: str | None = Field(default=None, max_length=500)
    result_version: int | None = None


class Flag(SQLModel, table=True):
    """Something a therapist should look at. `key` names its evidence, so that one cause raises one flag."""

    __tablename__ = "flag"
    __table_args__ = (UniqueConstraint("patient_id", "key", name="uq_flag_key"),)

    id: str = Field(primary_key=True, max_length=64)
    clinic_id: str = Field(max_length=64)
    patient_id: str = Field(index=True, max_length=64)
    key: str = Field(max_length=200)
    kind: str = Field(max_length=24)
    prescription_id: str | None = Field(default=None, max_length=64)
    fact_id: str | None = Field(default=None, max_length=64)
    locks: bool = False
    evidence: str = Field(sa_type=Text)
    raised_at: datetime = Field(sa_type=Instant)
    cleared_at: datetime | None = Field(default=None, sa_type=Instant)
    cleared_by: str | None = Field(default=None, max_length=120)
    note: str | None = Field(default=None, max_length=500)


class ClearanceRow(SQLModel, table=True):
    """A red flag was cleared; the phone pulls this and unlocks. `body` is the dumped `Clearance`."""

    __tablename__ = "clearance"

    id: str = Field(primary_key=True, max_length=64)
    clinic_id: str = Field(max_length=64)
    patient_id: str = Field(index=True, max_length=64)
    red_flag_id: str = Field(max_length=64)
    cleared_at: datetime = Field(sa_type=Instant)
    body: str = Field(sa_type=Text)
