"""What a clinic prescribes: exercises, doses, schedules, goals and immutable program versions.

Every record is a frozen dataclass. It refuses impossible values with `Refused` and holds no rule that needs a
clock or a history: those live in `schedule`, `adherence`, `pain`, `progression` and `prescribing`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from hep.problems import check, check_text


class Mode(StrEnum):
    """How a set is measured."""

    REPS = "reps"
    HOLD = "hold"
    DURATION = "duration"


class Laterality(StrEnum):
    """Whether an exercise works both sides at once, one side at a time, or alternates within a set."""

    BILATERAL = "bilateral"
    UNILATERAL = "unilateral"
    ALTERNATING = "alternating"


class Side(StrEnum):
    """The side prescribed or done. BOTH in a prescription means: the whole dose on each side in turn."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class PainRule(StrEnum):
    """Which ceiling and which signs of its own an exercise is judged by (see `pain`)."""

    STANDARD = "standard"
    TENDON = "tendon"
    CENTRALIZE = "centralize"
    NERVE = "nerve"
    VESTIBULAR = "vestibular"
    STRETCH = "stretch"
    PAIN_FREE = "pain_free"
    NONE = "none"


class ProgressionRule(StrEnum):
    """How an exercise may advance (see `progression`)."""

    DOUBLE = "double"
    HOLD = "hold"
    TIME = "time"
    ROM = "rom"
    OTAGO_STRENGTH = "otago_strength"
    OTAGO_BALANCE = "otago_balance"
    NONE = "none"


class LoadUnit(StrEnum):
    """A load stays in the unit it was prescribed in: 3 lb is never turned into 1.36 kg."""

    KG = "kg"
    LB = "lb"
    BAND = "band"


class Severity(StrEnum):
    """What a matching precaution flag does in the builder."""

    WARN = "warn"
    BLOCK = "block"


class Intent(StrEnum):
    """What a goal measures: a capacity (strength, range, endurance) or a function of daily life."""

    CAPACITY = "capacity"
    FUNCTION = "function"


class ReviewStatus(StrEnum):
    """Whether a licensed clinician has looked an exercise over."""

    NOT_REVIEWED = "not_reviewed"
    REVIEWED = "reviewed"


