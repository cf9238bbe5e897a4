"""What is on the player's screen before it is a fact: the count, the timer, the answers. Pure and thrown away.

A draft belongs to one set of one exercise. It decides nothing: what stops and what is prescribed is asked of `hep`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.patient.log import SetDone
from app.patient.views.session import ItemView, Step
from hep.facts import Sign
from hep.pain import stops
from hep.records import Dose, Mode, PainRule, ProgressionRule

SIGNS: dict[PainRule, Sign] = {
    PainRule.CENTRALIZE: Sign.MOVING_DOWN,
    PainRule.NERVE: Sign.TINGLING_LASTS,
    PainRule.VESTIBULAR: Sign.DIZZINESS_STAYS,
}
"""The sign a pain rule asks for besides the number (clinical-rules, own signs)."""

_BALANCE = (ProgressionRule.OTAGO_STRENGTH, ProgressionRule.OTAGO_BALANCE)


class Phase(StrEnum):
    """What the player asks now."""

    WORK = "work"
    ASK = "ask"
    HURTS = "hurts"
    SKIP = "skip"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One set being done. `count`: reps, or holds done. `ran_s` and `running_since` are the timer of one hold or of
    the whole set, `shown_left` the seconds on the screen; `all_left`: every set left was done alike."""

    begun_at: datetime
    count: int
    goal_s: int
    phase: Phase = Phase.WORK
    pain: int | None = None
    effort: int | None = None
    sign: bool = False
    lost_balance: bool = False
    all_left: bool = False
    ran_s: float = 0
    running_since: datetime | None = None
    shown_left: int | None = None
    ended_at: datetime | None = None

    @classmethod
    def of(cls, dose: Dose, mode: Mode, now: datetime) -> "Draft":
        """A fresh draft: the counter stands at the prescribed reps, the timer at the prescribed seconds."""
        goal = {Mode.HOLD: dose.hold_s, Mode.DURATION: dose.duration_s}.get(mode) or 0
        return cls(begun_at=now, count=(dose.reps or 1) if mode is Mode.REPS else 0, goal_s=goal)

    def counted(self, by: int) -> "Draft":
        """One rep more or less, between 0 and 200."""
        return replace(self, count=min(200, max(0, self.count + by)))

    def elapsed(self, now: datetime) -> float:
        """Seconds the timer has run."""
        running = (now - self.running_since).total_seconds() if self.running_since else 0
        return self.ran_s + max(0.0, running)

    def left(self, now: datetime) -> int:
        """Whole seconds left, 0 when the time is over."""
        return max(0, round(self.goal_s - self.elapsed(now)))

    def shown(self, now: datetime) -> "Draft":
        """The timer as it stands, to be drawn."""
        return replace(self, shown_left=self.left(now))

    def held(self, holds: int, now: datetime) -> "Draft":
        """The timer is over: one hold more, and after `holds` of them the questions."""
        if self.count + 1 < holds:
            return replace(self, count=self.count + 1, ran_s=0, running_since=None)
        return replace(self.ask(now), count=self.count + 1, ran_s=self.goal_s)

    def run(self, now: datetime) -> "Draft":
        """Start or go on with the timer."""
        return replace(self, running_since=now)

    def halt(self, now: datetime) -> "Draft":
        """Stand still."""
        return replace(self, ran_s=self.elapsed(now), running_since=None)

    def ask(self, now: datetime, *, all_left: bool = False) -> "Draft":
        """The set is over: ask about it."""
        return replace(self.halt(now), phase=Phase.ASK, ended_at=now, all_left=all_left)

    def hurts(self, now: datetime) -> "Draft":
        """It hurts: the timer stands, the count starts over, for nothing is taken as done."""
        return replace(self.halt(now), phase=Phase.HURTS, count=0, ended_at=now, pain=None)

    @property
    def answered(self) -> bool:
        """Both questions have an answer."""
        return self.pain is not None and self.effort is not None


SetDraft = Callable[[Callable[[Draft], Draft]], Draft]
"""Changes the newest draft by a function of it and returns what it became."""

Save = Callable[[Draft], None]


def sign_of(item: ItemView) -> Sign | None:
    """The sign this exercise asks for, or None."""
    return SIGNS.get(item.prescription.exercise.pain_rule)


def asks_balance(item: ItemView) -> bool:
    """Whether loss of balance is asked: the rule of its progression needs it."""
    return item.prescription.progression in _BALANCE or item.prescription.exercise.type == "balance"


def must_stop(item: ItemView, pain: int) -> bool:
    """Whether this pain is above what the exercise allows."""
    return stops(item.prescription.exercise.pain_rule, pain)


def set_done(draft: Draft, item: ItemView, step: Step, dose: Dose, *, stopped: bool) -> SetDone:
    """The set as it is recorded. Sets entered together carry no times of their own."""
    reps, seconds = _work(draft, dose, item.prescription.exercise.mode)
    sign = sign_of(item)
    return SetDone(
        set_index=step.number,
        side=step.side,
        reps=reps,
        seconds=seconds,
        load=dose.load,
        pain=draft.pain,
        effort=draft.effort,
        signs=(sign,) if sign and draft.sign else (),
        lost_balance=draft.lost_balance,
        stopped=stopped,
        started_at=None if draft.all_left else draft.begun_at,
        ended_at=None if draft.all_left else draft.ended_at,
    )


def _work(draft: Draft, dose: Dose, mode: Mode) -> tuple[int | None, int | None]:
    """(reps, seconds): seconds are those of one hold, reps then count the holds."""
    if mode is Mode.REPS:
        return draft.count, None
    ran = draft.goal_s if draft.all_left else round(draft.elapsed(draft.ended_at or draft.begun_at))
    if mode is Mode.DURATION:
        return None, ran
    if draft.all_left:
        return dose.reps or 1, ran
    return (draft.count, draft.goal_s) if draft.count else (1, ran)
