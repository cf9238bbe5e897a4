"""Serves a patient's change log to a phone: pages in one order, from where its cursor says.

A first pull gives the clinic's records, lasting facts and 90 days of the rest. Nothing is served for a cursor of
another patient or of an older generation of the store: the answer is `resync`, never silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import BigInteger, Date, Integer, Select, String, bindparam, literal_column, null, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col

from hep import codec, days
from hep.wire import OLDEST_PULL, Op, ServerKind
from server import changes, upkeep
from server.card import card_of
from server.chart import LASTING, active_program, pulled_by
from server.cursor import Cursor, seal, unseal
from server.patients import profile_of
from server.problems import Declined
from server.security import Keys
from server.tables.care import Change, ClearanceRow, Fact, PatientSync, ProgramVersionRow, Pulled
from server.tables.people import Clinic, Patient

HISTORY = timedelta(days=90)
"""How far back a first pull gives sets, skips, sessions and morning answers (sync.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a phone asks for. `limit` is 1 to PULL_LIMIT changes; `etag` the one it got with its last answer."""

    cursor: str | None
    limit: int
    schema: int
    etag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer: `body` None means nothing is new. `etag` only when the phone has everything with this page."""

    body: bytes | None
    etag: str | None
    programs: tuple[tuple[str, int], ...] = ()
    count: int = 0


class _Counter(NamedTuple):
    """Where the patient's change log stands; of one who has none yet, at the beginning."""

    epoch: int = 1
    seq: int = 0
    floor: int = 0


_COUNTER = columns(col(PatientSync.epoch), col(PatientSync.seq), col(PatientSync.floor)).where(
    col(PatientSync.patient_id) == bindparam("patient_id", type_=String)
)


def page(session: Session, patient_id: str, asked: Asked, keys: Keys, now: datetime) -> Page:
    """The next page of changes. Raises `Declined` (`schema_too_old`, `resync`)."""
    if asked.schema < OLDEST_PULL:
        raise Declined("schema_too_old")
    row = session.connection().execute(_COUNTER, {"patient_id": patient_id}).one_or_none()
    sync = _Counter() if row is None else _Counter(*row)
    place = _place(session, patient_id, sync, asked, keys, now)
    etag = f'"p-{sync.epoch}-{sync.seq}"'
    if asked.etag == etag and place.seq == sync.seq:
        return Page(body=None, etag=etag)
    lines = _lines(session, place, asked.limit + 1) if place.seq < sync.seq else []
    more, lines = len(lines) > asked.limit, lines[: asked.limit]
    bodies = _bodies(session, patient_id, lines, snapshot=place.since is not None)
    served = [line for line in lines if line.body is not None or line[1:3] in bodies]
    after = lines[-1].seq if more else sync.seq
    following = replace(place, seq=after, since=None if after >= place.until else place.since)
    answer = {
        "changes": [line.answer(bodies) for line in served],
        "cursor": seal(following, keys),
        "more": more,
        "epoch": sync.epoch,
        "high": sync.seq,
    }
    programs = tuple(_program_key(line.entity_id) for line in served if line.kind == ServerKind.PROGRAM.value)
    return Page(body=orjson.dumps(answer), etag=None if more else etag, programs=programs, count=len(served))


_GIVEN = columns(col(Pulled.program_id), col(Pulled.version)).where(
    col(Pulled.device_id) == bindparam("device_id", type_=String)
)


def note_pulled(
    session: Session, patient: Patient, device_id: str, programs: Sequence[tuple[str, int]], now: datetime
) -> None:
    """Remember which versions this device was given, the first time it was, and judge by them from now on."""
    sync = changes.hold(session, patient.id, patient.clinic_id)
    known = {(row.program_id, row.version) for row in session.connection().execute(_GIVEN, {"device_id": device_id})}
    fresh = [key for key in programs if key not in known]
    if not fresh:
        return
    had = pulled_by(session, patient.id)
    for program_id, version in fresh:
        session.add(
            Pulled(
                device_id=device_id,
                program_id=program_id,
                version=version,
                clinic_id=sync.clinic_id,
                patient_id=patient.id,
                pulled_at=now,
            )
        )
    session.flush()
    upkeep.after_pull(session, patient, {program_id for program_id, _ in fresh} - had.keys(), now)


def _place(session: Session, patient_id: str, sync: _Counter, asked: Asked, keys: Keys, now: datetime) -> Cursor:
    if not asked.cursor:
        since = days.local_on(now, session.get_one(Patient, patient_id).zone) - HISTORY
        return Cursor(
            patient=patient_id, epoch=sync.epoch, seq=0, schema=asked.schema, since=since.isoformat(), until=sync.seq
        )
    place = unseal(asked.cursor, keys)
    fits = (place.patient, place.epoch, place.schema) == (patient_id, sync.epoch, asked.schema)
    snapshot = place.since is not None
    if not fits or place.seq > sync.seq or (place.seq < sync.floor and not snapshot):
        raise Declined("resync")
    return place


class _Line(NamedTuple):
    """`body` is there for a fact; a record of the clinic is given in its newest state."""

    seq: int
    kind: str
    entity_id: str
    op: str
    body: str | None

    def answer(self, bodies: dict[tuple[str, str], str]) -> dict[str, object]:
        text = self.body if self.body is not None else bodies[self.kind, self.entity_id]
        return {
            "seq": self.seq,
            "kind": self.kind,
            "id": self.entity_id,
            "op": self.op,
            "body": orjson.Fragment(text),
        }


_OF_PATIENT = bindparam("patient_id", type_=String)
_AFTER, _MOST = bindparam("after", type_=BigInteger), bindparam("most", type_=Integer)
_RECORDS: Select[*tuple[Any, ...]] = (
    columns(col(Change.seq), col(Change.kind), col(Change.entity_id), col(Change.op), null())
    .where(col(Change.patient_id) == _OF_PATIENT, col(Change.seq) > _AFTER)
    .order_by(col(Change.seq))
    .limit(_MOST)
)
_FACTS: Select[*tuple[Any, ...]] = (
    columns(col(Fact.seq), col(Fact.kind), col(Fact.id), literal_column(f"'{Op.PUT.value}'"), col(Fact.body))
    .where(col(Fact.patient_id) == _OF_PATIENT, col(Fact.seq) > _AFTER)
    .order_by(col(Fact.seq))
    .limit(_MOST)
)
_SNAPSHOT = _FACTS.where(
    or_(
        col(Fact.kind).in_([kind.value for kind in LASTING]),
        col(Fact.local_on) >= bindparam("since", type_=Date),
        col(Fact.seq) > bindparam("until", type_=BigInteger),
    )
)


def _lines(session: Session, place: Cursor, count: int) -> list[_Line]:
    """The next lines of both halves of the log: the clinic's records, and facts, which carry their numbers."""
    connection, wanted = session.connection(), {"patient_id": place.patient, "after": place.seq, "most": count}
    records = connection.execute(_RECORDS, wanted).all()
    if place.since is None:
        facts = connection.execute(_FACTS, wanted).all()
    else:
        since = date.fromisoformat(place.since)
        facts = connection.execute(_SNAPSHOT, wanted | {"since": since, "until": place.until}).all()
    rows = sorted((*records, *facts), key=itemgetter(0))[:count] if records else facts
    return [_Line(*row) for row in rows]


def _bodies(session: Session, patient_id: str, lines: Sequence[_Line], *, snapshot: bool) -> dict[tuple[str, str], str]:
    """The newest state of the clinic's own records that these lines name."""
    named = [(line.kind, line.entity_id) for line in lines if line.body is None]
    if not named:
        return {}
    patient = session.get_one(Patient, patient_id)
    versions = _versions(session, patient, [id_ for kind, id_ in named if kind == ServerKind.PROGRAM.value], snapshot)
    found: dict[tuple[str, str], str] = {}
    for kind, entity_id in named:
        program = kind == ServerKind.PROGRAM.value
        body = versions.get(_program_key(entity_id)) if program else _body(session, patient, kind, entity_id)
        if body is not None:
            found[kind, entity_id] = body
    return found


def _body(session: Session, patient: Patient, kind: str, entity_id: str) -> str | None:
    if kind == ServerKind.PROFILE.value:
        return _json(profile_of(patient))
    if kind == ServerKind.CLINIC.value:
        clinic = session.get(Clinic, patient.clinic_id)
        return None if clinic is None else _json(card_of(clinic))
    cleared = session.get(ClearanceRow, entity_id)
    return None if cleared is None or cleared.patient_id != patient.id else cleared.body


_VERSIONS: Select[*tuple[Any, ...]] = columns(
    col(ProgramVersionRow.program_id), col(ProgramVersionRow.version), col(ProgramVersionRow.body)
).where(
    col(ProgramVersionRow.patient_id) == _OF_PATIENT,
    col(ProgramVersionRow.program_id).in_(bindparam("programs", expanding=True)),
    col(ProgramVersionRow.version).in_(bindparam("numbers", expanding=True)),
)


def _versions(session: Session, patient: Patient, ids: list[str], snapshot: bool) -> dict[tuple[str, int], str]:
    """The versions' bodies; a first snapshot leaves out the versions of programs that are no longer in use."""
    if not ids:
        return {}
    head = active_program(session, patient.id) if snapshot else None
    programs, numbers = (list(set(each)) for each in zip(*map(_program_key, ids), strict=True))
    wanted = {"patient_id": patient.id, "programs": programs, "numbers": numbers}
    rows = session.connection().execute(_VERSIONS, wanted)
    return {(row.program_id, row.version): row.body for row in rows if head is None or head.id == row.program_id}


def _program_key(entity_id: str) -> tuple[str, int]:
    program_id, _, version = entity_id.rpartition(":")
    return program_id, int(version)


def _json(record: object) -> str:
    return orjson.dumps(codec.dump(record)).decode()
