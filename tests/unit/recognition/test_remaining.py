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


def test_only_what_a_contract_in_force_has_sold_is_still_to_be_transferred(tmp_path: Path) -> None:
    """606-10-50-13: goods at 100.00, delivered by nobody. D is a draft; G waits for a criterion of the
    contract until June, N for ever, O with its obligation; U has signed and waits for an export licence.
    A call makes R a financing until 30 June; what nobody delivered by then is for sale again. P may be put
    back at less than its price and nobody says if it pays; S is sold with a right of return."""
    contracts = ["contract_id,price,bound_date,status"]
    contracts += [f"{c},100.00,2027-01-01,{'draft' if c == 'D' else ''}" for c in "DGNUORPS"]
    found = remaining(
        tmp_path,
        contracts="\n".join(contracts),
        obligations="\n".join(
            ["obligation_id,contract_id,pattern,ssp", *(f"{c}1,{c},point_in_time,100.00" for c in "DGNUORPS")]
        ),
        criteria="""contract_id,obligation_id,gate,criterion,met_date
            G,,contract,collectability,2027-06-01
            N,,contract,collectability,
            U,,other,export licence,
            O,O1,contract,collectability,""",
        repurchases="""obligation_id,kind,price,until_date,exercised_date,expected_value,incentive
            R1,call,110.00,2027-06-30,,,
            P1,put,90.00,2027-06-30,,,
            S1,put,90.00,2027-06-30,,80.00,false""",
    )
    assert set(found.values()) == {100_00}
    quarters = {c: [q for contract, q, _ in sorted(found) if contract == c] for c in "DGNUORPS"}
    every = [f"2027Q{n}" for n in range(1, 5)]
    assert quarters == {
        "D": [], "N": [], "O": [], "P": [], "U": every, "S": every, "G": every[1:], "R": every[1:],
    }  # fmt: skip


def test_usage_and_what_it_is_worth_at_least(tmp_path: Path) -> None:
    """Priced by use, nothing is fixed (50-14(b)); of a licence with royalties the guaranteed 500.00 is, until
    it passes on 1 May."""
    found = remaining(
        tmp_path,
        contracts="""contract_id,price,bound_date
            A,0.00,2027-01-01
            L,500.00,2027-01-01""",
        obligations="""obligation_id,contract_id,pattern,measure,unit_price,ssp,royalty_rate,minimum_guarantee
            A1,A,over_time,as_used,2.50,,,
            L1,L,point_in_time,,,500.00,50000,500.00""",
        evidence="""evidence_id,contract_id,obligation_id,kind,event_date,quantity,amount,basis
            a,A,A1,usage,2027-03-31,10,,increment
            l,L,L1,delivery,2027-05-01,,,
            u,L,L1,usage,2027-06-30,,100000.00,increment""",
    )
    assert found == {("L", "2027Q1", "unknown"): 500_00}
