"""What requests leave behind: in the audit log exactly what they should, in logs and error answers nothing personal."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from server.database import reading, writing
from server.tables.care import Proposal, Quarantine
from server.tables.people import AuditEntry
from tests.databases import copy_of_sqlite
from tests.server.matrix import ACTORS, ALLOWED, OCTETS, UPLOADED, Cast
from tests.server.world import Signed, World

MARK = "Zebraquagga"

WRITTEN: dict[tuple[str, str], str] = {
    ("POST", "/v1/auth/redeem"): "invitation.redeem: invitation_invalid",
    ("POST", "/v1/auth/sign-in"): "sign_in: sign_in_failed",
    ("POST", "/v1/auth/sign-out"): "sign_out: ok",
    ("POST", "/v1/me/devices/{device_id}/revoke"): "device.revoke: ok",
    ("POST", "/v1/sync/push"): "sync.push: ok",
    ("GET", "/v1/sync/pull"): "sync.pull: ok",
    ("POST", "/v1/library/own"): "exercise.save: ok",
    ("POST", "/v1/library/own/{exercise_id}/retire"): "exercise.retire: ok",
    ("POST", "/v1/library/photos"): "photo.add: ok",
    ("GET", "/v1/library/archive"): "library.export: ok",
    ("POST", "/v1/library/archive"): "library.import: ok",
    ("GET", "/v1/caseload"): "caseload.read: ok",
    ("POST", "/v1/patients"): "patient.create: ok",
    ("GET", "/v1/patients/{patient_id}"): "patient.read: ok",
    ("POST", "/v1/patients/{patient_id}/programs"): "program.publish: ok",
    ("POST", "/v1/patients/{patient_id}/proposals/{proposal_id}/decision"): "proposal.decline: ok",
    ("POST", "/v1/patients/{patient_id}/flags/{flag_id}/clear"): "flag.clear: ok",
    ("POST", "/v1/patients/{patient_id}/invitations"): "invitation.make: ok",
    ("POST", "/v1/patients/{patient_id}/invitations/{invitation_id}/revoke"): "invitation.revoke: ok",
    ("POST", "/v1/patients/{patient_id}/devices/{device_id}/revoke"): "device.revoke: ok",
    ("PUT", "/v1/clinic/channels/email"): "channel.set: ok",
    ("PUT", "/v1/clinic/channels/ntfy"): "channel.set: ok",
    ("POST", "/v1/clinic/channels/email/test"): "channel.test: ok",
    ("POST", "/v1/clinic/channels/ntfy/test"): "channel.test: ok",
    ("PUT", "/v1/me/reminders/webpush"): "reminder_address.add: ok",
    ("PUT", "/v1/me/reminders/permission"): "reminder_address.block: ok",
    ("POST", "/v1/me/reminders/email"): "reminder_address.ask: ok",
    ("POST", "/v1/me/reminders/email/confirm"): "reminder_address.add: ok",
    ("POST", "/v1/me/reminders/ntfy"): "reminder_address.add: ok",
    ("DELETE", "/v1/me/reminders/addresses/{address_id}"): "reminder_address.remove: ok",
    ("POST", "/v1/me/reminders/calendar"): "calendar.begin: ok",
    ("DELETE", "/v1/me/reminders/calendar"): "calendar.end: ok",
    ("GET", "/v1/patients/{patient_id}/quarantine"): "quarantine.read: ok",
    ("POST", "/v1/patients/{patient_id}/quarantine/{batch_id}/release"): "quarantine.release: ok",
    ("POST", "/v1/patients/{patient_id}/quarantine/{batch_id}/discard"): "quarantine.discard: ok",
}
"""The one entry that a request of somebody who is let in leaves (as `Case.body` has it); other routes leave none."""


@pytest.fixture(scope="module")
def cast(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    folder = tmp_path_factory.mktemp("trails")
    with World(copy_of_sqlite(sqlite_template, folder), folder) as world:
        yield Cast(world)


def undecide(cast: Cast) -> None:
    """Leave open what routes decide about: other routes, and work on the record, decide it too."""
    with writing(cast.world.engine) as session:
        session.get_one(Proposal, cast.here.ids["proposal_id"]).state = "open"
        session.get_one(Quarantine, cast.here.ids["batch_id"]).state = "held"


def entries(world: World) -> list[str]:
    with reading(world.engine) as session:
        rows = session.exec(select(AuditEntry).order_by(col(AuditEntry.clinic_id), col(AuditEntry.seq))).all()
        return [f"{row.clinic_id}/{row.seq} {row.action}: {row.outcome}" for row in rows]


def send(cast: Cast, signed: Signed, method: str, path: str, own_device: bool) -> Any:
    cast.here.ready(path)
    ids = cast.here.ids | ({"device_id": signed.device_id} if own_device else {})
    return signed.request(method, path.format(**ids), **cast.here.sent(method, path))


@pytest.mark.parametrize(("method", "path"), sorted(ALLOWED, key=lambda key: (key[1], key[0])))
def test_a_request_leaves_exactly_the_entries_it_should(cast: Cast, method: str, path: str) -> None:
    cast.world.client = cast.world.running.client(f"192.0.2.{1 + sorted(ALLOWED).index((method, path))}")
    refused = [actor for actor in ACTORS if actor not in ALLOWED[method, path]]
    for actor in refused:
        signed = cast.known(actor, path)
        before = entries(cast.world)
        assert send(cast, signed, method, path, own_device=False).status_code in {401, 403, 404}
        assert entries(cast.world) == before, actor
    by = next(actor for actor in ("therapist", "patient", "admin") if actor in ALLOWED[method, path])
    signed = cast.again(by)
    undecide(cast)
    before = set(entries(cast.world))
    reply = send(cast, signed, method, path, own_device="/me/" in path)
    assert reply.status_code < 300 or path.startswith("/v1/auth/"), reply.text
    wanted = [WRITTEN[method, path]] if (method, path) in WRITTEN else []
    assert [entry.split(" ", 1)[1] for entry in entries(cast.world) if entry not in before] == wanted


def test_every_route_that_reads_or_changes_a_record_leaves_an_entry() -> None:
    silent = set(ALLOWED) - set(WRITTEN)
    assert silent == {
        ("GET", "/v1/health"),
        ("POST", "/v1/auth/refresh"),
        ("GET", "/v1/me"),
        ("GET", "/v1/me/devices"),
        ("GET", "/v1/me/reminders"),
        ("POST", "/v1/me/reminders/test"),
        ("POST", "/v1/me/reminders/opened"),
        ("GET", "/v1/me/reminders/calendar"),
        ("GET", "/v1/calendar/{secret}.ics"),
        ("GET", "/v1/clinic/channels"),
        ("GET", "/v1/library"),
        ("GET", "/v1/library/own"),
        ("GET", "/v1/library/photos/{photo}"),
        ("GET", "/v1/patients/{patient_id}/devices"),
        ("GET", "/v1/patients/{patient_id}/invitations"),
    }


def marked(value: Any) -> Any:
    """The same request with the mark in every text of it, and in every name of a field added."""
    if isinstance(value, dict):
        return {name: marked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [marked(inner) for inner in value]
    return f"{MARK} {value}" if isinstance(value, str) else value


def variants(body: Any) -> Iterator[Any]:
    """Bodies that are refused in different ways: each text alone, all of them, an unknown field, no record at all."""
    if not isinstance(body, dict):
        return
    for name in body:
        yield body | {name: marked(body[name])}
        yield body | {name: {MARK: MARK}}
    yield marked(body)
    yield body | {MARK: MARK}
    yield [MARK]
    yield MARK


def files(path: str) -> Iterator[bytes]:
    """Files with the mark in them, where a file is sent to: no file at all, a good one with more, one cut short."""
    good = UPLOADED.get(path)
    if good is not None:
        yield from (MARK.encode(), good + MARK.encode(), good[:200] + MARK.encode())


HEADERS = {"User-Agent": MARK, "X-Forwarded-For": MARK, "Referer": f"https://{MARK}.example", f"X-{MARK}": MARK}


def answers(cast: Cast, signed: Signed, method: str, path: str) -> Iterator[Any]:
    """The answers to marked requests: by path, query, header, token and body, of somebody let in and of nobody."""
    template, body = path, cast.here.body(method, path)
    if path.endswith("/push"):
        body["rows"] = cast.here.care.session()
    path = path.format(**cast.here.ids)
    foreign = template.format(**dict.fromkeys(cast.here.ids, MARK))
    for target in (
        foreign,
        f"{path}?{MARK}={MARK}",
        f"{path}?cursor={MARK}&limit={MARK}&mine={MARK}",
        f"{path}/{MARK}",
    ):
        yield signed.request(method, target, json=body, headers=HEADERS)
    for token in (f"Bearer {MARK}", MARK, f"Basic {MARK}"):
        headers = HEADERS | {"Authorization": token, "If-None-Match": MARK}
        yield cast.world.client.request(method, path, json=body, headers=headers)
    for content in files(template if method == "POST" else ""):
        yield signed.request(method, path, content=content, headers=HEADERS | OCTETS)
    for variant in variants(body):
        yield signed.request(method, path, json=variant, headers=HEADERS)
    if body is not None:
        for content, kind in ((f'{{"{MARK}":', "application/json"), (MARK, f"text/{MARK}")):
            headers = HEADERS | {"Content-Type": kind}
            yield signed.request(method, path, content=content.encode(), headers=headers)


def servers_log(caplog: pytest.LogCaptureFixture) -> str:
    records = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore", "asyncio"))]
    return "\n".join(f"{record.getMessage()} {record.exc_info} {record.exc_text}" for record in records)


@contextmanager
def breaking(world: World) -> Iterator[None]:
    """Every statement after the sign-in's fails, with the mark and the statement's values in the error's text."""

    def fail(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if "FROM token" not in statement and "FROM device" not in statement and "FROM staff" not in statement:
            raise RuntimeError(f"{MARK} {values}")

    event.listen(world.engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(world.engine, "before_cursor_execute", fail)


@pytest.mark.parametrize(("method", "path"), sorted(ALLOWED))
def test_no_refusal_and_no_log_repeats_anything_that_was_sent(
    cast: Cast, method: str, path: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    cast.world.client = cast.world.running.client(f"198.51.100.{1 + sorted(ALLOWED).index((method, path))}")
    by = next(actor for actor in ("therapist", "patient", "admin") if actor in ALLOWED[method, path])
    with caplog.at_level(logging.DEBUG):
        replies = list(answers(cast, cast.again(by), method, path))
        signed = cast.again(by)
        with breaking(cast.world):
            broken = list(answers(cast, signed, method, path))
    refusals = [reply for reply in (*replies, *broken) if reply.status_code >= 400]
    assert refusals
    assert not [reply.text for reply in refusals if MARK in reply.text + json.dumps(dict(reply.headers))]
    assert MARK not in servers_log(caplog)
    written = capfd.readouterr()
    assert MARK not in written.out + written.err
    touches_database = path not in {"/v1/library", "/v1/me", "/v1/me/devices", "/v1/auth/refresh"}
    assert not touches_database or 500 in {reply.status_code for reply in broken}
