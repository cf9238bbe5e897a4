"""A pull: every change, in one order, from where the phone stands, and never silence where something is missing."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, func, select

from hep.records import ProgramState
from server.database import reading, writing
from server.tables.care import PatientSync, Pulled
from server.tables.people import AuditEntry
from tests.server.care import Care, prescription
from tests.server.world import Signed, World


def kinds(changes: list[dict[str, Any]]) -> list[str]:
    return [change["kind"] for change in changes]


def pulls_audited(care: Care) -> int:
    with reading(care.world.engine) as session:
        query = select(func.count()).where(col(AuditEntry.action) == "sync.pull")
        return session.exec(query).one()


def set_sync(care: Care, **values: int) -> None:
    with writing(care.world.engine) as session:
        sync = session.get_one(PatientSync, care.patient_id)
        for name, value in values.items():
            setattr(sync, name, value)
        session.add(sync)


def test_a_new_phone_gets_profile_clinic_program_and_its_own_facts(world: World) -> None:
    care = Care.begin(world)
    rows = care.session()
    care.push(*rows)
    changes = care.pull_all()
    assert kinds(changes) == ["profile", "clinic", "program", "set_log", "set_log", "session_end"]
    assert [change["seq"] for change in changes] == sorted(change["seq"] for change in changes)
    assert [change["id"] for change in changes[3:]] == [row["id"] for row in rows]
    assert [change["body"] for change in changes[3:]] == [row["body"] for row in rows]
    assert changes[0]["body"]["name"].startswith("Patient")
    assert changes[2]["id"] == f"{care.program_id}:1"


def test_pages_hold_every_change_once_and_in_order(world: World) -> None:
    care = Care.begin(world)
    care.push(*care.session(), *care.session(care.today - timedelta(days=1)))
    whole = care.pull_all()
    assert care.pull_all(limit=1) == whole
    assert care.pull_all(limit=2) == whole


def test_from_a_cursor_on_only_what_is_new_comes(world: World) -> None:
    care = Care.begin(world)
    row = care.row(care.set_log())
    care.push(row)
    assert [change["id"] for change in care.pull_all(care.cursor)] == [row["id"]]
    assert care.pull_all(care.cursor) == []


def test_nothing_new_is_a_304_and_no_audit_entry(world: World) -> None:
    care = Care.begin(world)
    etag = care.pull().headers["etag"]
    before = pulls_audited(care)
    again = care.pull(care.cursor, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert care.pull(care.cursor).json()["changes"] == []
    assert pulls_audited(care) == before
    care.push(care.row(care.set_log()))
    fresh = care.pull(care.cursor, headers={"If-None-Match": etag})
    assert fresh.status_code == 200
    assert fresh.headers["etag"] != etag
    assert pulls_audited(care) == before + 1


def test_a_phone_that_lags_behind_its_etag_gets_its_rows(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    place = care.cursor
    care.push(care.row(care.set_log()))
    etag = care.pull(place).headers["etag"]
    assert len(care.pull(place, headers={"If-None-Match": etag}).json()["changes"]) == 1


def test_a_page_with_more_to_come_has_no_etag(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    first = care.pull(limit=1)
    assert first.json()["more"] is True
    assert "etag" not in first.headers


@pytest.mark.parametrize("text", ["x", "é", "!!!", "bm90IG91cnM", "A" * 300])
def test_a_cursor_we_did_not_write_asks_for_a_resync(sqlite_world: World, text: str) -> None:
    care = Care.begin(sqlite_world, publish=False)
    reply = care.pull(text)
    assert (reply.status_code, reply.json()["code"]) == (410, "resync")


def test_a_cursor_with_one_changed_character_asks_for_a_resync(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    cursor = care.cursor or ""
    for place in (0, len(cursor) // 2, len(cursor) - 2):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        assert care.pull(changed).status_code == 410


def test_another_patients_cursor_asks_for_a_resync(world: World) -> None:
    care = Care.begin(world)
    other = Care.begin(world, beside=care)
    assert care.pull(other.cursor).status_code == 410


def test_a_new_epoch_asks_for_a_resync_and_the_whole_record_follows(world: World) -> None:
    care = Care.begin(world)
    old = care.cursor
    set_sync(care, epoch=2)
    reply = care.pull(old)
    assert (reply.status_code, reply.json()["code"]) == (410, "resync")
    assert care.push(care.row(care.set_log())).json()["epoch"] == 2
    assert kinds(care.pull_all()) == ["profile", "clinic", "program", "set_log"]


def test_a_cursor_below_the_floor_asks_for_a_resync_but_a_first_pull_goes_on(world: World) -> None:
    care = Care.begin(world, publish=False)
    first = care.pull(limit=1).json()["cursor"]
    care.pull_all()
    old = care.cursor
    care.publish()
    set_sync(care, floor=3)
    assert care.pull(old).status_code == 410
    assert kinds(care.pull_all(first)) == ["clinic", "program"]


def test_a_cursor_ahead_of_a_restored_server_asks_for_a_resync(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    set_sync(care, seq=1)
    assert care.pull(care.cursor).status_code == 410


def test_an_old_schema_is_told_to_update_on_pulls_only(world: World) -> None:
    care = Care.begin(world)
    reply = care.pull(schema=0)
    assert (reply.status_code, reply.json()["code"]) == (426, "schema_too_old")
    assert care.push(care.row(care.set_log()), schema=0).status_code == 200


def test_an_updated_app_starts_again(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world)
    assert care.pull(care.cursor, schema=2).status_code == 410


def test_a_first_pull_goes_back_90_days_except_for_what_lasts(world: World) -> None:
    care = Care.begin(world)
    old = care.today - timedelta(days=91)
    last = care.today - timedelta(days=90)
    rows = [
        care.row(care.set_log(on=old)),
        care.row(care.set_log(on=last)),
        care.red_flag(on=old),
        care.row(care.set_log()),
    ]
    place = care.cursor
    care.push(*rows)
    expected = [row["id"] for row in rows[1:]]
    assert [change["id"] for change in care.pull_all()[3:]] == expected
    assert [change["id"] for change in care.pull_all(limit=1)[3:]] == expected
    after_first = care.cursor
    assert [change["id"] for change in care.pull_all(place)] == [row["id"] for row in rows]
    late = care.row(care.set_log(on=old))
    care.push(late)
    assert [change["id"] for change in care.pull_all(after_first)] == [late["id"]]


def test_a_new_version_comes_whole_and_once(world: World) -> None:
    care = Care.begin(world)
    published = care.publish(reason="More exercises")["program"]
    changes = care.pull_all(care.cursor)
    assert [(change["kind"], change["id"]) for change in changes] == [("program", f"{care.program_id}:2")]
    assert changes[0]["body"] == published


def test_a_new_phone_gets_the_program_in_use_and_not_the_one_before(world: World) -> None:
    care = Care.begin(world)
    care.publish(state=ProgramState.ARCHIVED, reason="Goal reached")
    assert [change["id"] for change in care.pull_all() if change["kind"] == "program"] == [
        f"{care.program_id}:1",
        f"{care.program_id}:2",
    ]
    ended = care.cursor
    care.program_id, care.version = "program-second-1", 0
    care.publish(prescriptions=(prescription(care.today),))
    assert [change["id"] for change in care.pull_all() if change["kind"] == "program"] == ["program-second-1:1"]
    assert [change["id"] for change in care.pull_all(ended)] == ["program-second-1:1"]


def test_a_program_opened_again_reaches_a_phone_that_came_while_another_was_in_use_whole(world: World) -> None:
    care = Care.begin(world)
    first = care.change_program()
    care.phone = world.phone(care.therapist, care.patient_id)
    assert {change["id"] for change in care.pull_all() if change["kind"] == "program"} == {f"{care.program_id}:1"}
    there = care.cursor
    care.publish(state=ProgramState.ARCHIVED, reason="Enough of it")

    care.program_id, care.version, care.prescriptions = first.program_id, 2, first.prescriptions
    care.publish(reason="Back to the first")

    known = [change["id"] for change in care.pull_all(there) if change["kind"] == "program"]
    assert known[1:] == [f"{first.program_id}:{version}" for version in (1, 2, 3)]


def test_which_phone_was_given_which_version_is_remembered(world: World) -> None:
    care = Care.begin(world)
    first = care.phone
    care.publish(reason="Second")
    care.phone = world.phone(care.therapist, care.patient_id)
    care.pull_all()
    with reading(world.engine) as session:
        given = session.exec(select(Pulled).where(Pulled.patient_id == care.patient_id)).all()
    assert {(row.device_id, row.version) for row in given} == {
        (first.device_id, 1),
        (care.phone.device_id, 1),
        (care.phone.device_id, 2),
    }


def test_after_a_phone_is_revoked_no_pull_returns_anything(world: World) -> None:
    care = Care.begin(world)
    care.push(care.row(care.set_log()))
    care.therapist.post(f"/v1/patients/{care.patient_id}/devices/{care.phone.device_id}/revoke")
    refused = care.pull()
    assert (refused.status_code, refused.json()["code"]) == (403, "device_revoked")
    apart = Signed(world.client, world.refresh(care.phone).json())
    assert apart.tokens["scope"] == "quarantine"
    reply = apart.get("/v1/sync/pull")
    assert (reply.status_code, reply.json()["code"]) == (403, "device_revoked")


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 501}, {"limit": 10**30}, {"schema": -1}, {"limit": "x"}])
def test_a_limit_or_schema_out_of_range_is_refused(sqlite_world: World, query: dict[str, Any]) -> None:
    care = Care.begin(sqlite_world, publish=False)
    assert care.pull(**query).status_code == 422


def test_therapists_may_not_pull(sqlite_world: World) -> None:
    care = Care.begin(sqlite_world, publish=False)
    assert care.therapist.get("/v1/sync/pull").status_code == 403
