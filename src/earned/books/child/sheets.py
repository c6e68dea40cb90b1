"""What a workbook holds, read from its XML before any library opens it.

Sheet names and parts, the date system, merged cells, the used range (a stray cell in the last
corner would make a library ask for half a terabyte), and the cells that a library would hand over
as blank though they are not: errors, and formulas without a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from earned.books import limits
from earned.books.child.archive import archive, blocks, part
from earned.books.child.unusual import PLACE, Texts, long_numbers, without_value
from earned.books.file import File
from earned.faults import InputError

# A cell with content: those that only carry a style take no place.
_CELL = re.compile(rb"<(?:\w+:)?c" + PLACE + rb"[^<>]*(?<!/)>")
_CELL_WITHOUT_PLACE = re.compile(rb"<(?:\w+:)?c(?=[\s>])(?!\sr=)(?![^<>]*\sr\s*=)[^<>]*>")
_ROW_ENDS = re.compile(rb"</(?:\w+:)?row>")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?\bref\s*=\s*["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")
_ROWS_BEGIN = re.compile(rb"<(?:\w+:)?sheetData(?=[\s/>])")
_TWO_VALUES = re.compile(rb"</(?:\w+:)?(?:v|is)\s*>\s*<(?:\w+:)?(?:v|is)[\s/>]")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ROWS_END = re.compile(rb"</(?:\w+:)?sheetData>|<(?:\w+:)?sheetData/>")


@dataclass
class Sheet:
    """A worksheet's range and its unusual cells; rows and columns from 1.

    `unread` are errors and formulas without a value, `numbers` those of many digits, with their texts.
    """

    name: str
    rows: int = 0
    first_column: int = 0
    last_column: int = 0
    unread: dict[tuple[int, int], str] = field(default_factory=dict)
    numbers: dict[tuple[int, int], str] = field(default_factory=dict)
    tables: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def inspected(file: File) -> dict[str, Any]:
    """{sheets: {name: part}, date1904}: the worksheets in their order, and the date system (R4).

    Raises InputError where the workbook cannot be used.
    """
    with archive(file) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")) and not name.startswith("xl/worksheets/"):
                for _ in blocks(file, parts, name):
                    pass
        try:
            book = ElementTree.fromstring(part(file, parts, "xl/workbook.xml"))
            links = ElementTree.fromstring(part(file, parts, "xl/_rels/workbook.xml.rels"))
        except (ElementTree.ParseError, ValueError) as wrong:
            raise _damaged(file, wrong) from None
    targets = {link.get("Id"): link for link in links}
    sheets: dict[str, str] = {}
    for element in book.iter():
        if element.tag.endswith("}sheet"):
            link = targets.get(next((v for k, v in element.attrib.items() if k.endswith("}id")), None))
            if link is not None and (link.get("Type") or "").endswith("/worksheet"):
                _add(sheets, element.get("name") or "", _target(link.get("Target") or ""), file)
    system = next((e for e in book.iter() if e.tag.endswith("}workbookPr")), None)
    since = system is not None and system.get("date1904") in ("1", "true")
    return {"sheets": sheets, "date1904": since}


def _add(sheets: dict[str, str], name: str, target: str, file: File) -> None:
    if name in sheets:
        raise file.refused(
            f"one sheet {name}; there are two", "rename one of them, and save it again", reason="corrupt"
        )
    sheets[name] = target


def _target(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _damaged(file: File, wrong: Exception) -> InputError:
    return file.refused(
        "a whole .xlsx workbook", f"it is damaged ({wrong}): open and save it again", reason="corrupt"
    )


def sheet(file: File, name: str, member: str) -> Sheet:
    """The range of a worksheet; InputError where it is larger than what is read."""
    found = Sheet(name)
    with archive(file) as parts:
        if member not in parts.namelist():
            raise _damaged(file, KeyError(member))
        for piece in _whole_rows(blocks(file, parts, member), file, f" in sheet {name}"):
            block = _COMMENT.sub(b"", piece) if b"<!--" in piece else piece
            _plain(file, found, block)
            _range(file, found, block)
            _mark(found.unread, without_value(block))
            _mark(found.numbers, long_numbers(block))
            found.merged += [
                (int(top), number(left), int(bottom), number(right))
                for left, top, right, bottom in _MERGED.findall(block)
            ]
            _bounded(file, found)
    return found


def _whole_rows(pieces: Iterator[bytes], file: File, where: str) -> Iterator[bytes]:
    """The XML cut between rows, and behind them between elements, so that nothing is cut in two."""
    rest, ended, most = b"", False, limits.most("row_bytes")
    for piece in pieces:
        rest += piece
        ended = ended or bool(_ROWS_END.search(rest))
        mark = b">" if ended else b"row>"
        cut = rest.rfind(mark) + len(mark)
        if cut >= len(mark):
            yield rest[:cut]
            rest = rest[cut:]
        if len(rest) > most:
            raise limits.beyond("row_bytes", file.name, "save the sheet as CSV", len(rest), of=where)
    yield rest


def _plain(file: File, found: Sheet, block: bytes) -> None:
    """Raise InputError for XML that two readers read differently: then nobody knows what stands there."""
    found.tables += len(_ROWS_BEGIN.findall(block))
    if found.tables > 1:
        raise _doubtful(file, found, "one table of rows; there are two")
    if b"<![CDATA[" in block or b"<!--" in block:
        raise _doubtful(file, found, "cells without CDATA and comments")
    if _TWO_VALUES.search(block):
        raise _doubtful(file, found, "one value in each cell")


def _doubtful(file: File, found: Sheet, expected: str) -> InputError:
    do = "open it in a spreadsheet and save it as a new workbook"
    return file.refused(f"a sheet {found.name} with {expected}", do, reason="corrupt")


def _once(file: File, found: Sheet, cells: list[tuple[bytes, bytes]]) -> None:
    """Raise InputError where a cell stands twice: of two values one would be lost."""
    if len(set(cells)) < len(cells) or min(int(r) for r in {r for _, r in cells}) <= found.rows:
        raise _doubtful(file, found, "each cell once and its rows in order")


def _range(file: File, found: Sheet, block: bytes) -> None:
    cells = _CELL.findall(block)
    if cells:
        _once(file, found, cells)
        columns = [number(c) for c in {c for c, _ in cells}]
        found.rows = max(found.rows, *(int(r) for r in {r for _, r in cells}))
        found.last_column = max(found.last_column, *columns)
        found.first_column = min(found.first_column or columns[0], *columns)
    if _CELL_WITHOUT_PLACE.search(block):
        rows = _ROW_ENDS.split(block)
        found.rows, found.first_column = found.rows + len(rows) - 1, 1
        widest = max(len(_CELL_WITHOUT_PLACE.findall(row)) for row in rows)
        found.last_column = max(found.last_column, widest)


def _bounded(file: File, found: Sheet) -> None:
    sizes = {
        "sheet_rows": found.rows,
        "sheet_columns": found.last_column,
        "sheet_cells": found.rows * found.last_column,
        "sheet_unread": len(found.unread),
    }
    do = "delete the stray cells right of and below the table, or save the sheet as CSV"
    calculate = "open the workbook in a spreadsheet, let it calculate, and save it"
    for limit, size in sizes.items():
        if size > limits.most(limit):
            remedy = calculate if limit == "sheet_unread" else do
            raise limits.beyond(limit, file.name, remedy, size, of=f" ({found.name})")


def _mark(marked: dict[tuple[int, int], str], cells: Texts) -> None:
    for column, row, text in cells:
        marked[int(row), number(column)] = text


def number(letters: bytes) -> int:
    """The number of a column from its letters: A is 1."""
    total = 0
    for letter in letters.upper():
        total = total * 26 + letter - 64
    return total
