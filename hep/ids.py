"""Ids that a device makes alone: UUIDv7 (RFC 9562), unique but never an order."""

from collections.abc import Callable
from datetime import datetime
from secrets import token_bytes
from uuid import UUID


def new_id(now: datetime, randomness: Callable[[int], bytes] = token_bytes) -> str:
    """A UUIDv7 for the aware instant `now`; `randomness(n)` gives n bytes. Raises ValueError for a naive `now`."""
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    millis = int(now.timestamp() * 1000) & (2**48 - 1)
    tail = int.from_bytes(randomness(10), "big")
    value = millis << 80 | 0x7 << 76 | (tail >> 68 & 0xFFF) << 64 | 0b10 << 62 | (tail & (2**62 - 1))
    return str(UUID(int=value))
