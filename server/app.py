"""Puts the server together: settings in, one application out. The only place that wires."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from server import compaction, policy, settling
from server.api import ROUTERS, description, errors
from server.api.deps import ONLY_DECLARED
from server.api.middleware import API, BodyLimit, Envelope
from server.database import open_database
from server.reminders import engine as reminders
from server.reminders.outlets import open_outlets
from server.security import Keys, Passwords
from server.settings import Settings
from server.web.serve import web_app

OPENAPI = "/openapi.json"
"""Where the API describes itself."""


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def create_app(settings: Settings, clock: Callable[[], datetime] = utc_now, web: Path | None = None) -> FastAPI:
    """The clinic's server. `web` is the folder of the built web client, None for the API alone.

    `app.state` holds settings, engine, clock, keys, passwords and the outlets of reminders, and while it runs the
    timer of `settling`, `compaction` and reminders. The database must have been migrated. Raises
    `policy.Undeclared` for a route that does not say what it is for, FileNotFoundError for a folder without a client.
    """
    app = FastAPI(
        title="Stepwise",
        version="1",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=OPENAPI,
        routes=list(api_routes()),
    )
    app.state.settings = settings
    app.state.engine = open_database(settings.database)
    app.state.clock = clock
    app.state.keys = Keys(settings.key())
    app.state.passwords = Passwords(settings.argon2_memory_kib, settings.argon2_rounds)
    app.state.outlets = open_outlets(settings, app.state.keys, app.state.engine)
    errors.install(app)
    description.install(app)
    app.add_middleware(BodyLimit)
    if web is not None:
        app.add_middleware(_Beside, web=web_app(web))
    app.add_middleware(Envelope)
    tuple(policy.declarations(app))
    return app


@cache
def api_routes() -> tuple[BaseRoute, ...]:
    """The API's routes. They know nothing of one application, so a process works out their models only once."""
    api = APIRouter()
    for router in ROUTERS:
        api.include_router(router, prefix=API, dependencies=[ONLY_DECLARED])
    return tuple(api.routes)


class _Beside:
    """ASGI middleware that gives everything outside the API to the web client."""

    def __init__(self, app: ASGIApp, web: ASGIApp) -> None:
        self._app, self._web = app, web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] != "http" or scope["path"] == OPENAPI or scope["path"].startswith(f"{API}/")
        await (self._app if ours else self._web)(scope, receive, send)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.timer = settling.scheduler(app.state.engine, app.state.clock)
    compaction.add_to(app.state.timer, app.state.engine, app.state.clock)
    ticker = reminders.Ticker(app.state.engine, app.state.clock, app.state.outlets.channels)
    reminders.add_to(app.state.timer, ticker)
    app.state.timer.start()
    yield
    ticker.end()
    await asyncio.to_thread(app.state.timer.shutdown)
    app.state.passwords.close()
    app.state.engine.dispose()
