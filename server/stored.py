"""Reads what this server itself has stored. A body that cannot be read is an accident of ours, never the caller's."""

from typing import Any, TypeVar

import orjson

from hep import codec
from hep.problems import Refused

T = TypeVar("T")


class Unreadable(ValueError):
    """A stored body is not what was written: the request ends in `internal`. Names the kind and nothing of the body."""


def load(kind: type[T], text: str) -> T:
    """The record in a stored text. Raises `Unreadable`."""
    return read(kind, parse(text))


def parse(text: str) -> Any:
    """The JSON of a stored text. Raises `Unreadable`."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Unreadable("JSON") from None


def read(kind: type[T], data: object) -> T:
    """The record in stored JSON values. Raises `Unreadable`."""
    try:
        return codec.load(kind, data)
    except Refused:
        raise Unreadable(getattr(kind, "__name__", "list")) from None
