"""What tests of care share: drafts a therapist publishes, and rows a phone writes."""

from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from httpx import Response

from hep import codec
from hep.days import local_on
from hep.facts import (
    Acknowledgement,
    CheckIn,
    Correction,
    Fact,
    ItemKey,
    ItemSkip,
    Kind,
    Provenance,
    RedFlag,
    Retraction,
    SessionEnd,
    SetLog,
    SkipReason,
)
from hep.library import prescribe
from hep.prescribing import Draft
from hep.records import Dose, Exercise, Goal, Intent, Load, LoadUnit, Prescription, ProgramState, Side
from server import library, settling
from tests.server.world import Signed, World

ZONE = "America/New_York"
EXERCISE = "kn-slr"
_numbers = count(1)


def fresh(prefix: str = "row") -> str:
    """An id nobody used before."""
    return f"{prefix}-{next(_numbers):08d}"


GOAL = Goal(
    id="goal-stairs-1",
    text="Climb the stairs at home",
    intent=Intent.FUNCTION,
    measure="flights",
    baseline=Decimal(1),
    target=Decimal(3),
)


def prescription(on: date, **changes: Any) -> Prescription:
    """Straight leg raises on the right, once a day, 2 × 10 up to 12 at 3 lb."""
    wanted = changes.pop("exercise", EXERCISE)
    made = prescribe(
        wanted if isinstance(wanted, Exercise) else library.exercises()[wanted],
        prescription_id=changes.pop("id", None) or fresh("rx"),
        from_on=on,
        side=Side.RIGHT,
        goal_id=GOAL.id,
        dose=Dose(sets=2, reps=10, reps_min=8, reps_max=12, load=Load(unit=LoadUnit.LB, amount=Decimal(3))),
    )
    daily = {"weekdays": tuple(range(1, 8)), "times_per_day": 1}
    fields = {name: getattr(made, name) for name in made.__dataclass_fields__}
    schedule = type(made.schedule)(from_on=on, **daily)  # type: ignore[arg-type]
    return Prescription(**(fields | {"schedule": schedule} | changes))


