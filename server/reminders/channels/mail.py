"""Email by the clinic's own mail server (SMTP): the least private way, so it is chosen by the patient, and says least.

Subject and text are sentences of the white list. There is no link, so that no address of the clinic is in it, and no
name of a person: what remains is the sender's address, which the clinic's admin chooses. Every mail is sent
encrypted as far as that server, or not at all.
"""

import re
import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from time import monotonic

from hep.problems import check
from server.reminders.channels import words
from server.reminders.channels.posting import Failed, connected, cut_off, excused, tls
from server.reminders.channels.ways import Place, Ways
from server.reminders.port import Address, Message, Outcome

KIND = "email"
PORTS = (25, 465, 587, 2525)
HELLO = "[127.0.0.1]"
"""How this server names itself to another: its real name may be the clinic's."""

_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}\Z"
)
_NOBODY = re.compile(rb"\A5\.1\.(1|6|10)\b")
"""Enhanced status codes (RFC 3463) of a mailbox that does not exist, or no more."""


class Security(StrEnum):
    """How the connection is encrypted: from its beginning (port 465), or by STARTTLS, which must then be offered.

    `none` is for a mail server on the same machine, and only where the operator vouches for it.
    """

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The clinic's mail server, its sign-in (both empty: none is needed) and the sender's address."""

    host: str
    port: int
    security: Security
    username: str
    password: str
    sender: str


def is_email(text: str) -> bool:
    """Whether it can be a mailbox's address: of plain characters, at most 254, of a host with a dot."""
    return len(text) <= 254 and _EMAIL.match(text) is not None and ".." not in text and not text.startswith(".")


def check_email(text: str) -> str:
    """The address, without blanks around it. Raises `Refused` (`email_invalid`)."""
    text = text.strip()
    check(is_email(text), "email_invalid", "Write an email address, such as name@example.org.")
    return text


class Mail:
    """The channel. `server_of` gives a clinic's mail server, None where email is switched off."""

    kind = KIND

    def __init__(self, ways: Ways, server_of: Callable[[str], MailServer | None]) -> None:
        self._ways, self._server_of = ways, server_of

    def send(self, address: Address, message: Message, timeout_s: float) -> Outcome:
        """Hand a reminder to the clinic's mail server. Never raises."""
        try:
            letter = words.mail(message.sentence, message.language)
            server, email = self._server_of(address.clinic_id), str(address.data["email"])
        except Exception:
            return Outcome.refused("mail_not_made")
        return self.deliver(server, email, letter, message.id, timeout_s)

    def deliver(
        self, server: MailServer | None, email: str, letter: words.Letter, message_id: str, timeout_s: float
    ) -> Outcome:
        """Hand one letter to one mail server. Never raises."""
        try:
            if server is None:
                return Outcome.refused("channel_off")
            if not is_email(email):
                return Outcome.refused("address_barred")
            made = _written(server.sender, email, letter, message_id)
            with excused("mail"):
                place = self._ways.check_host(server.host, server.port, PORTS)
                _hand_over(self._ways, place, server, made, timeout_s)
        except Failed as failed:
            return failed.outcome
        except Exception:
            return Outcome.refused("mail_not_made")
        return Outcome.sent()


def _written(sender: str, email: str, letter: words.Letter, message_id: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, email, letter.subject
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text)
    return made


def _hand_over(ways: Ways, at: tuple[str, int], server: MailServer, made: EmailMessage, timeout_s: float) -> None:
    until = monotonic() + timeout_s
    place = ways.find(*at, timeout_s)
    if server.security is Security.NONE and not place.plain:
        raise Failed(Outcome.refused("mail_not_encrypted"))
    with connected(place, until - monotonic()) as sock, cut_off(sock, until - monotonic()), _understood():
        talk = _Talk(place, sock, server.security)
        try:
            talk.begin()
            if server.username:
                talk.login(server.username, server.password)
            talk.send_message(made)
        finally:
            talk.close()


class _Talk(smtplib.SMTP):
    """A talk over a connection that stands already."""

    def __init__(self, place: Place, sock: socket.socket, security: Security) -> None:
        super().__init__(local_hostname=HELLO)
        self._host = place.host  # whose certificate is asked for
        self._security = security
        self.sock = tls().wrap_socket(sock, server_hostname=place.host) if security is Security.TLS else sock

    def begin(self) -> None:
        """Hear the greeting, and encrypt. Raises `Failed` where the other end cannot."""
        status, _ = self.getreply()
        if status != 220:
            raise smtplib.SMTPConnectError(status, b"")
        self.ehlo_or_helo_if_needed()
        if self._security is Security.STARTTLS:
            if not self.has_extn("starttls"):
                raise Failed(Outcome.refused("mail_not_encrypted"))
            self.starttls(context=tls())


@contextmanager
def _understood() -> Iterator[None]:
    """Turns what a mail server says into `Failed`."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as refused:
        status, text = next(iter(refused.recipients.values()))
        raise Failed(_said(status, text)) from None
    except smtplib.SMTPAuthenticationError as error:
        raise Failed(_said(error.smtp_code, b"", "mail_sign_in_refused")) from None
    except smtplib.SMTPResponseException as error:
        raise Failed(_said(error.smtp_code, b"")) from None
    except smtplib.SMTPServerDisconnected:
        raise Failed(Outcome.later("mail_hung_up")) from None
    except smtplib.SMTPException:
        raise Failed(Outcome.refused("mail_not_supported")) from None


def _said(status: int, text: bytes | str, refused: str = "") -> Outcome:
    """4xx is for later, 5xx for good, a mailbox that does not exist is gone."""
    text = text.encode() if isinstance(text, str) else text
    if not 500 <= status <= 599:
        return Outcome.later(f"mail_{status}" if 400 <= status <= 499 else "mail_answer_odd")
    return Outcome.gone("mail_no_such_mailbox") if _NOBODY.match(text) else Outcome.refused(refused or f"mail_{status}")
