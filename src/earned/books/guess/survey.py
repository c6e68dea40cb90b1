"""Every file of a folder, read as it stands: where its headers are, what is above them, what it holds.

Files come through the reading gate; nothing in them is executed. A file that cannot be read is listed
with the reason, an export in a known audit format with the command that imports it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from earned.books import sql
from earned.books.file import File, LostError, opened
from earned.books.given import NAME
from earned.books.guess import encodings, formats, sample, seen, top, words
from earned.books.guess.answer import Answer
from earned.books.guess.seen import Column
from earned.books.mapping import Source
from earned.books.readers import SourceTable, duckdb, gate, header, paths, sheets, text
from earned.books.readers.append import appended
from earned.books.readers.choice import Way
from earned.engine import Engine
from earned.faults import InputError

#: Files of a folder that are looked at.
MOST_FILES = 300
#: Rows at the top of a file among which the headers are looked for.
TOP = 20
DELIMITERS = ",;\t|"
_HEAD = 1 << 20


@dataclass(frozen=True)
class Found:
    """A table of a file: its source as books.yaml would name it, its rows in the engine, its columns,
    the texts above its headers, and the cells that mark lines of totals.

    `times`: how many times larger the file is than what was read of it; `export`: the audit format that
    it is in; `parts`: the tables that a SELECT makes it of, `query`: its text around their names; `asks`:
    what a person has to say of our columns.
    """

    source: Source
    table: SourceTable
    columns: tuple[Column, ...]
    above: tuple[str, ...] = ()
    totals: tuple[tuple[str, tuple[str, ...]], ...] = ()
    times: int = 1
    export: formats.Export | None = None
    parts: tuple[Found, ...] = ()
    query: tuple[str, ...] = ()
    asks: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The file, and the sheet or table inside it."""
        if self.parts:
            return " with ".join(part.place for part in self.parts)
        inner = self.source.sheet or self.source.table
        return f"{', '.join(self.source.paths)}{f' ({inner})' if inner else ''}"


@dataclass
class Survey:
    """The tables that were found, exports to import, and files that were not read with the reason."""

    found: list[Found] = field(default_factory=list)
    imports: list[formats.Export] = field(default_factory=list)
    not_read: list[tuple[str, str]] = field(default_factory=list)


def survey(folder: Path, engine: Engine) -> Survey:
    """Look at every file of a folder. Raises nothing for a file that cannot be used: it is listed."""
    names = _books(paths.listing(folder))
    result = Survey(imports=formats.exports(folder, names))
    taken = {name: export for export in result.imports for name in export.files}
    result.not_read += [(n, f"only the first {MOST_FILES} files are looked at") for n in names[MOST_FILES:]]
    for name in names[:MOST_FILES]:
        if name in taken and taken[name].format not in formats.TABLES:
            continue
        try:
            file = paths.inside(folder, name)
            for source in _sources(file, engine):
                made = _read(file, source, len(result.found) + 1, engine)
                if len(made.columns) > 1:
                    result.found.append(replace(made, export=taken.get(name)))
                else:
                    result.not_read.append((made.place, "no table: one column only"))
        except LostError:
            raise
        except InputError as wrong:
            result.not_read.append((name, wrong.faults[0].expected))
    result.found = list(_united(folder, result.found, engine))
    return result


def _united(folder: Path, found: Sequence[Found], engine: Engine) -> Iterator[Found]:
    """Files of one layout as one table, in the order of their names."""
    kinds: dict[object, list[Found]] = {}
    for one in found:
        layout = (one.table.kind, one.table.columns, replace(one.source, name="", paths=()), one.export)
        kinds.setdefault(layout, []).append(one)
    for first, *others in kinds.values():
        if others:
            paths_of_all = tuple(p for one in (first, *others) for p in one.source.paths)
            whole = replace(
                first,
                source=replace(first.source, paths=paths_of_all),
                times=max(o.times for o in (first, *others)),
            )
            yield again(folder, whole, engine)
        else:
            yield first


def _books(names: Sequence[str]) -> list[str]:
    """The files that may be books, the nearest first: no books.yaml, and nothing of a run of ours."""
    runs = tuple(f"{n.rpartition('/')[0]}/" for n in names if n.endswith("/run.json"))
    others = (n for n in names if n not in (NAME, f"{NAME}.new") and not n.startswith(runs))
    return sorted(others, key=lambda n: (n.count("/"), n))


def _sources(file: File, engine: Engine) -> Iterator[Source]:
    """The sheets of a workbook, the tables of a database, else the file itself."""
    kind = gate.readable(file)
    plain = Source(file.name, (file.name,))
    if kind == "workbook":
        for sheet in sheets.workbook(file).sheets:
            yield replace(plain, sheet=sheet)
    elif kind == "duckdb":
        for table in duckdb.tables(file, engine):
            yield replace(plain, table=table)
    elif kind == "parquet":
        yield plain
    else:
        yield _of_text(file, kind, plain, engine)


