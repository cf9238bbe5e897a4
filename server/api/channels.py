"""The clinic's channels of reminders, for its admin: the mail server and the ntfy server, and whether they work."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated

from fastapi import APIRouter
from sqlmodel import Session

from hep.access import Action
from hep.reaching import ChannelTried, ClinicChannels, SetMail, SetNtfy
from hep.reminding import Purpose
from server import audit, limits
from server.api.answer import JsonAnswer, json_answer
from server.api.body import Body
from server.api.deps import Caller, Database, KeysOf, Now, needs
from server.api.deps import OutletsOf as Out
from server.api.errors import may
from server.database import reading, writing
from server.problems import Declined
from server.reminders import clinics
from server.reminders.channels import mail, ntfy, words
from server.reminders.outlets import Outlets
from server.reminders.port import Message, Outcome

router = APIRouter(prefix="/clinic/channels", tags=["channels"])

Admin = Annotated[Caller, needs(Action.CHANNELS_MANAGE)]

TRIALS = 5
TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Where a mail on trial goes."""

    to: str


@router.get("", response_model=ClinicChannels)
def listed(engine: Database, out: Out, caller: Admin) -> JsonAnswer:
    """How the channels are set up; never a password or a token."""
    with reading(engine) as session:
        return json_answer(_shown(session, out, caller.clinic_id))


@router.put(
    "/email",
    response_model=ClinicChannels,
    responses=may("text_invalid", "address_barred", "email_invalid", "channel_invalid", "secret_needed"),
)
def set_mail(wanted: Body[SetMail], engine: Database, out: Out, now: Now, caller: Admin) -> JsonAnswer:
    """Set the mail server up, or switch email off."""
    with writing(engine) as session:
        clinics.set_mail(session, out.ways, out.sealer, caller.clinic_id, wanted, now)
        audit.record(session, caller.actor, "channel.set", now, resource="channel", resource_id=mail.KIND)
        return json_answer(_shown(session, out, caller.clinic_id))


@router.put("/ntfy", response_model=ClinicChannels, responses=may("text_invalid", "address_barred", "secret_needed"))
def set_ntfy(wanted: Body[SetNtfy], engine: Database, out: Out, now: Now, caller: Admin) -> JsonAnswer:
    """Set the ntfy server up, or switch ntfy off."""
    with writing(engine) as session:
        clinics.set_ntfy(session, out.ways, out.sealer, caller.clinic_id, wanted, now)
        audit.record(session, caller.actor, "channel.set", now, resource="channel", resource_id=ntfy.KIND)
        return json_answer(_shown(session, out, caller.clinic_id))


@router.post(
    "/email/test",
    response_model=ChannelTried,
    responses=may("text_invalid", "email_invalid", "channel_off", "too_many_tries"),
)
def try_mail(wanted: Body[Trial], engine: Database, keys: KeysOf, out: Out, now: Now, caller: Admin) -> JsonAnswer:
    """Send one mail, and say how the mail server took it."""
    to = mail.check_email(wanted.to)
    _count(engine, keys, caller, now, mail.KIND)
    with reading(engine) as session:
        server = clinics.mail_server(session, out.sealer, caller.clinic_id)
    if server is None:
        raise Declined("channel_off")
    letter = words.mail(Purpose.TEST.value, words.ENGLISH)
    return _answer(out.mail.deliver(server, to, letter, token_hex(16), TIMEOUT_S))


@router.post("/ntfy/test", response_model=ChannelTried, responses=may("channel_off", "too_many_tries"))
def try_ntfy(engine: Database, keys: KeysOf, out: Out, now: Now, caller: Admin) -> JsonAnswer:
    """Publish to a topic nobody listens to, and say how the ntfy server took it."""
    _count(engine, keys, caller, now, ntfy.KIND)
    with reading(engine) as session:
        server = clinics.ntfy_server(session, out.sealer, caller.clinic_id)
    if server is None:
        raise Declined("channel_off")
    message = Message(
        id=token_hex(16), sentence=Purpose.TEST.value, language=words.ENGLISH, path="/", ttl_s=0, silent=True
    )
    return _answer(out.ntfy.publish(server, ntfy.new_topic(), message, TIMEOUT_S))


def _shown(session: Session, out: Outlets, clinic_id: str) -> ClinicChannels:
    return ClinicChannels(
        webpush=out.vapid is not None,
        email=clinics.mail_view(session, out.sealer, clinic_id),
        ntfy=clinics.ntfy_view(session, out.sealer, clinic_id),
    )


def _answer(outcome: Outcome) -> JsonAnswer:
    return json_answer(ChannelTried(result=outcome.result.value, code=outcome.code))


def _count(engine: Database, keys: KeysOf, caller: Caller, now: Now, kind: str) -> None:
    """Write the trial down. Raises `Declined` (`too_many_tries`) for one too many."""
    with writing(engine) as session:
        wait = limits.begin(session, keys.lookup("reminders", "clinic-trial", caller.clinic_id), TRIALS, now)
        if wait is None:
            audit.record(session, caller.actor, "channel.test", now, resource="channel", resource_id=kind)
    if wait is not None:
        raise Declined("too_many_tries", retry_after=wait)
