"""R4: days and instants in workbooks and in text files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.unit.mapping.files import COLUMNS, days, entries, workbook

MAPPED = f"columns: {COLUMNS}"


@pytest.mark.parametrize(("date1904", "serial"), [(False, 44377), (True, 42915)])
def test_r4_a_number_in_a_workbook_is_a_day_of_its_date_system(
    tmp_path: Path, date1904: bool, serial: int
) -> None:
    # 30 June 2021 is day 44,377 from 1900 and, 1,462 days less, day 42,915 from 1904.
    rows = [["K", "D", "A"], ["C1", serial, 5], ["C1", datetime(2021, 6, 30), 5], ["C1", "2021-06-30", 5]]
    workbook(tmp_path / "gl.xlsx", *rows, date1904=date1904)
    assert days(entries(tmp_path, None, MAPPED, "path: gl.xlsx")) == ["2021-06-30"] * 3


def test_r4_a_number_in_a_text_file_only_with_date_excel(tmp_path: Path) -> None:
    text = "K,D,A\nC1,44377,5\nC1,44377.5,5\nC1,2021-06-30,5\n"
    books = entries(tmp_path, text, MAPPED)
    assert days(books) == ["2021-06-30"] and len(books.rejected("entries")) == 2
    assert days(entries(tmp_path, text, f"{MAPPED}, date: excel")) == ["2021-06-30"] * 3


def test_r4_of_a_list_the_first_that_fits_the_column_wholly(tmp_path: Path) -> None:
    # 05/06/2021 fits both; 13/06/2021 shows that the day comes first.
    listed = f"{MAPPED}, date: ['%m/%d/%Y', '%d/%m/%Y']"
    books = entries(tmp_path, "K,D,A\nC1,05/06/2021,5\nC1,13/06/2021,5\n", listed)
    assert days(books) == ["2021-06-05", "2021-06-13"]
    # Where both fit every cell, the first of the list.
    assert days(entries(tmp_path, "K,D,A\nC1,05/06/2021,5\n", listed)) == ["2021-05-06"]


def test_r4_sentinels_and_words_that_are_mapped_do_not_count_against_a_format(tmp_path: Path) -> None:
    text = "K,D,A,X\nC1,20210613,5,2021-06-13\nC1,00000000,5,2021-06-14\n"
    mapping = "columns: {contract_id: K, effective_date: [D, X], amount: A}, date: ['%d%m%Y', '%Y%m%d']"
    books = entries(tmp_path, text, mapping, "path: gl.csv, null_values: ['00000000']")
    assert days(books) == ["2021-06-13", "2021-06-14"]


def test_r4_a_map_by_column_types_instants_too(tmp_path: Path) -> None:
    text = "K,D,A,P,V\nC1,30.06.2021,5,20210701 093000,2021-07-02\n"
    columns = "{contract_id: K, effective_date: D, amount: A, posted_at: P, document_date: V}"
    books = entries(
        tmp_path,
        text,
        f"columns: {columns}, date: {{effective_date: '%d.%m.%Y', posted_at: ['%Y%m%d', '%Y%m%d %H%M%S']}}",
    )
    assert days(books) == ["2021-06-30"]
    assert days(books, column="document_date") == ["2021-07-02"]  # ISO is always read
    # 09:30 in Shanghai is 01:30 in UTC.
    assert days(books, column="posted_at") == ["2021-07-01 01:30:00+00"]


def test_r4_unpadded_days_and_months_fit(tmp_path: Path) -> None:
    assert days(entries(tmp_path, "K,D,A\nC1,3.6.2021,5\n", f"{MAPPED}, date: '%d.%m.%Y'")) == ["2021-06-03"]
    assert days(entries(tmp_path, "K,D,A\nC1,2021-6-3,5\n", MAPPED)) == ["2021-06-03"]
    assert days(entries(tmp_path, "K,D,A\nC1,2021年6月3日,5\n", f"{MAPPED}, date: '%Y年%m月%d日'")) == [
        "2021-06-03"
    ]


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        ("%d-%b-%Y", "30-JUN-2021"),
        ("%d-%b-%y", "30-Jun-21"),
        ("%m/%d/%Y %I:%M %p", "6/30/2021 11:59 PM"),
        ("%d/%m/%Y %H:%M:%S", "30/06/2021 23:59:59"),
        ("%Y.%d.%m", "2021.30.06"),
        ("%j.%Y", "181.2021"),
    ],
)
def test_r4_forms_of_other_systems(tmp_path: Path, form: str, cell: str) -> None:
    assert days(entries(tmp_path, f"K,D,A\nC1,{cell},5\n", f"{MAPPED}, date: '{form}'")) == ["2021-06-30"]
