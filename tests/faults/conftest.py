"""The databases of the server's tests, each empty."""

from tests.server.conftest import (  # noqa: F401
    database_url,
    postgres,
    postgres_url,
    sqlite_template,
    sqlite_url,
    sqlite_world,
    world,
)
