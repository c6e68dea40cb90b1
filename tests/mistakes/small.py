"""Eight columns in three tables: books so small that a mistake in them is all there is to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

import earned
from earned import cli

Cell = str | int | float | date | None
Rows = Sequence[Sequence[Cell]]
#: by sheet: the first and the last cell of a merged range (row, column, from 0), and its text
Merged = Mapping[str, Sequence[tuple[tuple[int, int], tuple[int, int], str]]]

CONTRACTS: Rows = [("contract_id", "price"), ("100000000001", "1000.00"), ("C2", "500.00")]
ENTRIES: Rows = [
    ("contract_id", "effective_date", "amount"),
    ("100000000001", "2021-06-30", "1000.00"),
    ("C2", "2021-06-30", "200.00"),
]
EVIDENCE: Rows = [
    ("contract_id", "kind", "event_date"),
    ("100000000001", "acceptance", "2021-06-28"),
    ("C2", "acceptance", "2021-06-29"),
]
BOOKS: Mapping[str, Rows] = {"contracts": CONTRACTS, "entries": ENTRIES, "evidence": EVIDENCE}
USD = "company: {currency: USD}\n"


def as_csv(rows: Rows, delimiter: str = ",") -> str:
    """The rows as a text file; no cell of these books needs a quote."""
    return "".join(delimiter.join("" if c is None else str(c) for c in row) + "\n" for row in rows)


def folder(place: Path, manifest: str = USD, **changed: Rows | str) -> Path:
    """A folder of CSV files with a books.yaml; a table may be given as rows or as the text of its file."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "books.yaml").write_text(manifest, encoding="utf-8")
    for name, table in {**BOOKS, **changed}.items():
        text = table if isinstance(table, str) else as_csv(table)
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return place


def workbook(
    place: Path, sheets: Mapping[str, Rows], since_1904: bool = False, merged: Merged | None = None
) -> Path:
    """A workbook: texts as texts, numbers as numbers, days as date cells; `merged` ranges by sheet."""
    place.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(place, {"date_1904": since_1904})
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(row, column, cell, days)
                elif isinstance(cell, str):
                    sheet.write_string(row, column, cell)
                elif cell is not None:
                    sheet.write_number(row, column, cell)
        for first, last, text in (merged or {}).get(name, ()):
            sheet.merge_range(*first, *last, text)
    book.close()
    return place


def numbered(rows: Rows, *columns: str) -> Rows:
    """The rows with the named columns as numbers, as a spreadsheet keeps amounts."""
    at = {rows[0].index(c) for c in columns}
    body = [[float(str(c)) if i in at else c for i, c in enumerate(row)] for row in rows[1:]]
    return [rows[0], *body]


@dataclass(frozen=True)
class Reading:
    """What was read: the used rows of the three tables, the rejected ones, and what looked odd."""

    contracts: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    quality: list[dict[str, Any]]
    counts: Mapping[str, int]

    @property
    def booked(self) -> dict[str | None, int]:
        """Minor units of the entries by contract."""
        total: dict[str | None, int] = {}
        for row in self.entries:
            total[row["contract_id"]] = total.get(row["contract_id"], 0) + row["amount_minor"]
        return total

    def refused(self) -> dict[str, Any]:
        """The one rejected row."""
        (row,) = self.rejected
        return row


def reading(place: Path, *overrides: tuple[str, str]) -> Reading:
    """The books as they are read; nothing is computed."""
    books = earned.open_books(place, overrides=overrides)
    try:
        names = ("contracts", "entries", "evidence", "rejected", "quality")
        rows = {name: books.tables[name].to_pyarrow().to_pylist() for name in names}
    finally:
        books.engine.close()
    counts = books.counts
    assert counts["in"] == counts["used"] + counts["rejected"], "rows in are used or rejected"
    return Reading(**rows, counts=counts)


@dataclass(frozen=True)
class Ended:
    """How the command ended."""

    code: int
    out: str
    err: str

    def says(self, *words: str) -> None:
        """The books were refused in words: these among them, and nothing that only a programmer reads."""
        assert self.code == 2, self.err
        said = " ".join(self.err.split())  # lines are wrapped
        missing = [w for w in words if w not in said]
        assert not missing, f"{missing} not said in:\n{self.err}"
        assert "Traceback" not in self.err and "Error" not in self.err


def examine(capsys: pytest.CaptureFixture[str], *arguments: object) -> Ended:
    """`earned examine` as it is typed."""
    with pytest.raises(SystemExit) as left:
        cli.main(["examine", *(str(a) for a in arguments), "--no-report"])
    said = capsys.readouterr()
    return Ended(int(left.value.code or 0), said.out, said.err)
