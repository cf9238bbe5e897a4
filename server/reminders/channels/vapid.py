"""The key by which push services know this server (RFC 8292): derived from the server's own secret, stored nowhere.

So it is made once with `secret.key`, is the same in every process of the server, and is lost only with that key: then
phones see another public key and subscribe anew.
"""

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.security import Keys

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256 (SEC 2)."""

LASTS = timedelta(hours=12)
"""Of one signature; RFC 8292 allows a day."""


class Vapid:
    """The server's key pair. `contact` is a `mailto:` or `https:` address of whoever runs the server."""

    def __init__(self, keys: Keys, contact: str) -> None:
        self._keys = keys
        self._contact = contact

    @cached_property
    def key(self) -> ec.EllipticCurvePrivateKey:
        """The private half."""
        wide = hashlib.sha512(self._keys.derive("vapid").encode()).digest()
        return ec.derive_private_key(int.from_bytes(wide, "big") % (ORDER - 1) + 1, ec.SECP256R1())

    @cached_property
    def public(self) -> str:
        """The public half, as a page hands it to `pushManager.subscribe`: base64url without padding."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(point).rstrip(b"=").decode()

    def claims(self, audience: str, now: datetime) -> dict[str, str | int]:
        """What is signed for a push service; `audience` is its scheme, host and port."""
        return {"aud": audience, "sub": self._contact, "exp": int((now + LASTS).timestamp())}
