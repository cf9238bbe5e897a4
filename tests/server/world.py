"""A small world for server tests: clinics and people made through the real API, and a clock to turn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

from fastapi import FastAPI
from httpx import Client, Response
from sqlalchemy import Dialect, Engine

from hep.access import Role
from hep.ids import new_id
from server.app import create_app
from server.database import writing
from server.settings import Settings
from server.tables.people import Clinic, Staff
from tests.server import canned
from tests.server.bridge import Running

START = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
KEY = "0123456789abcdefghijklmnopqrstuvwxyz-test"


@dataclass(frozen=True)
class Signed:
    """Somebody who is signed in: `get` and `post` as them. `tokens` is the answer of the sign-in."""

    client: Client
    tokens: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.tokens["person_id"])

    @property
    def device_id(self) -> str:
        return str(self.tokens["device_id"])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}"}

    def request(self, method: str, path: str, **more: Any) -> Response:
        return self.client.request(method, path, headers=self.headers | more.pop("headers", {}), **more)

    def get(self, path: str, **more: Any) -> Response:
        return self.request("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> Response:
        return self.request("POST", path, json=json, **more)


_COMPILED: dict[str, tuple[Dialect, dict[Any, Any]]] = {}


def share_compiled(engine: Engine) -> None:
    """Let this engine use the statements that any engine of this process has compiled: else each test begins anew."""
    name = engine.dialect.name
    if name not in _COMPILED:
        engine.connect().close()  # the dialect asks the database what it is, once
        engine.dispose()
        _COMPILED[name] = (engine.dialect, {})
    engine.dialect, compiled = _COMPILED[name]
    engine.update_execution_options(compiled_cache=compiled)


class World:
    """The server under test. `now` is its clock; its timer rests, so that a test says when pushes are settled.

    `outside` stands for every channel of reminders, unless `change` puts the real ones back.
    """

    def __init__(self, database_url: str, folder: Path, change: Callable[[FastAPI], None] | None = None) -> None:
        self.now = START
        self.settings = Settings(
            database_url=database_url,
            data_dir=folder,
            secret_key=KEY,
            argon2_memory_kib=64,
            argon2_rounds=1,
            push_contact="mailto:operator@example.org",
            outgoing_vouched="127.0.0.1",
        )
        self.app = create_app(self.settings, clock=lambda: self.now)
        self.outside = canned.install(self.app)
        if change is not None:
            change(self.app)
        self.engine: Engine = self.app.state.engine
        share_compiled(self.engine)
        self.running = Running(self.app)
        self._numbers = count(1)

    def __enter__(self) -> "World":
        self.running.__enter__()
        self.app.state.timer.pause()
        self.client = self.running.client()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.running.__exit__(kind, error, trace)

    def later(self, **span: float) -> datetime:
        """Turn the clock on by a timedelta's arguments."""
        self.now += timedelta(**span)
        return self.now

    def clinic(self, name: str = "Hillside") -> str:
        """A new clinic's id."""
        clinic = Clinic(id=new_id(self.now), name=name, zone="America/New_York", created_at=self.now)
        with writing(self.engine) as session:
            session.add(clinic)
        return clinic.id

    def staff(self, clinic_id: str, role: Role = Role.THERAPIST, email: str | None = None) -> str:
        """A staff member's email; the password is PASSWORD."""
        number = next(self._numbers)
        email = email or f"staff{number}@example.org"
        with writing(self.engine) as session:
            session.add(
                Staff(
                    id=new_id(self.now),
                    clinic_id=clinic_id,
                    name=f"Staff {number}",
                    email=email,
                    password_hash=self.app.state.passwords.hash(PASSWORD),
                    role=role.value,
                    created_at=self.now,
                )
            )
        return email

    def sign_in(self, email: str, password: str = PASSWORD) -> Response:
        """The raw answer of a sign-in."""
        body = {"email": email, "password": password, "device_name": "Desk", "nonce": self.nonce()}
        return self.client.post("/v1/auth/sign-in", json=body)

    def signed(self, reply: Response) -> Signed:
        """The person that a sign-in, a redeemed invitation or a refresh let in."""
        assert reply.status_code == 200, reply.text
        return Signed(self.client, reply.json())

    def therapist(self, clinic_id: str, role: Role = Role.THERAPIST) -> Signed:
        """A signed-in staff member of that clinic."""
        return self.signed(self.sign_in(self.staff(clinic_id, role)))

    def patient(self, therapist: Signed, **changes: Any) -> str:
        """A new patient's id, in the therapist's clinic."""
        body: dict[str, Any] = {
            "name": f"Patient {next(self._numbers)}",
            "birth_date": "1961-04-09",
            "zone": "America/New_York",
            "flags": [],
            "equipment": ["band"],
            "time_budget_min": 20,
            "problem": "Knee pain",
            "region": "knee",
        }
        reply = therapist.post("/v1/patients", json=body | changes)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    def invite(self, therapist: Signed, patient_id: str) -> dict[str, Any]:
        """A fresh invitation: id, secret, code, expires_at, link."""
        reply = therapist.post(f"/v1/patients/{patient_id}/invitations")
        assert reply.status_code == 201, reply.text
        made: dict[str, Any] = reply.json()
        return made

    def redeem(self, **body: Any) -> Response:
        """The raw answer of redeeming an invitation."""
        return self.client.post("/v1/auth/redeem", json={"device_name": "Phone", "nonce": self.nonce()} | body)

    def phone(self, therapist: Signed, patient_id: str) -> Signed:
        """A phone of that patient, signed in by a fresh invitation."""
        return self.signed(self.redeem(secret=self.invite(therapist, patient_id)["secret"]))

    def nonce(self) -> str:
        """A nonce nobody used before."""
        return f"nonce-{next(self._numbers):016d}"

    def refresh(self, signed: Signed, nonce: str | None = None) -> Response:
        """The raw answer of exchanging that person's refresh token."""
        body = {"refresh_token": signed.tokens["refresh_token"], "nonce": nonce or self.nonce()}
        return self.client.post("/v1/auth/refresh", json=body)
