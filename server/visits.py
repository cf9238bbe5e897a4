"""The sessions of the patient's page: what was planned, done and skipped in each, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from hep.adherence import SessionState, session_state
from hep.facts import ItemKey, ItemSkip, SessionEnd, SetLog
from hep.history import Entry
from hep.phrases import load_text, seconds_text
from hep.prescribing import sentence
from hep.records import Prescription
from hep.views import ExerciseDone, SessionView, SetView
from server.chart import Chart

SHOWN = 30


@dataclass(slots=True)
class _Visit:
    """The rows of one session."""

    session_id: str
    on: date
    sets: list[Entry[SetLog]] = field(default_factory=list)
    skips: list[Entry[ItemSkip]] = field(default_factory=list)
    end: SessionEnd | None = None

    @property
    def slot(self) -> int | None:
        """The slot of its first dated item, else the one its end names."""
        for planned in (*(e.fact.planned for e in self.sets), *(e.fact.planned for e in self.skips)):
            if planned is not None and not ItemKey.parse(planned).floating:
                return ItemKey.parse(planned).n
        return self.end.slot if self.end else None


def latest(chart: Chart) -> tuple[SessionView, ...]:
    """The newest SHOWN sessions in which anything was logged."""
    visits = sorted(_visits(chart), key=lambda visit: (visit.on, visit.slot or 0, visit.session_id), reverse=True)
    return tuple(_view(chart, visit) for visit in visits[:SHOWN])


def _visits(chart: Chart) -> Iterable[_Visit]:
    found: dict[str, _Visit] = {}

    def visit(session_id: str | None, on: date) -> _Visit:
        key = session_id or f"day:{on.isoformat()}"
        return found.setdefault(key, _Visit(key, on))

    for log in chart.history.sets:
        visit(log.fact.session_id, log.fact.on).sets.append(log)
    for skip in chart.history.skips:
        visit(skip.fact.session_id, skip.fact.on).skips.append(skip)
    for end in chart.history.session_ends:
        visit(end.fact.session_id, end.fact.on).end = end.fact
    return found.values()


def _view(chart: Chart, visit: _Visit) -> SessionView:
    end = visit.end
    return SessionView(
        session_id=visit.session_id,
        on=visit.on,
        slot=visit.slot,
        state=_state(chart, visit),
        provenance=end.provenance.value if end else None,
        caregiver=end.caregiver if end else None,
        started_at=end.started_at if end else None,
        ended_at=end.ended_at if end else None,
        pain_after=end.pain_after if end else None,
        exercises=tuple(_exercises(chart, visit)),
    )


def _state(chart: Chart, visit: _Visit) -> str:
    """How its planned session stands; a session that was not planned is done when it holds sets."""
    if visit.slot is not None:
        state = session_state(chart.history, visit.on, visit.slot, chart.now)
        if state is not SessionState.REST:
            return state.value
    return (SessionState.DONE if visit.sets else SessionState.SKIPPED).value


def _exercises(chart: Chart, visit: _Visit) -> Iterable[ExerciseDone]:
    of_sets = [entry.fact.prescription_id for entry in visit.sets]
    for prescription_id in dict.fromkeys(of_sets + [entry.fact.prescription_id for entry in visit.skips]):
        sets = [entry for entry in visit.sets if entry.fact.prescription_id == prescription_id]
        skips = [entry.fact for entry in visit.skips if entry.fact.prescription_id == prescription_id]
        version = sets[0].fact.version if sets else skips[0].version
        prescription = _prescription(chart, version, prescription_id)
        yield ExerciseDone(
            prescription_id=prescription_id,
            name=prescription.exercise.name if prescription else "",
            planned_text=sentence(prescription) if prescription else "",
            sets=tuple(_set(chart, entry) for entry in sorted(sets, key=lambda e: (e.fact.set_index, e.id))),
            skip_reason=skips[-1].reason.value if skips else None,
        )


def _prescription(chart: Chart, number: int, prescription_id: str) -> Prescription | None:
    version = chart.history.numbered(number)
    return version.prescription(prescription_id) if version else None


def _set(chart: Chart, entry: Entry[SetLog]) -> SetView:
    log = entry.fact
    work = f"{log.reps}" if log.reps is not None else seconds_text(log.seconds or 0)
    return SetView(
        id=entry.id,
        index=log.set_index,
        side=log.side,
        text=f"{work} × {load_text(log.load)}" if log.load is not None else work,
        pain=log.pain,
        effort=log.effort,
        corrected=entry.id in chart.corrected,
    )
