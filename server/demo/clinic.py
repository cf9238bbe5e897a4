"""The clinic's side of the simulation: the same services that the API calls, with the clock of the day.

Nothing here writes a fact, a version or a proposal by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlmodel import Session

from hep import codec
from hep.access import Role
from hep.ids import new_id
from hep.prescribing import Draft
from hep.records import Dose, ProgramVersion
from hep.wire import SCHEMA, PushRequest, Redeem, ServerKind, Tokens
from server import (
    audit,
    decisions,
    devices,
    feed,
    flags,
    invitations,
    ledger,
    patients,
    programs,
    proposals,
    quarantine,
    sessions,
    upkeep,
)
from server.audit import Actor
from server.chart import versions_of
from server.demo import card
from server.demo.stories import ADMIN, THERAPISTS
from server.demo.story import Visit
from server.patients import NewPatient
from server.security import Keys, Passwords
from server.tables.people import Clinic, Patient, Staff

_PULL_LIMIT = 500
_LOOKED_AT_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class Contact:
    """Which phone talks to the clinic, for whom, and when."""

    patient_id: str
    device_id: str
    at: datetime


class DemoClinic:
    """The clinic and its three therapists, as the simulation needs them."""

    def __init__(self, key: bytes, origin: str) -> None:
        self._keys = Keys(key)
        self._origin = origin
        self.id = ""
        self.staff: list[Staff] = []

    def open(self, session: Session, passwords: Passwords, password: str, now: datetime) -> None:
        """Set up the clinic and the people who work in it."""
        self.id = new_id(now)
        session.add(
            Clinic(
                id=self.id,
                name=card.NAME,
                zone=card.ZONE,
                phone=card.PHONE,
                emergency_number=card.EMERGENCY_NUMBER,
                emergency_text=card.EMERGENCY_TEXT,
                clinic_text=card.CLINIC_TEXT,
                stop_signs=codec.dump(card.STOP_SIGNS),
                band_order=card.BANDS,
                demo=True,
                created_at=now,
            )
        )
        session.flush()
        for name, email in THERAPISTS:
            self.staff.append(self._employ(session, name, email, Role.THERAPIST, passwords.hash(password), now))
        self._employ(session, *ADMIN, Role.ADMIN, passwords.hash(password), now)
        session.flush()

    def _employ(self, session: Session, name: str, email: str, role: Role, password_hash: str, now: datetime) -> Staff:
        person = Staff(
            id=new_id(now),
            clinic_id=self.id,
            name=name,
            email=email,
            password_hash=password_hash,
            role=role.value,
            created_at=now,
        )
        session.add(person)
        return person

    def actor(self, therapist: int) -> Actor:
        """A therapist as the audit log names them."""
        return Actor(clinic_id=self.id, person_id=self.staff[therapist].id, role=Role.THERAPIST.value)

    def take_in(self, session: Session, therapist: int, new: NewPatient, now: datetime) -> tuple[str, str]:
        """A new patient: (patient id, episode id)."""
        made = patients.take_in(session, self.id, self.staff[therapist].id, new, now)
        _record(session, self.actor(therapist), "patient.create", now, "patient", made[0], made[0])
        return made

    def invite(self, session: Session, patient_id: str, therapist: int, now: datetime) -> str:
        """A fresh invitation's link."""
        patient = session.get_one(Patient, patient_id)
        return invitations.make(session, self._keys, patient, self.actor(therapist), now, self._origin).link

    def redeem(self, session: Session, link: str, device_name: str, nonce: str, now: datetime) -> str:
        """What a phone does with a link; gives the device's id."""
        wanted = Redeem(device_name=device_name, nonce=nonce, secret=link.partition("#i=")[2])
        tokens = invitations.redeem(session, self._keys, wanted, now, Actor(address="demo"))
        if not isinstance(tokens, Tokens):
            raise tokens
        return tokens.device_id

    def plan_visit(self, session: Session, patient_id: str, visit_at: datetime) -> None:
        """The next appointment, as the phone shows it."""
        patient = session.get_one(Patient, patient_id)
        patient.next_visit_at = visit_at
        session.add(patient)

    def publish(self, session: Session, patient_id: str, therapist: int, draft: Draft, now: datetime) -> None:
        """Publish a draft. Raises `Declined` when the demo's own program has gaps."""
        patient = session.get_one(Patient, patient_id)
        made = programs.publish(session, patient, self._author(therapist), draft, now).program
        _record(session, self.actor(therapist), "program.publish", now, "program", made.id, patient_id)

    def current(self, session: Session, patient_id: str) -> ProgramVersion:
        """The patient's newest version."""
        return versions_of(session, patient_id)[-1]

    def decide(
        self,
        session: Session,
        patient_id: str,
        therapist: int,
        prescription_ids: Sequence[str],
        visit: Visit,
        now: datetime,
    ) -> None:
        """Decide the open proposals of these prescriptions as the visit says; none open, none decided."""
        patient = session.get_one(Patient, patient_id)
        rows = proposals.of_patient(session, patient_id)
        open_rows = {row.prescription_id: row for row in rows if row.state == proposals.State.OPEN}
        for prescription_id in prescription_ids:
            row = open_rows.get(prescription_id)
            decision = None if row is None else _decision(visit, proposals.verdict_of(row).new)
            if row is not None and decision is not None:
                decisions.decide(session, patient, self._author(therapist), row.id, decision, now)
                action = f"proposal.{decision.decision.value}"
                _record(session, self.actor(therapist), action, now, "proposal", row.id, patient_id)

    def clear_seen(self, session: Session, patient_id: str, therapist: int, note: str, now: datetime) -> None:
        """Clear what was flagged days ago and locks nothing: the therapist has looked at it by now."""
        patient = session.get_one(Patient, patient_id)
        for flag in flags.of_patient(session, patient_id):
            if flag.cleared_at is None and not flag.locks and now - flag.raised_at > _LOOKED_AT_AFTER:
                flags.clear(session, patient, flag.id, self.staff[therapist].name, note, now)
                _record(session, self.actor(therapist), "flag.clear", now, "flag", flag.id, patient_id)

    def _author(self, therapist: int) -> programs.Author:
        person = self.staff[therapist]
        return programs.Author(id=person.id, name=person.name)

    def lose_device(self, session: Session, contact: Contact, therapist: int) -> None:
        """The therapist cuts off a lost phone."""
        devices.revoke(session, contact.device_id, self.actor(therapist), contact.at, patient_id=contact.patient_id)

    def push(self, session: Session, contact: Contact, rows: Sequence[dict[str, Any]]) -> None:
        """One push of a phone. Raises RuntimeError when a row is not accepted: then the demo itself is wrong."""
        admitted = ledger.admit(session, self._sender(contact), rows)
        refused = {result.code for result in admitted.results if result.code is not None}
        if refused:
            raise RuntimeError(f"the clinic refused rows of the demo: {', '.join(sorted(refused))}")
        upkeep.settle(session, session.get_one(Patient, contact.patient_id), contact.at)
        sessions.note_seen(session, contact.device_id, contact.at)
        self._record_sync(session, contact, "sync.push")

    def push_late(self, session: Session, contact: Contact, rows: Sequence[dict[str, Any]]) -> None:
        """A revoked phone's push: it is held for a therapist to decide about."""
        request = PushRequest(
            device_id=contact.device_id,
            schema=SCHEMA,
            batch_id=new_id(contact.at),
            sent_at=contact.at,
            rows=tuple(rows),
        )
        quarantine.hold(session, self._sender(contact), request)
        self._record_sync(session, contact, "sync.quarantine")

    def pull(self, session: Session, contact: Contact, cursor: str | None) -> tuple[list[ProgramVersion], str]:
        """One pull to the end: the versions it brought, and the cursor to go on from."""
        patient = session.get_one(Patient, contact.patient_id)
        found: list[ProgramVersion] = []
        while True:
            asked = feed.Asked(cursor=cursor, limit=_PULL_LIMIT, schema=SCHEMA)
            page = feed.page(session, patient.id, asked, self._keys, contact.at)
            feed.note_pulled(session, patient, contact.device_id, page.programs, contact.at)
            self._record_sync(session, contact, "sync.pull")
            answer = orjson.loads(page.body or b"{}")
            changes = [c for c in answer["changes"] if c["kind"] == ServerKind.PROGRAM.value]
            found += [codec.load(ProgramVersion, change["body"]) for change in changes]
            cursor = str(answer["cursor"])
            if not answer["more"]:
                return found, cursor

    def turn_day(self, session: Session, patient_id: str, now: datetime) -> None:
        """The patient's line in the caseload as of `now`, as the clinic's own midnight work leaves it."""
        upkeep.refresh(session, session.get_one(Patient, patient_id), now)

    def _record_sync(self, session: Session, contact: Contact, action: str) -> None:
        phone = Actor(
            clinic_id=self.id, person_id=contact.patient_id, role=Role.PATIENT.value, device_id=contact.device_id
        )
        _record(session, phone, action, contact.at, "facts", "", contact.patient_id)

    def _sender(self, contact: Contact) -> ledger.Sender:
        return ledger.Sender(
            patient_id=contact.patient_id,
            clinic_id=self.id,
            device_id=contact.device_id,
            role=Role.PATIENT,
            sent_at=contact.at,
            received_at=contact.at,
            now=contact.at,
        )


def _record(
    session: Session, by: Actor, action: str, now: datetime, resource: str, resource_id: str, patient_id: str
) -> None:
    audit.record(session, by, action, now, resource=resource, resource_id=resource_id, patient_id=patient_id)


def _decision(visit: Visit, proposed: Dose | None) -> decisions.Decision | None:
    """The visit's word on a proposed dose; None where it would modify a dose and none is proposed."""
    choice = decisions.Choice(visit.decision)
    if choice is not decisions.Choice.MODIFY:
        return decisions.Decision(decision=choice, reason=visit.reason)
    if proposed is None:
        return None
    return decisions.Decision(decision=choice, reason=visit.reason, dose=replace(proposed, **(visit.dose or {})))
