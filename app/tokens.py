"""Where the tokens of a sign-in live: a patient's in the store, a staff member's for as long as the tab lives.

With them lives the nonce of an exchange under way, so that one whose reply was lost is repeated word for word,
even by the next start of the app. A patient's last exchanges are kept too: a server restored from a backup knows an
older token than the newest, and repeating the exchange it knows, word for word, leads on from there.
"""

import json
from secrets import token_urlsafe
from typing import Protocol

from app.platform.port import Platform
from app.store import Store
from hep import codec
from hep.problems import Refused
from hep.wire import Refresh, Tokens

MOST_SPENT = 100
"""Exchanges kept: a day and a night without a pause, weeks of ordinary use."""


class Keeper(Protocol):
    """Keeps one sign-in. Tokens with a blank refresh token are used up: they only tell whose device this was."""

    async def load(self) -> Tokens | None:
        """The tokens, or None."""

    async def save(self, tokens: Tokens | None) -> None:
        """Keep or forget the tokens; ends the exchange under way. Raises `NotSaved`."""

    async def nonce(self) -> str:
        """The nonce of the exchange under way, begun by asking. Raises `NotSaved`."""

    async def exchanged(self, spent: Refresh, tokens: Tokens) -> None:
        """Keep what an exchange gave; ends it. Raises `NotSaved`."""

    async def spent(self) -> tuple[Refresh, ...]:
        """The exchanges that led to these tokens, newest first, as far as they are kept."""


class StoreKeeper:
    """A patient's sign-in, in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self) -> Tokens | None:
        """The tokens, or None."""
        return _read(await self._store.meta("tokens"))

    async def save(self, tokens: Tokens | None) -> None:
        """Keep or forget the tokens; ends the exchange under way. Raises `NotSaved`."""
        await self._store.set_meta({"tokens": _write(tokens), "nonce": None, "spent": None})

    async def exchanged(self, spent: Refresh, tokens: Tokens) -> None:
        """Keep the tokens and the exchange; ones newer than it, of a server that is no more, are forgotten."""
        kept = await self.spent()
        led = [spent, *kept[kept.index(spent) + 1 if spent in kept else 0 :]][:MOST_SPENT]
        pairs = json.dumps([[each.refresh_token, each.nonce] for each in led])
        await self._store.set_meta({"tokens": _write(tokens), "nonce": None, "spent": pairs})

    async def spent(self) -> tuple[Refresh, ...]:
        """The last exchanges, newest first."""
        pairs = json.loads(await self._store.meta("spent") or "[]")
        return tuple(Refresh(refresh_token=token, nonce=nonce) for token, nonce in pairs)

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

    async def exchanged(self, spent: Refresh, tokens: Tokens) -> None:
        """Keep the tokens; ends the exchange under way."""
        await self.save(tokens)

    async def spent(self) -> tuple[Refresh, ...]:
        """None: staff have a password to sign in with."""
        return ()

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
