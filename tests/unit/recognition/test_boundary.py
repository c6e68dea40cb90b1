"""What is earned by the eve of a modification where materials bear no margin; and what has no price."""

from __future__ import annotations

from pathlib import Path

import pytest

from earned.recognition.remaining import remaining_obligations
from tests.unit.recognition.recognised import recognised

CONTRACT = """contract_id,price,bound_date
    C,5000000.00,2027-01-01"""
COST = """obligation_id,contract_id,pattern,measure,ssp
    R,C,over_time,cost,5000000.00"""
#: IFRS 15 IE95-IE100 (Example 19): 4,000,000 in all, 1,500,000 of it lifts; anew after the close of March
PLANNED = """obligation_id,kind,known_at,amount,method,made_by
    R,total_cost,2027-01-01,4000000.00,given,me
    R,uninstalled_materials,2027-01-01,1500000.00,given,me
    R,total_cost,2027-04-20,4500000.00,given,me"""
CHANGE = """contract_id,version,effective_date,approved_date,treatment,price_change,decided_by
    C,1,2027-04-01,2027-04-01,prospective,600000.00,me"""


def earned_by_quarter(folder: Path, lifts_on: str) -> list[int]:
    """Revenue to date in whole units; other cost of 500,000 by March, 1,250,000 in June and September."""
    books, rec = recognised(
        folder, "2027-01-01", "2027-12-31", contracts=CONTRACT, obligations=COST, estimates=PLANNED,
        modifications=CHANGE,
        evidence=f"""evidence_id,contract_id,obligation_id,kind,event_date,amount,basis,uninstalled
            a,C,R,cost,2027-03-15,500000.00,increment,
            m,C,R,cost,{lifts_on},1500000.00,increment,true
            b,C,R,cost,2027-06-30,1250000.00,increment,
            c,C,R,cost,2027-09-30,1250000.00,increment,""",
    )  # fmt: skip
    rows = {r["period_index"]: r["earned_minor"] for r in books.engine.rows(rec.earned)}
    left = {r["period_id"]: r["amount_minor"] for r in books.engine.rows(remaining_obligations(books, rec))}
    for index, period in enumerate(("2027Q1", "2027Q2", "2027Q3")):
        price = 500_000_000 if index == 0 else 560_000_000
        assert rows[index] + left.get(period, 0) == price, period
    return [rows[index] // 100 for index in range(3)]


def test_materials_at_cost_are_no_part_of_the_line(tmp_path: Path) -> None:
    """March: 500/2,500 of 3,500,000 and 1,500,000 of lifts are 2,200,000 (Example 19). 600,000 more price and
    500,000 more work: 3,400,000 is left for 2,500,000 of work; half of it by June, all by September."""
    assert earned_by_quarter(tmp_path, "2027-03-20") == [2_200_000, 3_900_000, 5_600_000]


def test_materials_that_come_after_the_change(tmp_path: Path) -> None:
    """March: 700,000 of the margin part alone. 4,900,000 is left, 1,500,000 of it lifts, delivered in May:
    with half of the work 700,000 + 1,500,000 + 1,700,000."""
    assert earned_by_quarter(tmp_path, "2027-05-20") == [700_000, 3_900_000, 5_600_000]


ADDED = """obligation_id,contract_id,pattern,ssp,added_in_version
    A,D,point_in_time,1000.00,
    B,D,point_in_time,{ssp},1"""
TWO = """contract_id,price,bound_date
    D,1000.00,2027-01-01"""
PAPERS = """evidence_id,contract_id,obligation_id,kind,event_date
    a,D,A,delivery,2027-06-15
    b,D,B,delivery,2027-06-15"""


def added(
    folder: Path, named: str, treatment: str, ssp: str = "500.00", **more: str
) -> tuple[str | None, list[int]]:
    """Why the contract is not tested, and what A and B have earned by June; 600.00 more from April on."""
    books, rec = recognised(
        folder, "2027-01-01", "2027-06-30", contracts=TWO, obligations=ADDED.format(ssp=ssp), evidence=PAPERS,
        modifications=f"""contract_id,version,effective_date,approved_date,treatment,price_change,obligation_id
            D,1,2027-04-01,2027-04-01,{treatment},600.00,{named}""",
        **more,
    )  # fmt: skip
    why = {row["untestable"] for row in books.engine.rows(rec.terms)}
    rows = {
        r["obligation_id"]: r["earned_minor"] for r in books.engine.rows(rec.earned) if r["period_index"] == 1
    }
    return why.pop(), [rows.get(name, 0) for name in "AB"]


@pytest.mark.parametrize("treatment", ["prospective", "catch_up", "separate"])
@pytest.mark.parametrize("ssp", ["500.00", ""])
def test_what_a_modification_adds_and_does_not_price_is_not_tested(
    tmp_path: Path, treatment: str, ssp: str
) -> None:
    why, earned = added(tmp_path, "A", treatment, ssp)
    assert why is not None and "nothing says the price of the one added" in why
    assert earned == [0, 0]


def test_what_a_modification_names_or_lists_or_shares_is_priced(tmp_path: Path) -> None:
    for name in ("named", "shared", "listed"):
        (tmp_path / name).mkdir()
    assert added(tmp_path / "named", "B", "separate") == (None, [100_000, 60_000])
    # 1,600.00 by 1,000.00 and 500.00: 1,066.67 and 533.33
    assert added(tmp_path / "shared", "", "prospective") == (None, [106_667, 53_333])
    listed = "contract_id,version,obligation_id\nD,1,A\nD,1,B"
    assert added(tmp_path / "listed", "A", "prospective", modified_obligations=listed) == (
        None,
        [106_667, 53_333],
    )
