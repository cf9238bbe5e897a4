"""Small made-up records that tests of the client share."""

from datetime import UTC, date, datetime
from typing import Any

from hep import codec
from hep.facts import ItemKey, Message, SetLog
from hep.records import (
    Dose,
    Exercise,
    Laterality,
    Mode,
    PainRule,
    Prescription,
    ProgramVersion,
    ProgressionRule,
    Schedule,
    Side,
)
from hep.wire import Change, Op

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ZONE = "America/New_York"
PROGRAM = "program-0001"


def squat(prescription_id: str = "squat-0001", sets: int = 2, side: Side | None = None) -> Prescription:
    """A daily exercise of `sets` × 10."""
    dose = Dose(sets=sets, reps=10)
    exercise = Exercise(
        id="chair-squat",
        name="Chair squat",
        region="knee",
        type="strength",
        position="standing",
        laterality=Laterality.BILATERAL,
        mode=Mode.REPS,
        dose=dose,
        times_per_day=1,
        days_per_week=7,
        equipment=(),
        easier=(),
        harder=(),
        easier_ids=(),
        harder_ids=(),
        cues=("Sit back slowly",),
        precaution="",
        progression=ProgressionRule.DOUBLE,
        pain_rule=PainRule.STANDARD,
        flags=(),
        loadable=True,
        loaded=True,
        family="squat",
        stage=1,
        synonyms=(),
    )
    return Prescription(
        id=prescription_id,
        exercise=exercise,
        side=side,
        dose=dose,
        schedule=Schedule(from_on=date(2026, 11, 1)),
        goal_id=None,
    )


def program(version: int = 1, *prescriptions: Prescription) -> ProgramVersion:
    """A version of the one program of these tests."""
    return ProgramVersion(
        program_id=PROGRAM,
        version=version,
        episode_id="episode-0001",
        author_id="therapist-0001",
        author_name="Dana Cole",
        published_at=NOW.replace(hour=version),
        effective_on=date(2026, 11, 1),
        reason="Start",
        goals=(),
        prescriptions=prescriptions or (squat(),),
    )


def change(seq: int, kind: str, id: str, record: Any, op: Op = Op.PUT) -> Change:
    """A change as the clinic sends it."""
    return Change(seq=seq, kind=kind, id=id, op=op, body=codec.dump(record))


def a_set(n: int = 1, reps: int = 10, **more: Any) -> SetLog:
    """The n-th set of today's squats."""
    values: dict[str, Any] = {
        "at": NOW,
        "zone": ZONE,
        "on": TODAY,
        "session_id": "session-0001",
        "device_seq": n,
        "program_id": PROGRAM,
        "version": 1,
        "prescription_id": "squat-0001",
        "planned": str(ItemKey.dated("squat-0001", TODAY, 1)),
        "set_index": n,
        "reps": reps,
    }
    return SetLog(**(values | more))


def words(n: int) -> Message:
    """A message to the clinic."""
    return Message(at=NOW, zone=ZONE, on=TODAY, device_seq=n, text=f"note {n}")
