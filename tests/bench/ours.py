"""The server as it is run, with a clock in it: CPU seconds of the process and of settling, and memory.

`/settle` works out at once what pushes left; the timer that does it in life rests, so that pushes are measured alone.
"""

from time import process_time, thread_time
from typing import Any

import orjson
from fastapi import FastAPI, Response

from server import process, settling, upkeep
from server.app import create_app, utc_now
from server.settings import Settings
from tests.bench.serving import resident_mb


def app() -> FastAPI:
    """The API by the environment's settings, with `/spent` and `/settle` beside it."""
    made, spent, settle = create_app(Settings()), [0.0], upkeep.settle

    def timed(*given: Any) -> None:
        began = thread_time()
        settle(*given)
        spent[0] += thread_time() - began

    upkeep.settle = timed  # type: ignore[assignment]
    settling.EVERY_S = 3600

    @made.get("/spent")
    def so_far() -> Response:
        return Response(orjson.dumps({"process": process_time(), "settling": spent[0], "mb": resident_mb()}))

    @made.get("/settle")
    def settle_now() -> Response:
        return Response(orjson.dumps({"patients": settling.refresh(made.state.engine, utc_now)}))

    process.tune()
    return made
