"""A clinic on a real server process, for browsers: its data in a file of its own, its people made over HTTP.

What a test looks at afterwards it asks the clinic's API for, as the therapist's screens do.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from hep import codec
from hep.days import local_on
from hep.facts import CheckIn, ItemKey, Provenance, SessionEnd, SetLog
from hep.ids import new_id
from hep.library import exercises_from, prescribe
from hep.own import OwnDraft
from hep.prescribing import Draft
from hep.records import Exercise, Goal, Intent, Prescription, Review, Schedule
from hep.views import PatientDetail
from hep.wire import SCHEMA
from tests.browser.serving import ROOT, ServerProcess

LIBRARY = ROOT / "assets" / "exercises" / "library.json"
EMAIL, PASSWORD = "dana@clinic.test", "correct horse battery staple"
GOAL = Goal(id="goal-0001", text="Climb the stairs at home", intent=Intent.FUNCTION)


def zone_where_it_is_noon() -> str:
    """A zone in which it is between noon and 1 pm now, so that a session and the morning question are both due."""
    hour = datetime.now(UTC).hour
    return f"Etc/GMT{hour - 12:+d}" if hour != 12 else "Etc/GMT"


class RealClinic:
    """One therapist, a server process that can be killed and started again, and the patient who was taken in last."""

    def __init__(self, folder: Path, web: Path) -> None:
        self.zone = zone_where_it_is_noon()
        self.environment = {
            "DATABASE_URL": f"sqlite:///{folder / 'clinic.db'}",
            "DATA_DIR": str(folder),
            "WEB_DIR": str(web),
        }
        self.environment |= {"ARGON2_MEMORY_KIB": "64", "ARGON2_ROUNDS": "1"}
        self.server = ServerProcess(sys.executable, "-m", "server", "run", environment=self.environment)
        self.url = self.server.url
        self._patients = 0

    def open(self) -> None:
        """Make the clinic and start its server."""
        command = [sys.executable, "-m", "server", "create-clinic", "--name", "Harbor Physical Therapy"]
        people = ["--zone", self.zone, "--therapist", "Dana Ruiz", "--email", EMAIL]
        contact = ["--phone", "555 0100", "--emergency-number", "911"]
        subprocess.run(
            [*command, *people, *contact],
            input=f"{PASSWORD}\n",
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
        )
        self.server.start()

    def take_in(self) -> None:
        """Sign the therapist in and take a patient in: from now on everything here is about them."""
        self._patients += 1
        asked = {"email": EMAIL, "password": PASSWORD, "device_name": "Desk", "nonce": f"{self._patients:022d}"}
        self._therapist = self._signed_in("/v1/auth/sign-in", asked)
        self.patient = f"Ana Rivera {self._patients}"
        taken = self._post(
            "/v1/patients",
            {
                "name": self.patient,
                "birth_date": "1961-04-09",
                "zone": self.zone,
                "flags": [],
                "equipment": [],
                "time_budget_min": 20,
                "problem": "Right knee replacement",
                "region": "knee",
            },
        )
        self.patient_id, self.episode_id = taken["id"], taken["episode_id"]

    @property
    def now(self) -> datetime:
        """The real clock."""
        return datetime.now(UTC)

    def publish(self, *changes: Prescription, reason: str = "A good start") -> dict[str, Any]:
        """The next version of the program: what is given, else sit to stand and a heel raise, daily."""
        current = self.detail().versions
        base = current[0].version if current else None
        draft = Draft(
            program_id=base.program_id if base else f"program-{self.patient_id}",
            episode_id=self.episode_id,
            base_version=base.version if base else 0,
            reason=reason,
            effective_on=self.today(0),
            goals=(GOAL,),
            prescriptions=changes or (self.prescription("fn-sit-to-stand", 2), self.prescription("an-heel-raise", 1)),
        )
        return self._post(f"/v1/patients/{self.patient_id}/programs", codec.dump(draft))

    def own_exercise(self, name: str, like: str, photo: bytes) -> Exercise:
        """An exercise of the clinic's own with a photo, otherwise the library's `like`."""
        octets = {**self._therapist, "Content-Type": "application/octet-stream"}
        added = httpx.post(f"{self.url}/v1/library/photos", content=photo, headers=octets, timeout=60)
        assert added.status_code == 201, added.text
        own_id, shown = f"own-{like}-{self._patients:04d}", added.json()["photo"]
        own = replace(_library()[like], id=own_id, name=name, photo=shown, review=Review())
        self._post("/v1/library/own", codec.dump(OwnDraft(base_version=0, exercise=own)))
        return own

    def prescription(
        self, exercise_id: str, sets: int, reps: int = 10, exercise: Exercise | None = None
    ) -> Prescription:
        """A daily prescription of a library exercise, or of `exercise`, since three weeks ago, with a goal."""
        held = exercise or _library()[exercise_id]
        made = prescribe(held, prescription_id=f"{exercise_id}-01", from_on=self.today(-21))
        schedule = Schedule(from_on=self.today(-21))
        return replace(
            made, goal_id=GOAL.id, schedule=schedule, dose=replace(made.dose, sets=sets, reps=reps, rest_s=0)
        )

    def today(self, offset: int) -> Any:
        """The patient's local date, `offset` days from now."""
        return local_on(self.now, self.zone) + timedelta(days=offset)

    def invitation(self) -> str:
        """A fresh link for the patient's phone."""
        made = self._post(f"/v1/patients/{self.patient_id}/invitations")
        return f"{self.url}/#i={made['secret']}"

    def earlier_phone(self, link: str | None = None) -> "EarlierPhone":
        """A phone the patient had before, which speaks the wire by hand; it redeems `link` or a fresh one."""
        return EarlierPhone(self, link or self.invitation())

    def detail(self) -> PatientDetail:
        """The patient's page as the therapist's client reads it."""
        answer = httpx.get(f"{self.url}/v1/patients/{self.patient_id}", headers=self._therapist)
        assert answer.status_code == 200, answer.text
        return codec.load(PatientDetail, answer.json())

    def sets_logged(self) -> list[tuple[str, int, int | None]]:
        """(prescription, set number, pain) of every set the clinic holds, sorted."""
        return sorted(
            (done.prescription_id, logged.index, logged.pain)
            for session in self.detail().sessions
            for done in session.exercises
            for logged in done.sets
        )

    def wait_for_sets(self, count: int, patience_s: float = 60) -> None:
        """Wait until the clinic holds at least so many sets."""
        end = time.monotonic() + patience_s
        while len(self.sets_logged()) < count:
            assert time.monotonic() < end, f"the clinic waited in vain for {count} sets"
            time.sleep(0.2)

    def _signed_in(self, path: str, body: dict[str, Any]) -> dict[str, str]:
        answer = httpx.post(f"{self.url}{path}", json=body)
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    def _post(self, path: str, body: Any = None) -> dict[str, Any]:
        answer = httpx.post(f"{self.url}{path}", json=body, headers=self._therapist)
        assert answer.status_code in (200, 201), answer.text
        read: dict[str, Any] = answer.json()
        return read


