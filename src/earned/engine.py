"""Where tables are computed: the only place that executes, writes a table or names an engine.

Everything else builds Ibis expressions. Exact functions that Ibis has no operator for are
declared here once by name and defined per engine (128-bit products; Ibis `//` on integers goes
through floats and is never used on amounts).
"""

from __future__ import annotations

import functools
import hashlib
import os
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.sql.datatypes import DuckDBType

from earned.unfinished import scratch

# One SELECT per step: merging them repeats expressions, and the engine's optimizer does it better.
ibis.options.sql.fuse_selects = False

TYPES = {
    "string": pa.string(),
    "int64": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp('UTC', 6)": pa.timestamp("us", "UTC"),
    "decimal(38, 9)": pa.decimal128(38, 9),
    "decimal(18, 6)": pa.decimal128(18, 6),
    "decimal(10, 9)": pa.decimal128(10, 9),
}


class EngineError(Exception):
    """A table could not be computed or written: overflow, type, memory or disk."""


def _builtin(name: str, takes: tuple[str, ...], gives: str) -> Any:
    def signature(*_: Any) -> None: ...

    signature.__signature__ = _parameters(len(takes))  # type: ignore[attr-defined]
    signature.__name__ = name
    return ibis.udf.scalar.builtin(signature, name=name, signature=(takes, gives))


def _parameters(count: int) -> Any:
    from inspect import Parameter, Signature

    return Signature([Parameter(f"a{i}", Parameter.POSITIONAL_OR_KEYWORD) for i in range(count)])


_DECIMAL = "decimal(38, 9)"

#: share(amount, part, whole): amount x part / whole in minor units, halves away from zero (P3).
share = _builtin("earned_share", ("int64", _DECIMAL, _DECIMAL), "int64")
#: muldiv(a, b, c): a x b / c of integers, rounded halves away from zero (P3).
muldiv = _builtin("earned_muldiv", ("int64", "int64", "int64"), "int64")
#: quotient(a, b, c): a x b / c of integers, truncated towards zero.
quotient = _builtin("earned_quotient", ("int64", "int64", "int64"), "int64")
#: remainder(a, b, c): what `quotient` leaves of a x b, with the sign of the product.
remainder = _builtin("earned_remainder", ("int64", "int64", "int64"), "int64")
#: priced(quantity, unit_price, exponent): quantity x price in minor units of 10^-exponent (P3).
priced = _builtin("earned_priced", (_DECIMAL, _DECIMAL, "int64"), "int64")
#: scaled(value, a, b): value x a / b to nine decimals, halves away from zero: amounts not yet rounded.
scaled = _builtin("earned_scaled", (_DECIMAL, "int64", "int64"), _DECIMAL)
#: compounded(growth, periods, last): growth to the power of periods, times last; all in 10^-16, each product
#: rounded.
compounded = _builtin("earned_compounded", ("int64", "int64", "int64"), "int64")

#: local_date(instant, zone): the calendar day of an instant in a time zone.
local_date = _builtin("earned_local_date", ("timestamp('UTC', 6)", "string"), "date")
#: end_of_day(date, zone): the last microsecond of a day in a time zone (E2).
end_of_day = _builtin("earned_end_of_day", ("date", "string"), "timestamp('UTC', 6)")

#: amount_text(minor, exponent): 1,200,000.00 from minor units and the currency's number of decimals.
amount_text = _builtin("earned_amount_text", ("int64", "int64"), "string")

