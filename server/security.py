"""Secrets: hashing passwords in a bounded room of their own, deriving tokens, digesting what is looked up.

A token is 256 bits. Successors are derived with the server's key from what the client already holds and its nonce,
so that a repeated request gets the same answer although nothing secret is stored (decisions 12).
"""

import asyncio
import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from secrets import token_bytes, token_urlsafe

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from hep.problems import check
from server.problems import Declined

PARALLEL_HASHES = 2
"""Argon2id takes 19 MiB each (OWASP's profile): more at once would let a flood of sign-ins take the memory."""

WAITING_HASHES = 40
"""Sign-ins that may queue for a hash; further ones are told that the server is busy."""

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256
"""Characters, both inclusive. Source: ASVS 5.0 6.2.1 asks for 8 at the least and recommends 15."""


def digest(token: str) -> str:
    """How a token of full entropy is stored: SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def random_token() -> str:
    """A fresh token of 256 bits."""
    return token_urlsafe(32)


class Keys:
    """What needs the server's secret key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def derive(self, purpose: str, *parts: str) -> str:
        """A token of 256 bits that only this server can make, the same for the same purpose and parts."""
        return urlsafe_b64encode(self._mac(purpose, parts)).rstrip(b"=").decode()

    def lookup(self, purpose: str, *parts: str) -> str:
        """A keyed digest, in hex, of something with little entropy: of no use to a reader of the database alone."""
        return self._mac(purpose, parts).hex()

    def _mac(self, purpose: str, parts: tuple[str, ...]) -> bytes:
        return hmac.digest(self._key, json.dumps([purpose, *parts]).encode(), "sha256")


_DECORATED = re.compile(r"[\d\W_]{0,8}(.*?)[\d\W_]{0,8}")

COMMON = Path(__file__).with_name("common_passwords.txt")
"""Patterns people choose once twelve characters are asked for. Our own list: no password leaves this machine."""


def check_password(password: str) -> None:
    """Refuse a password that is too short, too long or among the common ones, without repeating it."""
    ok = SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD and len(set(password)) >= 5 and not _common(password)
    check(ok, "password_weak", f"Choose a password of at least {SHORTEST_PASSWORD} characters that is hard to guess.")


def _common(password: str) -> bool:
    """Whether it is a common one, in any case, with spaces, or with a few digits and signs before or behind it."""
    bare = "".join(password.casefold().split())
    word = _DECORATED.fullmatch(bare)
    return bare in _common_ones() or (word is not None and word[1] in _common_ones())


@cache
def _common_ones() -> frozenset[str]:
    return frozenset(COMMON.read_text().split())


class Passwords:
    """Argon2id, two at once. An unknown person costs the same time as a wrong password."""

    def __init__(self, memory_kib: int, rounds: int) -> None:
        self._hasher = PasswordHash((Argon2Hasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1),))
        self._nobody = self._hasher.hash(token_bytes(16).hex())
        self._room = ThreadPoolExecutor(PARALLEL_HASHES, thread_name_prefix="argon2")
        self._waiting = 0

    def hash(self, password: str) -> str:
        """The hash to store, in this thread: for commands, not for requests."""
        return self._hasher.hash(password)

    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether the password fits, and a new hash when the stored one is of older parameters.

        `stored` None stands for an unknown person: False, in the same time. Raises `busy` when too many wait.
        """
        if self._waiting >= WAITING_HASHES:
            raise Declined("busy", retry_after=5)
        self._waiting += 1
        try:
            work = asyncio.get_running_loop().run_in_executor(
                self._room, self._hasher.verify_and_update, password, stored or self._nobody
            )
            fits, renewed = await work
        finally:
            self._waiting -= 1
        return (fits and stored is not None), (renewed if fits and stored is not None else None)

    def close(self) -> None:
        """Let the hashing threads end."""
        self._room.shutdown(wait=False, cancel_futures=True)
