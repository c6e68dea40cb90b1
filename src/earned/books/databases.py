"""A table or a SELECT of a database as a source: read once, read-only, in batches (R2, R12).

A cell becomes the text that an export would have, so that one set of rules types every file and every
database. A database has no order of its own: rows are numbered in the order of their values, so that
the same rows have the same numbers and give the same run id, whatever the server did meanwhile.
"""

from __future__ import annotations

import difflib
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pyarrow as pa
import pyarrow.parquet as pq

from earned.books import database_said, database_url, limits, sql
from earned.books.database_url import DIALECTS
from earned.books.database_values import text_of
from earned.books.file import File
from earned.books.readers import header, paths
from earned.books.readers.part import REFUSED

if TYPE_CHECKING:
    import sqlalchemy as sa

    from earned.books.mapping import Source
    from earned.books.readers.append import SourceTable
    from earned.engine import Engine

#: Rows of one batch; seconds until a server must have answered.
BATCH = 50_000
CONNECT_SECONDS = 15
#: Types of PostgreSQL that are taken as it writes them.
_WRITTEN = ("numeric", "date", "timestamp", "timestamptz", "time", "timetz", "interval", "json", "jsonb")
#: What a source read from a database is called in run.json and in `source_file`.
PREFIX = "database:"


@dataclass(frozen=True)
class Fetched:
    """A source as it stands in the engine, and what run.json keeps of it: (name, bytes, SHA-256) of the
    query's text and of the rows, whose number is in the name."""

    table: SourceTable
    inputs: tuple[tuple[str, int, str], ...]


def fetched(source: Source, number: int, books: Path, engine: Engine) -> Fetched:
    """Read a database source into the engine as `source_<number>`, every column text, floats DOUBLE.

    Raises InputError where the driver is missing, the server cannot be asked or refuses, the statement
    reads nothing or takes too long, or a column is of no one type.
    """
    url = str(source.url)
    if (
        source.query
        and DIALECTS[database_url.kind(url)].only_selects
        and not database_url.selects(source.query)
    ):
        raise database_said.fault(
            source, "a SELECT that only reads", "take out what writes", reason="database"
        )
    path = engine.folder / f"source_{number}.parquet"
    with _connected(source, url, books) as connection, database_said.explained(source):
        query = source.query or _whole_table(source, connection)
        columns, floats = _copied(source, query, connection, path)
    try:
        return _loaded(source, number, query, columns, floats, path, engine)
    finally:
        path.unlink(missing_ok=True)


# --- asking the database ----------------------------------------------------------------------------


@contextmanager
def _connected(source: Source, url: str, books: Path) -> Iterator[sa.Connection]:
    """A transaction that can only read and is rolled back; the password is in nothing that is said."""
    dialect = DIALECTS[database_url.kind(url)]
    try:
        import sqlalchemy as sa

        address = _address(sa.make_url(url), dialect, source, books)
        patience: dict[str, Any] = {dialect.patience: CONNECT_SECONDS} if dialect.patience else {}
        patience |= dict(dialect.options)
        server = sa.create_engine(address, poolclass=sa.NullPool, connect_args=patience, hide_parameters=True)
    except ModuleNotFoundError as missing:
        expected = f"the driver that reads {database_url.kind(url)}; {missing.name} is not installed"
        raise database_said.fault(source, expected, dialect.install, reason="driver") from None
    with database_said.explained(source, connecting=True):
        connection = server.connect()
    try:
        with database_said.explained(source):
            for statement in dialect.before:
                connection.exec_driver_sql(statement.format(seconds=limits.most("database_time")))
            if dialect.driver == "postgresql+psycopg":
                _as_text(connection)
        yield connection
    finally:
        connection.close()
        server.dispose()


def _address(url: sa.URL, dialect: database_url.Dialect, source: Source, books: Path) -> sa.URL:
    """The address that the driver gets: with the password, or the path of a file inside the books."""
    if dialect.driver != "sqlite":
        secret = database_url.password(str(source.url), source.name)
        return url.set(drivername=dialect.driver, password=secret or None)
    (file,) = paths.named(books, unquote(url.database or ""), ())
    if (pending := file.path.with_name(f"{file.path.name}-wal")).exists() and pending.stat().st_size:
        raise file.refused(
            "a database that nobody writes to", "close the program that has it open", reason="database"
        )
    return url.set(
        drivername="sqlite", database=f"file:{quote(str(file.path))}", query={"mode": "ro", "uri": "true"}
    )


def _as_text(connection: sa.Connection) -> None:
    """PostgreSQL hands numbers and moments over as it writes them: exact, and infinity no error."""
    from psycopg.types.string import TextLoader

    driver: Any = connection.connection.driver_connection
    for kind in _WRITTEN:
        driver.adapters.register_loader(kind, TextLoader)


