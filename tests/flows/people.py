"""A therapist at the clinic and a patient with phones: the real client and the real server in one process."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sqlmodel import select

from app.account import Account
from app.api import Api
from app.patient.log import PatientLog, SetDone
from app.patient.session import OpenSession
from app.store import Store, open_store
from app.storefile import Repair
from app.sync import Sync, SyncState
from app.tokens import StoreKeeper
from hep import codec
from hep.days import local_on
from hep.facts import ItemKey
from hep.history import History
from hep.prescribing import Draft
from hep.records import Goal, Intent, Prescription
from hep.schedule import due_items
from server import library
from server.database import reading
from server.tables.care import Fact
from tests.app.device import Device
from tests.app.examples import squat
from tests.flows.link import Link
from tests.server.world import World

ZONE = "America/New_York"
GOAL = Goal(id="goal-0001", text="Climb the stairs at home", intent=Intent.FUNCTION)


class Clinic:
    """One therapist, one patient, one program."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clinic_id = world.clinic()
        self.sign_in_again()
        taken = self.therapist.post(
            "/v1/patients",
            {
                "name": "Ana Rivera",
                "birth_date": "1961-04-09",
                "zone": ZONE,
                "flags": [],
                "equipment": [],
                "time_budget_min": 20,
                "problem": "Knee pain",
                "region": "knee",
            },
        )
        assert taken.status_code == 201, taken.text
        self.patient_id: str = taken.json()["id"]
        self.episode_id: str = taken.json()["episode_id"]
        self.program_id = ""
        self.version = 0

    def sign_in_again(self) -> None:
        """A therapist of this clinic sits down at the desk."""
        self.therapist = self.world.therapist(self.clinic_id)

    @property
    def today(self) -> date:
        """The patient's local date."""
        return local_on(self.world.now, ZONE)

    def publish(self, *prescriptions: Prescription, reason: str = "A good start") -> int:
        """A new version of the program; returns its number."""
        draft = Draft(
            program_id=self.program_id or f"program-{self.patient_id}",
            episode_id=self.episode_id,
            base_version=self.version,
            reason=reason,
            effective_on=self.today,
            goals=(GOAL,),
            prescriptions=prescriptions or (a_squat(self.today),),
        )
        answer = self.therapist.post(f"/v1/patients/{self.patient_id}/programs", codec.dump(draft))
        assert answer.status_code in (200, 201), answer.text
        made = answer.json()["program"]
        self.program_id, self.version = made["program_id"], made["version"]
        return self.version

    def invitation(self) -> str:
        """A fresh secret."""
        return str(self.world.invite(self.therapist, self.patient_id)["secret"])

    def stored(self) -> list[tuple[str, str]]:
        """(kind, id) of every fact the clinic holds of the patient, straight from the database."""
        with reading(self.world.engine) as session:
            rows = session.exec(select(Fact.kind, Fact.id).where(Fact.patient_id == self.patient_id)).all()
        return sorted((kind, id_) for kind, id_ in rows)


def a_squat(today: date, **changes: Any) -> Prescription:
    """A daily squat of the library from `today` on, with a goal."""
    base = squat(**{k: v for k, v in changes.items() if k in ("prescription_id", "sets")})
    exercise = library.exercises()["kn-mini-squat"]
    return replace(base, exercise=exercise, goal_id=GOAL.id, schedule=replace(base.schedule, from_on=today))


class Phone:
    """A patient's phone: the headless client on a real file, over a `Link`."""

    def __init__(self, clinic: Clinic, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.clinic = clinic
        self.link = self._link()
        self.device = Device(folder, self.link)
        self.skew = timedelta()

    def now(self) -> datetime:
        """The phone's own clock."""
        return self.clinic.world.now + self.skew

    def _link(self) -> Link:
        return Link(self.clinic.world.app)

    async def _open_store(self) -> tuple[Store, Repair | None]:
        return await open_store(self.device, self.now())

    async def open(self) -> Self:
        """Start the app."""
        self.store, self.repair = await self._open_store()
        self.api = Api(self.device.base_url, self.device.transport, StoreKeeper(self.store))
        self.sync = Sync(self.store, self.api, self.now, lambda: 0.5)
        self.account = Account(self.store, self.api, self.device, self.sync.wake)
        self.log = PatientLog(self.store, self.now, lambda: ZONE, self.sync.nudge)
        return self

    async def close(self) -> None:
        """The app is gone."""
        await self.api.close()
        self.store.close()

    async def restart(self) -> None:
        """The app is killed and opened again."""
        await self.close()
        await self.open()

    async def history(self) -> History:
        """What the phone knows."""
        return await self.store.history(ZONE)

    async def settle(self, most: int = 60) -> None:
        """Rounds until one goes well and nothing is left."""
        for _ in range(most):
            if await self.sync.once() is SyncState.IDLE and (await self.sync.status()).unsent == 0:
                return
        raise AssertionError(f"no peace after {most} rounds: {await self.sync.status()}")

    async def begin(self, slot: int = 1) -> OpenSession:
        """Begin today's session under the version the phone knows."""
        history = await self.history()
        version = history.version_on(self.clinic.today)
        assert version is not None
        return await self.log.start_session(version, self.clinic.today, slot)

    async def squats(self, session: OpenSession, *numbers: int, pain: int = 1, reps: int = 10) -> list[str]:
        """Log sets of today's squat; returns their ids."""
        key = ItemKey.dated("squat-0001", session.on, session.slot)
        return [
            await self.log.log_set(session, "squat-0001", key, SetDone(set_index=n, reps=reps, pain=pain))
            for n in numbers
        ]

    async def due(self) -> list[str]:
        """What is due today, as sets × repetitions."""
        items = due_items(await self.history(), self.clinic.today)
        return [f"{item.prescription.dose.sets}x{item.prescription.dose.reps}" for item in items]

    async def facts(self) -> list[tuple[str, str]]:
        """(kind, id) of every fact on this phone."""
        return sorted((row.kind.value, row.id) for row in await self.store.facts())
