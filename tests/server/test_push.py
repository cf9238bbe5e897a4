"""A push: a verdict per row, each row once, and nothing acknowledged that is not stored."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlmodel import col, func, select

from hep import codec
from hep.facts import CheckIn
from hep.wire import MAX_BYTES, MAX_ROWS
from server.database import reading
from server.tables.care import Fact, Flag, PatientSync, PushReject
from server.tables.people import AuditEntry
from tests.server.care import Care, fresh
from tests.server.log import numbers
from tests.server.world import World


def facts(care: Care) -> list[Fact]:
    with reading(care.world.engine) as session:
        return list(session.exec(select(Fact).where(Fact.patient_id == care.patient_id).order_by(col(Fact.seq))))


def counts(care: Care) -> tuple[int, int, int]:
    """Facts, lines of the change log and the counter."""
    with reading(care.world.engine) as session:
        sync = session.get_one(PatientSync, care.patient_id)
        return len(facts(care)), len(numbers(session, care.patient_id)), sync.seq


def rejects(care: Care) -> list[PushReject]:
    with reading(care.world.engine) as session:
        return list(session.exec(select(PushReject).where(PushReject.patient_id == care.patient_id)))


def test_a_session_is_admitted_row_by_row(world: World) -> None:
    care = Care.begin(world)
    rows = care.session()
    reply = care.push(*rows).json()
    assert [result["id"] for result in reply["results"]] == [row["id"] for row in rows]
    assert {result["status"] for result in reply["results"]} == {"accepted"}
    assert reply["high"] == counts(care)[2]
    assert reply["epoch"] == 1
    assert [fact.id for fact in facts(care)] == [row["id"] for row in rows]


def test_sending_again_adds_no_rows_and_no_changes(world: World) -> None:
    care = Care.begin(world)
    rows = care.session()
    care.push(*rows)
    before = counts(care)
    assert care.statuses(*rows) == ["duplicate"] * len(rows)
    assert care.statuses(*reversed(rows)) == ["duplicate"] * len(rows)
    assert counts(care) == before


def test_the_same_body_with_its_fields_in_another_order_is_a_duplicate(world: World) -> None:
    care = Care.begin(world)
    row = care.row(care.set_log())
    care.push(row)
    turned = row | {"body": dict(reversed(list(row["body"].items())))}
    assert care.statuses(turned) == ["duplicate"]


def test_another_body_under_the_same_id_is_a_conflict_and_the_first_is_kept(world: World) -> None:
    care = Care.begin(world)
    first = care.row(care.set_log(reps=10))
    other = care.row(care.set_log(reps=9), row_id=first["id"])
    care.push(first)
    assert care.statuses(other) == ["conflict"]
    assert care.statuses(other) == ["conflict"]
    assert orjson.loads(facts(care)[0].body)["reps"] == 10
    kept = rejects(care)
    assert [(row.entity_id, row.code) for row in kept] == [(first["id"], "conflict")]
    assert orjson.loads(kept[0].row)["reps"] == 9


def test_two_rows_of_one_batch_with_one_id_are_judged_one_after_the_other(world: World) -> None:
    care = Care.begin(world)
    row = care.row(care.set_log(reps=10))
    other = care.row(care.set_log(reps=9), row_id=row["id"])
    assert care.statuses(row, row, other) == ["accepted", "duplicate", "conflict"]


def test_one_poisoned_row_among_500_delays_no_other(world: World) -> None:
    care = Care.begin(world)
    rows: list[Any] = [care.row(care.set_log(1 + n % 50)) for n in range(MAX_ROWS)]
    rows[250] = rows[250] | {"body": {"at": "yesterday", "pain": "a lot"}}
    statuses = care.statuses(*rows)
    assert statuses[250] == "rejected"
    assert statuses.count("accepted") == MAX_ROWS - 1
    assert counts(care)[0] == MAX_ROWS - 1


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"reps": 1001}, "work_out_of_range"),
    ({"pain": 11}, "pain_out_of_range"),
    ({"pain": "3"}, "invalid"),
    ({"pain": True}, "invalid"),
    ({"at": "1999-12-31T23:59:59Z"}, "time_out_of_range"),
    ({"at": 0}, "invalid"),
    ({"at": "2026-11-22T10:00:00"}, "invalid"),
    ({"side": "both"}, "side_invalid"),
    ({"version": 7}, "version_unknown"),
    ({"version": 0}, "version_unknown"),
    ({"planned": "other-rx|2026-11-22|1"}, "item_invalid"),
    ({"planned": None, "prescription_id": "rx-of-nobody"}, "prescription_unknown"),
    ({"session_id": "a b"}, "id_invalid"),
    ({"zone": "America/\u0000New_York"}, "zone_unknown"),
    ({"load": {"unit": "lb", "amount": "1e9"}}, "load_invalid"),
]


def test_a_row_that_breaks_a_rule_is_rejected_with_its_code(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    rows = [care.row(care.set_log()) for _ in BROKEN]
    for row, (change, _) in zip(rows, BROKEN, strict=True):
        row["body"] |= change
    results = care.push(*rows).json()["results"]
    assert [result["code"] for result in results] == [code for _, code in BROKEN]
    assert {result["status"] for result in results} == {"rejected"}
    assert all(result["sentence"] for result in results)
    assert counts(care)[0] == 0


FORMLESS: list[tuple[Any, str]] = [
    (17, "row_malformed"),
    (None, "row_malformed"),
    (["set_log"], "row_malformed"),
    ({}, "kind_unknown"),
    ({"kind": "set_log", "id": "row-00000001", "body": []}, "invalid"),
    ({"kind": "note", "id": "row-00000001", "body": {}}, "kind_unknown"),
    ({"kind": ["set_log"], "id": "row-00000001", "body": {}}, "kind_unknown"),
    ({"kind": "set_log", "id": "short", "body": {}}, "id_invalid"),
    ({"kind": "set_log", "id": "x" * 65, "body": {}}, "id_invalid"),
    ({"kind": "set_log", "id": "row|0000001", "body": {}}, "id_invalid"),
    ({"kind": "set_log", "id": "row-00000001", "body": {}, "patient_id": "somebody"}, "unknown_field"),
    ({"kind": "message", "id": "row-00000001", "body": {"text": "x" * 70_000}}, "row_too_large"),
]


def test_a_row_of_another_form_is_rejected_alone(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    good = care.row(care.set_log())
    results = care.push(*(row for row, _ in FORMLESS), good).json()["results"]
    assert [result["code"] for result in results] == [*(code for _, code in FORMLESS), None]
    assert results[-1]["status"] == "accepted"
    named = [row.get("id", "") if isinstance(row, dict) else "" for row, _ in FORMLESS]
    assert [result["id"] for result in results[:-1]] == named


def test_half_a_surrogate_spoils_its_own_row_only(world: World) -> None:
    care = Care.begin(world)
    bad = care.row(care.set_log(), note="\ud83d")
    reply = care.phone.post(
        "/v1/sync/push",
        content=json.dumps(care.envelope(bad, care.row(care.set_log(2)))).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert [result["status"] for result in reply.json()["results"]] == ["rejected", "accepted"]


def test_another_patients_program_cannot_be_named(world: World) -> None:
    care = Care.begin(world)
    other = Care.begin(world, beside=care)
    log = other.set_log()
    result = care.push(care.row(log)).json()["results"][0]
    assert (result["status"], result["code"]) == ("rejected", "version_unknown")
    red = care.push(care.red_flag(prescription_id=other.prescriptions[0].id)).json()["results"][0]
    assert (red["status"], red["code"]) == ("rejected", "prescription_unknown")
    assert counts(other)[0] == counts(care)[0] == 0


def test_two_patients_may_use_the_same_row_id(world: World) -> None:
    care = Care.begin(world)
    other = Care.begin(world, beside=care)
    row_id = fresh()
    assert care.statuses(care.row(care.set_log(), row_id)) == ["accepted"]
    assert other.statuses(other.row(other.set_log(), row_id)) == ["accepted"]


def test_fields_a_newer_app_added_are_kept_and_given_back(world: World) -> None:
    care = Care.begin(world)
    row = care.row(care.set_log(), camera={"knee_angle": 87.5, "frames": [1, 2, None]})
    assert care.statuses(row) == ["accepted"]
    assert care.pull_all(care.cursor)[0]["body"] == row["body"]


def test_logs_of_an_older_version_are_accepted(world: World) -> None:
    care = Care.begin(world)
    old = care.row(care.set_log())
    care.publish(reason="A second version")
    assert care.statuses(old) == ["accepted"]


CLOCKS = [
    (timedelta(0), timedelta(0), False),
    (timedelta(minutes=5), timedelta(0), False),
    (timedelta(minutes=5, seconds=1), timedelta(0), True),
    (timedelta(days=730), timedelta(0), True),
    (timedelta(hours=-3), timedelta(0), True),
    (timedelta(0), timedelta(hours=3), True),
]


def test_an_odd_clock_is_marked_and_never_refused(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    for skew, ahead, _ in CLOCKS:
        row = care.row(care.set_log(at=sqlite_world.now + ahead))
        reply = care.push(row, sent_at=codec.dump(sqlite_world.now - skew))
        assert reply.json()["results"][0]["status"] == "accepted"
    assert [fact.clock_suspect for fact in facts(care)] == [suspect for *_, suspect in CLOCKS]


def test_a_row_years_old_or_years_ahead_is_accepted(world: World) -> None:
    care = Care.begin(world)
    past = care.set_log(on=datetime(2000, 1, 1, tzinfo=UTC).date(), at=datetime(2000, 1, 1, 12, tzinfo=UTC))
    ahead = care.set_log(on=datetime(2099, 12, 31, tzinfo=UTC).date(), at=datetime(2099, 12, 31, 12, tzinfo=UTC))
    assert care.statuses(care.row(past), care.row(ahead)) == ["accepted", "accepted"]


def test_a_compressed_push_is_admitted(world: World) -> None:
    care = Care.begin(world)
    packed = gzip.compress(json.dumps(care.envelope(*care.session())).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    reply = care.phone.post("/v1/sync/push", content=packed, headers=headers)
    assert {result["status"] for result in reply.json()["results"]} == {"accepted"}


def test_a_small_body_that_unfolds_beyond_the_limit_is_refused(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    packed = gzip.compress(json.dumps(care.envelope("x" * MAX_BYTES)).encode())
    assert len(packed) < 10_000
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    reply = care.phone.post("/v1/sync/push", content=packed, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")


def test_more_than_500_rows_are_refused_as_a_whole(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    reply = care.push(*[None] * (MAX_ROWS + 1))
    assert (reply.status_code, reply.json()["code"]) == (413, "too_many_rows")


MALFORMED = [
    b"{",
    b"[]",
    b"null",
    b'{"rows": NaN}',
    b"[" * 100_000,
    b'{"device_id": "device-1", "schema": 1, "batch_id": "batch-01", "rows": []}',
    b'{"device_id": 1, "schema": 1, "batch_id": "b", "sent_at": "2026-11-22T15:00:00Z", "rows": []}',
]


def test_a_malformed_envelope_is_refused(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    for body in MALFORMED:
        reply = care.phone.post("/v1/sync/push", content=body, headers={"Content-Type": "application/json"})
        assert (reply.status_code, reply.json()["code"]) == (400, "malformed")


def test_an_unknown_field_of_the_envelope_is_refused(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    reply = care.push(patient_id="somebody")
    assert (reply.status_code, reply.json()["code"]) == (400, "unknown_field")


def test_an_old_schema_may_still_push(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    reply = care.push(care.row(care.set_log()), schema=0)
    assert reply.json()["results"][0]["status"] == "accepted"


def test_a_correction_of_another_kind_than_its_row_is_rejected(world: World) -> None:
    care = Care.begin(world)
    row = care.row(care.set_log())
    care.push(row)
    answer = codec.load(CheckIn, care.morning(care.today)["body"])
    result = care.push(care.correction(row["id"], answer)).json()["results"][0]
    assert (result["status"], result["code"]) == ("rejected", "correction_invalid")


def test_a_stop_sign_raises_a_flag_that_locks(world: World) -> None:
    care = Care.begin(world)
    row = care.red_flag()
    assert care.statuses(row) == ["accepted"]
    assert care.statuses(row) == ["duplicate"]
    with reading(world.engine) as session:
        flags = session.exec(select(Flag).where(Flag.patient_id == care.patient_id)).all()
    assert [(flag.kind, flag.locks, flag.fact_id, flag.cleared_at) for flag in flags] == [
        ("red_flag", True, row["id"], None)
    ]
    assert care.line()["locked"] is True


def test_a_stop_sign_is_never_cleared_by_a_retraction(world: World) -> None:
    care = Care.begin(world)
    row = care.red_flag()
    care.push(row)
    care.push(care.retraction(row["id"]))
    assert care.line()["why"] == "stop_rule"


def test_a_push_is_one_entry_of_the_audit_log(world: World) -> None:
    care = Care.begin(world)
    with reading(world.engine) as session:
        before = session.exec(select(func.count()).where(col(AuditEntry.action) == "sync.push")).one()
    care.push(*care.session())
    with reading(world.engine) as session:
        pushes = select(AuditEntry.patient_id).where(AuditEntry.action == "sync.push")
        entries = session.exec(pushes.order_by(col(AuditEntry.seq))).all()
    assert len(entries) == before + 1
    assert entries[-1] == care.patient_id


def test_therapists_may_not_push(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    reply = care.therapist.post("/v1/sync/push", json=care.envelope())
    assert (reply.status_code, reply.json()["code"]) == (403, "not_allowed")
