"""Parquet and DuckDB files: damaged, nested, of the wrong types, with views that reach out."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tests.hostile.case import Case, changed, text

DAYS = ["2021-06-30", "2021-06-30"]
GOOD: dict[str, Any] = {
    "contract_id": ["100000000001", "C2"],
    "effective_date": DAYS,
    "amount": [Decimal("1000.00"), Decimal("200.00")],
}


def _parquet(**columns: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({**GOOD, **columns}), buffer)
    return buffer.getvalue()


def _of(name: str, says: tuple[str, ...] = (), content: bytes | None = None, **more: Any) -> Case:
    columns = {k: more.pop(k) for k in [*more] if k in ("contract_id", "effective_date", "amount", "extra")}
    return Case(name, text(content or _parquet(**columns), "entries.parquet"), says, **more)


def _twice() -> bytes:
    buffer = io.BytesIO()
    columns = [pa.array(v) for v in GOOD.values()]
    pq.write_table(pa.table([*columns, columns[-1]], names=[*GOOD, "amount"]), buffer)
    return buffer.getvalue()


def _footer(change: Callable[[bytearray], object]) -> bytes:
    data = bytearray(_parquet())
    change(data)
    return bytes(data)


def _zero(data: bytearray, at: slice) -> None:
    data[at] = bytes(len(data[at]))


def _duckdb(*statements: str, name: str = "entries.duckdb") -> Callable[[Path], Path]:
    def change(books: Path) -> None:
        (books / "entries.csv").unlink()
        with duckdb.connect(str(books / name)) as file:
            for statement in statements:
                file.execute(statement)

    return changed(change)


def _damaged(at: int, length: int) -> Callable[[Path], Path]:
    def make(place: Path) -> Path:
        books = _duckdb(TABLE)(place)
        path = books / "entries.duckdb"
        data = bytearray(path.read_bytes())
        data[at : at + length] = b"\xa5" * len(data[at : at + length])
        path.write_bytes(data)
        return books

    return make


def _sqlite(books: Path) -> None:
    (books / "entries.csv").unlink()
    with sqlite3.connect(books / "entries.db") as file:
        file.execute("CREATE TABLE entries (contract_id, effective_date, amount)")


TABLE = (
    "CREATE TABLE entries AS SELECT * FROM (VALUES ('100000000001', DATE '2021-06-30', 1000.00), "
    "('C2', DATE '2021-06-30', 200.00)) AS t(contract_id, effective_date, amount)"
)
CASES = [
    _of("Parquet as it should be"),
    _of(
        "Parquet: nothing but its first bytes", ("entries.parquet", "whole Parquet file"), b"PAR1" + bytes(50)
    ),
    _of("Parquet: cut in half", ("entries.parquet", "whole Parquet file"), _parquet()[:300]),
    _of(
        "Parquet: footer overwritten",
        ("entries.parquet", "whole Parquet file"),
        _footer(lambda d: _zero(d, slice(-300, -40))),
    ),
    _of(
        "Parquet: footer of four gigabytes",
        ("entries.parquet", "whole Parquet file"),
        _footer(lambda d: d.__setitem__(slice(-8, -4), b"\xff" * 4)),
    ),
    _of("Parquet: pages overwritten", ("entries.parquet",), _footer(lambda d: _zero(d, slice(8, 200)))),
    _of(
        "Parquet: amounts in floating point, one no number",
        amount=[1000.0, float("nan")],
        booked={"100000000001": 100_000},
        rejected=(("entries.parquet", 2, "amount", "number"),),
    ),
    _of(
        "Parquet: amounts in floating point, one endless",
        amount=[1000.0, float("inf")],
        booked={"100000000001": 100_000},
        rejected=(("entries.parquet", 2, "amount", "number"),),
    ),
    _of(
        "Parquet: an amount that floating point cannot hold",
        amount=[1000.0, 0.1 + 0.2],
        booked={"100000000001": 100_000, "C2": 30},
    ),
    _of(
        "Parquet: amounts of 38 digits",
        amount=pa.array([Decimal("1000"), Decimal(10) ** 37], pa.decimal128(38, 0)),
        booked={"100000000001": 100_000},
        rejected=(("entries.parquet", 2, "amount", "range"),),
    ),
    _of(
        "Parquet: amounts declared for 60 digits",
        ("entries.parquet", '"amount"', "at most 38 digits"),
        amount=pa.array([Decimal("1000.00"), Decimal("200.00")], pa.decimal256(60, 2)),
    ),
    _of(
        "Parquet: columns named as the engine's own",
        content=_parquet(file_row_number=[7, 8], filename=["a", "b"], source_row=[9, 9]),
    ),
    _of("Parquet: encrypted", ("entries.parquet", "encrypted"), b"PARE" + bytes(99)),
    _of("Parquet: amounts in lists", ("entries.parquet", "amount"), amount=[[1000], [200]]),
    _of("Parquet: ids in records", ("entries.parquet", "contract_id"), contract_id=[{"a": 1}, {"a": 2}]),
    _of(
        "Parquet: ids in bytes that are no text",
        contract_id=pa.array([b"C2", b"\xff\xfe"], pa.binary()),
        effective_date=DAYS,
        booked={"C2": 100_000},
        rejected=(("entries.parquet", 2, "contract_id", "bytes"),),
    ),
    _of("Parquet: days that are flags", ("entries.parquet",), effective_date=[True, False]),
    _of("Parquet: the amount twice", ("entries.parquet", "one column amount"), _twice()),
    _of(
        "Parquet: no rows",
        booked={},
        contract_id=pa.array([], pa.string()),
        effective_date=pa.array([], pa.string()),
        amount=pa.array([], pa.int64()),
    ),
    Case("DuckDB as it should be", _duckdb(TABLE)),
    Case(
        "DuckDB: a view that reads a file",
        _duckdb("CREATE VIEW entries AS SELECT * FROM read_csv('/etc/passwd')"),
        ("entries.duckdb", "a table named entries"),
    ),
    Case(
        "DuckDB: a view over a file, and the table",
        _duckdb(TABLE, "CREATE VIEW more AS SELECT * FROM read_text('/etc/passwd')"),
    ),
    Case(
        "DuckDB: macros with the names of functions",
        _duckdb(
            "CREATE MACRO main.trim(x) AS 'C2'",
            "CREATE MACRO main.count(x) AS 0",
            "CREATE MACRO main.lower(x) AS x",
            TABLE,
        ),
    ),
    Case(
        "DuckDB: a column that is computed from a file",
        _duckdb(
            "CREATE TABLE entries "
            "(contract_id VARCHAR, effective_date VARCHAR, amount AS (length(contract_id)))",
            "INSERT INTO entries VALUES ('C2', '2021-06-30')",
        ),
        booked={"C2": 200},
    ),
    Case(
        "DuckDB: a table with quotes in its name",
        _duckdb('CREATE TABLE "entries""; DROP TABLE x; --" (contract_id VARCHAR)', TABLE),
    ),
    Case(
        "DuckDB: a head and nothing",
        text(bytes(8) + b"DUCK" + bytes(4000), "entries.duckdb"),
        ("entries.duckdb",),
    ),
    Case("DuckDB: first block overwritten", _damaged(4096, 4096), ("entries.duckdb",)),
    Case("DuckDB: blocks overwritten", _damaged(12_288, 200_000), ("entries.duckdb",)),
    Case("SQLite called DuckDB", changed(_sqlite), ("entries.db",)),
]