@dataclass
class Care:
    """A patient in care with a phone: publishes, logs, pushes and pulls over HTTP."""

    world: World
    clinic_id: str
    email: str
    therapist: Signed
    patient_id: str
    episode_id: str
    phone: Signed
    program_id: str = field(default_factory=lambda: fresh("program"))
    version: int = 0
    prescriptions: tuple[Prescription, ...] = ()
    cursor: str | None = None

    @classmethod
    def begin(cls, world: World, publish: bool = True, beside: "Care | None" = None) -> "Care":
        """A new clinic (or that of `beside`), patient and phone; with `publish` a first version, pulled."""
        clinic_id = beside.clinic_id if beside else world.clinic()
        email = beside.email if beside else world.staff(clinic_id)
        therapist = Signed(world.client, world.sign_in(email).json())
        patient_id = world.patient(therapist)
        episode_id = therapist.get(f"/v1/patients/{patient_id}").json()["episode_id"]
        phone = world.phone(therapist, patient_id)
        care = cls(world, clinic_id, email, therapist, patient_id, episode_id, phone)
        if publish:
            care.publish()
            care.pull_all()
        return care

    def later(self, **span: float) -> None:
        """Turn the clock on; both sign in again."""
        self.world.later(**span)
        self.phone = Signed(self.world.client, self.world.refresh(self.phone).json())
        self.therapist = Signed(self.world.client, self.world.sign_in(self.email).json())

    @property
    def today(self) -> date:
        """The patient's local date."""
        return local_on(self.world.now, ZONE)

    def draft(self, **changes: Any) -> Draft:
        """The next version as the builder would send it."""
        given: dict[str, Any] = {
            "program_id": self.program_id,
            "episode_id": self.episode_id,
            "base_version": self.version,
            "reason": "To climb stairs again",
            "effective_on": self.today,
            "goals": (GOAL,),
            "prescriptions": self.prescriptions or (prescription(self.today),),
        }
        return Draft(**(given | changes))

    def send_draft(self, draft: Draft) -> Response:
        """The raw answer of publishing."""
        return self.therapist.post(f"/v1/patients/{self.patient_id}/programs", json=codec.dump(draft))

    def publish(self, **changes: Any) -> dict[str, Any]:
        """Publish, and remember the version."""
        draft = self.draft(**changes)
        reply = self.send_draft(draft)
        assert reply.status_code == 201, reply.text
        self.version = reply.json()["program"]["version"]
        self.prescriptions = draft.prescriptions
        return dict(reply.json())

    def change_program(self, state: ProgramState = ProgramState.ARCHIVED, **changes: Any) -> "Care":
        """End the program and publish another. Returns this as it was, to log under the old one."""
        before = copy(self)
        self.publish(state=state, reason="This program is over")
        self.program_id, self.version, self.prescriptions = fresh("program"), 0, ()
        self.world.later(seconds=1)
        self.publish(**changes)
        return before

    def push(self, *rows: Any, **envelope: Any) -> Response:
        """The raw answer of a push."""
        return self.phone.post("/v1/sync/push", json=self.envelope(*rows, **envelope))

    def envelope(self, *rows: Any, **changes: Any) -> dict[str, Any]:
        """A push request."""
        given = {
            "device_id": self.phone.device_id,
            "schema": 1,
            "batch_id": fresh("batch"),
            "sent_at": codec.dump(self.world.now),
            "rows": list(rows),
        }
        return given | changes

    def statuses(self, *rows: Any) -> list[str]:
        """Push, and the verdicts."""
        reply = self.push(*rows)
        assert reply.status_code == 200, reply.text
        return [result["status"] for result in reply.json()["results"]]

    def pull(self, cursor: str | None = None, **query: Any) -> Response:
        """The raw answer of a pull."""
        headers = query.pop("headers", {})
        params = query | ({"cursor": cursor} if cursor else {})
        return self.phone.get("/v1/sync/pull", params=params, headers=headers)

    def pull_all(self, cursor: str | None = None, limit: int = 500) -> list[dict[str, Any]]:
        """Every change from the cursor on."""
        found: list[dict[str, Any]] = []
        while True:
            reply = self.pull(cursor, limit=limit)
            assert reply.status_code == 200, reply.text
            found += reply.json()["changes"]
            cursor = self.cursor = reply.json()["cursor"]
            if not reply.json()["more"]:
                return found

    def row(self, fact: Fact, row_id: str | None = None, **more: Any) -> dict[str, Any]:
        """A fact as a phone sends it; `more` goes into its body."""
        return {"kind": fact.kind.value, "id": row_id or fresh(), "body": codec.dump(fact) | more}

    def base(self, on: date | None = None, at: datetime | None = None, session: str | None = None) -> dict[str, Any]:
        """What every fact carries."""
        on = on or self.today
        noon = datetime.combine(on, datetime.min.time(), tzinfo=self.world.now.tzinfo) + timedelta(hours=14)
        return {"at": at or noon, "zone": ZONE, "on": on, "session_id": session, "device_seq": next(_numbers)}

    def set_log(self, index: int = 1, on: date | None = None, **changes: Any) -> SetLog:
        """One set as prescribed, with little pain, in the day's first slot."""
        rx = changes.pop("rx", None) or self.prescriptions[0]
        on = on or self.today
        session = changes.pop("session", f"session-{on.isoformat()}")
        given: dict[str, Any] = {
            **self.base(on, session=session),
            "program_id": self.program_id,
            "version": self.version,
            "prescription_id": rx.id,
            "planned": str(ItemKey.dated(rx.id, on, 1)),
            "set_index": index,
            "side": rx.side,
            "reps": rx.dose.reps,
            "load": rx.dose.load,
            "pain": 1,
            "effort": 8,
        }
        return SetLog(**(given | changes))

    def session(self, on: date | None = None, sets: int = 2, after: int = 1, **changes: Any) -> list[dict[str, Any]]:
        """The rows of a whole session of the first prescription."""
        on = on or self.today
        rows = [self.row(self.set_log(n, on, **changes)) for n in range(1, sets + 1)]
        end = SessionEnd(
            **self.base(on, session=f"session-{on.isoformat()}"),
            pain_after=after,
            provenance=Provenance.LIVE_TIMED,
            slot=1,
        )
        return [*rows, self.row(end)]

    def morning(self, about: date, pain: int = 1) -> dict[str, Any]:
        """The answer of the morning after `about`."""
        return self.row(CheckIn(**self.base(about + timedelta(days=1)), pain=pain, about_on=about))

    def skip(self, reason: SkipReason, on: date | None = None) -> dict[str, Any]:
        """The first prescription skipped, and why."""
        rx, on = self.prescriptions[0], on or self.today
        return self.row(
            ItemSkip(
                **self.base(on, session=f"session-{on.isoformat()}"),
                program_id=self.program_id,
                version=self.version,
                prescription_id=rx.id,
                planned=str(ItemKey.dated(rx.id, on, 1)),
                reason=reason,
            )
        )

    def correction(self, target: str, fact: Fact, on: date | None = None) -> dict[str, Any]:
        """Another body for a row."""
        made = Correction(**self.base(on), target_id=target, corrects=Kind(fact.kind), body=codec.dump(fact))
        return self.row(made)

    def retraction(self, target: str) -> dict[str, Any]:
        """A tombstone for a row."""
        return self.row(Retraction(**self.base(), target_id=target))

    def red_flag(self, **changes: Any) -> dict[str, Any]:
        """A stop sign that locks the quad family."""
        return self.row(RedFlag(**(self.base() | {"sign": "calf_hot_swollen", "family": "quad"} | changes)))

    def acknowledgement(self) -> dict[str, Any]:
        """The patient has seen the newest version."""
        return self.row(Acknowledgement(**self.base(), program_id=self.program_id, version=self.version))

    def detail(self) -> dict[str, Any]:
        """The patient's page."""
        reply = self.therapist.get(f"/v1/patients/{self.patient_id}")
        assert reply.status_code == 200, reply.text
        return dict(reply.json())

    def do_well(self) -> None:
        """Two good days after three mornings, settled: more is proposed."""
        for back in (4, 3, 2):
            self.push(self.morning(self.today - timedelta(days=back), pain=1))
        for _ in range(2):
            self.push(*self.session())
            self.later(days=1)
            self.push(self.morning(self.today - timedelta(days=1)))
        self.settle()

    def settle(self) -> None:
        """What the server works out by itself moments after a push."""
        settling.refresh(self.world.engine, lambda: self.world.now)

    def line(self) -> dict[str, Any]:
        """The patient's line of the caseload."""
        reply = self.therapist.get("/v1/caseload")
        assert reply.status_code == 200, reply.text
        return next(row for row in reply.json()["rows"] if row["patient_id"] == self.patient_id)
