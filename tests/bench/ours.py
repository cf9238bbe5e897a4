"""The server as it is run, with a clock in it: CPU seconds of the process, and of what is worked out after pushes."""

from time import process_time, thread_time
from typing import Any

import orjson
from fastapi import FastAPI, Response

from server import process, upkeep
from server.app import create_app
from server.settings import Settings


def app() -> FastAPI:
    """The API by the environment's settings, with `/cpu` beside it."""
    made, spent, settle = create_app(Settings()), [0.0], upkeep.settle

    def timed(*given: Any) -> None:
        began = thread_time()
        settle(*given)
        spent[0] += thread_time() - began

    upkeep.settle = timed  # type: ignore[assignment]

    process.tune()

    @made.get("/cpu")
    def cpu() -> Response:
        return Response(orjson.dumps({"process": process_time(), "upkeep": spent[0]}))

    return made
