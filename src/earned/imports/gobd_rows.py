"""The rows of a data file as index.xml cuts them: any delimiters, or columns of fixed width."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from earned.imports import cells, files
from earned.imports.files import Source
from earned.imports.gobd_index import Column, Described

_LINE_ENDS = ("\r\n", "\n", "\r")


def rows(table: Described, source: Source) -> Iterator[tuple[int, list[str]]]:
    """The records of the table's Range, each with its number in the file, the first being 1."""
    for number, cells_of in enumerate(_every(table, source), 1):
        if number >= table.first and (table.last is None or number <= table.last):
            yield number, cells_of


def _every(table: Described, source: Source) -> Iterator[list[str]]:
    if any(c.span for c in table.columns):
        yield from _fixed(table, source)
    elif table.record in _LINE_ENDS and len(table.delimiter) == len(table.quote) == 1 and not table.skip:
        encoded = files.encoding(source, table.encoding)
        yield from (row for _, row in files.rows(source, encoded, table.delimiter, table.quote))
    else:
        yield from _split(_small(table, source), table.delimiter, table.record, table.quote)


def _small(table: Described, source: Source) -> str:
    """A whole file, for what cannot be read by lines."""
    most = files.LIMITS["small"]
    with source.open() as opened:
        content = opened.read(most + 1)
    if len(content) > most:
        expected = f"at most {most // files.MIB} MiB in a file with unusual delimiters"
        raise source.fault(expected, "Export it with ; and line ends", reason="malformed")
    return content[table.skip :].decode(table.encoding, "replace").removeprefix("\ufeff")


def _split(text: str, column: str, record: str, quote: str) -> Iterator[list[str]]:
    """Records of fields, blank ones left out; a field that begins with the quote ends with it, a doubled
    quote stands for itself."""
    place = 0
    row: list[str] = []
    while place < len(text):
        field, place = _field(text, place, column, record, quote)
        row.append(field)
        if text.startswith(column, place):
            place += len(column)
            if place == len(text):
                row.append("")
        else:
            place += len(record)
            if len(row) > 1 or row[0].strip():
                yield row
            row = []
    if len(row) > 1 or "".join(row).strip():
        yield row


def _field(text: str, place: int, column: str, record: str, quote: str) -> tuple[str, int]:
    if not text.startswith(quote, place):
        ends = [found for mark in (column, record) if (found := text.find(mark, place)) >= 0]
        end = min(ends, default=len(text))
        return text[place:end], end
    parts: list[str] = []
    place += len(quote)
    while True:
        end = text.find(quote, place)
        if end < 0:
            return "".join([*parts, text[place:]]), len(text)
        parts.append(text[place:end])
        place = end + len(quote)
        if not text.startswith(quote, place):
            return "".join(parts), place
        parts.append(quote)
        place += len(quote)


def _fixed(table: Described, source: Source) -> Iterator[list[str]]:
    spans = [c.span for c in table.columns if c.span]
    if table.length or table.record not in _LINE_ENDS or table.skip:
        text = _small(table, source)
        width = table.length or max(end for _, end in spans) + len(table.record)
        lines: Iterator[str] = (text[i : i + width] for i in range(0, len(text), width))
    else:
        lines = _lines(table, source)
    for line in lines:
        if line.strip():
            yield [line[begin:end] for begin, end in spans]


def _lines(table: Described, source: Source) -> Iterator[str]:
    with files.text(source, files.encoding(source, table.encoding)) as opened:
        yield from (line.rstrip("\r\n") for line in opened)


def typed(table: Described, column: Column, text: str) -> str | Decimal | None:
    """A cell by its declared type: text with its words replaced, a day as ISO, an amount; None if it is none.

    An empty cell is an empty text whatever its type.
    """
    bare = text.strip()
    bare = column.words.get(bare, bare)
    if not bare or column.type == "AlphaNumeric":
        return bare
    if column.type == "Date":
        return cells.day(bare, column.form, table.epoch)
    value = cells.amount(bare, table.decimal, table.group)
    return cells.implied(value, column.implied) if value is not None and column.implied else value
