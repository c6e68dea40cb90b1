"""CSV files: every cell as text, every row with the line it stands on, no row lost.

Rows of the wrong shape are handed over as refused with their text. The lines of the file, counted
from its bytes, are compared with the lines of the rows that were read (reliability section 0.3).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv

from earned.books import limits
from earned.books.file import File, not_the_machine, opened
from earned.books.limits import MIB
from earned.books.readers import header, text
from earned.books.readers.gate import unpacked
from earned.books.readers.lines import Seen
from earned.books.readers.part import Part, Wanted, literal, load, quoted, refused
from earned.engine import Engine

DELIMITERS = ",;\t|"
HEAD = 4 * MIB


@dataclass(frozen=True)
class _Head:
    """How a file begins: its delimiter, its headers, where its rows start; and the limits it is read with.

    The engine reads from threads of its own, in which the limits of the caller are not in force.
    """

    delimiter: str
    columns: tuple[str, ...]
    bytes: int
    lines: int
    block: int = field(default_factory=lambda: limits.most("row_bytes"))
    most_refused: int = field(default_factory=lambda: limits.most("rows_of_another_shape"))


def read(wanted: Wanted, packing: str | None, engine: Engine) -> Part:
    """Load a CSV file, packed or not, into the engine.

    Raises InputError for an unclosed quote, too many rows of another shape, or no header.
    """
    temporary = [engine.folder / f"{wanted.relation}.{end}" for end in ("unpacked", "utf8")]
    try:
        plain = unpacked(wanted.file, packing, temporary[0]) if packing else wanted.file
        found = text.as_utf8(plain, wanted.source.encoding, temporary[1])
        head = _head(found.file, wanted)
        if found.quotes % 2:
            _refuse_open_quote(found, head)
        return _rows(found, head, wanted, engine)
    finally:
        for path in temporary:
            Path(path).unlink(missing_ok=True)


def _head(file: File, wanted: Wanted) -> _Head:
    with opened(file.path) as raw:
        start = raw.read(HEAD).decode("utf-8", "ignore")
    if not start.strip():
        raise file.refused(
            "a row with column names; this file is empty", "export it again, or take it out", reason="empty"
        )
    lines = list(io.StringIO(start, newline=""))[:2000]
    _ends_of_lines(file, start, len(lines))
    ways = [wanted.source.delimiter] if wanted.source.delimiter else list(DELIMITERS)
    tried = [(delimiter, *_first(lines, delimiter)) for delimiter in ways]
    given, expected = wanted.source.header_row, wanted.expected
    chosen = [(d, rows, ends, header.choose(rows, given, expected)) for d, rows, ends in tried]

    def score(way: tuple[str, list[list[str]], list[int], tuple[int, ...]]) -> tuple[int, int]:
        row = way[1][way[3][-1] - 1] if way[3] and way[3][-1] <= len(way[1]) else []
        return header.matches(row, expected), len(row)

    delimiter, rows, ends, at = max(chosen, key=score)
    if not at or at[-1] > len(rows):
        raise file.refused(
            "a row with column names", "set `header_row` of the source in books.yaml", reason="header"
        )
    if wanted.by_name and not given and not header.fits(rows[at[0] - 1], expected):
        raise header.none_fits(file, wanted.source.name, min(len(rows), header.LOOKED_AT))
    used = lines[: ends[at[-1] - 1]]
    columns = header.names(file, header.joined([rows[i - 1] for i in at]))
    return _Head(delimiter, columns, len("".join(used).encode()), len(used))


def _ends_of_lines(file: File, start: str, lines: int) -> None:
    """Raise InputError where rows end in a way that no reader of tables takes for an end."""
    for mark in "\u0085\u2028\u2029":
        if start.count(mark) > lines:
            expected = f"rows that end with a line feed; here U+{ord(mark):04X} stands between them"
            do = "export it again with the line ends of Windows or Unix"
            raise file.refused(expected, do, reason="malformed")


def _first(lines: list[str], delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The first records, and the number of lines up to the end of each."""
    reader = csv.reader(iter(lines), delimiter=delimiter)
    rows, ends = [], []
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
            if len(rows) == header.LOOKED_AT:
                break
    except csv.Error:
        # Only the header is looked for here: a record that cannot be read is named when the file is loaded.
        return rows, ends
    return rows, ends


