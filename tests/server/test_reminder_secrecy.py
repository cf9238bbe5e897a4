"""Everything that leaves the server for a reminder, as providers see it: no name, no clinic, no word about health."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from fastapi import FastAPI
from sqlmodel import select

from hep import codec
from hep.access import Role
from hep.facts import Preference
from hep.ids import new_id
from hep.reminding import LANGUAGES, SENTENCES, Due, Purpose
from server.database import reading, writing
from server.library import exercises
from server.reminders.channels import calendar, words
from server.reminders.engine import Ticker
from server.reminders.outlets import open_outlets
from server.tables.care import Fact
from server.tables.people import Clinic, Patient, Staff
from server.tables.reminding import Outbox, ReminderAddress
from tests.server.outside import Browser, Provider, Sink, claims_of, mail_sink, provider
from tests.server.test_reminder_routes import set_up
from tests.server.world import World

PATIENTS = 8
FIRST = ("Zuleika", "Ambrose", "Quentin", "Rosalind", "Thaddeus", "Wilhelmina")
LAST = ("Abernathy", "Featherstone", "Quagga", "Villalobos", "Zimmerman", "Okonkwo")
CLINICS = ("Hillcrest Spine and Knee Institute", "Lakeside Recovery Physio")
HEALTH = set(
    """
    pain painful ache hurt injury injured surgery surgical operation replacement rehab rehabilitation recovery therapy
    therapist physio physiotherapy physical exercise exercises workout stretch strengthen muscle joint bone tendon
    ligament spine back neck shoulder elbow wrist hand hip knee ankle foot leg arm patient clinic hospital doctor
    treatment diagnosis disease illness medical medicine health healthy adherence prescription dose sets reps symptom
    swelling fall balance
    dolor lesión cirugía rehabilitación terapia terapeuta fisioterapia ejercicio ejercicios músculo articulación hueso
    espalda cuello hombro codo muñeca mano cadera rodilla tobillo pie pierna brazo paciente clínica hospital médico
    tratamiento diagnóstico enfermedad salud receta dosis
    """.split()  # noqa: SIM905 a list of words reads best as words
)


def real(app: FastAPI) -> None:
    app.state.outlets = open_outlets(app.state.settings, app.state.keys, app.state.engine)


class Everybody:
    """Generated patients of two clinics, each with every kind of address, and one message of every purpose to each."""

    def __init__(self, world: World, far: Provider, sink: Sink) -> None:
        self.world, self.far, self.random = world, far, Random(6)
        self.browsers: dict[str, Browser] = {}
        self.secret: set[str] = set()
        clinics = [world.clinic(name) for name in CLINICS]
        local = {"host": "127.0.0.1", "port": sink.port, "security": "none", "username": "", "password": ""}
        for clinic_id in clinics:
            set_up(world, clinic_id, email=local, ntfy={"url": far.url, "token": ""})
        with writing(world.engine) as session:
            staff = {row.clinic_id: row for row in session.exec(select(Staff).where(Staff.role == Role.ADMIN)).all()}
            for n in range(PATIENTS):
                self._add(session, clinics[n % 2], staff[clinics[n % 2]].id, n)
            for row in session.exec(select(Clinic)).all():
                self.secret |= {row.id, *row.name.split()}

    def _add(self, session: Any, clinic_id: str, therapist_id: str, n: int) -> None:
        now, made = self.world.now, self.random.choice(list(exercises().values()))
        patient = Patient(
            id=new_id(now),
            clinic_id=clinic_id,
            therapist_id=therapist_id,
            name=f"{self.random.choice(FIRST)} {self.random.choice(LAST)}",
            birth_date=date(1950 + n, 3, 4),
            zone="America/New_York",
            problem=f"{made.region} after {made.name}",
            region=made.region,
            created_at=now,
        )
        session.add(patient)
        self.secret |= {patient.id, *patient.name.split()}
        if n % len(LANGUAGES):
            session.add(self._language(patient, LANGUAGES[n % len(LANGUAGES)], n))
        browser = self.browsers[f"/push/{n}"] = Browser(f"{self.far.url}/push/{n}")
        told = {
            "webpush": browser.subscription,
            "email": {"email": f"inbox{n}@example.org"},
            "ntfy": {"server": self.far.url, "topic": f"topic{n:017d}"},
        }
        for kind, data in told.items():
            row = ReminderAddress(
                id=new_id(now),
                clinic_id=clinic_id,
                patient_id=patient.id,
                kind=kind,
                address=json.dumps(data),
                state="ok",
                created_at=now,
            )
            session.add(row)
            self.secret.add(row.id)
            for purpose in Purpose:
                session.add(self._message(row, purpose))

    def _message(self, row: ReminderAddress, purpose: Purpose) -> Outbox:
        now = self.world.now
        return Outbox(
            id=self.random.randbytes(16).hex(),
            clinic_id=row.clinic_id,
            patient_id=row.patient_id,
            address_id=row.id,
            kind=row.kind,
            purpose=purpose.value,
            due_at=now,
            until_at=now.replace(hour=23),
            not_before=now,
        )

    def _language(self, patient: Patient, language: str, n: int) -> Fact:
        now = self.world.now
        chosen = Preference(
            at=now,
            zone=patient.zone,
            on=now.date(),
            session_id=None,
            device_seq=1,
            name="remind.language",
            value=language,
        )
        return Fact(
            patient_id=patient.id,
            id=f"language-{n:08d}",
            clinic_id=patient.clinic_id,
            kind=chosen.kind.value,
            body=json.dumps(codec.dump(chosen)),
            body_hash="0" * 64,
            device_id="none",
            local_on=chosen.on,
            at=now,
            zone=patient.zone,
            received_at=now,
            seq=1,
        )


def said_by(everybody: Everybody, sink: Sink) -> Iterator[str]:
    """All that providers got, in words: addresses, headers, signatures, and what only the browser can open."""
    for heard in everybody.far.heard:
        headers = dict(heard.headers)
        if heard.path in everybody.browsers:
            yield json.dumps(claims_of(headers.pop("authorization")))
            yield json.dumps(everybody.browsers[heard.path].opened(heard.body))
        else:
            yield heard.body.decode()
        yield f"{heard.path} {headers}"
    for letter in sink.letters:
        yield " ".join(f"{name}: {value}" for name, value in letter.items())
        yield letter.get_content()
    yield " ".join(sink.hellos)


def test_nothing_that_leaves_the_server_names_a_person_a_clinic_or_anything_about_health(
    sqlite_url: str, tmp_path: Path
) -> None:
    with World(sqlite_url, tmp_path, real) as world, provider() as far, mail_sink() as sink:
        everybody = Everybody(world, far, sink)
        ticker = Ticker(world.engine, lambda: world.now, world.app.state.outlets.channels)
        ticker.tick()
        with reading(world.engine) as session:
            states = [row.state for row in session.exec(select(Outbox)).all()]
        said = list(said_by(everybody, sink))
    count = PATIENTS * len(Purpose)
    assert states == ["sent"] * 3 * count
    assert (len(far.heard), len(sink.letters)) == (2 * count, count)
    assert {letter["Subject"] for letter in sink.letters} == {
        text for each in SENTENCES.values() for text in each.values()
    }
    assert_says_nothing(said, everybody.secret)


def test_codes_calendars_and_every_frame_say_nothing_either(sqlite_world: World) -> None:
    keys, now = sqlite_world.app.state.keys, sqlite_world.now
    due = Due(on=now.date(), slot=1, purpose=Purpose.SESSION, at=now, until=now)
    for language in LANGUAGES:
        frames = [words.code_mail("123456", language), *(words.mail(purpose.value, language) for purpose in Purpose)]
        made = calendar.written(keys, "patient-4711", "America/New_York", language, [due], now).decode()
        assert_says_nothing([made, *(f"{each.subject} {each.text}" for each in frames)], {"patient-4711"})


def assert_says_nothing(said: list[str], secret: set[str]) -> None:
    told = " ".join(said).casefold()
    assert not [word for word in secret if len(word) > 3 and word.casefold() in told]
    found = set(re.findall(r"[^\W\d_]+", told)) & HEALTH
    assert not found, found
