"""The server's commands: `python -m server` lists them."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from server import commands, oversight, staffing
from server.catalog import commands as catalog
from server.problems import CannotDo
from server.settings import Settings
from server.vault import commands as vault

Command = Callable[[Settings, Namespace], int]


def main(arguments: list[str]) -> int:
    """Run one command; returns the process's exit code. What a database says is not repeated: values are in it."""
    wanted = _parser().parse_args(arguments)
    command: Command = wanted.command
    try:
        return command(Settings(), wanted)
    except ValidationError as error:
        names = ", ".join(str(problem["loc"][0] if problem["loc"] else "") for problem in error.errors())
        reasons = "; ".join(problem["msg"] for problem in error.errors())
        sys.stderr.write(f"The settings cannot be used ({names.upper()}): {reasons}\n")
    except CannotDo as error:
        sys.stderr.write(f"{error}\n")
    except DBAPIError as error:
        sys.stderr.write(f"The database cannot be used ({type(error.orig).__name__}): check DATABASE_URL.\n")
    return 1


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m server", description="Stepwise: the clinic's server.")
    add = parser.add_subparsers(required=True, metavar="command").add_parser
    add("run", help="build what is missing and serve").set_defaults(command=commands.run)
    add("reset-demo", help="throw the demo clinic away and make it anew").set_defaults(command=commands.reset_demo)
    add("build-web", help="build the web client").set_defaults(command=commands.build_client)
    clinic = add("create-clinic", help="a real clinic and its first therapist")
    for name in ("--name", "--zone", "--therapist", "--email"):
        clinic.add_argument(name, required=True)
    clinic.add_argument("--phone", default="", help="what the patient's stop screen dials")
    clinic.add_argument("--emergency-number", default="", help="for example 911")
    clinic.set_defaults(command=commands.create_clinic)
    audit = add("audit", help="check the audit log")
    audit.add_argument("what", choices=["verify", "heads"])
    audit.add_argument("--heads", type=Path, help="the file that keeps the chains' ends")
    audit.set_defaults(command=oversight.audit_log)
    library = add("library", help="check the exercise library, or build its catalog")
    library.add_argument("what", choices=["check", "build"])
    library.set_defaults(command=catalog.library)
    staff = add("staff", help="change a staff account; ends its sessions")
    staff.add_argument("--email", required=True)
    change = staff.add_mutually_exclusive_group(required=True)
    change.add_argument("--new-password", action="store_true", help="asks for it")
    change.add_argument("--role", choices=sorted(staffing.ROLES))
    change.add_argument("--leaves", action="store_true")
    change.add_argument("--returns", action="store_true")
    staff.set_defaults(command=oversight.change_staff)
    rebuild = add("rebuild", help="work out the derived rows of every patient anew")
    rebuild.add_argument("--check", action="store_true", help="only say whether they are right")
    rebuild.set_defaults(command=commands.rebuild)
    for name, command, meaning in vault.COMMANDS:
        added = add(name, help=meaning)
        added.add_argument("file", type=Path)
        added.set_defaults(command=command)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
