"""Parquet files: typed columns as they stand, rows counted from 1 (R12)."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from earned.books.file import not_the_machine
from earned.books.readers import header
from earned.books.readers.part import Part, Wanted, count, literal, no_refused, quoted
from earned.books.readers.single_values import cells
from earned.engine import Engine


def read(wanted: Wanted, engine: Engine) -> Part:
    """Load a Parquet file into the engine. Raises InputError where it is damaged."""
    try:
        with pq.ParquetFile(wanted.file.path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
        _exact(wanted, schema)
        columns = header.names(wanted.file, [header.clean(c) for c in schema.names])
        engine.connection.execute(_statement(wanted, columns, engine))
    except (pa.ArrowException, duckdb.Error, OSError) as wrong:
        not_the_machine(wrong, wanted.file)
        said = str(wrong).splitlines()[0]
        raise wanted.file.refused(
            "a whole Parquet file", f"export it again ({said})", reason="corrupt"
        ) from None
    kept = count(engine, wanted.relation)
    if kept != rows:
        raise wanted.file.refused(
            f"{rows:,} rows, as the file says; {kept:,} are there", "export it again", reason="corrupt"
        )
    return Part(columns, "typed", kept, no_refused())


def _exact(wanted: Wanted, schema: pa.Schema) -> None:
    """Raise InputError for decimals of more than 38 digits, which the engine reads as other numbers."""
    wide = [field.name for field in schema if pa.types.is_decimal256(field.type)]
    if wide:
        expected = "numbers of at most 38 digits; this column is declared for more"
        do = "export it again, the column as decimal(38, 2)"
        raise wanted.file.refused(expected, do, column=wide[0], reason="column_type")


def _statement(wanted: Wanted, columns: tuple[str, ...], engine: Engine) -> str:
    named = ", ".join([*map(quoted, columns), "source_row"])
    path, taken = (
        literal(_no_pattern(str(wanted.file.path))),
        "file_row_number" in {c.casefold() for c in columns},
    )
    rows = f"read_parquet({path}, file_row_number = {not taken}, hive_partitioning = false)"
    if taken:  # the engine has no other name for its own
        rows = f"(SELECT *, row_number() OVER () - 1 FROM {rows})"
    rows = f"{rows} AS t({named})"
    types = [row[1] for row in engine.sql(f"DESCRIBE SELECT * EXCLUDE (source_row) FROM {rows}")]
    return (
        f"CREATE TABLE {quoted(wanted.relation)} AS SELECT {cells(columns, types, wanted)}, "
        f"{literal(wanted.file.name)} AS source_file, source_row + 1 AS source_row FROM {rows}"
    )


def _no_pattern(path: str) -> str:
    """The path with every wildcard escaped: the engine expands nothing of its own."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in path)
