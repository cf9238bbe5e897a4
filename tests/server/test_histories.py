"""What is kept of a patient's facts is never stale: not by another server, a rollback or a correction."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from sqlmodel import Session

from hep.facts import Pause, SkipReason
from hep.history import Stored
from server import chart, histories, ledger, settling, upkeep
from server.database import open_database, reading, writing
from server.histories import Histories
from server.rebuild import rebuild
from server.tables.people import Patient
from tests.server.care import Care
from tests.server.world import World


def rows_of(world: World, care: Care) -> tuple[Stored, ...]:
    """What the rules see when everything is read anew."""
    with reading(world.engine) as session:
        return chart.open_chart(session, session.get_one(Patient, care.patient_id), world.now).history.rows


def kept(world: World, care: Care) -> Any:
    """What is in memory for the patient, (basis, counter, record) or None."""
    memory: Histories = world.engine.get_execution_options()[histories.OPTION]
    return memory._kept.get(care.patient_id)


def true(world: World, care: Care) -> bool:
    """Whether what is in memory is what reading anew gives, and the derived rows are what the facts bear out."""
    *_, record = kept(world, care)
    anew = chart.History.of(record.history.versions, rows_of(world, care), record.history.zone)
    same_groups = record.history.sets_by_date == anew.sets_by_date and record.history.check_ins == anew.check_ins
    return same_groups and record.history.rows == anew.rows and rebuild(world.engine, world.now, check=True) == ()


@pytest.fixture
def reads() -> Iterator[list[str]]:
    """The patients all of whose facts were read, in order."""
    seen: list[str] = []
    read = chart.stored_since

    def noted(session: Session, patient_id: str, since: Any, after: int = 0) -> list[Stored]:
        if not after:
            seen.append(patient_id)
        return read(session, patient_id, since, after)

    with patch.object(chart, "stored_since", noted):
        yield seen


def push(care: Care, *rows: Any) -> None:
    """A push, and what the server works out moments later."""
    assert set(care.statuses(*rows)) == {"accepted"}
    assert settling.refresh(care.world.engine, lambda: care.world.now) == 1


def test_after_a_second_push_no_fact_is_read_again(world: World, reads: list[str]) -> None:
    care = Care.begin(world)
    push(care, *care.session())
    reads.clear()
    push(care, care.morning(care.today - timedelta(days=1)), *care.session(care.today - timedelta(days=1)))
    assert reads == []
    assert true(world, care)


def test_what_another_server_wrote_in_between_is_seen(world: World) -> None:
    care = Care.begin(world)
    push(care, care.row(care.set_log(1)))
    other = open_database(world.settings.database)
    with writing(other) as session:
        ledger.admit(session, sender(world, care), [care.row(care.set_log(2))])
    other.dispose()
    assert len(kept(world, care)[2].history.rows) == 1, "our memory does not know of it yet"
    push(care, care.row(care.set_log(3)))
    assert [row.fact.set_index for row in kept(world, care)[2].history.rows] == [1, 2, 3]
    assert true(world, care)


def test_a_push_that_is_rolled_back_leaves_nothing_behind(world: World) -> None:
    care = Care.begin(world)
    push(care, care.row(care.set_log(1)))
    before = kept(world, care)
    with pytest.raises(RuntimeError), writing(world.engine) as session:
        ledger.admit(session, sender(world, care), [care.row(care.set_log(2, pain=9))])
        upkeep.settle(session, session.get_one(Patient, care.patient_id), world.now)
        raise RuntimeError("the power goes")
    assert kept(world, care) is before
    push(care, care.row(care.set_log(2, pain=1)))
    assert [row.fact.pain for row in kept(world, care)[2].history.rows] == [1, 1], "the same number, another fact"
    assert true(world, care)


def sender(world: World, care: Care) -> ledger.Sender:
    return ledger.Sender(
        patient_id=care.patient_id,
        clinic_id=care.clinic_id,
        device_id=care.phone.device_id,
        role=ledger.Role.PATIENT,
        sent_at=world.now,
        received_at=world.now,
        now=world.now,
    )


def test_corrections_and_withdrawals_are_seen_at_once(world: World) -> None:
    care = Care.begin(world)
    first, second = care.row(care.set_log(1)), care.row(care.set_log(2))
    push(care, first, second)
    correction = care.correction(first["id"], care.set_log(1, pain=7))
    push(care, correction)
    assert true(world, care)
    push(care, care.retraction(second["id"]))
    assert true(world, care)
    push(care, care.correction(correction["id"], care.set_log(1, care.today - timedelta(days=1), pain=3)))
    assert true(world, care)
    assert [row.fact.pain for row in kept(world, care)[2].history.rows] == [3]


def test_a_row_that_was_withdrawn_before_it_came_does_not_count(world: World) -> None:
    care = Care.begin(world)
    late, wrong = care.row(care.set_log(1)), care.row(care.set_log(2))
    push(care, care.retraction(late["id"]), care.correction(wrong["id"], care.set_log(2, pain=8)))
    push(care, late, wrong)
    assert [row.fact.pain for row in kept(world, care)[2].history.rows] == [8]
    assert true(world, care)


def test_a_new_version_a_new_day_and_a_pause_are_seen(world: World, reads: list[str]) -> None:
    care = Care.begin(world)
    push(care, *care.session())
    care.publish(reason="Two sets more")
    care.pull_all()
    reads.clear()
    push(care, *care.session(care.today - timedelta(days=1)))
    assert reads == [care.patient_id]
    assert true(world, care)
    care.later(days=1)
    reads.clear()
    push(care, care.row(Pause(**care.base(), from_on=care.today, until_on=care.today, reason=SkipReason.AWAY)))
    assert reads == [care.patient_id]
    push(care, *care.session())
    assert true(world, care)


def test_an_accident_in_what_follows_leaves_no_untruth(world: World) -> None:
    care = Care.begin(world)
    push(care, care.row(care.set_log(1)))
    with patch.object(upkeep.rollups, "recompute", side_effect=ValueError):
        push(care, care.row(care.set_log(2)))
    push(care, care.row(care.set_log(3)))
    care.line()
    assert true(world, care)


def test_a_full_memory_forgets_who_pushed_longest_ago(world: World, reads: list[str]) -> None:
    memory: Histories = world.engine.get_execution_options()[histories.OPTION]
    one = Care.begin(world)
    other = Care.begin(world, beside=one)
    with patch.object(memory, "_most_rows", 4):
        push(one, *one.session())
        push(other, *other.session(other.today - timedelta(days=1)))
        assert kept(world, one) is None
        assert kept(world, other) is not None
        reads.clear()
        push(one, one.morning(one.today - timedelta(days=1)))
        assert reads == [one.patient_id]
        assert true(world, one)
        push(one, *one.session(one.today - timedelta(days=1), sets=4))
        assert kept(world, one) is None, "more than fits at all"
    assert memory._rows == sum(len(record.history.rows) for *_, record in memory._kept.values())
    assert rebuild(world.engine, world.now, check=True) == ()
