"""Rows as files: CSV, Excel with Chinese headers, Parquet, and books.yaml; the same bytes each time."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from earned.books import schema
from earned.simulation.book import Book, Spec
from earned.simulation.calendar import ZONE
from earned.simulation.layout import FEEDS, Feed

_ARROW = {
    "money": pa.int64(), "date": pa.date32(), "instant": pa.timestamp("us", "UTC"), "bool": pa.bool_(),
    "ppm": pa.int64(), "int": pa.int64(), "quantity": pa.decimal128(20, 9),
}  # fmt: skip


def write(book: Book, folder: Path, documents: dict[str, str]) -> None:
    """Every feed of the book as its file, and the papers."""
    makers: dict[str, Callable[[Spec, Feed, list[dict[str, Any]], Path], None]] = {
        "csv": _csv, "xlsx": _xlsx, "parquet": _parquet,
    }  # fmt: skip
    for name, feed in FEEDS.items():
        rows = sorted(book.rows.get(name, ()), key=lambda r: [_key(r.get(c)) for c in feed.order])
        makers[feed.kind](book.spec, feed, rows, folder / feed.file)
    for path, text in documents.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="\n")


def plain(spec: Spec, tables: dict[str, list[dict[str, Any]]], folder: Path) -> None:
    """Each table as a CSV file of its own name with our headers: the columns that any row fills."""
    for name, rows in tables.items():
        used = {c for row in rows for c, value in row.items() if value is not None}
        columns = tuple(c for c in schema.tables()[name].names if c in used)
        _csv(spec, Feed(name, f"{name}.csv", "csv", columns, ()), rows, folder / f"{name}.csv")


def _key(value: Any) -> tuple[bool, Any]:
    return (value is not None, value if value is not None else "")


def cell(spec: Spec, column: schema.Column, value: Any) -> str:
    """A value as text: money in major units, days ISO, instants in China Standard Time with zone."""
    if value is None:
        return ""
    if column.type == "money":
        return f"{Decimal(value).scaleb(-_places(spec, column)):f}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(ZONE).isoformat(timespec="seconds")
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _places(spec: Spec, column: schema.Column) -> int:
    return 2 if column.name == "translated_amount" else spec.exponent


def _texts(spec: Spec, feed: Feed, rows: Iterable[dict[str, Any]]) -> Iterable[list[str]]:
    table = schema.tables()[feed.table]
    words = {c: {ours: theirs for theirs, ours in v.items()} for c, v in feed.values.items()}
    columns = [(table[c], words.get(c, {})) for c in feed.columns]
    for row in rows:
        texts = ((cell(spec, c, row.get(c.name)), w) for c, w in columns)
        yield [w.get(text, text) for text, w in texts]


def _csv(spec: Spec, feed: Feed, rows: list[dict[str, Any]], path: Path) -> None:
    with path.open("w", encoding=feed.encoding, newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([feed.headers.get(c, c) for c in feed.columns])
        out.writerows(_texts(spec, feed, rows))


def _xlsx(spec: Spec, feed: Feed, rows: list[dict[str, Any]], path: Path) -> None:
    """Dates and amounts as real cells of the workbook, ids as text."""
    workbook = xlsxwriter.Workbook(str(path), {"in_memory": True})
    workbook.set_properties({"created": datetime(2022, 5, 31)})
    sheet = workbook.add_worksheet(feed.sheet)
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    table = schema.tables()[feed.table]
    sheet.write_row(0, 0, [feed.headers.get(c, c) for c in feed.columns])
    for n, (row, texts) in enumerate(zip(rows, _texts(spec, feed, rows)), 1):
        for place, (name, text) in enumerate(zip(feed.columns, texts)):
            value = row.get(name)
            if value is None:
                continue
            if isinstance(value, datetime):
                sheet.write_datetime(n, place, value.astimezone(ZONE).replace(tzinfo=None), moment)
            elif isinstance(value, date):
                sheet.write_datetime(n, place, datetime(value.year, value.month, value.day), day)
            elif table[name].type == "ppm":
                sheet.write_string(n, place, f"{Decimal(value).scaleb(-4):f}")
            else:
                sheet.write_string(n, place, text)
    workbook.close()


def _parquet(spec: Spec, feed: Feed, rows: list[dict[str, Any]], path: Path) -> None:
    table = arrow(feed.table, {c: [r.get(c) for r in rows] for c in feed.columns})
    pq.write_table(table, path, compression="zstd")


def arrow(table: str, columns: dict[str, Any]) -> pa.Table:
    """Columns as an Arrow table: money as whole minor units."""
    ours = schema.tables()[table]
    arrays = {}
    for name, values in columns.items():
        kind = (
            pa.decimal128(20, 9)
            if ours[name].type == "quantity"
            else _ARROW.get(ours[name].type, pa.string())
        )
        arrays[name] = pa.array(values, type=kind)
    return pa.table(arrays)


class Growing:
    """A Parquet file that grows by chunks."""

    def __init__(self, table: str, path: Path) -> None:
        self._table, self._path = table, path
        self._writer: pq.ParquetWriter | None = None

    def add(self, columns: dict[str, Any]) -> None:
        """Another chunk with the same columns."""
        part = arrow(self._table, columns)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, part.schema, compression="zstd")
        if part.num_rows:
            self._writer.write_table(part)

    def close(self) -> None:
        """End the file."""
        if self._writer:
            self._writer.close()
