"""A clinic's life with a mark in whatever a person may write: no log, traceback, output or error answer holds it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import Engine, event
from sqlmodel import SQLModel, col, func, select

from hep import codec
from hep.access import Role
from hep.facts import Kind, Message, Pause, Preference, SkipReason
from hep.records import Dose, Exercise, Load, LoadUnit, Override
from server import compaction, settling
from server.__main__ import main
from server.api.deps import PUBLIC
from server.database import reading, writing
from server.rebuild import rebuild
from server.reminders.engine import Ticker
from server.reminders.port import Address, Outcome
from server.reminders.port import Message as Sent
from server.tables.care import Fact
from server.tables.people import Clinic, Staff
from server.tables.reminding import Reminder
from tests.server.care import GOAL, Care, fresh, prescription
from tests.server.matrix import ALLOWED, own_exercise
from tests.server.outside import Browser, Provider, Sink, mail_sink, provider
from tests.server.test_reminder_routes import set_up
from tests.server.test_reminder_secrecy import real
from tests.server.world import KEY, PASSWORD, Signed, World

MARK = "Zebraquagga"
MAILBOX = f"{MARK}@example.org"

ITS_OWN_LOGS = ("httpx", "httpcore", "mail.log")
"""Of the test's own client and mail server; the server uses neither."""

SHOWS_RECORDS = {"stale_base", "stale_exercise", "not_publishable", "archive_refused"}
"""Errors whose `detail` is the record that somebody who may read it has to mend (docs/errors.md)."""

ACCIDENTS = (
    "accident RuntimeError",
    "settling failed with ",
    "upkeep failed with ValueError",
    "compacting failed with ValueError",
    "a tick of the reminders failed with ",
    "a channel failed with RuntimeError",
)
"""What the log says of the failures that were forced."""

HELD = {
    "clinic": {"name", "phone", "emergency_number", "emergency_text", "clinic_text", "stop_signs", "band_order"},
    "staff": {"name", "email"},
    "patient": {"name", "flags", "equipment", "problem", "region"},
    "device": {"name"},
    "episode": {"problem", "region"},
    "program_version": {"body"},
    "fact": {"body"},
    "push_reject": {"row"},
    "quarantine": {"rows", "reason"},
    "patient_summary": {"row"},
    "proposal": {"decision_reason", "decided_by"},
    "flag": {"note", "cleared_by", "evidence"},
    "clearance": {"body"},
    "own_exercise_version": {"author_name", "body"},
    "clinic_channel": {"settings"},
    "reminder_address": {"address"},
}
"""The columns that hold the mark afterwards; `audit_entry` has none."""


class MarkedWorld(World):
    """Whatever may be written about a clinic and its people has the mark in it."""

    def clinic(self, name: str = MARK) -> str:
        clinic_id = super().clinic(name)
        with writing(self.engine) as session:
            clinic = session.get_one(Clinic, clinic_id)
            clinic.phone = clinic.emergency_number = clinic.emergency_text = clinic.clinic_text = MARK
            clinic.stop_signs = [{"id": MARK, "text": MARK, "group": "soon", "regions": [MARK]}]
            clinic.band_order = [MARK]
        return clinic_id

    def staff(self, clinic_id: str, role: Role = Role.THERAPIST, email: str | None = None) -> str:
        email = super().staff(clinic_id, role, email or f"{fresh(MARK.lower())}@example.org")
        with writing(self.engine) as session:
            session.exec(select(Staff).where(Staff.email == email)).one().name = MARK
        return email

    def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        body = {"email": email, "password": password, "device_name": MARK, "nonce": self.nonce()}
        return self.client.post("/v1/auth/sign-in", json=body)

    def redeem(self, **body: Any) -> httpx.Response:
        return super().redeem(**({"device_name": MARK} | body))

    def patient(self, therapist: Signed, **changes: Any) -> str:
        words = {"name": MARK, "problem": MARK, "region": MARK, "flags": [MARK], "equipment": [MARK]}
        return super().patient(therapist, **(words | changes))


@dataclass
class Life:
    """The clinic, the providers of its reminders, and the refusals that anybody in it got."""

    world: MarkedWorld
    care: Care
    admin: Signed
    far: Provider
    sink: Sink
    calendar: str = ""
    refusals: list[httpx.Response] = field(default_factory=list)

    def post(self, path: str, body: Any = None) -> dict[str, Any]:
        """What the therapist does with the patient."""
        reply = self.care.therapist.post(f"/v1/patients/{self.care.patient_id}/{path}", body)
        assert reply.status_code < 300, reply.text
        return dict(reply.json())

    def keep(self, reply: httpx.Response) -> None:
        reply.read()
        if reply.status_code >= 400:
            self.refusals.append(reply)


