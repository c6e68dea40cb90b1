"""Workbooks: every cell as text (numbers shortest, dates ISO, true/false), rows by their sheet number.

Hidden sheets and rows are books. A row without a value in any cell is no row.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from earned.books.file import File
from earned.books.readers import header
from earned.books.readers.part import Part, Wanted, literal, load, no_refused, quoted
from earned.books.readers.sheets import Grid, Workbook, grid
from earned.engine import Engine

_MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"
Cell = str | None


def read(wanted: Wanted, book: Workbook, name: str, engine: Engine) -> Part:
    """Load a worksheet into the engine.

    Raises InputError where the sheet is too large, damaged, or has no row of headers.
    """
    into = engine.folder / f"{wanted.relation}.arrow"
    try:
        return _loaded(grid(wanted.file, book, name, into), wanted, book, name, engine)
    finally:
        into.unlink(missing_ok=True)


def _loaded(found: Grid, wanted: Wanted, book: Workbook, name: str, engine: Engine) -> Part:
    top = _top(found)
    if not any(header.clean(c) for row in top for c in row) and found.rows.num_rows <= len(top):
        do = "fill it, or take the sheet out of the workbook"
        raise wanted.file.refused(f"rows in sheet {name}, which is empty", do, reason="empty")
    at = header.choose(top, wanted.source.header_row, wanted.expected)
    if not at or at[-1] > len(top):
        raise wanted.file.refused(
            f"a row with column names in sheet {name}",
            "set `header_row` of the source in books.yaml",
            reason="header",
        )
    fits = header.fits([c for i in at for c in top[i - 1]], wanted.expected)
    if wanted.by_name and not wanted.source.header_row and not fits:
        raise header.none_fits(
            wanted.file, wanted.source.name, min(found.rows.num_rows, header.LOOKED_AT), name
        )
    columns = _columns(wanted.file, [top[i - 1] for i in at], found.first_column)
    kept = _load(_rows(found.rows, at[-1]), columns, wanted, engine)
    return Part(tuple(c for c in columns if c), "workbook", kept, no_refused(), book.date1904, name)


def _top(found: Grid) -> list[list[Cell]]:
    """The first rows as cells; a merged cell stands in each column that it covers (R9)."""
    columns = [c.to_pylist() for c in found.rows.slice(0, 2 * header.LOOKED_AT).columns]
    top = [list(row) for row in zip(*columns, strict=True)]
    for first, left, last, right in found.merged:
        if first <= len(top) and last - first < header.LOOKED_AT:
            row, at = top[first - 1], left - found.first_column
            for column in range(max(at, 0), min(right - found.first_column + 1, len(row))):
                row[column] = row[at] if at >= 0 else row[column]
    return top


def _columns(file: File, rows: Sequence[Sequence[Cell]], first: int) -> tuple[str, ...]:
    """Column names; an unnamed column is called by its place in the sheet."""
    headers = header.joined(rows)
    return header.names(file, [h or f"#{i}" for i, h in enumerate(headers, first or 1)])


def _rows(grid: pa.Table, header_row: int) -> pa.Table:
    """The rows below the headers that have a value in any cell, with their numbers in the sheet."""
    numbers = pa.array(np.arange(1, grid.num_rows + 1, dtype=np.int64))
    below = grid.append_column("source_row", numbers).slice(header_row)
    filled = pa.chunked_array([pa.array(np.zeros(below.num_rows, bool))])
    for column in below.columns[:-1]:
        filled = pc.or_(filled, pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(column), ""), False))
    return below.filter(filled)


def _load(rows: pa.Table, columns: tuple[str, ...], wanted: Wanted, engine: Engine) -> int:
    cells = ", ".join(
        f"regexp_replace(c{i}, {literal(_MIDNIGHT)}, '\\1') AS {quoted(name)}"
        for i, name in enumerate(columns)
    )
    select = f"SELECT {cells}, {literal(wanted.file.name)} AS source_file, source_row FROM incoming"
    return load(engine, wanted, rows, select)
