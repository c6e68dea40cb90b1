"""The same rows in another form: shuffled, as Parquet, as a workbook, as a DuckDB database."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet
import xlsxwriter
import yaml

from earned.books import schema
from tests.oracle.model import Row, instant
from tests.oracle.writing import manifest
from tests.properties.made_up import MadeUp

_ARROW = {
    "money": pa.decimal128(20, 3),
    "quantity": pa.decimal128(38, 9),
    "date": pa.date32(),
    "instant": pa.timestamp("us", "UTC"),
    "bool": pa.bool_(),
    "int": pa.int64(),
    "ppm": pa.int64(),
}


def shuffled(made: MadeUp, seed: int) -> MadeUp:
    """The rows of every table, and its columns, in another order."""
    rng = Random(seed)
    tables = {}
    for name, rows in made.tables.items():
        columns = rng.sample(names := _columns(rows), len(names))
        tables[name] = [{c: row.get(c) for c in columns} for row in rng.sample(rows, len(rows))]
    return made.having(**tables)


def as_parquet(made: MadeUp, folder: Path) -> Path:
    """One file a table, each column in its own type."""
    _write_manifest(made, folder)
    for name, table in _typed(made).items():
        parquet.write_table(table, folder / f"{name}.parquet")
    return folder


def as_duckdb(made: MadeUp, folder: Path) -> Path:
    """One database of every table."""
    _write_manifest(made, folder)
    with duckdb.connect(str(folder / "books.duckdb")) as database:
        for name, table in _typed(made).items():
            database.register("given", table)
            database.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
    return folder


def as_workbook(made: MadeUp, folder: Path) -> Path:
    """One workbook, a sheet a table: numbers and days as Excel keeps them, instants as text."""
    _write_manifest(made, folder)
    with xlsxwriter.Workbook(folder / "books.xlsx", {"default_date_format": "dd/mm/yyyy"}) as workbook:
        for name, rows in made.tables.items():
            sheet = workbook.add_worksheet(name)
            columns = _columns(rows)
            sheet.write_row(0, 0, columns)
            for i, row in enumerate(rows, 1):
                for j, column in enumerate(columns):
                    _write_cell(sheet, i, j, row.get(column))
    return folder


def _write_cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_string(row, column, value.isoformat())
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, int | Decimal):
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, value)


def _columns(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))


def _typed(made: MadeUp) -> dict[str, pa.Table]:
    return {name: _table(name, rows, made) for name, rows in made.tables.items()}


def _table(name: str, rows: list[Row], made: MadeUp) -> pa.Table:
    declared = {c.name: c.type for c in schema.tables()[name].columns}
    fields = [(c, _ARROW.get(declared[c], pa.string())) for c in _columns(rows)]
    cells = [{c: _cell(row.get(c), declared[c], made) for c, _ in fields} for row in rows]
    return pa.Table.from_pylist(cells, pa.schema(fields))


def _cell(value: Any, declared: str, made: MadeUp) -> Any:
    """A bare day in a column of instants is the day's end (E2)."""
    if declared == "instant":
        from zoneinfo import ZoneInfo

        return instant(value, ZoneInfo(made.settings["company"]["timezone"]))
    return Decimal(value) if declared in ("money", "quantity") and value is not None else value


def _write_manifest(made: MadeUp, folder: Path) -> None:
    folder.mkdir(parents=True)
    text = yaml.safe_dump(manifest(made.settings), allow_unicode=True)
    (folder / "books.yaml").write_text(text, encoding="utf-8")
