import gzip
import json
import logging
import traceback
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import event, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import select

from hep.problems import CATALOG
from hep.wire import MAX_BYTES
from server.api.deps import PUBLIC
from server.api.middleware import CutOff, Envelope
from server.database import open_database, reading, writing
from server.problems import Declined
from server.tables.care import Fact, ProgramVersionRow, Proposal
from server.tables.people import Clinic
from tests.server.care import Care
from tests.server.world import START, World

MARK = "Zebraquagga"
JSON = {"Content-Type": "application/json"}


def refresh(world: World, content: bytes, headers: dict[str, str] | None = None) -> tuple[int, str]:
    reply = world.client.post("/v1/auth/refresh", content=content, headers=JSON | (headers or {}))
    body: dict[str, Any] = reply.json()
    assert set(body) <= {"code", "sentence", "detail"}
    assert MARK not in reply.text
    return reply.status_code, body["code"]


def servers_log(caplog: pytest.LogCaptureFixture) -> str:
    """What the server logged, without the test's own HTTP client."""
    return "\n".join(record.getMessage() for record in caplog.records if record.name != "httpx")


def good() -> dict[str, Any]:
    return {"refresh_token": MARK, "nonce": "nonce-nonce-nonce"}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"nonsense", b"[]", b"null", b'"text"', b"12", b"\xff\xfe", b'{"a":' * 2000, b"[" * 100_000],
)
def test_a_body_that_is_no_record_is_refused(sqlite_world: World, content: bytes) -> None:
    status, code = refresh(sqlite_world, content)
    assert (status, code) in {(400, "malformed"), (422, "invalid"), (422, "malformed")}


@pytest.mark.parametrize("value", [None, 0, 1.5, True, [], {}, "x" * 5000, "\0", "\ud800", "e\n" * 50])
@pytest.mark.parametrize("field", ["refresh_token", "nonce"])
def test_a_value_of_the_wrong_kind_is_refused_without_repeating_it(
    sqlite_world: World, field: str, value: object
) -> None:
    status, _ = refresh(sqlite_world, json.dumps(good() | {field: value}).encode())
    assert status in {401, 422}


def test_an_unknown_field_is_an_error(sqlite_world: World) -> None:
    assert refresh(sqlite_world, json.dumps(good() | {MARK: MARK}).encode()) == (400, "unknown_field")


def test_a_missing_field_is_an_error(sqlite_world: World) -> None:
    assert refresh(sqlite_world, b'{"nonce": "nonce-nonce-nonce"}') == (422, "invalid")


def test_a_body_may_be_compressed(sqlite_world: World) -> None:
    content = gzip.compress(json.dumps(good()).encode())
    assert refresh(sqlite_world, content, {"Content-Encoding": "gzip"}) == (401, "sign_in_required")


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "x"])
def test_other_encodings_are_refused(sqlite_world: World, encoding: str) -> None:
    assert refresh(sqlite_world, b"{}", {"Content-Encoding": encoding}) == (415, "encoding_unsupported")


@pytest.mark.parametrize(
    "content",
    [b"not gzip", gzip.compress(b"{}")[:-9], gzip.compress(b"{}") * 2],
    ids=["not gzip", "cut off", "one after another"],
)
def test_a_broken_compressed_body_is_malformed(sqlite_world: World, content: bytes) -> None:
    assert refresh(sqlite_world, content, {"Content-Encoding": "gzip"}) == (400, "malformed")


def test_a_body_above_the_limit_is_too_large(sqlite_world: World) -> None:
    fits = json.dumps(good()).encode().ljust(MAX_BYTES)
    assert refresh(sqlite_world, fits)[0] == 401
    assert refresh(sqlite_world, fits + b" ") == (413, "too_large")


def test_a_small_body_that_inflates_to_a_huge_one_is_too_large(sqlite_world: World) -> None:
    bomb = gzip.compress(b" " * 20 * MAX_BYTES, 9)
    assert len(bomb) < MAX_BYTES
    assert refresh(sqlite_world, bomb, {"Content-Encoding": "gzip"}) == (413, "too_large")


def test_what_is_not_there_is_not_found_in_our_words(sqlite_world: World) -> None:
    missing = sqlite_world.client.get(f"/v1/{MARK}")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    wrong = sqlite_world.client.delete("/v1/health")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in wrong.headers["allow"]


def test_an_id_that_cannot_be_one_is_refused_before_the_database_sees_it(world: World) -> None:
    therapist = world.therapist(world.clinic())
    for odd in ("%00", "a%00b", "%ED%A0%80", "x" * 100, "1' OR '1'='1"):
        assert therapist.get(f"/v1/patients/{odd}/devices").status_code == 422