def _library() -> dict[str, Exercise]:
    return exercises_from(json.loads(LIBRARY.read_text()))


class EarlierPhone:
    """Redeems an invitation and pushes sessions of earlier days, as an app of that time would have."""

    def __init__(self, clinic: RealClinic, link: str) -> None:
        self.clinic = clinic
        secret = link.split("#i=")[1]
        redeem = {"device_name": "Earlier phone", "nonce": "m" * 22, "secret": secret}
        answer = httpx.post(f"{clinic.url}/v1/auth/redeem", json=redeem)
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()

    def did(self, days_ago: int, prescription: Prescription, *, reps: int = 10, pain: int = 1) -> None:
        """All sets of one prescription on an earlier day, with the morning answer the day after if that has come."""
        on = self.clinic.today(-days_ago)
        at = self.clinic.now - timedelta(days=days_ago)
        common = {"at": at, "zone": self.clinic.zone, "on": on, "session_id": new_id(at)}
        program = self.clinic.detail().versions[-1].version
        sets = [
            SetLog(
                **common,
                program_id=program.program_id,
                version=program.version,
                prescription_id=prescription.id,
                planned=str(ItemKey.dated(prescription.id, on, 1)),
                set_index=number,
                reps=reps,
                pain=pain,
                effort=8,
            )
            for number in range(1, prescription.dose.sets + 1)
        ]
        facts = [*sets, SessionEnd(**common, pain_after=pain, provenance=Provenance.LIVE_TIMED, slot=1)]
        if days_ago > 1:
            morning = at + timedelta(hours=21)
            facts.append(
                CheckIn(at=morning, zone=self.clinic.zone, on=on + timedelta(days=1), pain=1, about_on=on)  # type: ignore[arg-type]
            )
        self._push([{"kind": fact.kind, "id": new_id(fact.at), "body": codec.dump(fact)} for fact in facts])

    def _push(self, rows: list[dict[str, Any]]) -> None:
        now = self.clinic.now
        envelope = {
            "device_id": self.tokens["device_id"],
            "schema": SCHEMA,
            "batch_id": new_id(now),
            "sent_at": codec.dump(now),
            "rows": rows,
        }
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        answer = httpx.post(f"{self.clinic.url}/v1/sync/push", json=envelope, headers=headers)
        assert answer.status_code == 200, answer.text
        assert {result["status"] for result in answer.json()["results"]} == {"accepted"}, answer.text
