"""What the progress tab says: sessions done of due with the formula, four weeks, and pain over time."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.parts import Day, Mark
from app.patient.snapshot import Snapshot
from app.patient.views.today import day
from app.strings import words
from hep.adherence import Adherence, SessionState, adherence, session_state
from hep.schedule import sessions_on

WEEKS = 4


@dataclass(frozen=True, slots=True)
class PainPoint:
    """One answer: the local date it is about, 0–10, and whether it was the next morning's."""

    on: date
    pain: int
    morning: bool


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One past session in words."""

    on: date
    text: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """Everything Progress shows. `headline` is `19 of 23`, or that nothing was due."""

    headline: str
    formula: str
    has_due: bool
    weeks: tuple[tuple[str, tuple[Day, ...]], ...]
    legend: tuple[tuple[Mark, str], ...]
    sessions: tuple[SessionLine, ...]
    pain: tuple[PainPoint, ...]
    finding: str
    first_on: date
    today: date


def progress_view(snapshot: Snapshot) -> ProgressView:
    """The last four weeks, the running one included."""
    return snapshot.once("progress", lambda: _progress_view(snapshot))


def _progress_view(snapshot: Snapshot) -> ProgressView:
    today = snapshot.today
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=WEEKS - 1)
    counted = adherence(snapshot.history, first, today, snapshot.now)
    mondays = [first + timedelta(weeks=n) for n in range(WEEKS)]
    points = pain_points(snapshot, first)
    return ProgressView(
        headline=words.n_of_m(counted.done, counted.due) if counted.due else words.nothing_was_due,
        formula=counted.formula,
        has_due=bool(counted.due),
        weeks=tuple(
            (words.short_day(m), tuple(day(snapshot, m + timedelta(days=n)) for n in range(7))) for m in mondays
        ),
        legend=_legend(counted),
        sessions=tuple(_session_lines(snapshot, first)),
        pain=points,
        finding=_finding(points),
        first_on=first,
        today=today,
    )


def _legend(counted: Adherence) -> tuple[tuple[Mark, str], ...]:
    counts = (
        (Mark.DONE, counted.done),
        (Mark.PARTIAL, counted.partial),
        (Mark.SKIPPED, counted.skipped),
        (Mark.UNKNOWN, counted.unknown + counted.not_logged),
    )
    return tuple((mark, f"{name} {n}") for (mark, n), name in zip(counts, words.legend, strict=False) if n)


def _session_lines(snapshot: Snapshot, first: date) -> list[SessionLine]:
    lines = []
    on = snapshot.today
    while on >= first:
        for session in sessions_on(snapshot.history, on):
            state = session_state(snapshot.history, on, session.slot, snapshot.now)
            if state not in (SessionState.REST, SessionState.UPCOMING):
                lines.append(SessionLine(on, f"{words.day(on)}: {words.session_states[state.value]}"))
        on -= timedelta(days=1)
    return lines


def pain_points(snapshot: Snapshot, first: date) -> tuple[PainPoint, ...]:
    """The worst pain during exercise of each date, and each morning's answer on its own date."""
    worst: dict[date, int] = {}
    for entry in snapshot.history.sets:
        log = entry.fact
        if log.pain is not None and log.on >= first:
            worst[log.on] = max(log.pain, worst.get(log.on, 0))
    points = [PainPoint(on, pain, False) for on, pain in worst.items()]
    answers = [entry.fact for entries in snapshot.history.check_ins.values() for entry in entries]
    points += [PainPoint(answer.on, answer.pain, True) for answer in answers if answer.on >= first]
    return tuple(sorted(points, key=lambda p: (p.on, p.morning)))


def _finding(points: tuple[PainPoint, ...]) -> str:
    during = [p for p in points if not p.morning]
    if len(during) < 2:
        return ""
    return words.pain_finding(during[0].pain, during[-1].pain, (during[-1].on - during[0].on).days)
