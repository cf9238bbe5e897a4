"""The access matrix as expected: every route, and who may use it. A route that is missing here fails the tests."""

import json
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import delete
from sqlmodel import col

from hep import codec
from hep.access import Role
from hep.records import Exercise, Review
from hep.verdicts import Verdict, VerdictKind
from server import library
from server.archive.writing import written
from server.database import writing
from server.reminders import addresses
from server.tables.care import Flag, Proposal
from server.tables.people import Device, Staff
from server.tables.reminding import Outbox, ReminderAddress
from tests.server.care import EXERCISE, ZONE, Care, fresh, prescription
from tests.server.outside import Browser
from tests.server.pictures import picture
from tests.server.world import Signed, World

ACTORS = (
    "nobody",
    "patient",
    "neighbor",
    "patient elsewhere",
    "therapist",
    "colleague",
    "therapist elsewhere",
    "assistant",
    "admin",
    "auditor",
    "revoked phone",
    "unconfirmed member",
)
"""Neighbor: another patient of the clinic. Colleague: another therapist of it. Unconfirmed member: a therapist
whose account is not, or no longer, switched on. All others are of the same clinic."""

EVERYBODY = frozenset(ACTORS)
SIGNED_IN = EVERYBODY - {"nobody", "revoked phone", "unconfirmed member"}
PATIENTS = frozenset({"patient", "neighbor", "patient elsewhere"})
THERAPISTS = frozenset({"therapist", "colleague", "therapist elsewhere"})
TREATING = frozenset({"therapist", "colleague"})

ALLOWED: dict[tuple[str, str], frozenset[str]] = {
    ("GET", "/v1/health"): EVERYBODY,
    ("POST", "/v1/auth/redeem"): EVERYBODY,
    ("POST", "/v1/auth/sign-in"): EVERYBODY,
    ("POST", "/v1/auth/refresh"): EVERYBODY,
    ("POST", "/v1/auth/sign-out"): SIGNED_IN,
    ("GET", "/v1/me"): SIGNED_IN,
    ("GET", "/v1/me/devices"): SIGNED_IN,
    ("POST", "/v1/me/devices/{device_id}/revoke"): frozenset({"patient"}),
    ("POST", "/v1/sync/push"): PATIENTS | {"revoked phone"},
    ("GET", "/v1/sync/pull"): PATIENTS,
    ("GET", "/v1/library"): PATIENTS | THERAPISTS | {"assistant"},
    ("GET", "/v1/library/own"): THERAPISTS | {"assistant"},
    ("POST", "/v1/library/own"): THERAPISTS,
    ("POST", "/v1/library/own/{exercise_id}/retire"): TREATING,
    ("POST", "/v1/library/photos"): THERAPISTS,
    ("GET", "/v1/library/photos/{photo}"): TREATING | {"assistant", "patient"},
    ("GET", "/v1/library/archive"): THERAPISTS | {"assistant"},
    ("POST", "/v1/library/archive"): THERAPISTS,
    ("GET", "/v1/caseload"): THERAPISTS | {"assistant"},
    ("POST", "/v1/patients"): THERAPISTS,
    ("GET", "/v1/patients/{patient_id}"): TREATING | {"assistant"},
    ("POST", "/v1/patients/{patient_id}/programs"): TREATING,
    ("POST", "/v1/patients/{patient_id}/proposals/{proposal_id}/decision"): TREATING,
    ("POST", "/v1/patients/{patient_id}/flags/{flag_id}/clear"): TREATING,
    ("GET", "/v1/patients/{patient_id}/invitations"): TREATING | {"admin"},
    ("POST", "/v1/patients/{patient_id}/invitations"): TREATING | {"admin"},
    ("POST", "/v1/patients/{patient_id}/invitations/{invitation_id}/revoke"): TREATING | {"admin"},
    ("GET", "/v1/patients/{patient_id}/devices"): TREATING | {"admin"},
    ("POST", "/v1/patients/{patient_id}/devices/{device_id}/revoke"): TREATING | {"admin"},
    ("GET", "/v1/calendar/{secret}.ics"): EVERYBODY,
    ("GET", "/v1/clinic/channels"): frozenset({"admin"}),
    ("PUT", "/v1/clinic/channels/email"): frozenset({"admin"}),
    ("PUT", "/v1/clinic/channels/ntfy"): frozenset({"admin"}),
    ("POST", "/v1/clinic/channels/email/test"): frozenset({"admin"}),
    ("POST", "/v1/clinic/channels/ntfy/test"): frozenset({"admin"}),
    ("GET", "/v1/me/reminders"): PATIENTS,
    ("PUT", "/v1/me/reminders/webpush"): PATIENTS,
    ("PUT", "/v1/me/reminders/permission"): PATIENTS,
    ("POST", "/v1/me/reminders/email"): PATIENTS,
    ("POST", "/v1/me/reminders/email/confirm"): PATIENTS,
    ("POST", "/v1/me/reminders/ntfy"): PATIENTS,
    ("DELETE", "/v1/me/reminders/addresses/{address_id}"): frozenset({"patient"}),
    ("POST", "/v1/me/reminders/test"): PATIENTS,
    ("POST", "/v1/me/reminders/opened"): frozenset({"patient"}),
    ("GET", "/v1/me/reminders/calendar"): PATIENTS,
    ("POST", "/v1/me/reminders/calendar"): PATIENTS,
    ("DELETE", "/v1/me/reminders/calendar"): PATIENTS,
    ("GET", "/v1/patients/{patient_id}/quarantine"): TREATING,
    ("POST", "/v1/patients/{patient_id}/quarantine/{batch_id}/release"): TREATING,
    ("POST", "/v1/patients/{patient_id}/quarantine/{batch_id}/discard"): TREATING,
}
"""Who is let in to the record of `patient`, or to their own where the path names nobody."""


