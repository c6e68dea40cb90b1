"""Every reason for setting a row aside has a case that provokes it, and says place, value and expectation."""

from __future__ import annotations

from earned.books.reasons import REASONS
from tools.error_gallery import errors_page, provoked


def test_every_reason_is_provoked_and_none_is_unknown() -> None:
    rows = provoked()
    assert rows.keys() == REASONS.keys()
    assert all(row["source_file"] and row["source_row"] and row["expected"] for row in rows.values())


def test_the_cell_is_marked_in_the_row_as_it_stands() -> None:
    page = errors_page()
    assert "    E6,C2,2021-06-30,10.005,USD,C,,,,\n                     ^^^^^^\n" in page
    assert "entries.csv, row 7, amount\n" in page