@pytest.fixture
def life(database_url: str, tmp_path: Path) -> Iterator[Life]:
    """On each database; the channels are the real ones, the providers on the loopback."""
    mailbox = mail_sink(sign_in=(MARK, MARK))
    with MarkedWorld(database_url, tmp_path, with_accident) as world, provider() as far, mailbox as sink:
        care = Care.begin(world, publish=False)
        mail = {"host": "127.0.0.1", "port": sink.port, "security": "none", "sender": MAILBOX}
        signs_in = {"username": MARK, "password": MARK}
        admin = set_up(world, care.clinic_id, email=mail | signs_in, ntfy={"url": f"{far.url}/{MARK}", "token": MARK})
        made = Life(world, care, admin, far, sink)
        world.client.event_hooks = {"response": [made.keep]}
        yield made


def with_accident(app: FastAPI) -> None:
    """The real channels, and a route that breaks."""
    real(app)
    router = APIRouter()

    @router.get("/accident/{name}", dependencies=[PUBLIC])
    def accident(name: str) -> None:
        try:
            raise ValueError(name)
        except ValueError as error:
            raise RuntimeError(name) from error

    app.include_router(router, prefix="/v1")


def prescribe(life: Life) -> None:
    """An exercise of the clinic's own, and a program with it."""
    care = life.care
    words = {name: [MARK, f"{MARK} twice"] for name in ("cues", "synonyms", "easier", "harder")}
    own = own_exercise(care.therapist, name=MARK, precaution=MARK, why=MARK, **words)
    band = Dose(sets=1, reps=8, load=Load(unit=LoadUnit.BAND, band=MARK))
    override = Override(flag=MARK, reason=MARK)
    exercise = codec.load(Exercise, own["exercise"])
    care.publish(
        reason=MARK,
        goals=(replace(GOAL, text=MARK, measure=MARK, unit=MARK),),
        prescriptions=(
            prescription(care.today, note=MARK, overrides=(override,)),
            prescription(care.today, exercise=exercise, dose=band, note=MARK),
        ),
    )
    care.pull_all()
    stale = care.send_draft(care.draft(base_version=0, reason=MARK))
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_base")


def reach(life: Life) -> None:
    """Every way to be reminded."""
    phone, me = life.care.phone, "/v1/me/reminders"
    assert phone.post(f"{me}/email", {"address": MAILBOX}).status_code == 200
    code = life.sink.letters[-1].get_content()[:6]
    replies = [
        phone.post(f"{me}/email/confirm", {"code": code}),
        phone.post(f"{me}/ntfy"),
        phone.request("PUT", f"{me}/webpush", json=Browser(f"{life.far.url}/{MARK}").subscription),
        phone.post(f"{me}/calendar"),
        phone.post(f"{me}/test"),
        life.admin.post("/v1/clinic/channels/email/test", {"to": MAILBOX}),
        life.admin.post("/v1/clinic/channels/ntfy/test"),
    ]
    assert [reply.status_code for reply in replies] == [200, 201, 200, 201, 200, 200, 200]
    life.calendar = replies[3].json()["calendar"].rsplit("/", 1)[1].removesuffix(".ics")


def get_better(life: Life) -> None:
    """Two good days, and what they propose."""
    care = life.care
    care.do_well()
    proposal = care.detail()["proposals"][0]["id"]
    life.post(f"proposals/{proposal}/decision", {"decision": "decline", "reason": MARK})


def one_of_each(care: Care) -> list[dict[str, Any]]:
    """A row of each kind with the mark in every text of it, and in a field that only a newer app knows."""
    done, ended = care.session(sets=1)
    skipped = care.skip(SkipReason.NO_TIME)
    gone = care.today - timedelta(days=10)
    rows = [
        done,
        skipped | {"body": skipped["body"] | {"note": MARK}},
        ended | {"body": ended["body"] | {"caregiver": MARK}},
        care.morning(care.today - timedelta(days=1)),
        care.correction(done["id"], care.set_log(reps=9)),
        care.retraction(skipped["id"]),
        care.acknowledgement(),
        care.red_flag(sign=MARK, family=MARK),
        care.row(Preference(**care.base(), name=MARK, value=MARK)),
        care.row(Pause(**care.base(), from_on=gone, until_on=gone, reason=SkipReason.AWAY)),
        care.row(Message(**care.base(), text=MARK)),
    ]
    assert {row["kind"] for row in rows} == set(Kind)
    return [row | {"body": row["body"] | {"comment": MARK}} for row in rows]


