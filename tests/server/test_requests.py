"""Malformed requests: nothing breaks, nothing forbidden is accepted, every answer is as the description says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hep import codec
from tests.server.care import Care
from tests.server.fuzzing import ROLES, fuzz
from tests.server.matrix import ALLOWED, Cast
from tests.server.world import World

LEAST_CASES = 3000
JSON = {"Content-Type": "application/json"}


@pytest.mark.timeout(600)
def test_three_thousand_hostile_requests_of_every_caller_to_every_route_break_nothing(sqlite_world: World) -> None:
    run = fuzz(Cast(sqlite_world), ROLES, examples=18)
    assert run.found == []
    assert run.cases >= LEAST_CASES
    assert not [status for status in run.statuses if status >= 500]
    assert {f"{method} {path}" for method, path in ALLOWED} <= {route for route, _ in run.sent}
    described = sqlite_world.app.openapi()["paths"]
    for method, path in ALLOWED:
        operation = described[path][method.lower()]
        if "security" in operation and (operation.get("parameters") or "requestBody" in operation):
            assert {role for role in ROLES if run.sent[f"{method} {path}", role]} == set(ROLES), path
    assert min(run.rows[verdict] for verdict in ("accepted", "rejected")) > 0


@pytest.fixture
def care(sqlite_world: World) -> Iterator[Care]:
    yield Care.begin(sqlite_world)


ODD_INSTANTS = [
    "0001-01-01T00:00:00+05:00",
    "9999-12-31T23:59:59-05:00",
    "2026-W47-7T10:00:00Z",
    "20261122T100000Z",
    "2026-11-22 10:00:00Z",
    "2026-11-22T10:00Z",
    "2026-11-22T10:00:00,5Z",
    "2026-11-22T10:00:00",
    0,
    1.5,
    True,
    None,
]


@pytest.mark.parametrize("odd", ODD_INSTANTS, ids=str)
def test_an_instant_has_one_written_form_and_a_possible_value(care: Care, odd: object) -> None:
    refused = care.push(sent_at=odd)
    assert (refused.status_code, refused.json()["code"]) == (400, "malformed")
    row = care.row(care.set_log())
    row["body"]["at"] = odd
    assert care.statuses(row, care.row(care.set_log(2))) == ["rejected", "accepted"]


@pytest.mark.parametrize(
    "odd", ["2026-W47-7", "20261122", "2026-11-31", "2026-1-1", "0000-01-01", "２０２６-11-22", 0, None]
)
def test_a_date_has_one_written_form_and_a_possible_value(care: Care, odd: object) -> None:
    row = care.row(care.set_log())
    row["body"]["on"] = odd
    assert care.statuses(row, care.row(care.set_log(2))) == ["rejected", "accepted"]
    body = {"name": "New Person", "birth_date": odd, "zone": "UTC", "problem": "Knee pain"}
    assert care.therapist.post("/v1/patients", json=body).status_code == 422


@pytest.mark.parametrize(
    "odd", ["1_000", " 3", "٣", "NaN", "Infinity", "3.", ".5", "1e999", 2.5, "9" * 25, 10**30, -1, 501]
)
def test_a_load_is_a_number_in_its_written_form(care: Care, odd: object) -> None:
    row = care.row(care.set_log())
    row["body"]["load"] = {"unit": "kg", "amount": odd}
    assert care.statuses(row, care.row(care.set_log(2))) == ["rejected", "accepted"]


@pytest.mark.parametrize(
    "when",
    ["0001-01-01|1", "9999-12-31|1", "20261122|1", "2026-W99|1", f"2026-11-22|{'9' * 5000}", "2026-11-22|٣", "|1"],
)
def test_a_planned_item_that_cannot_be_is_rejected_alone(care: Care, when: str) -> None:
    row = care.row(care.set_log())
    row["body"]["planned"] = f"{care.prescriptions[0].id}|{when}"
    assert care.statuses(row, care.row(care.set_log(2))) == ["rejected", "accepted"]


NESTED: Any = []
for _ in range(600):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "odd",
    [NESTED, {"id": "row-00000001", "kind": "message", "body": {"x": NESTED}}, {"id": "\ud800" * 8, "kind": "message"}],
    ids=["deep", "deep body", "half a character"],
)
def test_a_poison_row_of_a_revoked_phone_keeps_nothing_else_out(care: Care, odd: Any) -> None:
    care.therapist.post(f"/v1/patients/{care.patient_id}/devices/{care.phone.device_id}/revoke")
    held = care.world.signed(care.world.refresh(care.phone))
    good = care.row(care.set_log())
    content = json.dumps(care.envelope(odd, good)).encode()
    reply = held.post("/v1/sync/push", content=content, headers=JSON)
    assert reply.status_code == 200, reply.text
    assert [result["status"] for result in reply.json()["results"]][1] == "accepted"
    (batch,) = care.therapist.get(f"/v1/patients/{care.patient_id}/quarantine").json()["batches"]
    released = care.therapist.post(
        f"/v1/patients/{care.patient_id}/quarantine/{batch['id']}/release", json={"reason": "Theirs"}
    )
    assert [result["status"] for result in released.json()["results"]] == ["rejected", "accepted"]


@pytest.mark.parametrize("number", [-1, 2**31, 2**63, 10**40])
def test_a_number_that_no_column_holds_is_refused_before_the_database_sees_it(care: Care, number: int) -> None:
    for change in ({"base_version": number}, {"exercise": {"stage": number}}, {"exercise": {"times_per_day": number}}):
        body = codec.dump(care.draft())
        body["prescriptions"][0]["exercise"] |= change.pop("exercise", {})
        reply = care.therapist.post(f"/v1/patients/{care.patient_id}/programs", json=body | change)
        assert (reply.status_code, reply.json()["code"]) == (422, "invalid")
    assert care.pull(limit=number).status_code == 422


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/caseload?mine=yes", "invalid"),
        ("/v1/caseload?mine=1", "invalid"),
        ("/v1/caseload?mine=true&mine=false", "unknown_field"),
        ("/v1/caseload?other=true", "unknown_field"),
        ("/v1/library?x=1", "unknown_field"),
    ],
)
def test_a_query_holds_what_the_route_names_once_and_in_one_form(care: Care, path: str, code: str) -> None:
    assert care.therapist.get("/v1/caseload?mine=true").status_code == 200
    reply = care.therapist.get(path)
    assert (reply.status_code, reply.json()["code"]) == ({"invalid": 422, "unknown_field": 400}[code], code)


@pytest.mark.parametrize("limit", ["1.0", " 1", "+1", "1_0", "0x1", "", "٣"])
def test_a_number_in_a_query_is_written_in_digits(care: Care, limit: str) -> None:
    assert care.pull(limit="1").status_code == 200
    assert care.pull(limit=limit).status_code == 422


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_a_body_that_does_not_say_it_is_json_is_refused(care: Care, kind: str | None) -> None:
    content = json.dumps(care.envelope()).encode()
    headers = {"Content-Type": kind} if kind else {}
    reply = care.phone.post("/v1/sync/push", content=content, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (415, "encoding_unsupported")