def _rows(found: text.Text, head: _Head, wanted: Wanted, engine: Engine) -> Part:
    seen = Seen(head.lines)
    schema = pa.schema([(c, pa.string()) for c in head.columns] + [("source_row", pa.int64())])
    batches = pa.RecordBatchReader.from_batches(schema, _batches(found, head, seen))
    columns = ", ".join(quoted(c) for c in head.columns)
    select = f"SELECT {columns}, {literal(wanted.file.name)} AS source_file, source_row FROM incoming"
    try:
        kept = load(engine, wanted, batches, select)
    except duckdb.Error as wrong:
        not_the_machine(seen.failure or wrong, wanted.file, reading=seen.failure is not None)
        raise _failed(seen, wanted.file, head) from seen.failure
    if found.quotes and (seen.texts or seen.passed != found.lines):
        _refuse_open_quote(found, head)
    if (seen.passed, kept) != (found.lines, seen.kept):
        lines = f"{found.lines:,} lines in the file, {seen.passed:,} in the rows read"
        do = "export it again with every text in quotes, or as a workbook"
        raise wanted.file.refused(
            f"rows that can all be accounted for; there are {lines}", do, reason="malformed"
        )
    expected = f"{len(head.columns)} cells, as in the header"
    return Part(head.columns, "text", kept, refused(wanted.file, seen.lines, seen.texts, expected))


def _refuse_open_quote(found: text.Text, head: _Head) -> None:
    if line := text.open_quote(found.file, head.delimiter):
        expected = "a quote that closes; this one opens and never closes"
        raise found.file.refused(expected, "correct that line in the export", row=line, reason="malformed")


def _failed(seen: Seen, file: File, head: _Head) -> Exception:
    if len(seen.texts) >= limits.most("rows_of_another_shape"):
        do = "set `delimiter` or `header_row` of the source in books.yaml"
        cells = f" ({len(head.columns)} cells)"
        return limits.beyond("rows_of_another_shape", file.name, do, of=cells)
    if "straddling" in str(seen.failure):
        do = "a quote may be missing: correct that line in the export"
        return limits.beyond("row_bytes", file.name, do, row=seen.passed + len(seen.waiting) + 1)
    return file.refused(
        "a table that can be read to its end", f"export it again ({seen.failure})", reason="malformed"
    )


def _batches(found: text.Text, head: _Head, seen: Seen) -> Iterator[pa.RecordBatch]:
    if found.lines <= head.lines:
        return
    try:
        for batch in _opened(found, head, seen):
            yield seen.placed(batch, head.delimiter, found.quotes > 0)
    except Exception as wrong:
        seen.failure = wrong
        raise
    seen.place_refused()


def _opened(found: text.Text, head: _Head, seen: Seen) -> pyarrow.csv.CSVStreamingReader:
    source = pa.OSFile(str(found.file.path))
    source.seek(head.bytes)

    def set_aside(row: pyarrow.csv.InvalidRow) -> str:
        seen.set_aside(row.number, row.text)
        return "skip" if len(seen.texts) < head.most_refused else "error"

    # Serial: only then does a refused row carry its number in the file.
    return pyarrow.csv.open_csv(
        source,
        pyarrow.csv.ReadOptions(use_threads=False, block_size=head.block, column_names=list(head.columns)),
        pyarrow.csv.ParseOptions(
            delimiter=head.delimiter,
            newlines_in_values=found.quotes > 0,
            ignore_empty_lines=False,
            invalid_row_handler=set_aside,
        ),
        pyarrow.csv.ConvertOptions(
            column_types={c: pa.string() for c in head.columns}, strings_can_be_null=False
        ),
    )
