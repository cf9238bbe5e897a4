"""Small builders for the rules' tests: one exercise, one program, and a phone that logs.

`D(n)` is the n-th day of November 2026 (the 2nd is a Monday); everything happens in Chicago unless a test says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hep.facts import (
    CheckIn,
    Correction,
    Fact,
    ItemKey,
    ItemSkip,
    Kind,
    Pause,
    Provenance,
    Retraction,
    SessionEnd,
    SetLog,
    Sign,
    SkipReason,
)
from hep.history import History, Stored
from hep.records import (
    Dose,
    Exercise,
    Laterality,
    Load,
    LoadUnit,
    Mode,
    PainRule,
    Prescription,
    ProgramState,
    ProgramVersion,
    ProgressionRule,
    Schedule,
    Side,
)

ZONE = "America/Chicago"
PROGRAM = "program-01"
GOAL = "goal-0001"


def D(day: int) -> date:
    return date(2026, 11, 1) + timedelta(days=day - 1)


def at(on: date, hour: int = 12, minute: int = 0, zone: str = ZONE) -> datetime:
    """A wall-clock time in the patient's zone, as an aware UTC instant."""
    return datetime.combine(on, time(hour, minute), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def kg(amount: str) -> Load:
    return Load(unit=LoadUnit.KG, amount=Decimal(amount))


def lb(amount: str) -> Load:
    return Load(unit=LoadUnit.LB, amount=Decimal(amount))


def band(color: str) -> Load:
    return Load(unit=LoadUnit.BAND, band=color)


def exercise(**changes: Any) -> Exercise:
    base = Exercise(
        id="ex-squat",
        name="Squat",
        region="knee",
        type="strength",
        position="standing",
        laterality=Laterality.BILATERAL,
        mode=Mode.REPS,
        dose=Dose(sets=3, reps=10, reps_min=8, reps_max=12),
        times_per_day=1,
        days_per_week=7,
        equipment=("dumbbell",),
        easier=(),
        harder=(),
        easier_ids=(),
        harder_ids=(),
        cues=("Down", "Up"),
        precaution="Stop when it hurts.",
        progression=ProgressionRule.DOUBLE,
        pain_rule=PainRule.STANDARD,
        flags=(),
        loadable=True,
        loaded=False,
        family="quad",
        stage=2,
        synonyms=("knee bend", "crouch"),
    )
    return replace(base, **changes)


def prescription(
    pid: str = "rx-squat-1",
    *,
    side: Side | None = None,
    dose: Dose | None = None,
    schedule: Schedule | None = None,
    progression: ProgressionRule | None = None,
    ex: Exercise | None = None,
    **changes: Any,
) -> Prescription:
    ex = ex or exercise()
    return Prescription(
        id=pid,
        exercise=ex,
        side=side,
        dose=dose or ex.dose,
        schedule=schedule or Schedule(from_on=D(1)),
        goal_id=GOAL,
        progression=progression or ex.progression,
        **changes,
    )


def version(
    *prescriptions: Prescription,
    number: int = 1,
    effective_on: date | None = None,
    published_at: datetime | None = None,
    state: ProgramState = ProgramState.ACTIVE,
) -> ProgramVersion:
    on = effective_on or D(1)
    return ProgramVersion(
        program_id=PROGRAM,
        version=number,
        episode_id="episode-01",
        author_id="therapist-1",
        author_name="Ada",
        published_at=published_at or at(on, 5),
        effective_on=on,
        reason="start",
        goals=(),
        prescriptions=tuple(prescriptions),
        state=state,
    )


@dataclass
class Phone:
    """Logs facts the way a phone does; every row is numbered by the clinic in the order it was written."""

    zone: str = ZONE
    rows: list[Stored] = field(default_factory=list)

    def put(self, kind: Kind, fact: Fact, row_id: str | None = None) -> str:
        n = len(self.rows) + 1
        self.rows.append(Stored(row_id or f"row-{n:05d}", kind, fact, n, None))
        return self.rows[-1].id

    def _base(self, on: date, **more: Any) -> dict[str, Any]:
        return {"at": at(on, 12, zone=self.zone), "zone": self.zone, "on": on, "device_seq": len(self.rows), **more}

    def log(
        self,
        p: Prescription,
        on: date,
        *work: int,
        slot: int = 1,
        version: int = 1,
        week: str | None = None,
        n: int = 1,
        extra: bool = False,
        session: str | None = None,
        side: Side | None = None,
        first: int = 1,
        after: int | None = None,
        load: Load | None = None,
        **more: Any,
    ) -> str:
        """Log sets of `work` (reps, or seconds) for a planned item; returns the session's id."""
        key = ItemKey(p.id, week, n) if week else ItemKey.dated(p.id, on, slot)
        session_id = session or f"session-{on.isoformat()}-{slot}"
        timed = p.exercise.mode is not Mode.REPS
        for index, amount in enumerate(work, first):
            fact = SetLog(
                **self._base(on, session_id=session_id),
                program_id=PROGRAM,
                version=version,
                prescription_id=p.id,
                planned=None if extra else str(key),
                set_index=index,
                side=side,
                reps=None if timed else amount,
                seconds=amount if timed else None,
                load=load if load is not None else p.dose.load,
                **more,
            )
            self.put(Kind.SET_LOG, fact)
        if after is not None:
            self.end(on, session_id, after=after)
        return session_id

    def end(self, on: date, session_id: str, *, after: int | None = None, **more: Any) -> str:
        more.setdefault("provenance", Provenance.LIVE_TIMED)
        fact = SessionEnd(**self._base(on, session_id=session_id), pain_after=after, **more)
        return self.put(Kind.SESSION_END, fact)

    def skip(self, p: Prescription, on: date, *, slot: int = 1, version: int = 1, week: str | None = None) -> str:
        fact = ItemSkip(
            **self._base(on),
            program_id=PROGRAM,
            version=version,
            prescription_id=p.id,
            planned=str(ItemKey(p.id, week or on.isoformat(), slot)),
            reason=SkipReason.NO_TIME,
        )
        return self.put(Kind.ITEM_SKIP, fact)

    def morning(self, about: date, pain: int, *, on: date | None = None, stiffness: int | None = None) -> str:
        answered = on or about + timedelta(days=1)
        fact = CheckIn(**self._base(answered), pain=pain, about_on=about, stiffness_min=stiffness)
        return self.put(Kind.CHECK_IN, fact)

    def mornings(self, until: date, *pains: int) -> None:
        """Answers given on consecutive mornings that end with `until` (inclusive)."""
        for back, pain in enumerate(reversed(pains)):
            answered = until - timedelta(days=back)
            self.morning(answered - timedelta(days=1), pain)

    def pause(self, from_on: date, until_on: date) -> str:
        fact = Pause(**self._base(from_on), from_on=from_on, until_on=until_on, reason=SkipReason.AWAY)
        return self.put(Kind.PAUSE, fact)

    def retract(self, target: str, on: date) -> str:
        return self.put(Kind.RETRACTION, Retraction(**self._base(on), target_id=target))

    def correct(self, target: str, on: date, corrects: Kind, body: dict[str, Any]) -> str:
        return self.put(Kind.CORRECTION, Correction(**self._base(on), target_id=target, corrects=corrects, body=body))

    def history(self, *versions: ProgramVersion, **more: Any) -> History:
        return History.of(versions, self.rows, self.zone, **more)


def days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


__all__ = [name for name in dir() if not name.startswith("_")] + ["Sign"]
