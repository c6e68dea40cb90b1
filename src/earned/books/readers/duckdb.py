"""Tables of a DuckDB file, opened read-only: typed columns, rows counted from 1 (R12).

Only base tables: a view could reach any file of the machine that reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from earned.books.file import File, not_the_machine
from earned.books.readers import header
from earned.books.readers.part import Part, Wanted, count, literal, no_refused, quoted
from earned.books.readers.single_values import cells
from earned.engine import Engine

_ALIAS = "books_file"


def tables(file: File, engine: Engine) -> tuple[str, ...]:
    """The names of the file's tables, in order. Raises InputError where it cannot be opened."""
    with _attached(file, engine):
        found = engine.sql(
            f"SELECT table_name FROM duckdb_tables() WHERE database_name = '{_ALIAS}' "
            "AND schema_name = 'main' AND NOT internal ORDER BY table_name"
        )
    return tuple(str(name) for (name,) in found)


def read(wanted: Wanted, table: str, engine: Engine) -> Part:
    """Load a table of a DuckDB file into the engine."""
    with _attached(wanted.file, engine):
        found = engine.sql(
            f"SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = '{_ALIAS}' "
            f"AND schema_name = 'main' AND table_name = {literal(table)} ORDER BY column_index"
        )
        columns = header.names(wanted.file, [header.clean(str(name)) for name, _ in found])
        named = ", ".join(map(quoted, columns))
        listed = cells(columns, [str(kind) for _, kind in found], wanted)
        engine.connection.execute(
            f"CREATE TABLE {quoted(wanted.relation)} AS SELECT {listed}, "
            f"{literal(wanted.file.name)} AS source_file, row_number() OVER () AS source_row "
            f"FROM {_ALIAS}.main.{quoted(table)} AS t({named})"
        )
    return Part(columns, "typed", count(engine, wanted.relation), no_refused(), inner=table)


@contextmanager
def _attached(file: File, engine: Engine) -> Iterator[None]:
    try:
        engine.connection.execute(f"ATTACH {literal(str(file.path))} AS {_ALIAS} (READ_ONLY)")
    except duckdb.Error as wrong:
        not_the_machine(wrong, file)
        said = str(wrong).splitlines()[0]
        raise file.refused(
            "a DuckDB file that can be opened", f"export it again ({said})", reason="corrupt"
        ) from None
    try:
        yield
    except duckdb.Error as wrong:
        not_the_machine(wrong, file)
        said = str(wrong).splitlines()[0]
        raise file.refused("a whole DuckDB file", f"export it again ({said})", reason="corrupt") from None
    finally:
        engine.connection.execute(f"DETACH {_ALIAS}")
