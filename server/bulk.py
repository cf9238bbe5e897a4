"""Statements over many rows at once, past the toolkit's work on every single value.

The toolkit writes the statement and says how a value is stored; what it would do again for each row is done once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, Dialect, String, Table, bindparam, cast, func, insert
from sqlalchemy.sql.selectable import FromClause

Row = Mapping[str, Any]


def insert_many(
    connection: Connection, table: Table, rows: Sequence[Row], shared: Row, *, unless_there: bool = False
) -> None:
    """Insert rows (not empty), each of the same columns; with those of `shared`, which all have alike, every column.

    `unless_there`: a row that a unique key knows already is left out instead of an error.
    """
    prepared = _prepared(table, connection.dialect)
    same = _stored(shared, prepared.processors)
    own = {name: process for name, process in prepared.processors.items() if name not in shared}
    statement = f"{prepared.statement} ON CONFLICT DO NOTHING" if unless_there else prepared.statement
    connection.exec_driver_sql(statement, [prepared.finish(same | _stored(row, own)) for row in rows])


def _stored(row: Row, processors: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """The row's values as they are stored."""
    return {**row, **{name: process(row[name]) for name, process in processors.items() if name in row}}


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The INSERT as the driver wants it, how values are stored, and what makes its parameters of a row of them."""

    statement: str
    processors: Mapping[str, Callable[[Any], Any]]
    finish: Callable[[Row], Any]


@lru_cache(maxsize=16)
def _prepared(table: Table, dialect: Dialect) -> _Prepared:
    compiled = insert(table).compile(dialect=dialect)
    names = tuple(compiled.positiontup or table.columns.keys())
    found = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}
    processors = {name: process for name, process in found.items() if process is not None}
    return _Prepared(str(compiled), processors, itemgetter(*names) if compiled.positional else dict)


def given_texts(dialect: Dialect) -> FromClause:
    """A table with the one column `value`: the texts bound as `texts`, one JSON list however many there are."""
    texts = bindparam("texts", type_=String)
    if dialect.name == "sqlite":
        return func.json_each(texts).table_valued("value")
    return func.json_array_elements_text(cast(texts, JSON)).table_valued("value")


def as_texts(values: Iterable[str]) -> str:
    """The value for `texts`."""
    return orjson.dumps(list(values)).decode()
