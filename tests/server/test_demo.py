"""The demo clinic: made through the real services, the same for the same instant, and honest in every number."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, col, select

from hep.access import Role
from hep.days import local_on
from hep.facts import Kind
from server import audit, demo
from server.database import open_database, reading
from server.demo.stories import STORIES
from server.rebuild import rebuild
from server.tables.care import Fact, Flag, ProgramVersionRow, Proposal, PushReject, Quarantine
from server.tables.people import AuditEntry, Clinic, Device, Invitation, Patient
from tests.server.world import Signed, World

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Made:
    """A made demo clinic: the running server and how to get in."""

    world: World
    access: demo.DemoAccess

    @property
    def therapist(self) -> Signed:
        reply = self.world.sign_in(self.access.therapist_email, self.access.therapist_password)
        assert reply.status_code == 200, reply.text
        return Signed(self.world.client, reply.json())

    def caseload(self) -> dict[str, dict[str, Any]]:
        reply = self.therapist.get("/v1/caseload")
        assert reply.status_code == 200, reply.text
        return {row["name"]: row for row in reply.json()["rows"]}

    def page(self, name: str) -> dict[str, Any]:
        reply = self.therapist.get(f"/v1/patients/{self.caseload()[name]['patient_id']}")
        assert reply.status_code == 200, reply.text
        page: dict[str, Any] = reply.json()
        return page


SOME = tuple(story for story in STORIES if story.name in {"Maria Santos", "Robert Kowalski", "Aisha Bello"})
"""Enough stories for tests whose subject is not the people: dated and floating programs, a lost phone."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The demo clinic on SQLite, made once for all tests that only read it."""
    folder = tmp_path_factory.mktemp("demo")
    url = f"sqlite:///{folder / 'clinic.db'}"
    _prepare(url)
    with World(url, folder) as world:
        yield Made(world, demo.create(world.engine, world.settings, world.now))


def _prepare(url: str) -> None:
    engine = open_database(url)
    SQLModel.metadata.create_all(engine)
    engine.dispose()


def _content(session: Session) -> str:
    """A digest of what the clinic holds, without the ids and secrets that the server drew."""
    names = {patient.id: patient.name for patient in session.exec(select(Patient))}
    facts = session.exec(select(Fact).order_by(col(Fact.patient_id), col(Fact.seq)))
    content: dict[str, list[Any]] = {name: [] for name in sorted(names.values())}
    for fact in facts:
        content[names[fact.patient_id]].append(
            [fact.kind, fact.id, json.loads(fact.body), fact.received_at.isoformat()]
        )
    for version in session.exec(select(ProgramVersionRow).order_by(col(ProgramVersionRow.version))):
        body = json.loads(version.body) | {"author_id": "", "episode_id": ""}
        content[names[version.patient_id]].append(body)
    proposals = session.exec(select(Proposal)).all()
    for row in sorted(proposals, key=lambda row: (row.created_at, row.prescription_id)):
        decided = row.decided_at.isoformat() if row.decided_at else None
        content[names[row.patient_id]].append([row.prescription_id, row.state, decided, row.result_version])
    for flag in sorted(session.exec(select(Flag)).all(), key=lambda flag: flag.key):
        content[names[flag.patient_id]].append([flag.key, flag.raised_at.isoformat()])
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def test_the_same_instant_makes_the_same_clinic_on_both_databases(
    sqlite_url: str, postgres_url: str, tmp_path: Path
) -> None:
    digests = []
    for url in (sqlite_url, postgres_url):
        with World(url, tmp_path) as world:
            demo.create(world.engine, world.settings, world.now, SOME)
            with reading(world.engine) as session:
                digests.append(_content(session))

    assert digests[0] == digests[1]


def test_another_day_makes_another_clinic(sqlite_url: str, tmp_path: Path) -> None:
    with World(sqlite_url, tmp_path) as world:
        demo.create(world.engine, world.settings, world.now, SOME)
        with reading(world.engine) as session:
            today = _content(session)
        demo.reset(world.engine, world.settings, world.later(days=1), SOME)
        with reading(world.engine) as session:
            assert _content(session) != today


