"""The demo clinic: invented people with ten weeks of history, made through the same services as real ones.

Refuses to touch a database that holds a clinic not marked as demo. Its passwords are printed, so it must never be
mixed with real data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel, col, select

from server import invitations
from server.audit import Actor
from server.database import reading, writing
from server.demo.clinic import DemoClinic
from server.demo.simulate import simulate
from server.demo.stories import ADMIN, STORIES, THERAPISTS
from server.demo.story import Story
from server.migrate import upgrade
from server.security import Keys, Passwords
from server.settings import Settings
from server.tables.people import Clinic, Patient, Staff

PASSWORD = "riverside demo clinic"  # noqa: S105 a demo's password is no secret: it is printed
"""Of all three therapists and the admin."""


class NotDemo(RuntimeError):
    """The database holds a clinic that is not marked as demo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccess:
    """How a visitor gets in: one therapist's sign-in, the admin's (same password; empty in a demo made before there was
    one), and a one-time link for each patient to try out."""

    therapist_email: str
    therapist_password: str
    admin_email: str
    invitations: tuple[tuple[str, str], ...]


def exists(engine: Engine) -> bool:
    """Whether the database holds the demo clinic."""
    with reading(engine) as session:
        return session.exec(select(Clinic.id).where(Clinic.demo)).first() is not None


def create(engine: Engine, settings: Settings, now: datetime, stories: Sequence[Story] = STORIES) -> DemoAccess:
    """Make the demo clinic in a migrated database: ten weeks up to `now`, all of it or nothing.

    Raises `NotDemo` beside a real clinic.
    """
    _refuse_real(engine)
    clinic = DemoClinic(settings.key(), settings.origin)
    passwords = Passwords(settings.argon2_memory_kib, settings.argon2_rounds)
    opened = timedelta(days=max(story.start_ago for story in stories) + 1)
    with writing(engine) as session:
        clinic.open(session, passwords, PASSWORD, now - opened)
        simulate(session, clinic, stories, now)
    passwords.close()
    return fresh_links(engine, settings, now)


def fresh_links(engine: Engine, settings: Settings, now: datetime) -> DemoAccess:
    """New links for the visitors' patients; earlier ones that nobody used are withdrawn."""
    keys = Keys(settings.key())
    with writing(engine) as session:
        clinic = session.exec(select(Clinic).where(Clinic.demo)).one()
        therapist = session.exec(select(Staff).where(Staff.email == THERAPISTS[0][1])).one()
        by = Actor(clinic_id=clinic.id, person_id=therapist.id, role=therapist.role)
        admin = session.exec(select(Staff.email).where(Staff.email == ADMIN[1])).one_or_none()
        links = []
        for patient in _visited(session, clinic.id):
            _withdraw(session, patient, by, now)
            links.append((patient.name, invitations.make(session, keys, patient, by, now, settings.origin).link))
    return DemoAccess(
        therapist_email=therapist.email,
        therapist_password=PASSWORD,
        admin_email=admin or "",
        invitations=tuple(links),
    )


def reset(engine: Engine, settings: Settings, now: datetime, stories: Sequence[Story] = STORIES) -> DemoAccess:
    """Throw the demo clinic away and make it anew. Raises `NotDemo` when any clinic of the database is real."""
    _refuse_real(engine)
    with engine.execution_options(write=True).begin() as connection:
        SQLModel.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP FUNCTION IF EXISTS audit_entry_is_final"))
    upgrade(engine)
    return create(engine, settings, now, stories)


def _visited(session: Session, clinic_id: str) -> list[Patient]:
    """The patients a visitor may be, in the order of the stories."""
    names = [story.name for story in STORIES if story.visitor]
    whose = select(Patient).where(col(Patient.clinic_id) == clinic_id, col(Patient.name).in_(names))
    return sorted(session.exec(whose), key=lambda patient: names.index(patient.name))


def _withdraw(session: Session, patient: Patient, by: Actor, now: datetime) -> None:
    for earlier in invitations.listed(session, patient, now):
        if earlier.state == "open":
            invitations.revoke(session, patient, earlier.id, by, now)


def _refuse_real(engine: Engine) -> None:
    with reading(engine) as session:
        real = session.exec(select(Clinic.id).where(col(Clinic.demo).is_(False))).first()
    if real is not None:
        raise NotDemo("this database holds a clinic that is not the demo: nothing was changed")
