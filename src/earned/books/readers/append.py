"""The files of one source, read each by its format and appended into one raw table."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb as engine_errors
import pyarrow as pa

from earned.books.file import File
from earned.books.readers import csv, duckdb, excel, gate, parquet, sheets
from earned.books.readers.choice import Way
from earned.books.readers.layout import flattened
from earned.books.readers.long_cells import without_long_cells
from earned.books.readers.part import REFUSED, Part, Wanted, quoted
from earned.engine import Engine
from earned.faults import Fault, InputError, meant


@dataclass(frozen=True)
class SourceTable:
    """A source as it stands in the engine.

    `relation` has the file's columns under their headers, then source_file and source_row; every
    column is text when `kind` is text or workbook, and as in the file when it is typed. `rows`
    counts the data rows of the files with those in `refused` (source_file, source_row,
    column_name, value, reason, expected), which are not in `relation`. `place` is the first file,
    with its sheet; `inner` are the files with the sheet or table that was read of each.
    """

    name: str
    relation: str
    columns: tuple[str, ...]
    kind: str
    date1904: bool
    null_values: tuple[str, ...]
    rows: int
    refused: str
    place: str = ""
    inner: tuple[tuple[str, str], ...] = ()


def appended(way: Way, number: int, engine: Engine) -> SourceTable:
    """Read every file of a source; columns are united by header, rows stand in the order of the files."""
    relation, refused = f"source_{number}", f"refused_{number}"
    parts: list[Part] = []
    for turn, file in enumerate(way.files):
        target = relation if not turn else f"{relation}_next"
        wanted = Wanted(file, way.source, way.expected, way.by_name, target)
        part = without_long_cells(_read(wanted, engine), wanted, engine)
        parts.append(flattened(part, wanted, engine))
        _used_once(way, file, parts[-1])
        if turn:
            _alike(way, file, parts)
            _append(engine, way, relation, target, parts)
    engine.small(refused, pa.concat_tables([REFUSED.empty_table(), *(p.refused for p in parts)]))
    return SourceTable(
        name=way.source.name,
        relation=relation,
        columns=_union(parts),
        kind=parts[0].kind,
        date1904=parts[0].date1904,
        null_values=way.source.null_values,
        rows=sum(p.kept + p.refused.num_rows for p in parts),
        refused=refused,
        place=_place(way, parts[0]),
        inner=tuple((f.name, p.inner) for f, p in zip(way.files, parts, strict=True) if p.inner),
    )


def _place(way: Way, first: Part) -> str:
    """The first file of a source, for messages; of a workbook with its sheet."""
    name, sheet = way.files[0].name, way.source.sheet
    return f"{name} ({sheet})" if sheet and first.kind == "workbook" else name


def _read(wanted: Wanted, engine: Engine) -> Part:
    kind = gate.readable(wanted.file)
    if kind == "workbook":
        book = sheets.workbook(wanted.file)
        return excel.read(wanted, book, _inner(wanted, "sheet", list(book.sheets)), engine)
    if kind == "duckdb":
        names = list(duckdb.tables(wanted.file, engine))
        return duckdb.read(wanted, _inner(wanted, "table", names), engine)
    if kind == "parquet":
        return parquet.read(wanted, engine)
    return csv.read(wanted, kind if kind in ("gzip", "zstd") else None, engine)


def _inner(wanted: Wanted, what: str, names: list[str]) -> str:
    """The sheet or table to read: the one named, else the only one, else the one named as the source."""
    asked = wanted.source.sheet if what == "sheet" else wanted.source.table
    if asked in names:
        return str(asked)
    if asked is None and (len(names) == 1 or wanted.source.name in names):
        return names[0] if len(names) == 1 else wanted.source.name
    expected = f"a {what} named {asked}" if asked else f"the key `{what}`, as there are several"
    raise wanted.file.refused(
        f"{expected}; there are {', '.join(names) or 'none'}",
        meant(
            asked or "", names, f"write `{what}: <name>` under the source {wanted.source.name} in books.yaml"
        ),
        reason="sheet_missing",
    )


def _alike(way: Way, file: File, parts: list[Part]) -> None:
    first, last = parts[0], parts[-1]
    if (first.kind, first.date1904) != (last.kind, last.date1904):
        raise file.refused(
            f"files of one kind in the source {way.source.name}; {way.files[0].name} is of another "
            "(text, workbook with its date system, typed)",
            "make two sources of them and map each (a table may be a list of mappings)",
            reason="files_differ",
        )


def _append(engine: Engine, way: Way, relation: str, extra: str, parts: list[Part]) -> None:
    known = {c.casefold() for c in _union(parts[:-1])}
    try:
        for column in parts[-1].columns:
            if column.casefold() not in known:
                kind = engine.sql(
                    f"SELECT data_type FROM duckdb_columns() WHERE table_name = '{extra}' "
                    f"AND lower(column_name) = lower('{column.replace(chr(39), chr(39) * 2)}')"
                )[0][0]
                engine.sql(f"ALTER TABLE {quoted(relation)} ADD COLUMN {quoted(column)} {kind}")
        engine.connection.execute(f"INSERT INTO {quoted(relation)} BY NAME SELECT * FROM {quoted(extra)}")
    except engine_errors.Error as wrong:
        raise way.files[len(parts) - 1].refused(
            f"columns of the same types as in {way.files[0].name}",
            f"export them alike ({wrong})",
            reason="files_differ",
        ) from None
    engine.connection.execute(f"DROP TABLE {quoted(extra)}")


def _union(parts: list[Part]) -> tuple[str, ...]:
    named = {c.casefold(): c for p in reversed(parts) for c in reversed(p.columns)}
    ordered = dict.fromkeys(c.casefold() for p in parts for c in p.columns)
    return tuple(named[c] for c in ordered)


def _used_once(way: Way, file: File, part: Part) -> None:
    """A header that is read, ours or one that books.yaml names, stands once, in whatever case (R12)."""
    columns = set(part.columns)
    # Of two names that differ only in case (amount, Amount) the one that the file has.
    named = {n.casefold(): n for n in sorted(way.expected, key=lambda n: (n in columns, n))}
    faults = [
        Fault(
            f"one column {name}; there are two, or one that differs only in case",
            "rename one of them in the file",
            file.name,
            1,
            name,
            reason="column_duplicate",
        )
        for name in sorted(named.values())
        if any(c.casefold() == f"{name.casefold()}#2" and c not in way.expected for c in columns)
    ]
    if faults:
        raise InputError(faults)
