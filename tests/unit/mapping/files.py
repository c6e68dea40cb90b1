"""Hand-made files with foreign headers and the mapping that reads them: what the tests of R2–R12 share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl

from tests.unit.books.reading import COMPANY, Read, read

#: Columns of the ledger `gl` as most tests name them.
COLUMNS = "{contract_id: K, effective_date: D, amount: A}"


def entries(folder: Path, gl: str | None, mapping: str, source: str = "", **files: str) -> Read:
    """Books whose entries come from gl.csv (or what `source` says) by a mapping."""
    sources = f"sources: {{gl: {{{source or 'path: gl.csv'}}}}}"
    yaml = f"{COMPANY}{sources}\ntables:\n  entries: {{source: gl, {mapping}}}\n"
    return read(folder, yaml, entries="", **({"gl": gl} if gl else {}), **files)


def other(folder: Path, table: str, text: str, mapping: str, source: str = "", **files: str) -> Read:
    """Books of which another table comes from t.csv by a mapping; entries and contracts are usual."""
    sources = f"sources: {{t: {{path: t.csv{source}}}}}"
    yaml = f"{COMPANY}{sources}\ntables:\n  {table}: {{source: t, {mapping}}}\n"
    return read(folder, yaml, t=text, **files)


def workbook(path: Path, *rows: list[Any], merged: tuple[str, ...] = (), date1904: bool = False) -> None:
    """A workbook with one sheet `gl` of the rows from row 1."""
    book = openpyxl.Workbook()
    if date1904:
        book.epoch = datetime(1904, 1, 1)
    sheet = book.worksheets[0]
    sheet.title = "gl"
    for row in rows:
        sheet.append(row)
    for place in merged:
        sheet.merge_cells(place)
    book.save(path)


def days(books: Read, table: str = "entries", column: str = "effective_date") -> list[Any]:
    """The days of a column, as text."""
    return books.column(table, f"CAST({column} AS VARCHAR)")


def cents(books: Read) -> list[Any]:
    """The amounts of the entries in minor units."""
    return books.column("entries", "amount_minor")
