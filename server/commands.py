"""What the commands do. Each takes the settings and its arguments and returns an exit code, or raises `CannotDo`."""

import logging
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Engine, make_url
from sqlmodel import select

from hep import days
from hep.access import Role
from hep.ids import new_id
from hep.problems import Refused, check_text
from server import audit, migrate, process
from server.app import create_app, utc_now
from server.database import open_database, reading, writing
from server.problems import CannotDo
from server.security import Passwords, check_password
from server.settings import Settings
from server.signin import normal_email
from server.tables.people import Clinic, Staff


def run(settings: Settings, _arguments: Namespace) -> int:
    """Build what is missing, then serve until interrupted."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    for chatty in ("alembic", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    _build_if_old(settings.web_dir)
    with opened(settings) as engine:
        lines = _demo_lines(engine, settings) if settings.demo else _real_lines(engine, settings)
    process.tune()
    config = uvicorn.Config(
        create_app(settings, web=settings.web_dir),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
    )
    _Announcing(config, lines).run()
    return 0


class _Announcing(uvicorn.Server):
    """Says how to get in once the port is open, not before."""

    def __init__(self, config: uvicorn.Config, lines: list[str]) -> None:
        super().__init__(config)
        self._lines = lines

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            say(*self._lines)


def reset_demo(settings: Settings, _arguments: Namespace) -> int:
    """Make the demo clinic anew. Refuses a database that holds anything else."""
    from server import demo

    if not settings.demo:
        raise CannotDo("DATABASE_URL names a real database: reset-demo works on the demo clinic only.")
    with opened(settings) as engine:
        try:
            demo.reset(engine, settings, utc_now())
        except demo.NotDemo as error:
            raise CannotDo(str(error)) from error
    say("The demo clinic is as new. `make run` prints the links into it.")
    return 0


def build_client(settings: Settings, _arguments: Namespace) -> int:
    """Build the web client whether it is current or not."""
    from server.web.build import build_web

    build_web(settings.web_dir)
    say(f"Built {settings.web_dir}.")
    return 0


def create_clinic(settings: Settings, arguments: Namespace) -> int:
    """A real clinic and its first therapist, whose password is asked for."""
    if settings.demo:
        raise CannotDo("Set DATABASE_URL first: a real clinic never goes into the demo's database.")
    try:
        days.zone(arguments.zone)
        for field in ("name", "therapist", "email"):
            check_text(field, getattr(arguments, field), 120)
        password = (
            getpass(f"Password for {arguments.email}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        )
        check_password(password)
    except Refused as refusal:
        raise CannotDo(refusal.sentence) from refusal
    with opened(settings) as engine:
        _store_clinic(engine, settings, arguments, password)
    say(f"{arguments.name} is ready: {arguments.email} signs in at {settings.origin}/clinic")
    return 0


def _store_clinic(engine: Engine, settings: Settings, arguments: Namespace, password: str) -> None:
    now, email = utc_now(), normal_email(arguments.email)
    passwords = Passwords(settings.argon2_memory_kib, settings.argon2_rounds)
    clinic = Clinic(
        id=new_id(now),
        name=arguments.name,
        zone=arguments.zone,
        phone=arguments.phone,
        emergency_number=arguments.emergency_number,
        created_at=now,
    )
    with writing(engine) as session:
        if session.exec(select(Staff.id).where(Staff.email == email)).first() is not None:
            raise CannotDo("Somebody with this email is here already.")
        session.add(clinic)
        session.flush()
        staff = Staff(
            id=new_id(now),
            clinic_id=clinic.id,
            name=arguments.therapist,
            email=email,
            password_hash=passwords.hash(password),
            role=Role.THERAPIST.value,
            created_at=now,
        )
        session.add(staff)
        actor = audit.Actor(clinic_id=clinic.id, role="system")
        audit.record(session, actor, "clinic.create", now, resource="clinic", resource_id=clinic.id)
        audit.record(session, actor, "staff.create", now, resource="staff", resource_id=staff.id)
    passwords.close()


def rebuild(settings: Settings, arguments: Namespace) -> int:
    """Work out the derived rows of every patient anew, or only compare them; names what differs or was altered."""
    from server.rebuild import rebuild as work_out

    with opened(settings) as engine:
        differences = work_out(engine, utc_now(), check=arguments.check)
    say(*(f"{difference.patient_id}: {difference.what}" for difference in differences))
    derived = sum(difference.mendable for difference in differences)
    altered = len(differences) - derived
    say(f"{derived} differences" + ("." if arguments.check else ", all put right."))
    if altered:
        say(f"Not as they were stored: {altered} of the entries. A backup may hold them as they were.")
    return 1 if altered or (derived and arguments.check) else 0


def say(*lines: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


@contextmanager
def opened(settings: Settings) -> Iterator[Engine]:
    """The database in use, with its newest shape."""
    address = make_url(settings.database)
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = open_database(settings.database)
    try:
        migrate.upgrade(engine)
        yield engine
    finally:
        engine.dispose()


def _build_if_old(client: Path) -> None:
    from server.web.build import build_web, is_current

    if not is_current(client):
        say("Building the web client, about 20 seconds …")
        build_web(client)


def _demo_lines(engine: Engine, settings: Settings) -> list[str]:
    from server import demo

    if demo.exists(engine):
        access = demo.fresh_links(engine, settings, utc_now())
    else:
        say("Making the demo clinic, once …")
        access = demo.create(engine, settings, utc_now())
    return [
        "",
        "Stepwise, demo clinic (invented people). Stop with Ctrl+C.",
        f"  Therapist  {settings.origin}/clinic",
        f"             {access.therapist_email}  /  {access.therapist_password}",
        *([f"  Admin      {access.admin_email}  /  the same, at the same place"] if access.admin_email else []),
        *(f"  {name:<10} {link}" for name, link in access.invitations),
        "Each patient's link works once; `make run` prints new ones.",
        "",
    ]


def _real_lines(engine: Engine, settings: Settings) -> list[str]:
    with reading(engine) as session:
        clinics = session.exec(select(Clinic)).all()
    if any(clinic.demo for clinic in clinics):
        raise CannotDo("DATABASE_URL names a database with the demo clinic in it: use another one.")
    hint = [] if clinics else ["No clinic yet: python -m server create-clinic --help"]
    return [f"Stepwise serves {len(clinics)} clinic(s) at {settings.origin} (therapists: /clinic)", *hint]
