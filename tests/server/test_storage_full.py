"""A server without room acknowledges nothing, says so, and goes on when there is room again."""

from sqlalchemy import Connection, event
from sqlmodel import col, func, select

from server.database import reading
from server.tables.care import Fact
from tests.server.care import Care
from tests.server.log import numbers
from tests.server.world import World


def stored(care: Care) -> tuple[int, int]:
    with reading(care.world.engine) as session:
        facts = session.exec(select(func.count()).where(col(Fact.patient_id) == care.patient_id)).one()
        return facts, len(numbers(session, care.patient_id))


def test_a_full_disk_is_a_507_with_nothing_acknowledged_and_it_works_again_afterwards(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    before = stored(care)
    rows = [care.row(care.set_log(1 + n % 50), note="x" * 2000) for n in range(200)]

    def no_more_pages(connection: Connection) -> None:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {used + 2}")

    def room_again(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")

    event.listen(sqlite_world.engine, "begin", no_more_pages)
    reply = care.push(*rows)
    event.remove(sqlite_world.engine, "begin", no_more_pages)
    assert (reply.status_code, reply.json()["code"]) == (507, "storage_full")
    assert stored(care) == before

    event.listen(sqlite_world.engine, "begin", room_again)
    assert care.statuses(*rows) == ["accepted"] * len(rows)
    assert stored(care)[0] == len(rows)
