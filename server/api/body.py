"""Request bodies: read by `hep.codec`, the reader both sides share, and closed to unknown fields.

`Body[Kind]` is the annotation of a body parameter. OpenAPI sees the record's fields; an error carries a code and a
sentence and never the value.
"""

from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from hep import codec
from hep.problems import Refused
from server import bounds

T = TypeVar("T")


def read_body(kind: type[T], data: object) -> T:
    """`data` as `kind`. Raises `Refused`: `malformed`, `unknown_field`, `text_invalid`, `invalid`, or a rule's."""
    try:
        _close(kind, data)
        record = codec.load(kind, data)
        _bound(kind, data)
    except RecursionError:
        raise Refused("malformed", "The request is nested too deeply.") from None
    return record


def _bound(hint: Any, data: object) -> None:
    """The bounds of a record and of all within it; what a record refuses itself has been refused, with its own code."""
    hint = _present(hint)
    if isinstance(hint, type) and is_dataclass(hint) and isinstance(data, dict):
        bounds.check(hint.__name__, data)
        for name, value in data.items():
            _bound(_hints(hint)[name], value)
    elif get_origin(hint) is tuple and isinstance(data, list):
        for item in data:
            _bound(get_args(hint)[0], item)


def _close(hint: Any, data: object) -> None:
    hint = _present(hint)
    if isinstance(data, str):
        _check_storable(data)
    elif isinstance(hint, type) and is_dataclass(hint) and isinstance(data, dict):
        _close_record(hint, data)
    elif get_origin(hint) is tuple and isinstance(data, list):
        for item in data:
            _close(get_args(hint)[0], item)


def _close_record(kind: type, data: dict[str, Any]) -> None:
    known = _hints(kind)
    if not known.keys() >= data.keys():
        raise Refused("unknown_field", "The request holds a field this server does not know. Update the app.")
    for name, value in data.items():
        _close(known[name], value)


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {f.name: hints[f.name] for f in fields(kind)}


def _present(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        return next(option for option in get_args(hint) if option is not type(None))
    return hint


def _check_storable(text: str) -> None:
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise Refused("text_invalid", "Use plain text only.")


class _ByCodec:
    """Makes pydantic validate with `read_body` and describe the record as it would itself."""

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        kind = self._kind
        return core_schema.no_info_wrap_validator_function(lambda data, _own: read_body(kind, data), handler(source))


if TYPE_CHECKING:
    Body = Annotated[T, "read by hep.codec"]
else:

    class Body:
        """`Body[Kind]`: a request body of that kind."""

        def __class_getitem__(cls, kind: type) -> Any:
            return Annotated[kind, _ByCodec(kind)]
