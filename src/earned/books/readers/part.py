"""What a reader hands over: one file, sheet or table, loaded into the engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from earned.books.file import File
from earned.books.mapping import Source
from earned.engine import Engine

REFUSED = pa.schema(
    [
        ("source_file", pa.string()),
        ("source_row", pa.int64()),
        ("column_name", pa.string()),
        ("value", pa.string()),
        ("reason", pa.string()),
        ("expected", pa.string()),
    ]
)


@dataclass(frozen=True)
class Wanted:
    """A file to read: for which source, with which headers expected, into which engine table."""

    file: File
    source: Source
    expected: frozenset[str]
    by_name: bool
    relation: str


@dataclass(frozen=True)
class Part:
    """A loaded file: its columns in order, its kind, rows kept and refused, and its sheet or table."""

    columns: tuple[str, ...]
    kind: str
    kept: int
    refused: pa.Table
    date1904: bool = False
    inner: str | None = None


def quoted(name: str) -> str:
    """A name as the engine's SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as the engine's SQL takes it."""
    return "'" + text.replace("'", "''") + "'"


def no_refused() -> pa.Table:
    """No refused row."""
    return REFUSED.empty_table()


def refused(file: File, rows: Iterable[int], values: Sequence[str], expected: str) -> pa.Table:
    """Rows whose shape cannot be used, by line and text."""
    lines = list(rows)
    return pa.table(
        [
            [file.name] * len(lines),
            lines,
            [None] * len(lines),
            list(values),
            ["shape"] * len(lines),
            [expected] * len(lines),
        ],
        schema=REFUSED,
    )


def load(engine: Engine, wanted: Wanted, incoming: pa.RecordBatchReader | pa.Table, select: str) -> int:
    """Make the engine table of a part from Arrow data named `incoming`; returns its rows."""
    engine.connection.register("incoming", incoming)
    try:
        engine.connection.execute(f"CREATE TABLE {quoted(wanted.relation)} AS {select}")
    finally:
        engine.connection.unregister("incoming")
    return count(engine, wanted.relation)


def count(engine: Engine, relation: str) -> int:
    """Rows of an engine table."""
    return int(engine.sql(f"SELECT count(*) FROM {quoted(relation)}")[0][0])