def malformed(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each with the mark in one place where it is wrong."""
    for row in rows:
        for name in row["body"].keys() - {"comment"}:
            yield row | {"id": fresh(), "body": row["body"] | {name: {MARK: MARK}}}
        for name in ("at", "on", "device_seq"):
            yield row | {"id": fresh(), "body": row["body"] | {name: MARK}}
        yield row | {"id": fresh(), MARK: MARK}
        yield row | {"id": fresh(), "kind": MARK}


def push(life: Life) -> None:
    """One row of each kind, the same malformed, whole requests that are none, and what a lost phone still sent."""
    care, rows = life.care, one_of_each(life.care)
    assert care.statuses(*rows) == ["accepted"] * len(rows)
    verdicts = care.push(*malformed(rows)).json()["results"]
    assert {verdict["status"] for verdict in verdicts} == {"rejected"}
    assert not [verdict for verdict in verdicts if MARK in f"{verdict['code']} {verdict['sentence']}"]
    for envelope in ({"schema": MARK}, {"sent_at": MARK}, {MARK: MARK}, {"rows": MARK}):
        assert care.push(*rows, **envelope).status_code >= 400
    lost = life.world.phone(care.therapist, care.patient_id)
    life.post(f"devices/{lost.device_id}/revoke")
    held = life.world.signed(life.world.refresh(lost))
    for decision in ("release", "discard"):
        late = care.row(Message(**care.base(), text=MARK))
        held.post("/v1/sync/push", care.envelope(late, device_id=lost.device_id))
        batches = care.therapist.get(f"/v1/patients/{care.patient_id}/quarantine").json()["batches"]
        waiting = next(batch["id"] for batch in batches if batch["state"] == "held")
        life.post(f"quarantine/{waiting}/{decision}", {"reason": MARK})


def settle(life: Life) -> None:
    """What the pushes left, and a flag cleared with a note."""
    life.care.settle()
    flags = {flag["kind"]: flag["id"] for flag in life.care.detail()["flags"]}
    life.post(f"flags/{flags['red_flag']}/clear", {"note": MARK})
    life.care.settle()


class Breaks:
    """A channel that breaks, with the mark and the address in the error's text."""

    kind = "breaks"

    def send(self, address: Address, message: Sent, timeout_s: float) -> Outcome:
        raise RuntimeError(f"{MARK} {address.data}")


def tick(life: Life, channels: Any = None) -> None:
    """Turn the clock to the next reminder, and send it; then patient and therapist sign in anew."""
    world = life.world
    with reading(world.engine) as session:
        coming = select(func.min(col(Reminder.due_at))).where(col(Reminder.due_at) > world.now)
        world.now = session.exec(coming).one() + timedelta(minutes=2)
    Ticker(world.engine, lambda: world.now, channels or world.app.state.outlets.channels).tick()
    life.care.later(seconds=1)


def remind(life: Life) -> None:
    """Reminders that are taken, refused in the providers' own words, and that break."""
    heard, letters = len(life.far.heard), len(life.sink.letters)
    tick(life)
    assert len(life.far.heard) == heard + 2
    assert len(life.sink.letters) == letters + 1


def read_all(life: Life) -> None:
    """Everybody asks for everything there is to read, and for what is not there."""
    world, care = life.world, life.care
    clinic, elsewhere = care.clinic_id, world.clinic()
    roles = (Role.THERAPIST, Role.ASSISTANT, Role.ADMIN, Role.AUDITOR)
    readers = [care.therapist, care.phone, Signed(world.client, {"access_token": MARK})]
    readers += [world.therapist(clinic, role) for role in roles] + [world.therapist(elsewhere)]
    ids = {"patient_id": care.patient_id, "photo": MARK, "secret": life.calendar}
    for reader in readers:
        for method, path in ALLOWED:
            if method == "GET":
                assert reader.get(path.format(**ids)).status_code < 500, path
        assert reader.get(f"/v1/patients/{MARK}").status_code >= 400
    assert has_mark(care.detail())
    assert has_mark(care.pull_all())
    assert world.sign_in(MAILBOX, MARK).status_code == 401
    assert world.redeem(secret=MARK * 3).status_code == 410


def look_after(life: Life, folder: Path) -> None:
    """The night's work and the operator's commands."""
    engine = life.world.engine
    compaction._try_to_compact(engine, lambda: life.world.now)
    assert rebuild(engine, life.world.now, check=True) == ()
    for command in COMMANDS:
        assert main([word.format(folder=folder) for word in command.split()]) == 0


COMMANDS = ("backup-key {folder}/backup.key", "backup {folder}/one", "verify {folder}/one", "audit verify")


@pytest.fixture
def operator(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands' environment."""
    told = {"DATABASE_URL": database_url, "DATA_DIR": tmp_path, "BACKUP_KEY_FILE": tmp_path / "backup.key"}
    for name, value in (told | {"SECRET_KEY": KEY}).items():
        monkeypatch.setenv(name, str(value))


@contextmanager
def no_table() -> Iterator[None]:
    """Every statement after the sign-in's is refused by the database itself, in words that hold the mark."""

    def spoil(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> Any:
        if any(word in statement for word in ("FROM token", "FROM device", "FROM staff", "BEGIN")):
            return statement, values
        return f"INSERT INTO {MARK} VALUES (1)", [()] if many else ()

    event.listen(Engine, "before_cursor_execute", spoil, retval=True)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", spoil)


def break_all(life: Life, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A route, the database, the rules, a channel and the providers fail, with the mark in what they say."""
    world, care = life.world, life.care
    assert world.client.get(f"/v1/accident/{MARK}").status_code == 500
    with no_table():
        for reply in (
            care.push(*one_of_each(care)),
            care.pull(),
            care.send_draft(care.draft(reason=MARK)),
            care.therapist.get("/v1/caseload"),
            care.therapist.get(f"/v1/patients/{care.patient_id}"),
        ):
            assert reply.status_code == 500
        by_itself(life)
        for command in (f"backup {folder}/two", "audit verify"):
            assert main(command.split()) == 1
    life.far.answers[:] = [(503, {"Retry-After": MARK}), (404, {MARK: MARK})]
    life.sink.refusal = f"550 5.1.1 {MARK}"
    tick(life)
    world.later(days=1)
    care.settle()
    tick(life, dict.fromkeys(world.app.state.outlets.channels, Breaks()))
    world.later(days=1)
    with monkeypatch.context() as patched:
        for place in ("server.upkeep.flags.review", "server.compaction.compact", "server.reminders.engine.collect"):
            patched.setattr(place, fail)
        by_itself(life)


def fail(*given: Any, **more: Any) -> None:
    raise ValueError(f"{MARK} {given}")


def by_itself(life: Life) -> None:
    """What the server does without being asked."""
    engine, clock = life.world.engine, lambda: life.world.now
    settling.refresh(engine, clock)
    compaction._try_to_compact(engine, clock)
    Ticker(engine, clock, life.world.app.state.outlets.channels).tick()


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Every record as any handler could write it: its message, arguments and tracebacks."""
    written = logging.Formatter()
    records = [record for record in caplog.records if not record.name.startswith(ITS_OWN_LOGS)]
    return "\n".join(f"{written.format(record)} {record.args!r}" for record in records)


def shown(reply: httpx.Response) -> str:
    """A refusal as a stranger could see it."""
    body = reply.json()
    if body["code"] in SHOWS_RECORDS:
        body.pop("detail")
    return f"{body} {reply.headers}"


def held(engine: Engine) -> dict[str, set[str]]:
    """Tables and columns with the mark in them."""
    found: dict[str, set[str]] = {}
    with reading(engine) as session:
        for table in SQLModel.metadata.sorted_tables:
            for row in session.connection().execute(table.select()).mappings():
                found.setdefault(table.name, set()).update(name for name, value in row.items() if has_mark(value))
    return {table: names for table, names in found.items() if names}


def has_mark(value: Any) -> bool:
    return MARK.casefold() in str(value).casefold()


def test_marked_personal_data_in_every_field_leaves_no_mark_in_logs_tracebacks_or_errors(
    life: Life,
    operator: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG):
        for happens in (prescribe, reach, get_better, push, settle, remind, read_all):
            happens(life)
        look_after(life, tmp_path)
        break_all(life, tmp_path, monkeypatch)

    written = capfd.readouterr()
    assert "audit chains are sound" in written.out
    assert not has_mark(written.out + written.err)
    said = logged(caplog)
    assert not [words for words in ACCIDENTS if words not in said]
    assert not has_mark(said)
    assert {400, 401, 403, 404, 409, 410, 422, 500} <= {reply.status_code for reply in life.refusals}
    assert not [shown(reply) for reply in life.refusals if has_mark(shown(reply))]
    assert held(life.world.engine) == HELD
    with reading(life.world.engine) as session:
        facts = session.exec(select(Fact)).all()
    assert {fact.kind for fact in facts if has_mark(fact.body)} == set(Kind)
