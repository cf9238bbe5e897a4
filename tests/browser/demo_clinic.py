"""The demo clinic on a server process of its own, for photographs: made once, then copied for every tour.

What happens at the desk while the patient's phone is looked at goes over HTTP, as the therapist's screens do it.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from hep import codec
from hep.days import local_on
from hep.prescribing import Draft
from hep.records import ProgramVersion, Schedule
from hep.views import PatientDetail
from server.demo import PASSWORD
from server.demo.stories import THERAPISTS
from tests.browser.serving import ROOT, ServerProcess

EMAIL = THERAPISTS[0][1]
ADMIN = THERAPISTS[1][1]
"""Who becomes one where a tour asks for it."""
ZONE = "America/New_York"


class DemoClinic:
    """A server on the demo clinic that `make` made in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = ServerProcess(sys.executable, "-m", "server", "run", environment={"DATA_DIR": str(folder)})
        self.url = self.server.url

    def make(self) -> None:
        """Make the demo clinic anew; takes about a minute."""
        self._operate("reset-demo")

    def make_admin(self, email: str) -> None:
        """Give this member of the staff the role, as an operator does."""
        self._operate("staff", "--email", email, "--role", "admin")

    def _operate(self, *words: str) -> None:
        command = [sys.executable, "-m", "server", *words]
        environment = {**os.environ, "DATA_DIR": str(self.folder)}
        subprocess.run(command, check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)

    def open(self) -> None:
        """Start the server and sign the therapist in."""
        self.server.start()
        asked = {"email": EMAIL, "password": PASSWORD, "device_name": "Desk", "nonce": "n" * 22}
        token = self._call("POST", "/auth/sign-in", asked)["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}
        rows = self._call("GET", "/caseload")["rows"]
        self._ids = {row["name"]: row["patient_id"] for row in rows}

    def close(self) -> None:
        """End the server."""
        self.server.kill()

    def copy(self, folder: Path) -> "DemoClinic":
        """The same clinic on a server of its own, which is open already. This one must be closed."""
        shutil.copytree(self.folder, folder)
        made = DemoClinic(folder)
        made.open()
        return made

    def invitation(self, name: str) -> str:
        """A link for a phone of this patient."""
        secret = self._call("POST", f"/patients/{self._ids[name]}/invitations")["secret"]
        return f"{self.url}/#i={secret}"

    def code(self, name: str) -> str:
        """The code of a new invitation, for typing."""
        return str(self._call("POST", f"/patients/{self._ids[name]}/invitations")["code"])

    def detail(self, name: str) -> PatientDetail:
        """The patient's page."""
        return codec.load(PatientDetail, self._call("GET", f"/patients/{self._ids[name]}"))

    def accept_first_proposal(self, name: str) -> None:
        """Accept the first open proposal: the program gets a new version."""
        proposal = next(p for p in self.detail(name).proposals if p.state == "open")
        where = f"/patients/{self._ids[name]}/proposals/{proposal.id}/decision"
        self._call("POST", where, {"decision": "accept", "reason": "", "dose": None})

    def publish(self, name: str, reason: str, **changes: Any) -> None:
        """The next version: the newest with `changes` to its first exercise's dose."""
        newest = self.detail(name).versions[0].version
        first, *others = newest.prescriptions
        self._publish(name, newest, reason, (replace(first, dose=replace(first.dose, **changes)), *others))

    def give_a_rest_day(self, name: str) -> None:
        """A version in which nothing is due today."""
        newest = self.detail(name).versions[0].version
        today = local_on(datetime.now(UTC), ZONE)
        other_days = tuple(day for day in range(1, 8) if day not in (today.isoweekday(), today.isoweekday() % 7 + 1))
        schedule = Schedule(from_on=today, weekdays=other_days)
        rested = tuple(replace(each, schedule=schedule) for each in newest.prescriptions)
        self._publish(name, newest, "A day of rest", rested)

    def sign_phones_out(self, name: str) -> None:
        """Cut off every phone of this patient."""
        for device in self.detail(name).devices:
            if device.revoked_at is None:
                self._call("POST", f"/patients/{self._ids[name]}/devices/{device.id}/revoke")

    def _publish(self, name: str, newest: ProgramVersion, reason: str, prescriptions: Any) -> None:
        draft = Draft(
            program_id=newest.program_id,
            episode_id=newest.episode_id,
            base_version=newest.version,
            reason=reason,
            effective_on=local_on(datetime.now(UTC), ZONE),
            goals=newest.goals,
            prescriptions=prescriptions,
        )
        self._call("POST", f"/patients/{self._ids[name]}/programs", codec.dump(draft))

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        headers = getattr(self, "_headers", {})
        answer = httpx.request(method, f"{self.url}/v1{path}", json=body, headers=headers, timeout=30)
        assert answer.status_code in (200, 201, 204), f"{path.split('/')[-1]}: {answer.text}"
        return answer.json() if answer.content else None
