"""What a folder or file holds under the names of our tables, when no books.yaml says so.

A file `entries.csv`, a sheet `entries` of a workbook, a table `entries` of a DuckDB file. Two of
them for one table are refused; everything else is listed as not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from earned.books import schema
from earned.books.file import File
from earned.books.readers import duckdb, gate, paths, sheets
from earned.engine import Engine
from earned.faults import Fault, InputError

_PACKED = r"(\.(gz|zst))?"
_TABLE_FILE = re.compile(rf"(.+?)\.(csv|tsv|txt|parquet|pq|xlsx|xlsm|xls|duckdb|db){_PACKED}", re.IGNORECASE)
#: What to do where nothing says how one file is read.
APART = "or put the file into a folder with a books.yaml that says how it is read, and name the folder"
_HOLDER = re.compile(r".+\.(xlsx|xlsm|duckdb)", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """Where one of our tables was found."""

    table: str
    file: File
    inner: str | None = None

    def __str__(self) -> str:
        return f"{self.file.name} ({self.inner})" if self.inner else self.file.name


@dataclass
class Found:
    """Places of our tables, and the files that are not read with the reason."""

    places: list[Place] = field(default_factory=list)
    not_read: list[tuple[str, str]] = field(default_factory=list)


def in_file(path: Path, engine: Engine) -> Found:
    """The tables in books that are one workbook or one DuckDB file."""
    file = paths.inside(path.parent, path.name)
    found = Found()
    kind = gate.readable(file)
    if kind not in ("workbook", "duckdb"):
        raise file.refused(
            "a folder of tables, one .xlsx workbook or one .duckdb file",
            "put the file into a folder, named as its table (entries.csv), and name the folder",
            reason="wrong_type",
        )
    _look_inside(file, kind, engine, found)
    if not found.places:
        part = "sheet" if kind == "workbook" else "table"
        raise file.refused(
            f"a {part} named entries, and others named contracts and evidence; {found.not_read[0][1]}",
            f"rename each {part} as its table, {APART}",
            reason="table_missing",
        )
    return found


def in_folder(folder: Path, names: Sequence[str], engine: Engine, strict: bool) -> Found:
    """The tables directly in a folder. `strict`: a workbook that cannot be opened is an error."""
    found = Found()
    for name in names:
        table = table_of(name)
        if "/" in name or not (table or _HOLDER.fullmatch(name)):
            found.not_read.append((name, "its name is not one of the tables"))
            continue
        try:
            file = paths.inside(folder, name)
            kind = gate.readable(file)
            if kind in ("workbook", "duckdb"):
                _look_inside(file, kind, engine, found, table)
            elif table:
                found.places.append(Place(table, file))
            else:
                found.not_read.append((name, "its name is not one of the tables"))
        except InputError as wrong:
            if strict or table:
                raise
            found.not_read.append((name, wrong.faults[0].expected))
    return found


def _look_inside(file: File, kind: str, engine: Engine, found: Found, table: str | None = None) -> None:
    """Sheets or tables named as ours; a workbook named as a table may have one sheet of any name."""
    workbook = kind == "workbook"
    inner = list(sheets.workbook(file).sheets) if workbook else duckdb.tables(file, engine)
    ours = [(t, name) for name in inner if (t := _table(name))]
    if not ours and table and len(inner) == 1:
        ours = [(table, inner[0])]
    if not ours and table:
        raise file.refused(
            f"a {'sheet' if workbook else 'table'} named {table}; there are {', '.join(inner) or 'none'}",
            f"rename it to {table}, or name it in books.yaml (sources)",
            reason="sheet_missing",
        )
    found.places += [Place(t, file, name) for t, name in ours]
    if not ours:
        found.not_read.append((file.name, f"none of {', '.join(inner) or 'its parts'} is named as a table"))


def table_of(file: str) -> str | None:
    """Our table that a file is named as: `entries.csv.gz`."""
    return _table(match[1]) if (match := _TABLE_FILE.fullmatch(file)) else None


def holds_table(file: str) -> bool:
    """Whether a file is named as one that could hold a table of any name."""
    return bool(_TABLE_FILE.fullmatch(file))


def _table(name: str) -> str | None:
    """Our table of that name; blanks around it and case do not matter here."""
    plain = " ".join(name.split()).casefold()
    return plain if plain in schema.tables() else None


def one_each(places: Sequence[Place]) -> dict[str, Place]:
    """The place of each table. Raises InputError that names both where there are two."""
    result: dict[str, Place] = {}
    faults = []
    for place in places:
        if (first := result.setdefault(place.table, place)) is not place:
            faults.append(
                Fault(
                    f"one source for the table {place.table}; there are {first} and {place}",
                    "take one of them out of the books, rename it, "
                    "or name both files as one source in books.yaml",
                    place.file.name,
                    reason="table_ambiguous",
                )
            )
    if faults:
        raise InputError(faults)
    return result
