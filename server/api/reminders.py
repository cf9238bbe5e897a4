"""A patient's own reminders: by what ways they come, one on trial, and the calendar."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Response
from sqlmodel import Session

from hep.access import Action
from hep.reaching import MyReminders, NtfyTopic, Tried
from server import limits
from server.api.answer import JsonAnswer, json_answer
from server.api.body import Body
from server.api.calendar import address_of, calendar
from server.api.deps import Caller, Config, Database, Id, KeysOf, Now, needs
from server.api.deps import OutletsOf as Out
from server.api.errors import may
from server.database import reading, writing
from server.problems import Declined
from server.reminders import addresses, asking, clinics, shown, truth
from server.reminders.addresses import Owner
from server.reminders.channels import mail, webpush, words
from server.reminders.channels.calendar import MEDIA_TYPE
from server.reminders.port import Result
from server.security import Keys
from server.tables.people import Patient

router = APIRouter(prefix="/me/reminders", tags=["reminders"])

Patients = Annotated[Caller, needs(Action.REMINDERS_OWN)]

TRIALS, MAILS = 5, 3
"""So many at once are free; then one waits longer each time, up to 15 minutes."""

MAIL_TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a browser's `pushManager.subscribe` gave."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What this device says of notifications: granted, denied, default, unsupported."""

    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """An email address to be confirmed."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """The code that came by mail; blanks do not count."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The opaque id of a message that was opened."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """What became of "send me one now", address by address."""

    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The secret address of the calendar."""

    calendar: str


@router.get("", response_model=MyReminders)
def mine(engine: Database, config: Config, keys: KeysOf, out: Out, caller: Patients) -> JsonAnswer:
    """The ways to be reminded, and what became of the last messages."""
    with reading(engine) as session:
        found = MyReminders(
            vapid_public_key=out.vapid.public if out.vapid is not None else None,
            channels=out.offered(session, caller.clinic_id),
            addresses=shown.views(session, caller.person_id, caller.device_id),
            recent=truth.recent(session, caller.person_id),
            calendar=address_of(session, keys, config, caller.person_id),
        )
    return json_answer(found)


@router.put("/webpush", responses=may("text_invalid", "channel_off", "push_refused"))
def subscribe(
    given: Body[Subscription], engine: Database, keys: KeysOf, out: Out, now: Now, caller: Patients
) -> dict[str, str]:
    """Be reminded by this browser."""
    if out.vapid is None:
        raise Declined("channel_off")
    stored = webpush.subscription(out.ways, out.hosts, given.endpoint, given.p256dh, given.auth)
    with writing(engine) as session:
        addresses.subscribe(session, keys, _owner(caller), stored, now)
    return {}


@router.put("/permission", responses=may("text_invalid", "invalid"))
def permission(given: Body[Permission], engine: Database, now: Now, caller: Patients) -> dict[str, str]:
    """What this device says of notifications."""
    with writing(engine) as session:
        addresses.note_permission(session, _owner(caller), given.state, now)
    return {}


@router.post(
    "/email", responses=may("text_invalid", "channel_off", "email_invalid", "too_many_tries", "not_handed_over")
)
def ask_email(
    given: Body[Email], engine: Database, keys: KeysOf, out: Out, now: Now, caller: Patients
) -> dict[str, str]:
    """Ask for a code by mail; the address is used once the code came back."""
    email = mail.check_email(given.address)
    with writing(engine) as session:
        server = clinics.mail_server(session, out.sealer, caller.clinic_id)
        wait = _wait(session, keys, MAILS, now, ("mail-by", caller.person_id), ("mail-to", email.casefold()))
        asked = None if server is None or wait else addresses.ask_email(session, keys, _owner(caller), email, now)
    if asked is None:
        raise Declined("too_many_tries", retry_after=wait) if wait else Declined("channel_off")
    address_id, code = asked
    letter = words.code_mail(code, _language(engine, caller, now))
    if out.mail.deliver(server, email, letter, address_id, MAIL_TIMEOUT_S).result is not Result.SENT:
        with writing(engine) as session:
            addresses.forget(session, address_id)
        raise Declined("not_handed_over")
    return {}


@router.post("/email/confirm", responses=may("text_invalid", "code_invalid"))
def confirm_email(given: Body[Code], engine: Database, keys: KeysOf, now: Now, caller: Patients) -> dict[str, str]:
    """Give the code back."""
    with writing(engine) as session:
        confirmed = addresses.confirm_email(session, keys, _owner(caller), "".join(given.code.split()), now)
    if not confirmed:
        raise Declined("code_invalid")
    return {}


@router.post("/ntfy", response_model=NtfyTopic, status_code=201, responses=may("channel_off"))
def add_topic(engine: Database, out: Out, now: Now, caller: Patients) -> JsonAnswer:
    """A new topic for this device's ntfy app, shown once."""
    with writing(engine) as session:
        server = clinics.ntfy_server(session, out.sealer, caller.clinic_id)
        if server is None:
            raise Declined("channel_off")
        made = addresses.add_topic(session, _owner(caller), server.url, now)
    return json_answer(made, status=201)


