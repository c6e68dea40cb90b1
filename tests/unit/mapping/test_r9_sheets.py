"""R9: sheets laid out for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from earned.faults import InputError
from tests.unit.mapping.files import cents, days, entries, workbook


def test_r9_two_header_rows_are_joined_and_merged_cells_repeat_to_the_right(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Printed 2021-07-01"],
        ["Contract", None, "Amount", None, "Date"],
        ["Number", "Name", "Net", "Gross", None],
        ["C1", "Alpha", 5, 6, "2021-06-30"],
    ]
    workbook(tmp_path / "gl.xlsx", *rows, merged=("A2:B2", "C2:D2", "E2:E3"))
    columns = "columns: {contract_id: Contract/Number, amount: Amount/Net, effective_date: Date}"
    books = entries(tmp_path, None, columns, "path: gl.xlsx, header_row: [2, 3]")
    assert (cents(books), books.column("entries", "source_row")) == ([500], [4])


def test_r9_two_header_rows_of_a_text_file(tmp_path: Path) -> None:
    text = "Contract,Amount,Amount,Date\nNumber,Net,Gross,\nC1,5,6,2021-06-30\n"
    columns = "columns: {contract_id: Contract/Number, amount: Amount/Net, effective_date: Date}"
    assert cents(entries(tmp_path, text, columns, "path: gl.csv, header_row: [1, 2]")) == [500]


def test_r9_rows_of_headers_follow_one_another(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="rows that follow one another"):
        entries(tmp_path, "K,D,A\n", "columns: {contract_id: K}", "path: gl.csv, header_row: [3, 2]")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_r9_cells_meant_for_the_rows_below_are_filled_down(tmp_path: Path, form: str) -> None:
    rows: list[list[Any]] = [
        ["Date", "Num", "K", "A"],
        ["2021-06-30", "7", "C1", "1"],
        [None, None, "C1", "2"],
        [None, "8", "C1", "4"],
        ["2021-07-01", None, "C1", "8"],
    ]
    if form == "xlsx":
        workbook(tmp_path / "gl.xlsx", *rows)
    text = "".join(",".join(cell or " " for cell in row) + "\n" for row in rows)
    columns = "columns: {effective_date: Date, journal_id: Num, contract_id: K, amount: A}"
    source = f"path: gl.{form}, fill_down: [Date, Num]"
    books = entries(tmp_path, text if form == "csv" else None, columns, source)
    assert days(books) == ["2021-06-30", "2021-06-30", "2021-06-30", "2021-07-01"]
    assert books.column("entries", "journal_id") == ["7", "7", "8", "8"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_r9_unnamed_and_repeated_headers(tmp_path: Path, form: str) -> None:
    rows = [["K", "Amount", None, "Amount"], ["C1", "5", "2021-06-30", "7"]]
    if form == "xlsx":
        workbook(tmp_path / "gl.xlsx", *rows)
    text = "".join(",".join(cell or "" for cell in row) + "\n" for row in rows)
    columns = "columns: {contract_id: K, effective_date: '#3', amount: 'Amount#2', journal_id: Amount}"
    books = entries(tmp_path, text if form == "csv" else None, columns, f"path: gl.{form}")
    assert books.column("entries", "(amount_minor, journal_id)") == [(700, "5")]
    assert days(books) == ["2021-06-30"]


def test_r9_an_unnamed_column_is_called_by_its_place_in_the_sheet(tmp_path: Path) -> None:
    # The table begins in column C: its second column, without a name, is D, the fourth of the sheet.
    workbook(tmp_path / "gl.xlsx", [], [None, None, "K", None, "A"], [None, None, "C1", "2021-06-30", 5])
    columns = "columns: {contract_id: K, effective_date: '#4', amount: A}"
    assert days(entries(tmp_path, None, columns, "path: gl.xlsx")) == ["2021-06-30"]


@pytest.mark.parametrize("total", ["TOTAL", '"TOTAL",5', " TOTAL ,,5,,,", "5,\u3000TOTAL\u3000,"])
def test_r9_a_line_of_totals_may_have_any_shape(tmp_path: Path, total: str) -> None:
    text = f"K,D,A\nC1,2021-06-30,5\n{total}\nC1,2021-06-30,7\n"
    columns = "columns: {contract_id: K, effective_date: D, amount: A}"
    books = entries(tmp_path, text, columns, "path: gl.csv, until: TOTAL")
    assert cents(books) == [500] and books.rejected("entries") == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_r9_until_ends_the_table(tmp_path: Path, form: str) -> None:
    rows: list[list[Any]] = [
        ["K", "D", "A"],
        ["C1", "2021-06-30", "5"],
        ["C1", None, "7"],
        [None, " TOTAL ", "12"],
        ["C1", "2021-06-30", "9"],
    ]
    if form == "xlsx":
        workbook(tmp_path / "gl.xlsx", *rows)
    text = "".join(",".join(cell or "" for cell in row) + "\n" for row in rows)
    source = f"path: gl.{form}, until: TOTAL, fill_down: [D]"
    columns = "columns: {contract_id: K, effective_date: D, amount: A}"
    books = entries(tmp_path, text if form == "csv" else None, columns, source)
    assert cents(books) == [500, 700]
    assert books.tables.counts["entries"].rows_in == 2


def test_r9_what_follows_the_end_is_no_row_whatever_its_shape(tmp_path: Path) -> None:
    text = "K,D,A\nC1,2021-06-30,5,6\nC1,2021-06-30,5\nTOTAL,,5\nprinted by the controller\n"
    columns = "columns: {contract_id: K, effective_date: D, amount: A}"
    books = entries(tmp_path, text, columns, "path: gl.csv, until: TOTAL")
    assert cents(books) == [500]
    assert [(row, reason) for row, _, _, reason in books.rejected("entries")] == [(2, "shape")]


def test_r9_a_table_that_does_not_end_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a cell TOTAL, at which the table ends"):
        entries(
            tmp_path, "K,D,A\nC1,2021-06-30,5\n", "columns: {contract_id: K}", "path: gl.csv, until: TOTAL"
        )
