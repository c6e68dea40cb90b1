"""docs/errors.md: books in which each reason occurs once, and what is said of each row."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import earned
from earned.books.reasons import REASONS
from earned.recognition.recognise import recognise
from earned.recognition.tables import unmeasured

ENTRIES = (
    "entry_id,contract_id,effective_date,amount,currency,side,created_at,period_id,is_opening,description\n"
)
BOOKS = {
    "books.yaml": "company: {name: SIM, currency: USD}\n"
    "window: {from: 2021-01-01, to: 2021-12-31}\n"
    "as_of: 2022-03-31\n"
    "tables:\n"
    "  entries:\n"
    "    sign: indicator\n"
    "    indicator: {column: side, C: [C], D: [D]}\n"
    "    columns:\n" + "".join(f"      {c}: {c}\n" for c in ENTRIES.strip().split(",") if c != "side"),
    "contracts.csv": "contract_id,price\nC1,1000.00\nC2,500.00\n,1.00\n",
    "obligations.csv": "obligation_id,contract_id,ssp,pattern,booked_before\n"
    "O1,C1,1000.00,over_time,\nO2,C2,500.00,point_in_time,100.00\n",
    "evidence.csv": "evidence_id,contract_id,kind,event_date,recorded_at,quantity,basis\n"
    "P1,C1,lunch,2021-06-28,,,\n"
    "P2,C9,acceptance,2021-06-28,,,\n"
    "P3,C2,hours,2021-06-28,,8,\n"
    "P4,C2,acceptance,2021-06-29,2022-04-01T00:00:00Z,,\n",
    "entries.csv": ENTRIES + "E1,C2,2021-06-30,10.00,USD,C,,,,ok\n"
    "E2,C2,2021-06-30,10.00\n"
    f"E3,C2,2021-06-30,10.00,USD,C,,,,{'a description without end ' * 9}\n"
    "E4,C\0,2021-06-30,10.00,USD,C,,,,\n"
    "E5,C2,2021-06-30,ten,USD,C,,,,\n"
    "E6,C2,2021-06-30,10.005,USD,C,,,,\n"
    "E7,C2,2021-06-30,1000000000000000000000000,USD,C,,,,\n"
    "E8,C2,31.06.2021,10.00,USD,C,,,,\n"
    "E9,C2,2021-06-30,10.00,XYZ,C,,,,\n"
    "E10,C2,2021-06-30,10.00,USD,Q,,,,\n"
    "E11,C2,2021-06-30,,USD,C,,,,\n"
    "E12,C2,2021-06-30,10.00,USD,C,,,,\n"
    "E12,C2,2021-06-30,11.00,USD,C,,,,\n"
    "E13,C2,2021-06-30,10.00,USD,C,,,,\n"
    "E13,C2,2021-06-30,10.00,USD,C,,,,\n"
    "E14,C2,2020-06-30,10.00,USD,C,,,,\n"
    "E15,C2,2021-06-30,10.00,USD,C,,2021Q9,,\n"
    "E16,C2,2021-01-01,90.00,USD,C,,,true,\n",
}
LIMITS = {"cell_bytes": 200}


def errors_page() -> str:
    """The page: every reason, what it says, and a row that provokes it as it stands, with the cell marked."""
    rows = provoked()
    parts = [
        "# Why a row is set aside\n",
        "A row of the books that cannot be used is in the table `rejected` of the run with its file, row,",
        "column, value, `reason` and what was expected; it is never dropped in silence. The reasons, each",
        "with a row as it stands in its file, the cell marked, and what is said of it:\n",
    ]
    for reason, meaning in REASONS.items():
        parts += [
            f"## `{reason}`\n",
            f"{meaning[:1].upper()}{meaning[1:]}.\n",
            "```",
            _shown(rows[reason]),
            "```\n",
        ]
    return "\n".join(parts)


def provoked() -> dict[str, Mapping[str, Any]]:
    """The first rejected row of each reason in the books above."""
    with tempfile.TemporaryDirectory() as place:
        for name, text in BOOKS.items():
            (Path(place) / name).write_text(text, encoding="utf-8")
        books = earned.open_books(place, limits=LIMITS)
        try:
            rejected = books.tables["rejected"].union(unmeasured(recognise(books, books.engine.keep)))
            rows = rejected.order_by("source_file", "source_row").to_pyarrow().to_pylist()
        finally:
            books.engine.close()
    return {row["reason"]: row for row in reversed(rows)}


def _shown(row: Mapping[str, Any]) -> str:
    place = f"{row['source_file']}, row {row['source_row']}" + (
        f", {row['column_name']}" * bool(row["column_name"])
    )
    header, *lines = BOOKS[row["source_file"]].split("\n")
    line = lines[row["source_row"] - 2].replace("\0", "␀")
    start, length = _cell(header, line, row["column_name"])
    cut = line if len(line) <= 100 else f"{line[:99]}…"
    mark = " " * min(start, 99) + "^" * max(min(length, len(cut) - start), 1)
    return f"{place}\n\n    {cut}\n    {mark}\n\nexpected {row['expected']}"


def _cell(header: str, line: str, column: str | None) -> tuple[int, int]:
    """Where a cell stands in its line; the whole line where no column is named or the cell is not there."""
    names, cells = (next(csv.reader(io.StringIO(text))) for text in (header, line))
    at = names.index(column) if column in names else len(names)
    if at >= len(cells):
        return 0, len(line)
    return sum(len(c) + 1 for c in cells[:at]), len(cells[at])
