"""A real server process for the shell's tests: the built client and an API of five answers.

`python -m tests.browser.tiny_server FOLDER PORT` prints one line once it accepts connections.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request
from starlette.types import Receive, Scope, Send

from server.web.serve import web_app


@asynccontextmanager
async def announce(_app: FastAPI) -> AsyncIterator[None]:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    yield


class Files:
    """The built client, and the paths of what was asked of it."""

    def __init__(self, folder: Path) -> None:
        self._client, self.asked = web_app(folder), list[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope["path"])
        await self._client(scope, receive, send)


def make_app(folder: Path) -> FastAPI:
    app, files = FastAPI(lifespan=announce), Files(folder)

    @app.get("/v1/health")
    async def health() -> dict[str, bool]:
        return {"ok": True}

    @app.post("/v1/echo")
    async def echo(request: Request) -> dict[str, str]:
        return {"body": (await request.body()).decode(), "authorization": request.headers.get("authorization", "")}

    @app.get("/v1/never")
    async def never() -> None:
        await asyncio.Event().wait()

    @app.post("/v1/asked")
    async def asked() -> list[str]:
        """The files asked for since the last time."""
        paths, files.asked = files.asked, []
        return paths

    app.mount("/", files)
    return app


if __name__ == "__main__":
    config = uvicorn.Config(
        make_app(Path(sys.argv[1])), port=int(sys.argv[2]), log_level="error", timeout_graceful_shutdown=0
    )
    uvicorn.Server(config).run()