#: Definitions in DuckDB, in the order in which they build on each other. 128-bit division costs fifty times
#: what 64-bit does: where a double shows that the product is small, and thousandths hold the quantities
#: exactly, 64 bits do; else 128.
_MACROS = (
    "earned_half(n, d) AS CASE WHEN (n < 0) <> (d < 0) THEN -((2 * abs(n) + abs(d)) // (2 * abs(d))) "
    "ELSE (2 * abs(n) + abs(d)) // (2 * abs(d)) END",
    "earned_fits(a, b, c) AS abs(CAST(a AS DOUBLE)) * abs(CAST(b AS DOUBLE)) + abs(CAST(c AS DOUBLE)) < 4e18",
    "earned_nano(p) AS CAST(CAST(p AS DECIMAL(38, 9)) * 1000000000 AS HUGEINT)",
    "earned_milli(p) AS TRY_CAST(round(CAST(p AS DOUBLE) * 1000) AS BIGINT)",
    "earned_is_milli(p) AS CAST(earned_milli(p) AS DECIMAL(38, 9)) = p * 1000",
    "earned_share(a, p, w) AS CASE WHEN earned_fits(a, p * 1000, w * 1000) "
    "AND earned_is_milli(p) AND earned_is_milli(w) THEN earned_half(a * earned_milli(p), earned_milli(w)) "
    "WHEN earned_is_milli(p) AND earned_is_milli(w) THEN CAST(earned_half(CAST(a AS HUGEINT) * "
    "CAST(earned_milli(p) AS HUGEINT), CAST(earned_milli(w) AS HUGEINT)) AS BIGINT) "
    "ELSE CAST(earned_half(CAST(a AS HUGEINT) * earned_nano(p), earned_nano(w)) AS BIGINT) END",
    "earned_muldiv(a, b, c) AS CASE WHEN earned_fits(a, b, c) THEN earned_half(a * b, c) "
    "ELSE CAST(earned_half(CAST(a AS HUGEINT) * CAST(b AS HUGEINT), CAST(c AS HUGEINT)) AS BIGINT) END",
    "earned_quotient(a, b, c) AS CASE WHEN earned_fits(a, b, c) THEN (a * b) // c "
    "ELSE CAST((CAST(a AS HUGEINT) * CAST(b AS HUGEINT)) // CAST(c AS HUGEINT) AS BIGINT) END",
    "earned_remainder(a, b, c) AS CASE WHEN earned_fits(a, b, c) THEN (a * b) % c "
    "ELSE CAST((CAST(a AS HUGEINT) * CAST(b AS HUGEINT)) % CAST(c AS HUGEINT) AS BIGINT) END",
    "earned_priced(q, u, e) AS CAST(earned_half(earned_nano(q) * earned_nano(u), "
    "CAST(10 ** (18 - e) AS HUGEINT)) AS BIGINT)",
    "earned_decimal(nano) AS CAST(CAST(nano AS DECIMAL(38, 0)) * CAST(0.000000001 AS DECIMAL(10, 9)) "
    "AS DECIMAL(38, 9))",
    "earned_scaled(v, a, b) AS earned_decimal((earned_nano(v) // CAST(b AS HUGEINT)) * CAST(a AS HUGEINT) "
    "+ earned_half((earned_nano(v) % CAST(b AS HUGEINT)) * CAST(a AS HUGEINT), CAST(b AS HUGEINT)))",
    # Halves of eight digits: 64 bits are enough for every growth that the result has room for.
    "earned_grown(a, b) AS (a // 100000000) * (b // 100000000) + ((a // 100000000) * (b % 100000000) "
    "+ (a % 100000000) * (b // 100000000) + ((a % 100000000) * (b % 100000000)) // 100000000 + 50000000) "
    "// 100000000",
    "earned_compounded(g, n, w) AS list_reduce(CASE WHEN n IS NOT NULL THEN "
    "list_resize(CAST([] AS BIGINT[]), n, CAST(g AS BIGINT)) END, lambda a, b: earned_grown(a, b), "
    "CAST(w AS BIGINT))",
    "earned_amount_text(m, e) AS CASE WHEN m < 0 THEN '-' ELSE '' END || "
    "format('{:,}', abs(m) // CAST(10 ** e AS BIGINT)) || CASE WHEN e = 0 THEN '' ELSE '.' || "
    "lpad(CAST(abs(m) % CAST(10 ** e AS BIGINT) AS VARCHAR), CAST(e AS INTEGER), '0') END",
    "earned_local_date(t, z) AS CAST(timezone(z, t) AS DATE)",
    "earned_end_of_day(d, z) AS timezone(z, CAST(d AS TIMESTAMP) + INTERVAL '86399.999999' SECOND)",
)


