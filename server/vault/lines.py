"""What stands in a backup, line by line, each a JSON value: a beginning, every table with its rows, an end.

A table's line names its columns and their sorts, so that a file can be read without the program that wrote it and put
back by a newer one. Rows are arrays in the order of the columns.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    TableClause,
    Text,
    column,
    table,
)
from sqlalchemy.types import TypeEngine
from sqlmodel.sql.sqltypes import AutoString

from server.tables.columns import Instant

FORM = 1
"""The version of this form."""

_SORTS: dict[str, tuple[TypeEngine[Any], tuple[type[Any], ...]]] = {
    "instant": (Instant(), (Instant,)),
    "json": (JSON(none_as_null=True), (JSON,)),
    "bool": (Boolean(), (Boolean,)),
    "int": (BigInteger(), (Integer,)),
    "date": (Date(), (Date,)),
    "bytes": (LargeBinary(), (LargeBinary,)),
    "text": (Text(), (String, AutoString)),
}
_PLAIN: dict[str, type[Any] | tuple[type[Any], ...]] = {"bool": bool, "int": int, "text": str, "json": (list, dict)}


class Damaged(Exception):
    """The text is not what a backup holds; the argument says where."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """When the copy was taken (all of it is of this moment), and the shape of its tables."""

    made_at: datetime
    revision: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A table's name, and the sorts of its columns by their names."""

    name: str
    columns: Mapping[str, str]

    @classmethod
    def of(cls, stored: Table) -> "Shape":
        """That of a table of this program."""
        return cls(str(stored.name), {str(each.name): _sort_of(each) for each in stored.columns})

    def target(self) -> TableClause:
        """The table to insert rows into."""
        return table(self.name, *(column(name, _SORTS[sort][0]) for name, sort in self.columns.items()))

    def read(self, values: object) -> dict[str, Any]:
        """A row as it goes into the database. Raises `Damaged`."""
        if not isinstance(values, list) or len(values) != len(self.columns):
            raise Damaged(f"a row of {self.name}")
        try:
            return {
                name: None if value is None else _value(sort, value)
                for (name, sort), value in zip(self.columns.items(), values, strict=True)
            }
        except (TypeError, ValueError):
            raise Damaged(f"a row of {self.name}") from None


def _sort_of(stored: Column[Any]) -> str:
    return next(name for name, (_, kinds) in _SORTS.items() if isinstance(stored.type, kinds))


def _value(sort: str, value: Any) -> Any:
    if sort == "instant":
        return datetime.fromisoformat(value)
    if sort == "date":
        return date.fromisoformat(value)
    if sort == "bytes":
        return b64decode(value, validate=True)
    if not isinstance(value, _PLAIN[sort]):
        raise TypeError
    return value


def beginning_line(beginning: Beginning) -> bytes:
    """The first line."""
    return _line({"stepwise_backup": FORM, "made_at": beginning.made_at, "revision": beginning.revision})


def table_line(shape: Shape) -> bytes:
    """The line before a table's rows."""
    return _line({"table": shape.name, "columns": dict(shape.columns)})


def row_line(values: tuple[Any, ...]) -> bytes:
    """A row."""
    return _line(values)


def end_line(rows: Mapping[str, int], digest: str) -> bytes:
    """The last line: how many rows each table has, and the SHA-256 of all lines before it."""
    return _line({"end": True, "rows": dict(rows), "sha256": digest})


def _line(value: object) -> bytes:
    return orjson.dumps(value, default=_base64, option=orjson.OPT_APPEND_NEWLINE)


def _base64(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError
    return b64encode(value).decode()


def parse(line: bytes) -> Any:
    """The value of a line. Raises `Damaged`."""
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        raise Damaged("a line that is no JSON") from None


def read_beginning(value: Any) -> Beginning:
    """The first line's meaning. Raises `Damaged`."""
    try:
        if value["stepwise_backup"] != FORM:
            raise Damaged("its form is that of a newer version of Stepwise")
        return Beginning(datetime.fromisoformat(value["made_at"]), str(value["revision"]))
    except (TypeError, KeyError, ValueError):
        raise Damaged("its beginning") from None


def read_shape(value: Mapping[str, Any]) -> Shape:
    """A table line's meaning. Raises `Damaged`."""
    name, columns = value.get("table"), value.get("columns")
    if not isinstance(name, str) or not isinstance(columns, dict) or not set(columns.values()) <= _SORTS.keys():
        raise Damaged("a table of an unknown sort")
    return Shape(name, columns)
