"""What the patient does, as one call each: the model with the actions of the session, the morning and the stop screen.

An action never decides a rule. It writes through `log`, and says where to go once the entry is durable.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import flet as ft

from app.patient.draft import Draft, must_stop, set_done
from app.patient.model import Model, Parts
from app.patient.reminders import Reminders
from app.patient.saving import After
from app.patient.session import OpenSession
from app.patient.snapshot import Snapshot
from app.patient.views.reminders import ANSWERED, Change, answered_taper, reminding
from app.patient.views.session import ItemView, Step, items_of
from app.patient.views.stop import EMERGENCY, locks
from app.platform.port import Platform
from app.strings import words
from hep.facts import SkipReason
from hep.history import Stored
from hep.records import Prescription, ProgramVersion, StopSign
from hep.reminding import Reminding

SESSION_ROUTES = ("/session", "/finish")


class Doing(Model):
    """The model the screens are given."""

    def __init__(self, page: ft.Page, platform: Platform, parts: Parts, repair: str = "") -> None:
        super().__init__(page, platform, parts, repair)
        self.reminders = Reminders(self)
        self._chosen: Reminding | None = None

    @property
    def here(self) -> Snapshot:
        """The snapshot; screens that need one are shown only once there is one."""
        if self.snapshot is None:
            raise RuntimeError("no screen is shown before the first reading")
        return self.snapshot

    # The session

    @property
    def session(self) -> OpenSession | None:
        """The session under way, else the one that has just ended."""
        return self.here.open_session or self.ended

    def come_in(self) -> None:
        """The app was opened at a route: without a session its screens lead to Today."""
        if self.route in SESSION_ROUTES and self.session is None:
            self.go("/")

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
            self.run(
                lambda: self.log.start_session(version, day, slot, short=short), lambda: self.go("/session"), "start"
            )

    def _current(self, opened: OpenSession) -> bool:
        """A session nobody logged a set in is begun anew when the program changed meanwhile."""
        version = self.here.version
        same = version is not None and (version.program_id, version.version) == (opened.program_id, opened.version)
        return same or any(item.sets for item in items_of(self.here, opened))

    def save_set(self, session: OpenSession, item: ItemView, step: Step, draft: Draft) -> None:
        """Record the set, or with `all_left` every set left; above the ceiling the stop screen follows.

        A set that is logged already is not logged again.
        """
        left = self._left(session, item)
        if draft.pain is None or step not in left:
            return
        stopped = must_stop(item, draft.pain)
        steps = left if draft.all_left and not stopped else (step,)
        rests = len(left) > len(steps)
        for each in steps[:-1]:
            self._save_one(session, item, each, draft, stopped, None)
        self._save_one(session, item, steps[-1], draft, stopped, lambda: self._after_set(item, stopped, rests))

    def _left(self, session: OpenSession, item: ItemView) -> tuple[Step, ...]:
        """The sets of an exercise without a log, as the store has it now."""
        newest = next((each for each in items_of(self.here, session) if each.item.key == item.item.key), None)
        return () if newest is None or newest.closed else newest.steps_left

    def _save_one(
        self, session: OpenSession, item: ItemView, step: Step, draft: Draft, stopped: bool, after: After | None
    ) -> None:
        dose = item.dose
        if dose is None:
            return
        done = set_done(draft, item, step, dose, stopped=stopped)
        self.run(
            lambda: self.log.log_set(session, item.prescription.id, item.item.key, done),
            after,
            f"set {item.item.key} {step.number} {step.side}",
        )

    def _after_set(self, item: ItemView, stopped: bool, rests: bool) -> None:
        self.announce(words.saved_here)
        if stopped:
            self.go(f"/stop/{item.prescription.id}")
        elif item.dose is not None and item.dose.rest_s and rests:
            self.set_rest(item.dose.rest_s)

    def skip(self, session: OpenSession, item: ItemView, reason: SkipReason) -> None:
        """Leave an exercise out, with the reason."""
        if item.item.key in self.here.history.skips_by_item:
            return
        self.rest = None
        self.run(lambda: self.log.skip_items(session, (item.item.key,), reason), key=f"skip {item.item.key}")

    def finish(self, session: OpenSession, pain_after: int | None) -> None:
        """End the session, once."""
        if session.id not in self.here.history.ends_by_session:
            self.ended = session
            self.run(lambda: self.log.end_session(session, pain_after), key="finish")

    def leave_finish(self) -> None:
        """Back to Today; the finished session is not shown again."""
        self.ended = None
        self.go("/")

    def correct(self, set_id: str, **changes: Any) -> None:
        """Give a logged set new values; the first entry is kept."""
        target = self._row(set_id)
        if target is not None:
            self.run(lambda: self.log.correct(target, changes), lambda: self.go("/finish"), f"correct {set_id}")

    def retract(self, set_id: str) -> None:
        """The set was not done."""
        target = self._row(set_id)
        if target is not None:
            self.run(lambda: self.log.retract(target), lambda: self.go("/finish"), f"correct {set_id}")

    def _row(self, set_id: str) -> Stored | None:
        return next((row for row in self.here.history.rows if row.id == set_id), None)

    # Beside sessions

    def acknowledge(self, version: ProgramVersion) -> None:
        """The patient has seen the change."""
        seen = {(row.fact.program_id, row.fact.version) for row in self.here.history.acknowledgements}
        if (version.program_id, version.version) not in seen:
            self.run(lambda: self.log.acknowledge(version), key=f"seen {version.version}")

    def open_morning(self, is_open: bool) -> None:
        """Open or close the morning card."""
        self.morning_open = is_open
        self.tell()

    def flip_stiffness(self, minutes: int) -> None:
        """How long it was stiff, or no longer so; saved with the pain."""
        self.stiffness = None if self.stiffness == minutes else minutes
        self.tell()

    def check_in(self, pain: int, about_on: date) -> None:
        """The morning answer, in one tap."""
        if about_on in self.here.history.check_ins:
            return
        stiffness = self.stiffness

        def after() -> None:
            self.morning_open, self.stiffness = False, None
            self.announce(words.morning_done)

        self.run(lambda: self.log.check_in(pain, about_on, stiffness), after, "morning")

    def hide_past(self) -> None:
        """Leave the past day as it is."""
        self.past_hidden = True
        self.tell()

    def raise_flag(self, sign: StopSign, prescription: Prescription | None) -> None:
        """A stop sign: recorded first of all, then the exercises are on hold. Of several the gravest is shown."""
        if sign == self.chosen_sign:
            return
        family = locks(sign, prescription)
        prescription_id = prescription.id if prescription else None
        session = self.here.open_session

        def after() -> None:
            if self.chosen_sign is None or self.chosen_sign.group != EMERGENCY:
                self.chosen_sign = sign

        self.run(
            lambda: self.log.raise_red_flag(sign.id, family, prescription_id, session),
            after,
            f"sign {sign.id} {family}",
        )

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
        until = today + timedelta(days=days - 1)
        if any((p.from_on, p.until_on, p.reason) == (today, until, reason) for p in self.here.history.pauses):
            return
        self.run(
            lambda: self.log.pause(today, until, reason),
            lambda: self.announce(words.away_saved),
            f"away {until} {reason}",
        )

    # Reminders

    @property
    def reminding(self) -> Reminding:
        """What was chosen about reminders, the newest tap included."""
        return self._chosen or reminding(self.here)

    def choose(self, change: Change) -> None:
        """Another choice about reminders; only what differs is recorded."""
        before, self._chosen = self.reminding, change(self.reminding)
        for name, value in before.changed(self._chosen).items():
            self.set_choice(name, value)
        self.tell()

    def set_choice(self, name: str, value: str) -> None:
        """Record one setting."""

        def after() -> None:
            self._chosen = None

        self.run(lambda: self.log.set_preference(name, value), after, f"{name} {value}")

    def say_why(self, days: int, reason: SkipReason | None) -> None:
        """What got in the way, or nothing; asked once in a lapse."""
        if reason is not None:
            text = words.barrier_message(days, words.skip_reasons[reason])
            self.run(lambda: self.log.message(text), lambda: self.announce(words.barrier_done), f"why {text}")
        self.set_choice(ANSWERED, self.here.today.isoformat())

    def answer_taper(self, fewer: bool) -> None:
        """The offer to remind less."""
        if fewer:
            self.choose(lambda before: replace(before, follow_up=False, most_per_day=1))
        self.set_choice(*answered_taper(self.here))

    def announce(self, sentence: str) -> None:
        """Have a screen reader say it."""
        self.page.run_task(self._announce, sentence)

    async def _announce(self, sentence: str) -> None:
        await ft.SemanticsService().announce_message(sentence)
