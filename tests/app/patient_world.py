"""A patient's phone for the screens' tests: a real store with a small program in it, and no network unless given."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from app.patient.doing import Doing
from app.patient.shell import start
from app.store import Store, open_store
from app.tokens import StoreKeeper
from hep import codec
from hep.facts import Fact, SetLog
from hep.history import Stored
from hep.ids import new_id
from hep.records import (
    ClinicCard,
    Dose,
    Goal,
    Intent,
    Mode,
    PainRule,
    Prescription,
    Profile,
    ProgramVersion,
    StopSign,
)
from hep.wire import Row, ServerKind
from tests.app.clinic import tokens
from tests.app.device import Device
from tests.app.examples import ZONE, change, program, squat
from tests.app.harness import UI, run_ui

MORNING = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)

PROFILE = Profile(id="patient-a", name="Ana Rivera", zone=ZONE, region="knee", problem="Knee")
CLINIC = ClinicCard(
    id="clinic-0001",
    name="Hillside",
    phone="555 0142",
    emergency_number="911",
    emergency_text="Call now and stay seated.",
    clinic_text="Call us today.",
    stop_signs=(
        StopSign(id="chest", text="Chest pain or pressure", group="emergency"),
        StopSign(id="calf", text="One calf swollen, hot or painful", group="same_day", regions=("knee",)),
        StopSign(id="double", text="Double vision", group="same_day", regions=("neck",)),
    ),
)


def bridge(**changes: Any) -> Prescription:
    """A second exercise: a hold, of another family."""
    base = squat("bridge-0001", sets=1)
    exercise = replace(
        base.exercise,
        id="bridge",
        name="Bridge",
        mode=Mode.HOLD,
        family="bridge",
        loaded=False,
        region="knee",
        pain_rule=PainRule.STRETCH,
        precaution="Stop for sharp pain.",
    )
    return replace(base, exercise=exercise, dose=Dose(sets=1, hold_s=20, reps=1), goal_id="goal-0001", **changes)


def version(number: int = 1, *prescriptions: Prescription, **changes: Any) -> ProgramVersion:
    """A version with a goal, by default a squat of 2 × 10 and a bridge."""
    goal = Goal(id="goal-0001", text="Walk to the market", intent=Intent.FUNCTION)
    return replace(program(number, *(prescriptions or (squat(), bridge()))), goals=(goal,), **changes)


@dataclass
class World:
    """One phone: its clock, its device, what a test put into it, and the screen once it is on."""

    device: Device
    now: datetime = MORNING
    ui: UI = field(init=False)
    model: Doing = field(init=False)

    _tick: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self, _: float) -> None:
        """The app's wait between two looks at a timer: over when the test lets time pass."""
        await self._tick.wait()

    async def let_pass(self, **time: float) -> None:
        """Move the clock on; every timer looks at it."""
        self.now += timedelta(**time)
        self._tick.set()
        self._tick = asyncio.Event()
        await self.ui.settle()

    @property
    def store(self) -> Store:
        return self.model.store

    async def stored(self, kind: type[Fact]) -> list[Any]:
        """The facts of a kind in the store."""
        return [row.fact for row in await self.store.facts() if isinstance(row.fact, kind)]

    async def sets(self) -> list[SetLog]:
        """The sets in the store."""
        return await self.stored(SetLog)

    async def rows(self) -> tuple[Stored, ...]:
        return await self.store.facts()


async def fill(device: Device, versions: tuple[ProgramVersion, ...], facts: tuple[Fact, ...], signed_in: bool) -> None:
    """Put what the clinic sent, and what was logged before, into the phone's file."""
    store, _ = await open_store(device, MORNING)
    if signed_in:
        await StoreKeeper(store).save(tokens())
    records: list[Any] = []
    if versions:
        records = [(ServerKind.PROFILE, PROFILE.id, PROFILE), (ServerKind.CLINIC, CLINIC.id, CLINIC)]
        records += [(ServerKind.PROGRAM, v.id, v) for v in versions]
    changes = [change(n, kind.value, id_, record) for n, (kind, id_, record) in enumerate(records, 1)]
    changes += [change(100 + n, fact.kind.value, new_id(MORNING), fact) for n, fact in enumerate(facts)]
    await store.absorb(changes, cursor="c0", epoch=1)
    store.close()


async def queue(device: Device, facts: tuple[Fact, ...]) -> None:
    """Leave unsent entries on the phone."""
    store, _ = await open_store(device, MORNING)
    for fact in facts:
        await store.put_rows((Row(kind=fact.kind.value, id=new_id(fact.at), body=codec.dump(fact)),))
    store.close()


@asynccontextmanager
async def patient(
    folder: Path,
    *versions: ProgramVersion,
    facts: tuple[Fact, ...] = (),
    unsent: tuple[Fact, ...] = (),
    now: datetime = MORNING,
    signed_in: bool = True,
    device: Device | None = None,
    width: int = 412,
    route: str = "/",
) -> AsyncIterator[World]:
    """A phone that is on, showing the first screen."""
    world = World(device or Device(folder), now)
    if not world.device.refuses:
        await fill(world.device, versions, facts, signed_in)
        await queue(world.device, unsent)

    async def main(page: Any) -> None:
        model = await start(page, world.device, lambda: world.now, world.pause)
        if model is not None:
            world.model = model

    async with run_ui(main, width=width, route=route) as ui:
        world.ui = ui
        try:
            yield world
        finally:
            if hasattr(world, "model"):
                await turn_off(world.model)


async def turn_off(model: Doing) -> None:
    """Let go of what a phone holds while it is on."""
    if model.background is not None:
        model.background.cancel()
        with suppress(asyncio.CancelledError):
            await model.background
    await model.api.close()
    model.store.close()


def yesterday(n: int = 1) -> date:
    """The date n days before today."""
    return TODAY - timedelta(days=n)
