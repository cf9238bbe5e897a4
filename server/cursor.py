"""The place in a patient's change log that a phone has reached, sealed so that only this server can write it.

A cursor that does not fit (another patient, an older generation of the store, tampered) asks for a resync.
"""

import base64
import hmac
from dataclasses import asdict, dataclass

import orjson

from server.problems import Declined
from server.security import Keys

_MAC = 32
"""Hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """All changes up to `seq` (inclusive) were handed over.

    While a first snapshot is under way, `since` (ISO date) is the oldest date it gives facts of, up to `until`.
    """

    patient: str
    epoch: int
    seq: int
    schema: int
    since: str | None = None
    until: int = 0


def seal(cursor: Cursor, keys: Keys) -> str:
    """The opaque text a phone keeps."""
    body = orjson.dumps(asdict(cursor)).decode()
    return base64.urlsafe_b64encode(f"{_mac(body, keys)}{body}".encode()).rstrip(b"=").decode()


def unseal(text: str, keys: Keys) -> Cursor:
    """The cursor in a text that `seal` made with these keys. Raises `Declined` (`resync`) for any other text."""
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode()
    except ValueError:
        raise Declined("resync") from None
    mac, body = data[:_MAC], data[_MAC:]
    if not hmac.compare_digest(mac.encode(), _mac(body, keys).encode()):
        raise Declined("resync")
    return Cursor(**orjson.loads(body))


def _mac(body: str, keys: Keys) -> str:
    return keys.lookup("cursor", body)[:_MAC]
