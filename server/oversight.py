"""Commands for whoever answers for the installation: check the audit log, keep its ends, change a staff account."""

import sys
from argparse import Namespace
from getpass import getpass

from sqlmodel import Session, select

from hep.access import Role
from hep.problems import Refused
from server import audit, heads, staffing
from server.app import utc_now
from server.commands import opened, say
from server.database import reading, writing
from server.problems import CannotDo
from server.security import Passwords
from server.settings import Settings
from server.signin import normal_email
from server.tables.people import Staff


def audit_log(settings: Settings, arguments: Namespace) -> int:
    """`verify` walks every chain, and holds them against kept ends; `heads` adds today's ends to the file."""
    if arguments.what == "heads" and arguments.heads is None:
        raise CannotDo("Name the file that keeps the ends: audit heads --heads FILE, best on another machine.")
    with opened(settings) as engine, reading(engine) as session:
        broken = _verify(session)
        try:
            if arguments.what == "verify" and arguments.heads is not None:
                broken += _compare(session, arguments)
            elif arguments.what == "heads":
                say(f"Kept the ends of {heads.export(session, arguments.heads, utc_now())} chains.")
        except heads.HeadsUnreadable as error:
            raise CannotDo(f"Line {error.args[0]} of the file of ends cannot be read.") from error
        except OSError as error:
            raise CannotDo(f"The file of ends cannot be used: {error.strerror}.") from error
    return 1 if broken else 0


def _verify(session: Session) -> int:
    broken = 0
    for clinic_id in heads.chains(session):
        found = audit.verify(session, clinic_id)
        broken += not found.sound
        state = "sound" if found.sound else f"BROKEN at entry {found.broken_at}"
        say(f"{clinic_id}: {found.entries} entries, {state}, head {found.head}")
    return broken


def _compare(session: Session, arguments: Namespace) -> int:
    gone = list(heads.missing(session, arguments.heads))
    say(*(f"{head.clinic_id}: entry {head.seq}, kept at {head.at}, is GONE or changed" for head in gone))
    return len(gone)


def change_staff(settings: Settings, arguments: Namespace) -> int:
    """Give a password or a role, or note that somebody left or came back; ends their sessions at once."""
    now, passwords = utc_now(), Passwords(settings.argon2_memory_kib, settings.argon2_rounds)
    password = _asked_for(arguments.email) if arguments.new_password else ""
    try:
        with opened(settings) as engine, writing(engine) as session:
            staff = session.exec(select(Staff).where(Staff.email == normal_email(arguments.email))).one_or_none()
            if staff is None:
                raise CannotDo("Nobody of the staff has this email.")
            if arguments.new_password:
                staffing.set_password(session, passwords, staff, password, now)
            elif arguments.role is not None:
                staffing.set_role(session, staff, Role(arguments.role), now)
            else:
                (staffing.leave if arguments.leaves else staffing.come_back)(session, staff, now)
    except Refused as refusal:
        raise CannotDo(refusal.sentence) from refusal
    finally:
        passwords.close()
    say("Done. All their sessions have ended.")
    return 0


def _asked_for(email: str) -> str:
    return getpass(f"New password for {email}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
