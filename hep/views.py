"""What the clinic's screens read: the shapes that the server fills and the therapist's client shows.

No rule lives here. Codes (`why`, `pattern`, `state`) are stable, texts are ready to show. Percentages never stand
alone: the formula that made them travels with them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hep.reaching import ReachView
from hep.records import Dose, Goal, Profile, ProgramVersion, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMark:
    """One local date of a strip; `state` is an `adherence.SessionState` value for the day as a whole."""

    on: date
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PainPoint:
    """Pain 0–10 of one local date: worst during, worst after, next morning's answer about it; None = not given."""

    on: date
    during: int | None = None
    after: int | None = None
    morning: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseloadRow:
    """One patient in the list. `group` is today, this_week or on_track; `days` are the last 14 local dates."""

    patient_id: str
    name: str
    age: int
    problem: str
    therapist_id: str
    therapist_name: str
    group: str
    why: str
    why_text: str
    why_detail: str
    pattern: str | None
    pattern_text: str
    pattern_detail: str
    days: tuple[DayMark, ...]
    morning_pain: tuple[PainPoint, ...]
    rate_text: str
    program_version: int | None
    acknowledged_version: int | None
    open_proposals: int
    locked: bool
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseload:
    """The clinic's patients, most in need first; `order_text` says how need is worked out."""

    as_of: datetime
    order_text: str
    rows: tuple[CaseloadRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdherenceView:
    """Planned sessions of a range (both dates inclusive), counted apart; `rate_text` is the formula with its result."""

    from_on: date
    until_on: date
    due: int
    done: int
    partial: int
    skipped: int
    unknown: int
    not_logged: int
    extra: int
    rate_percent: int | None
    rate_text: str
    dose_text: str
    live_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPoint:
    """Sessions of one ISO week, counted apart; `week_start` is its Monday."""

    week_start: date
    due: int
    done: int
    partial: int
    skipped: int
    unknown: int
    not_logged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPoint:
    """Work done of one exercise on one date: best set's reps or seconds, its load in words, worst pain during."""

    on: date
    amount: int
    load_text: str
    pain: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseTrend:
    """One prescription over time: dose done with its formula, and its points."""

    prescription_id: str
    name: str
    dose_text: str
    points: tuple[LoadPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """One reason or blocker in words, with the rows it rests on."""

    code: str
    text: str
    row_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """A proposal, or (with `state` hold) what stays as it is and why.

    `state` is open, accepted, modified, declined or hold.
    """

    id: str
    prescription_id: str
    name: str
    kind: str
    what: str | None
    before_text: str
    after_text: str | None
    new_dose: Dose | None
    next_exercise_id: str | None
    reasons: tuple[EvidenceView, ...]
    blockers: tuple[EvidenceView, ...]
    state: str
    base_version: int
    created_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagView:
    """Something a therapist should look at. `locks`: exercises are locked until it is cleared with a note."""

    id: str
    kind: str
    text: str
    detail: str
    locks: bool
    raised_at: datetime
    cleared_at: datetime | None = None
    cleared_by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetView:
    """One set as logged. `text` is ready to show, for example `12 × 3 lb`."""

    id: str
    index: int
    side: Side | None
    text: str
    pain: int | None
    effort: int | None
    corrected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseDone:
    """What was done of one prescription in a session, or why not."""

    prescription_id: str
    name: str
    planned_text: str
    sets: tuple[SetView, ...]
    skip_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """One session; `provenance` None: the patient has not ended it."""

    session_id: str
    on: date
    slot: int | None
    state: str
    provenance: str | None
    caregiver: str | None
    started_at: datetime | None
    ended_at: datetime | None
    pain_after: int | None
    exercises: tuple[ExerciseDone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acked:
    """The patient saw this version at this instant (the phone's)."""

    version: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    """A phone that may send. `waiting` counts rows in quarantine since it was revoked."""

    id: str
    name: str
    last_seen_at: datetime | None
    revoked_at: datetime | None
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationView:
    """An invitation as the clinic sees it later: never its secret. `state`: open, used, expired, revoked."""

    id: str
    created_at: datetime
    expires_at: datetime
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """Words from the patient."""

    id: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One line of what a version changed; an icon stands between `before` and `after`."""

    kind: str
    prescription_id: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """A version with its readable difference from the one before and, if seen, when the patient acknowledged it."""

    version: ProgramVersion
    changes: tuple[ChangeView, ...]
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientDetail:
    """Everything the patient's page shows; versions and sessions newest first."""

    profile: Profile
    birth_date: date
    age: int
    therapist_name: str
    episode_id: str
    program_id: str | None
    week_of_care: int
    today: date
    versions: tuple[VersionView, ...]
    goals: tuple[Goal, ...]
    adherence: AdherenceView
    weekly: tuple[WeekPoint, ...]
    days: tuple[DayMark, ...]
    pain: tuple[PainPoint, ...]
    baseline: Decimal | None
    exercises: tuple[ExerciseTrend, ...]
    proposals: tuple[ProposalView, ...]
    flags: tuple[FlagView, ...]
    sessions: tuple[SessionView, ...]
    devices: tuple[DeviceView, ...]
    invitations: tuple[InvitationView, ...]
    messages: tuple[MessageView, ...]
    reach: ReachView
