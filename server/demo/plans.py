"""Turns what a story prescribes into drafts that the clinic's own publishing service checks and publishes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from hep.ids import new_id
from hep.library import prescribe, starting_schedule
from hep.precautions import findings
from hep.prescribing import Draft, draft_of
from hep.records import Exercise, Goal, Override, Prescription, ProgramVersion, Schedule
from server.demo.life import Life
from server.demo.phone import wall
from server.demo.story import Aim, Revision, Rx
from server.library import exercises

_FIRST_REASON = "Your first program, as agreed at the visit."


@dataclass
class Planner:
    """Writes the drafts of one patient; the ids it makes come from the story's own source."""

    life: Life
    program_id: str
    episode_id: str

    def first(self, on: date) -> Draft:
        """The draft of version 1, in force on `on`."""
        goals = tuple(self._goal(aim) for aim in self.life.story.aims)
        return Draft(
            program_id=self.program_id,
            episode_id=self.episode_id,
            base_version=0,
            reason=_FIRST_REASON,
            effective_on=on,
            goals=goals,
            prescriptions=tuple(self._prescriptions(self.life.story.plan, goals, on)),
        )

    def next(self, current: ProgramVersion, revision: Revision, on: date) -> Draft:
        """The draft of a revision of `current`, in force on `on`."""
        changes = revision.dose or {}
        kept = [
            replace(p, dose=replace(p.dose, **changes.get(self._key(p), {})))
            for p in current.prescriptions
            if self._key(p) not in revision.drop
        ]
        added = self._prescriptions(revision.add, current.goals, on)
        draft = draft_of(current, on)
        return replace(draft, reason=revision.reason, prescriptions=(*kept, *added))

    def _key(self, prescription: Prescription) -> str:
        return self.life.keys[prescription.id]

    def _id(self) -> str:
        at = wall(self.life.today - timedelta(days=self.life.story.start_ago), 9, self.life.phone.zone)
        return new_id(at, self.life.phone.randomness)

    def _goal(self, aim: Aim) -> Goal:
        return Goal(
            id=self._id(),
            text=aim.text,
            intent=aim.intent,
            measure=aim.measure,
            unit=aim.unit,
            baseline=None if aim.baseline is None else Decimal(aim.baseline),
            target=None if aim.target is None else Decimal(aim.target),
            target_on=self.life.today + timedelta(days=aim.target_in) if aim.measure else None,
        )

    def _prescriptions(self, wanted: Sequence[Rx], goals: Sequence[Goal], on: date) -> Iterable[Prescription]:
        for rx in wanted:
            exercise = exercises()[rx.exercise]
            made = prescribe(
                exercise,
                prescription_id=self._id(),
                from_on=on,
                side=rx.side,
                goal_id=goals[rx.goal].id,
                dose=replace(exercise.dose, **(rx.dose or {})),
                schedule=self._schedule(rx, exercise, on),
                note=rx.note,
            )
            self.life.keys[made.id] = rx.key
            yield replace(made, minimum_set=rx.minimum, overrides=self._overrides(exercise))

    def _schedule(self, rx: Rx, exercise: Exercise, on: date) -> Schedule:
        usual = starting_schedule(exercise, on)
        until = None if rx.until_ago is None else self.life.today - timedelta(days=rx.until_ago)
        if rx.per_week is not None:
            return Schedule(from_on=on, until_on=until, per_week=rx.per_week)
        weekdays = rx.weekdays or usual.weekdays
        if rx.from_today is not None:
            weekdays = tuple(sorted((self.life.today.isoweekday() - 1 + n) % 7 + 1 for n in rx.from_today))
        return Schedule(from_on=on, until_on=until, times_per_day=rx.times or usual.times_per_day, weekdays=weekdays)

    def _overrides(self, exercise: Exercise) -> tuple[Override, ...]:
        story = self.life.story
        return tuple(
            Override(flag=finding.flag, reason=story.accepted_because) for finding in findings(exercise, story.flags)
        )