OCTETS = {"Content-Type": "application/octet-stream"}
UPLOADED: dict[str, bytes] = {"/v1/library/photos": picture(0.5), "/v1/library/archive": written((), {})}
"""Where files are sent to, and one that is taken."""


def refusal(method: str, path: str, actor: str) -> int:
    """The status that somebody who is not let in gets."""
    if actor in {"nobody", "unconfirmed member"}:
        return 401
    if actor == "revoked phone":
        return 403
    of_a_clinic = any(name in path for name in ("{patient_id}", "{exercise_id}", "{photo}"))
    elsewhere = {"therapist elsewhere"} | (PATIENTS if "{photo}" in path else set())
    if path.startswith("/v1/me/reminders"):
        return 404 if actor in PATIENTS else 403
    hidden = (of_a_clinic and actor in elsewhere) or path.startswith("/v1/me/")
    return 404 if hidden else 403


@dataclass
class Case:
    """A patient with something of everything that a path can name."""

    care: Care
    ids: dict[str, str]

    @classmethod
    def make(cls, world: World, beside: Care | None = None) -> "Case":
        care = Care.begin(world, beside=beside)
        photo = own_photo(care)
        lost = world.phone(care.therapist, care.patient_id)
        care.therapist.post(f"/v1/patients/{care.patient_id}/devices/{lost.device_id}/revoke")
        held = world.signed(world.refresh(lost))
        pushed = held.post("/v1/sync/push", care.envelope(care.red_flag(), device_id=lost.device_id))
        assert pushed.status_code == 200, pushed.text
        waiting = care.therapist.get(f"/v1/patients/{care.patient_id}/quarantine").json()["batches"]
        return cls(
            care,
            {
                "patient_id": care.patient_id,
                "device_id": care.phone.device_id,
                "invitation_id": world.invite(care.therapist, care.patient_id)["id"],
                "batch_id": waiting[0]["id"],
                "flag_id": _flag(world, care),
                "proposal_id": _proposal(world, care),
                "photo": photo,
                "exercise_id": own_exercise(care.therapist)["exercise"]["id"],
                **reminded(world, care),
            },
        )

    def ready(self, path: str) -> None:
        """Put back what requests about reminders use up."""
        if "/reminders" in path or "/calendar/" in path:
            remind(self.care.world, self.care, self.ids)

    def sent(self, method: str, path: str) -> dict[str, Any]:
        """The body for a request of httpx: a file where the route takes one, else JSON."""
        if method == "POST" and path in UPLOADED:
            return {"content": UPLOADED[path], "headers": OCTETS}
        return {"json": self.body(method, path)}

    def body(self, method: str, path: str) -> Any:
        """A request body that the route accepts, or None."""
        if method == "GET":
            return None
        if path.startswith("/v1/clinic/"):
            return CHANNELS.get((method, path))
        last = path.rsplit("/", 1)[1]
        return {
            "webpush": Browser(f"http://127.0.0.1:9/{fresh('endpoint')}").subscription,
            "permission": {"state": "denied"},
            "email": {"address": f"{fresh('mail')}@example.org"},
            "confirm": {"code": CODE},
            "opened": {"id": self.ids["message_id"]},
            "redeem": {"secret": "x" * 27, "nonce": fresh("nonce-of-matrix"), "device_name": "Phone"},
            "sign-in": {
                "email": f"{fresh()}@example.org",
                "password": "x" * 12,
                "device_name": "Desk",
                "nonce": "n" * 16,
            },
            "refresh": {"refresh_token": "x" * 43, "nonce": "n" * 16},
            "push": self.care.envelope(),
            "patients": {"name": "New Person", "birth_date": "1970-01-01", "zone": ZONE, "problem": "Shoulder pain"},
            "own": {"base_version": 0, "exercise": exercise_body()},
            "retire": {"retired": True},
            "programs": codec.dump(self.care.draft()),
            "decision": {"decision": "decline", "reason": "Not yet"},
            "clear": {"note": "Seen and fine"},
            "release": {"reason": "It was theirs"},
            "discard": {"reason": "It was not theirs"},
        }.get(last)