@router.delete("/addresses/{address_id}", responses=may("not_found"))
def remove(address_id: Id, engine: Database, now: Now, caller: Patients) -> dict[str, str]:
    """Be reminded there no more."""
    with writing(engine) as session:
        addresses.remove(session, _owner(caller), address_id, now)
    return {}


@router.post("/test", response_model=Trials, responses=may("too_many_tries"))
def trial(engine: Database, keys: KeysOf, out: Out, now: Now, caller: Patients) -> JsonAnswer:
    """Send one now, to every address in use."""
    with writing(engine) as session:
        wait = _wait(session, keys, TRIALS, now, ("trial", caller.person_id))
    if wait:
        raise Declined("too_many_tries", retry_after=wait)
    tried = asking.ask(engine, out.channels, _owner(caller), _language(engine, caller, now), now)
    return json_answer(Trials(tried=tried))


@router.post("/opened", responses=may("text_invalid", "not_found"))
def opened(given: Body[Opened], engine: Database, now: Now, caller: Patients) -> dict[str, str]:
    """A message was opened."""
    with writing(engine) as session:
        if not truth.opened(session, caller.person_id, given.id, now):
            raise Declined("not_found")
    return {}


@router.get(
    "/calendar",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
def download(engine: Database, keys: KeysOf, now: Now, caller: Patients) -> Response:
    """The coming sessions as one file."""
    with reading(engine) as session:
        return calendar(session, keys, session.get_one(Patient, caller.person_id), now)


@router.post("/calendar", response_model=Feed, status_code=201)
def begin_feed(engine: Database, keys: KeysOf, config: Config, now: Now, caller: Patients) -> JsonAnswer:
    """A new secret address of the calendar; the one before opens nothing more."""
    with writing(engine) as session:
        addresses.begin_feed(session, keys, _owner(caller), now)
        made = address_of(session, keys, config, caller.person_id)
    return json_answer(Feed(calendar=made or ""), status=201)


@router.delete("/calendar")
def end_feed(engine: Database, now: Now, caller: Patients) -> dict[str, str]:
    """End the calendar: its address opens nothing more."""
    with writing(engine) as session:
        addresses.end_feed(session, _owner(caller), now)
    return {}


def _owner(caller: Caller) -> Owner:
    return Owner(caller.clinic_id, caller.person_id, caller.device_id, caller.actor)


def _language(engine: Database, caller: Caller, now: Now) -> str:
    with reading(engine) as session:
        return asking.language_of(session, caller.person_id, now)


def _wait(session: Session, keys: Keys, tries: int, now: Now, *counted: tuple[str, str]) -> int:
    """Count one more of these; the seconds to wait, 0 to go on."""
    for what, who in counted:
        wait = limits.begin(session, keys.lookup("reminders", what, who), tries, now)
        if wait is not None:
            return wait
    return 0
