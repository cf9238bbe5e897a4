"""The change log forgets old history: no fact is lost, no phone misses anything, and an old cursor is told so."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, func, select

from server import compaction
from server.compaction import KEEP, compact
from server.database import reading
from server.rebuild import rebuild
from server.tables.care import Change, Fact, PatientSync
from tests.server.care import Care
from tests.server.world import World


def numbers(care: Care) -> list[int]:
    """What the log still tells those who come with a cursor: the clinic's records, and the facts above the floor."""
    with reading(care.world.engine) as session:
        records = session.exec(select(Change.seq).where(Change.patient_id == care.patient_id)).all()
        above = Fact.patient_id == care.patient_id, col(Fact.seq) > floor(care)
        return sorted((*records, *session.exec(select(Fact.seq).where(*above)).all()))


def floor(care: Care) -> int:
    with reading(care.world.engine) as session:
        return session.get_one(PatientSync, care.patient_id).floor


def facts(care: Care) -> int:
    with reading(care.world.engine) as session:
        return session.exec(select(func.count()).where(col(Fact.patient_id) == care.patient_id)).one()


def long_after(care: Care) -> None:
    """More than thirteen months later; everybody signs in anew."""
    care.world.later(days=KEEP.days + 1)
    care.therapist = care.world.therapist(care.clinic_id)
    care.phone = care.world.phone(care.therapist, care.patient_id)


def test_after_thirteen_months_history_leaves_the_log_and_nothing_else(world: World) -> None:
    care = Care.begin(world)
    before = care.cursor
    care.push(*care.session(), care.red_flag(), care.acknowledgement())
    assert numbers(care) == [1, 2, 3, 4, 5, 6, 7, 8]
    long_after(care)
    care.pull_all()
    at_the_end = care.cursor
    whole, page = care.pull_all(), care.detail()

    assert compact(world.engine, world.now) == 3

    assert (numbers(care), floor(care), facts(care)) == ([1, 2, 3, 7, 8], 6, 5)
    assert care.pull_all() == whole
    assert care.detail() == page
    assert (care.pull(before).status_code, care.pull(before).json()["code"]) == (410, "resync")
    assert care.pull_all(at_the_end) == []
    assert rebuild(world.engine, world.now, check=True) == ()
    assert compact(world.engine, world.now) == 0


def test_a_phone_away_for_less_is_told_only_what_is_new(world: World) -> None:
    care = Care.begin(world)
    before = care.cursor
    care.push(*care.session())
    care.world.later(days=KEEP.days)
    care.phone = world.phone(world.therapist(care.clinic_id), care.patient_id)

    assert compact(world.engine, world.now) == 0
    assert len(care.pull_all(before)) == 3


def test_what_came_late_or_is_dated_ahead_stays_with_all_that_came_after_it(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    ahead = care.row(care.set_log(on=care.today + timedelta(days=800)))
    care.push(ahead, care.row(care.set_log()))
    on, rx = care.today, care.prescriptions[0]
    long_after(care)
    place = numbers(care)[-1]
    late = care.row(care.set_log(on=on, rx=rx))
    care.push(late, care.row(care.set_log(rx=rx)))

    assert compact(care.world.engine, care.world.now) == 1

    assert numbers(care) == [1, 2, 3, 6, 7]
    assert floor(care) == place == 5
    assert {ahead["id"], late["id"]} - {change["id"] for change in care.pull_all()} == {late["id"]}


def test_another_patients_log_is_left_alone(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    care.push(*care.session())
    long_after(care)
    other = Care.begin(sqlite_world, beside=care)
    other.push(*other.session())

    assert compact(sqlite_world.engine, sqlite_world.now) == 3
    assert (len(numbers(other)), floor(other)) == (6, 0)


def test_the_running_server_compacts_every_night(sqlite_world: World) -> None:
    job = sqlite_world.app.state.timer.get_job("compaction")
    at = datetime(2026, 11, 22, 9, 5, 1, tzinfo=UTC)
    assert job.trigger.get_next_fire_time(None, at) == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
    care = Care.begin(sqlite_world)
    care.push(*care.session())
    long_after(care)

    job.func(*job.args)

    assert numbers(care) == [1, 2, 3]


def test_trouble_waits_for_the_next_night(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> int:
        raise RuntimeError("the address of the database")

    monkeypatch.setattr(compaction, "compact", fail)
    job = sqlite_world.app.state.timer.get_job("compaction")
    job.func(*job.args)
    assert "RuntimeError" in caplog.text
    assert "address" not in caplog.text
