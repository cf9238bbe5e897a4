"""What was done of what was due, with the formula beside every number.

Done, skipped with a reason and unknown are three different things; nothing due is None and never 0%. Refuses to
infer: a slot nobody logged is unknown, later "not logged", never "not done". Source of every rule here: ours
(clinical-rules, adherence); no agreed definition of adherence exists [72].
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from hep.days import UNKNOWN_GRACE, iso_week, local_on, week_dates, window_end
from hep.facts import Provenance
from hep.history import History
from hep.schedule import OFFER_SLOT, PlannedItem, due_items, only_floating, week_items
from hep.work import item_work

ON_TRACK_PERCENT = 80
"""At least this share is on track. Source: ours, configurable."""

WATCH_PERCENT = 50
"""At least this share is to watch, less is to act on. Source: ours, configurable."""

TREND_DAYS = 14
"""The trend compares the last 14 days with the 14 before. Source: ours."""


class SessionState(StrEnum):
    """How a planned session stands. UNKNOWN turns into NOT_LOGGED 48 h after its window."""

    DONE = "done"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    NOT_LOGGED = "not_logged"
    UPCOMING = "upcoming"
    REST = "rest"
    PAUSED = "paused"


class Track(StrEnum):
    """Where a share of sessions puts a patient."""

    ON_TRACK = "on_track"
    WATCH = "watch"
    ACT = "act"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Sessions of a range of dates. `rate` = done ÷ due, None when nothing was due."""

    due: int = 0
    done: int = 0
    partial: int = 0
    skipped: int = 0
    unknown: int = 0
    not_logged: int = 0
    rate: Fraction | None = None

    @property
    def formula(self) -> str:
        """ "19 done ÷ 23 due = 83%", or "Nothing was due"."""
        if self.rate is None:
            return "Nothing was due"
        return f"{self.done} done ÷ {self.due} due = {percent(self.rate)}%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adherence(Sessions):
    """Sessions of a range of dates, with the work that was done in them.

    `dose` is each prescription's share of work (0–1), `program_dose` their mean over exercises, `live_timed_share`
    the share of ended sessions that were timed live; each None where there is nothing to divide by.
    """

    extra: int = 0
    dose: Mapping[str, Fraction] = field(default_factory=dict)
    program_dose: Fraction | None = None
    live_timed_share: Fraction | None = None


def percent(share: Fraction) -> int:
    """A share as whole percent, half up."""
    return int(share * 100 + Fraction(1, 2))


def track(share: Fraction | None, *, on_track: int = ON_TRACK_PERCENT, watch: int = WATCH_PERCENT) -> Track | None:
    """The track of a session share by thresholds in percent (inclusive); None when nothing was due."""
    if share is None:
        return None
    if share * 100 >= on_track:
        return Track.ON_TRACK
    return Track.WATCH if share * 100 >= watch else Track.ACT


def session_state(history: History, on: date, slot: int, now: datetime) -> SessionState:
    """How the session of a date and slot stands at `now`; floating items count in the session they were done in."""
    if history.paused_on(on):
        return SessionState.PAUSED
    items = [item for item in due_items(history, on) if item.slot == slot]
    return _dated_state(history, on, items, slot in _floating_slots(history, on), now)


def day_state(history: History, on: date, now: datetime) -> SessionState:
    """One mark for a date: done when all its sessions are, partial when anything was done, else the most pressing."""
    if history.paused_on(on):
        return SessionState.PAUSED
    states = _day_states(history, on, now)
    if not states:
        return SessionState.REST
    if len(states) == 1:
        return states.pop()
    if states & {SessionState.DONE, SessionState.PARTIAL}:
        return SessionState.PARTIAL
    pressing = (SessionState.UPCOMING, SessionState.UNKNOWN, SessionState.NOT_LOGGED)
    return next(state for state in pressing if state in states)


