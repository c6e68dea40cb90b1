"""A table as one SELECT over the sources, run where no file and no network can be reached (R8).

The statement comes from the people under investigation: it is proved to be exactly one SELECT that
reads the sources and gives the same rows every time, it may run for a bounded time, and
`Engine.shut_out` stands before it.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from earned.books import limits, sql
from earned.books.select_content import nodes, strange
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
    try:
        statement, tree = _one_select(query, place, engine)
        _refuse(strange(tree, engine), place)
    except RecursionError:
        raise _fault("a SELECT with fewer levels inside each other", "Write it flatter", place) from None
    views = tuple(sources)
    database = engine.sql("SELECT current_database()")[0][0]
    for s in views:
        body = f"SELECT * FROM {sql.name(database)}.main.{sql.name(s.relation)}"
        engine.sql(f"CREATE OR REPLACE TEMP VIEW {sql.name(s.name)} AS {body}")
    began = time.monotonic()
    try:
        with _bounded(engine):
            engine.sql(f"CREATE OR REPLACE TABLE {relation}_result AS\n{statement}")
    except duckdb.InterruptException:
        do = "Correct a join without a condition or a recursion without an end, or prepare the table outside"
        raise limits.beyond(_which(began), "books.yaml", do, column=place) from None
    except duckdb.Error as wrong:
        do = f"Correct the SELECT; the sources are {', '.join(s.name for s in views)}"
        raise _fault(f"a SELECT that runs; {wrong}", do, place) from None
    finally:
        for s in views:
            engine.sql(f"DROP VIEW IF EXISTS temp.{sql.name(s.name)}")
    read = {node["table_name"].casefold() for node in nodes(tree) if node.get("type") == "BASE_TABLE"}
    taken = tuple(s for s in views if {s.name.casefold(), s.relation.casefold()} & read)
    return Selected(relation, taken, _with_lineage(relation, place, engine))


def _which(began: float) -> str:
    """The limit that stopped a SELECT."""
    return "select_time" if time.monotonic() - began > limits.most("select_time") else "select_disk"


@contextmanager
def _bounded(engine: Engine) -> Iterator[None]:
    """Interrupt what runs inside once its time is over or it has written too much."""
    done, began, before = threading.Event(), time.monotonic(), _written(engine)
    most_time, most_disk = limits.most("select_time"), limits.most("select_disk")

    def watch() -> None:
        while not done.wait(0.1):
            if time.monotonic() - began > most_time or _written(engine) - before > most_disk:
                engine.connection.interrupt()
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _written(engine: Engine) -> int:
    """Bytes that stand in the engine's folder; a file that goes meanwhile does not count."""
    total = 0
    for path in engine.folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size
    return total


def _one_select(query: str, place: str, engine: Engine) -> tuple[str, Any]:
    """The statement and its tree; PRAGMA, SHOW and the like are no SELECT, though the engine says so."""
    try:
        statements = engine.connection.extract_statements(query)
    except duckdb.Error as wrong:
        raise _fault(f"a SELECT; {wrong}", "Correct the SELECT", place) from None
    found = ", ".join(s.type.name for s in statements) or "nothing"
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise _fault(f"exactly one SELECT, found {found}", "Write one SELECT", place)
    text = str(statements[0].query).strip().rstrip(";")
    tree = json.loads(engine.sql(f"SELECT json_serialize_sql({sql.text(text)})")[0][0])
    if tree["error"] or any(node.get("type") == "SHOW_REF" for node in nodes(tree)):
        raise _fault("exactly one SELECT, found another statement", "Write one SELECT", place)
    return text, tree


def _refuse(strange: set[str], place: str) -> None:
    if strange:
        named = ", ".join(sorted(strange))
        expected = f"a SELECT over the sources that gives the same rows every time, without {named}"
        raise _fault(expected, "Take it out, or write the value itself", place)


def _fault(expected: str, do: str, place: str) -> InputError:
    return InputError([Fault(expected, do, "books.yaml", column=place, reason="select")])


def _with_lineage(relation: str, place: str, engine: Engine) -> bool:
    """The result with source_file and source_row; rows are numbered where it does not carry both."""
    columns = {str(row[0]).casefold(): str(row[0]) for row in engine.sql(f"DESCRIBE {relation}_result")}
    own = all(c in columns for c in _LINEAGE)
    rest = ", ".join(sql.name(c) for folded, c in columns.items() if folded not in _LINEAGE)
    file, row = map(sql.name, _LINEAGE) if own else (sql.text(f"books.yaml: {place}"), "rowid + 1")
    engine.sql(
        f"CREATE OR REPLACE VIEW {relation} AS SELECT {rest}{', ' if rest else ''}"
        f"CAST({file} AS VARCHAR) AS source_file, TRY_CAST({row} AS BIGINT) AS source_row "
        f"FROM {relation}_result"
    )
    return own