def test_there_are_twenty_four_patients_of_every_age_in_several_zones(made: Made) -> None:
    with reading(made.world.engine) as session:
        patients = session.exec(select(Patient)).all()
    ages = [row["age"] for row in made.caseload().values()]

    assert len(patients) == len(STORIES) == 24
    assert sorted(ages) == sorted(story.age for story in STORIES)
    assert len({patient.zone for patient in patients}) >= 4
    assert {patient.therapist_id for patient in patients} == {row["therapist_id"] for row in made.caseload().values()}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Evelyn Brooks", "stop_rule"),
        ("Ahmed Haddad", "pain_rising"),
        ("Maria Santos", "proposal"),
        ("James Okafor", "proposal"),
        ("Carlos Mendoza", "proposal"),
        ("Hannah Lindqvist", "proposal"),
        ("Marcus Johnson", "proposal"),
        ("Robert Kowalski", "proposal"),
        ("Yuki Tanaka", "nothing_logged"),
        ("Chen Wei", "unsure_how"),
        ("Fatima Noor", "adherence_low"),
        ("Tyler Jensen", "message"),
        ("Liam O'Connor", "program_unopened"),
        ("Noah Fischer", "plateau"),
        ("Priya Raman", "plateau"),
        ("Nguyễn Thị Lan", "plateau"),
        ("Ingrid Solberg", "on_track"),
        ("Grace Mbeki", "on_track"),
        ("George Papadopoulos", "on_track"),
        ("Isabella Rossi", "on_track"),
    ],
)
def test_the_caseload_names_the_reason_of_each_story(made: Made, name: str, why: str) -> None:
    assert made.caseload()[name]["why"] == why


def test_a_stop_sign_has_locked_a_program_until_a_therapist_clears_it(made: Made) -> None:
    row, page = made.caseload()["Evelyn Brooks"], made.page("Evelyn Brooks")

    assert row["locked"]
    assert [flag["kind"] for flag in page["flags"] if flag["locks"] and flag["cleared_at"] is None] == ["red_flag"]


def test_a_plateau_shows_as_a_pattern_and_a_pause_as_a_pause(made: Made) -> None:
    rows = made.caseload()

    assert rows["Priya Raman"]["pattern"] == "change_plan"
    assert rows["Grace Mbeki"]["days"][-1]["state"] == "paused"
    assert rows["George Papadopoulos"]["days"][-1]["state"] == "rest"
    assert rows["Isabella Rossi"]["rate_text"] == "Nothing was due"


@pytest.mark.parametrize(
    ("name", "code"),
    [("Nguyễn Thị Lan", "pain_unanswered"), ("Noah Fischer", "effort_high"), ("Marcus Johnson", "work_short")],
)
def test_a_hold_names_what_blocks_it(made: Made, name: str, code: str) -> None:
    holds = [view for view in made.page(name)["proposals"] if view["state"] == "hold"]

    assert code in {blocker["code"] for view in holds for blocker in view["blockers"]}


def test_open_proposals_carry_the_rows_they_rest_on(made: Made) -> None:
    page = made.page("Maria Santos")
    waiting = [view for view in page["proposals"] if view["state"] == "open"]

    assert waiting
    for view in waiting:
        assert view["before_text"] != view["after_text"]
        assert any(reason["row_ids"] for reason in view["reasons"])


def test_therapists_accepted_modified_and_declined_along_the_way(made: Made) -> None:
    with reading(made.world.engine) as session:
        states = session.exec(select(Proposal.state)).all()
        versions = session.exec(select(ProgramVersionRow)).all()

    assert states.count("accepted") >= 20
    assert states.count("modified") >= 1
    assert states.count("declined") >= 5
    assert all(json.loads(version.body)["reason"] for version in versions)
    assert len(versions) >= 60


def test_corrections_a_withdrawal_and_a_revoked_phone_are_among_the_rows(made: Made) -> None:
    with reading(made.world.engine) as session:
        kinds = session.exec(select(Fact.kind)).all()
        held = session.exec(select(Quarantine).where(Quarantine.state == "held")).all()
        revoked = session.exec(select(Device).where(col(Device.revoked_at).is_not(None))).all()

    assert kinds.count(Kind.CORRECTION.value) == 2
    assert kinds.count(Kind.RETRACTION.value) == 1
    assert [batch.device_id for batch in held] == [device.id for device in revoked]
    assert held[0].row_count > 0


