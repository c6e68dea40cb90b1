"""Parquet files: typed columns as they stand, rows counted from 1 (R12)."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from earned.books.readers import header
from earned.books.readers.part import Part, Wanted, count, literal, no_refused, quoted
from earned.books.readers.single_values import cells
from earned.engine import Engine


def read(wanted: Wanted, engine: Engine) -> Part:
    """Load a Parquet file into the engine. Raises InputError where it is damaged."""
    try:
        with pq.ParquetFile(wanted.file.path) as file:
            found, rows = file.schema_arrow.names, file.metadata.num_rows
        columns = header.names(wanted.file, [header.clean(c) for c in found])
        engine.connection.execute(_statement(wanted, columns, engine))
    except (pa.ArrowException, duckdb.Error, OSError) as wrong:
        said = str(wrong).splitlines()[0]
        raise wanted.file.refused("a whole Parquet file", f"export it again ({said})") from None
    kept = count(engine, wanted.relation)
    if kept != rows:
        raise wanted.file.refused(f"{rows:,} rows, as the file says; {kept:,} are there", "export it again")
    return Part(columns, "typed", kept, no_refused())


def _statement(wanted: Wanted, columns: tuple[str, ...], engine: Engine) -> str:
    named = ", ".join([*map(quoted, columns), "source_row"])
    rows = (
        f"read_parquet({literal(_no_pattern(str(wanted.file.path)))}, file_row_number = true, "
        f"hive_partitioning = false) AS t({named})"
    )
    types = [row[1] for row in engine.sql(f"DESCRIBE SELECT * EXCLUDE (source_row) FROM {rows}")]
    return (
        f"CREATE TABLE {quoted(wanted.relation)} AS SELECT {cells(columns, types, wanted)}, "
        f"{literal(wanted.file.name)} AS source_file, source_row + 1 AS source_row FROM {rows}"
    )


def _no_pattern(path: str) -> str:
    """The path with every wildcard escaped: the engine expands nothing of its own."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)
