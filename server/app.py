"""Puts the server together: settings in, one application out. The only place that wires."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import FastAPI

from server import policy
from server.api import ROUTERS, errors
from server.api.middleware import API, BodyLimit, Envelope
from server.database import open_database
from server.security import Keys, Passwords
from server.settings import Settings


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def create_app(settings: Settings, clock: Callable[[], datetime] = utc_now) -> FastAPI:
    """The clinic's server. Raises `policy.Undeclared` for a route that says not what it is for.

    `app.state` holds settings, engine, clock, keys and passwords. The database must have been migrated.
    """
    app = FastAPI(
        title="Stepwise", version="1", lifespan=_lifespan, docs_url=None, redoc_url=None, openapi_url="/openapi.json"
    )
    app.state.settings = settings
    app.state.engine = open_database(settings.database)
    app.state.clock = clock
    app.state.keys = Keys(settings.key())
    app.state.passwords = Passwords(settings.argon2_memory_kib, settings.argon2_rounds)
    for router in ROUTERS:
        app.include_router(router, prefix=API)
    errors.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Envelope)
    tuple(policy.declarations(app))
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.passwords.close()
    app.state.engine.dispose()