def _day_states(history: History, on: date, now: datetime) -> set[SessionState]:
    """How the sessions of a date stand, those of floating items alone among them."""
    dated = _dated_sessions(history, on, now)
    states = {state for _, state in dated}
    if _floating_slots(history, on) - {items[0].slot for items, _ in dated}:
        states.add(SessionState.DONE)
    return states


def _floating_slots(history: History, on: date) -> frozenset[int]:
    """The slots of a date in which a floating item was done."""
    return frozenset(
        history.slot_of_session.get(entry.fact.session_id or "", OFFER_SLOT)
        for entry in history.floating_by_date.get(on, ())
    )


def _dated_state(
    history: History, on: date, items: list[PlannedItem], floating_done: bool, now: datetime
) -> SessionState:
    if not items:
        return SessionState.DONE if floating_done else SessionState.REST
    logged = _logged_state(history, items)
    if floating_done and logged in (None, SessionState.SKIPPED):
        return SessionState.PARTIAL
    return logged or _open_state(on, history.zone, now)


def _logged_state(history: History, items: Iterable[PlannedItem]) -> SessionState | None:
    """Done, partial or skipped by the logs alone; None when they do not tell."""
    keys = [item.key for item in items]
    with_sets = sum(key in history.sets_by_item for key in keys)
    if with_sets == len(keys):
        return SessionState.DONE
    if with_sets:
        return SessionState.PARTIAL
    return SessionState.SKIPPED if all(key in history.skips_by_item for key in keys) else None


def _open_state(on: date, zone: str, now: datetime) -> SessionState:
    ends_at = window_end(on, zone)
    if now < ends_at:
        return SessionState.UPCOMING
    return SessionState.UNKNOWN if now < ends_at + UNKNOWN_GRACE else SessionState.NOT_LOGGED


@dataclass(slots=True)
class _Tally:
    """What counts in a range: sessions by their state, and the items whose work was due or done."""

    states: dict[SessionState, int] = field(default_factory=lambda: defaultdict(int))
    items: list[PlannedItem] = field(default_factory=list)

    def session(self, items: Iterable[PlannedItem], state: SessionState, ended: bool) -> None:
        """Count a session and its work if it is due: its window has ended, or it is done."""
        if ended or state is SessionState.DONE:
            self.states[state] += 1
            self.items += items

    def counts(self) -> dict[str, Any]:
        """The fields of `Sessions`."""
        states = self.states
        due, done = sum(states.values()), states[SessionState.DONE]
        return {
            "due": due,
            "done": done,
            "partial": states[SessionState.PARTIAL],
            "skipped": states[SessionState.SKIPPED],
            "unknown": states[SessionState.UNKNOWN],
            "not_logged": states[SessionState.NOT_LOGGED],
            "rate": Fraction(done, due) if due else None,
        }


def sessions(history: History, from_on: date, until_on: date, now: datetime) -> Sessions:
    """The sessions of `adherence`, without the work: a fraction of the effort."""
    return Sessions(**_tally(history, from_on, until_on, now).counts())


def adherence(history: History, from_on: date, until_on: date, now: datetime) -> Adherence:
    """Adherence over local dates, both inclusive, as it stands at `now`.

    Dated sessions count as due once their window has ended, or when done. Floating items count as due items (in
    `dose`) of the week whose Sunday lies in the range; only in a week with floating prescriptions alone are there
    floating sessions, the n-th of each week.
    """
    tally = _tally(history, from_on, until_on, now)
    dose = _dose(history, tally.items)
    return Adherence(
        **tally.counts(),
        extra=_extras(history, from_on, until_on),
        dose=dose,
        program_dose=sum(dose.values(), Fraction()) / len(dose) if dose else None,
        live_timed_share=_live_timed(history, from_on, until_on),
    )


def trend(history: History, today: date, now: datetime) -> Fraction | None:
    """Rate of the last 14 days (today included) minus that of the 14 before; None when either had nothing due."""
    start = today - timedelta(days=TREND_DAYS - 1)
    last = sessions(history, start, today, now).rate
    prior = sessions(history, start - timedelta(days=TREND_DAYS), start - timedelta(days=1), now).rate
    return None if last is None or prior is None else last - prior


