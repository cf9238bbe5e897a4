"""The commands `backup-key`, `backup`, `verify` and `restore`: their answers are for a person and for a timed job."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import DBAPIError

from server.app import utc_now
from server.commands import say
from server.database import open_database
from server.problems import CannotDo, Declined
from server.settings import Settings
from server.vault import backup, contents, key, restore
from server.vault.contents import Contents


def make_key(_settings: Settings, arguments: Namespace) -> int:
    """Make the key of the backups."""
    public = key.make(arguments.file, utc_now())
    say(
        f"{arguments.file} holds the key of your backups: set BACKUP_KEY_FILE to it.",
        "Keep copies of it away from this machine. Without it no backup can be opened, by anybody.",
        f"On a server that only makes backups, a file with this one line is enough: {public}",
    )
    return 0


def take(settings: Settings, arguments: Namespace) -> int:
    """Write a backup of the database in use to a new file; 1 when its audit chains are not sound."""
    with _database(settings, must_exist=True) as engine:
        taken = backup.take(engine, arguments.file, key.load(settings.backup_key_file), utc_now())
    return _told(f"{arguments.file} is written and was read back whole.", taken)


def verify(settings: Settings, arguments: Namespace) -> int:
    """Say whether a backup can be opened and is whole, of when it is and what it holds."""
    found = contents.read(arguments.file, key.load(settings.backup_key_file).opening())
    return _told(f"{arguments.file} is whole.", found)


def put_back(settings: Settings, arguments: Namespace) -> int:
    """Restore a backup into the database in use, which has to be empty."""
    if settings.demo:
        raise CannotDo("Set DATABASE_URL first: a backup never goes into the demo's database.")
    identities = key.load(settings.backup_key_file).opening()
    with _database(settings, must_exist=False) as engine:
        found = restore.put_back(engine, arguments.file, identities, utc_now())
    return _told("The database holds the backup now, and phones will fetch everything anew.", found)


def _told(first: str, found: Contents) -> int:
    rows = found.rows
    say(
        first,
        f"As of {found.beginning.made_at:%Y-%m-%d %H:%M:%S} UTC: {rows.get('clinic', 0)} clinic(s), "
        f"{rows.get('patient', 0)} patients, {rows.get('fact', 0)} entries, {sum(rows.values())} rows in all.",
        f"Shape {found.beginning.revision}, content {found.digest}",
    )
    for clinic_id, broken_at in found.broken:
        say(f"The audit chain of {clinic_id} is BROKEN at entry {broken_at}: it was so when the copy was taken.")
    if not found.broken:
        say(f"All audit chains are sound ({found.entries} entries).")
    return 1 if found.broken else 0


@contextmanager
def _database(settings: Settings, *, must_exist: bool) -> Iterator[Engine]:
    """The database in use, in the shape it has."""
    address = make_url(settings.database)
    if address.get_backend_name() == "sqlite" and address.database:
        path = Path(address.database)
        if must_exist and not path.exists():
            raise CannotDo(f"There is no database at {path}: check DATABASE_URL.")
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = open_database(settings.database)
    try:
        yield engine
    except Declined as declined:
        raise CannotDo(f"The database cannot be used now: {declined.sentence}") from None
    except DBAPIError as error:
        raise CannotDo(f"The database cannot be read ({type(error.orig).__name__}): check DATABASE_URL.") from None
    finally:
        engine.dispose()


COMMANDS = (
    ("backup-key", make_key, "make the key that backups are encrypted with"),
    ("backup", take, "write an encrypted backup of the database to a new file, while the server runs"),
    ("verify", verify, "say whether a backup can be opened and is whole"),
    ("restore", put_back, "put a backup into an empty database"),
)
"""Name, what it does, and its line in the list of commands; each takes one file."""
