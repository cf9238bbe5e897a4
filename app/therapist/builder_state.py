"""A draft program on its way to becoming a version: the library beside it, what is missing, and publishing.

Gaps, warnings, minutes and differences are `hep.prescribing`'s; edits are `draft`'s. A refused publish leaves the
draft as it was.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import flet as ft

from app.api import ApiError, ServerSaid
from app.therapist import draft as edit
from app.therapist.clinic import Clinic, StaleBase
from app.therapist.find import Filter, Index, choices
from app.therapist.remote import Remote
from hep import prescribing
from hep.prescribing import Change, Draft, Gap
from hep.problems import Refused
from hep.records import Exercise, Intent, ProgramVersion
from hep.views import PatientDetail


class BuilderState(ft.Observable):
    """`base` is the version the draft started from, None for a first program; `stale` what was published since."""

    def __init__(self, clinic: Clinic, patient: PatientDetail, now: Callable[[], datetime]) -> None:
        self._clinic = clinic
        self._now = now
        self.patient = patient
        self.base = patient.versions[0].version if patient.versions else None
        self.draft = self._origin = self._fresh(self.base)
        self.library: Remote[tuple[Exercise, ...]] = Remote()
        self._index = Index(())
        self.wanted = Filter(equipment=patient.profile.equipment)
        self.open: str | None = None
        self.looked_at: str | None = None
        self.in_place_of: str | None = None
        self.reviewing = False
        self.publishing = False
        self.problem: ApiError | None = None
        self.stale: ProgramVersion | None = None
        self.published: ProgramVersion | None = None

    async def load(self) -> None:
        """Ask for the library."""
        self.library = self.library.asking()
        try:
            library = await self._clinic.library()
            self._index = Index(library)
            self.library = Remote(library)
            self._begin_with_region()
        except ApiError as error:
            self.library = self.library.refused(error)

    def _begin_with_region(self) -> None:
        region = self.patient.profile.region
        if self.wanted.region is None and region in choices(self.library.value or (), "region"):
            self.wanted = replace(self.wanted, region=region)

    def found(self) -> tuple[Exercise, ...]:
        """What of the library passes the search."""
        return self._index.find(self.wanted)

    def found_outside(self) -> tuple[Exercise, ...]:
        """What the words find in any region, type and position, where the search finds nothing."""
        if not self.wanted.words.strip() or self.found():
            return ()
        return self._index.find(replace(self.wanted, region=None, type=None, position=None))

    def precautions(self) -> tuple[str, ...]:
        """The flags that exercises of the library carry."""
        return self._index.flags()

    def gaps(self) -> tuple[Gap, ...]:
        """What keeps the draft from being published, precautions nobody has accepted in writing among it."""
        return prescribing.gaps(self.draft, self.patient.profile.flags)

    def warnings(self) -> tuple[Gap, ...]:
        """What the therapist should weigh; none of it refuses."""
        return prescribing.warnings(self.draft, time_budget_min=self.patient.profile.time_budget_min)

    def minutes(self) -> int:
        """Minutes of one session of the draft."""
        return prescribing.session_minutes(self.draft.prescriptions)

    def weekly_minutes(self) -> int:
        """Minutes a week that the draft asks for."""
        return prescribing.prescribed_weekly_minutes(self.draft.prescriptions)

    def next_version(self) -> ProgramVersion:
        """The draft as it would be published now."""
        return prescribing.revise(self.base, self.draft, author_id="", author_name="", published_at=self._now())

    def changes(self) -> tuple[Change, ...]:
        """What publishing the draft would change."""
        return prescribing.difference(self.base, self.next_version())

    def their_changes(self) -> tuple[Change, ...]:
        """What the other therapist's version changed against the one this draft began from."""
        return prescribing.difference(self.base, self.stale) if self.stale else ()

    def changed(self) -> bool:
        """Whether anything was edited since the draft began."""
        return self.draft != self._origin

    def edit(self, draft: Draft) -> None:
        """Take an edited draft."""
        self.draft = draft
        self.problem = None

    def apply(self, change: Callable[..., Draft], *args: Any, **fields: Any) -> None:
        """Edit the draft with one of `draft`'s functions; a refusal (a blank reason, say) leaves it as it was."""
        try:
            self.edit(change(self.draft, *args, **fields))
        except Refused as refused:
            self.problem = ServerSaid(422, refused.code, refused.sentence)

    def add_goal(self, text: str, intent: Intent, measure: str, unit: str, **aim: Any) -> None:
        """Add a goal; `aim` holds baseline, target and target_on."""
        self.apply(edit.add_goal, self._now(), text, intent, measure=measure, unit=unit, **aim)

    def say_why(self, reason: str) -> None:
        """Set the reason the patient is told."""
        self.edit(replace(self.draft, reason=reason))

    def look_for(self, wanted: Filter) -> None:
        """Narrow the library."""
        self.wanted = wanted

    def clear_filters(self) -> None:
        """Search the whole library, with the same words."""
        self.wanted = Filter(words=self.wanted.words, equipment=self.wanted.equipment)

    def add(self, exercise: Exercise) -> None:
        """Put an exercise into the draft, once, and open its row."""
        if self._has(exercise):
            return
        self.edit(edit.add(self.draft, exercise, self._now()))
        self.open = self.draft.prescriptions[-1].id

    def look_at(self, exercise_id: str | None, in_place_of: str | None = None) -> None:
        """Show an exercise in full, or with None the list again. `in_place_of`: the prescription it was opened from."""
        self.looked_at, self.in_place_of = exercise_id, in_place_of

    def known(self, exercise_id: str | None) -> Exercise | None:
        """An exercise as the draft has it, else as the library has it."""
        drafted = (p.exercise for p in self.draft.prescriptions if p.exercise.id == exercise_id)
        return next(drafted, next((e for e in self.library.value or () if e.id == exercise_id), None))

    def swap(self, exercise: Exercise) -> None:
        """Put an exercise in the place of the prescription that was opened, and open its row."""
        place = next((n for n, p in enumerate(self.draft.prescriptions) if p.id == self.in_place_of), None)
        if place is None or self.in_place_of is None or self._has(exercise):
            return
        self.edit(edit.swap(self.draft, self.in_place_of, exercise, self._now()))
        self.open = self.in_place_of = self.draft.prescriptions[place].id
        self.looked_at = exercise.id

    def _has(self, exercise: Exercise) -> bool:
        return any(p.exercise.id == exercise.id for p in self.draft.prescriptions)

    def unfold(self, prescription_id: str | None) -> None:
        """Open the details of one row, or close them."""
        self.open = None if self.open == prescription_id else prescription_id

    def review(self) -> None:
        """Show what publishing would change and tell; not as long as something is missing."""
        self.reviewing = not self.gaps()

    def back_to_edit(self) -> None:
        """Go on editing."""
        self.reviewing = False

    async def publish(self) -> None:
        """Make the draft the next version, once; a newer base is shown beside it and nothing is lost."""
        if self.publishing or self.published is not None:
            return
        self.publishing, self.problem = True, None
        try:
            self.published = await self._clinic.publish(self.patient.profile.id, self.draft)
        except StaleBase as stale:
            self.stale = stale.current
        except ApiError as error:
            self.problem, self.reviewing = error, False
        finally:
            self.publishing = False

    def take_mine(self) -> None:
        """Put this draft on top of what was published since; it is published only after another look."""
        if self.stale is not None:
            self.base, self.stale, self.reviewing = self.stale, None, True
            self.draft = edit.rebase(self.draft, self.base)

    def take_theirs(self) -> None:
        """Drop this draft and begin again from what was published since."""
        if self.stale is not None:
            self.base, self.stale, self.reviewing = self.stale, None, False
            self.draft = self._origin = self._fresh(self.base)

    def _fresh(self, base: ProgramVersion | None) -> Draft:
        if base is None:
            return edit.blank(self.patient.episode_id, self.patient.today, self._now())
        return prescribing.draft_of(base, max(self.patient.today, base.effective_on))