def _whole_table(source: Source, connection: sa.Connection) -> str:
    """SELECT * of a table or view, named alone or as schema.table. Raises InputError with near names."""
    import sqlalchemy as sa

    inspector, named = sa.inspect(connection), str(source.table)
    schema, _, table = named.rpartition(".")
    for within, name in ((None, named), (schema or None, table)):
        if inspector.has_table(name, schema=within):
            known = sa.table(name, schema=within)
            return str(sa.select(sa.text("*")).select_from(known).compile(connection.engine))
    schemas = [None, *inspector.get_schema_names()] if not schema else [schema]
    there = {
        f"{s}.{t}" if s and s != inspector.default_schema_name else t
        for s in schemas
        if s not in ("information_schema", "pg_catalog")
        for t in (*inspector.get_table_names(schema=s), *inspector.get_view_names(schema=s))
    }
    shown = difflib.get_close_matches(named, sorted(there), n=3, cutoff=0.5) or sorted(there)[:20]
    expected = f"a table {named} in {database_url.shown(str(source.url))}"
    raise database_said.fault(
        source,
        expected,
        f"there are {', '.join(shown) or 'no tables that this account may see'}",
        reason="database",
    )


def _copied(
    source: Source, query: str, connection: sa.Connection, to: Path
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Write the result of a statement to a Parquet file of texts, a batch at a time; its columns, and
    those of them that hold floats."""
    result = connection.execution_options(
        stream_results=True, max_row_buffer=BATCH, no_parameters=True
    ).exec_driver_sql(query)
    if not result.returns_rows:
        raise database_said.fault(source, "a SELECT, which gives rows", "correct `query`", reason="database")
    place = File(Path(), f"{PREFIX}{source.name}")
    columns = header.names(place, list(map(header.clean, result.keys())))
    schema = pa.schema([(c, pa.string()) for c in columns])
    floats: set[str] = set()
    began = time.monotonic()
    with pq.ParquetWriter(to, schema) as file:
        for rows in result.partitions(BATCH):
            values = list(zip(*rows, strict=True))
            floats |= {c for c, cells in zip(columns, values) if any(type(v) is float for v in cells)}
            file.write_table(pa.table([[text_of(v) for v in cells] for cells in values], schema=schema))
            if time.monotonic() - began > limits.most("database_time"):
                raise database_said.too_much("database_time", source)
            if (size := to.stat().st_size) > limits.most("database_disk"):
                raise database_said.too_much("database_disk", source, size)
    return columns, frozenset(floats)


# --- what came ----------------------------------------------------------------------------------------


def _loaded(
    source: Source,
    number: int,
    query: str,
    columns: tuple[str, ...],
    floats: frozenset[str],
    path: Path,
    engine: Engine,
) -> Fetched:
    from earned.books.readers.append import SourceTable

    name, relation, refused = f"{PREFIX}{source.name}", f"source_{number}", f"refused_{number}"
    read = f"read_parquet({sql.text(str(path))})"
    _require_numbers(source, floats, read, engine)
    order = ", ".join(f"{sql.name(c)} NULLS FIRST" for c in columns)
    content = engine.content(path, list(columns), order)
    types = {c: "DOUBLE" if c in floats else "VARCHAR" for c in columns}
    cells = ", ".join(f"CAST({sql.name(c)} AS {kind}) AS {sql.name(c)}" for c, kind in types.items())
    engine.sql(
        f"CREATE TABLE {relation} AS SELECT {cells}, {sql.text(name)} AS source_file, "
        f"row_number() OVER (ORDER BY {order}) AS source_row FROM {read} ORDER BY source_row"
    )
    engine.small(refused, REFUSED.empty_table())
    size = f"coalesce(sum(strlen(concat({', '.join(map(sql.name, columns))}))), 0)"
    inputs = (
        (f"{name} (query)", len(query.encode()), _sha256(query)),
        (
            f"{name} ({content.rows} rows)",
            int(engine.sql(f"SELECT {size} FROM {read}")[0][0]),
            _sha256("\x1f".join(columns) + "\x1e" + content.content_sha256),
        ),
    )
    nulls, rows = source.null_values, content.rows
    table = SourceTable(source.name, relation, columns, "database", False, nulls, rows, refused, name)
    return Fetched(table, inputs)


def _require_numbers(source: Source, floats: frozenset[str], read: str, engine: Engine) -> None:
    """Raise InputError where a column holds floats beside texts: it would be neither."""
    for column in sorted(floats):
        cell = sql.name(column)
        other = engine.sql(
            f"SELECT {cell} FROM {read} WHERE TRY_CAST({cell} AS DOUBLE) IS NULL AND {cell} <> '' LIMIT 1"
        )
        if other:
            expected = f"one type of value in the column {column}, which holds numbers and texts"
            raise database_said.fault(
                source,
                expected,
                "cast it in `query` to a text or a decimal",
                other[0][0],
                reason="column_type",
            )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
