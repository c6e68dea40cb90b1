"""What is still to be transferred: whole years add up, fiscal years end where the company's do."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ibis
import pytest

from earned.recognition.remaining import fiscal_year, remaining_obligations, year_end
from tests.unit.recognition.recognised import recognised


def company(year_ends: str) -> Any:
    return SimpleNamespace(manifest=SimpleNamespace(company=SimpleNamespace(fiscal_year_end=year_ends)))


@pytest.mark.parametrize(
    ("year_ends", "day", "year", "last"),
    [
        ("12-31", date(2027, 12, 31), 2027, date(2027, 12, 31)),
        ("12-31", date(2028, 1, 1), 2028, date(2028, 12, 31)),
        ("03-31", date(2027, 3, 31), 2027, date(2027, 3, 31)),
        ("03-31", date(2027, 4, 1), 2028, date(2028, 3, 31)),
        # the last day of February, also in a leap year
        ("02-28", date(2028, 2, 29), 2028, date(2028, 2, 29)),
        ("06-15", date(2027, 6, 16), 2028, date(2028, 6, 15)),
    ],
)
def test_a_fiscal_year_is_named_after_the_year_it_ends_in(
    year_ends: str, day: date, year: int, last: date
) -> None:
    books = company(year_ends)
    of = ibis.memtable({"day": [day]}, schema={"day": "date"})
    of = of.mutate(year=fiscal_year(books, of.day))
    rows = of.mutate(last=year_end(books, of.year)).to_pyarrow().to_pylist()
    assert [(r["year"], r["last"]) for r in rows] == [(year, last)]


def remaining(folder: Path, **tables: str) -> dict[tuple[str, str, str], int]:
    books, rec = recognised(folder, "2027-01-01", "2027-12-31", **tables)
    rows = books.engine.rows(remaining_obligations(books, rec))
    return {(r["contract_id"], r["period_id"], r["year"]): r["amount_minor"] for r in rows}


def test_the_years_add_up_to_what_is_left(tmp_path: Path) -> None:
    """1,000.00 over 1,000 days from 1 July 2027, a dollar a day; odd cents go to no year twice."""
    found = remaining(
        tmp_path,
        contracts="""contract_id,price,bound_date,start_date,end_date
            C,1000.00,2027-06-30,2027-07-01,2030-03-26
            D,100.00,2027-06-30,2027-07-01,2030-03-26""",
        obligations="""obligation_id,contract_id,pattern,measure
            C1,C,over_time,days
            D1,D,over_time,days""",
    )
    # 30 June: bound the day before the service; 184, 366, 365 and 85 days of the years 2027 to 2030
    assert [found["C", "2027Q2", str(y)] for y in range(2027, 2031)] == [184_00, 366_00, 365_00, 85_00]
    assert [found["C", "2027Q4", str(y)] for y in range(2028, 2031)] == [366_00, 365_00, 85_00]
    # a tenth of it: cumulative 18.40, 55.00, 91.50, 100.00
    assert [found["D", "2027Q2", str(y)] for y in range(2027, 2031)] == [18_40, 36_60, 36_50, 8_50]
    assert ("C", "2027Q1", "2027") not in found


def test_royalties_are_beside_the_price_and_returns_are_not_to_be_transferred(tmp_path: Path) -> None:
    """IFRS 15 Example 61 (fixed 2,000,000 over a year, 5 % of 1,000,000) and Example 22, half delivered."""
    found = remaining(
        tmp_path,
        contracts="""contract_id,price,bound_date,start_date,end_date
            T,2000000.00,2027-01-01,2027-01-01,2027-12-31
            R,10000.00,2027-01-01,,""",
        obligations="""obligation_id,contract_id,pattern,measure,royalty_rate,total_quantity
            T1,T,over_time,months,50000,
            R1,R,point_in_time,,,100""",
        evidence="""evidence_id,contract_id,obligation_id,kind,event_date,quantity,amount,basis
            u,T,T1,usage,2027-03-31,,1000000.00,increment
            d,R,R1,delivery,2027-02-01,50,,increment""",
        estimates="""obligation_id,kind,known_at,quantity,method,made_by
            R1,expected_returns,2027-01-01,3,given,me""",
    )
    assert found["T", "2027Q1", "2027"] == 1_500_000_00
    assert not any(contract == "T" and period == "2027Q4" for contract, period, _ in found)
    assert found["R", "2027Q1", "unknown"] == 5_000_00
