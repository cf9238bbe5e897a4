"""What the end of a session says: facts, where they are, what comes next. No praise after a bad day."""

from dataclasses import dataclass
from math import ceil

from app.patient.session import OpenSession
from app.patient.snapshot import Snapshot
from app.patient.views.session import ItemView, items_of
from app.patient.views.today import next_line
from app.strings import words
from hep.facts import SetLog
from hep.pain import ceiling
from hep.sessions import sides

NO_CELEBRATION_FROM = 6
"""Pain 0–10 from which (inclusive) the end of a session is not celebrated (look.md, screen 4)."""


@dataclass(frozen=True, slots=True)
class SetLine:
    """One logged set: the id of its row, for a correction, and its words."""

    id: str
    log: SetLog
    text: str


@dataclass(frozen=True, slots=True)
class DoneItem:
    """One exercise as done. `pain` is the worst of its sets, None when none was given."""

    item: ItemView
    sets: tuple[SetLine, ...]
    pain: int | None


@dataclass(frozen=True, slots=True)
class FinishView:
    """The facts of a session. `celebrate` only when nothing hurt too much."""

    title: str
    line: str
    celebrate: bool
    minutes: str
    live: bool
    sets: str
    most_pain: str
    items: tuple[DoneItem, ...]
    asks_morning: bool
    next_line: str


def finish_view(snapshot: Snapshot, session: OpenSession) -> FinishView:
    """The session as it stands in the store, with the pain after it."""
    ends = snapshot.history.ends_by_session.get(session.id, ())
    after = [end.fact.pain_after for end in ends if end.fact.pain_after is not None]
    items = items_of(snapshot, session)
    done = tuple(_done(item) for item in items if item.sets or item.skip)
    pains = [d.pain for d in done if d.pain is not None] + after[-1:]
    worst = max(pains, default=None)
    logged = sum(len(item.sets) for item in items)
    stopped = any(item.stopped for item in items) or any(
        d.pain is not None and d.pain > ceiling(d.item.prescription.exercise.pain_rule) for d in done
    )
    whole = bool(items) and all(item.sets for item in items)
    return FinishView(
        title=words.finish_stopped if stopped else words.finish_title,
        line=_line(stopped, whole, logged),
        celebrate=not stopped and whole and (worst is None or worst < NO_CELEBRATION_FROM),
        minutes=words.minutes(max(1, ceil((snapshot.now - session.started_at).total_seconds() / 60))),
        live=session.live,
        sets=words.n_of_m(logged, sum(len(item.steps) for item in items)),
        most_pain=words.pain_of_ten(worst),
        items=done,
        asks_morning=bool(logged) and session.live,
        next_line=next_line(snapshot),
    )


def _line(stopped: bool, whole: bool, logged: int) -> str:
    if stopped:
        return words.finish_stopped_help
    if whole:
        return words.finish_pace
    return words.finish_partial if logged else words.finish_nothing


def _done(item: ItemView) -> DoneItem:
    show_side = len(sides(item.prescription)) > 1
    lines = tuple(
        SetLine(id_, log, words.set_fact(log.set_index, words.work(log.reps, log.seconds), log.pain, side))
        for id_, log in item.sets
        for side in [log.side if show_side else None]
    )
    pains = [log.pain for log in item.logs if log.pain is not None]
    return DoneItem(item, lines, max(pains, default=None))