def _read(file: File, source: Source, number: int, engine: Engine) -> Found:
    part, times = sample.sampled(file, engine.folder / f"sample_{number}")
    table = _load([part], source, number, engine)
    above: list[str] = []
    if table.kind == "workbook":
        rows = _top(table, engine)
        at = top.header_row(rows)
        above = [c for row in rows[: (at if isinstance(at, int) else at[0]) - 1] for c in row if c]
        if at != 1:
            source = replace(source, header_row=at)
            table = _load([file], source, number, engine)
    elif source.header_row:
        above = _lines_above(part, source, engine)
    looked = seen.look(table, engine)
    return Found(source, table, looked.columns, tuple(above), tuple(looked.totals.items()), times)


def _load(files: Sequence[File], source: Source, number: int, engine: Engine) -> SourceTable:
    engine.sql(f'DROP TABLE IF EXISTS "source_{number}"')
    first = source if source.header_row or source.delimiter else replace(source, header_row=1)
    return appended(Way(first, tuple(files), frozenset(), by_name=False), number, engine)


def _top(table: SourceTable, engine: Engine) -> list[list[str]]:
    """The first rows of a sheet that was read with its first row as headers."""
    rows = [[("" if c.startswith("#") else c) for c in table.columns]] + [[] for _ in range(TOP - 1)]
    listed = ", ".join(sql.name(c) for c in table.columns)
    found = engine.sql(
        f"SELECT source_row, {listed} FROM {sql.name(table.relation)} WHERE source_row <= {TOP}"
    )
    for number, *cells in found:
        rows[number - 1] = [header.clean(c) for c in cells]
    return rows


def _of_text(file: File, kind: str, source: Source, engine: Engine) -> Source:
    """A text file with its encoding, its delimiter and the row of its headers, taken from its first lines."""
    if kind == "text" and (start := sample.undecoded(file.path)) and not _wide(start):
        read = encodings.found(start)
        source = replace(source, encoding=read.name if read else None)
    lines = _lines(file, kind, source.encoding, engine)
    ways = {d: list(_records(lines, d)) for d in DELIMITERS}
    best = max(ways, key=lambda d: _fits(ways[d]))
    rows = ways[best]
    if max(map(len, rows), default=0) < 2:
        raise file.refused("no table: one column only", "take it out of the folder", reason="column_missing")
    at = top.header_row(rows) if rows else 1
    return replace(source, delimiter=best, header_row=at if at != 1 else None)


def _wide(start: bytes) -> bool:
    """UTF-16 and UTF-32, which the reader tells by itself."""
    return start[:2] in (b"\xff\xfe", b"\xfe\xff") or start[:4096].count(b"\0") > 8


def _fits(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How well a delimiter cuts the lines: the known words of the header, then the usual width."""
    widths = sorted(len(r) for r in rows)
    at = top.last(top.header_row(rows)) if rows else 1
    return sum(words.known(c) for c in rows[at - 1]) if rows else 0, widths[len(widths) // 2] if widths else 0


def _records(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(iter(lines), delimiter=delimiter)
    try:
        for row in reader:
            yield [header.clean(c) for c in row]
    except csv.Error:
        return


def _lines(file: File, kind: str, encoding: str | None, engine: Engine) -> list[str]:
    """The first lines of a text file, packed or not, in whatever encoding."""
    temporary = [engine.folder / f"peek.{end}" for end in ("unpacked", "sample", "utf8")]
    try:
        plain = gate.unpacked(file, kind, temporary[0]) if kind in ("gzip", "zstd") else file
        found = text.as_utf8(sample.sampled(plain, temporary[1])[0], encoding, temporary[2])
        with opened(found.file.path) as raw:
            start = raw.read(_HEAD).decode("utf-8", "ignore")
    finally:
        for path in temporary:
            path.unlink(missing_ok=True)
    return list(io.StringIO(start, newline=""))[:TOP]


def _lines_above(file: File, source: Source, engine: Engine) -> list[str]:
    lines = _lines(file, gate.readable(file), source.encoding, engine)
    rows = list(_records(lines, source.delimiter or ","))
    at = source.header_row
    first = at if isinstance(at, int) else at[0] if at else 1
    return [c for row in rows[: first - 1] for c in row if c]


def again(folder: Path, one: Found, engine: Engine) -> Found:
    """A table read again as its source says now; its headers stand where they stood."""
    number = int(one.table.relation.rpartition("_")[2])
    files = [
        sample.sampled(paths.inside(folder, path), engine.folder / f"sample_{number}_{i}")[0]
        for i, path in enumerate(one.source.paths)
    ]
    table = _load(files, one.source, number, engine)
    looked = seen.look(table, engine)
    return replace(one, table=table, columns=looked.columns, totals=tuple(looked.totals.items()))
