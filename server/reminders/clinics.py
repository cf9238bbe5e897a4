"""What a clinic's admin set up: the mail server and the ntfy server, with sealed credentials that are never read back.

A stored password goes only to the server it was entered for: whoever changes the server enters it again, so that
nobody can have it sent to a machine of their own.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from hep.problems import check
from hep.reaching import MailChannel, NtfyChannel, SetMail, SetNtfy
from server import stored
from server.reminders.channels import mail, ntfy
from server.reminders.channels.ways import Barred, Ways
from server.sealing import Sealer
from server.tables.reminding import ClinicChannel

_SECRET = "secret"  # noqa: S105 - the name of the field
_BARRED = "The server does not go there. Name a public host with TLS; for one of your own network ask your operator."


def mail_server(session: Session, sealer: Sealer, clinic_id: str) -> mail.MailServer | None:
    """The clinic's mail server, None where email is off or its password cannot be opened any more."""
    told = _told(session, sealer, clinic_id, mail.KIND)
    if told is None:
        return None
    return mail.MailServer(
        host=told["host"],
        port=told["port"],
        security=mail.Security(told["security"]),
        username=told["username"],
        password=told[_SECRET],
        sender=told["sender"],
    )


def ntfy_server(session: Session, sealer: Sealer, clinic_id: str) -> ntfy.NtfyServer | None:
    """The clinic's ntfy server, None where ntfy is off or its token cannot be opened any more."""
    told = _told(session, sealer, clinic_id, ntfy.KIND)
    return None if told is None else ntfy.NtfyServer(url=told["url"], token=told[_SECRET])


def _told(session: Session, sealer: Sealer, clinic_id: str, kind: str) -> dict[str, Any] | None:
    row = session.get(ClinicChannel, (clinic_id, kind))
    if row is None or not row.enabled:
        return None
    told: dict[str, Any] = stored.parse(row.settings)
    secret = _opened(sealer, row, told)
    return None if secret is None else told | {_SECRET: secret}


def _opened(sealer: Sealer, row: ClinicChannel, told: Mapping[str, Any]) -> str | None:
    return sealer.open(told[_SECRET], "clinic_channel", row.clinic_id, row.kind) if told[_SECRET] else ""


def mail_view(session: Session, sealer: Sealer, clinic_id: str) -> MailChannel | None:
    """The mail server without its password."""
    row = session.get(ClinicChannel, (clinic_id, mail.KIND))
    return None if row is None else MailChannel(enabled=row.enabled, **_shown(sealer, row))


def ntfy_view(session: Session, sealer: Sealer, clinic_id: str) -> NtfyChannel | None:
    """The ntfy server without its token."""
    row = session.get(ClinicChannel, (clinic_id, ntfy.KIND))
    return None if row is None else NtfyChannel(enabled=row.enabled, **_shown(sealer, row))


def _shown(sealer: Sealer, row: ClinicChannel) -> dict[str, Any]:
    told: dict[str, Any] = stored.parse(row.settings)
    return told | {_SECRET: bool(told[_SECRET]), "readable": _opened(sealer, row, told) is not None}


def set_mail(session: Session, ways: Ways, sealer: Sealer, clinic_id: str, wanted: SetMail, now: datetime) -> None:
    """Store the mail server. Raises `Refused`: `address_barred`, `email_invalid`, `secret_needed`."""
    try:
        host, port = ways.check_host(wanted.host.strip(), wanted.port, mail.PORTS)
    except Barred:
        check(False, "address_barred", _BARRED)
    plain = wanted.security == mail.Security.NONE
    check(not plain or ways.vouches(host, port), "address_barred", _BARRED)
    told = {
        "host": host,
        "port": port,
        "security": wanted.security,
        "username": wanted.username.strip(),
        "sender": mail.check_email(wanted.sender),
    }
    same = ("host", "port", "security", "username")
    _store(
        session,
        sealer,
        ClinicChannel(clinic_id=clinic_id, kind=mail.KIND, settings="", enabled=wanted.enabled, changed_at=now),
        told,
        wanted.password,
        same,
    )


def set_ntfy(session: Session, ways: Ways, sealer: Sealer, clinic_id: str, wanted: SetNtfy, now: datetime) -> None:
    """Store the ntfy server. Raises `Refused`: `address_barred`, `secret_needed`."""
    url = wanted.url.strip().rstrip("/")
    try:
        ways.check_url(url)
    except Barred:
        check(False, "address_barred", _BARRED)
    check("?" not in url, "address_barred", _BARRED)
    row = ClinicChannel(clinic_id=clinic_id, kind=ntfy.KIND, settings="", enabled=wanted.enabled, changed_at=now)
    _store(session, sealer, row, {"url": url}, wanted.token, ("url",))


def _store(
    session: Session,
    sealer: Sealer,
    row: ClinicChannel,
    told: dict[str, Any],
    secret: str | None,
    same: tuple[str, ...],
) -> None:
    if secret is None:
        sealed = _kept(session, row, told, same)
    else:
        sealed = sealer.seal(secret, "clinic_channel", row.clinic_id, row.kind) if secret else ""
    row.settings = json.dumps(told | {_SECRET: sealed})
    session.merge(row)


def _kept(session: Session, row: ClinicChannel, told: Mapping[str, Any], same: tuple[str, ...]) -> str:
    """The secret as it is stored. Raises `Refused` (`secret_needed`) where it would go to another server."""
    before = session.get(ClinicChannel, (row.clinic_id, row.kind))
    if before is None:
        return ""
    known: dict[str, Any] = stored.parse(before.settings)
    unchanged = all(known[name] == told[name] for name in same)
    sentence = "Write the password or token again: it goes with the server and name it was entered for."
    check(unchanged or not known[_SECRET], "secret_needed", sentence)
    return str(known[_SECRET])
