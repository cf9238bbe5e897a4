"""Seals the few secrets that must be used again and so cannot be digests: AES-256-GCM, by the server's key.

What is sealed is bound to what it is of: copied into another row it does not open. With another `secret.key` nothing
opens any more, and whoever entered a secret enters it again.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.security import Keys

_NONCE_BYTES = 12


class Sealer:
    """Seals and opens texts. `about` names the record and the field a text belongs to."""

    def __init__(self, keys: Keys) -> None:
        self._box = AESGCM(urlsafe_b64decode(keys.derive("sealing") + "="))

    def seal(self, text: str, *about: str) -> str:
        """The text, sealed; different each time."""
        nonce = token_bytes(_NONCE_BYTES)
        return urlsafe_b64encode(nonce + self._box.encrypt(nonce, text.encode(), _named(about))).decode()

    def open(self, sealed: str, *about: str) -> str | None:
        """The text, None if it was sealed with another key, for something else, or was changed."""
        try:
            raw = urlsafe_b64decode(sealed)
            return self._box.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _named(about)).decode()
        except (InvalidTag, ValueError):
            return None


def _named(about: tuple[str, ...]) -> bytes:
    return "\n".join(about).encode()
