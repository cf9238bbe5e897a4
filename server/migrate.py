"""Brings a database to the shape this server needs. Two servers that start at once wait for each other.

All revisions run in one transaction on both databases: a crash in the middle leaves the shape from before. There is
no way down; go back by restoring a backup.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

import server.migrations

_ONE_AT_A_TIME = 7_311_957
"""An arbitrary number that stands for "migrating" among PostgreSQL's advisory locks."""


def upgrade(engine: Engine) -> None:
    """Run the revisions this database does not have yet. A file's folder must exist."""
    with engine.execution_options(write=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ONE_AT_A_TIME})
        command.upgrade(config_for(connection), "head")


def config_for(connection: Connection) -> Config:
    """Alembic's configuration for work on this connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(server.migrations.__file__).parent))
    config.attributes["connection"] = connection
    return config