def test_an_accident_answers_without_detail_and_logs_without_values(
    sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def break_it(app: FastAPI) -> None:
        router = APIRouter()

        @router.get("/accident/{name}", dependencies=[PUBLIC])
        def accident(name: str) -> None:
            raise RuntimeError(name)

        app.include_router(router, prefix="/v1")

    with World(sqlite_url, tmp_path, break_it) as world, caplog.at_level(logging.INFO):
        reply = world.client.get(f"/v1/accident/{MARK}?name={MARK}")
    assert (reply.status_code, reply.json()["code"]) == (500, "internal")
    assert MARK not in reply.text + servers_log(caplog)
    assert "RuntimeError" in servers_log(caplog)
    assert "GET /v1/accident/{name} 500" in servers_log(caplog)


async def test_an_accident_in_an_answer_that_has_begun_reaches_the_web_server_without_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def break_off(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError(MARK)

    async def send(_message: Any) -> None:
        return

    with pytest.raises(CutOff) as caught:
        await Envelope(break_off)({"type": "http", "path": "/v1/x", "method": "GET"}, send, send)
    assert MARK not in "".join(traceback.format_exception(caught.value)) + servers_log(caplog)
    assert "accident RuntimeError" in servers_log(caplog)


def test_the_log_names_routes_and_never_what_was_asked(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        therapist = world.therapist(world.clinic(MARK))
        therapist.get(f"/v1/patients/{MARK}/devices")
        therapist.get(f"/v1/patients/{MARK}/devices?name={MARK}")
        world.sign_in(f"{MARK}@example.org", MARK)
        world.redeem(secret=MARK * 3)
        world.client.get(f"/v1/{MARK}?{MARK}")
        refresh(world, json.dumps(good() | {MARK: MARK}).encode())
    assert "GET /v1/patients/{patient_id}/devices 404" in servers_log(caplog)
    assert MARK not in servers_log(caplog)


def test_every_answer_carries_the_id_that_the_log_carries(
    sqlite_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        reply = sqlite_world.client.get("/v1/health")
    assert reply.headers["x-request-id"] in caplog.text


def told(error: BaseException) -> str:
    """All that a traceback shows, with every error that led to this one."""
    return "".join(traceback.format_exception(error))


def a_clinic(**fields: Any) -> Clinic:
    return Clinic(**({"id": MARK, "name": MARK, "zone": "UTC", "created_at": START} | fields))


@pytest.mark.parametrize("rows", [[{}, {}], [{"zone": None}]], ids=["one id twice", "a field left out"])
def test_a_statement_that_fails_never_shows_its_values(world: World, rows: list[dict[str, Any]]) -> None:
    with pytest.raises(IntegrityError, match="clinic") as caught, writing(world.engine) as session:
        for fields in rows:
            session.add(a_clinic(**fields))
            session.flush()
            session.expunge_all()
    assert MARK not in told(caught.value)


def test_a_value_that_postgresql_cannot_read_is_not_repeated(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    with pytest.raises(DataError, match="InvalidTextRepresentation") as caught, reading(engine) as session:
        session.connection().execute(text("SELECT CAST(:value AS integer)"), {"value": MARK})
    engine.dispose()
    assert MARK not in told(caught.value)


def test_a_full_disk_is_said_and_nothing_is_half_kept(sqlite_world: World) -> None:
    engine = sqlite_world.engine

    def fill(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    event.listen(engine, "connect", fill)
    engine.dispose()
    with pytest.raises(Declined) as caught, writing(engine) as session:
        for number in range(200):
            session.add(Clinic(id=f"clinic-{number}", name="x" * 500, zone="UTC", created_at=START))
        session.flush()
    assert (caught.value.status, caught.value.code) == (507, "storage_full")
    event.remove(engine, "connect", fill)
    engine.dispose()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM clinic").scalar_one() == 0
    sqlite_world.clinic()


def test_a_database_that_stays_locked_answers_busy(sqlite_world: World) -> None:
    engine = sqlite_world.engine
    with writing(engine):
        with engine.connect() as impatient:
            impatient.exec_driver_sql("PRAGMA busy_timeout = 1")
        with pytest.raises(Declined) as caught, writing(engine):
            pass
    assert (caught.value.status, caught.value.code) == (503, "busy")


def test_other_database_errors_are_not_dressed_up(world: World) -> None:
    with pytest.raises(Exception, match="no_such_table") as caught, writing(world.engine) as session:
        session.connection().exec_driver_sql("SELECT * FROM no_such_table")
    assert not isinstance(caught.value, Declined)


def test_a_database_that_cannot_be_reached_answers_busy(tmp_path: Path) -> None:
    engine = open_database(f"postgresql://nobody@/nothing?host={tmp_path}")
    with pytest.raises(Declined) as caught, reading(engine):
        pass
    engine.dispose()
    assert caught.value.code == "busy"


def test_every_answer_of_a_route_is_described(sqlite_world: World) -> None:
    described = sqlite_world.client.get("/openapi.json").json()
    told: set[str] = set()
    for path, operations in described["paths"].items():
        for operation in operations.values():
            told.update(*(answer["description"].split(", ") for answer in operation["responses"].values()))
            assert {"400", "405", "413", "415", "500", "503", "507"} <= operation["responses"].keys(), path
    assert set(CATALOG) <= told
    problem = described["components"]["schemas"]["Problem"]
    assert set(problem["properties"]) == {"code", "sentence", "detail"}
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_the_list_of_errors_in_the_documentation_is_complete() -> None:
    page = Path("docs/errors.md").read_text()
    listed = {
        tuple(cell.strip(" `") for cell in line.strip("|").split("|"))
        for line in page.splitlines()
        if line.startswith("| `")
    }
    assert listed == {(code, str(status), sentence) for code, (status, sentence) in CATALOG.items()}


@pytest.mark.parametrize("table", [Fact, ProgramVersionRow, Proposal])
def test_a_stored_body_that_cannot_be_read_is_our_accident_and_not_the_callers(
    world: World, caplog: pytest.LogCaptureFixture, table: Any
) -> None:
    care = Care.begin(world)
    care.do_well()
    column = "verdict" if table is Proposal else "body"
    with writing(world.engine) as session:
        (row, *_) = session.exec(select(table).where(table.patient_id == care.patient_id)).all()
        setattr(row, column, json.dumps({MARK: MARK}))
        session.add(row)
    reply = care.therapist.get(f"/v1/patients/{care.patient_id}")
    assert (reply.status_code, reply.json()["code"]) == (500, "internal")
    assert "accident Unreadable" in servers_log(caplog)
    assert MARK not in reply.text + servers_log(caplog)