#: computes an expression once and keeps it under a name (`Engine.keep`)
Keep = Callable[[str, ir.Table], ir.Table]


def default_memory_limit() -> str:
    """What the engine may hold before it spills: 2.5 GiB, or 60 % of the machine where that is less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{min(machine * 6 // 10, 5 * 2**29) // 2**20}MiB"


@dataclass(frozen=True)
class Written:
    """What was written: rows, and the SHA-256 over the rows sorted by key in canonical text."""

    rows: int
    content_sha256: str


class Engine:
    """An embedded DuckDB database in a folder of its own, which is removed on close."""

    def __init__(self, *, memory_limit: str | None = None, threads: int | None = None) -> None:
        self.folder, leave = scratch("earned-")
        # Also when construction is interrupted or nobody closes: nothing of the books stays behind.
        self._leave = weakref.finalize(self, leave)
        self._settings: dict[str, Any] = {
            "temp_directory": str(self.folder / "spill"),
            "memory_limit": memory_limit or default_memory_limit(),
            "preserve_insertion_order": True,
            "TimeZone": "UTC",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if threads:
            self._settings["threads"] = threads
        self._open()

    def _open(self) -> None:
        self._confined: Path | None = None
        config = {k: v for k, v in self._settings.items() if k != "TimeZone"}
        self.connection = duckdb.connect(str(self.folder / "books.duckdb"), config=config)
        self.connection.execute(f"SET TimeZone = '{self._settings['TimeZone']}'")
        self.connection.execute("SET enable_progress_bar = false")
        # The database lives for one run: compressing it costs more than the disk it saves.
        self.connection.execute("SET force_compression = 'uncompressed'")
        for macro in _MACROS:
            self.connection.execute(f"CREATE OR REPLACE TEMP MACRO {macro}")
        self.ibis = ibis.duckdb.from_connection(self.connection)

    def confine(self, books: Path) -> None:
        """From here on statements reach files of the books and of this engine's folder, and nothing else."""
        if self._confined == books:
            return
        if self._confined:
            self.let_in()
        self._confined = books
        places = [str(p) for p in (books, books.absolute(), books.resolve(), self.folder)]
        places += ["".join(f"[{c}]" if c in "*?[" else c for c in p) for p in places]
        listed = ", ".join(f"'{_quoted(Path(p))}'" for p in dict.fromkeys(places))
        self.connection.execute(f"SET allowed_directories = [{listed}]")
        self.connection.execute("SET enable_external_access = false")

    def shut_out(self) -> None:
        """From here on no statement reaches a file or the network, and no setting can be changed."""
        self.let_in()
        self.connection.execute("SET enable_external_access = false")
        self.connection.execute("SET lock_configuration = true")

    def let_in(self) -> None:
        """Files can be reached again: what is executed from here on is our own."""
        self.connection.execute("CHECKPOINT")  # closing writes too, but says nothing of a full disk
        self.connection.close()
        self._open()

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement of this engine's own dialect; the reading of books is written in it."""
        return self.connection.execute(statement).fetchall()

    def table(self, name: str) -> ir.Table:
        """A table of this engine by name."""
        return self.ibis.table(name)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """Compute an expression once and keep it under a name, each column in the type it declares."""
        self.connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS {self._typed(expression)}')
        return self.ibis.table(name)

    def _typed(self, expression: ir.Table) -> str:
        cast = 'CAST("{0}" AS {1}) AS "{0}"'.format
        cells = [cast(c, DuckDBType.to_string(t)) for c, t in expression.schema().items()]
        return f"SELECT {', '.join(cells)} FROM ({self.compile(expression)})"

    def small(self, name: str, rows: pa.Table) -> ir.Table:
        """Keep an Arrow table that was made in memory (periods, currencies) under a name."""
        # As a stream: a table is scanned by threads of Arrow, which wait for ever where memory is short.
        self.connection.register("rows_in_memory", rows.to_reader())
        self.connection.execute(f'CREATE OR REPLACE TABLE "{name}" AS SELECT * FROM rows_in_memory')
        self.connection.unregister("rows_in_memory")
        return self.ibis.table(name)

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """A small result as Python rows, in the expression's order."""
        return list(self.arrow(expression).to_pylist())

    def arrow(self, expression: ir.Table) -> pa.Table:
        """A bounded result as an Arrow table, for what is not relational."""
        return self.connection.execute(self._typed(expression)).to_arrow_table()

    def write(
        self, expression: ir.Table, schema: Mapping[str, str], key: Iterable[str], path: Path
    ) -> Written:
        """Write a table sorted by its key: every column cast to its declared type, then compared.

        Raises EngineError when a value does not fit its type or the file's types are not the declared.
        """
        given = expression.schema()
        wrong = [f"{c} {given.get(c)}, not {t}" for c, t in schema.items() if given.get(c) != ibis.dtype(t)]
        if wrong:
            raise EngineError(f"{path.name}: {'; '.join(wrong)}")
        columns = ", ".join(f'CAST("{c}" AS {_duck(t)}) AS "{c}"' for c, t in schema.items())
        order = ", ".join(f'"{c}" NULLS FIRST' for c in [*key, *schema])
        self.connection.execute(
            f"COPY (SELECT {columns} FROM ({self.compile(expression)}) ORDER BY {order}) "
            f"TO '{_quoted(path)}' (FORMAT parquet, COMPRESSION zstd)"
        )
        found = {f.name: f.type for f in pq.read_schema(path)}
        declared = {c: TYPES[t] for c, t in schema.items()}
        if found != declared:
            raise EngineError(f"{path.name}: types are {found}, declared {declared}")
        return self.content(path, list(schema), order)

    def compile(self, expression: ir.Table) -> str:
        """The expression as this engine's SQL."""
        return _compiled(self.ibis, expression.op())

    def content(self, path: Path, columns: list[str], order: str) -> Written:
        """Rows and content hash of a written file (rows in key order, cells as canonical text)."""
        cells = ", ".join(_canonical(c) for c in columns)
        line = f"concat_ws(chr(31), {cells}) || chr(30)"
        query = f"SELECT {line} FROM read_parquet('{_quoted(path)}') ORDER BY {order}"
        digest, rows = hashlib.sha256(), 0
        for batch in self.connection.execute(query).to_arrow_reader(100_000):
            digest.update("".join(batch.column(0).to_pylist()).encode())
            rows += batch.num_rows
        return Written(rows, digest.hexdigest())

    def close(self) -> None:
        """Give up the database and its folder."""
        self.connection.close()
        self._leave()


@functools.lru_cache(maxsize=512)
def _compiled(backend: Any, expression: ops.Node) -> str:
    # Most of a small run is compiling, and expressions recur in a process. Backends are equal to each other.
    return str(backend.compile(expression.to_expr()))


def _canonical(column: str) -> str:
    escaped = f"replace(replace(CAST(\"{column}\" AS VARCHAR), chr(31), '\\u001f'), chr(30), '\\u001e')"
    return f"coalesce({escaped}, '\\N')"


def _duck(ibis_type: str) -> str:
    return {"string": "VARCHAR", "int64": "BIGINT", "timestamp('UTC', 6)": "TIMESTAMPTZ"}.get(
        ibis_type, ibis_type.replace(" ", "").upper()
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
