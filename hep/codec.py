"""Records to JSON and back, by their type hints, with the standard library alone.

Knows dataclasses, enums, dates, aware instants, decimals (as strings), tuples, unions with None and plain
dictionaries. Reading keeps out what does not fit (`Refused`, code `invalid`) and ignores unknown fields: the
caller keeps the verbatim body where they must survive. A date, an instant and a number have one written form each,
not every form that Python would read.
"""

import re
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from hep.problems import Refused

T = TypeVar("T")
Reader = Callable[[object], Any]

YEAR = r"[12][0-9]{3}"
DATE = YEAR + r"-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
INSTANT = DATE + r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
DECIMAL = r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?"
LONGEST_DECIMAL = 24
"""The written forms, as regular expressions, and the most characters of a number (inclusive). Years: 1000 to 2999."""

_DATE, _INSTANT, _DECIMAL = re.compile(DATE), re.compile(INSTANT), re.compile(DECIMAL)


def dump(value: Any) -> Any:
    """Turn a record into JSON-ready values; instants become UTC with a trailing Z."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: dump(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: dump(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [dump(item) for item in value]
    return value


def load(kind: type[T], data: object) -> T:
    """Read `data` as `kind`. Raises `Refused` with code `invalid`, or the record's own code, never another error."""
    hint: Any = kind
    return _reader(hint)(data)  # type: ignore[no-any-return]


@cache
def _reader(hint: Any) -> Reader:
    """The function that reads a hint, built once: a phone and a server read thousands of rows of a few kinds."""
    if isinstance(hint, type) and is_dataclass(hint):
        return _record_reader(hint)
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return _optional_reader(get_args(hint))
    if origin is tuple:
        return _tuple_reader(_reader(get_args(hint)[0]))
    if hint is Any or hint is object:
        return lambda data: data
    return _scalar_reader(origin or hint)


def _record_reader(kind: type) -> Reader:
    hints = get_type_hints(kind)
    plan = tuple(
        (
            f.name,
            _as_is(hints[f.name]),
            _reader(hints[f.name]),
            f.default is MISSING and f.default_factory is MISSING,
        )
        for f in fields(kind)
        if f.init
    )

    def read(data: object) -> Any:
        if not isinstance(data, dict):
            raise _unfit("object")
        given: dict[str, Any] = {}
        for name, as_is, reader, required in plan:
            if name in data:
                value = data[name]
                given[name] = value if type(value) in as_is else reader(value)
            elif required:
                raise _unfit(f"field {name}")
        return kind(**given)

    return read


def _as_is(hint: Any) -> frozenset[type]:
    """The types whose values a hint takes unread: most fields hold a text, a number or nothing."""
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    first = next(option for option in options if option is not NoneType)
    plain = {first} if first in (str, int, float, bool) else set()
    return frozenset(plain | ({NoneType} if NoneType in options else set()))


def _optional_reader(options: tuple[Any, ...]) -> Reader:
    reader = _reader(next(o for o in options if o is not NoneType))
    if NoneType not in options:
        return reader
    return lambda data: None if data is None else reader(data)


def _tuple_reader(reader: Reader) -> Reader:
    def read(data: object) -> tuple[Any, ...]:
        if not isinstance(data, list | tuple):
            raise _unfit("list")
        return tuple(map(reader, data))

    return read


def _scalar_reader(kind: Any) -> Reader:
    if kind in _READERS:
        return _READERS[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum_reader(kind)

    def read(data: object) -> Any:
        if kind is float and type(data) is int:
            return float(data)
        if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
            raise _unfit(kind.__name__)
        return data

    return read


def _enum_reader(kind: type[Enum]) -> Reader:
    def read(data: object) -> Any:
        try:
            return kind(data)
        except ValueError:
            raise _unfit("choice") from None

    return read


def read_instant(data: object) -> datetime:
    """An aware instant from its ISO text, or an aware datetime as it is. Raises `Refused`."""
    try:
        if isinstance(data, str) and _INSTANT.fullmatch(data):
            return datetime.fromisoformat(data).astimezone(UTC)
        if isinstance(data, datetime) and data.tzinfo is not None:
            return data.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _unfit("instant with a time zone")


def read_date(data: object) -> date:
    """A date from its ISO text (`2026-11-22`), or a date as it is. Raises `Refused`."""
    if isinstance(data, str) and _DATE.fullmatch(data):
        try:
            return date.fromisoformat(data)
        except ValueError:
            raise _unfit("date") from None
    if isinstance(data, date) and not isinstance(data, datetime):
        return data
    raise _unfit("date")


def _read_decimal(data: object) -> Decimal:
    if isinstance(data, str | int | Decimal) and not isinstance(data, bool):
        text = str(data)
        if len(text) <= LONGEST_DECIMAL and _DECIMAL.fullmatch(text):
            return Decimal(data)
    raise _unfit("number")


def _unfit(expected: str) -> Refused:
    return Refused("invalid", f"An entry is not of the expected form ({expected}).")


_READERS: dict[Any, Reader] = {datetime: read_instant, date: read_date, Decimal: _read_decimal}
