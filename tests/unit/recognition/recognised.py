"""Books written out by hand as CSV, opened, and what was earned on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis.expr.types as ir

import earned
from earned.books import Books
from earned.recognition.recognise import Recognition, recognise


def write_books(folder: Path, first: str, last: str, *, framework: str = "us_gaap", **tables: str) -> Path:
    """Write the books of these tables (CSV text by name) in quarters from `first` to `last`."""
    books_yaml = f"company: {{name: X, currency: USD, framework: {framework}}}\n"
    books_yaml += f"window: {{to: {last}}}\nas_of: {last}\n"
    (folder / "books.yaml").write_text(books_yaml, encoding="utf-8")
    # What was booked does not matter here; the first entry begins the first period.
    entries = {"entries": f"entry_id,contract_id,effective_date,amount\nE1,C,{first},0\nE2,C,{last},0"}
    for name, rows in (entries | tables).items():
        lines = [",".join(cell.strip() for cell in line.split(",")) for line in rows.strip().splitlines()]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def recognised(
    folder: Path, first: str, last: str, *, framework: str = "us_gaap", **tables: str
) -> tuple[Books, Recognition]:
    """The books that `write_books` writes, and what was earned on them."""
    books = earned.open_books(write_books(folder, first, last, framework=framework, **tables))
    return books, recognise(books, books.engine.keep)


def by_period(books: Books, rows: ir.Table, key: str) -> dict[tuple[str, str], dict[str, Any]]:
    """(key, period) -> the row, without the point before the first."""
    named = rows.join(books.calendar.select("period_index", "period_id"), "period_index")
    return {(row[key], row["period_id"]): row for row in books.engine.rows(named)}
