"""A table as one SELECT over the sources, run where no file and no network can be reached (R8).

The statement comes from the people under investigation: it is proved to be exactly one SELECT, and
`Engine.shut_out` stands before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from earned.books import sql
from earned.faults import Fault, InputError

if TYPE_CHECKING:
    from earned.books.readers import SourceTable
    from earned.engine import Engine

_LINEAGE = ("source_file", "source_row")


@dataclass(frozen=True)
class Selected:
    """The result of a SELECT: its table, with lineage added where it had none; the sources it read."""

    relation: str
    sources: tuple[SourceTable, ...]
    lineage: bool


def run(query: str, place: str, relation: str, sources: Iterable[SourceTable], engine: Engine) -> Selected:
    """Run the SELECT of `place` (tables.entries) into a table. Raises InputError with the engine's words."""
    statement = _one_select(query, place, engine)
    views = tuple(sources)
    database = engine.sql("SELECT current_database()")[0][0]
    for s in views:
        body = f"SELECT * FROM {sql.name(database)}.main.{sql.name(s.relation)}"
        engine.sql(f"CREATE OR REPLACE TEMP VIEW {sql.name(s.name)} AS {body}")
    try:
        read = _tables_read(statement, engine)
        engine.sql(f"CREATE OR REPLACE TABLE {relation}_result AS\n{statement}")
    except duckdb.Error as wrong:
        sources_named = ", ".join(s.name for s in views)
        do = f"Correct the SELECT; the sources are {sources_named}"
        raise InputError([Fault(f"a SELECT that runs; {wrong}", do, "books.yaml", column=place)]) from None
    finally:
        for s in views:
            engine.sql(f"DROP VIEW IF EXISTS temp.{sql.name(s.name)}")
    own = _with_lineage(relation, place, engine)
    return Selected(
        relation, tuple(s for s in views if {s.name.casefold(), s.relation.casefold()} & read), own
    )


def _one_select(query: str, place: str, engine: Engine) -> str:
    try:
        statements = engine.connection.extract_statements(query)
    except duckdb.Error as wrong:
        fault = Fault(f"a SELECT; {wrong}", "Correct the SELECT", "books.yaml", column=place)
        raise InputError([fault]) from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        found = ", ".join(s.type.name for s in statements) or "nothing"
        fault = Fault(f"exactly one SELECT, found {found}", "Write one SELECT", "books.yaml", column=place)
        raise InputError([fault])
    return str(statements[0].query).strip().rstrip(";")


def _tables_read(statement: str, engine: Engine) -> set[str]:
    """The names that stand after FROM and JOIN anywhere in the statement, without case."""
    tree = json.loads(engine.sql(f"SELECT json_serialize_sql({sql.text(statement)})")[0][0])
    return {name.casefold() for name in _names(tree)}


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            yield node["table_name"]
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _names(inner)


def _with_lineage(relation: str, place: str, engine: Engine) -> bool:
    """The result with source_file and source_row; rows are numbered where it carries none."""
    columns = [row[0] for row in engine.sql(f"DESCRIBE {relation}_result")]
    own = all(c in columns for c in _LINEAGE)
    rest = ", ".join(sql.name(c) for c in columns if c not in _LINEAGE)
    file, row = _LINEAGE if own else (sql.text(f"books.yaml: {place}"), "rowid + 1")
    engine.sql(
        f"CREATE OR REPLACE VIEW {relation} AS SELECT {rest}{', ' if rest else ''}"
        f"CAST({file} AS VARCHAR) AS source_file, TRY_CAST({row} AS BIGINT) AS source_row "
        f"FROM {relation}_result"
    )
    return own
