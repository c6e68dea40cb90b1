"""Days as the serial numbers of a spreadsheet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.mistakes.small import BOOKS, ENTRIES, USD, folder, reading, workbook

HEADERS, FIRST, SECOND = ENTRIES
LAST_OF_JUNE = 44377
SERIAL = [HEADERS, ("100000000001", str(LAST_OF_JUNE), "1000.00"), SECOND]
DECLARED = f"""{USD}tables:
  entries:
    source: entries
    columns: {{contract_id: contract_id, effective_date: effective_date, amount: amount}}
    date: excel
"""


def test_a_serial_day_in_a_text_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    read = reading(folder(tmp_path / "books", entries=SERIAL))
    refused = read.refused()
    assert (refused["source_file"], refused["source_row"]) == ("entries.csv", 2)
    assert (refused["column_name"], refused["value"]) == ("effective_date", "44377")
    assert "2021-06-30" in refused["expected"] and "date: excel" in refused["expected"]
    assert read.booked == {"C2": 20_000}


def test_the_remedy_works(tmp_path: Path) -> None:
    read = reading(folder(tmp_path / "books", DECLARED, entries=SERIAL))
    assert {e["effective_date"] for e in read.entries} == {date(2021, 6, 30)}
    assert not read.rejected


@pytest.mark.parametrize(("since_1904", "serial"), [(False, LAST_OF_JUNE), (True, LAST_OF_JUNE - 1462)])
def test_a_serial_day_in_a_workbook_is_read_by_its_date_system(
    since_1904: bool, serial: int, tmp_path: Path
) -> None:
    entries = [HEADERS, ("100000000001", serial, 1000.0), ("C2", date(2021, 6, 30), 200.0)]
    place = workbook(tmp_path / "books.xlsx", {**BOOKS, "entries": entries}, since_1904)
    read = reading(place)
    assert {e["effective_date"] for e in read.entries} == {date(2021, 6, 30)}
    assert not read.rejected