CODE = "123456"
CHANNELS: dict[tuple[str, str], dict[str, Any]] = {
    ("PUT", "/v1/clinic/channels/email"): {
        "enabled": True,
        "host": "mail.example.org",
        "port": 587,
        "security": "starttls",
        "username": "clinic",
        "sender": "reminders@example.org",
        "password": "a word of the clinic",
    },
    ("PUT", "/v1/clinic/channels/ntfy"): {"enabled": True, "url": "https://ntfy.example.org", "token": "tk_1234"},
    ("POST", "/v1/clinic/channels/email/test"): {"to": "admin@example.org"},
}


def reminded(world: World, care: Care) -> dict[str, str]:
    """A patient with an address, a message and a calendar, in a clinic that has channels."""
    admin = world.therapist(care.clinic_id, Role.ADMIN)
    for (method, path), body in CHANNELS.items():
        if method == "PUT":
            set_up = admin.request(method, path, json=body)
            assert set_up.status_code == 200, set_up.text
    ids = {name: fresh(name.replace("_", "-")) for name in ("address_id", "feed_id", "code_id", "message_id")}
    ids["secret"] = addresses.feed_secret(world.app.state.keys, ids["feed_id"])
    remind(world, care, ids)
    return ids


def remind(world: World, care: Care, ids: dict[str, str]) -> None:
    """The patient's address, message, calendar and unconfirmed address, as they were in the beginning."""
    keys, at = world.app.state.keys, world.now
    whose = {"clinic_id": care.clinic_id, "patient_id": care.patient_id}
    feed = {"kind": "calendar", "digest": keys.lookup("feed", ids["secret"]), "device_id": care.phone.device_id}
    code = {"confirm_digest": keys.lookup("email-code", ids["code_id"], CODE), "confirm_until": at + timedelta(hours=1)}
    email = {"kind": "email", "address": '{"email": "ana@example.org"}'}
    rows: list[Any] = [
        ReminderAddress(id=ids["address_id"], **whose, **email, state="ok", created_at=at),
        ReminderAddress(id=ids["code_id"], **whose, **email, **code, confirm_tries=0, created_at=at),
        ReminderAddress(id=ids["feed_id"], **whose, **feed, address="{}", state="ok", created_at=at),
    ]
    message = {"purpose": "session", "kind": "email", "state": "sent", "address_id": ids["address_id"]}
    when = dict.fromkeys(("due_at", "until_at", "not_before", "sent_at"), at)
    rows.append(Outbox(id=ids["message_id"], **whose, **message, **when))
    with writing(world.engine) as session:
        session.connection().execute(
            delete(ReminderAddress).where(
                col(ReminderAddress.patient_id) == care.patient_id, col(ReminderAddress.kind) != "webpush"
            )
        )
        for row in rows:
            session.merge(row)


