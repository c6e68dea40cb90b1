"""What a workbook holds, and its sheets as tables of text: asked of the process that reads workbooks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from earned.books import limits
from earned.books.child import parent
from earned.books.file import File

#: A merged range of a sheet: first row, first column, last row, last column, from 1.
Merged = tuple[int, int, int, int]


@dataclass(frozen=True)
class Workbook:
    """The sheets of a workbook by name with their parts, in its order, and its date system (R4)."""

    sheets: dict[str, str]
    date1904: bool


@dataclass(frozen=True)
class Grid:
    """A sheet from its first row and its first filled column (a number from 1), every cell text."""

    rows: pa.Table
    first_column: int
    merged: list[Merged]


def workbook(file: File) -> Workbook:
    """Names and parts of the worksheets. Raises InputError where the workbook cannot be used."""
    state = file.path.stat()
    stamp = (state.st_size, state.st_mtime_ns, state.st_ino)
    return _inspected(file, stamp, tuple(sorted(limits.raised().items())))


@lru_cache(maxsize=64)
def _inspected(file: File, stamp: tuple[int, ...], limits: tuple[tuple[str, int], ...]) -> Workbook:
    """A workbook is asked about several times while its tables are found; the child looks once."""
    found = parent.ask("inspect", file)
    return Workbook(found["sheets"], found["date1904"])


def grid(file: File, book: Workbook, name: str, into: Path) -> Grid:
    """A sheet, handed over in the file `into`. Raises InputError where it is too large or damaged."""
    found = parent.ask("sheet", file, name=name, member=book.sheets[name], into=os.fspath(into))
    with pa.memory_map(str(into)) as mapped:
        rows = pa.ipc.open_file(mapped).read_all()
    return Grid(rows, found["first_column"], [(a, b, c, d) for a, b, c, d in found["merged"]])
