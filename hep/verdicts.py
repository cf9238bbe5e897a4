"""What a judgment of one prescription says: advance, hold or regress, to what, and why.

Holds no rule; `progression` fills it, a therapist decides on it.
"""

from dataclasses import dataclass
from enum import StrEnum

from hep.readiness import Evidence
from hep.records import Dose

RULE_SET = "stepwise-rules-1"
"""The version of every rule and constant in this package; stored with each proposal."""


class VerdictKind(StrEnum):
    """The three answers."""

    ADVANCE = "advance"
    HOLD = "hold"
    REGRESS = "regress"


class What(StrEnum):
    """What a verdict changes."""

    REPS = "reps"
    LOAD = "load"
    HOLD = "hold"
    TIME = "time"
    RUNG = "rung"
    SETS = "sets"
    REST = "rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A proposal, or why there is none.

    `new` is the dose proposed (None for a rung, a rest or a hold); `next_exercise_id` a harder exercise when `what`
    is RUNG, or on a regress the easier one to consider. A RUNG without one asks "stop?" (range of motion). On an
    advance `reasons` support it; on a hold `blockers` say what is missing and `reasons` what was fine.
    """

    kind: VerdictKind
    what: What | None
    old: Dose
    new: Dose | None = None
    next_exercise_id: str | None = None
    reasons: tuple[Evidence, ...] = ()
    blockers: tuple[Evidence, ...] = ()
    rule_set: str = RULE_SET
