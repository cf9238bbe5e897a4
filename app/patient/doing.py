"""What the patient does, as one call each: the model with the actions of the session, the morning and the stop screen.

An action never decides a rule. It writes through `log`, and says where to go once the entry is durable.
"""

from datetime import date, timedelta
from typing import Any

import flet as ft

from app.patient.draft import Draft, must_stop, set_done
from app.patient.model import Model
from app.patient.session import OpenSession
from app.patient.snapshot import Snapshot
from app.patient.views.session import ItemView, Step, items_of
from app.patient.views.stop import locks
from app.strings import words
from hep.facts import SkipReason
from hep.history import Stored
from hep.records import Prescription, ProgramVersion, StopSign


class Doing(Model):
    """The model the screens are given."""

    @property
    def here(self) -> Snapshot:
        """The snapshot; screens that need one are shown only once there is one."""
        if self.snapshot is None:
            raise RuntimeError("no screen is shown before the first reading")
        return self.snapshot

    def run(self, *args: Any, **more: Any) -> None:
        """Save in the background of a tap (see `save`)."""
        self.page.run_task(self.save, *args, **more)

    # The session

    def start(self, slot: int, *, short: bool = False, on: date | None = None) -> None:
        """Begin the session of a slot, or go on with the one under way; `on` a past date to add what was done."""
        day = on or self.here.today
        opened = self.here.open_session
        if opened is not None and (opened.on, opened.slot) == (day, slot) and self._current(opened):
            self.go("/session")
            return
        version = self.here.history.version_on(day)
        if version is not None:
            self.rest = None
            self.run(lambda: self.log.start_session(version, day, slot, short=short), lambda: self.go("/session"))

    def _current(self, opened: OpenSession) -> bool:
        """A session nobody logged a set in is begun anew when the program changed meanwhile."""
        version = self.here.version
        same = version is not None and (version.program_id, version.version) == (opened.program_id, opened.version)
        return same or any(item.sets for item in items_of(self.here, opened))

    def save_set(self, session: OpenSession, item: ItemView, step: Step, draft: Draft) -> None:
        """Record the set, or with `all_left` every set left; above the ceiling the stop screen follows."""
        dose = item.dose
        if dose is None or draft.pain is None:
            return
        stopped = must_stop(item, draft.pain)
        steps = item.steps_left if draft.all_left and not stopped else (step,)
        saved: list[Step] = []

        async def write() -> None:
            for each in [s for s in steps if s not in saved]:
                saved.append(each)
                done = set_done(draft, item, each, dose, stopped=stopped)
                await self.log.log_set(session, item.prescription.id, item.item.key, done)

        def after() -> None:
            if len(saved) < len(steps):
                self.page.run_task(self.save, write, after)
                return
            self.announce(words.saved_here)
            if stopped:
                self.go(f"/stop/{item.prescription.id}")
            elif dose.rest_s and len(item.steps_left) > len(steps):
                self.set_rest(dose.rest_s)

        self.run(write, after)

    def skip(self, session: OpenSession, item: ItemView, reason: SkipReason) -> None:
        """Leave an exercise out, with the reason."""
        self.rest = None
        self.run(lambda: self.log.skip_items(session, (item.item.key,), reason))

    def finish(self, session: OpenSession, pain_after: int | None) -> None:
        """End the session."""
        self.ended = session
        self.pain_after = pain_after
        self.run(lambda: self.log.end_session(session, pain_after))

    def leave_finish(self) -> None:
        """Back to Today; the finished session is not shown again."""
        self.ended, self.pain_after = None, None
        self.go("/")

    def correct(self, set_id: str, **changes: Any) -> None:
        """Give a logged set new values; the first entry is kept."""
        target = self._row(set_id)
        if target is not None:
            self.run(lambda: self.log.correct(target, changes), lambda: self.go("/finish"))

    def retract(self, set_id: str) -> None:
        """The set was not done."""
        target = self._row(set_id)
        if target is not None:
            self.run(lambda: self.log.retract(target), lambda: self.go("/finish"))

    def _row(self, set_id: str) -> Stored | None:
        return next((row for row in self.here.history.rows if row.id == set_id), None)

    # Beside sessions

    def acknowledge(self, version: ProgramVersion) -> None:
        """The patient has seen the change."""
        self.run(lambda: self.log.acknowledge(version))

    def open_morning(self, is_open: bool) -> None:
        """Open or close the morning card."""
        self.morning_open = is_open
        self.tell()

    def choose_stiffness(self, minutes: int | None) -> None:
        """How long it was stiff; saved with the pain."""
        self.stiffness = minutes
        self.tell()

    def check_in(self, pain: int, about_on: date) -> None:
        """The morning answer, in one tap."""

        def after() -> None:
            self.morning_open, self.stiffness = False, None
            self.announce(words.morning_done)

        self.run(lambda: self.log.check_in(pain, about_on, self.stiffness), after)

    def hide_past(self) -> None:
        """Leave the past day as it is."""
        self.past_hidden = True
        self.tell()

    def raise_flag(self, sign: StopSign, prescription: Prescription | None) -> None:
        """A stop sign: recorded first of all, then the exercises are on hold."""
        family = locks(sign, prescription)
        prescription_id = prescription.id if prescription else None
        self.chosen_sign = sign
        self.run(lambda: self.log.raise_red_flag(sign.id, family, prescription_id, self.here.open_session))

    def close_stop(self) -> None:
        """Away from the stop screen: back to the session when one is under way."""
        self.chosen_sign = None
        opened = self.here.open_session
        self.go("/session" if opened is not None else "/")

    def leave_stop(self) -> None:
        """To Today after a sign was recorded."""
        self.chosen_sign = None
        self.go("/")

    def pause(self, days: int, reason: SkipReason) -> None:
        """Days away from today on, today included."""
        today = self.here.today
        self.run(
            lambda: self.log.pause(today, today + timedelta(days=days - 1), reason),
            lambda: self.announce(words.away_saved),
        )

    def announce(self, sentence: str) -> None:
        """Have a screen reader say it."""
        self.page.run_task(self._announce, sentence)

    async def _announce(self, sentence: str) -> None:
        await ft.SemanticsService().announce_message(sentence)
