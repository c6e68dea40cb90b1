"""What index.xml of a GDPdU export says: the tables, their files, how these are cut, typed and encoded."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from earned.imports import xml
from earned.imports.files import Source
from earned.imports.xml import Node

#: The order that the DTD demands of DataSet, as text over the first letters of its children.
_ORDER = re.compile(r"(Extension )*Version (DataSupplier )?(Command )*(Media )+(Command )*")
_CODES = {
    "ANSI": "windows-1252", "OEM": "cp850", "Macintosh": "mac_roman",
    "UTF8": "utf-8", "UTF16": "utf-16", "UTF7": "utf-7",
}  # fmt: skip
_COLUMNS = ("VariablePrimaryKey", "VariableColumn", "FixedPrimaryKey", "FixedColumn")


@dataclass(frozen=True)
class Column:
    """A column: its name, its type with decimals or date format, words that stand for others, its place."""

    name: str
    type: str
    implied: int
    form: str
    words: dict[str, str]
    span: tuple[int, int] | None


@dataclass(frozen=True)
class Described:
    """A table as index.xml describes it; `first` to `last` are records by its Range, `stated` counts them."""

    name: str
    url: str
    encoding: str
    decimal: str
    group: str
    skip: int
    first: int
    last: int | None
    stated: int | None
    epoch: int
    delimiter: str
    record: str
    quote: str
    length: int
    columns: tuple[Column, ...]


def described(index: Source) -> tuple[str, list[Described]]:
    """The supplier's name and every table. Raises InputError where index.xml is not as the DTD demands."""
    whole = next((r.node for r in xml.records(index, frozenset(("DataSet",)), dtd=True)), None)
    if whole is None:
        raise index.fault("a DataSet", "Export it again", reason="import_content")
    order = "".join(f"{child.name} " for child in whole.children)
    if not _ORDER.fullmatch(order):
        expected = "Extension, Version, DataSupplier, Command, Media, Command in this order in DataSet"
        raise index.fault(
            expected, "Ask for an index.xml that fits its DTD", value=order.strip(), reason="import_content"
        )
    tables = [
        _table(index, number, node)
        for media in whole.all("Media")
        for number, node in enumerate(media.all("Table"), 1)
    ]
    return whole.get("DataSupplier", "Name"), tables


def _table(index: Source, number: int, node: Node) -> Described:
    name, url = node.get("Name") or node.get("URL"), node.get("URL")
    cut = node.at("VariableLength") or node.at("FixedLength")
    if not url or cut is None:
        expected = "URL and VariableLength or FixedLength in a Table"
        raise index.fault(
            expected,
            "Ask for an index.xml that fits its DTD",
            value=name or f"table {number}",
            reason="import_content",
        )
    whole = _whole(index)
    first = whole(node.get("Range", "From")) or 1
    length, to = whole(node.get("Range", "Length")), whole(node.get("Range", "To"))
    last = to or (first + length - 1 if length else None)
    columns = tuple(_column(index, c) for c in cut.children if c.name in _COLUMNS)
    if cut.name == "FixedLength" and any(c.span is None for c in columns):
        raise index.fault(
            "a FixedRange in each FixedColumn",
            "Ask for a complete index.xml",
            value=name,
            reason="import_content",
        )
    return Described(
        name=name,
        url=url,
        encoding=next((code for tag, code in _CODES.items() if node.at(tag)), _CODES["ANSI"]),
        decimal=_text(node, "DecimalSymbol", ","),
        group=_text(node, "DigitGroupingSymbol", "."),
        skip=whole(node.get("SkipNumBytes")) or 0,
        first=first,
        last=last,
        stated=last - first + 1 if last else None,
        epoch=whole(node.get("Epoch")) or 30,
        delimiter=_text(cut, "ColumnDelimiter", ";"),
        record=_text(cut, "RecordDelimiter", "\r\n"),
        quote=_text(cut, "TextEncapsulator", '"'),
        length=whole(cut.get("Length")) or 0,
        columns=columns,
    )


def _column(index: Source, node: Node) -> Column:
    whole = _whole(index)
    kind = next((t for t in ("Numeric", "Date", "AlphaNumeric") if node.at(t)), "AlphaNumeric")
    begin = whole(node.get("FixedRange", "From"))
    end = whole(node.get("FixedRange", "To")) or 0
    if begin and not end:
        end = begin + (whole(node.get("FixedRange", "Length")) or 1) - 1
    return Column(
        name=node.get("Name"),
        type=kind,
        implied=whole(node.get("Numeric", "ImpliedAccuracy")) or 0,
        form=node.get("Date", "Format") or "DD.MM.YYYY",
        words={pair.get("From"): pair.get("To") for pair in node.all("Map")},
        span=(begin - 1, end) if begin else None,
    )


def _text(node: Node, name: str, default: str) -> str:
    """A symbol as it stands: it may be a blank, a tab or a line end."""
    found = node.at(name)
    return found.text if found and found.text else default


def _whole(index: Source) -> Callable[[str], int | None]:
    def number(text: str) -> int | None:
        if text and not (text.isascii() and text.isdecimal() and len(text) <= 9):
            raise index.fault(
                "a whole number",
                "Ask for an index.xml that fits its DTD",
                value=text,
                reason="import_content",
            )
        return int(text) if text else None

    return number
