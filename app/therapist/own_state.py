"""The clinic's own exercises on the desk: the list, the form that is open, and what the server said to it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import flet as ft

from app import strings_clinic as words
from app.api import ApiError, ServerSaid
from app.therapist.clinic import Clinic, StaleExercise
from app.therapist.find import Filter, Index
from app.therapist.own_form import OwnForm, blank, copy_of, exercise_of, form_of, mistakes
from app.therapist.remote import Remote
from hep.own import OwnDraft, OwnExercise, is_own
from hep.own_wire import RefusedEntries, Taken
from hep.records import Exercise

SUGGESTED = 6
"""Library rows shown while looking for one to copy."""


class OwnState(ft.Observable):
    """`form` is open while it is not None; `tried` from the first attempt to save; `stale` what was saved since;
    `leaving` while it is asked whether to drop what was changed.
    """

    def __init__(self, clinic: Clinic, now: Callable[[], datetime]) -> None:
        self._clinic = clinic
        self._now = now
        self.listed: Remote[tuple[OwnExercise, ...]] = Remote()
        self.shared: dict[str, Exercise] = {}
        self._index = Index(())
        self.sought = ""
        self.form: OwnForm | None = None
        self._opened: OwnForm | None = None
        self.leaving = False
        self.tried = False
        self.busy = False
        self.problem: ApiError | None = None
        self.said = ""
        self.stale: OwnExercise | None = None
        self.imported: Taken | RefusedEntries | None = None

    async def load(self) -> None:
        """Ask for the lists."""
        self.listed = self.listed.asking()
        try:
            self.shared = {row.id: row for row in await self._clinic.library() if not is_own(row.id)}
            self._index = Index(self.shared.values())
            self.listed = Remote(await self._clinic.own())
        except ApiError as error:
            self.listed = self.listed.refused(error)

    def own(self) -> dict[str, Exercise]:
        """The clinic's own by id."""
        return {own.exercise.id: own.exercise for own in self.listed.value or ()}

    def look_for(self, typed: str) -> None:
        """Look for an exercise to copy."""
        self.sought = typed

    def found(self) -> tuple[Exercise, ...]:
        """Exercises to copy; none before a word is typed."""
        return self._index.find(Filter(words=self.sought))[:SUGGESTED] if self.sought.strip() else ()

    def begin_new(self) -> None:
        """Open an empty form."""
        region = next(iter(sorted({row.region for row in self.shared.values()})), "")
        self._open(blank(region, self._now()))

    def begin_copy(self, exercise: Exercise) -> None:
        """Open a form that begins as another exercise."""
        self._open(copy_of(exercise, self._now()))
        self.sought = ""

    def begin_edit(self, own: OwnExercise) -> None:
        """Open the form of an exercise."""
        self._open(form_of(own.exercise, own.version))

    def _open(self, form: OwnForm | None) -> None:
        self.form = self._opened = form
        self.tried = self.leaving = False
        self.problem, self.said, self.stale, self.imported = None, "", None, None

    def close(self) -> None:
        """Leave the form; what was changed in it is dropped only by `discard`."""
        if self.form == self._opened:
            self.discard()
        else:
            self.leaving = True

    def stay(self) -> None:
        """Go on with the form."""
        self.leaving = False

    def discard(self) -> None:
        """Leave the form; what was not saved is gone."""
        self._open(None)

    def type(self, field: str, text: str) -> None:
        """Somebody typed into a field."""
        if self.form is not None:
            self.form = self.form.with_typed(field, text)

    def choose(self, **fields: Any) -> None:
        """Somebody chose."""
        if self.form is not None:
            self.form = self.form.with_chosen(**fields)

    def wrong(self) -> dict[str, str]:
        """What keeps the exercise from being saved, field by field, once saving was tried."""
        if self.form is None or not self.tried:
            return {}
        return mistakes(self.form, self.shared, self.own())

    async def save(self) -> None:
        """Save, unless something is missing; a newer version is shown beside and nothing is lost."""
        self.tried, self.leaving, self.problem = True, False, None
        form = self.form
        if form is None or self.busy or self.wrong():
            return
        self.busy = True
        try:
            saved = await self._clinic.save_own(OwnDraft(base_version=form.base_version, exercise=exercise_of(form)))
        except StaleExercise as stale:
            self.stale = stale.current
            return
        except ApiError as error:
            self.problem = error
            return
        finally:
            self.busy = False
        self._take(saved)
        self.discard()
        self.said = words.own_saved(saved.exercise.name, saved.version)

    def take_mine(self) -> None:
        """Put this form on top of what was saved since; it is saved only by another tap."""
        if self.stale is not None and self.form is not None:
            self.form, self.stale = replace(self.form, base_version=self.stale.version), None

    def take_theirs(self) -> None:
        """Drop this form for what was saved since."""
        if self.stale is not None:
            self._take(self.stale)
            self.begin_edit(self.stale)

    async def retire(self, own: OwnExercise, retired: bool) -> None:
        """Offer an exercise no longer, or again."""
        await self._ask(self._retire, own, retired)

    async def _retire(self, own: OwnExercise, retired: bool) -> None:
        self._take(await self._clinic.retire_own(own.exercise.id, retired))
        self.said = words.own_retired(own.exercise.name, retired)

    async def add_photo(self, content: bytes) -> None:
        """Send a picture; what the server made of it is shown, or why it cannot be used."""
        await self._ask(self._add_photo, content)

    @property
    def photo_refused(self) -> bool:
        """Whether what was refused is a picture, so that it is said beside it."""
        problem = self.problem
        return isinstance(problem, ServerSaid) and (problem.code.startswith("picture_") or problem.code == "too_large")

    async def _add_photo(self, content: bytes) -> None:
        added = await self._clinic.add_photo(content)
        self.choose(photo=added.photo)
        self.said = words.PHOTO_ADDED + (f" {words.LOCATION_GONE}" if added.had_location else "")

    async def export(self) -> bytes | None:
        """The clinic's own library as one file; None when it did not come."""
        content: bytes | None = await self._ask(self._clinic.export_own)
        return content

    async def take_in(self, content: bytes) -> None:
        """Add the exercises of such a file, all or none."""
        await self._ask(self._take_in, content)

    async def _take_in(self, content: bytes) -> None:
        self.imported = await self._clinic.import_own(content)
        if isinstance(self.imported, Taken):
            await self.load()

    async def _ask(self, call: Callable[..., Any], *args: Any) -> Any:
        if self.busy:
            return None
        self.busy, self.problem, self.said, self.imported = True, None, "", None
        try:
            return await call(*args)
        except ApiError as error:
            self.problem = error
            return None
        finally:
            self.busy = False

    def _take(self, saved: OwnExercise) -> None:
        """A saved exercise in its place in the list."""
        others = [own for own in self.listed.value or () if own.exercise.id != saved.exercise.id]
        self.listed = Remote(tuple(sorted((*others, saved), key=lambda own: own.exercise.name.casefold())))