class ProgramState(StrEnum):
    """A version is active until a later one replaces it; an archived or withdrawn program has nothing due."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A weight in kg or lb, or a band of a color. Exactly one of `amount` (0–500, weights) and `band` is given."""

    unit: LoadUnit
    amount: Decimal | None = None
    band: str | None = None

    def __post_init__(self) -> None:
        if self.unit is LoadUnit.BAND:
            check(
                bool(self.band) and self.amount is None,
                "load_invalid",
                "Name the band's color and no weight.",
            )
            check_text("band", self.band, 40)
        else:
            ok = self.band is None and self.amount is not None and Decimal(0) <= self.amount <= Decimal(500)
            check(ok, "load_invalid", "A weight is between 0 and 500.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """How much: sets of reps, holds or timed work. Seconds throughout; the range ends are inclusive.

    `reps` counts per set (and per side), `hold_s` is per hold, `duration_s` per set. `reps_min`–`reps_max` is the
    range of double progression, `hold_max_s` and `duration_max_s` the ceilings of their rules (None: the rule's own).
    """

    sets: int
    reps: int | None = None
    hold_s: int | None = None
    duration_s: int | None = None
    rest_s: int = 0
    reps_min: int | None = None
    reps_max: int | None = None
    hold_max_s: int | None = None
    duration_max_s: int | None = None
    load: Load | None = None
    load_step_percent: int = 5
    effort_target: int | None = None

    def __post_init__(self) -> None:
        check(1 <= self.sets <= 20, "dose_invalid", "Choose between 1 and 20 sets.")
        for value in (self.reps, self.reps_min, self.reps_max):
            check(value is None or 1 <= value <= 200, "dose_invalid", "Choose between 1 and 200 repetitions.")
        for seconds in (self.hold_s, self.duration_s, self.hold_max_s, self.duration_max_s):
            check(seconds is None or 1 <= seconds <= 7200, "dose_invalid", "Choose between 1 and 7,200 seconds.")
        check(0 <= self.rest_s <= 1800, "dose_invalid", "Choose a rest between 0 and 1,800 seconds.")
        check(2 <= self.load_step_percent <= 10, "dose_invalid", "A load step is between 2 and 10 percent.")
        check(self.effort_target is None or 0 <= self.effort_target <= 10, "dose_invalid", "Effort is 0 to 10.")
        if self.reps_min is not None and self.reps_max is not None:
            check(self.reps_min <= self.reps_max, "dose_invalid", "The rep range ends below its start.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Which local dates, how many slots a day, from and until (both inclusive; no `until_on` = open).

    `weekdays` holds ISO weekdays 1–7 (all seven = daily). `per_week` makes it floating: so many times in an ISO
    week, on days the patient chooses; `weekdays` is then ignored and `times_per_day` must be 1.
    """

    from_on: date
    until_on: date | None = None
    times_per_day: int = 1
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    per_week: int | None = None

    def __post_init__(self) -> None:
        check(1 <= self.times_per_day <= 8, "schedule_invalid", "Choose between 1 and 8 times a day.")
        days = set(self.weekdays)
        ok = len(days) == len(self.weekdays) and days <= set(range(1, 8))
        check(ok and bool(days), "schedule_invalid", "Choose at least one weekday, each once.")
        if self.per_week is not None:
            check(1 <= self.per_week <= 7, "schedule_invalid", "Choose between 1 and 7 times a week.")
            check(
                self.times_per_day == 1,
                "schedule_invalid",
                "Times a week and times a day do not go together.",
            )
        if self.until_on is not None:
            check(self.from_on <= self.until_on, "schedule_invalid", "The last day lies before the first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseFlag:
    """A precaution an exercise carries, to be held against the patient's own flags."""

    flag: str
    severity: Severity = Severity.WARN


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Who looked an exercise over, and when; all three are given once it is reviewed."""

    status: ReviewStatus = ReviewStatus.NOT_REVIEWED
    reviewer: str | None = None
    credentials: str | None = None
    reviewed_on: date | None = None

    def __post_init__(self) -> None:
        given = [part is not None for part in (self.reviewer, self.credentials, self.reviewed_on)]
        check(
            all(given) if self.status is ReviewStatus.REVIEWED else not any(given),
            "invalid",
            "A review names its reviewer, credentials and date; without a review there is none of them.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One row of the library or of a clinic's own. `loadable`: a load can be added. `loaded`: the next-morning check
    judges it.

    `why` tells the patient what it is good for. It and `review` are not in versions published before there were any.
    `photo`: the SHA-256 of a photo the clinic holds; `drawing`: the library row whose drawing shows it too.
    """

    id: str
    name: str
    region: str
    type: str
    position: str
    laterality: Laterality
    mode: Mode
    dose: Dose
    times_per_day: int
    days_per_week: int
    equipment: tuple[str, ...]
    easier: tuple[str, ...]
    harder: tuple[str, ...]
    easier_ids: tuple[str, ...]
    harder_ids: tuple[str, ...]
    cues: tuple[str, ...]
    precaution: str
    progression: ProgressionRule
    pain_rule: PainRule
    flags: tuple[ExerciseFlag, ...]
    loadable: bool
    loaded: bool
    family: str
    stage: int
    synonyms: tuple[str, ...]
    why: str = ""
    review: Review = Review()
    photo: str | None = None
    drawing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What the patient works toward, in the patient's words, with a measurable baseline and target where given."""

    id: str
    text: str
    intent: Intent
    measure: str | None = None
    unit: str | None = None
    baseline: Decimal | None = None
    target: Decimal | None = None
    target_on: date | None = None

    def __post_init__(self) -> None:
        check_text("goal", self.text, 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A precaution warning the therapist accepted for this patient, with the written reason."""

    flag: str
    reason: str

    def __post_init__(self) -> None:
        check_text("reason", self.reason, 500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """One exercise, dosed and scheduled, in one version. Its id survives versions; the exercise is a snapshot.

    `amber_may_progress`: two amber sessions in a row may support progress. `minimum_set`: part of the short
    version for a bad day. `dose_since_version`: the version that last changed this prescription's own dose.
    """

    id: str
    exercise: Exercise
    side: Side | None
    dose: Dose
    schedule: Schedule
    goal_id: str | None
    note: str = ""
    progression: ProgressionRule = ProgressionRule.NONE
    two_for_two: bool = False
    amber_may_progress: bool = False
    minimum_set: bool = False
    spacing_override: bool = False
    overrides: tuple[Override, ...] = ()
    dose_since_version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramVersion:
    """An immutable version of a program, in force from `effective_on` (inclusive) until the next one's.

    `changed` lists the prescription ids that differ from the version before; `reason` is what the patient is told.
    """

    program_id: str
    version: int
    episode_id: str
    author_id: str
    author_name: str
    published_at: datetime
    effective_on: date
    reason: str
    goals: tuple[Goal, ...]
    prescriptions: tuple[Prescription, ...]
    changed: tuple[str, ...] = ()
    state: ProgramState = ProgramState.ACTIVE

    @property
    def id(self) -> str:
        """The record's id on the wire: program and version."""
        return f"{self.program_id}:{self.version}"

    def prescription(self, prescription_id: str) -> Prescription | None:
        """The prescription of that id in this version, or None."""
        return next((p for p in self.prescriptions if p.id == prescription_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSign:
    """One row of the stop screen: what to look for, and which group it belongs to (emergency, same_day, soon)."""

    id: str
    text: str
    group: str
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicCard:
    """What a phone knows of its clinic, so that the stop screen works offline. Numbers and texts are the clinic's."""

    id: str
    name: str
    phone: str
    emergency_number: str
    emergency_text: str
    clinic_text: str
    stop_signs: tuple[StopSign, ...] = ()
    band_order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The patient as the phone knows them: no diagnosis, no address. `time_budget_min` is per session, in minutes."""

    id: str
    name: str
    zone: str
    flags: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    time_budget_min: int | None = None
    problem: str = ""
    region: str = ""
    next_visit_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """A therapist cleared a red flag: the exercise family it locked opens again."""

    id: str
    red_flag_id: str
    cleared_at: datetime
    by: str
    note: str
