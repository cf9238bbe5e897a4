"""Where the tokens of a sign-in live: a patient's in the store, a staff member's for as long as the tab lives.

With them lives the nonce of an exchange under way, so that one whose reply was lost is repeated word for word,
even by the next start of the app.
"""

import json
from secrets import token_urlsafe
from typing import Protocol

from app.platform.port import Platform
from app.store import Store
from hep import codec
from hep.problems import Refused
from hep.wire import Tokens


class Keeper(Protocol):
    """Keeps one sign-in. Tokens with a blank refresh token are used up: they only tell whose device this was."""

    async def load(self) -> Tokens | None:
        """The tokens, or None."""

    async def save(self, tokens: Tokens | None) -> None:
        """Keep or forget the tokens; ends the exchange under way. Raises `NotSaved`."""

    async def nonce(self) -> str:
        """The nonce of the exchange under way, begun by asking. Raises `NotSaved`."""


class StoreKeeper:
    """A patient's sign-in, in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self) -> Tokens | None:
        """The tokens, or None."""
        return _read(await self._store.meta("tokens"))

    async def save(self, tokens: Tokens | None) -> None:
        """Keep or forget the tokens; ends the exchange under way. Raises `NotSaved`."""
        await self._store.set_meta({"tokens": _write(tokens), "nonce": None})

    async def nonce(self) -> str:
        """The nonce of the exchange under way, begun by asking. Raises `NotSaved`."""
        nonce = await self._store.meta("nonce")
        if nonce is None:
            nonce = token_urlsafe(24)
            await self._store.set_meta({"nonce": nonce})
        return nonce


class SessionKeeper:
    """A staff member's sign-in, gone with the tab."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def load(self) -> Tokens | None:
        """The tokens, or None."""
        return _read(self._platform.session_get("tokens"))

    async def save(self, tokens: Tokens | None) -> None:
        """Keep or forget the tokens; ends the exchange under way."""
        self._platform.session_set("tokens", _write(tokens))
        self._platform.session_set("nonce", None)

    async def nonce(self) -> str:
        """The nonce of the exchange under way, begun by asking."""
        nonce = self._platform.session_get("nonce") or token_urlsafe(24)
        self._platform.session_set("nonce", nonce)
        return nonce


def _read(text: str | None) -> Tokens | None:
    try:
        return codec.load(Tokens, json.loads(text)) if text else None
    except (Refused, ValueError):
        return None


def _write(tokens: Tokens | None) -> str | None:
    return None if tokens is None else json.dumps(codec.dump(tokens))
