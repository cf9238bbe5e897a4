"""What Today says."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.parts import Day, Mark
from app.patient.snapshot import Snapshot
from app.patient.views.changes import changes_of
from app.patient.views.common import dose_line
from app.patient.views.session import ItemView, current, item_view, items_of, minutes
from app.strings import words
from app.sync import SyncState
from hep.adherence import SessionState, day_state, session_state
from hep.days import zone
from hep.pain import morning_due
from hep.records import ProgramVersion
from hep.schedule import PlannedSession, next_due, sessions_on

BACK_FILL_DAYS = 2
"""How many days back Today offers to add a session: as long as it is unknown and not yet "not logged" (48 h)."""

MARKS: dict[SessionState, Mark] = {
    SessionState.DONE: Mark.DONE,
    SessionState.PARTIAL: Mark.PARTIAL,
    SessionState.SKIPPED: Mark.SKIPPED,
    SessionState.UNKNOWN: Mark.UNKNOWN,
    SessionState.NOT_LOGGED: Mark.UNKNOWN,
    SessionState.UPCOMING: Mark.AHEAD,
    SessionState.REST: Mark.REST,
    SessionState.PAUSED: Mark.PAUSED,
}


@dataclass(frozen=True, slots=True)
class NoticeView:
    """How safe the entries are: a sentence and its kind of notice. `update`: a new version helps."""

    sentence: str
    kind: str
    update: bool = False


@dataclass(frozen=True, slots=True)
class SessionCard:
    """One session of today. `short` is the offer of the short version, or nothing."""

    slot: int
    when: str
    count: str
    minutes: str
    short: str
    started: bool
    over: bool
    items: tuple[ItemView, ...]

    @property
    def startable(self) -> bool:
        """Something is left to do that is not on hold."""
        return not self.over and any(not item.closed for item in self.items)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A version the patient has not acknowledged yet: who, when, why, and each difference in a sentence."""

    version: ProgramVersion
    by: str
    reason: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TodayView:
    """Everything Today shows. `morning_on` is the date the morning card asks about, `past` the latest session
    (date and slot) of the last days that nobody logged and that may still be added. `asks_after`: a session is
    through and only the question after it is left."""

    date_line: str
    greeting: str
    notice: NoticeView | None
    week: tuple[Day, ...]
    sessions: tuple[SessionCard, ...]
    change: ChangeView | None
    morning_on: date | None
    rest: str
    next_line: str
    locked_all: bool
    has_program: bool
    past: tuple[date, int] | None
    asks_after: bool

    @property
    def hero(self) -> SessionCard | None:
        """The session to do next."""
        return next((card for card in self.sessions if card.startable), None)


def today_view(snapshot: Snapshot) -> TodayView:
    """Today, from one snapshot."""
    return snapshot.once("today", lambda: _today_view(snapshot))


def _today_view(snapshot: Snapshot) -> TodayView:
    today = snapshot.today
    sessions = sessions_on(snapshot.history, today)
    cards = tuple(_card(snapshot, session, len(sessions)) for session in sessions)
    name = snapshot.profile.name if snapshot.profile else ""
    return TodayView(
        date_line=words.day(today),
        greeting=words.greeting(snapshot.now.astimezone(zone(snapshot.zone)).hour, name),
        notice=notice(snapshot),
        week=week(snapshot, today - timedelta(days=today.weekday())),
        sessions=cards,
        change=change(snapshot),
        morning_on=morning_due(snapshot.history, snapshot.now),
        rest="" if any(card.startable for card in cards) else _rest_title(snapshot, cards),
        next_line=next_line(snapshot),
        locked_all=None in snapshot.locked,
        has_program=snapshot.version is not None,
        past=_past(snapshot),
        asks_after=_asks_after(snapshot),
    )


def _asks_after(snapshot: Snapshot) -> bool:
    opened = snapshot.open_session
    return opened is not None and current(items_of(snapshot, opened)) is None


def _past(snapshot: Snapshot) -> tuple[date, int] | None:
    for days in range(1, BACK_FILL_DAYS + 1):
        on = snapshot.today - timedelta(days=days)
        for session in sessions_on(snapshot.history, on):
            if session_state(snapshot.history, on, session.slot, snapshot.now) is SessionState.UNKNOWN:
                return on, session.slot
    return None


