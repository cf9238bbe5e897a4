"""The bare reference: FastAPI, orjson and one sqlite3 connection under a lock. No sign-in, no checks, no history.

WAL with `synchronous=NORMAL` and `executemany`: what the same machine does when nothing is promised (sync.md).
"""

import os
import sqlite3
from threading import Lock
from time import process_time
from typing import Annotated

import orjson
from fastapi import Depends, FastAPI, Request, Response

from tests.bench.serving import resident_mb

FIELDS = (
    "id",
    "patient_id",
    "device_id",
    "device_seq",
    "session_id",
    "program_id",
    "program_version",
    "exercise_id",
    "set_index",
    "reps",
    "load_kg",
    "pain",
    "rpe",
    "performed_at",
)
DATABASE = "BARE_DATABASE"
"""Environment variable that names the file."""


async def _body(request: Request) -> bytes:
    return await request.body()


def app() -> FastAPI:
    """The application over the file in BARE_DATABASE."""
    made, lock = FastAPI(openapi_url=None), Lock()
    database = sqlite3.connect(os.environ[DATABASE], check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
        database.execute(f"PRAGMA {pragma}")
    columns = ", ".join(FIELDS)
    database.execute(f"CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, {columns}, UNIQUE (id))")
    database.execute("CREATE INDEX IF NOT EXISTS log_patient ON log (patient_id, seq)")
    database.execute("CREATE TABLE IF NOT EXISTS summary (patient_id TEXT PRIMARY KEY, row TEXT)")
    insert = f"INSERT OR IGNORE INTO log ({columns}) VALUES ({', '.join('?' * len(FIELDS))})"

    @made.post("/push")
    def push(body: Annotated[bytes, Depends(_body)]) -> Response:
        rows = orjson.loads(body)["rows"]
        with lock, database:
            database.executemany(insert, [tuple(row[name] for name in FIELDS) for row in rows])
        return _json({"results": [{"id": row["id"], "status": "accepted"} for row in rows]})

    @made.get("/pull")
    def pull(patient: str, cursor: int = 0, limit: int = 500) -> Response:
        query = f"SELECT seq, {columns} FROM log WHERE patient_id = ? AND seq > ? ORDER BY seq LIMIT ?"
        with lock:
            rows = database.execute(query, (patient, cursor, limit + 1)).fetchall()
        page = rows[:limit]
        changes = [dict(zip(("seq", *FIELDS), row, strict=True)) for row in page]
        return _json({"changes": changes, "cursor": page[-1][0] if page else cursor, "more": len(rows) > limit})

    @made.get("/summaries")
    def summaries() -> Response:
        with lock:
            rows = database.execute("SELECT row FROM summary").fetchall()
        return _json({"rows": [orjson.Fragment(row) for (row,) in rows]})

    @made.get("/spent")
    def spent() -> Response:
        return _json({"process": process_time(), "mb": resident_mb()})

    return made


def _json(answer: object) -> Response:
    return Response(orjson.dumps(answer), media_type="application/json")
