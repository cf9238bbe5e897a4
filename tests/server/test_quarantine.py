"""A revoked phone may still hand in what it holds; a therapist lets it in or throws it out, and it counts only then."""

from typing import Any

import pytest
from sqlmodel import col, func, select

from server.database import reading
from server.tables.care import Fact, Quarantine
from server.tables.people import AuditEntry
from tests.server.care import Care
from tests.server.world import Signed, World


def revoked(world: World) -> Care:
    """A patient whose phone was revoked and has come back with the token that only lets it hand in."""
    care = Care.begin(world)
    reply = care.therapist.post(f"/v1/patients/{care.patient_id}/devices/{care.phone.device_id}/revoke")
    assert reply.status_code == 200
    care.phone = Signed(world.client, world.refresh(care.phone).json())
    assert care.phone.tokens["scope"] == "quarantine"
    return care


def held(care: Care) -> list[dict[str, Any]]:
    reply = care.therapist.get(f"/v1/patients/{care.patient_id}/quarantine")
    assert reply.status_code == 200, reply.text
    return list(reply.json()["batches"])


def decide(care: Care, batch_id: str, what: str, reason: str = "It is hers") -> Any:
    return care.therapist.post(f"/v1/patients/{care.patient_id}/quarantine/{batch_id}/{what}", json={"reason": reason})


def facts(care: Care) -> int:
    with reading(care.world.engine) as session:
        return session.exec(select(func.count()).where(col(Fact.patient_id) == care.patient_id)).one()


def test_rows_of_a_revoked_phone_are_kept_apart_and_do_not_count(world: World) -> None:
    care = revoked(world)
    rows = care.session()
    assert care.statuses(*rows) == ["accepted"] * 3
    assert facts(care) == 0
    (batch,) = held(care)
    assert (batch["row_count"], batch["state"], batch["kinds"]) == (3, "held", {"set_log": 2, "session_end": 1})
    assert care.detail()["sessions"] == []
    assert [device["waiting"] for device in care.detail()["devices"]] == [3]


def test_the_same_batch_sent_again_is_kept_once(world: World) -> None:
    care = revoked(world)
    rows = care.session()
    care.push(*rows)
    assert care.statuses(*rows) == ["duplicate"] * 3
    assert len(held(care)) == 1


def test_a_released_batch_counts_as_if_it_had_come_in_time(world: World) -> None:
    care = revoked(world)
    rows = care.session()
    care.push(*rows)
    received_at = world.now
    care.world.later(minutes=10)
    (batch,) = held(care)
    reply = decide(care, batch["id"], "release")
    assert [result["status"] for result in reply.json()["results"]] == ["accepted"] * 3
    assert [session["state"] for session in care.detail()["sessions"]] == ["done"]
    assert held(care)[0]["state"] == "released"
    with reading(world.engine) as session:
        stored = session.exec(select(Fact).where(Fact.patient_id == care.patient_id)).all()
    assert {fact.received_at for fact in stored} == {received_at}
    assert not any(fact.clock_suspect for fact in stored)


def test_a_discarded_batch_stays_on_record_and_never_counts(world: World) -> None:
    care = revoked(world)
    care.push(*care.session())
    (batch,) = held(care)
    assert decide(care, batch["id"], "discard", "Phone was stolen").status_code == 200
    assert facts(care) == 0
    (after,) = held(care)
    assert (after["state"], after["reason"]) == ("discarded", "Phone was stolen")
    with reading(world.engine) as session:
        assert session.get_one(Quarantine, batch["id"]).rows


@pytest.mark.parametrize("first", ["release", "discard"])
def test_a_batch_is_decided_once(sqlite_world: World, first: str) -> None:
    care = revoked(sqlite_world)
    care.push(*care.session())
    (batch,) = held(care)
    assert decide(care, batch["id"], first).status_code == 200
    for what in ("release", "discard"):
        again = decide(care, batch["id"], what)
        assert (again.status_code, again.json()["code"]) == (409, "already_decided")
        assert again.json()["sentence"] == "This was already decided. Reload the page."


def test_bad_rows_are_sorted_out_at_the_release(world: World) -> None:
    care = revoked(world)
    good, bad = care.row(care.set_log()), care.row(care.set_log())
    bad["body"]["pain"] = 99
    assert care.statuses(17, bad, good) == ["rejected", "accepted", "accepted"]
    (batch,) = held(care)
    results = decide(care, batch["id"], "release").json()["results"]
    assert [result["status"] for result in results] == ["rejected", "rejected", "accepted"]


def test_a_decision_needs_a_reason_and_the_right_patient(sqlite_world: World) -> None:
    care = revoked(sqlite_world)
    care.push(*care.session())
    (batch,) = held(care)
    assert decide(care, batch["id"], "release", " ").status_code == 422
    other = Care.begin(sqlite_world, beside=care)
    assert decide(other, batch["id"], "release").status_code == 404
    stranger = Care.begin(sqlite_world)
    stranger.patient_id = care.patient_id
    assert decide(stranger, batch["id"], "release").status_code == 404
    assert held(care)[0]["state"] == "held"


def test_every_step_is_in_the_audit_log(sqlite_world: World) -> None:
    care = revoked(sqlite_world)
    care.push(*care.session())
    (batch,) = held(care)
    decide(care, batch["id"], "release")
    with reading(sqlite_world.engine) as session:
        actions = session.exec(select(AuditEntry.action).where(AuditEntry.patient_id == care.patient_id)).all()
    assert {"sync.quarantine", "quarantine.read", "quarantine.release"} <= set(actions)
