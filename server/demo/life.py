"""A demo patient in the course of the simulation: the story, the phone in the hand, and what is still to be entered."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from hep.facts import ItemKey, SkipReason
from hep.schedule import PlannedItem
from server.demo.phone import Phone
from server.demo.story import Phase, Story


@dataclass(frozen=True)
class PlannedSkip:
    """The next time the exercise of that key is due, it is skipped for this reason."""

    key: str
    reason: SkipReason
    note: str | None = None


@dataclass
class Life:
    """`keys` names the prescriptions by the story's keys, `backlog` is done and not yet entered, `skips` and
    `shorts` wait for the next time those exercises are due, `floated` are floating items done."""

    story: Story
    phone: Phone
    today: date
    keys: dict[str, str]
    backlog: list[tuple[date, int, tuple[PlannedItem, ...]]] = field(default_factory=list)
    skips: list[PlannedSkip] = field(default_factory=list)
    shorts: list[str] = field(default_factory=list)
    floated: set[ItemKey] = field(default_factory=set)

    @property
    def rng(self) -> Random:
        """The story's seeded source."""
        return self.phone.rng

    def ago(self, on: date) -> int:
        """Days from `on` to today."""
        return (self.today - on).days

    def phase(self, on: date) -> Phase:
        """The phase that `on` lies in."""
        return self.story.phase(self.ago(on))

    def along(self, on: date, pair: tuple[float, float]) -> float:
        """The value between a pair's start and end that belongs to `on`."""
        phase = self.phase(on)
        length = phase.start_ago - self.story.phase_end(phase)
        done = (phase.start_ago - self.ago(on)) / length if length else 1.0
        return pair[0] + (pair[1] - pair[0]) * done

    def level(self, on: date, pair: tuple[float, float], most: int = 10) -> int:
        """A 0–10 answer near the pair's value for `on`, at most `most`."""
        phase = self.phase(on)
        wander = self.rng.choices((-1, 0, 1), weights=(2, 7, 1))[0] if self.rng.random() < phase.noise else 0
        return max(0, min(most, round(self.along(on, pair)) + wander))
