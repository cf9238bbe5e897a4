"""Statements over many rows at once, past the toolkit's work on every single value.

The toolkit writes the statement and says how a value is stored; what it would do again for each row is done once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, Dialect, String, Table, bindparam, cast, func, insert
from sqlalchemy.sql.selectable import FromClause

Row = Mapping[str, Any]


def insert_many(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows (not empty) that name every column of the table."""
    statement, bind = _prepared(table, connection.dialect)
    connection.exec_driver_sql(statement, [bind(row) for row in rows])


@lru_cache(maxsize=16)
def _prepared(table: Table, dialect: Dialect) -> tuple[str, Callable[[Row], Any]]:
    """The INSERT as the driver wants it, and what makes its parameters of a row."""
    compiled = insert(table).compile(dialect=dialect)
    names = tuple(compiled.positiontup or table.columns.keys())
    processors = (table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names)
    stored = [(n, process) for n, process in enumerate(processors) if process is not None]
    take = itemgetter(*names)

    def values(row: Row) -> list[Any]:
        taken = list(take(row))
        for n, process in stored:
            taken[n] = process(taken[n])
        return taken

    if compiled.positional:
        return str(compiled), lambda row: tuple(values(row))
    return str(compiled), lambda row: dict(zip(names, values(row), strict=True))


def given_texts(dialect: Dialect) -> FromClause:
    """A table with the one column `value`: the texts bound as `texts`, one JSON list however many there are."""
    texts = bindparam("texts", type_=String)
    if dialect.name == "sqlite":
        return func.json_each(texts).table_valued("value")
    return func.json_array_elements_text(cast(texts, JSON)).table_valued("value")


def as_texts(values: Iterable[str]) -> str:
    """The value for `texts`."""
    return orjson.dumps(list(values)).decode()
