"""A hostile case: how its books are made, and what must come of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.mistakes.small import BOOKS, USD, folder

#: what a row that was set aside must say: file, row, column, reason
Rejected = tuple[str, int, str | None, str]

CONTRACTS = "contract_id,price\n100000000001,1000.00\nC2,500.00\n"
ENTRIES = "contract_id,effective_date,amount\n"
GOOD = "100000000001,2021-06-30,1000.00\nC2,2021-06-30,200.00\n"
BOOKED = {"100000000001": 100_000, "C2": 20_000}


@dataclass(frozen=True)
class Case:
    """Books made in an empty folder, and what is owed.

    `says`: they are refused (exit 2) in these words. Else they are read: `booked` are the minor units of
    the used entries by contract, `rejected` the rows set aside. `measured`: run in a process of its own,
    with `seconds` of processor time and `mebibytes` of memory at most.
    """

    name: str
    make: Callable[[Path], Path]
    says: tuple[str, ...] = ()
    booked: Mapping[str | None, int] = field(default_factory=lambda: BOOKED)
    rejected: tuple[Rejected, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    measured: bool = False
    seconds: int = 30
    mebibytes: int = 1_500


def text(content: str | bytes, name: str = "entries.csv", manifest: str = USD) -> Callable[[Path], Path]:
    """Good books with one file of this content; `entries.csv` makes way for another file of entries."""

    def make(place: Path) -> Path:
        books = folder(place / "books", manifest)
        if name.startswith("entries."):
            (books / "entries.csv").unlink()
        (books / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return books

    return make


def entries(rows: str | bytes) -> Callable[[Path], Path]:
    """Good books with these lines below the header of the entries."""
    return text(ENTRIES.encode() + (rows.encode() if isinstance(rows, str) else rows))


def changed(change: Callable[[Path], object], manifest: str = USD) -> Callable[[Path], Path]:
    """Good books, then a change of their folder."""

    def make(place: Path) -> Path:
        books = folder(place / "books", manifest)
        change(books)
        return books

    return make


def manifest(content: str | bytes) -> Callable[[Path], Path]:
    """Good tables with this books.yaml."""
    return changed(
        lambda b: (b / "books.yaml").write_bytes(content.encode() if isinstance(content, str) else content)
    )


# Workbooks, written by hand so that they can be wrong in every way

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_BOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">'


def sheet(rows: object, before: str = "", after: str = "") -> str:
    """The XML of a sheet: rows of texts, or the rows as XML."""
    if not isinstance(rows, str):
        rows = "".join(
            f'<row r="{r}">' + "".join(_cell(r, c, text) for c, text in enumerate(cells)) + "</row>"
            for r, cells in enumerate(rows, 1)  # type: ignore[call-overload]
        )
    data = f"<sheetData>{rows}</sheetData>{after}"
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{MAIN}">{data}</worksheet>'


def _cell(row: int, column: int, text: object) -> str:
    shown = str(text).replace("&", "&amp;").replace("<", "&lt;")
    return f'<c r="{"ABCDEFGHIJ"[column]}{row}" t="inlineStr"><is><t>{shown}</t></is></c>'


def parts(**sheets: str) -> dict[str, str | bytes]:
    """The parts of a workbook with the sheets contracts, entries and evidence, or others in their place."""
    found = {name: sheet(rows) for name, rows in BOOKS.items()} | sheets
    names = "".join(f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"/>' for i, n in enumerate(found, 1))
    links = "".join(
        f'<Relationship Id="r{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(found) + 1)
    )
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _ROOT,
        "xl/workbook.xml": f"{_BOOK}<sheets>{names}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _ROOT.split("<Relationship ")[0] + links + "</Relationships>",
        **{f"xl/worksheets/sheet{i}.xml": xml for i, xml in enumerate(found.values(), 1)},
    }


def packed(content: Mapping[str, str | bytes]) -> bytes:
    """The parts as a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def workbook(content: bytes | Callable[[], bytes], name: str = "books.xlsx") -> Callable[[Path], Path]:
    """Books that are one workbook of these bytes."""

    def make(place: Path) -> Path:
        path = place / name
        path.write_bytes(content if isinstance(content, bytes) else content())
        return path

    return make


def with_entries(xml: str) -> Callable[[Path], Path]:
    """A workbook whose sheet `entries` is this XML."""
    return workbook(lambda: packed(parts(entries=xml)))
