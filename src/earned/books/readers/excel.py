"""Workbooks: every cell as text (numbers shortest, dates ISO, true/false), rows by their sheet number.

Hidden sheets and rows are books. A row without a value in any cell is no row.
"""

from __future__ import annotations

from collections.abc import Sequence

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from earned.books.readers import header
from earned.books.readers.gate import File
from earned.books.readers.part import Part, Wanted, literal, load, no_refused, quoted
from earned.books.readers.sheets import Sheet, Workbook, sheet
from earned.engine import Engine

_MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"
Cell = str | None


def read(wanted: Wanted, book: Workbook, name: str, engine: Engine) -> Part:
    """Load a worksheet into the engine.

    Raises InputError where the sheet is too large, damaged, or has no row of headers.
    """
    found = sheet(wanted.file, name, book.sheets[name])
    grid = _marked(_grid(wanted.file, name), found)
    top = _top(grid, found)
    if not any(header.clean(c) for row in top for c in row) and grid.num_rows <= len(top):
        do = "fill it, or take the sheet out of the workbook"
        raise wanted.file.refused(f"rows in sheet {name}, which is empty", do)
    at = header.choose(top, wanted.source.header_row, wanted.expected)
    if not at or at[-1] > len(top):
        raise wanted.file.refused(
            f"a row with column names in sheet {name}", "set `header_row` of the source in books.yaml"
        )
    fits = header.fits([c for i in at for c in top[i - 1]], wanted.expected)
    if wanted.by_name and not wanted.source.header_row and not fits:
        raise header.none_fits(wanted.file, wanted.source.name, min(grid.num_rows, header.LOOKED_AT), name)
    columns = _columns(wanted.file, [top[i - 1] for i in at], found.first_column)
    kept = _load(_rows(grid, at[-1]), columns, wanted, engine)
    return Part(tuple(c for c in columns if c), "workbook", kept, no_refused(), book.date1904)


def _grid(file: File, name: str) -> pa.Table:
    """The sheet from its first row and its first filled column, all text."""
    try:
        book = fastexcel.read_excel(file.path)
        batch = book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0).to_arrow()
    except Exception as wrong:
        said = str(wrong).splitlines()[0] if str(wrong) else type(wrong).__name__
        raise file.refused(f"a whole worksheet {name}", f"open and save it again ({said})") from None
    except BaseException as wrong:
        # A panic of the library below is no Exception; Ctrl-C must pass.
        if isinstance(wrong, (KeyboardInterrupt, SystemExit)):
            raise
        raise file.refused(f"a whole worksheet {name}", "open and save it again") from None
    names = [f"c{i}" for i in range(batch.num_columns)]
    return pa.table([pc.cast(c, pa.string()) for c in batch.columns], names=names)


def _marked(grid: pa.Table, found: Sheet) -> pa.Table:
    """The grid with errors and formulas without a value shown as their text, not as blank."""
    for column in range(grid.num_columns):
        cells = {r: t for (r, c), t in found.marked.items() if c == found.first_column + column}
        if not cells:
            continue
        rows = np.array(sorted(r for r in cells if r <= grid.num_rows), np.int64)
        mask = np.zeros(grid.num_rows, bool)
        mask[rows - 1] = True
        values = grid.column(column).combine_chunks()
        texts = pa.array([cells[int(r)] for r in rows], pa.string())
        blank = pc.fill_null(pc.equal(values, ""), True)
        texts = pc.if_else(blank.filter(pa.array(mask)), texts, values.filter(pa.array(mask)))
        filled = pc.replace_with_mask(values, pa.array(mask), texts)
        grid = grid.set_column(column, grid.column_names[column], filled)
    return grid


def _top(grid: pa.Table, found: Sheet) -> list[list[Cell]]:
    """The first rows as cells; a merged cell stands in each column that it covers (R9)."""
    columns = [c.to_pylist() for c in grid.slice(0, 2 * header.LOOKED_AT).columns]
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
