from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from server import audit
from server.audit import SYSTEM, Actor, Verified, Walk, verify
from server.database import open_database, reading, writing
from server.tables.people import AuditEntry
from tests.server.world import World

ACTOR = Actor(clinic_id="clinic-1", person_id="person-1", role="therapist", device_id="device-1", address="192.0.2.7")


def write(world: World, count: int, actor: Actor = ACTOR) -> None:
    for number in range(count):
        with writing(world.engine) as session:
            audit.record(session, actor, "patient.read", world.now, resource="patient", resource_id=f"patient-{number}")


def tamper(world: World, statement: str, clinic_id: str = "clinic-1") -> None:
    """Change the log the way somebody with the database in their hands could: without its guards."""
    with world.engine.execution_options(write=True).begin() as connection:
        if connection.dialect.name == "sqlite":
            for guard in ("audit_entry_no_update", "audit_entry_no_delete"):
                connection.execute(text(f"DROP TRIGGER {guard}"))
        else:
            connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        connection.execute(text(statement))


def test_entries_of_a_clinic_make_one_sound_chain(world: World) -> None:
    write(world, 5)
    write(world, 2, Actor(clinic_id="clinic-2"))
    with reading(world.engine) as session:
        assert (verify(session, "clinic-1").entries, verify(session, "clinic-1").sound) == (5, True)
        assert (verify(session, "clinic-2").entries, verify(session, "clinic-2").sound) == (2, True)


@pytest.mark.parametrize(
    "column", ["at", "actor_id", "role", "device_id", "address", "action", "resource", "resource_id", "patient_id"]
)
def test_a_changed_field_is_found_and_located(world: World, column: str) -> None:
    write(world, 4)
    value = "'2020-01-01 00:00:00.000000'" if column == "at" else "'other'"
    tamper(world, f"UPDATE audit_entry SET {column} = {value} WHERE seq = 3 AND clinic_id = 'clinic-1'")
    with reading(world.engine) as session:
        assert verify(session, "clinic-1").broken_at == 3


@pytest.mark.parametrize(("statement", "place"), [("seq = 2", 2), ("seq >= 3", 3), ("seq >= 1", 1)])
def test_a_missing_entry_is_found_wherever_it_was(world: World, statement: str, place: int) -> None:
    write(world, 4)
    tamper(world, f"DELETE FROM audit_entry WHERE clinic_id = 'clinic-1' AND {statement}")
    with reading(world.engine) as session:
        assert verify(session, "clinic-1").broken_at == place


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET outcome = 'ok'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_or_delete_an_entry(world: World, statement: str) -> None:
    write(world, 1)
    with pytest.raises(DBAPIError, match="never"), writing(world.engine) as session:
        session.connection().execute(text(statement))
    with reading(world.engine) as session:
        assert verify(session, "clinic-1").entries == 1


def test_postgresql_refuses_to_empty_the_log(postgres_url: str, tmp_path: Path) -> None:
    with World(postgres_url, tmp_path) as world:
        write(world, 1)
        with pytest.raises(DBAPIError, match="never"), writing(world.engine) as session:
            session.connection().execute(text("TRUNCATE audit_entry"))


def test_an_entry_is_kept_with_its_change_or_not_at_all(world: World) -> None:
    with pytest.raises(RuntimeError), writing(world.engine) as session:
        audit.record(session, ACTOR, "patient.create", world.now, resource="patient")
        raise RuntimeError
    with reading(world.engine) as session:
        assert verify(session, "clinic-1").entries == 0


def test_eight_writers_over_two_connections_with_five_hundred_entries_each_make_one_chain(world: World) -> None:
    second = open_database(world.settings.database)

    def write_in_tens(number: int) -> None:
        engine = second if number % 2 else world.engine
        for _ in range(50):
            with writing(engine) as session:
                for entry in range(10):
                    audit.record(
                        session, ACTOR, "patient.read", world.now, resource="patient", resource_id=f"p-{entry}"
                    )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write_in_tens, range(8)))
    second.dispose()
    with reading(world.engine) as session:
        assert (verify(session, "clinic-1").entries, verify(session, "clinic-1").sound) == (4000, True)


def test_a_thousand_flipped_bytes_are_all_found_and_located(sqlite_world: World) -> None:
    write(sqlite_world, 4)
    chance = Random(1)
    with reading(sqlite_world.engine) as session:
        query = select(AuditEntry).where(AuditEntry.clinic_id == "clinic-1").order_by(col(AuditEntry.seq))
        entries = [row.model_dump() for row in session.exec(query).all()]
        end = (entries[-1]["seq"], entries[-1]["digest"])
    assert walked(entries, end).sound
    texts = [name for name, value in entries[0].items() if isinstance(value, str) and value]
    for _ in range(1000):
        copies, place, name = [dict(entry) for entry in entries], chance.randrange(4), chance.choice(texts)
        raw = bytearray(str(copies[place][name]).encode())
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(7)
        copies[place][name] = raw.decode()
        found = walked(copies, end)
        assert found.broken_at == place + 1, (place, name)


def walked(entries: list[dict[str, Any]], end: tuple[int, str]) -> Verified:
    walk = Walk()
    for entry in entries:
        if not walk.step(entry):
            break
    return walk.ended(end)


def test_what_patients_and_staff_do_to_get_in_is_written_down(world: World) -> None:
    therapist = world.therapist(world.clinic())
    patient_id = world.patient(therapist, name="Zebra Quagga")
    invitation = world.invite(therapist, patient_id)
    world.redeem(secret="wrong" * 6)
    phone = world.signed(world.redeem(secret=invitation["secret"]))
    therapist.post(f"/v1/patients/{patient_id}/devices/{phone.device_id}/revoke")
    with reading(world.engine) as session:
        rows = session.exec(select(AuditEntry).order_by(col(AuditEntry.at), col(AuditEntry.seq))).all()
        chains = {row.clinic_id for row in rows}
        assert all(verify(session, chain).sound for chain in chains)
    assert [(row.action, row.outcome) for row in rows if row.clinic_id != SYSTEM] == [
        ("sign_in", "ok"),
        ("patient.create", "ok"),
        ("invitation.make", "ok"),
        ("invitation.redeem", "ok"),
        ("device.revoke", "ok"),
    ]
    assert [(row.action, row.outcome) for row in rows if row.clinic_id == SYSTEM] == [
        ("invitation.redeem", "invitation_invalid")
    ]
    written = repr(rows)
    assert not [word for word in ("Zebra", "Knee", invitation["secret"], invitation["code"]) if word in written]