def test_logs_by_a_caregiver_and_logs_entered_later_say_so(made: Made) -> None:
    helped = [session["caregiver"] for session in made.page("Dorothy Hale")["sessions"] if session["provenance"]]
    later = [session["provenance"] for session in made.page("Olga Petrova")["sessions"]]

    assert set(helped) == {"Susan Hale (daughter)"}
    assert "back_filled" in later


def test_every_row_was_accepted_and_none_comes_from_the_future(made: Made) -> None:
    now = made.world.now
    with reading(made.world.engine) as session:
        zones = {patient.id: patient.zone for patient in session.exec(select(Patient))}
        facts = session.exec(select(Fact)).all()

        assert session.exec(select(PushReject)).all() == []
        assert not any(fact.clock_suspect for fact in facts)
        assert all(fact.at <= fact.received_at <= now for fact in facts)
        assert all(fact.local_on <= local_on(now, zones[fact.patient_id]) for fact in facts)


def test_the_numbers_are_what_the_facts_bear_out(made: Made) -> None:
    assert rebuild(made.world.engine, made.world.now, check=True) == ()


def test_the_audit_chain_is_sound_and_in_the_order_of_the_clock(made: Made) -> None:
    with reading(made.world.engine) as session:
        clinic = session.exec(select(Clinic)).one()
        made_by = session.exec(
            select(AuditEntry.at).where(AuditEntry.clinic_id == clinic.id).order_by(col(AuditEntry.seq))
        ).all()
        state = audit.verify(session, clinic.id)

    assert state.sound
    assert list(made_by) == sorted(made_by)
    assert state.entries > 600


def test_each_link_lets_its_patient_in_once_with_a_morning_question_open(made: Made) -> None:
    for name, link in made.access.invitations:
        secret = link.partition("#i=")[2]
        reply = made.world.redeem(secret=secret)

        assert reply.status_code == 200, reply.text
        assert reply.json()["person_name"] == name
        assert made.world.redeem(secret=secret).status_code == 410
        assert made.caseload()[name]["days"][-2]["state"] == "done"
        assert made.caseload()[name]["morning_pain"][-1]["morning"] is None


def test_a_later_run_prints_new_links_and_withdraws_the_unused_ones(made: Made) -> None:
    later = made.world.now + timedelta(hours=1)
    first = demo.fresh_links(made.world.engine, made.world.settings, later)
    second = demo.fresh_links(made.world.engine, made.world.settings, later)

    with reading(made.world.engine) as session:
        open_ones = session.exec(
            select(Invitation).where(
                col(Invitation.redeemed_at).is_(None),
                col(Invitation.revoked_at).is_(None),
                col(Invitation.expires_at) > later,
            )
        ).all()
    assert [name for name, _ in second.invitations] == ["Maria Santos", "James Okafor"]
    assert {link for _, link in first.invitations}.isdisjoint(link for _, link in second.invitations)
    assert len(open_ones) == 2


def test_a_real_clinic_is_never_touched(sqlite_world: World) -> None:
    world = sqlite_world
    clinic_id = world.clinic("A real one")
    world.staff(clinic_id, Role.THERAPIST)

    for act in (demo.create, demo.reset):
        with pytest.raises(demo.NotDemo):
            act(world.engine, world.settings, world.now)

    with reading(world.engine) as session:
        assert [clinic.id for clinic in session.exec(select(Clinic))] == [clinic_id]
    assert not demo.exists(world.engine)


def test_a_clinic_that_could_not_be_finished_is_not_there_at_all(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "simulate", power_cut)
    with pytest.raises(KeyboardInterrupt):
        demo.create(sqlite_world.engine, sqlite_world.settings, sqlite_world.now)

    assert not demo.exists(sqlite_world.engine)


def test_reset_throws_everything_away_and_begins_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "simulate", lambda *_: None)
    demo.create(world.engine, world.settings, world.now)
    with reading(world.engine) as session:
        before = session.exec(select(Clinic)).one()

    access = demo.reset(world.engine, world.settings, world.later(days=1))

    with reading(world.engine) as session:
        after = session.exec(select(Clinic)).one()
        assert audit.verify(session, before.id).entries == 0
    assert after.id != before.id
    assert after.demo
    assert world.sign_in(access.therapist_email, access.therapist_password).status_code == 200
