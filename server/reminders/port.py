"""What the engine and a channel know of each other: an address, a message, and how handing it over ended.

A message carries an opaque id, the key of a sentence and where in the app to go, and nothing else: no name, no
exercise, no clinic. An outcome carries a code of ours, never a provider's text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to send: `data` is what the channel `kind` stored. Personal: never in a log."""

    id: str
    clinic_id: str
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What to send: `id` is the collapse key, `ttl_s` for how long it is worth showing (whole seconds, at least 0)."""

    id: str
    sentence: str
    language: str
    path: str
    ttl_s: int
    silent: bool = False


class Result(StrEnum):
    """How handing a message over ended."""

    SENT = "sent"
    GONE = "gone"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`code` is stable, at most 40 characters of a–z, 0–9 and _; `after_s`: what the channel asked us to wait."""

    result: Result
    code: str
    after_s: float = 0.0

    @classmethod
    def sent(cls) -> Self:
        """The channel has it."""
        return cls(result=Result.SENT, code="sent")

    @classmethod
    def gone(cls, code: str) -> Self:
        """There is nobody at this address (404, 410), and never will be again: it is given up."""
        return cls(result=Result.GONE, code=code)

    @classmethod
    def later(cls, code: str, after_s: float = 0.0) -> Self:
        """Not now (429, 5xx, no answer in time): to be tried again, not before `after_s`."""
        return cls(result=Result.LATER, code=code, after_s=after_s)

    @classmethod
    def refused(cls, code: str) -> Self:
        """This message is never taken, or the address may not be used; the address stays."""
        return cls(result=Result.REFUSED, code=code)


class Channel(Protocol):
    """One way to reach people. Used by several threads at once."""

    kind: str

    def send(self, address: Address, message: Message, timeout_s: float) -> Outcome:
        """Hand one message over, in at most `timeout_s` in all. Never raises, never follows a redirect."""
        ...
