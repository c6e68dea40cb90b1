"""A contract number that a spreadsheet or a person has bent: joined all the same, or refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mistakes.small import BOOKS, CONTRACTS, ENTRIES, folder, reading, workbook

HEADERS, FIRST, SECOND = ENTRIES


@pytest.mark.parametrize("bent", ["C2 ", " C2", "C2\u00a0", "\u3000C2\u3000", "C2\t"], ids=ascii)
def test_blanks_around_a_contract_number_do_not_matter(bent: str, tmp_path: Path) -> None:
    read = reading(folder(tmp_path / "books", entries=[HEADERS, FIRST, (bent, *SECOND[1:])]))
    assert read.booked == {"100000000001": 100_000, "C2": 20_000}
    assert not read.rejected


def test_a_number_cell_of_a_workbook_is_the_number_itself(tmp_path: Path) -> None:
    sheets = {**BOOKS, "entries": [HEADERS, (100_000_000_001, *FIRST[1:]), SECOND]}
    read = reading(workbook(tmp_path / "books.xlsx", sheets))
    assert read.booked == {"100000000001": 100_000, "C2": 20_000}


@pytest.mark.parametrize("bent", ["1.0E+11", "1E+11", "1.00000000001e+11"])
def test_a_number_in_powers_of_ten_is_refused_with_the_remedy(bent: str, tmp_path: Path) -> None:
    read = reading(folder(tmp_path / "books", entries=[HEADERS, (bent, *FIRST[1:]), SECOND]))
    refused = read.refused()
    assert (refused["source_file"], refused["source_row"]) == ("entries.csv", 2)
    assert (refused["column_name"], refused["value"], refused["reason"]) == ("contract_id", bent, "number")
    assert "format the column as text in the spreadsheet" in refused["expected"]
    assert read.booked == {"C2": 20_000}


def test_contracts_in_powers_of_ten_leave_their_entries_unlinked_not_lost(tmp_path: Path) -> None:
    bent = [CONTRACTS[0], ("1.0E+11", "1000.00"), CONTRACTS[2]]
    read = reading(folder(tmp_path / "books", contracts=bent))
    reasons = {(r["table_name"], r["source_row"]): r["reason"] for r in read.rejected}
    assert reasons == {("contracts", 2): "number", ("evidence", 2): "orphan"}
    assert read.booked == {"100000000001": 100_000, "C2": 20_000}
