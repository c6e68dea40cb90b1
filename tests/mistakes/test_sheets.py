"""Sheets made to be looked at: titles, merged headers, a row of totals."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.mistakes.small import BOOKS, ENTRIES, USD, Rows, examine, folder, numbered, reading, workbook

HEADERS, FIRST, SECOND = ENTRIES
LOOKED_AT: Rows = [
    ("SIM Co., revenue of June", None, None),
    ("Contract", "Booking", None),
    ("Number", "Day", "Amount"),
    FIRST,
    SECOND,
]
MERGED = {
    "June": [((0, 0), (0, 2), "SIM Co., revenue of June"), ((1, 1), (1, 2), "Booking")],
}
MAPPED = f"""{USD}sources:
  june: {{path: June.xlsx, sheet: June, header_row: [2, 3]}}
tables:
  entries:
    source: june
    columns: {{contract_id: Contract/Number, effective_date: Booking/Day, amount: Booking/Amount}}
"""


def test_titles_above_the_headers_are_passed_over(tmp_path: Path) -> None:
    titled = [("SIM Co., revenue of June", None, None), (None, None, None), *ENTRIES]
    merged = {"entries": [((0, 0), (0, 2), "SIM Co., revenue of June")]}
    read = reading(workbook(tmp_path / "books.xlsx", {**BOOKS, "entries": titled}, merged=merged))
    assert read.booked == {"100000000001": 100_000, "C2": 20_000}
    assert [e["source_row"] for e in read.entries] == [4, 5]


def test_merged_headers_of_two_rows_are_read_as_declared(tmp_path: Path) -> None:
    books = folder(tmp_path / "books", MAPPED)
    (books / "entries.csv").unlink()
    workbook(books / "June.xlsx", {"June": LOOKED_AT}, merged=MERGED)
    read = reading(books)
    assert read.booked == {"100000000001": 100_000, "C2": 20_000}
    assert [e["source_row"] for e in read.entries] == [4, 5]


def test_merged_headers_that_are_not_declared_are_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets = {"contracts": BOOKS["contracts"], "entries": LOOKED_AT, "evidence": BOOKS["evidence"]}
    books = workbook(tmp_path / "books.xlsx", sheets, merged={"entries": MERGED["June"]})
    ended = examine(capsys, books, "--out", tmp_path / "run")
    ended.says("books.xlsx", '"contract_id"', "table entries", "books.yaml", "found are: Number, Day, Amount")


TOTALS = [("Total", None, "1200.00"), (None, None, "1200.00"), ("合计", "", "1200.00")]


@pytest.mark.parametrize("total", TOTALS, ids=["named", "bare", "chinese"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_row_of_totals_is_rejected_and_said(
    form: str, total: tuple[str | None, ...], tmp_path: Path
) -> None:
    rows = [*ENTRIES, total]
    if form == "csv":
        books = folder(tmp_path / "books", entries=rows)
    else:
        books = workbook(tmp_path / "books.xlsx", {**BOOKS, "entries": numbered(rows, "amount")})
    read = reading(books)
    assert sum(read.booked.values()) == 120_000, "the total does not count a second time"
    refused = read.refused()
    assert (refused["source_row"], refused["column_name"], refused["reason"]) == (
        4,
        "effective_date",
        "required",
    )


def test_a_dated_row_of_totals_is_unlinked_and_on_the_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [*ENTRIES, ("Total", "2021-06-30", "1200.00")]
    ended = examine(capsys, folder(tmp_path / "books", entries=rows), "--out", tmp_path / "run")
    assert ended.code == 1
    assert "1,200.00" in ended.out and "unlinked" in ended.out
    (row,) = pq.read_table(tmp_path / "run/tables/unlinked.parquet").to_pylist()
    assert (row["amount_minor"], row["reason"]) == (120_000, "contract_not_in_books")
    total = [
        m
        for m in pq.read_table(tmp_path / "run/tables/misstatements.parquet").to_pylist()
        if m["dimension"] == "total" and m["period_id"] == "2021Q2"
    ]
    assert [m["booked_minor"] for m in total] == [120_000], "booked is what names a contract of the books"
