"""Columns of the workpaper's sheets, and the addresses of their cells for formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from earned.report import numbers
from earned.report.text import PAGE
from earned.report.view import Row
from earned.report.workpaper.rows import Columns


@dataclass(frozen=True)
class Col:
    """A column: the row's key, its heading, how its cells are written, how wide.

    `say` puts a code into words; `link` names the sheet that a cell leads to and the key of the row there;
    `less` names two columns whose difference a live formula gives.
    """

    key: str
    head: str
    kind: str = "text"
    width: float = 14
    say: Callable[[Any], str] | None = None
    link: tuple[str, str] | None = None
    less: tuple[str, str] | None = None


LINEAGE = (Col("source_file", PAGE["file"], width=22), Col("source_row", PAGE["row"], "count", 8))


def columns_of(rows: Sequence[Row]) -> Columns:
    """Rows as lists by column."""
    return {k: [r.get(k) for r in rows] for k in dict.fromkeys(k for r in rows for k in r)}


def place_of(columns: Sequence[Col], key: str) -> int:
    """Where the column of a key stands."""
    return [c.key for c in columns].index(key)


def block(place: int, first: int, rows: int, sheet: str = "") -> str:
    """The cells of one column from a line on, for a formula."""
    ends = (
        xl_rowcol_to_cell(line, place, row_abs=True, col_abs=True)
        for line in (first, first + max(rows, 1) - 1)
    )
    return (f"'{sheet}'!" if sheet else "") + ":".join(ends)


def at(line: int, place: int) -> str:
    """The address of a cell."""
    return str(xl_rowcol_to_cell(line, place))


def heights(columns: Sequence[Col], batch: Columns) -> list[int]:
    """How many lines of text each row takes, where a column wraps."""
    wrapped = [(batch.get(c.key) or (), c) for c in columns if c.kind == "wrap"]
    shown = [[c.say(v) if c.say and v else str(v or "") for v in values] for values, c in wrapped]
    lines = [[-(-_wide(v) // int(c.width * 1.15)) for v in s] for s, (_, c) in zip(shown, wrapped)]
    return [max(1, *row) for row in zip(*lines)]


def _wide(words: str) -> int:
    return len(words) if words.isascii() else numbers.wide(words)
