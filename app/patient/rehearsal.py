"""What is played of the patient's half (see `app.rehearsal`): two weeks were logged, and a session is done today."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import flet as ft

from app.patient.doing import Doing
from app.patient.shell import start
from app.rehearsal import House, Stage, clear_stage
from app.store import open_store
from app.tokens import StoreKeeper
from hep import codec
from hep.days import zone
from hep.facts import CheckIn, Fact, ItemKey, Provenance, SessionEnd, SetLog
from hep.library import exercises_from, prescribe
from hep.records import ClinicCard, Prescription, Profile, ProgramVersion, Schedule, Side, StopSign
from hep.wire import Change, Op, ServerKind, Tokens

NOW = datetime(2026, 1, 14, 15, 0, tzinfo=UTC)
DAYS = 14
_EXERCISES = ("kn-slr", "kn-wall-sit", "sh-pendulum")
_ZONES = (
    "UTC",
    *(f"America/{city}" for city in ("Phoenix", "Anchorage", "Denver", "Los_Angeles", "Chicago", "New_York")),
)
"""Most patients' zones: as many as `ZoneInfo` keeps."""
_PROGRAM = "rehearsal-program"


async def play(library: str) -> None:
    """Play it. `library` is the text of the exercise library."""
    stage, house = Stage("/"), House("/")
    shown: list[Doing | None] = []

    async def main(page: ft.Page) -> None:
        shown.append(await start(page, stage, clock=lambda: NOW))

    await _fill(stage, library)
    await house.open(main)
    model = shown[0]
    if model is None:
        raise RuntimeError("the store did not open")
    await _act(house, model)
    model.store.close()
    await clear_stage()
    for name in _ZONES:
        zone(name)


async def _act(house: House, model: Doing) -> None:
    for index in (1, 2, 3, 0):
        await house.press("tabs", "change", selected_index=index)
    await house.press("start")
    if model.route != "/session":
        raise RuntimeError("the session did not open")
    await house.press("set-done")
    await house.press("leave")


async def _fill(stage: Stage, library: str) -> None:
    store, _ = await open_store(stage, NOW)
    with closing(store):
        await StoreKeeper(store).save(
            Tokens(
                access_token="a" * 43,
                refresh_token="r" * 43,
                access_expires_at=NOW + timedelta(minutes=15),
                role="patient",
                device_id="rehearsal-device",
                person_id="rehearsal-patient",
                person_name="Nobody",
                clinic_name="Nowhere",
            )
        )
        await store.belong_to("rehearsal-patient")
        changes = [
            Change(seq=number, kind=kind, id=id_, op=Op.PUT, body=codec.dump(record))
            for number, (kind, id_, record) in enumerate(_records(library), 1)
        ]
        await store.absorb(changes, cursor="1", epoch=1)


def _records(library: str) -> Iterator[tuple[str, str, Any]]:
    first_on = NOW.date() - timedelta(days=DAYS)
    exercises = exercises_from(json.loads(library))
    daily = Schedule(from_on=first_on, weekdays=tuple(range(1, 8)), times_per_day=1)
    prescriptions = tuple(
        prescribe(
            exercises[name], prescription_id=f"rehearsal-{name}", from_on=first_on, side=Side.RIGHT, schedule=daily
        )
        for name in _EXERCISES
    )
    yield (
        ServerKind.PROFILE.value,
        "rehearsal-patient",
        Profile(id="rehearsal-patient", name="Nobody", zone=Stage.zone, region="knee", problem="Knee"),
    )
    yield (
        ServerKind.CLINIC.value,
        "rehearsal-clinic",
        ClinicCard(
            id="rehearsal-clinic",
            name="Nowhere",
            phone="555 0100",
            emergency_number="911",
            emergency_text="Call.",
            clinic_text="Call us.",
            stop_signs=(StopSign(id="chest", text="Chest pain", group="emergency"),),
        ),
    )
    version = ProgramVersion(
        program_id=_PROGRAM,
        version=1,
        episode_id="rehearsal-episode",
        author_id="rehearsal-author",
        author_name="Nobody",
        published_at=NOW - timedelta(days=DAYS),
        effective_on=first_on,
        reason="Rehearsal",
        goals=(),
        prescriptions=prescriptions,
    )
    yield ServerKind.PROGRAM.value, version.id, version
    for back in range(DAYS, 0, -1):
        for number, fact in enumerate(_day(NOW.date() - timedelta(days=back), prescriptions)):
            yield fact.kind.value, f"rehearsal-{back}-{number}", fact


def _day(on: date, prescriptions: tuple[Prescription, ...]) -> Iterator[Fact]:
    session = f"rehearsal-{on}"
    base: dict[str, Any] = {"at": datetime.combine(on, NOW.timetz()), "zone": Stage.zone, "on": on}
    for rx in prescriptions:
        key, dose = str(ItemKey.dated(rx.id, on, 1)), rx.dose
        done: dict[str, Any] = {"reps": dose.reps, "seconds": dose.hold_s or dose.duration_s, "pain": 1, "effort": 6}
        if dose.reps:
            done["seconds"] = None
        yield SetLog(
            **base,
            **done,
            session_id=session,
            program_id=_PROGRAM,
            version=1,
            prescription_id=rx.id,
            planned=key,
            set_index=1,
            side=rx.side,
        )
    yield SessionEnd(**base, session_id=session, pain_after=1, provenance=Provenance.LIVE_TIMED, slot=1)
    yield CheckIn(**{**base, "on": on + timedelta(days=1)}, pain=1, about_on=on)
