"""Web Push: to browsers and installed web apps, sealed for the one browser that subscribed (RFC 8291).

The push service sees who sends (a key, a contact), when and how much, and nothing of what it says. Its 201 means that
it has the message, not that a phone showed it.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from hep.problems import check
from server.reminders.channels.posting import Answer, Failed, Letter, meaning, post
from server.reminders.channels.vapid import Vapid
from server.reminders.channels.ways import Barred, Ways
from server.reminders.port import Address, Message, Outcome

KIND = "webpush"
GONE = frozenset({404, 410})
LENGTH = 256
"""Bytes of every payload, blanks at its end included."""

WRONG = "This browser's push service is not one this clinic's server may use. Choose another way to be reminded."


@dataclass(frozen=True, slots=True)
class PushHosts:
    """The push services that are known: names, and with a dot in front every name below."""

    names: tuple[str, ...]

    def __call__(self, host: str) -> bool:
        return any(host.endswith(name) if name.startswith(".") else host == name for name in self.names)


def subscription(ways: Ways, hosts: PushHosts, endpoint: str, p256dh: str, auth: str) -> dict[str, str]:
    """What is stored of a browser's subscription. Raises `Refused` (`push_refused`) for one that cannot be used."""
    try:
        ways.check_url(endpoint, hosts=hosts)
    except Barred:
        check(False, "push_refused", WRONG)
    check(_is_point(p256dh) and len(_bytes(auth)) == 16, "push_refused", WRONG)
    return {"endpoint": endpoint, "p256dh": p256dh, "auth": auth}


def _is_point(text: str) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(text))
    except ValueError:
        return False
    return len(_bytes(text)) == 65


def _bytes(text: str) -> bytes:
    """What stands in base64url; nothing where it is none."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


class WebPush:
    """The channel. Every visit checks the endpoint again, and where its host is now."""

    kind = KIND

    def __init__(
        self, ways: Ways, hosts: PushHosts, vapid: Vapid, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._ways, self._hosts, self._vapid, self._clock = ways, hosts, vapid, clock

    def send(self, address: Address, message: Message, timeout_s: float) -> Outcome:
        """Seal and hand over. Never raises."""
        try:
            return meaning("push", self._send(address.data, message, timeout_s), GONE)
        except Failed as failed:
            return failed.outcome
        except Barred:
            return Outcome.refused("address_barred")
        except Exception:
            return Outcome.refused("push_subscription")

    def _send(self, stored: Mapping[str, Any], message: Message, timeout_s: float) -> Answer:
        from pywebpush import WebPusher  # it takes a second to import

        url = str(stored["endpoint"])
        place = self._ways.check_url(url, hosts=self._hosts)
        keys = {"p256dh": stored["p256dh"], "auth": stored["auth"]}
        sealed = WebPusher({"endpoint": url, "keys": keys}).encode(payload(message))["body"]
        letter = Letter(who="push", url=url, place=place, headers=self._headers(url, message), body=sealed)
        return post(self._ways, letter, timeout_s)

    def _headers(self, url: str, message: Message) -> dict[str, str]:
        from py_vapid import Vapid02

        parts = urlsplit(url)
        signed = Vapid02(self._vapid.key).sign(self._vapid.claims(f"{parts.scheme}://{parts.netloc}", self._clock()))
        return {
            "Authorization": signed["Authorization"],
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(message.ttl_s),
            "Topic": message.id,
            "Urgency": "normal" if message.silent else "high",
        }


def payload(message: Message) -> bytes:
    """What the service worker gets: an opaque id, which sentence to show in which language, and where a tap leads.

    All are of one length, so that the push service does not learn from it which sentence it is.
    """
    told = {"id": message.id, "sentence": message.sentence, "language": message.language[:20], "path": message.path}
    return json.dumps(told).ljust(LENGTH).encode()
