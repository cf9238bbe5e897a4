"""Alembic's entry point: runs the revisions on the connection that `server.migrate` hands over."""

from alembic import context
from sqlmodel import SQLModel

import server.tables  # noqa: F401

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
