"""Brings a database to the shape this server needs. Two servers that start at once wait for each other.

All revisions run in one transaction on both databases: a crash in the middle leaves the shape from before. There is
no way down; go back by restoring a backup.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

import server.migrations

_FOLDER = Path(server.migrations.__file__).parent
_ONE_AT_A_TIME = 7_311_957
"""An arbitrary number that stands for "migrating" among PostgreSQL's advisory locks."""


def upgrade(engine: Engine) -> None:
    """Run the revisions this database does not have yet. A file's folder must exist."""
    with engine.execution_options(write=True).begin() as connection:
        upgrade_within(connection)


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Run the revisions up to one (inclusive), as a part of this connection's write transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ONE_AT_A_TIME})
    command.upgrade(config_for(connection), revision)


def newest() -> str | None:
    """The revision of the newest shape."""
    return ScriptDirectory(_FOLDER).get_current_head()


def knows(revision: str) -> bool:
    """Whether this program has the revision, and can lead on from it."""
    return revision in {script.revision for script in ScriptDirectory(_FOLDER).walk_revisions()}


def config_for(connection: Connection) -> Config:
    """Alembic's configuration for work on this connection."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
