"""A worksheet as a table of text in an Arrow file; errors and formulas without a value keep their text."""

from __future__ import annotations

from typing import Any

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from earned.books.child.sheets import Sheet, sheet
from earned.books.file import File

#: Merged cells matter in the rows that may hold headers only (R9).
_TOP = 64


def read(file: File, name: str, member: str, into: str) -> dict[str, Any]:
    """Write a worksheet to `into`, columns c0, c1, …, from its first row and first filled column.

    Returns {first_column, merged}. Raises InputError where the sheet is too large or damaged.
    """
    found = sheet(file, name, member)
    grid = _marked(_grid(file, name), found)
    with pa.OSFile(into, "wb") as target, pa.ipc.new_file(target, grid.schema) as writer:
        writer.write_table(grid)
    return {"first_column": found.first_column, "merged": [m for m in found.merged if m[0] <= _TOP]}


def _grid(file: File, name: str) -> pa.Table:
    """The sheet from its first row and its first filled column, all text."""
    try:
        book = fastexcel.read_excel(file.path)
        batch = book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0).to_arrow()
    except MemoryError:
        raise
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
