"""How a demo story is written down: a person, a plan of care, habits by phase, and what happens on which day.

Days are counted back from today: `ago=0` is today, `ago=1` yesterday. Nothing here runs; `behavior` and `simulate` do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hep.facts import Sign, SkipReason
from hep.records import Intent, Load, LoadUnit, Side


def pounds(amount: str) -> Load:
    """A weight in pounds."""
    return Load(unit=LoadUnit.LB, amount=Decimal(amount))


def kilos(amount: str) -> Load:
    """A weight in kilograms."""
    return Load(unit=LoadUnit.KG, amount=Decimal(amount))


def band(color: str) -> Load:
    """A band of one of the clinic's colors."""
    return Load(unit=LoadUnit.BAND, band=color)


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A goal in the patient's words; `target_in` counts days from today."""

    text: str
    intent: Intent = Intent.FUNCTION
    measure: str | None = None
    unit: str | None = None
    baseline: str | None = None
    target: str | None = None
    target_in: int = 28


@dataclass(frozen=True, kw_only=True)
class Rx:
    """One exercise as the therapist first prescribes it. `goal` is an index into the plan's aims.

    `dose` holds changes to the library row's dose; what is left out stays as the library has it. `weekdays` None:
    spread over the week as often as the library row says. `from_today` counts weekdays from today's instead (0 =
    today's weekday), so that a visitor finds something to do on any day. `until_ago` is its last day.
    """

    key: str
    exercise: str
    goal: int = 0
    side: Side | None = None
    dose: Mapping[str, Any] | None = None
    weekdays: tuple[int, ...] | None = None
    from_today: tuple[int, ...] | None = None
    per_week: int | None = None
    times: int | None = None
    note: str = ""
    minimum: bool = False
    until_ago: int | None = None
    amber_may_progress: bool = False


@dataclass(frozen=True, kw_only=True)
class Revision:
    """The therapist publishes a new version. `dose` changes doses by key, `drop` ends, `add` begins exercises."""

    ago: int
    reason: str
    dose: Mapping[str, Mapping[str, Any]] | None = None
    add: tuple[Rx, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Visit:
    """The therapist decides what is proposed for these exercises, in this order.

    `decision` is accept, modify or decline; `dose` is what a modification changes in the proposed dose.
    """

    ago: int
    decision: str
    reason: str
    keys: tuple[str, ...]
    dose: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Phase:
    """How the patient lives with the program from `start_ago` until the next phase begins.

    Pairs are a value at the start and at the end of the phase. `attend` is the chance that a planned session is
    begun, `finish` that everything in it is done, `excuse` that a session not begun carries a reason, `morning` the
    usual next-morning answer, `answers` the chance that it is given, `extra` that a session too many is done, `wobble`
    that balance is lost in a set.
    """

    start_ago: int
    attend: float = 0.95
    finish: float = 0.95
    excuse: float = 0.5
    reasons: tuple[SkipReason, ...] = (SkipReason.NO_TIME,)
    during: tuple[float, float] = (2, 1)
    after: tuple[float, float] | None = None
    morning: tuple[float, float] = (2, 1)
    stiffness: tuple[int, int] = (15, 5)
    answers: float = 0.95
    effort: tuple[int, ...] = (6, 8)
    extra: float = 0.0
    noise: float = 1.0
    live: float = 0.85
    backfill: float = 0.0
    signs: tuple[Sign, ...] = ()
    wobble: float = 0.0


NOT_YET_TODAY = Phase(start_ago=0, attend=0, excuse=0)
"""Nothing was done today so far."""


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One thing the patient does on one day. `what` is a verb of `happenings`, `args` its words."""

    ago: int
    what: str
    args: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Story:
    """A patient: who, what was prescribed, how it goes, and what happens.

    `start_ago` is the day of the first version, `hour` the local hour of the first session of a day, `sync_every`
    the days between two pushes. `silent_from` is the day from which the phone is not touched any more, `begins_in`
    the days from `start_ago` to the first day of the program. `visitor` marks whom a visitor may try out.
    """

    name: str
    age: int
    therapist: int
    problem: str
    region: str
    start_ago: int
    aims: tuple[Aim, ...]
    plan: tuple[Rx, ...]
    phases: tuple[Phase, ...]
    zone: str = "America/New_York"
    flags: tuple[str, ...] = ()
    accepted_because: str = ""
    equipment: tuple[str, ...] = ()
    budget: int | None = 20
    hour: int = 17
    sync_every: int = 1
    revisions: tuple[Revision, ...] = ()
    visits: tuple[Visit, ...] = ()
    happenings: tuple[Happening, ...] = ()
    silent_from: int | None = None
    caregiver: str | None = None
    phone_name: str = "iPhone"
    invited: bool = True
    begins_in: int = 0
    visitor: bool = False
    next_visit_in: int | None = None

    def phase(self, ago: int) -> Phase:
        """The phase in force `ago` days ago: the latest one begun."""
        begun = [phase for phase in self.phases if phase.start_ago >= ago]
        return min(begun, key=lambda phase: phase.start_ago)

    def phase_end(self, phase: Phase) -> int:
        """The last day (counted back) of a phase."""
        later = [other.start_ago for other in self.phases if other.start_ago < phase.start_ago]
        return max(later) + 1 if later else 0