def _card(snapshot: Snapshot, session: PlannedSession, of: int) -> SessionCard:
    items = tuple(item_view(snapshot, item) for item in session.items)
    short = [item for item in session.items if item.prescription.minimum_set]
    offer = words.short_version(len(short), minutes(short)) if 0 < len(short) < len(items) else ""
    opened = snapshot.open_session
    is_open = opened is not None and (opened.on, opened.slot) == (session.on, session.slot)
    return SessionCard(
        slot=session.slot,
        when=words.slot(session.slot, of),
        count=words.exercises(len(items)),
        minutes=words.about_minutes(minutes(session.items)),
        short=offer,
        started=is_open or any(item.sets for item in items),
        over=all(item.closed for item in items) if items else True,
        items=items,
    )


def next_line(snapshot: Snapshot) -> str:
    """When the next session is, or that it waits while the whole program is on hold."""
    if None in snapshot.locked:
        return words.next_waits
    return words.next_session(next_due(snapshot.history, snapshot.today), snapshot.today)


def _rest_title(snapshot: Snapshot, cards: tuple[SessionCard, ...]) -> str:
    if any(item.locked and item.steps_left for card in cards for item in card.items):
        return words.on_hold
    if cards:
        return words.done_today(len(cards))
    state = day_state(snapshot.history, snapshot.today, snapshot.now)
    return words.away_day if state is SessionState.PAUSED else words.rest_day


def notice(snapshot: Snapshot) -> NoticeView | None:
    """Where the entries are: shelf first, then sign-in, offline, waiting; nothing to say is None."""
    status = snapshot.status
    if status.shelf:
        return NoticeView(words.shelved(len(status.shelf)), "error")
    if status.state is SyncState.UPDATE_NEEDED:
        return NoticeView(words.update_needed, "caution", update=True)
    if snapshot.needs_sign_in:
        return NoticeView(words.not_connected(status.unsent), "caution")
    if snapshot.offline:
        return NoticeView(words.offline(status.unsent), "caution")
    if status.unsent and status.state is not SyncState.SYNCING:
        return NoticeView(words.waiting(status.unsent), "caution")
    return None


def week(snapshot: Snapshot, monday: date) -> tuple[Day, ...]:
    """Seven days from a Monday."""
    return tuple(day(snapshot, monday + timedelta(days=n)) for n in range(7))


def day(snapshot: Snapshot, on: date) -> Day:
    """One day's mark with its spoken sentence."""
    state = day_state(snapshot.history, on, snapshot.now)
    today = on == snapshot.today
    open_today = today and state in (SessionState.UPCOMING, SessionState.UNKNOWN)
    mark = Mark.TODAY if open_today else MARKS[state]
    said = words.session_states["upcoming" if open_today else state.value]
    return Day(mark, str(on.day), words.weekdays_short[on.weekday()], f"{words.day(on)}: {said}", today)


def change(snapshot: Snapshot) -> ChangeView | None:
    """The version in force, when it differs from an earlier one and was not acknowledged."""
    version = snapshot.version
    if version is None:
        return None
    before = _before(snapshot, version)
    known = {(row.fact.program_id, row.fact.version) for row in snapshot.history.acknowledgements}
    if before is None or (version.program_id, version.version) in known:
        return None
    return ChangeView(
        version=version,
        by=words.change_by(version.author_name, words.short_day(version.effective_on)),
        reason=version.reason,
        changes=changes_of(before, version),
    )


def _before(snapshot: Snapshot, version: ProgramVersion) -> ProgramVersion | None:
    older = [v for v in snapshot.history.versions if v.version < version.version]
    return max(older, key=lambda v: v.version, default=None)


def item_line(item: ItemView) -> str:
    """The dose of an exercise today, in a line."""
    return words.rests_today if item.dose is None else dose_line(item.prescription, item.dose)


def done_line(item: ItemView) -> str:
    """What is logged already."""
    return words.done_sets(len(item.sets), len(item.steps)) if item.sets else ""


def skipped_line(item: ItemView) -> str:
    """Why it was left out."""
    return words.skipped(item.skip.reason) if item.skip else ""