def own_photo(care: Care) -> str:
    """A photo of the clinic's, in a program of this patient, which this publishes."""
    added = care.therapist.request(
        "POST", "/v1/library/photos", content=picture(Random(care.patient_id).random()), headers=OCTETS
    )
    assert added.status_code == 201, added.text
    made = own_exercise(care.therapist, photo=added.json()["photo"])["exercise"]
    rx = prescription(care.today, exercise=codec.load(Exercise, made))
    care.publish(prescriptions=(*care.prescriptions, rx), reason="One of our own")
    care.pull_all()
    return str(added.json()["photo"])


def exercise_body(**changes: Any) -> dict[str, Any]:
    """A clinic's own exercise as it is sent: straight leg raises, adapted."""
    row = codec.dump(library.exercises()[EXERCISE])
    return (
        row
        | {"id": fresh("own"), "name": "Our leg raise", "drawing": EXERCISE, "review": codec.dump(Review())}
        | changes
    )


def own_exercise(therapist: Signed, **changes: Any) -> dict[str, Any]:
    """A new exercise of the therapist's clinic, as the server tells of it."""
    reply = therapist.post("/v1/library/own", {"base_version": 0, "exercise": exercise_body(**changes)})
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def _flag(world: World, care: Care) -> str:
    flag = Flag(
        id=fresh("flag"),
        clinic_id=care.clinic_id,
        patient_id=care.patient_id,
        key=fresh("key"),
        kind="message",
        evidence="{}",
        raised_at=world.now,
    )
    with writing(world.engine) as session:
        session.add(flag)
    return flag.id


def _proposal(world: World, care: Care) -> str:
    decided = Proposal(
        id=fresh("proposal"),
        clinic_id=care.clinic_id,
        patient_id=care.patient_id,
        program_id=care.program_id,
        prescription_id=care.prescriptions[0].id,
        base_version=1,
        dose_since_version=1,
        state="declined",
        rule_set="test",
        verdict=json.dumps(codec.dump(Verdict(kind=VerdictKind.HOLD, what=None, old=care.prescriptions[0].dose))),
        created_at=world.now,
    )
    with writing(world.engine) as session:
        session.add(decided)
    return decided.id


class Cast:
    """Everybody of the matrix around one case. `again` gives an actor a fresh sign-in, `known` the one they had."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.here = Case.make(world)
        self.neighbor = Case.make(world, beside=self.here.care)
        self.elsewhere = Case.make(world)
        clinic = self.here.care.clinic_id
        roles = {"colleague": Role.THERAPIST, "assistant": Role.ASSISTANT, "admin": Role.ADMIN, "auditor": Role.AUDITOR}
        self._emails = {name: world.staff(clinic, role) for name, role in roles.items()}
        self._known: dict[str, Signed] = {}

    def case(self, actor: str) -> Case:
        """The case of this actor; everybody of the first clinic but the neighbor is of `here`."""
        apart = {"neighbor": self.neighbor, "patient elsewhere": self.elsewhere, "therapist elsewhere": self.elsewhere}
        return apart.get(actor, self.here)

    def others(self, actor: str) -> list[Case]:
        """The cases that are not this actor's."""
        return [case for case in (self.here, self.neighbor, self.elsewhere) if case is not self.case(actor)]

    def known(self, actor: str, path: str = "") -> Signed:
        """This actor as signed in before, unless the path may end sign-ins."""
        if path.endswith(("/sign-out", "/revoke")):
            return self.again(actor)
        if actor not in self._known:
            self._known[actor] = self.again(actor)
        return self._known[actor]

    def again(self, actor: str) -> Signed:
        """This actor, signed in just now."""
        if actor == "nobody":
            return Signed(self.world.client, {"access_token": "nobodys-token"})
        if actor == "unconfirmed member":
            return self._switched_off()
        if actor in self._emails:
            return self.world.signed(self.world.sign_in(self._emails[actor]))
        care = self.case(actor).care
        if actor.startswith("therapist"):
            return self.world.signed(self.world.sign_in(care.email))
        phone = self.world.phone(care.therapist, care.patient_id)
        if actor != "revoked phone":
            return phone
        with writing(self.world.engine) as session:
            session.get_one(Device, phone.device_id).revoked_at = self.world.now - timedelta(hours=1)
        return self.world.signed(self.world.refresh(phone))

    def _switched_off(self) -> Signed:
        """With the tokens of a member whose account was switched off without their sessions being ended."""
        signed = self.world.therapist(self.here.care.clinic_id)
        with writing(self.world.engine) as session:
            session.get_one(Staff, signed.id).active = False
        return signed
