"""A worksheet as a table of text in an Arrow file; cells that a library changes keep their text."""

from __future__ import annotations

import re
from typing import Any

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from earned.books.child.sheets import Sheet, sheet
from earned.books.file import File

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
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
        raise file.refused(
            f"a whole worksheet {name}", f"open and save it again ({said})", reason="corrupt"
        ) from None
    except BaseException as wrong:
        # A panic of the library below is no Exception; Ctrl-C must pass.
        if isinstance(wrong, (KeyboardInterrupt, SystemExit)):
            raise
        raise file.refused(f"a whole worksheet {name}", "open and save it again", reason="corrupt") from None
    names = [f"c{i}" for i in range(batch.num_columns)]
    return pa.table([_plain(pc.cast(c, pa.string())) for c in batch.columns], names=names)


def _plain(column: pa.Array) -> pa.Array:
    """The texts with their characters that XML cannot hold, which a workbook writes as _x000D_."""
    escaped = pc.fill_null(pc.match_substring_regex(column, _ESCAPED.pattern), False)
    if not pc.any(escaped).as_py():
        return column
    texts = [_ESCAPED.sub(lambda m: chr(int(m[1], 16)), t) for t in column.filter(escaped).to_pylist()]
    whole = [t.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for t in texts]
    return pc.replace_with_mask(column, escaped, pa.array(whole, pa.string()))


def _marked(grid: pa.Table, found: Sheet) -> pa.Table:
    """The grid with the cells that were handed over as something else shown as they stand in the file."""
    by_column: dict[int, dict[int, str]] = {}
    for (row, number), text in (found.unread | found.numbers).items():
        by_column.setdefault(number - found.first_column, {})[row] = text
    for column, cells in by_column.items():
        if column >= grid.num_columns:
            continue
        rows = np.array(sorted(r for r in cells if r <= grid.num_rows), np.int64)
        mask = np.zeros(grid.num_rows, bool)
        mask[rows - 1] = True
        texts = pa.array([cells[int(r)] for r in rows], pa.string())
        filled = pc.replace_with_mask(grid.column(column).combine_chunks(), pa.array(mask), texts)
        grid = grid.set_column(column, grid.column_names[column], filled)
    return grid