def _tally(history: History, from_on: date, until_on: date, now: datetime) -> _Tally:
    tally, today = _Tally(), local_on(now, history.zone)
    for days in range((until_on - from_on).days + 1):
        on = from_on + timedelta(days=days)
        for items, state in _dated_sessions(history, on, now):
            tally.session(items, state, on < today)
    for week in _weeks(from_on, until_on):
        _count_week(history, week, (from_on, until_on), now, tally)
    return tally


def _dose(history: History, items: Iterable[PlannedItem]) -> dict[str, Fraction]:
    """Each prescription's share of the work; one with no work prescribed is left out."""
    done_work: dict[str, int] = defaultdict(int)
    due_work: dict[str, int] = defaultdict(int)
    for item in items:
        done, prescribed = item_work(item.prescription, history.sets_by_item.get(item.key, ()))
        done_work[item.prescription.id] += done
        due_work[item.prescription.id] += prescribed
    return {pid: Fraction(done_work[pid], due) for pid, due in due_work.items() if due}


def _dated_sessions(
    history: History, on: date, now: datetime
) -> tuple[tuple[tuple[PlannedItem, ...], SessionState], ...]:
    """The dated items of each slot of a date, and how they stand."""
    return history.once(("dated_sessions", on, now), lambda: tuple(_find_dated_sessions(history, on, now)))


def _find_dated_sessions(
    history: History, on: date, now: datetime
) -> Iterable[tuple[tuple[PlannedItem, ...], SessionState]]:
    by_slot: dict[int, list[PlannedItem]] = defaultdict(list)
    for item in due_items(history, on):
        by_slot[item.slot].append(item)
    floating = _floating_slots(history, on)
    for slot, items in by_slot.items():
        yield tuple(items), _dated_state(history, on, items, slot in floating, now)


def _weeks(from_on: date, until_on: date) -> tuple[str, ...]:
    days = range(0, (until_on - from_on).days + 7, 7)
    return tuple(dict.fromkeys(iso_week(min(from_on + timedelta(days=n), until_on)) for n in days))


def _count_week(history: History, week: str, span: tuple[date, date], now: datetime, tally: _Tally) -> None:
    """An ended week counts whole in the range that holds its Sunday, an open one by what was done in the range."""
    items = week_items(history, week)
    sunday = week_dates(week)[-1]
    ended = sunday < local_on(now, history.zone)
    if not items or (ended and not span[0] <= sunday <= span[1]):
        return
    counted = items if ended else tuple(item for item in items if _done_within(history, item, span))
    version = history.numbered(items[-1].version)
    if version is None or not only_floating(version):
        tally.items += counted
        return
    for n in sorted({item.slot for item in counted}):
        group = [item for item in items if item.slot == n]
        state = _logged_state(history, group) or _open_state(sunday, history.zone, now)
        tally.session(group, state, ended)


def _done_within(history: History, item: PlannedItem, span: tuple[date, date]) -> bool:
    return any(span[0] <= entry.fact.on <= span[1] for entry in history.sets_by_item.get(item.key, ()))


def _extras(history: History, from_on: date, until_on: date) -> int:
    """Sessions in which nothing was planned, or which fell into a pause."""
    planned: dict[tuple[date, str], bool] = {}
    for on, entries in history.sets_by_date.items():
        if from_on <= on <= until_on:
            paused = history.paused_on(on)
            for entry in entries:
                key = (on, entry.fact.session_id or "")
                planned[key] = planned.get(key, False) or (entry.fact.planned is not None and not paused)
    return sum(not was_planned for was_planned in planned.values())


def _live_timed(history: History, from_on: date, until_on: date) -> Fraction | None:
    ends = [e.fact for e in history.session_ends if from_on <= e.fact.on <= until_on]
    live = sum(end.provenance is Provenance.LIVE_TIMED for end in ends)
    return Fraction(live, len(ends)) if ends else None
