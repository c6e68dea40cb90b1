"""Prices, estimates and policies that changed, and where contracts stand: on page and in workpaper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

import earned
from earned.report.of_run import view_of
from earned.report.page import render
from earned.report.page.changes import words_of
from earned.report.view import View
from earned.report.workpaper.workbook import write_workbook
from tests.unit.report import fixture

#: Example 8 of IFRS 15 (IE37-IE41): 1,350,000 x 420 / 820 - 600,000 is caught up.
BOOKS = {
    "books.yaml": """
company: {name: SIM Changes, currency: USD, framework: ifrs}
window: {to: 2021-03-31}
policy:
  least_grade:
    - {value: C}
    - {from: 2021-01-15, value: B, decided_by: E01, note: new auditor}
""",
    "contracts.csv": "contract_id,price\nM8,1000000.00\nM6,1000.00\n",
    "obligations.csv": (
        "obligation_id,contract_id,pattern,measure,ssp\n"
        "D1,M8,over_time,cost,\nX,M6,point_in_time,,600.00\nY,M6,point_in_time,,600.00\n"
    ),
    "modifications.csv": (
        "contract_id,version,effective_date,approved_date,treatment,price_change,decided_by\n"
        "M8,1,2021-03-31,2021-03-31,catch_up,150000.00,E02\n"
    ),
    "estimates.csv": (
        "contract_id,obligation_id,kind,item,nature,known_at,amount,constrained_amount,method,made_by\n"
        ",D1,total_cost,,,2020-01-01,700000.00,,given,E03\n,D1,total_cost,,,2021-03-31,820000.00,,given,E03\n"
        "M8,,variable_price,bonus,bonus,2020-01-01,200000.00,0,most_likely,E03\n"
        "M8,,variable_price,bonus,bonus,2021-03-31,200000.00,200000.00,most_likely,E03\n"
    ),
    "evidence.csv": (
        "evidence_id,contract_id,obligation_id,kind,event_date,amount,basis,maker\n"
        "d1,M8,D1,cost,2020-12-31,420000.00,cumulative,system\nx1,M6,X,delivery,2020-11-30,,,customer\n"
    ),
    "entries.csv": (
        "entry_id,contract_id,obligation_id,effective_date,amount\n"
        "d-1,M8,D1,2020-12-31,600000.00\nx-1,M6,X,2020-12-31,500.00\ny-1,M6,Y,2021-03-31,500.00\n"
    ),
    "invoices.csv": "invoice_id,contract_id,invoice_date,amount\ni,M6,2021-01-31,500.00\n",
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    """What a report of the books above is made of."""
    folder = tmp_path_factory.mktemp("changes")
    for name, text in BOOKS.items():
        (folder / name).write_text(text, encoding="utf-8")
    run = earned.examine(earned.open_books(folder))
    yield view_of(run)
    run.books.engine.close()


def test_a_change_has_its_price_before_and_after_and_its_effect(seen: View) -> None:
    (row,) = seen.tables["changes"].to_pylist()
    assert (row["unit_id"], row["period_id"]) == ("D1", "2021Q1")
    assert row["methods"] == "catch_up price_estimate"
    assert (row["before_minor"], row["after_minor"], row["effect_minor"]) == (
        100_000_000,
        135_000_000,
        9_146_341,
    )
    (total,) = seen.tables["change_sums"].to_pylist()
    assert (total["n"], total["effect_minor"]) == (1, 9_146_341)


def test_versions_of_a_price_say_who_decided(seen: View) -> None:
    rows = [r for r in seen.tables["versions"].to_pylist() if r["unit_id"] == "D1"]
    found = {r["version"]: (r["method"], r["allocated_minor"], r["decided_by"]) for r in rows}
    assert found[1] == ("catch_up", 115_000_000, "E02")
    assert found[2] == ("price_estimate", 135_000_000, "E03")


def test_a_policy_that_changed_within_the_periods_is_listed(seen: View) -> None:
    (step,) = seen.policy_changes
    assert (step["name"], step["old"], step["new"]) == ("least_grade", "C", "B")
    assert (step["from"], step["decided_by"], step["note"]) == (date(2021, 1, 15), "E01", "new auditor")


def test_the_page_shows_what_the_books_have(seen: View) -> None:
    page = render(seen)
    for words in (
        "What changed in estimates and prices", "modified: caught up; price estimated anew", "91,463.41",
        "least_grade", "new auditor", "Balances of contracts", "Still to be transferred", "Price in force",
    ):  # fmt: skip
        assert words in page, words
    # 606-10-45-4: X has passed (500.00) and 500.00 is due; D1 is earned and nothing is billed
    (row,) = [r for r in seen.tables["balances"].to_pylist() if r["period_id"] == "2021Q1"]
    assert (row["receivable_minor"], row["contract_asset_minor"]) == (50_000, 69_146_341)


def test_the_page_shows_how_balances_moved_in_the_last_period(seen: View) -> None:
    page = render(seen)
    section = page[page.index("How balances moved") :]
    section = section[: section.index("</table>")]
    last = seen.calendar[-1]["period_id"]
    (row,) = [
        r for r in seen.tables["balance_movements"].to_pylist()
        if (r["period_id"], r["balance"]) == (last, "contract_asset")
    ]  # fmt: skip
    assert row["opening_minor"] + row["invoiced_minor"] + row["revenue_minor"] == row["closing_minor"]
    assert section.startswith(f"How balances moved, {last}<")
    assert "Opening" in section and "Closing" in section


def test_a_run_without_changes_has_no_such_section() -> None:
    page = render(fixture.view())
    assert 'id="changes"' not in page and 'id="balances"' not in page
    assert 'href="#changes"' not in page and 'href="#balances"' not in page


def test_changes_after_the_first_are_counted() -> None:
    rows = [_row(unit=f"U{i:02}", effect=1_000 - i) for i in range(30)]
    sums = [{"period_id": "2021Q2", "currency": "CNY", "n": 30, "effect_minor": 1}]
    tables = {"changes": pa.Table.from_pylist(rows), "change_sums": pa.Table.from_pylist(sums)}
    page = render(fixture.view(fixture.run() | tables))
    assert "The 25 with the largest effect of 30 are listed" in page
    assert "U24" in page and "U25" not in page


def test_the_workpaper_has_a_sheet_of_each(seen: View, tmp_path: Path) -> None:
    write_workbook(seen, tmp_path / "workpaper.xlsx")
    book = openpyxl.load_workbook(tmp_path / "workpaper.xlsx")
    names = book.sheetnames
    more = ["Changes", "Policies", "Balances", "Movements", "Remaining"]
    assert names[names.index("Changes") :][:6] == [*more, "Not tested"]
    cells = [[c.value for c in row] for row in book["Changes"].iter_rows(min_row=8)]
    said = ["2021Q1", "M8", "D1", "modified: caught up; price estimated anew", "USD"]
    assert [*said, 1_000_000, 1_350_000, 91_463.41] in cells
    index = [c.value for c in book["Index"]["A"]]
    assert set(more) <= set(index)


def test_an_unknown_change_is_said_with_blanks() -> None:
    assert words_of("prospective") == "modified: what is left shared anew"
    assert words_of("") == "progress estimated anew"
    assert words_of("some_thing") == "some thing"


def _row(unit: str, effect: int) -> dict[str, Any]:
    return {
        "unit_id": unit, "period_id": "2021Q2", "contract_id": unit, "currency": "CNY", "methods": "catch_up",
        "before_minor": 1, "after_minor": 2, "effect_minor": effect,
    }  # fmt: skip
